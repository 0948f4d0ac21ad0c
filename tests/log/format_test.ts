import { formatBytes } from "../../lib/log/format_bytes.ts";
import { formatDuration } from "../../lib/log/format_duration.ts";
import { plural } from "../../lib/log/plural.ts";
import { assertEquals } from "../assert.ts";

Deno.test("formatDuration() has at most two units", () => {
  const table: [seconds: number, text: string][] = [
    [0, "0 s"],
    [0.5, "0.5 s"],
    [90, "90 s"],
    [120, "2 min"],
    [150, "2 min 30 s"],
    [3600, "1 h"],
    [3601, "1 h"],
    [3725, "1 h 2 min"],
    [86_400, "1 d"],
    [90_000, "1 d 1 h"],
    [3_600_000, "41 d 16 h"],
  ];
  for (const [seconds, text] of table) assertEquals(formatDuration(seconds), text);
});

Deno.test("formatBytes() is never zero for a few bytes, and has no thousands", () => {
  const table: [bytes: number, text: string][] = [
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [1000, "1.0 kB"],
    [9949, "9.9 kB"],
    [9950, "10 kB"],
    [340_000, "340 kB"],
    [999_499, "999 kB"],
    [999_500, "1.0 MB"],
    [1_240_000, "1.2 MB"],
    [999_949_999, "999.9 MB"],
    [999_950_000, "1.0 GB"],
  ];
  for (const [bytes, text] of table) assertEquals(formatBytes(bytes), text);
});

Deno.test("plural() has an s for every count but 1", () => {
  assertEquals([0, 1, 2].map((count) => plural(count, "frame")), [
    "0 frames",
    "1 frame",
    "2 frames",
  ]);
});
