/** `--check`: reads the configuration, prints what the server would do, and ends. */

import { assertEquals, assertMatch } from "../assert.ts";
import { TempDir } from "./pictures.ts";
import { commandLine, Program } from "./programs.ts";

/** Runs `server --check` with a configuration file. */
async function check(
  text: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  await using directory = new TempDir();
  const file = directory.file("house.toml");
  await Deno.writeTextFile(file, text);
  await using server = new Program(...commandLine("server", ["--check", "--config", file]));
  const { code, stdout, stderr } = await server.end();
  return { code, stdout: new TextDecoder().decode(stdout), stderr };
}

Deno.test("server --check prints each camera, and opens none", async () => {
  // No host has this camera: a server that opens it fails.
  const { code, stdout, stderr } = await check(`port = 9000
[camera.kitchen]
device = "/dev/video99"
[camera.garden]
input = "rtsp://nohost.invalid/stream"
resolution = "64x48"
color = true
port = 9001
`);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(
    stdout,
    `camera:  kitchen
source:  /dev/video99
size:    the size of the source
rate:    the rate of the source
pixels:  gray
filters: none
wire:    raw
port:    9000

camera:  garden
source:  rtsp://nohost.invalid/stream
size:    64x48
rate:    the rate of the source
pixels:  color (yuv420p)
filters: none
wire:    raw
port:    9001

listens: 0.0.0.0:9000
`,
  );
});

Deno.test("server --check ends with exit code 2 if a table is wrong", async () => {
  const { code, stdout, stderr } = await check("[camera.a]\ntest = true\nfsp = 3\n");
  assertEquals([code, stdout], [2, ""]);
  assertMatch(stderr, /^error: ".*house.toml", line 3: "fsp" is not an option.*\nhint: {2}\S/);
});

Deno.test("server --check ends with exit code 1 if the token can't be read", async () => {
  const { code, stdout, stderr } = await check('token-file = "missing"\ntest = true\n');
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^error: Cannot read the token in "missing"/);
});
