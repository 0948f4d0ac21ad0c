/** The WebSocket of a live page, without a connection: the test is the page. */

import type { LiveSocket } from "../../../lib/serve/web/live_socket.ts";
import { PICTURE_HEAD_BYTES, PICTURE_KINDS } from "../../../lib/wire/live_message.ts";

/** A picture as the page gets it. */
export interface GotPicture {
  readonly kind: number;
  readonly placeholder: boolean;
  readonly stream: number;
  readonly number: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

export class MemorySocket extends EventTarget implements LiveSocket {
  readyState: number;
  bufferedAmount = 0;
  readonly pictures: GotPicture[] = [];
  // deno-lint-ignore no-explicit-any -- JSON that the test knows
  readonly messages: any[] = [];
  closed: { code: number; reason: string } | undefined;

  /** Whether the page answers pings. */
  answers: boolean;

  constructor({ answers = true, isOpen = true } = {}) {
    super();
    this.answers = answers;
    this.readyState = isOpen ? WebSocket.OPEN : WebSocket.CONNECTING;
  }

  open(): void {
    this.readyState = WebSocket.OPEN;
    this.dispatchEvent(new Event("open"));
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (typeof data !== "string") return void this.pictures.push(readPicture(data));
    const message = JSON.parse(data);
    this.messages.push(message);
    if (message.type === "ping" && this.answers) this.pong();
  }

  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
  }

  /** The page sends something. */
  say(data: unknown): void {
    const sent = data instanceof ArrayBuffer || typeof data === "string"
      ? data
      : JSON.stringify(data);
    this.dispatchEvent(new MessageEvent("message", { data: sent }));
  }

  /** The page answers the last ping. */
  pong(): void {
    const { number } = this.last("ping");
    queueMicrotask(() => this.acknowledge(0, number));
  }

  watch(streams: Record<string, unknown>): void {
    this.say({ type: "watch", streams });
  }

  acknowledge(stream: number, number: number): void {
    const view = new DataView(new ArrayBuffer(6));
    view.setUint16(0, stream, true);
    view.setUint32(2, number, true);
    this.say(view.buffer);
  }

  leave(): void {
    this.dispatchEvent(new Event("close"));
  }

  /** The last message of a type. */
  last(type: string) {
    return this.messages.findLast((message) => message.type === type);
  }
}

function readPicture(bytes: Uint8Array<ArrayBuffer>): GotPicture {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = view.getUint8(0);
  if (!Object.values(PICTURE_KINDS).some((one) => one === kind)) throw new Error(`kind ${kind}`);
  return {
    kind,
    placeholder: view.getUint8(1) === 1,
    stream: view.getUint16(2, true),
    number: view.getUint32(4, true),
    sequence: view.getFloat64(8, true),
    payload: bytes.subarray(PICTURE_HEAD_BYTES),
  };
}
