/** The input of a model that takes a picture: its order, its type and its size. */

import type { InputLayout } from "./picture_input.ts";
import { type Declared, describe } from "./tensors.ts";

/** The side of the square that a model with a variable size gets. */
const DEFAULT_SIZE = 640;
/** The largest side of an input, in pixels; a larger one takes gigabytes. */
const MAX_SIZE = 4096;

export interface ImageInput {
  readonly declared: Declared;
  readonly layout: InputLayout;
  /** The shape of the tensor. */
  readonly dims: readonly number[];
}

/** What a session tells about its inputs and outputs. */
interface Session {
  readonly inputMetadata: readonly ValueMetadata[];
  readonly outputMetadata: readonly ValueMetadata[];
}
interface ValueMetadata {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
  readonly shape?: readonly (number | string)[];
}

/**
 * The only input of a model, for pictures with three channels. `size`: the side for a model whose size varies; 0 for
 * the default. Throws an `Error` that lists inputs and outputs if the model takes something else.
 */
export function imageInput(session: Session, size: number): ImageInput {
  const [input, ...others] = session.inputMetadata.map(declare);
  const outputs = session.outputMetadata.map(declare);
  const refuse = (what: string) => {
    const inputs = session.inputMetadata.map(declare);
    const lists = `its inputs: ${describe(inputs)}; its outputs: ${describe(outputs)}`;
    return new Error(`${what}; ${lists}`);
  };
  if (!input || others.length > 0) throw refuse("it does not take one picture as its only input");
  const { type, shape } = input;
  if (type !== "float32" && type !== "uint8") {
    throw refuse(`its input is ${type}; expected float32 or uint8`);
  }
  if (shape.length !== 4) throw refuse("its input is not a picture, [1, 3, height, width]");
  const [batch, second, third, fourth] = shape.map(fixed);
  const channelsLast = second !== 3 && fourth === 3;
  if (batch !== undefined && batch !== 1) throw refuse(`it takes ${batch} pictures at once`);
  if (!channelsLast && second !== undefined && second !== 3) {
    throw refuse(`its pictures have ${second} channels; expected 3`);
  }
  const [height, width] = channelsLast ? [second, third] : [third, fourth];
  if (size > 0 && ((width ?? size) !== size || (height ?? size) !== size)) {
    throw refuse(`size is ${size}, but its size is fixed`);
  }
  const layout = {
    ...{ width: width ?? (size || DEFAULT_SIZE), height: height ?? (size || DEFAULT_SIZE) },
    ...{ channelsLast, type } as const,
  };
  if (layout.width > MAX_SIZE || layout.height > MAX_SIZE) {
    throw refuse(`its pictures are larger than ${MAX_SIZE}x${MAX_SIZE}`);
  }
  const sides = [layout.height, layout.width] as const;
  return { declared: input, layout, dims: channelsLast ? [1, ...sides, 3] : [1, 3, ...sides] };
}

function declare({ name, type = "not a tensor", shape = [] }: ValueMetadata): Declared {
  return { name, type, shape };
}

/** A size that does not vary. */
function fixed(size: number | string): number | undefined {
  return typeof size === "number" && size > 0 ? size : undefined;
}
