import {
  again,
  formatName,
  hasNumber,
  hasPattern,
  matchPattern,
  withPattern,
} from "../../lib/present/clip_name.ts";
import { assertEquals } from "../assert.ts";

const time = new Date(2026, 0, 2, 3, 4, 5);

Deno.test("formatName() fills in the time and the number", () => {
  const table = [
    ["%Y-%m-%d_%H-%M-%S.mp4", "2026-01-02_03-04-05.mp4"],
    ["cam_%03d.mkv", "cam_007.mkv"],
    ["%2d/%d", "07/02"],
    ["100%%.mp4", "100%.mp4"],
    ["plain.mp4", "plain.mp4"],
    ["%x%", "%x%"],
  ];
  for (const [pattern = "", name] of table) {
    assertEquals(formatName(pattern, { time, number: 7 }), name, pattern);
  }
});

Deno.test("withPattern() puts the time before the ending of a name that has no pattern", () => {
  assertEquals(withPattern("a.b/film.mp4"), "a.b/film_%Y-%m-%d_%H-%M-%S.mp4");
  assertEquals(withPattern("a.b/film"), "a.b/film_%Y-%m-%d_%H-%M-%S");
  assertEquals(withPattern("50%.mp4"), "50%%_%Y-%m-%d_%H-%M-%S.mp4");
  assertEquals(withPattern("%03d.mp4"), "%03d.mp4");
});

Deno.test("hasPattern() and hasNumber() tell what a name holds", () => {
  const table: [name: string, pattern: boolean, number: boolean][] = [
    ["a.mp4", false, false],
    ["%%d.mp4", false, false],
    ["%d.mp4", true, false],
    ["%06d.png", true, true],
  ];
  for (const [name, pattern, number] of table) {
    assertEquals([hasPattern(name), hasNumber(name)], [pattern, number], name);
  }
});

Deno.test("matchPattern() takes what formatName() may have made, and nothing else", () => {
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
