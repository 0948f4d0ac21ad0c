/** A connection as a stream of Node, for a library that reads and writes one. It owns the connection. */

import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import type { TakenConnection } from "./deno_http.ts";

/** A page sends little: acknowledgements, and what it watches. */
const READ_BYTES = 16_384;

/** A chunk that waits to be written. */
interface Chunk {
  readonly chunk: Buffer;
}

export class ChannelDuplex extends Duplex {
  readonly #channel: TakenConnection;
  readonly #space = new Uint8Array(READ_BYTES);

  constructor(channel: TakenConnection) {
    super({ allowHalfOpen: false });
    this.#channel = channel;
  }

  override _read(): void {
    const read = this.#channel.read(this.#space);
    // A copy: what is read is kept until its message is whole.
    read.then((count) => {
      this.push(count === null ? null : Buffer.from(this.#space.subarray(0, count)));
    }, (thrown) => this.destroy(thrown));
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#write(chunk).then(() => done(), done);
  }

  /** Writes the head and the payload of a message at once, since the system sends each write by itself. */
  override _writev(chunks: readonly Chunk[], done: (error?: Error | null) => void): void {
    this.#write(Buffer.concat(chunks.map(({ chunk }) => chunk))).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#channel.closeWrite().then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#channel.close();
    done(error);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#channel.write(bytes.subarray(at));
  }
}
