import { runFfmpeg } from "../../lib/ffmpeg/run.ts";
import { FlvReader, type FlvUnit } from "../../lib/wire/flv.ts";
import { PlayableUnits } from "../../lib/wire/playable_units.ts";
import { WireError } from "../../lib/wire/wire_error.ts";
import { assertEquals, assertThrows } from "../assert.ts";

/** What libx264 makes of a second of a moving picture. */
async function encode(options: string[]): Promise<FlvUnit[]> {
  const picture = ["-f", "lavfi", "-i", "testsrc2=size=128x96:rate=30", "-t", "1"];
  const args = ["-v", "error", ...picture, "-c:v", "libx264", ...options, "-f", "flv", "pipe:1"];
  const control = { signal: AbortSignal.timeout(20_000) };
  return new FlvReader().push(await runFfmpeg(args, new Uint8Array(), control));
}

Deno.test("PlayableUnits passes H.264 as cameras send it, with the size of its pictures", async () => {
  for (
    const options of [["-preset", "ultrafast"], ["-bf", "0", "-g", "10", "-pix_fmt", "yuvj420p"]]
  ) {
    const units = await encode([...options, "-tune", "zerolatency"]);
    const playable = new PlayableUnits();
    const size = { width: 128, height: 96 };
    for (const { bytes, isKey, time } of units) {
      assertEquals(playable.check({ bytes, isKey }), { bytes, isKey, size }, `at ${time} ms`);
    }
    assertEquals(units.length, 30);
  }
});

Deno.test("PlayableUnits throws a WireError for B-frames", async () => {
  const units = await encode(["-bf", "2", "-preset", "medium"]);
  const playable = new PlayableUnits();
  assertThrows(() => units.forEach((unit) => playable.check(unit)), WireError, "B-frames");
});

for (const pixels of ["yuv444p", "yuv420p10le"]) {
  Deno.test(`PlayableUnits throws a WireError for ${pixels}, which browsers do not play`, async () => {
    const [first] = await encode(["-tune", "zerolatency", "-pix_fmt", pixels]);
    assertThrows(() => new PlayableUnits().check(first!), WireError, "browsers do not play");
  });
}

Deno.test("PlayableUnits gives nothing before the first keyframe", async () => {
  const [, second] = await encode(["-tune", "zerolatency"]);
  assertEquals(new PlayableUnits().check(second!), undefined);
});
