/** The web page with each built-in filter, and with reports of any kind. */

import { assertEquals } from "../assert.ts";
import { definitions } from "../../lib/vision/registry.ts";
import { OBJECT_COLORS } from "../../lib/vision/tracking/object_colors.ts";
import { Browser, chromium, type Page } from "./browser.ts";
import { FakeLive, FINE } from "./fake_live.ts";
import { yolo8 } from "../vision/onnx/models.ts";
import { startWeb } from "./web_pages.ts";

/** So many filters are in one graph: to start a server and to open its page takes longer than the filters. */
const TOGETHER = 4;

/** Waits until the page has drawn ten more frames. */
async function moves(page: Page): Promise<void> {
  const drawn = `Number(document.getElementById("picture")?.dataset.sequence ?? NaN)`;
  await page.holds(`${drawn} >= 0`);
  const first = await page.value<number>(drawn);
  const pixels = `document.getElementById("picture").toDataURL()`;
  const picture = await page.value<string>(pixels);
  await page.holds(`${drawn} >= ${first + 10}`);
  await page.holds(`${pixels} !== ${JSON.stringify(picture)}`);
}

/** The file of a small model, for `detect`. */
function modelFile(): { path: string } & Disposable {
  const path = Deno.makeTempFileSync({ suffix: ".onnx" });
  Deno.writeFileSync(path, yolo8({ width: 64, height: 64, cell: 32 }));
  return { path, [Symbol.dispose]: () => Deno.removeSync(path) };
}

Deno.test({
  name: "page: shows pictures with every built-in filter, without an error on the console",
  ignore: !chromium,
  fn: async (test) => {
    using model = modelFile();
    await using browser = await Browser.start();
    await using page = await browser.open("about:blank");
    // Those that report come first: others may leave them nothing to see. JPEG takes less of the browser than H.264.
    // `track` is behind `motion`, and reports in its place.
    const all = definitions.filter(({ name }) => name !== "track")
      .toSorted((a, b) => Number(b.reports !== "") - Number(a.reports !== ""));
    for (let i = 0; i < all.length; i += TOGETHER) {
      const graph = all.slice(i, i + TOGETHER);
      const names = graph.map(({ name }) => name === "motion" ? "motion,track" : name);
      await test.step(names.join(), async () => {
        const text = names.map((name) => name === "detect" ? `detect=${model.path}` : name);
        const { server, url } = await startWeb(["--color", "--filter", text.join()]);
        await using _server = server;
        await page.goTo(`${url}?wire=jpeg`);
        for (const { name, reports } of graph) {
          if (!reports) continue;
          const heard = name === "motion" ? "track" : name;
          await page.holds(`document.getElementById("found")?.dataset.heard === "${heard}"`);
        }
        await moves(page);
        // The marks of the detections are drawn by now, and the server can end.
        await page.goTo("about:blank");
        assertEquals(page.errors.splice(0), []);
      });
    }
  },
});

Deno.test({
  name: "page: shows pictures after reports of any kind and after a frame that is not a JPEG",
  ignore: !chromium,
  fn: async () => {
    await using live = new FakeLive([{ name: "odd" }]);
    await using browser = await Browser.start();
    await using page = await browser.open(live.url);
    const drawn = `Number(document.getElementById("picture")?.dataset.sequence ?? NaN)`;
    await page.holds(`${drawn} > 0`);
    const facts = { type: "detection", stream: "odd", sequence: 1, capturedAt: 1 };
    const finds = [
      { points: 7 },
      { boxes: { length: 2 }, lines: "none", points: true },
      { boxes: [null, 3, [1]], lines: [[]], points: [[{}, "x"]] },
      { boxes: [[1, 2, 3, 4]], labels: [7, {}], scores: "x", ids: [{}], landmarks: [[1], 2] },
      { labels: ["x".repeat(1e5)], scores: [null], landmarks: { length: 1 } },
    ];
    for (const [i, find] of finds.entries()) live.send({ ...facts, filter: `odd ${i}`, ...find });
    live.picture(1, { sequence: 0 }, new Uint8Array(100));
    await page.holds(`document.getElementById("events").textContent.includes("odd 4, ")`);
    await page.holds(`${drawn} > ${live.sent + 10}`);
    assertEquals(page.errors.filter((error) => !error.includes("frame 0 cannot be drawn")), []);
    await page.goTo("about:blank");
  },
});

Deno.test({
  name: "page: marks that the filters have drawn are not drawn over them, unless they are chosen",
  ignore: !chromium,
  fn: async () => {
    const drawn = { name: "drawn", state: { ...FINE, drawn: true } };
    await using live = new FakeLive([drawn, { name: "plain" }]);
    await using browser = await Browser.start();
    await using page = await browser.open(`${live.url}drawn/`);
    const is = async (pressed: boolean, title: string) => {
      const expected = JSON.stringify([String(pressed), title, pressed]);
      await page.holds(`JSON.stringify([
        document.getElementById("marks").getAttribute("aria-pressed"),
        document.getElementById("marks").title,
        document.getElementById("marks-layer").checkVisibility(),
      ]) === ${JSON.stringify(expected)}`);
    };
    const press = (id: string) => page.value(`document.getElementById("${id}").click()`);
    const drawnTitle = "the filters have drawn the marks in the picture already";
    await is(false, drawnTitle);
    await press("next");
    await is(true, "");
    await press("next");
    await is(false, drawnTitle);
    await press("marks");
    await is(true, drawnTitle);
    await press("next");
    await press("marks");
    await is(false, "");
    await page.goTo("about:blank");
  },
});

Deno.test({
  name: "page: an object keeps its color while its place changes, and its events are listed",
  ignore: !chromium,
  fn: async () => {
    await using live = new FakeLive([{ name: "hall", state: { ...FINE, drawn: false } }]);
    await using browser = await Browser.start();
    await using page = await browser.open(live.url);
    await page.holds(`Number(document.getElementById("picture")?.dataset.sequence ?? NaN) > 0`);
    const facts = {
      type: "detection",
      stream: "hall",
      sequence: 1,
      capturedAt: 1,
      filter: "track",
    };
    const object = { id: 2, label: "person", seconds: 0.1, path: [[1, 2]], zone: "gate" };
    live.send({ ...facts, event: "entered", ...object });
    await page.holds(
      `document.getElementById("events").textContent.includes("person 2 entered gate, ")`,
    );
    const colors = `(() => {
      const canvas = document.getElementById("marks-layer");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const seen = new Set();
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] === 255) seen.add([data[i], data[i + 1], data[i + 2]].join());
      }
      return [...seen];
    })()`;
    const boxes = [[2, 2, 9, 9], [20, 2, 9, 9]];
    for (const ids of [[1, 2], [2, 1], [10, 9]]) {
      live.send({ ...facts, boxes, ids });
      for (const id of [1, 2]) {
        const color = OBJECT_COLORS[id - 1]!.join();
        await page.holds(`${colors}.includes("${color}")`);
      }
    }
    assertEquals(page.errors, []);
    await page.goTo("about:blank");
  },
});
