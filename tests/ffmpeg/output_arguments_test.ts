import { grayFormat } from "../../lib/frame/frame_format.ts";
import { type Codec, codecRow, isLossless } from "../../lib/ffmpeg/codecs.ts";
import {
  changedSize,
  ffmpegFormat,
  FILE_FORMATS,
  fileFormat,
  filmFormats,
  KNOWN_SCHEMES,
} from "../../lib/ffmpeg/formats.ts";
import { fpsModeOption } from "../../lib/ffmpeg/fps_mode.ts";
import { matroskaFrame, matroskaHead } from "../../lib/ffmpeg/matroska.ts";
import { outputArguments, type Written } from "../../lib/ffmpeg/output_arguments.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";

const format = grayFormat({ width: 64, height: 48 });

/** A name for each ending that ffmpeg writes. */
const FILES = FILE_FORMATS.filter(({ writer }) => writer === "ffmpeg")
  .flatMap(({ endings }) => endings.map((ending) => `a.${ending}`));

/** A film for each ending, with each codec that it can hold. */
const FILMS: { name: string; codec: Codec }[] = filmFormats().flatMap(({ endings, codecs }) =>
  codecs.map((codec) => ({ name: `a.${endings[0]}`, codec }))
);

Deno.test("outputArguments() never uses a file's name as an option or a protocol", () => {
  for (const name of ["-y.mp4", "concat:a.mp4", "a b.mkv", "http:x.webm"]) {
    assertEquals(outputArguments({ format, fps: 30, name }).at(-1), `file:${name}`);
  }
});

Deno.test("outputArguments() uses only options that ffmpeg 4.3 to 9.0 have, and -fps_mode or -vsync where the row asks for it", () => {
  const gone = ["-vsync", "-stats_period"]; // not in 9.0, not in 4.3
  for (const name of [...FILES, ...KNOWN_SCHEMES.split(" ").map((scheme) => `${scheme}h:1/x`)]) {
    const args = outputArguments({ format, fps: 30, name });
    const asks = ffmpegFormat(name)!.asksForOwnTimes ?? false;
    assertEquals(args.filter((arg) => gone.includes(arg)), [], name);
    assertEquals(args.includes("-fps_mode"), asks, name);
    const old = outputArguments({ format, fps: 30, name }, { fpsModeOption: "-vsync" });
    assertEquals([old.includes("-vsync"), old.includes("-fps_mode")], [asks, false], name);
  }
});

Deno.test("outputArguments() takes a URL's format from its scheme, whatever its path ends with", () => {
  const arguments_ = (name: string) => outputArguments({ format, fps: 30, name }).slice(0, -1);
  for (const ending of ["avi", "jpg", "y4m"]) {
    assertEquals(arguments_(`http://h/x.${ending}`), arguments_("http://h/x"), ending);
  }
});

Deno.test("outputArguments() refuses a file that ffmpeg does not write", () => {
  for (const name of ["a.y4m", "a.gray", "a", "-"]) {
    assertThrows(
      () => outputArguments({ format, fps: 30, name }),
      RangeError,
      `no format for ${name}`,
    );
  }
});

/** Frames whose pixels differ. */
function pictures({ width, height }: { width: number; height: number }, count: number) {
  return Array.from(
    { length: count },
    (_, n) => new Uint8Array(width * height).map((_, i) => (i * 7 + n * 13) % 256),
  );
}

/** Has ffmpeg write frames as the client does, into a directory that is removed afterwards. */
async function write(
  { times, ...written }: Written & { times: number[] },
  look: (file: (name: string) => string) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const { format } = written;
    const frames = pictures(format, times.length);
    const film = new Blob([
      matroskaHead(format, written),
      ...frames.flatMap((pixels, i) => [matroskaFrame(format, times[i]!), pixels]),
    ]);
    const name = `${dir}/${written.name}`;
    const args = outputArguments({ ...written, name }, { fpsModeOption: await fpsModeOption() });
    const child = new Deno.Command("ffmpeg", {
      ...{ args, stdin: "piped", stdout: "null", stderr: "piped" },
    }).spawn();
    const [{ success, stderr }] = await Promise.all([
      child.output(),
      film.stream().pipeTo(child.stdin),
    ]);
    assert(success, new TextDecoder().decode(stderr));
    await look((name) => `${dir}/${name}`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function output(program: string, args: string[]): Promise<Uint8Array> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  assert(success, new TextDecoder().decode(stderr));
  return stdout;
}

/** Each packet's time in milliseconds, and the size of the film. */
async function probe(name: string): Promise<{ times: number[]; size: string }> {
  const args = ["-v", "error", "-show_entries", "stream=width,height:packet=pts_time"];
  const { streams: [stream], packets } = JSON.parse(
    new TextDecoder().decode(await output("ffprobe", [...args, "-of", "json", name])),
  );
  return {
    times: packets.map((packet: Record<string, string>) =>
      Math.round(1000 * Number(packet.pts_time))
    ),
    size: `${stream.width}x${stream.height}`,
  };
}

const UNEVEN = [0, 31, 64, 98, 2100, 2131, 2165, 4000];

for (const { name, codec } of FILMS) {
  Deno.test(`outputArguments(): ${name} with ${codec} holds each frame, at its own time or at a constant rate`, async () => {
    const size = { width: 64, height: 48 };
    const rate = 1000 / 30;
    const times = fileFormat(name)?.constantRate ? [0, rate, 2 * rate].map(Math.round) : UNEVEN;
    await write({ name, codec, fps: 30, format: grayFormat(size), times }, async (file) => {
      assertEquals((await probe(file(name))).times, times);
    });
  });

  for (const crf of [undefined, 0]) {
    if (crf === 0 && codecRow(codec).lossless !== "best crf") continue;
    Deno.test(`outputArguments(): ${name} with ${codec}${crf === 0 ? " and crf 0" : ""} keeps an odd size, or gets the size that the client reports`, async () => {
      const size = { width: 67, height: 45 };
      const changed = changedSize(name, grayFormat(size), { codec, crf });
      const { width, height } = changed?.size ?? size;
      await write(
        { name, codec, crf, fps: 30, format: grayFormat(size), times: [0, 33, 67] },
        async (file) => {
          assertEquals((await probe(file(name))).size, `${width}x${height}`);
          if (!isLossless(codec, { crf, isStream: false })) return;
          const args = ["-v", "error", "-i", file(name), "-pix_fmt", "gray", "-f", "rawvideo", "-"];
          const expected = pictures(size, 3).flatMap((picture) => [...picture]);
          const pixels = await output("ffmpeg", args);
          assertEquals(pixels.length, expected.length);
          assert(pixels.every((pixel, i) => pixel === expected[i]), "a pixel differs");
        },
      );
    });
  }
}

Deno.test("outputArguments(): stills are one file a frame, whatever the times, or one file with the newest frame", async () => {
  const endings = FILE_FORMATS.flatMap(({ stills, endings }) => stills ? endings : []);
  assert(endings.includes("png"));
  for (const ending of endings) {
    await write(
      { name: `%d.${ending}`, first: 7, fps: 30, format, times: UNEVEN },
      async (file) => {
        const names = [...Deno.readDirSync(file(""))].map(({ name }) => name).sort();
        const numbers = [10, 11, 12, 13, 14, 7, 8, 9];
        assertEquals(names, numbers.map((number) => `${number}.${ending}`));
        await Promise.resolve();
      },
    );
  }
  await write({ name: "50%.png", fps: 30, format, times: UNEVEN }, async (file) => {
    const args = ["-v", "error", "-i", file("50%.png"), "-f", "rawvideo", "-"];
    assertEquals(await output("ffmpeg", args), pictures(format, UNEVEN.length).at(-1));
  });
});

Deno.test("matroskaHead() and matroskaFrame() write a stream whose size, format, times and pixels ffmpeg reads", async () => {
  const format = grayFormat({ width: 300, height: 200 });
  const pixels = new Uint8Array(300 * 200).map((_, i) => i % 251);
  const times = [0, 33, 5000, 70_000_000];
  const film = new Blob([
    matroskaHead(format, { fps: 30 }),
    ...times.flatMap((time) => [matroskaFrame(format, time), pixels]),
  ]);
  const read = async (program: string, args: string[]) => {
    const child = new Deno.Command(program, {
      ...{ args, stdin: "piped", stdout: "piped", stderr: "null" },
    }).spawn();
    // The program may end before it has read the last byte.
    const writing = film.stream().pipeTo(child.stdin).catch(() => {});
    const [output] = await Promise.all([child.output(), writing]);
    return output.stdout;
  };
  const entries = "stream=codec_name,width,height,pix_fmt:packet=pts_time";
  const probe = ["-f", "matroska", "-i", "pipe:0", "-show_entries", entries, "-of", "csv=p=0"];
  const words = new TextDecoder().decode(await read("ffprobe", probe)).trim().split("\n");
  assertEquals(words.at(-1), "rawvideo,300,200,gray");
  assertEquals(words.slice(0, -1).map((word) => 1000 * parseFloat(word)), times);
  const raw = await read("ffmpeg", [
    ...["-f", "matroska", "-i", "pipe:0", "-fps_mode", "passthrough", "-f", "rawvideo", "pipe:1"],
  ]);
  assertEquals(raw.length, times.length * pixels.length);
  assert(raw.every((byte, i) => byte === pixels[i % pixels.length]));
});
