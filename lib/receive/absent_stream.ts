/** The stream of a server that was not there at the start: nothing can be read from it. */

import type { FrameFormat } from "../frame/frame_format.ts";
import { Y4mReader } from "../wire/y4m.ts";
import type { OpenStream } from "./open_stream.ts";

/** A stream whose connection is closed, with pictures of `format`. */
export function absentStream(format: FrameFormat): OpenStream {
  const closed = () => Promise.reject(new Deno.errors.BadResource("there is no connection"));
  return {
    ...{ wire: "y4m", format, fps: undefined, isForeign: false, openedAt: 0 },
    conn: { read: closed, write: closed, close: () => {} },
    reader: new Y4mReader({ announced: format }),
    rest: new Uint8Array(),
  };
}
