/** H.264 on the live page in Chromium: WebCodecs, MediaSource, and JPEG in their place. */

import { assert, assertEquals, assertMatch } from "../assert.ts";
import { concat } from "../../lib/serve/web/page/fmp4.js";
import { nalType, nalUnits } from "../../lib/serve/web/page/nal.js";
import { Browser, chromium, type Page } from "./browser.ts";
import { FakeLive } from "./fake_live.ts";
import { run, until } from "./programs.ts";

const HALL = [{ name: "hall", wires: ["jpeg", "h264"] }];

/** Access units in Annex B: keyframes of 320x240, each followed by nine others. */
const units = chromium ? await encode() : [];

async function encode(): Promise<Uint8Array[]> {
  const source = ["-v", "error", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=30"];
  const codec = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "10"];
  const output = ["-x264-params", "aud=1", "-pix_fmt", "yuv420p", "-frames:v", "60", "-f", "h264"];
  const stream = await run("ffmpeg", [...source, ...codec, ...output, "-"]);
  const units: Uint8Array[][] = [];
  for (const unit of nalUnits(stream)) {
    if (nalType(unit) === 9) units.push([]);
    else units.at(-1)?.push(Uint8Array.of(0, 0, 0, 1), unit);
  }
  return units.map(concat);
}

/** Sends the units in a loop, 30 a second, while the camera is watched as H.264. */
function playing(live: FakeLive, more: { damage?: (unit: number) => boolean } = {}): Disposable {
  live.sends = false;
  let next = 0;
  const timer = setInterval(() => {
    const watch = live.heard.findLast(({ type }) => type === "watch")?.streams as
      | Record<string, { wire: string }>
      | undefined;
    live.sends = watch?.hall?.wire === "jpeg";
    if (watch?.hall?.wire !== "h264") return void (next = 0);
    const i = next++;
    const bytes = units[i % units.length]!;
    const damaged = more.damage?.(i) ? bytes.with(4, 0x61).fill(255, 5, 40) : bytes;
    live.picture(1, { kind: i % 10 === 0 ? "key" : "delta", rate: 600_000 }, damaged);
  }, 33);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Waits until the page has drawn thirty more frames with this wire. */
async function plays(page: Page, wire: string): Promise<void> {
  await page.holds(`document.getElementById("wire").textContent.startsWith("${wire}, ")`);
  const drawn = `Number(document.getElementById("picture").dataset.sequence ?? NaN)`;
  await page.holds(`${drawn} >= 0`);
  const first = await page.value<number>(drawn);
  await page.holds(`${drawn} >= ${first + 30}`);
  await page.holds(`document.getElementById("health").textContent === "live"`);
  assertEquals(await page.value(`document.getElementById("size").textContent`), "320×240");
}

for (
  const [wire, without] of [
    ["H.264 WebCodecs", ""],
    // As in a page over plain HTTP, which is not a secure context.
    ["H.264 MediaSource", "delete globalThis.VideoDecoder;"],
  ] as const
) {
  Deno.test({
    name:
      `page: plays ${wire}, acknowledges what is shown, shows a past moment, and keeps the last picture`,
    ignore: !chromium,
    fn: async () => {
      await using live = new FakeLive(HALL);
      using _playing = playing(live);
      await using browser = await Browser.start();
      await using page = await browser.open("about:blank");
      await page.call("Page.enable");
      await page.call("Page.addScriptToEvaluateOnNewDocument", { source: without });
      await page.goTo(live.url);
      await plays(page, wire);
      assert(live.acknowledged.length > 20);
      assertMatch(
        await page.value(`document.getElementById("wire").textContent`),
        /, \d\.\d\d Mbit\/s$/,
      );
      const boxes = [[10, 10, 80, 90]];
      const facts = { sequence: live.sent, capturedAt: Date.now(), filter: "motion" };
      live.send({ type: "detection", stream: "hall", ...facts, boxes });
      await page.holds(`document.querySelector("#events button:not(:disabled)") !== null`);
      await page.value(`document.querySelector("#events button").click()`);
      await page.holds(`document.getElementById("moment").naturalWidth === 320`);
      assertEquals(page.errors, []);
      await page.value(`document.getElementById("back-to-live").click()`);
      live.refuses = true;
      live.close(1001);
      await page.holds(`document.getElementById("health").textContent === "server away"`);
      // The last picture stays, dark.
      await page.holds(`document.getElementById("picture").getContext("2d")
        .getImageData(160, 120, 1, 1).data[3] === 255`);
      await page.goTo("about:blank");
    },
  });
}

Deno.test({
  name: "page: ?wire=jpeg takes JPEG; ?wire=h264 says why it cannot",
  ignore: !chromium,
  fn: async () => {
    await using live = new FakeLive(HALL);
    await using browser = await Browser.start();
    await using page = await browser.open(`${live.url}?wire=jpeg`);
    await page.holds(
      `/^JPEG, [\\d.]+ Mbit\\/s$/.test(document.getElementById("wire").textContent)`,
    );
    live.streams = [{ name: "hall", wires: ["jpeg"] }];
    await page.goTo(`${live.url}?wire=h264`);
    await page.holds(`/^JPEG, .* \\(the server offers no H.264\\)$/
      .test(document.getElementById("wire").textContent)`);
    await page.goTo("about:blank");
  },
});

Deno.test({
  name: "page: goes on at the next keyframe after H.264 that cannot be decoded",
  ignore: !chromium,
  fn: async () => {
    await using live = new FakeLive(HALL);
    using _playing = playing(live, { damage: (unit) => unit === 25 });
    await using browser = await Browser.start();
    await using page = await browser.open(live.url);
    await plays(page, "H.264 WebCodecs");
    await until("all are acknowledged", () => (live.acknowledged.at(-1) ?? 0) > 60);
    await page.goTo("about:blank");
  },
});
