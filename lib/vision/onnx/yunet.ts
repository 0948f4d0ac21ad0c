/**
 * Reads the outputs of YuNet (2023): a face in each cell of three grids, with five points: the right eye, the left one,
 * the nose, the right corner of the mouth and the left one. Pure: numbers in, candidates in pixels of the input out.
 */

import type { FrameSize } from "../../frame/frame_size.ts";
import type { Candidate } from "./onnx_messages.ts";
import type { Output } from "./tensors.ts";

/** The pixels between two cells of each grid. */
const STRIDES = [8, 16, 32] as const;
const POINTS = 5;

/** The names of the outputs: `cls_8`, `obj_8`, `bbox_8`, `kps_8` and so on. */
const PARTS = ["cls", "obj", "bbox", "kps"] as const;

/** Whether these outputs are YuNet's. */
export function isYunet(outputs: readonly Output[]): boolean {
  const names = new Set(outputs.map(({ name }) => name));
  return STRIDES.every((stride) => PARTS.every((part) => names.has(`${part}_${stride}`)));
}

export function readYunet(
  outputs: readonly Output[],
  { confidence, input }: { confidence: number; input: FrameSize },
): Candidate[] {
  const found: Candidate[] = [];
  for (const stride of STRIDES) {
    const [face = [], anything = [], boxes = [], points = []] = PARTS.map((part) =>
      outputs.find(({ name }) => name === `${part}_${stride}`)?.data ?? []
    );
    const columns = Math.floor(input.width / stride);
    const cells = columns * Math.floor(input.height / stride);
    for (let n = 0; n < cells; n++) {
      const score = Math.sqrt(share(face[n]) * share(anything[n]));
      if (score <= confidence) continue;
      const [column, row] = [n % columns, Math.floor(n / columns)];
      const box = (i: number) => boxes[n * 4 + i] ?? 0;
      const [x, y] = [(column + box(0)) * stride, (row + box(1)) * stride];
      const [width, height] = [Math.exp(box(2)) * stride, Math.exp(box(3)) * stride];
      const landmarks = Array.from({ length: POINTS }, (_, i) => {
        const at = 2 * (n * POINTS + i);
        return [
          (column + (points[at] ?? 0)) * stride,
          (row + (points[at + 1] ?? 0)) * stride,
        ] as const;
      });
      const corners = [x - width / 2, y - height / 2, x + width / 2, y + height / 2] as const;
      found.push({ corners, label: 0, score, landmarks });
    }
  }
  return found;
}

function share(value = 0): number {
  return Math.min(Math.max(value, 0), 1);
}
