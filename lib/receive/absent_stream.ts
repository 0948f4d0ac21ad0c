/** The stream of a server that was not there at the start: nothing can be read from it. */

import type { FrameSize } from "../frame/frame_size.ts";
import { Y4mReader } from "../wire/y4m.ts";
import type { OpenStream } from "./open_stream.ts";

/** A stream whose connection is closed, with pictures of `size`. */
export function absentStream(size: FrameSize): OpenStream {
  const closed = () => Promise.reject(new Deno.errors.BadResource("there is no connection"));
  return {
    ...{ wire: "y4m", size, fps: undefined, isForeign: false, openedAt: 0 },
    conn: { read: closed, write: closed, close: () => {} },
    reader: new Y4mReader({ announced: size }),
    rest: new Uint8Array(),
  };
}
