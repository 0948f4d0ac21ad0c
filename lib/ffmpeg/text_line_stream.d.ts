/** Splits text into lines. With `allowCR`, a carriage return ends one too. */
export class TextLineStream extends TransformStream<string, string> {
  constructor(options?: { allowCR?: boolean });
}
