import { Figures } from "../../../../lib/serve/web/page/figures.js";
import { bitrate, counted, duration, playingTime } from "../../../../lib/serve/web/page/words.js";
import { assertEquals } from "../../../assert.ts";

Deno.test("page Figures counts the last two seconds, and the frames that were left out", () => {
  const figures = new Figures();
  for (let i = 0; i < 60; i++) {
    figures.arrived(12_500, i * 100);
    figures.drawn({ sequence: i * 3 }, { at: i * 100, age: 40 + i % 3 });
  }
  assertEquals(figures.at(5900), { fps: 10.5, age: 41, bitrate: 1_050_000 });
  assertEquals(figures.skipped, 59 * 2);
  assertEquals(figures.at(9000), { fps: 0, age: undefined, bitrate: 0 });
});

Deno.test("page Figures: a pause, and a source that begins again, are no loss", () => {
  const figures = new Figures();
  figures.drawn({ sequence: 7 }, { at: 0, age: 1 });
  figures.restart();
  figures.drawn({ sequence: 90 }, { at: 1, age: 1 });
  figures.drawn({ sequence: 0 }, { at: 2, age: 1 });
  assertEquals(figures.skipped, 0);
});

Deno.test("page words: plurals, times and rates", () => {
  assertEquals([counted(1, "boxes"), counted(1, "faces"), counted(2, "lines")], [
    "1 box",
    "1 face",
    "2 lines",
  ]);
  assertEquals([43.4, 1440, 61_000, 300_000].map(duration), ["43 ms", "1.4 s", "61 s", "5 min"]);
  assertEquals([7, 750, 3723].map(playingTime), ["0:07", "12:30", "1:02:03"]);
  assertEquals([1.4, 1.6, 59.7].map(playingTime), ["0:01", "0:02", "1:00"]);
  assertEquals([bitrate(430_000), bitrate(14_700_000)], ["0.43 Mbit/s", "14.7 Mbit/s"]);
});
