import { Moments } from "../../../../lib/serve/web/page/moments.js";
import { assertEquals } from "../../../assert.ts";

const moment = (bytes: number) => ({ blob: new Blob([new Uint8Array(bytes)]), detection: {} });

Deno.test("page Moments keeps 60 pictures, and the oldest goes", () => {
  const moments = new Moments();
  for (let key = 0; key <= 60; key++) moments.keep(key, moment(1));
  assertEquals([0, 1, 60].map((key) => moments.get(key) !== undefined), [false, true, true]);
});

Deno.test("page Moments bounds the bytes, and replaces a picture of the same key", () => {
  const moments = new Moments();
  for (const key of ["a", "b", "a"]) moments.keep(key, moment(10e6));
  assertEquals(["a", "b"].map((key) => moments.get(key) !== undefined), [true, true]);
  moments.keep("c", moment(10e6));
  assertEquals(["a", "b", "c"].map((key) => moments.get(key) !== undefined), [true, false, true]);
});
