import { readPageFiles } from "../../../lib/serve/web/page_files.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("the scripts of the pages go to /login after a 401, also below /NAME/", () => {
  const { js, gridJs } = readPageFiles();
  for (const script of [js, gridJs]) {
    const [, target] = /status === 401\) return location\.assign\((.*)\)/.exec(script) ?? [];
    assertEquals(target, '"/login"');
  }
});
