/** `closestString` of @std/text with the types that the npm build of it leaves out. */

// @ts-types="./closest_string.d.ts"
export { closestString } from "@std/text/closest-string";
