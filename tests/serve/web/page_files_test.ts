import { readPageFiles } from "../../../lib/serve/web/page_files.ts";
import { assertEquals } from "../../assert.ts";

const folder = new URL("../../../lib/serve/web/page/", import.meta.url);

Deno.test("readPageFiles() has each file of the folder, and no other", () => {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  assertEquals([...readPageFiles().keys()].sort(), names.sort());
});

Deno.test("the pages load nothing but files of their own, and have no script or style inside", () => {
  for (const [name, { text }] of readPageFiles()) {
    const links = name.endsWith(".js")
      ? [...text.matchAll(/^(?:import|\} from).*"(\S+)";$/gm)].map(([, link = ""]) => link)
      : [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = ""]) => link);
    const files = links.filter((link) => /\.(js|css)$/.test(link));
    const known = files.map((link) => link.replace(/^(\.|\/page)\//, ""));
    assertEquals([name, known.filter((file) => !readPageFiles().has(file))], [name, []]);
    assertEquals([name, /https?:\/\/|<style|style=|<script>|\bon\w+="/.exec(text)], [name, null]);
  }
});
