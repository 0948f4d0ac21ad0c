import { outputArguments, type Written } from "../../lib/ffmpeg/output_arguments.ts";
import { matroskaFrame, matroskaHead } from "../../lib/ffmpeg/matroska.ts";
import { optionIn, ownTimesOption } from "../../lib/ffmpeg/own_times.ts";
import { assert, assertEquals } from "../assert.ts";

const plain = { fps: 30, ownTimes: ["-fps_mode", "vfr"] };

Deno.test("outputArguments() never takes a file's name for an option or a protocol", () => {
  for (const name of ["-y.mp4", "concat:a.mp4", "a b.mkv", "http:x.webm"]) {
    assertEquals(outputArguments({ ...plain, name }).at(-1), `file:${name}`);
  }
});

Deno.test("outputArguments() uses options of ffmpeg 4.3 to 9.0 alone, and asks for own times where it must", () => {
  const gone = ["-vsync", "-stats_period"]; // not in 9.0, not in 4.3
  const names = ["a.mp4", "a.mkv", "a.webm", "a.avi", "a.png", "a.jpg"];
  const asking = ["a.mp4", "a.png", "a.jpg", "rtsp://h/x"];
  for (const name of [...names, "rtmp://h/x", "rtsp://h/x", "icecast://h/x", "srt://h:1"]) {
    const args = outputArguments({ ...plain, name });
    assertEquals(args.filter((arg) => gone.includes(arg)), [], name);
    assertEquals(args.includes("-fps_mode"), asking.includes(name), name);
  }
});

Deno.test("optionIn() finds the option for own times in ffmpeg's list", () => {
  const table: [list: string, option: string][] = [
    ["-vsync              video sync method\n", "-vsync"], // 4.3
    ["-vsync <>  deprecated\n-fps_mode[:<spec>] <mode>  set it\n", "-fps_mode"], // 5.1, 7.1
    ["-fps_mode[:<spec>] <mode>  set it\n", "-fps_mode"], // 9.0
    ["", "-fps_mode"],
  ];
  for (const [list, option] of table) assertEquals(optionIn(list), [option, "vfr"]);
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
  { size, times, ...written }: Omit<Written, "ownTimes"> & {
    size: { width: number; height: number };
    times: number[];
  },
  look: (file: (name: string) => string) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const frames = pictures(size, times.length);
    const film = new Blob([
      matroskaHead(size, written),
      ...frames.flatMap((pixels, i) => [matroskaFrame(size, times[i]!), pixels]),
    ]);
    const name = `${dir}/${written.name}`;
    const args = outputArguments({ ...written, name, ownTimes: await ownTimesOption() });
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

Deno.test("outputArguments(): films keep the frames' own times to the millisecond", async () => {
  for (const name of ["a.mp4", "a.mkv", "a.webm"]) {
    const size = { width: 64, height: 48 };
    await write({ name, fps: 30, size, times: UNEVEN }, async (file) => {
      assertEquals((await probe(file(name))).times, UNEVEN, name);
    });
  }
});

Deno.test("outputArguments(): odd sizes stay in all but H.264 with loss", async () => {
  const size = { width: 67, height: 45 };
  const table: [name: string, options: Partial<Written>, size: string][] = [
    ["a.mp4", {}, "68x46"],
    ["a.mp4", { crf: 0 }, "67x45"],
    ["a.webm", {}, "67x45"],
    ["a.webm", { codec: "vp9" }, "67x45"],
    ["a.mkv", { codec: "ffv1" }, "67x45"],
    ["a.avi", {}, "67x45"],
  ];
  for (const [name, options, expected] of table) {
    await write({ name, fps: 30, size, times: [0, 33, 67], ...options }, async (file) => {
      assertEquals((await probe(file(name))).size, expected, `${name} ${JSON.stringify(options)}`);
    });
  }
});

Deno.test("outputArguments(): ffv1, and H.264 with crf 0, keep every pixel", async () => {
  const size = { width: 67, height: 45 };
  const table: [name: string, options: Partial<Written>][] = [
    ["a.mkv", { codec: "ffv1" }],
    ["a.avi", { codec: "ffv1" }],
    ["a.mkv", { crf: 0 }],
    ["a.mp4", { crf: 0 }],
  ];
  for (const [name, options] of table) {
    await write({ name, fps: 30, size, times: [0, 33, 67], ...options }, async (file) => {
      const args = ["-v", "error", "-i", file(name), "-pix_fmt", "gray", "-f", "rawvideo", "-"];
      const pixels = await output("ffmpeg", args);
      const expected = pictures(size, 3).flatMap((picture) => [...picture]);
      assertEquals(pixels.length, expected.length, name);
      assert(pixels.every((pixel, i) => pixel === expected[i]), `${name} differs`);
    });
  }
});

Deno.test("outputArguments(): one still a frame, whatever their times; or the newest alone", async () => {
  const size = { width: 64, height: 48 };
  for (const ending of ["png", "jpg"]) {
    await write({ name: `%d.${ending}`, first: 7, fps: 30, size, times: UNEVEN }, async (file) => {
      const names = [...Deno.readDirSync(file(""))].map(({ name }) => name).sort();
      const numbers = [10, 11, 12, 13, 14, 7, 8, 9];
      assertEquals(names, numbers.map((number) => `${number}.${ending}`));
      await Promise.resolve();
    });
  }
  await write({ name: "50%.png", fps: 30, size, times: UNEVEN }, async (file) => {
    const args = ["-v", "error", "-i", file("50%.png"), "-f", "rawvideo", "-"];
    assertEquals(await output("ffmpeg", args), pictures(size, UNEVEN.length).at(-1));
  });
});

Deno.test("matroskaHead() and matroskaFrame() are what ffmpeg reads: size, format, times, pixels", async () => {
  const size = { width: 300, height: 200 };
  const pixels = new Uint8Array(300 * 200).map((_, i) => i % 251);
  const times = [0, 33, 5000, 70_000_000];
  const film = new Blob([
    matroskaHead(size, { fps: 30 }),
    ...times.flatMap((time) => [matroskaFrame(size, time), pixels]),
  ]);
  const read = async (program: string, args: string[]) => {
    const child = new Deno.Command(program, {
      ...{ args, stdin: "piped", stdout: "piped", stderr: "null" },
    }).spawn();
    const [output] = await Promise.all([child.output(), film.stream().pipeTo(child.stdin)]);
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
