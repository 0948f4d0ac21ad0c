import { grayFormat } from "../../lib/frame/frame_format.ts";
import { formatListing, parseListing } from "../../lib/wire/listing.ts";
import { WireError } from "../../lib/wire/wire_error.ts";
import { assertEquals, assertThrows } from "../assert.ts";

const since = new Date("2026-11-25T12:00:00.000Z");
const streams = [
  {
    name: "kitchen",
    format: grayFormat({ width: 640, height: 480 }),
    fps: 29.97,
    outage: undefined,
  },
  {
    name: "a_b-2",
    format: grayFormat({ width: 4, height: 3 }),
    fps: undefined,
    outage: { since, why: "no such=x y" },
  },
  {
    ...{ name: "hall", format: grayFormat({ width: 4, height: 3 }), fps: 5, outage: undefined },
    closure: { since, until: new Date("2026-11-26T07:00:00.000Z") },
  },
  {
    ...{ name: "attic", format: grayFormat({ width: 4, height: 3 }), fps: 5, outage: undefined },
    closure: { since, until: undefined },
  },
];

Deno.test("parseListing() reads what formatListing() writes", () => {
  assertEquals(parseListing(formatListing(streams)), streams);
  assertEquals(parseListing(formatListing([])), []);
});

Deno.test("formatListing() is one line for each stream, whatever a reason holds", () => {
  const [, lost] = streams;
  const text = formatListing([{ ...lost!, outage: { since, why: "two\nlines" } }]);
  assertEquals(text.split("\n").length, 3);
});

Deno.test("parseListing() cleans a reason of control characters, and cuts it", () => {
  const line = `stream=a width=4 height=3 state=lost since=${since.toISOString()} why=`;
  const text = `framewire/1 ok list=1\n${line}\u001b[2J\u0007${"x".repeat(500)}\n`;
  const listed = parseListing(text);
  const why = "error" in listed ? undefined : listed[0]?.outage?.why;
  assertEquals(why, ` [2J ${"x".repeat(195)}`);
});

Deno.test("formatListing() names the pixels of a stream with colors alone", () => {
  const [gray] = streams;
  const format = { width: 323, height: 241, pixels: "yuv420p" } as const;
  const color = { ...gray!, name: "garden", format };
  const text = formatListing([gray!, color]);
  assertEquals(text.split("\n").slice(1, 3), [
    "stream=kitchen width=640 height=480 fps=29.97 state=live",
    "stream=garden width=323 height=241 pixels=yuv420p fps=29.97 state=live",
  ]);
  assertEquals(parseListing(text), [gray!, color]);
});

Deno.test("parseListing() gives a refusal", () => {
  const refusal = parseListing("framewire/1 error=token a token is required\n");
  assertEquals(refusal, { error: "token", message: "a token is required" });
});

for (
  const text of [
    "",
    "framewire/1 ok wire=raw width=4 height=3\n",
    "framewire/1 ok list=2\nstream=a width=4 height=3 state=live\n",
    "framewire/1 ok list=1\nstream=a width=0 height=3 state=live\n",
    "framewire/1 ok list=1\nstream=a width=4 height=3 pixels=rgb24 state=live\n",
    "framewire/1 ok list=1\nstream=a/../b width=4 height=3 state=live\n",
    "HTTP/1.1 400 Bad Request\n",
  ]
) {
  Deno.test(`parseListing() refuses ${JSON.stringify(text)}`, () => {
    assertThrows(() => parseListing(text), WireError);
  });
}
