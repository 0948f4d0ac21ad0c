import {
  again,
  formatName,
  hasNumber,
  hasPattern,
  matchPattern,
  withPattern,
} from "../../lib/ffmpeg/clip_name.ts";
import { assertEquals } from "../assert.ts";

const time = new Date(2026, 0, 2, 3, 4, 5);

Deno.test("formatName() fills in the time and the number", () => {
  const table = [
    ["%Y-%m-%d_%H-%M-%S.mp4", "2026-01-02_03-04-05.mp4"],
    ["cam_%03d.mkv", "cam_007.mkv"],
    ["%2d/%d", "07/7"],
    ["%d.png", "7.png"], // alone a number, as ffmpeg has it
    ["%m_%d_%2d.png", "01_02_07.png"], // beside other parts of the time the day
    ["%d%%m.png", "7%m.png"],
    ["100%%.mp4", "100%.mp4"],
    ["plain.mp4", "plain.mp4"],
    ["%x%", "%x%"],
  ];
  for (const [pattern = "", name] of table) {
    assertEquals(formatName(pattern, { time, number: 7 }), name, pattern);
  }
});

Deno.test("formatName() without a number leaves it, and %%, to ffmpeg", () => {
  assertEquals(formatName("%H%%_%d_%06d.png", { time }), "03%%_02_%06d.png");
  assertEquals(formatName("%%H_%d.png", { time }), "%%H_%d.png");
});

Deno.test("withPattern() puts the time before the ending of a name that has no pattern", () => {
  assertEquals(withPattern("a.b/film.mp4"), "a.b/film_%Y-%m-%d_%H-%M-%S.mp4");
  assertEquals(withPattern("a.b/film"), "a.b/film_%Y-%m-%d_%H-%M-%S");
  assertEquals(withPattern("50%.mp4"), "50%%_%Y-%m-%d_%H-%M-%S.mp4");
  assertEquals(withPattern("%03d.mp4"), "%03d.mp4");
});

Deno.test("hasPattern() and hasNumber() find the conversions in a name", () => {
  const table: [name: string, pattern: boolean, number: boolean][] = [
    ["a.mp4", false, false],
    ["%%d.mp4", false, false],
    ["%d.mp4", true, true],
    ["%Y%m%d.mp4", true, false],
    ["%Y%m%d_%02d.mp4", true, true],
    ["%06d.png", true, true],
  ];
  for (const [name, pattern, number] of table) {
    assertEquals([hasPattern(name), hasNumber(name)], [pattern, number], name);
  }
});

Deno.test("matchPattern() accepts the names of formatName(), and no others", () => {
  const pattern = "cam+%Y-%m-%d_%03d.mp4";
  const made = formatName(pattern, { time, number: 12 });
  for (const name of [made, again(made, 2)]) {
    assertEquals(matchPattern(pattern, name), 12, name);
  }
  for (
    const name of [
      "cam+x.mp4",
      `${made}.part`,
      `my${made}`,
      "cam+2026-01-02_.mp4",
      "cam+2026-13-02_012.mp4",
      "cam+2026-01-02_12.mp4",
      "cam+2026-01-02_0012.mp4",
    ]
  ) {
    assertEquals(matchPattern(pattern, name), undefined, name);
  }
});

Deno.test("matchPattern() reads %d alone as a number, and beside other parts as the day", () => {
  assertEquals(matchPattern("%d.png", "123.png"), 123);
  assertEquals(matchPattern("%d.png", "0123.png"), undefined);
  assertEquals(matchPattern("%m-%d.png", "01-31.png"), 0);
  assertEquals(matchPattern("%m-%d.png", "01-32.png"), undefined);
  assertEquals(matchPattern("%02d_%02d.png", "07_07.png"), 7);
  assertEquals(matchPattern("%02d_%02d.png", "07_08.png"), undefined);
});
