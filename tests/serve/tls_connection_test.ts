import { assertEquals, assertRejects } from "../assert.ts";
import { TlsPairs } from "../../lib/serve/tls_pairs.ts";
import { TlsConnection } from "../../lib/serve/tls_connection.ts";
import { certificate } from "../e2e/certificate.ts";
import { TempDir } from "../e2e/pictures.ts";
import { installed, within } from "../e2e/programs.ts";

const ignore = !installed("openssl");

/** The start of a ClientHello of 512 bytes. */
const HALF_HELLO = Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0);

/** A client's socket, and the server's connection to it. `paired` resolves when the handshake can begin. */
async function connected(dir: TempDir) {
  const files = await certificate(dir);
  const [cert, key] = await Promise.all([
    Deno.readTextFile(files.cert),
    Deno.readTextFile(files.key),
  ]);
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using pairs = TlsPairs.open({ cert, key });
  const { promise: paired, resolve } = Promise.withResolvers<void>();
  const connecting = Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const connection = new TlsConnection(await listener.accept(), {
    use: () => pairs.use(),
    connect: async () => {
      const pair = await pairs.connect();
      resolve();
      return pair;
    },
  });
  return { client: await connecting, connection, cert, paired };
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

async function readAll(conn: Deno.Conn): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const space = new Uint8Array(65536);
  for (let count; (count = await conn.read(space)) !== null;) pieces.push(space.slice(0, count));
  return await new Blob(pieces as Uint8Array<ArrayBuffer>[]).bytes();
}

Deno.test({
  name: "TlsConnection.close() closes a peer that has sent half a ClientHello (issue 11)",
  ignore,
  fn: async () => {
    await using dir = new TempDir();
    const { client, connection, paired } = await connected(dir);
    await client.write(HALF_HELLO);
    const failing = assertRejects(() => connection.open());
    await within("the handshake", paired);
    connection.close();
    await failing;
    assertEquals(await within("the end", client.read(new Uint8Array(1))), null);
    client.close();
    await within("its release", connection.released);
  },
});

Deno.test({
  name: "TlsConnection.close() closes a peer that has sent nothing",
  ignore,
  fn: async () => {
    await using dir = new TempDir();
    const { client, connection } = await connected(dir);
    const failing = assertRejects(() => connection.open());
    connection.close();
    await failing;
    assertEquals(await within("the end", client.read(new Uint8Array(1))), null);
    client.close();
    await within("its release", connection.released);
  },
});

Deno.test({
  name: "TlsConnection carries bytes both ways, and each side can end its own direction",
  ignore,
  fn: async () => {
    await using dir = new TempDir();
    const { client, connection, cert } = await connected(dir);
    const starting = Deno.startTls(client as Deno.TcpConn, {
      caCerts: [cert],
      hostname: "127.0.0.1",
    });
    const conn = await connection.open();
    const secure = await starting;
    await writeAll(secure, new TextEncoder().encode("a question"));
    await secure.closeWrite();
    assertEquals(new TextDecoder().decode(await readAll(conn)), "a question");
    const large = new Uint8Array(3_000_000).fill(7);
    const answering = writeAll(conn, large).then(() => conn.closeWrite());
    assertEquals(await readAll(secure), large);
    await answering;
    secure.close();
    await within("its release", connection.released);
    connection.close();
  },
});
