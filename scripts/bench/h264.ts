/**
 * `h264`: what H.264 costs beside JPEG. The encoders of the server get the same frames at their rate, one after the other,
 * and their pictures are compared with those frames. ffmpeg alone encodes the same film with the same settings.
 */

import { pause } from "../../lib/async/aborted.ts";
import { runAll } from "../../lib/async/run_all.ts";
import { h264EncoderArguments } from "../../lib/ffmpeg/h264_arguments.ts";
import type { AccessUnits } from "../../lib/frame/access_units.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { frameBytes, grayFormat } from "../../lib/frame/frame_format.ts";
import { Latest } from "../../lib/frame/latest.ts";
import { Failure } from "../../lib/log/failure.ts";
import { H264Encoder } from "../../lib/serve/h264_encoder.ts";
import type { Jpeg } from "../../lib/frame/jpeg.ts";
import { JpegEncoder } from "../../lib/serve/jpeg_encoder.ts";
import { type Rung, rungsFor } from "../../lib/serve/rungs.ts";
import { childrenOf, cpuSeconds } from "../../tests/e2e/process_figures.ts";
import { type Bench, run } from "./bench.ts";
import { table, whole } from "./table.ts";

const FORMAT = grayFormat({ width: 640, height: 480 });
const FPS = 30;
const SECONDS = 6;
/** How strong the noise of the film is: none, and that of a good and of a bad sensor, in ffmpeg's measure. */
const NOISES = [0, 2, 6];
/** The usual quality, and the lowest one, whose SSIM is about .90. */
const QUALITIES = [90, 1];

/** A camera's picture: a photograph in motion, with noise. */
const PHOTO = new URL("../../tests/media/astronaut.jpg", import.meta.url).pathname;
const MOTION = "crop=384:288:x='64+64*sin(2*PI*t/4)':y='60+50*sin(2*PI*t/7)',scale=640:480";

/** An encoded frame, of either encoder. */
type Picture = Pick<Jpeg, "bytes" | "sequence">;

interface Encoder extends AsyncDisposable {
  watch(): Disposable;
}

/** What one encoder gives. */
interface Figures {
  readonly bytes: number;
  readonly ssim: number;
  /** CPU milliseconds a frame of ffmpeg, and of this program. */
  readonly cpu: readonly [ffmpeg: number, own: number];
  /** From a frame to its picture, in milliseconds. */
  readonly times: readonly number[];
}

export async function h264(bench: Bench): Promise<string> {
  const rows: string[][] = [];
  for (const noise of NOISES) {
    const film = await makeFilm(noise, bench);
    const of = (name: string, figures: Figures, jpeg: Figures) => row(noise, name, figures, jpeg);
    const jpegs: Figures[] = [];
    for (const quality of QUALITIES) jpegs.push(await measureJpeg(quality, film, bench));
    const [jpeg] = jpegs;
    if (!jpeg) throw new RangeError("no JPEG was measured");
    QUALITIES.forEach((quality, i) =>
      rows.push(of(`JPEG, quality ${quality}`, jpegs[i] ?? jpeg, jpeg))
    );
    for (const rung of rungsFor(FORMAT)) {
      const name = `H.264, ${rung.rate / 1000} kbit/s`;
      rows.push(of(name, await measureH264(rung, film, bench), jpeg));
      rows.push(await plainRow(noise, rung, film, bench));
    }
  }
  const heads = [
    "noise",
    "",
    "bytes a frame",
    "of JPEG's",
    "SSIM",
    "CPU ms a frame",
    "of JPEG's",
    "p50",
    "p99",
  ];
  return `A photograph in motion (tests/media/astronaut.jpg) with noise, ${FORMAT.width}x${FORMAT.height} gray, ` +
    `${FPS} fps, ${SECONDS} s. CPU time is that of ffmpeg + this program, which also plays the film; p50 and p99 are ` +
    "the times from a frame to its picture. The noise is ffmpeg's `noise=alls`. Plain ffmpeg reads the film from a " +
    `file at its rate.\n\n${table(heads, rows)}`;
}

function row(noise: number, name: string, figures: Figures, jpeg: Figures): string[] {
  const { bytes, ssim, cpu: [ffmpeg, own], times } = figures;
  const share = (value: number, of: number) => (value / of).toFixed(2);
  return [
    ...[String(noise), name, whole(bytes), share(bytes, jpeg.bytes), ssim.toFixed(3)],
    ...[`${ffmpeg.toFixed(2)} + ${own.toFixed(2)}`, share(ffmpeg + own, jpeg.cpu[0] + jpeg.cpu[1])],
    ...[50, 99].map((p) => `${percentile(times, p).toFixed(1)} ms`),
  ];
}

/** The film as raw frames in a file. */
async function makeFilm(noise: number, bench: Bench): Promise<string> {
  const film = `${bench.directory}/noise-${noise}.gray`;
  const filter = `${MOTION},noise=alls=${noise}:allf=t`;
  const input = ["-v", "error", "-y", "-loop", "1", "-framerate", String(FPS), "-i", PHOTO];
  const output = ["-t", String(SECONDS), "-pix_fmt", "gray", "-f", "rawvideo", film];
  await ffmpeg([...input, "-vf", filter, ...output], bench);
  return film;
}

async function measureJpeg(quality: number, film: string, bench: Bench): Promise<Figures> {
  const frames = new Latest<Frame>();
  await using encoder = new JpegEncoder(frames, { format: FORMAT, quality, log: quiet });
  return await measure(encoder, encoder.jpegs, { frames, film, demuxer: "mjpeg", bench });
}

async function measureH264(rung: Rung, film: string, bench: Bench): Promise<Figures> {
  const frames = new Latest<Frame>();
  const options = { format: FORMAT, ...rung, encoder: "libx264", fps: FPS, log: quiet } as const;
  await using encoder = new H264Encoder(frames, options);
  return await measure(encoder, encoder.units, { frames, film, demuxer: "h264", bench });
}

const quiet = { error() {}, warn() {}, info() {}, debug() {} };

/** Plays the film to an encoder, and compares what it gives with the film. */
async function measure(
  encoder: Encoder,
  output: Pick<Latest<Picture> | AccessUnits, "reader">,
  { frames, film, demuxer, bench }: {
    frames: Latest<Frame>;
    film: string;
    demuxer: "mjpeg" | "h264";
    bench: Bench;
  },
): Promise<Figures> {
  using file = await Deno.open(film);
  const putAt: number[] = [];
  const pictures: Picture[] = [];
  const times: number[] = [];
  let cpu: readonly [number, number] = [NaN, NaN];
  using _watch = encoder.watch();
  await runAll([async ({ signal }) => {
    const before = await cpuSeconds(Deno.pid);
    const begun = performance.now();
    for (let sequence = 0; sequence < FPS * SECONDS; sequence++) {
      const pixels = new Uint8Array(frameBytes(FORMAT));
      await file.read(pixels);
      await pause(begun + sequence * 1000 / FPS - performance.now(), signal);
      putAt.push(performance.now());
      frames.put({ format: FORMAT, pixels, sequence, capturedAt: 0 });
    }
    await pause(500, signal);
    const used = await Promise.all((await childrenOf(Deno.pid)).map(cpuSeconds));
    cpu = [used.reduce((sum, seconds) => sum + seconds, 0), await cpuSeconds(Deno.pid) - before];
    frames.end();
  }, async ({ signal }) => {
    using reader = output.reader({ signal });
    for (let taken; (taken = await reader.take());) {
      const { sequence } = taken.value;
      pictures.push(taken.value);
      times.push(performance.now() - (putAt[sequence] ?? NaN));
    }
  }], bench);
  const [ffmpeg, own] = cpu.map((seconds) => 1000 * seconds / pictures.length);
  const bytes = pictures.reduce((sum, { bytes }) => sum + bytes.length, 0) / pictures.length;
  // The first frames wait for the start of ffmpeg.
  const settled = times.slice(FPS);
  const ssim = await compare(pictures, film, { demuxer, bench });
  return { bytes, ssim, cpu: [ffmpeg ?? NaN, own ?? NaN], times: settled };
}

/** The mean SSIM of the pictures' brightness, compared with the frames of the film from which they come. */
async function compare(
  pictures: readonly Picture[],
  film: string,
  { demuxer, bench }: { demuxer: string; bench: Bench },
): Promise<number> {
  const [encoded, source] = [`${bench.directory}/encoded`, `${bench.directory}/source.gray`];
  await Deno.writeFile(
    encoded,
    await new Blob(pictures.map(({ bytes }) => new Uint8Array(bytes))).bytes(),
  );
  using file = await Deno.open(film);
  using used = await Deno.open(source, { write: true, create: true, truncate: true });
  const pixels = new Uint8Array(frameBytes(FORMAT));
  for (let sequence = 0, next = 0; await file.read(pixels) && next < pictures.length; sequence++) {
    if (pictures[next]?.sequence !== sequence) continue;
    await used.write(pixels);
    next++;
  }
  return await ssimOf(["-f", demuxer, "-i", encoded], source, bench);
}

/** The same settings in ffmpeg alone. */
async function plainRow(noise: number, rung: Rung, film: string, bench: Bench): Promise<string[]> {
  const encoded = `${bench.directory}/plain.flv`;
  const args = h264EncoderArguments(rung, { encoder: "libx264" });
  const output = args.slice(args.indexOf("-map"), -1);
  const { errors } = await ffmpeg([
    ...["-hide_banner", "-benchmark", "-y", "-threads", "1", "-re", ...rawInput(), "-i", film],
    ...[...output, encoded],
  ], bench);
  const [, user, system] = /utime=([\d.]+)s stime=([\d.]+)s/.exec(errors) ?? [];
  const count = FPS * SECONDS;
  const { size } = await Deno.stat(encoded);
  const ssim = await ssimOf(["-i", encoded], film, bench);
  const cpu = (1000 * (Number(user) + Number(system)) / count).toFixed(2);
  return [
    String(noise),
    "plain ffmpeg, the same settings",
    whole(size / count),
    "",
    ssim.toFixed(3),
    cpu,
    "",
    "",
    "",
  ];
}

async function ssimOf(input: string[], source: string, bench: Bench): Promise<number> {
  // Numbered frames: the times in files are rounded.
  const graph = ["0", "1"].map((i) =>
    `[${i}]settb=1/${FPS},setpts=N,scale=${FORMAT.width}:${FORMAT.height}:out_range=full,format=gray[${i}n]`
  );
  const { errors } = await ffmpeg([
    ...["-hide_banner", ...input, ...rawInput(), "-i", source],
    ...["-lavfi", `${graph.join(";")};[0n][1n]ssim`, "-f", "null", "-"],
  ], bench);
  return Number(/SSIM Y:([\d.]+)/.exec(errors)?.[1]);
}

function rawInput(): string[] {
  const size = `${FORMAT.width}x${FORMAT.height}`;
  return [
    "-f",
    "rawvideo",
    "-pixel_format",
    "gray",
    "-video_size",
    size,
    "-framerate",
    String(FPS),
  ];
}

async function ffmpeg(args: string[], { signal }: Bench): Promise<{ errors: string }> {
  const { code, errors } = await run("ffmpeg", ["-nostdin", ...args], { signal });
  if (code !== 0) throw new Failure("ffmpeg failed", errors.trim().split("\n").at(-1) ?? "");
  return { errors };
}

function percentile(figures: readonly number[], percent: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * percent / 100))] ?? NaN;
}
