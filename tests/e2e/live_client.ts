/** A live page in place of a browser: the WebSocket `/live` of a server, with Deno's own WebSocket. */

import { within } from "./programs.ts";

export interface LivePicture {
  readonly stream: number;
  readonly number: number;
  readonly sequence: number;
  readonly capturedAt: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export class LiveClient implements Disposable {
  readonly pictures: LivePicture[] = [];
  // deno-lint-ignore no-explicit-any -- JSON that the tests know
  readonly messages: any[] = [];
  readonly closed: Promise<CloseEvent>;
  /** Whether it acknowledges pictures. */
  takes = true;
  readonly #socket: WebSocket;
  #heard = () => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    this.closed = new Promise((resolve) => socket.addEventListener("close", resolve));
    socket.addEventListener("message", ({ data }) => this.#hear(data));
  }

  /** Connects to the server of these pages. Rejects if the server does not take the WebSocket. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<LiveClient> {
    const socket = new WebSocket(new URL("live", url.replace(/^http/, "ws")), { headers });
    const client = new LiveClient(socket);
    const opened = new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => resolve());
      socket.addEventListener("error", (event) => reject(new Error((event as ErrorEvent).message)));
    });
    await within("the WebSocket", opened);
    return client;
  }

  watch(streams: Record<string, unknown>): void {
    this.say(JSON.stringify({ type: "watch", streams }));
  }

  say(message: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(message);
  }

  /** Waits until `isTrue`, which is looked at after each message. */
  async until(what: string, isTrue: () => boolean): Promise<void> {
    const waiting = async () => {
      while (!isTrue()) await new Promise<void>((resolve) => this.#heard = resolve);
    };
    await within(what, waiting());
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  #hear(data: string | ArrayBuffer): void {
    if (typeof data === "string") {
      const message = JSON.parse(data);
      this.messages.push(message);
      if (message.type === "ping") this.#acknowledge(0, message.number);
    } else {
      const view = new DataView(data);
      const [stream, number] = [view.getUint16(2, true), view.getUint32(4, true)];
      this.pictures.push({
        ...{ stream, number, sequence: view.getFloat64(8, true) },
        ...{ capturedAt: view.getFloat64(16, true), bytes: new Uint8Array(data, 32) },
      });
      if (this.takes) this.#acknowledge(stream, number);
    }
    this.#heard();
  }

  #acknowledge(stream: number, number: number): void {
    const view = new DataView(new ArrayBuffer(6));
    view.setUint16(0, stream, true);
    view.setUint32(2, number, true);
    this.#socket.send(view.buffer);
  }
}

/** The name of the first stream. */
export async function nameOf(live: LiveClient): Promise<string> {
  await live.until("the streams", () => live.messages.some(({ type }) => type === "streams"));
  return live.messages.find(({ type }) => type === "streams").streams[0].name;
}
