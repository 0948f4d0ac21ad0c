/** A source that sends JPEG or H.264 already: viewers get its own bytes, and nothing is encoded for them. */

import { MjpegReader } from "../../lib/wire/mjpeg.ts";
import { nalType, nalUnits } from "../../lib/wire/annex_b.ts";
import { FlvReader } from "../../lib/wire/flv.ts";
import type { CaptureRequest } from "../../lib/ffmpeg/capture_arguments.ts";
import type { AccessUnit } from "../../lib/frame/access_unit.ts";
import { CameraStream } from "../../lib/stream/camera_stream.ts";
import { PublishedStream } from "../../lib/serve/published_stream.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { keptLog } from "../log/kept_log.ts";
import { EncodedSource } from "./encoded_source.ts";
import { childrenOf } from "./process_figures.ts";
import { LiveClient } from "./live_client.ts";
import { TempDir } from "./pictures.ts";
import { portOf, type Program, run, startClient, startServer, until, within } from "./programs.ts";
import { urlOf } from "./web_pages.ts";

const ignore = Deno.build.os !== "linux";

const size = { width: 320, height: 240 };

const JPEG = { encoder: ["-c:v", "mjpeg", "-pix_fmt", "yuvj422p"], container: "mpjpeg" };
const H264 = {
  encoder: ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "15"],
  container: "mpegts",
};

/** One more picture of a multipart stream. */
interface Part {
  readonly jpeg: string;
  readonly sequence: number;
}

/** The pictures of a page's multipart stream. */
async function* partsOf(url: string): AsyncGenerator<Part> {
  const { body } = await fetch(`${url}stream.mjpg`);
  const reader = new MjpegReader(size);
  for await (let bytes of body!) {
    while (bytes.length > 0) {
      const { space } = reader;
      const count = Math.min(space.length, bytes.length);
      space.set(bytes.subarray(0, count));
      bytes = bytes.subarray(count);
      reader.filled(count, 0);
      for (let part; (part = reader.take());) {
        yield { jpeg: part.payload.toHex(), sequence: part.note?.sequence ?? -1 };
      }
    }
  }
}

/** The JPEGs of a film, as they are in it. */
async function jpegsOf(film: string): Promise<string[]> {
  const bytes = await run("ffmpeg", ["-v", "error", "-i", film, "-c", "copy", "-f", "mpjpeg", "-"]);
  const reader = new MjpegReader(size);
  const jpegs: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const { space } = reader;
    const count = Math.min(space.length, bytes.length - at);
    space.set(bytes.subarray(at, at + count));
    at += count;
    reader.filled(count, 0);
    for (let part; (part = reader.take());) jpegs.push(part.payload.toHex());
  }
  return jpegs;
}

/** Waits until a part is one of the film, and then for some more: all are, in order. Returns the first one's place. */
async function readFilm(parts: AsyncGenerator<Part>, film: string[], count: number): Promise<void> {
  const next = async () => (await within("a picture", parts.next())).value as Part;
  let part = await next();
  while (!film.includes(part.jpeg)) part = await next();
  for (let i = 0; i < count; i++) {
    const before = part;
    part = await next();
    const step = film.indexOf(part.jpeg) - film.indexOf(before.jpeg);
    assert(step > 0, "a picture is not the source's, or comes twice");
    assertEquals(part.sequence - before.sequence, step, "a picture has the number of another");
  }
}

const childCount = async (server: Program) => (await childrenOf(server.pid)).length;

Deno.test({
  name:
    "source: JPEGs of a camera reach the page as they are; while it is lost, NO SIGNAL is encoded",
  ignore,
  fn: async () => {
    await using source = await EncodedSource.open(JPEG);
    const film = await jpegsOf(source.film);
    source.play();
    const input = ["-i", source.url, "--input-options", "-f mpjpeg", "--color"];
    await using server = startServer([...input, "--http", "127.0.0.1:0", "--source-timeout", "1"]);
    const parts = partsOf(await urlOf(server));
    await readFilm(parts, film, 10);
    await server.line(/^tcp:.* sends JPEG, which viewers get as it is$/);
    assertEquals(await childCount(server), 1, "an encoder runs");
    source.stop();
    await server.line(/^warning: lost tcp:/);
    for (let part; (part = (await within("NO SIGNAL", parts.next())).value as Part);) {
      if (!film.includes(part.jpeg)) break;
    }
    source.play();
    await readFilm(parts, film, 10);
    await until("the encoder has stopped", async () => await childCount(server) === 1);
    await parts.return(undefined);
  },
});

Deno.test({
  name: "source: JPEGs are encoded where a filter changes the pictures",
  ignore,
  fn: async () => {
    await using source = await EncodedSource.open({ ...JPEG, seconds: 8 });
    const film = await jpegsOf(source.film);
    source.play();
    const input = ["-i", source.url, "--input-options", "-f mpjpeg", "--color"];
    await using server = startServer([...input, "--http", "127.0.0.1:0", "--filter", "flip"]);
    const parts = partsOf(await urlOf(server));
    for (let i = 0; i < 5; i++) {
      const { jpeg } = (await within("a picture", parts.next())).value as Part;
      assert(!film.includes(jpeg), "the filter is left out");
    }
    await parts.return(undefined);
  },
});

/** The NAL units of a film that matter, each unit's as one text. */
async function unitsOf(film: string): Promise<string[]> {
  const args = ["-v", "error", "-i", film, "-c", "copy", "-f", "flv", "-"];
  return new FlvReader().push(await run("ffmpeg", args)).map(({ bytes }) => bytes.toHex());
}

Deno.test({
  name:
    "source: H.264 of a camera is its own highest rung, with the numbers and times of the frames",
  ignore,
  fn: async () => {
    await using source = await EncodedSource.open(H264);
    const film = await unitsOf(source.film);
    source.play();
    const { log, debug, info } = keptLog();
    const stop = new AbortController();
    const request = {
      source: { kind: "stream" as const, input: source.url, loop: false, pace: false },
      inputOptions: ["-analyzeduration", "300000"],
      ...{ os: "linux" as const, pixels: "yuv420p" as const },
    } satisfies CaptureRequest;
    await using stream = await CameraStream.open(request, {
      ...{ filter: undefined, frames: undefined, stamp: false },
      ...{ onLoss: "retry", sourceTimeout: 1, log },
    }, stop);
    const running = stream.run(stop);
    const options = { wire: "raw", quality: 90, holds: false, id: "0123456789ab", log } as const;
    await using published = new PublishedStream(stream, options);
    await until("the source's rung is known", () => published.rungs.at(-1)?.isFirst === true);
    const rung = published.rungs.at(-1)!;
    assertEquals(rung.size, size);
    assert(published.rungs.slice(0, -1).every(({ rate }) => rate < rung.rate));
    const times = new Map<number, number>();
    const frames = stream.frames.reader(stop);
    const noting = (async () => {
      for (let taken; (taken = await frames.take());) {
        times.set(taken.value.sequence, taken.value.capturedAt);
      }
    })();
    using subscription = published.subscribeH264(rung);
    const reader = subscription.units.reader(stop);
    const next = async () => (await within("a unit", reader.take()))!.value;
    const first = await next();
    assert(first.isKey);
    assertEquals(nalUnits(first.bytes).slice(0, 2).map(nalType), [7, 8]);
    const got: AccessUnit[] = [first];
    while (got.length < 40) got.push(await next());
    const offset = film.indexOf(first.bytes.toHex()) - first.sequence;
    for (const { bytes, sequence } of got) {
      assertEquals(film[offset + sequence], bytes.toHex(), `unit ${sequence} is not the source's`);
    }
    await until("the frames are noted", () => times.has(got.at(-1)!.sequence));
    const noted = got.filter(({ sequence }) => times.has(sequence));
    assert(noted.length > 20);
    for (const { sequence, capturedAt } of noted) assertEquals(times.get(sequence), capturedAt);
    assertEquals(debug.filter((line) => /encoder starts/.test(line)), []);

    source.stop();
    let unit = await next();
    while (unit.kind !== "placeholder") unit = await next();
    assert(debug.some((line) => /the H.264 encoder starts/.test(line)));
    source.play();
    while (!film.includes(unit.bytes.toHex())) unit = await next();
    assert(unit.isKey, "the source's units do not begin with a keyframe");
    await until("the encoder stops", () => /H.264 encoder has stopped/.test(debug.join()));
    stop.abort();
    await Promise.all([running, noting]);
    assertMatch(info.join("\n"), /sends H\.264, which viewers get as it is/);
  },
});

Deno.test({
  name: "source: H.264 of a camera goes through server and client into a film as it is",
  ignore,
  fn: async () => {
    await using dir = new TempDir();
    // So small that no rung is below it: the client stays on it, however busy the machine is.
    await using source = await EncodedSource.open({ ...H264, size: "128x96" });
    const film = await unitsOf(source.film);
    source.play();
    const input = ["-i", source.url, "--input-options", "-analyzeduration 300000", "--color"];
    await using server = startServer([...input, "--log-level", "debug"]);
    await server.line(/^tcp:.* sends H\.264, which viewers get as it is$/);
    const record = dir.file("film.mp4");
    const options = ["--wire", "h264", "-o", record, "--frames", "30"];
    await using client = startClient(await portOf(server), options);
    await until("the film begins", () => Deno.stat(record).then(() => true).catch(() => false));
    assert(await childCount(client) < 2, "a decoder runs");
    assertEquals((await client.end()).code, 0);
    assert(!server.errors.some((line) => line.includes("encoder starts")));
    const units = await unitsOf(record);
    assertEquals(units.length, 30);
    // A busy machine may leave some out.
    const places = units.map((unit) => film.indexOf(unit));
    assert(places.every((place, i) => place > (places[i - 1] ?? -1)), places.join(" "));
  },
});

Deno.test({
  name: "source: H.264 of a camera goes through server and client to the client's page as it is",
  ignore,
  fn: async () => {
    await using source = await EncodedSource.open({ ...H264, size: "128x96" });
    const film = await unitsOf(source.film);
    source.play();
    const input = ["-i", source.url, "--input-options", "-analyzeduration 300000", "--color"];
    await using server = startServer(input);
    await server.line(/^tcp:.* sends H\.264, which viewers get as it is$/);
    const options = ["--wire", "h264", "--http", "127.0.0.1:0", "--log-level", "debug"];
    await using client = startClient(await portOf(server), options);
    using live = await LiveClient.open(await urlOf(client));
    const streams = () => live.messages.findLast(({ type }) => type === "streams")?.streams;
    await live.until("H.264 is there", () => streams()?.[0].wires.includes("h264"));
    live.watch({ [streams()[0].name]: { width: 0, wire: "h264" } });
    await live.until("pictures", () => live.pictures.length > 20);
    const places = live.pictures.slice(0, 20).map(({ bytes }) => film.indexOf(bytes.toHex()));
    assert(places.every((place, i) => place > (places[i - 1] ?? -1)), places.join(" "));
    assert(!client.errors.some((line) => line.includes("encoder starts")));
  },
});

Deno.test({
  name: "source: H.264 of a camera reaches the page's socket as it is",
  ignore,
  fn: async () => {
    await using source = await EncodedSource.open({ ...H264, size: "128x96" });
    const film = await unitsOf(source.film);
    source.play();
    const input = ["-i", source.url, "--input-options", "-analyzeduration 300000", "--color"];
    await using server = startServer([...input, "--http", "127.0.0.1:0", "--log-level", "debug"]);
    await server.line(/^tcp:.* sends H\.264, which viewers get as it is$/);
    using live = await LiveClient.open(await urlOf(server));
    const streams = () => live.messages.find(({ type }) => type === "streams")?.streams;
    await live.until("the streams", () => streams() !== undefined);
    const [{ name, wires }] = streams();
    assertEquals(wires, ["jpeg", "h264"]);
    live.watch({ [name]: { width: 0, wire: "h264" } });
    await live.until("pictures", () => live.pictures.length > 20);
    const got = live.pictures.slice(0, 20);
    assertEquals(nalType(nalUnits(got[0]!.bytes)[0]!), 7, "it does not begin with a keyframe");
    const offset = film.indexOf(got[0]!.bytes.toHex()) - got[0]!.sequence;
    for (const { bytes, sequence } of got) assertEquals(bytes.toHex(), film[offset + sequence]);
    assert(!server.errors.some((line) => line.includes("encoder starts")));
  },
});
