import {
  concat,
  fragment,
  initSegment,
  parameterSets,
  TIMESCALE,
} from "../../../../lib/serve/web/page/fmp4.js";
import { nalType, nalUnits, parseSps } from "../../../../lib/serve/web/page/nal.js";
import { assertEquals } from "../../../assert.ts";

/** Five pictures of H.264 in Annex B, made by ffmpeg with these arguments; undefined without libx264. */
async function encode(...args: string[]): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const source = ["-v", "error", "-f", "lavfi", "-i", "testsrc=size=322x242:rate=10"];
  const codec = ["-c:v", "libx264", "-tune", "zerolatency", "-x264-params", "aud=1", ...args];
  return await ffmpeg([...source, "-frames:v", "5", ...codec, "-f", "h264", "-"]);
}

/** What ffmpeg writes; undefined if it fails. */
async function ffmpeg(
  args: string[],
  input = new Uint8Array(),
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const command = new Deno.Command("ffmpeg", { args, stdin: "piped", stdout: "piped" });
  await using child = command.spawn();
  const fed = new Blob([input]).stream().pipeTo(child.stdin).catch(() => {}); // it fails by its code
  const { success, stdout } = await child.output();
  await fed;
  return success ? stdout : undefined;
}

/** The access units of a stream with delimiters. */
function accessUnits(stream: Uint8Array): Uint8Array[] {
  const units: Uint8Array[][] = [];
  for (const unit of nalUnits(stream)) {
    if (nalType(unit) === 9) units.push([]);
    else units.at(-1)?.push(Uint8Array.of(0, 0, 0, 1), unit);
  }
  return units.map(concat);
}

for (
  const [name, ...args] of [
    ["Baseline", "-profile:v", "baseline", "-pix_fmt", "yuv420p"],
    ["High, gray", "-pix_fmt", "gray"],
    ["High 4:4:4", "-pix_fmt", "yuv444p"],
  ] as const
) {
  const stream = await encode(...args);
  Deno.test({
    name: `page parseSps() reads codec and size: ${name}`,
    ignore: !stream,
    fn: () => {
      const { sps } = parameterSets(stream!)!;
      const codec = `avc1.${
        [...sps.subarray(1, 4)].map((byte: number) => byte.toString(16).padStart(2, "0")).join("")
      }`;
      assertEquals(parseSps(sps), { codec, width: 322, height: 242 });
    },
  });

  Deno.test({
    name: `page fmp4: ffmpeg reads the same pictures out of the fragments: ${name}`,
    ignore: !stream,
    fn: async () => {
      const sets = parameterSets(stream!)!;
      const duration = TIMESCALE / 10;
      const fragments = accessUnits(stream!).map((bytes, i) =>
        fragment(bytes, { number: i + 1, time: i * duration, duration, isKey: i === 0 })
      );
      const file = concat([initSegment({ ...sets, width: 322, height: 242 }), ...fragments]);
      const sums = ["-v", "error", "-xerror", "-i", "-", "-f", "framemd5", "-"];
      const read = new TextDecoder().decode(await ffmpeg(sums, file));
      const direct = new TextDecoder().decode(await ffmpeg(["-r", "10", ...sums], stream!));
      const hashes = (text: string) => [...text.matchAll(/^0, .*, (\w+)$/gm)].map(([, md5]) => md5);
      assertEquals([hashes(read).length, hashes(read)], [5, hashes(direct)]);
      const times = [...read.matchAll(/^0, .*?, +(\d+),/gm)].map(([, time]) => Number(time));
      const [first = 0, second = 0] = times;
      assertEquals(times, times.map((_, i) => first + i * (second - first)));
    },
  });
}

Deno.test("page nalUnits() finds units behind long and short start codes", () => {
  const bytes = Uint8Array.of(0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x68, 0, 0, 3, 1, 0, 0, 0, 1, 0x65);
  assertEquals(nalUnits(bytes).map((unit) => [...unit]), [[0x67, 1], [0x68, 0, 0, 3, 1], [0x65]]);
  assertEquals(nalUnits(Uint8Array.of(1, 2, 3, 4)), []);
  assertEquals(parameterSets(bytes) !== undefined, true);
  assertEquals(parameterSets(Uint8Array.of(0, 0, 1, 0x65)), undefined);
});
