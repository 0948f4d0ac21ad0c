/** What the web pages show, as the program that has them sees it. */

import type { Feed } from "../frame/feed.ts";
import type { Find } from "../frame/find.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Metric } from "./metrics.ts";

/** What the pages show besides the picture. */
export interface Scene {
  /** Of the stream, for people. */
  readonly name: string;
  /** What finds are measured in: the frame as it arrived. */
  readonly size: FrameSize;
  /** Whether finds fit the picture, once scaled. */
  readonly marks: boolean;
  readonly finds: Feed<Find>;
  /** Since when the source is away, and why; undefined while it is there. */
  lost(): { readonly since: Date; readonly why: string } | undefined;
  /** Frames a second. */
  rate(): number;
  clients(): number;
  metrics(): Metric[];
}
