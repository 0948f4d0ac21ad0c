/** The options for colors, and what they make of requests and texts. */

import type { PixelFormat } from "../../lib/frame/frame_format.ts";
import { announce } from "../../lib/cli/announce.ts";
import type { CameraOptions } from "../../lib/cli/camera_options.ts";
import { captureRequest } from "../../lib/cli/capture_request.ts";
import { readClientOptions } from "../../lib/cli/client_options.ts";
import { UsageError } from "../../lib/cli/option_table.ts";
import { formatCamera } from "../../lib/cli/print_check.ts";
import { remoteCamera } from "../../lib/cli/remote_camera.ts";
import { remoteOptions } from "../../lib/cli/remote_options.ts";
import { camerasOf, readServerOptions } from "../../lib/cli/server_options.ts";
import { assertEquals, assertExists, assertStringIncludes, assertThrows } from "../assert.ts";
import { keptLog } from "../log/kept_log.ts";
import { quietControl } from "./control.ts";

function camerasFrom(...args: string[]): CameraOptions[] {
  const options = readServerOptions(args, quietControl());
  assertExists(options);
  return [...camerasOf(options)];
}

/** The cameras of a configuration file with this text. */
function readFile(text: string, ...args: string[]): CameraOptions[] {
  const file = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(file, text);
    return camerasFrom("--config", file, ...args);
  } finally {
    Deno.removeSync(file);
  }
}

const pixelsOf = async (camera: CameraOptions | undefined) =>
  (await captureRequest(camera!, quietControl())).pixels;

Deno.test("captureRequest() asks for colors with --color, and for gray without", async () => {
  const [color] = camerasFrom("--test", "--color");
  const [gray] = camerasFrom("--test");
  assertEquals([await pixelsOf(color), await pixelsOf(gray)], ["yuv420p", undefined]);
});

Deno.test("captureRequest() asks for the colors of the camera's own table, or of all", async () => {
  const tables = "[camera.a]\ntest = true\ncolor = true\n[camera.b]\ninput = 'b.mp4'\n";
  const pixels = (cameras: CameraOptions[]) => Promise.all(cameras.map(pixelsOf));
  assertEquals(await pixels(readFile(tables)), ["yuv420p", undefined]);
  assertEquals(await pixels(readFile(`color = true\n${tables}`)), ["yuv420p", "yuv420p"]);
  const off = "color = true\n[camera.a]\ntest = true\ncolor = false\n";
  assertEquals(await pixels(readFile(off)), [undefined]);
  assertThrows(() => readFile("[camera.a]\ntest = true\ncolor = 3\n"), UsageError, '"color" is 3');
});

Deno.test("formatCamera() says whether a camera has colors", () => {
  const [color, gray] = readFile(
    "[camera.a]\ntest = true\ncolor = true\n[camera.b]\ninput = 'b.mp4'\n",
  );
  const printed = [color, gray].map((camera) =>
    formatCamera(camera!, { source: { kind: "test" }, port: 8888 })
  );
  assertStringIncludes(printed[0] ?? "", "\npixels:  color (yuv420p)\n");
  assertStringIncludes(printed[1] ?? "", "\npixels:  gray\n");
});

Deno.test("remoteOptions() requests colors if something shows, stores, serves or processes them", async () => {
  const cases: [args: string, pixels: PixelFormat][] = [
    ...[["--display window", "yuv420p"], ["--display none", "gray"]],
    ...[["--display window --gray", "gray"], ["--display none --serve 9000", "yuv420p"]],
    ...[["--display none -o a.mp4", "yuv420p"], ["--display none -o rtmp://h/x", "yuv420p"]],
    ...[["--display none -o a.gray", "gray"], ["--display none -o a.raw", "gray"]],
    ["--display none -o a.raw --pixels bgr24", "yuv420p"],
    ["--display none --filter faces --events e.jsonl", "gray"],
    ["--display none --filter faces,inrange --events e.jsonl", "yuv420p"],
    ["--display none --filter ./mine.js --events e.jsonl", "yuv420p"],
  ] as [string, PixelFormat][];
  for (const [args, pixels] of cases) {
    const options = readClientOptions(["h", ...args.split(" ")], quietControl());
    assertExists(options);
    assertEquals((await remoteOptions(options, quietControl())).pixels, pixels, args);
  }
});

Deno.test("remoteCamera() requests colors of another server only with --color", async () => {
  const context = { ...quietControl(), serverId: "0123456789ab" };
  for (const [args, pixels] of [[[], "gray"], [["--color"], "yuv420p"]] as const) {
    const [camera] = camerasFrom("-i", "framewire://pi1/garden", ...args);
    assertEquals(
      (await remoteCamera({ ...camera!, input: camera!.input! }, context)).pixels,
      pixels,
    );
  }
});

Deno.test("announce() names the colors of one stream, and of several", () => {
  const server = { endpoint: { where: "127.0.0.1 port 8888", port: 8888 }, webPort: undefined };
  const options = { tlsCert: undefined, tokenFile: undefined, allow: undefined };
  const wireAt = { hostname: "127.0.0.1", port: 8888 };
  const stream = (pixels: "gray" | "yuv420p") => ({
    ...{ name: "test picture", fps: 30, outage: () => undefined },
    format: { width: 323, height: 241, pixels },
  });
  const announced = (...streams: Parameters<typeof announce>[0]) => {
    const { log, info } = keptLog();
    announce(streams, { server, options, wireAt, webAt: undefined }, log);
    return info;
  };
  assertEquals(announced(["a", stream("yuv420p")]).slice(1, 5), [
    ...["width:   323", "height:  241", "pixels:  color (yuv420p)", "rate:    30 fps"],
  ]);
  assertEquals(announced(["a", stream("yuv420p")], ["b", stream("gray")]).slice(0, 2), [
    "camera:  a: test picture, 323x241 color, 30 fps",
    "camera:  b: test picture, 323x241, 30 fps",
  ]);
});
