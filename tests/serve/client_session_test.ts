import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import type { Hello, Refusal } from "../../lib/wire/hello.ts";
import { PublishedStream } from "../../lib/serve/published_stream.ts";
import { ClientSession } from "../../lib/serve/client_session.ts";
import type { Connection } from "../../lib/serve/connection.ts";
import { MemoryStream } from "../stream/memory_stream.ts";

const log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

/** A connection in memory: what the client says is given to it, what it is told is kept. */
class MemoryConnection implements Connection {
  readonly remoteAddr = { transport: "tcp", hostname: "192.0.2.1", port: 7 } as const;
  readonly released = Promise.resolve();
  told = "";
  closed = false;
  #said: Uint8Array[] = [];
  #wake = () => {};
  #ended = false;

  say(words: string): void {
    this.#said.push(new TextEncoder().encode(words));
    this.#wake();
  }

  open(): Promise<Deno.Conn> {
    return Promise.resolve({
      read: async (space: Uint8Array) => {
        while (this.#said.length === 0) {
          if (this.closed) throw new Deno.errors.Interrupted();
          if (this.#ended) return null;
          await new Promise<void>((resolve) => this.#wake = resolve);
        }
        const next = this.#said.shift()!;
        space.set(next);
        return next.length;
      },
      write: (bytes: Uint8Array) => {
        this.told += new TextDecoder("latin1").decode(bytes);
        return Promise.resolve(bytes.length);
      },
      closeWrite: () => {
        this.#ended = true; // the client sees the end, and closes too
        this.#wake();
        return Promise.resolve();
      },
    } as unknown as Deno.Conn);
  }

  close(): void {
    this.closed = true;
    this.#wake();
  }
}

/** A session on a connection in memory, and whom it has asked to be admitted. */
function begin({ refusal }: { refusal?: Refusal } = {}) {
  const connection = new MemoryConnection();
  const session = new ClientSession(connection);
  const asked: (Hello | undefined)[] = [];
  const stream = new MemoryStream({ fps: 30 });
  const { frames } = stream;
  const options = { wire: "raw", quality: 90, holds: false, log } as const;
  const stop = new AbortController();
  const admit = (hello: Hello | undefined) => {
    asked.push(hello);
    return refusal;
  };
  const over = session.run(new PublishedStream(stream, options), {
    signal: stop.signal,
    admit,
    onWire: () => {},
  });
  return { connection, session, asked, frames, stop, over };
}

Deno.test("ClientSession.run() asks for a place once the greeting is whole, not before (issue 11)", async () => {
  const { connection, asked, frames, over } = begin();
  for (const piece of ["f", "ramewire/1 tok", "en=secret-words"]) {
    connection.say(piece);
    await new Promise((resolve) => setTimeout(resolve));
    assertEquals(asked, []);
  }
  connection.say("\n");
  frames.end("over");
  assertEquals(await over, "done");
  assertEquals(asked.map((hello) => hello?.token), ["secret-words"]);
  assertStringIncludes(connection.told, "framewire/1 ok wire=raw width=4 height=3");
});

Deno.test("ClientSession.run() tells a client that speaks why it is refused, then closes", async () => {
  const { connection, over } = begin({ refusal: { error: "busy", message: "no place" } });
  connection.say("framewire/1\n");
  assertEquals(await over, "refused: no place");
  assertEquals(connection.told, "framewire/1 error=busy no place\n");
  assert(connection.closed);
});

Deno.test("ClientSession.run() takes one that says nothing for a silent client", async () => {
  const { connection, asked, frames, over } = begin();
  frames.end("over");
  assertEquals(await over, "done");
  assertEquals([asked, connection.told], [[undefined], ""]);
});

Deno.test("ClientSession.close() ends one whose greeting is not finished; it never asks for a place", async () => {
  const { connection, session, asked, over } = begin();
  connection.say("f");
  session.close("closed, too many");
  assertEquals([await over, asked, connection.closed], ["closed, too many", [], true]);
});

Deno.test("ClientSession.run() ends on abort before the greeting", async () => {
  const { asked, stop, over } = begin();
  stop.abort();
  assertEquals([await over, asked], ["stopped", []]);
});
