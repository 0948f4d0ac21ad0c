/** Starts the ffmpeg of a capture: a request in, a stream of frames of known format and rate out. */

import { captureArguments, type CaptureRequest, usesFpsMode } from "../ffmpeg/capture_arguments.ts";
import { diagnose, lastWords, wasInterrupted } from "../ffmpeg/diagnose.ts";
import {
  type FpsModeOption,
  fpsModeOption,
  isUnknownOption,
  knownFpsModeOption,
} from "../ffmpeg/fps_mode.ts";
import { FfmpegProcess } from "../ffmpeg/process.ts";
import { readWhole } from "../ffmpeg/read_whole.ts";
import { StreamInfo } from "../ffmpeg/stream_info.ts";
import { abortable, pause } from "../async/aborted.ts";
import { Failure, messageOf } from "../log/failure.ts";
import { frameBytes, type FrameFormat } from "../frame/frame_format.ts";
import { formatFrameSize, MAX_SIDE } from "../frame/frame_size.ts";
import type { Log } from "../log/log.ts";
import { readY4mHeader, Y4M_MAGIC } from "../wire/y4m.ts";
import type { FrameSource, SourceEnd } from "./frame_source.ts";
import { sourceName } from "./source_name.ts";

/** After this time a source that has not started is reported, and again with ffmpeg's last message, in milliseconds. */
const SLOW_START_MS = 3000;
const STUCK_START_MS = 10_000;

/** The longest first line of the stream. */
const MAX_HEADER_BYTES = 512;

/**
 * How long this program waits for its own interrupt after ffmpeg was interrupted, in milliseconds: Ctrl-C reaches
 * every program of the terminal, and ffmpeg may be the first to end.
 */
export const SHARED_INTERRUPT_MS = 1000;

/** The line before each frame's pixels. */
const FRAME_LINE = "FRAME\n";

/** What is known before the first frame. */
interface Beginning {
  readonly format: FrameFormat;
  readonly fps: number | undefined;
  readonly took: number;
}

/** A running capture: the rest of ffmpeg's stdout is y4m frames. It owns its ffmpeg. */
class FfmpegSource implements FrameSource {
  readonly format: FrameFormat;
  readonly fps: number | undefined;
  readonly took: number;
  readonly #ffmpeg: FfmpegProcess;
  readonly #reader: ReadableStreamBYOBReader;

  constructor(ffmpeg: FfmpegProcess, reader: ReadableStreamBYOBReader, beginning: Beginning) {
    ({ format: this.format, fps: this.fps, took: this.took } = beginning);
    this.#ffmpeg = ffmpeg;
    this.#reader = reader;
  }

  async next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const bytes = FRAME_LINE.length + frameBytes(this.format);
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
    this.cancel(); // a reader that is left would keep the pipe open
    return this.#ffmpeg[Symbol.asyncDispose]();
  }
}

interface Control {
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Called with each line that ffmpeg prints before the first frame. */
  readonly onLine?: (line: string) => void;
}

/**
 * Starts ffmpeg and waits for its first frame. Throws a `Failure` with the reason where the source cannot be
 * opened, and the signal's reason on abort.
 */
export async function openFfmpeg(request: CaptureRequest, control: Control): Promise<FrameSource> {
  const option = usesFpsMode(request) ? knownFpsModeOption() : undefined;
  try {
    return await start(request, { ...control, option });
  } catch (thrown) {
    // To ask ffmpeg takes as long as its start (130 ms, 60 ms of CPU): only where the start has failed for it.
    if (!(thrown instanceof UnknownOption)) throw thrown;
    const known = await abortable(fpsModeOption(), control.signal);
    if (known === option) throw thrown;
    return await start(request, { ...control, option: known });
  }
}

/** The installed ffmpeg does not have the option for the frame rate mode. */
class UnknownOption extends Failure {}

async function start(
  request: CaptureRequest,
  { option, signal, log, onLine = () => {} }: Control & { option: FpsModeOption | undefined },
): Promise<FrameSource> {
  const begun = performance.now();
  const name = sourceName(request.source);
  const args = captureArguments(request, option && { fpsModeOption: option });
  log.debug(`ffmpeg ${args.join(" ")}`);
  const stdin = args.includes("pipe:0") ? "inherit" : "null";
  await using scope = new AsyncDisposableStack();
  const ffmpeg = scope.use(new FfmpegProcess("ffmpeg", args, { stdin, stdout: "piped" }));
  const info = new StreamInfo();
  ffmpeg.onLine = (line) => {
    log.debug(`ffmpeg: ${line}`);
    info.read(line);
    onLine(line);
  };
  using _reports = reportSlowStart(ffmpeg, name, log);
  const reader = ffmpeg.stdout.getReader({ mode: "byob" });
  scope.defer(() => void reader.cancel().catch(() => {})); // the pipe is closed already
  const header = await abortable(readLine(reader), signal);
  if (header === undefined) {
    await abortable(ffmpeg.ended, signal);
    if (wasInterrupted(ffmpeg.lines)) await pause(SHARED_INTERRUPT_MS, signal);
    signal.throwIfAborted();
    const failure = diagnose(ffmpeg.lines, request.source, name);
    const isUnknown = option && isUnknownOption(ffmpeg.lines, option);
    throw isUnknown ? new UnknownOption(failure.message, failure.hint) : failure;
  }
  const facts = readHeader(header, name);
  explainScaling(request, info, log);
  ffmpeg.onLine = (line) => log.debug(`ffmpeg: ${line}`);
  scope.move(); // the source owns ffmpeg from here on
  return new FfmpegSource(ffmpeg, reader, { ...facts, took: performance.now() - begun });
}

/** Reports a source that starts slowly. Disposing of it ends the reports. */
function reportSlowStart(ffmpeg: FfmpegProcess, name: string, log: Log): Disposable {
  const slow = setTimeout(() => log.info(`waiting for ${name}`), SLOW_START_MS);
  const stuck = setTimeout(() => {
    const message = ffmpeg.lines.length > 0 ? lastWords(ffmpeg.lines) : "none";
    log.info(`still waiting for ${name}; last message of ffmpeg: ${message}`);
  }, STUCK_START_MS);
  return { [Symbol.dispose]: () => [slow, stuck].forEach(clearTimeout) };
}

/** The first line, without its end; undefined where the stream ends earlier. */
async function readLine(reader: ReadableStreamBYOBReader): Promise<string | undefined> {
  const bytes: number[] = [];
  while (bytes.length < MAX_HEADER_BYTES) {
    const { value } = await reader.read(new Uint8Array(1));
    const [byte] = value ?? [];
    if (byte === undefined) return undefined;
    if (byte === 0x0a) break;
    bytes.push(byte);
  }
  return String.fromCharCode(...bytes);
}

function readHeader(line: string, name: string): Omit<Beginning, "took"> {
  const [magic, ...words] = line.split(" ");
  try {
    if (magic !== Y4M_MAGIC) {
      throw new Error(`the output of ffmpeg does not begin with ${Y4M_MAGIC}`);
    }
    return readY4mHeader(words);
  } catch (thrown) {
    throw new Failure(
      `Cannot stream "${name}": ${messageOf(thrown)}`,
      `scale it with --resolution WxH (each side 1 to ${MAX_SIDE})`,
      { cause: thrown },
    );
  }
}

/** Reports a source with another size than requested: cameras choose their own. */
function explainScaling(
  { size: asked, source }: CaptureRequest,
  { size: has }: StreamInfo,
  log: Log,
): void {
  if (!asked || !has || source.kind === "test") return;
  const [given, wanted] = [has, asked].map(formatFrameSize);
  if (given !== wanted) log.info(`${sourceName(source)} has ${given}, scaled to ${wanted}`);
}
