import { Failure } from "../../lib/log/failure.ts";
import { listen } from "../../lib/serve/listen.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "../assert.ts";
import { certificate } from "../e2e/certificate.ts";
import { TempDir } from "../e2e/pictures.ts";
import { installed } from "../e2e/programs.ts";

const options = { port: 0, tls: undefined, unixMode: undefined, option: "--port" } as const;

for (
  const [hostname, why] of [
    ["300.1.1.1", "this is not a host name or IP address"],
    ["a b", "this is not a host name or IP address"],
    ["none.invalid", "the host was not found"],
  ] as const
) {
  Deno.test(`listen() explains the host "${hostname}"`, async () => {
    const failure = await assertRejects(() => listen({ ...options, hostname }), Failure);
    assertEquals(failure.message, `Cannot listen on ${hostname} port 0: ${why}`);
    assertEquals(failure.hint, "give --host an address of this host");
  });
}

Deno.test("listen() explains the path of a Unix socket that cannot be used", async () => {
  await using dir = new TempDir();
  const path = dir.file(".");
  const table: [path: string, why: string, hint: string][] = [
    [path, "it is a directory", `add a file name: --host unix:${path}/server.sock`],
    [dir.file("none/x.sock"), "there is no such directory", "create the directory"],
  ];
  for (const [path, why, hint] of table) {
    const opening = () => listen({ ...options, hostname: `unix:${path}` });
    const failure = await assertRejects(opening, Failure);
    assertEquals(failure.message, `Cannot listen on unix:${path}: ${why}`);
    assertStringIncludes(failure.hint, hint);
  }
});

Deno.test({
  name: "listen() reports a key that belongs to another certificate",
  ignore: !installed("openssl"),
  fn: async () => {
    await using dir = new TempDir();
    const [one, other] = [await certificate(dir), await certificate(dir)];
    const cert = await Deno.readTextFile(one.cert);
    const key = await Deno.readTextFile(other.key);
    const tls = { ...options, hostname: "127.0.0.1", tls: { cert, key } };
    const failure = await assertRejects(() => listen(tls), Failure);
    assertStringIncludes(failure.message, "the key belongs to another certificate");
  },
});
