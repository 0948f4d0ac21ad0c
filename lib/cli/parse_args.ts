/** `parseArgs` of @std/cli with the types that the npm build of it leaves out. */

// @ts-types="./parse_args.d.ts"
export { parseArgs } from "@std/cli/parse-args";
