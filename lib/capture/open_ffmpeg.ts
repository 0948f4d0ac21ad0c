/** Starts the ffmpeg of a capture: a request in, a stream of gray frames of known size and rate out. */

import {
  captureArguments,
  type CaptureRequest,
  type FrameRateOption,
} from "../ffmpeg/capture_arguments.ts";
import { diagnose, isUnknownOption, lastWords, wasInterrupted } from "../ffmpeg/diagnose.ts";
import { FfmpegProcess } from "../ffmpeg/process.ts";
import { readWhole } from "../ffmpeg/read_whole.ts";
import { StreamInfo } from "../ffmpeg/stream_info.ts";
import { pause } from "../async/aborted.ts";
import { Failure, messageOf } from "../log/failure.ts";
import { formatFrameSize, frameBytes, type FrameSize, MAX_SIDE } from "../frame/frame_size.ts";
import type { Log } from "../log/log.ts";
import { readY4mHeader, Y4M_MAGIC } from "../wire/y4m.ts";
import type { FrameSource, SourceEnd } from "./frame_source.ts";
import { sourceName } from "./source_name.ts";

/** After how long a source that has not begun is spoken of, and with what ffmpeg says, in milliseconds. */
const [SLOW_START, STUCK_START] = [3000, 10_000];

/** The stream's first line is not longer. */
const MOST_HEADER_BYTES = 512;

/**
 * How long an ffmpeg that was interrupted is taken for a part of our own interruption, in
 * milliseconds: Ctrl-C reaches every program of the terminal, and ffmpeg may be the first to end.
 */
export const SHARED_INTERRUPT = 1000;

/** What stands before each frame's pixels. */
const FRAME_LINE = "FRAME\n";

/** What came before the first frame. */
interface Beginning {
  readonly size: FrameSize;
  readonly fps: number | undefined;
  readonly took: number;
}

/** An ffmpeg that captures; y4m frames are what is left of its stdout. */
class FfmpegSource implements FrameSource {
  readonly size: FrameSize;
  readonly fps: number | undefined;
  readonly took: number;
  readonly #ffmpeg: FfmpegProcess;
  readonly #reader: ReadableStreamBYOBReader;

  constructor(ffmpeg: FfmpegProcess, reader: ReadableStreamBYOBReader, beginning: Beginning) {
    ({ size: this.size, fps: this.fps, took: this.took } = beginning);
    this.#ffmpeg = ffmpeg;
    this.#reader = reader;
  }

  async next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const bytes = FRAME_LINE.length + frameBytes(this.size);
    const frame = await readWhole(this.#reader, bytes);
    return frame.length < bytes ? undefined : frame.subarray(FRAME_LINE.length);
  }

  cancel(): void {
    this.#reader.cancel().catch(() => {}); // the pipe is closed already
  }

  async end(): Promise<SourceEnd> {
    const { code, signal } = await this.#ffmpeg.ended;
    return { code, killed: signal, lines: this.#ffmpeg.lines };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#ffmpeg[Symbol.asyncDispose]();
  }
}

interface Control {
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** What the installed ffmpeg knows; it is tried out once. */
let frameRateOption: FrameRateOption = "-fps_mode";

/**
 * Starts ffmpeg and waits for its first frame. Throws a `Failure` that says why where the source can't be
 * opened, and the signal's reason on abort.
 */
export async function openFfmpeg(
  request: CaptureRequest,
  control: Control,
): Promise<FrameSource> {
  try {
    return await start(request, control);
  } catch (thrown) {
    if (!(thrown instanceof TooOld) || frameRateOption === "-vsync") throw thrown;
    frameRateOption = "-vsync";
    return await start(request, control);
  }
}

/** ffmpeg before 5.1 does not know `-fps_mode`. */
class TooOld extends Failure {}

async function start(
  request: CaptureRequest,
  { signal, log }: Control,
): Promise<FrameSource> {
  const begun = performance.now();
  const name = sourceName(request.source);
  const args = captureArguments(request, { frameRateOption });
  log.debug(`ffmpeg ${args.join(" ")}`);
  await using scope = new AsyncDisposableStack();
  const stdin = args.includes("pipe:0") ? "inherit" : "null";
  const ffmpeg = scope.use(new FfmpegProcess("ffmpeg", args, { stdin, stdout: "piped" }));
  const info = new StreamInfo();
  ffmpeg.onLine = (line) => {
    log.debug(`ffmpeg: ${line}`);
    info.read(line);
  };
  const slow = setTimeout(() => log.info(`waiting for ${name}`), SLOW_START);
  const stuck = setTimeout(() => {
    const words = ffmpeg.lines.length > 0 ? lastWords(ffmpeg.lines) : "nothing yet";
    log.info(`still waiting for ${name}; the last words of ffmpeg: ${words}`);
  }, STUCK_START);
  scope.defer(() => [slow, stuck].forEach(clearTimeout));

  const reader = ffmpeg.stdout.getReader({ mode: "byob" });
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  scope.defer(() => signal.removeEventListener("abort", onAbort));
  const header = await Promise.race([readLine(reader), aborted]);
  if (header === undefined) {
    await ffmpeg.ended;
    if (wasInterrupted(ffmpeg.lines)) await pause(SHARED_INTERRUPT, signal);
    signal.throwIfAborted();
    const failure = diagnose(ffmpeg.lines, request.source, name);
    throw isUnknownOption(ffmpeg.lines, frameRateOption)
      ? new TooOld(failure.message, failure.hint)
      : failure;
  }
  const facts = readHeader(header, name);
  explainScaling(request, info, log);
  ffmpeg.onLine = (line) => log.debug(`ffmpeg: ${line}`);
  [slow, stuck].forEach(clearTimeout);
  scope.move();
  return new FfmpegSource(ffmpeg, reader, { ...facts, took: performance.now() - begun });
}

/** The first line, without its end; undefined where the stream ends before. */
async function readLine(reader: ReadableStreamBYOBReader): Promise<string | undefined> {
  const bytes: number[] = [];
  while (bytes.length < MOST_HEADER_BYTES) {
    const { value } = await reader.read(new Uint8Array(1));
    const [byte] = value ?? [];
    if (byte === undefined) return undefined;
    if (byte === 0x0a) break;
    bytes.push(byte);
  }
  return String.fromCharCode(...bytes);
}

function readHeader(line: string, name: string): { size: FrameSize; fps: number | undefined } {
  const [magic, ...words] = line.split(" ");
  try {
    if (magic !== Y4M_MAGIC) throw new Error(`ffmpeg gives no ${Y4M_MAGIC}`);
    return readY4mHeader(words);
  } catch (thrown) {
    throw new Failure(
      `Cannot stream "${name}": ${messageOf(thrown)}`,
      `scale it with --resolution WxH (each side 1 to ${MAX_SIDE})`,
      { cause: thrown },
    );
  }
}

/** Says so where the source has another size than was asked for: cameras pick their own. */
function explainScaling(
  { size: asked, source }: CaptureRequest,
  { size: has }: StreamInfo,
  log: Log,
): void {
  if (!asked || !has || source.kind === "test") return;
  const [given, wanted] = [has, asked].map(formatFrameSize);
  if (given !== wanted) log.info(`${sourceName(source)} gives ${given}, scaled to ${wanted}`);
}
