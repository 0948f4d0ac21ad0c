import { openCamera } from "../../lib/capture/open_camera.ts";
import type { CaptureRequest } from "../../lib/ffmpeg/capture_arguments.ts";
import { formatMode } from "../../lib/ffmpeg/camera_mode.ts";
import { Failure } from "../../lib/log/failure.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import { keptLog } from "../log/kept_log.ts";
import { FakeFfmpeg } from "./fake_ffmpeg.ts";

const ignore = Deno.build.os === "windows"; // no sh there
const { signal } = new AbortController();
const source = { kind: "device", device: "/dev/video0" } as const;
const REQUEST: CaptureRequest = { source, inputOptions: [], os: "linux" };

/** A camera that has 1280x720 in two formats; `$slow` and `$slow_mjpeg` are ffmpeg's words about a slower rate. */
const CAMERA = `
case "$*" in
  *"-h long") echo "-fps_mode  set it"; exit;;
  *-list_formats*)
    echo "[v4l2 @ 0x1] Raw       : yuyv422 : YUYV 4:2:2 : 1280x720" >&2
    echo "[v4l2 @ 0x1] Compressed: mjpeg : Motion-JPEG : 1280x720" >&2
    exit 1;;
esac
echo "$@" >>"$dir/captures"
case "$*" in
  *yuyv422*) [ -z "$slow" ] || echo "The driver changed the time per frame from 1/30 to $slow" >&2;;
  *mjpeg*) [ -z "$slow_mjpeg" ] || echo "The driver changed the time per frame from 1/30 to $slow_mjpeg" >&2;;
esac
printf 'YUV4MPEG2 W2 H1 F30:1 Cmono\\nFRAME\\nab'
exec sleep 1000`;

/** v4l2-ctl's list of the same camera, with rates. */
const RATES = `case "$*" in
  *--list-formats-ext)
    printf "[0]: 'YUYV' (YUYV 4:2:2)\\n Size: Discrete 1280x720\\n  Interval: Discrete 0.1s (10.000 fps)\\n"
    printf "[1]: 'MJPG' (Motion-JPEG)\\n Size: Discrete 1280x720\\n  Interval: Discrete 0.033s (30.000 fps)\\n";;
  *--list-ctrls-menus)
    echo "brightness 0x1 (int)    : min=0 max=255 step=1 default=128 value=128";;
  *) echo "$@" >>"$dir/set"; [ -z "$refuse" ] || { echo "$refuse" >&2; exit 255; };;
esac`;

const NO_RATES = "exit 1";

/** The options with which ffmpeg has opened the camera, one capture a line. */
function captures(fake: FakeFfmpeg): string[] {
  return fake.read("captures").trim().split("\n").map((line) =>
    /-f v4l2 (.*?) ?-i /.exec(line)?.[1] ?? ""
  );
}

interface Case {
  readonly name: string;
  readonly ffmpeg?: string;
  readonly v4l2Ctl?: string;
  readonly request?: Partial<CaptureRequest>;
  readonly mode: string | undefined;
  readonly opened: string[];
}

const RAW = "-video_size 1280x720 -framerate 30 -input_format yuyv422";
const JPEG = "-video_size 1280x720 -framerate 30 -input_format mjpeg";
const known = {
  format: "yuyv422",
  size: { width: 1280, height: 720 },
  fps: 10,
  isKnown: true,
};

/** What a request has when the camera is opened again. */
const AGAIN = { mode: known, fit: { width: 2, height: 1 } };

const CASES: Case[] = [
  {
    name: "takes MJPEG if v4l2-ctl lists a lower rate for raw frames",
    v4l2Ctl: RATES,
    mode: "1280x720 at 30 fps, mjpeg",
    opened: [JPEG],
  },
  {
    name: "takes raw frames if they reach the rate of -f",
    v4l2Ctl: RATES,
    request: { fps: 10 },
    mode: "1280x720 at 10 fps, yuyv422",
    opened: ["-video_size 1280x720 -framerate 10 -input_format yuyv422"],
  },
  {
    name: "takes raw frames if the rates are unknown and the driver accepts the rate",
    mode: "1280x720 at 30 fps, yuyv422",
    opened: [RAW],
  },
  {
    name: "takes MJPEG if the driver has a lower rate for raw frames",
    ffmpeg: "slow=1/10",
    mode: "1280x720 at 30 fps, mjpeg",
    opened: [RAW, JPEG],
  },
  {
    name: "takes raw frames if the driver has no higher rate for MJPEG",
    ffmpeg: "slow=1/10 slow_mjpeg=1/10",
    mode: "1280x720 at 10 fps, yuyv422",
    opened: [RAW, JPEG, "-video_size 1280x720 -framerate 10 -input_format yuyv422"],
  },
  {
    name: "reports the rate that the driver has chosen if MJPEG is not offered",
    ffmpeg: 'slow=1/25; case "$*" in *-list_formats*) ' +
      'echo "[v4l2 @ 0x1] Raw       : yuyv422 : YUYV 4:2:2 : 1280x720" >&2; exit 1;; esac',
    mode: "1280x720 at 25 fps, yuyv422",
    opened: [RAW],
  },
  {
    name: "lets ffmpeg choose if nothing can be learned",
    ffmpeg: 'case "$*" in *-list_formats*) exit 1;; esac',
    mode: undefined,
    opened: [""],
  },
  {
    name: "asks nothing if there are input options",
    v4l2Ctl: 'echo asked >>"$dir/captures"',
    request: { inputOptions: ["-input_format", "nv12"] },
    mode: undefined,
    opened: ["-input_format nv12"],
  },
  {
    name: "asks nothing if a mode has worked before",
    v4l2Ctl: 'echo asked >>"$dir/captures"',
    request: AGAIN,
    mode: "1280x720 at 10 fps, yuyv422",
    opened: ["-video_size 1280x720 -framerate 10 -input_format yuyv422"],
  },
  {
    name: "asks again if the mode that has worked before fails",
    ffmpeg: 'case "$*" in *nv12*) echo "Invalid argument" >&2; exit 1;; esac',
    request: { mode: { ...known, format: "nv12" }, fit: { width: 2, height: 1 } },
    mode: "1280x720 at 30 fps, yuyv422",
    opened: [RAW],
  },
  {
    name: "takes MJPEG if USB has no bandwidth for raw frames",
    ffmpeg: 'case "$*" in *yuyv422*) ' +
      'echo "ioctl(VIDIOC_STREAMON): No space left on device" >&2; exit 1;; esac',
    mode: "1280x720 at 30 fps, mjpeg",
    opened: [JPEG],
  },
  {
    name: "lets ffmpeg choose if the camera refuses the modes that it lists",
    v4l2Ctl: RATES,
    ffmpeg: 'case "$*" in *mjpeg*) echo "Invalid argument" >&2; exit 1;; esac',
    mode: undefined,
    opened: [""],
  },
];

for (const { name, ffmpeg = "", v4l2Ctl = NO_RATES, request, mode, opened } of CASES) {
  Deno.test({
    name: `openCamera() ${name}`,
    ignore,
    fn: async () => {
      using fake = new FakeFfmpeg(`${ffmpeg}\n${CAMERA}`, { "v4l2-ctl": v4l2Ctl });
      const { log, info } = keptLog();
      const camera = await openCamera({ ...REQUEST, ...request }, source, { signal, log });
      await using _source = camera.source;
      assertEquals(camera.mode && formatMode(camera.mode), mode);
      assertEquals(captures(fake), opened);
      const isChosen = mode !== undefined && request !== AGAIN;
      assertEquals(info, isChosen ? [`/dev/video0 captures ${mode}`] : []);
    },
  });
}

Deno.test({
  name:
    "openCamera() keeps the mode that has worked before while the camera is away, whatever is listed",
  ignore,
  fn: async () => {
    const away =
      'case "$*" in *pipe:1*) echo "$@" >>"$dir/captures"; echo "No such device" >&2; exit 1;; esac';
    // It would be listed as yuyv422 at another rate.
    using fake = new FakeFfmpeg(`${away}\n${CAMERA}`, { "v4l2-ctl": NO_RATES });
    const { log, info } = keptLog();
    const request = { ...REQUEST, ...AGAIN };
    await assertRejects(() => openCamera(request, source, { signal, log }), Failure);
    assertEquals(captures(fake), ["-video_size 1280x720 -framerate 10 -input_format yuyv422"]);
    assertEquals(info, []);
  },
});

const controls = [{ name: "brightness", value: "9" }, { name: "brightness", value: "7" }];

Deno.test({
  name: "openCamera() sets the controls in their order, at the start and when the camera is back",
  ignore,
  fn: async () => {
    for (const again of [{}, AGAIN]) {
      using fake = new FakeFfmpeg(CAMERA, { "v4l2-ctl": RATES });
      const { log } = keptLog();
      const request = { ...REQUEST, ...again, controls };
      await using _source = (await openCamera(request, source, { signal, log })).source;
      assertEquals(fake.read("set").trim().split("\n"), [
        "-d /dev/video0 --set-ctrl brightness=9",
        "-d /dev/video0 --set-ctrl brightness=7",
      ]);
    }
  },
});

Deno.test({
  name: "openCamera() fails before it opens the camera for a control that it does not have",
  ignore,
  fn: async () => {
    using fake = new FakeFfmpeg(CAMERA, { "v4l2-ctl": RATES });
    const { log } = keptLog();
    const request = { ...REQUEST, controls: [{ name: "brightnes", value: "9" }] };
    await assertRejects(
      () => openCamera(request, source, { signal, log }),
      Failure,
      'did you mean "brightness"?',
    );
    assertEquals(fake.has("captures"), false);
  },
});

Deno.test({
  name:
    "openCamera() fails at the start if a control is refused, and warns when the camera is back",
  ignore,
  fn: async () => {
    using _fake = new FakeFfmpeg(CAMERA, { "v4l2-ctl": `refuse="out of range"\n${RATES}` });
    const { log, warn } = keptLog();
    const message = 'Cannot set "brightness" of "/dev/video0" to "9": v4l2-ctl says: out of range';
    const request = { ...REQUEST, controls };
    await assertRejects(() => openCamera(request, source, { signal, log }), Failure, message);
    const again = await openCamera({ ...request, ...AGAIN }, source, { signal, log });
    await using _source = again.source;
    assertEquals(warn, [message]);
  },
});
