import { grayFormat } from "../../lib/frame/frame_format.ts";
import { Capture } from "../../lib/capture/capture.ts";
import { openFfmpeg } from "../../lib/capture/open_ffmpeg.ts";
import type { CaptureRequest, Source } from "../../lib/ffmpeg/capture_arguments.ts";
import { Failure } from "../../lib/log/failure.ts";
import type { Log } from "../../lib/log/log.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import { FakeFfmpeg } from "./fake_ffmpeg.ts";

const ignore = Deno.build.os === "windows"; // no sh there

const file: Source = { kind: "file", input: "file:a.mkv", loop: false, pace: false };
const stream: Source = { kind: "stream", input: "tcp://h:1", loop: false, pace: false };

function request(source: Source): CaptureRequest {
  return { source, inputOptions: [], os: "linux" };
}

/** Two frames of 2x1 pixels. */
const FRAMES = "printf 'YUV4MPEG2 W2 H1 F30:1 Cmono\\nFRAME\\nabFRAME\\ncd'";

/** Goes on after it has closed its stdout, and says so on stderr. */
const HANG = "exec >&-; echo closed >&2; exec sleep 1000";

/** A log that keeps ffmpeg's lines, and a promise for the line `closed`. */
function ffmpegLog(): { log: Log; closed: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const ignored = () => {};
  const debug = (line: string) => line === "ffmpeg: closed" && resolve();
  return { log: { error: ignored, warn: ignored, info: ignored, debug }, closed: promise };
}

/** Counts the listeners on a controller's signal. */
class CountedController extends AbortController {
  listeners = 0;
  constructor() {
    super();
    const { signal } = this;
    const [add, remove] = [signal.addEventListener, signal.removeEventListener];
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      this.listeners++;
      add.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      this.listeners--;
      remove.apply(signal, args);
    };
  }
}

/** Gives this process time to read what another one has written: a whole process starts and ends meanwhile. */
async function settled(): Promise<void> {
  await new Deno.Command("true").output();
}

Deno.test({
  name: "openFfmpeg() gives size, rate and frames, and leaves no listener on the signal",
  ignore,
  fn: async () => {
    using _fake = new FakeFfmpeg(FRAMES);
    const controller = new CountedController();
    const options = { signal: controller.signal, log: ffmpegLog().log };
    await using source = await openFfmpeg(request(file), options);
    assertEquals(controller.listeners, 0);
    assertEquals([source.format, source.fps], [grayFormat({ width: 2, height: 1 }), 30]);
    const frames = [await source.next(), await source.next(), await source.next()];
    const decoder = new TextDecoder();
    assertEquals(frames.map((frame) => frame && decoder.decode(frame)), ["ab", "cd", undefined]);
    assertEquals((await source.end()).code, 0);
  },
});

Deno.test({
  name: "openFfmpeg() asks an ffmpeg without -fps_mode once for its options, and uses -vsync then",
  ignore,
  fn: async () => {
    using fake = new FakeFfmpeg(`
      echo "$@" >>"$dir/asked"
      case "$*" in
        *"-h long") echo "-vsync  set it"; exit;;
        *-fps_mode*) echo "[fatal] Unrecognized option 'fps_mode'." >&2; exit 1;;
      esac
      ${FRAMES}`);
    const { signal } = new AbortController();
    for (let n = 0; n < 2; n++) {
      await using _source = await openFfmpeg(request(stream), { signal, log: ffmpegLog().log });
    }
    const asked = fake.read("asked").trim().split("\n");
    const kinds = asked.map((args) => /-h long|-fps_mode|-vsync passthrough/.exec(args)?.[0]);
    assertEquals(kinds, ["-fps_mode", "-h long", "-vsync passthrough", "-vsync passthrough"]);
  },
});

Deno.test({
  name: "openFfmpeg() gives the reason why ffmpeg ended before the first frame, without a password",
  ignore,
  fn: async () => {
    using _fake = new FakeFfmpeg(`echo "[error] rtsp://me:secret@h/x: it is night" >&2; exit 1`);
    const { signal } = new AbortController();
    const input = "rtsp://me:secret@h/x";
    const asked = request({ ...stream, input });
    await assertRejects(
      () => openFfmpeg(asked, { signal, log: ffmpegLog().log }),
      Failure,
      'Cannot capture "rtsp://h/x": ffmpeg says: rtsp://h/x: it is night',
    );
  },
});

for (
  const [state, script] of [
    ["prints nothing", "echo closed >&2; exec sleep 1000"],
    ["has closed its stdout and does not end", HANG],
  ]
) {
  Deno.test({
    name: `openFfmpeg() ends on abort while ffmpeg ${state}`,
    ignore,
    fn: async () => {
      using _fake = new FakeFfmpeg(script!);
      const controller = new CountedController();
      const { log, closed } = ffmpegLog();
      const opening = openFfmpeg(request(file), { signal: controller.signal, log });
      opening.catch(() => {});
      await closed;
      await settled();
      controller.abort(new Error("enough"));
      await assertRejects(() => opening, Error, "enough");
      assertEquals(controller.listeners, 0);
    },
  });
}

Deno.test({
  name: "Capture.frames() ends on abort while ffmpeg has closed its stdout and does not end",
  ignore,
  fn: async () => {
    using _fake = new FakeFfmpeg(`${FRAMES}; ${HANG}`);
    const controller = new CountedController();
    const { signal } = controller;
    const { log, closed } = ffmpegLog();
    await using capture = await Capture.open(request(file), { signal, log });
    const sequences: number[] = [];
    const reading = (async () => {
      for await (const { sequence } of capture.frames({ signal })) sequences.push(sequence);
    })();
    await closed;
    await settled();
    controller.abort();
    await reading;
    assertEquals(sequences, [0, 1]);
    assertEquals(controller.listeners, 0);
  },
});
