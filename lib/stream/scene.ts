/** What the web pages show, as the program that has them sees it. */

import type { Emitter } from "../async/emitter.ts";
import type { Detection } from "../frame/detection.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Metric } from "../stats/metrics.ts";

/** What the pages show besides the picture. */
export interface Scene {
  /** Of the stream, for people. */
  readonly name: string;
  /** What finds are measured in: the frame as it arrived. */
  readonly size: FrameSize;
  /** Whether finds fit the picture, once scaled. */
  readonly marks: boolean;
  readonly finds: Emitter<Detection>;
  /** Since when the source is away, and why; undefined while it is there. */
  lost(): { readonly since: Date; readonly why: string } | undefined;
  /** The source's frames a second, whether somebody watches or not. */
  rate(): number;
  /** Frames a second out of the filters, which run while somebody watches; null without filters. */
  processed(): number | null;
  clients(): number;
  metrics(): Metric[];
}
