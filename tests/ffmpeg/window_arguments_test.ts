import { grayFormat } from "../../lib/frame/frame_format.ts";
import { windowArguments } from "../../lib/ffmpeg/window_arguments.ts";
import { assert, assertEquals } from "../assert.ts";

function valueOf(name: string, args: string[]): string | undefined {
  return args.includes(name) ? args[args.indexOf(name) + 1] : undefined;
}

Deno.test("windowArguments() reads raw gray frames of the size from stdin", () => {
  const args = windowArguments(grayFormat({ width: 4, height: 3 }), { title: "-camera 4x3" });
  const names = ["-f", "-pixel_format", "-video_size", "-i", "-window_title"];
  const values = names.map((name) => valueOf(name, args));
  assertEquals(values, ["rawvideo", "gray", "4x3", "pipe:0", "-camera 4x3"]);
  assertEquals(args.at(-1), "pipe:0");
});

Deno.test("windowArguments() probes no frames and drops late ones", () => {
  const args = windowArguments(grayFormat({ width: 4, height: 3 }), { title: "" });
  const names = ["-use_wallclock_as_timestamps", "-sync", "-probesize", "-analyzeduration"];
  assertEquals(names.map((name) => valueOf(name, args)), ["1", "ext", "32", "0"]);
  assert(args.includes("-framedrop") && args.includes("-autoexit"));
});

Deno.test("windowArguments() opens a window that fits the screen and keeps the aspect ratio", () => {
  const table = [
    [{ width: 640, height: 480 }, "640x480"],
    [{ width: 3200, height: 900 }, "1600x450"],
    [{ width: 1600, height: 3600 }, "400x900"],
    [{ width: 16384, height: 1 }, "1600x1"],
  ] as const;
  for (const [size, opened] of table) {
    const args = windowArguments(grayFormat(size), { title: "" });
    assertEquals(`${valueOf("-x", args)}x${valueOf("-y", args)}`, opened);
    assertEquals(valueOf("-video_size", args), `${size.width}x${size.height}`);
  }
});
