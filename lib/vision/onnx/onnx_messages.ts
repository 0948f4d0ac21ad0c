/** The messages between an `OnnxCrew` and its Workers, and what a model finds in a picture. */

import type { Report } from "../../frame/detection.ts";
import type { FrameFormat } from "../../frame/frame_format.ts";

/** How a model is used: the options of the filter `detect`. */
export interface ModelOptions {
  /** The model's file, for messages. */
  readonly model: string;
  /** Detections with a lower score are dropped, 0 to 1. */
  readonly confidence: number;
  /** Of two boxes of one label with a larger IoU, the one with the lower score is dropped. */
  readonly iou: number;
  /** The side of the square that a model with a variable size gets, in pixels; 0: the default. */
  readonly size: number;
  /** Labels to keep; none: all. */
  readonly classes: readonly string[];
  /** The lines of a file with labels; undefined: those inside the model. */
  readonly labels: readonly string[] | undefined;
}

export type OnnxRequest =
  | {
    readonly kind: "open";
    /** onnxruntime's WebAssembly. */
    readonly wasm: Uint8Array<ArrayBuffer>;
    /** The model's file. */
    readonly model: Uint8Array;
    readonly options: ModelOptions;
    /** The format of all frames. */
    readonly format: FrameFormat;
  }
  | { readonly kind: "frame"; readonly pixels: Uint8Array<ArrayBuffer> };

export type OnnxReply =
  | { readonly kind: "opened" }
  | { readonly kind: "detected"; readonly report: Report }
  | { readonly kind: "fault"; readonly message: string };

/** One thing that a model has found, in pixels of its input; a box of no size for a classification. */
export interface Candidate {
  /** Left, top, right, bottom. */
  readonly corners: readonly [left: number, top: number, right: number, bottom: number];
  /** The number of its class. */
  readonly label: number;
  readonly score: number;
  readonly landmarks?: readonly (readonly [x: number, y: number])[];
}
