import { MsePlayer } from "../../../../lib/serve/web/page/mse_player.js";
import { assertEquals } from "../../../assert.ts";

/** A video that shows nothing. */
const video = { requestVideoFrameCallback() {}, removeAttribute() {}, load() {} };

/** A `MediaSource` that never opens. */
class ClosedSource extends EventTarget {
  readyState = "closed";
}

Deno.test("page MsePlayer acknowledges a keyframe without parameter sets, which it cannot play", () => {
  const { createObjectURL, revokeObjectURL } = URL;
  Object.assign(URL, { createObjectURL: () => "blob:test", revokeObjectURL() {} });
  Object.assign(globalThis, { ManagedMediaSource: ClosedSource });
  try {
    const shown: unknown[] = [];
    const on = { shown: (picture: unknown) => shown.push(picture), failed() {} };
    const player = new MsePlayer({ video, shownVideo() {} }, on);
    const picture = { kind: "key", capturedAt: 0, bytes: Uint8Array.of(0, 0, 0, 1, 0x65, 1) };
    player.put(picture);
    assertEquals(shown, [picture]);
    player.close();
  } finally {
    Object.assign(URL, { createObjectURL, revokeObjectURL });
    Reflect.deleteProperty(globalThis, "ManagedMediaSource");
  }
});
