/** Frames near the size limit. */

import { assertEquals } from "../assert.ts";
import { portOf, startClient, startServer } from "./programs.ts";

Deno.test("9000x9000 over mjpeg: the server captures it, the client receives it", async () => {
  await using server = startServer(["--test", "-r", "9000x9000", "-f", "1"]);
  await using client = startClient(await portOf(server), ["--wire", "mjpeg", "--frames", "1"]);
  const { code, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  assertEquals(stderr.includes("lost"), false, stderr);
});
