import { FrameMatcher } from "../../lib/capture/frame_matcher.ts";
import { assertEquals } from "../assert.ts";

/** A matcher, and `packet:sequence` of each match. */
function matching(): { matcher: FrameMatcher<number>; matches: string[] } {
  const matches: string[] = [];
  const matcher = new FrameMatcher<number>((packet, { sequence, capturedAt }) => {
    assertEquals(capturedAt, 1000 + sequence);
    matches.push(`${packet}:${sequence}`);
  });
  return { matcher, matches };
}

const frame = (sequence: number) => ({ sequence, capturedAt: 1000 + sequence });

Deno.test("FrameMatcher gives the n-th packet the n-th frame, whichever comes first", () => {
  const { matcher, matches } = matching();
  matcher.packet(0);
  assertEquals(matches, []);
  matcher.frame(frame(5));
  matcher.frame(frame(6));
  matcher.packet(1);
  [2, 3].forEach((packet) => matcher.packet(packet));
  [7, 8].forEach((sequence) => matcher.frame(frame(sequence)));
  assertEquals(matches, ["0:5", "1:6", "2:7", "3:8"]);
});

Deno.test("FrameMatcher follows a decoder that has dropped a frame, and gives every packet", () => {
  const { matcher, matches } = matching();
  for (let n = 0; n < 200; n++) {
    matcher.packet(n);
    if (n !== 5) matcher.frame(frame(n < 5 ? n : n - 1));
  }
  assertEquals(matches.map((match) => Number(match.split(":")[0])), [...Array(200).keys()]);
  // From then on each packet is given at once, with the frame that comes with it.
  assertEquals(matches.at(-1), "199:198");
});

Deno.test("FrameMatcher follows a frame without a packet", () => {
  const { matcher, matches } = matching();
  for (let n = 0; n < 200; n++) {
    matcher.frame(frame(n));
    if (n !== 5 && n !== 6) matcher.packet(n);
  }
  assertEquals(matches.length, 198);
  assertEquals(matches.at(-1), "199:199");
});

Deno.test("FrameMatcher does not shift the numbers where packets are ahead for a while", () => {
  const { matcher, matches } = matching();
  matcher.packet(0);
  for (let n = 0; n < 100; n++) {
    matcher.packet(n + 1);
    matcher.frame(frame(n));
  }
  matcher.frame(frame(100));
  assertEquals(matches, [...Array(101).keys()].map((n) => `${n}:${n}`));
});

Deno.test("FrameMatcher keeps the order through a backlog", () => {
  const { matcher, matches } = matching();
  for (let n = 0; n < 60; n++) matcher.packet(n);
  for (let n = 0; n < 60; n++) {
    matcher.frame(frame(n));
    if (n % 2) matcher.packet(60 + (n - 1) / 2);
  }
  for (let n = 60; n < 90; n++) matcher.frame(frame(n));
  assertEquals(matches, [...Array(90).keys()].map((n) => `${n}:${n}`));
});

Deno.test("FrameMatcher forgets what waits when the source begins again, or far too much waits", () => {
  const { matcher, matches } = matching();
  matcher.packet(0);
  matcher.clear();
  matcher.packet(1);
  matcher.frame(frame(9));
  assertEquals(matches, ["1:9"]);
  const taken = Array.from({ length: 400 }, (_, n) => matcher.packet(n));
  assertEquals([taken[0], taken.includes(false)], [true, true]);
});
