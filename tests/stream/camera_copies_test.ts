/** When a camera's stream asks for what the source sends, as it is. */

import type { CaptureRequest } from "../../lib/ffmpeg/capture_arguments.ts";
import { CameraStream, type CameraStreamOptions } from "../../lib/stream/camera_stream.ts";
import { assertEquals } from "../assert.ts";
import { FakeFfmpeg } from "../capture/fake_ffmpeg.ts";
import { keptLog } from "../log/kept_log.ts";

const ignore = Deno.build.os === "windows"; // no sh there

const url = { input: "rtsp://camera/", loop: false };
const camera: CaptureRequest = {
  source: { kind: "stream", ...url, pace: false },
  ...{ inputOptions: [], os: "linux", pixels: "yuv420p" },
};

const CASES: {
  readonly name: string;
  readonly request?: Partial<CaptureRequest>;
  readonly options?: Partial<CameraStreamOptions>;
  readonly copies?: boolean;
}[] = [
  { name: "in color", copies: true },
  { name: "in gray", request: { pixels: "gray" } },
  { name: "with a rate", request: { fps: 30 } },
  { name: "with a mask", request: { masks: [{ x: 0, y: 0, width: 1, height: 1 }] } },
  { name: "with a stamp", options: { stamp: true } },
  { name: "of a film", request: { source: { kind: "file", ...url, pace: true } } },
  { name: "of stdin with a rate", request: { source: { kind: "stream", ...url, pace: true } } },
  { name: "of the test picture", request: { source: { kind: "test" } } },
];

for (const { name, request, options, copies = false } of CASES) {
  Deno.test({
    name: `CameraStream ${copies ? "asks" : "does not ask"} for what the source sends, ${name}`,
    ignore,
    fn: async () => {
      using fake = new FakeFfmpeg(
        `echo "$@" >"$dir/args"; printf 'YUV4MPEG2 W2 H2 F30:1 Cmono\\n'; exec sleep 1000`,
      );
      const { log } = keptLog();
      const stop = new AbortController();
      await using stream = await CameraStream.open({ ...camera, ...request }, {
        ...{ filter: undefined, frames: undefined, stamp: false },
        ...{ onLoss: "exit", sourceTimeout: 5, log, ...options },
      }, stop);
      assertEquals(fake.read("args").includes("onfail=ignore"), copies);
      assertEquals(stream.encoded, copies ? {} : undefined);
    },
  });
}
