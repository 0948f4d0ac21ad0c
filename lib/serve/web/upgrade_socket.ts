/**
 * Opens the WebSocket of a live page: with `ws` on a connection that was taken over from HTTP, so that a message is
 * bounded and the socket can be closed whatever the page does. Deno's own WebSocket, which can do neither, is for the
 * versions of Deno in which a connection can't be taken over.
 */

import { Buffer } from "node:buffer";
import { ChannelDuplex } from "./channel_duplex.ts";
import { type LiveSocket, MAX_BUFFERED } from "./live_socket.ts";
import type { HttpClient } from "./web_context.ts";

/** The longest message of a page, in bytes: it names up to all streams. */
const MAX_MESSAGE = 65_536;

/** Into how many pieces a message may be cut. Browsers do not cut such short ones. */
const MAX_FRAGMENTS = 64;

/** What this module uses of `ws`, whose types bring all those of Node, some of which contradict Deno's. */
interface Ws {
  readonly WebSocketServer: new (options: Readonly<Record<string, unknown>>) => WsServer;
}

interface WsServer {
  handleUpgrade(
    request: { method: string; headers: Readonly<Record<string, string | undefined>> },
    socket: ChannelDuplex,
    head: Buffer,
    done: (socket: NodeWebSocket) => void,
  ): void;
}

interface NodeWebSocket extends Pick<WebSocket, "readyState" | "bufferedAmount" | "close"> {
  binaryType: string;
  send(data: string | Uint8Array, done: () => void): void;
  pong(data: Buffer): void;
  on(event: "message", listener: (data: ArrayBuffer | Buffer, isBinary: boolean) => void): void;
  on(event: "ping", listener: (data: Buffer) => void): void;
  on(event: "close" | "error", listener: () => void): void;
}

/** A WebSocket, and the answer to its request. */
export interface Upgraded {
  readonly socket: LiveSocket;
  readonly response: Response;
}

/** Opens the WebSocket for a request that `upgradeProblem` finds right. Throws if the connection can't carry it. */
export type UpgradeSocket = (request: Request, client: HttpClient) => Promise<Upgraded>;

/** Why a request is not for a WebSocket as RFC 6455, 4.2.1 wants it; undefined if it is. */
export function upgradeProblem({ method, headers }: Request): string | undefined {
  const hasBody = Number(headers.get("content-length") ?? 0) !== 0;
  const has = (name: string, value: string) =>
    (headers.get(name) ?? "").toLowerCase().split(",").some((one) => one.trim() === value);
  if (method !== "GET") return "the method is not GET";
  if (hasBody || headers.has("transfer-encoding")) return "the request has a body";
  if (!has("upgrade", "websocket")) return "the Upgrade header does not name websocket";
  if (!has("connection", "upgrade")) return "the Connection header does not name upgrade";
  if (headers.get("sec-websocket-version") !== "13") return "the version is not 13";
  const key = headers.get("sec-websocket-key") ?? "";
  return /^[+/0-9A-Za-z]{22}==$/.test(key) ? undefined : "the key is not 16 bytes in base64";
}

/** What makes the sockets; it has no port. */
let servers: WsServer | undefined;

export const upgradeSocket: UpgradeSocket = async (request, client) => {
  const { WebSocketServer }: Ws = await import("ws"); // 15 ms, which a start without a page need not take
  const connection = client.takeOver(request);
  if (!connection) {
    // No idle timeout: it calls a socket closed that the system still has.
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
    socket.binaryType = "arraybuffer";
    return { socket, response };
  }
  servers ??= new WebSocketServer({
    ...{ noServer: true, clientTracking: false, perMessageDeflate: false, autoPong: false },
    ...{ maxPayload: MAX_MESSAGE, maxFragments: MAX_FRAGMENTS },
  });
  const key = request.headers.get("sec-websocket-key") ?? "";
  const headers = {
    ...{ upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": key },
  };
  const duplex = new ChannelDuplex(connection);
  const socket = await new Promise<NodeWebSocket>((resolve, reject) => {
    duplex.once("close", () => reject(new Error("the connection was closed")));
    servers!.handleUpgrade({ method: "GET", headers }, duplex, Buffer.alloc(0), resolve);
  });
  return { socket: new WsSocket(socket), response: new Response() };
};

/** A socket of `ws` with the events of a `WebSocket`. */
class WsSocket extends EventTarget implements LiveSocket {
  readonly #socket: NodeWebSocket;

  constructor(socket: NodeWebSocket) {
    super();
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.on("message", (data, isBinary) => {
      const message = isBinary ? data : new TextDecoder().decode(data);
      this.dispatchEvent(new MessageEvent("message", { data: message }));
    });
    // A page that reads nothing gets no answers: they would pile up here.
    socket.on("ping", (data) => {
      if (socket.bufferedAmount <= MAX_BUFFERED) socket.pong(data);
    });
    socket.on("error", () => {}); // it closes
    socket.on("close", () => this.dispatchEvent(new Event("close")));
  }

  get readyState(): number {
    return this.#socket.readyState;
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(data, () => {}); // a failure closes it
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }
}
