import { H264Player } from "../../../../lib/serve/web/page/h264_player.js";
import { assertEquals } from "../../../assert.ts";

Deno.test("page H264Player acknowledges a keyframe without parameter sets, which it cannot play", () => {
  const [shown, failures]: [unknown[], unknown[]] = [[], []];
  const on = {
    shown: (picture: unknown) => shown.push(picture),
    failed: (why: unknown) => failures.push(why),
  };
  const player = new H264Player({ show() {} }, on);
  const picture = { kind: "key", capturedAt: 0, bytes: Uint8Array.of(0, 0, 0, 1, 0x65, 1) };
  for (let i = 0; i < 5; i++) player.put(picture);
  assertEquals([shown.length, failures], [5, []]);
  player.close();
});
