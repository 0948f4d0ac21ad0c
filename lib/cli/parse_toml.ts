/** `parse` of @std/toml with the type that the npm build of it leaves out. */

// @ts-types="./parse_toml.d.ts"
export { parse as parseToml } from "@std/toml";
