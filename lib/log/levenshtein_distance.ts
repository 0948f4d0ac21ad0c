/** `levenshteinDistance` of @std/text with the types that the npm build of it leaves out. */

// @ts-types="./levenshtein_distance.d.ts"
export { levenshteinDistance } from "@std/text/levenshtein-distance";
