import { fitStatus } from "../../lib/present/fit_status.ts";
import { assertEquals } from "../assert.ts";

Deno.test("fitStatus() leaves out the parts that don't fit, whole", () => {
  assertEquals(fitStatus("30 frames  30.0 fps  a b", 24), "30 frames  30.0 fps  a b");
  assertEquals(fitStatus("30 frames  30.0 fps  a b", 23), "30 frames  30.0 fps");
  assertEquals(fitStatus("30 frames  30.0 fps", 12), "30 frames");
});

Deno.test("fitStatus() cuts a part that is too long by itself", () => {
  assertEquals(fitStatus("30 frames", 5), "30 fr");
  assertEquals(fitStatus("30 frames", 0), "");
});
