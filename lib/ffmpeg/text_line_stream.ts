/** `TextLineStream` of @std/streams with the types that the npm build of it leaves out. */

// @ts-types="./text_line_stream.d.ts"
export { TextLineStream } from "@std/streams/text-line-stream";
