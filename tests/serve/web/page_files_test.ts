import { readPageFiles } from "../../../lib/serve/web/page_files.ts";
import { assertEquals } from "../../assert.ts";
import { webPages } from "./web_pages.ts";

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

Deno.test("a browser that has a file of the page gets 304, unless the file has changed", async () => {
  const { ask } = webPages();
  for (const path of ["/", "/page/main.js", "/page/page.css"]) {
    const whole = await ask(path);
    await whole.body?.cancel();
    const tag = whole.headers.get("etag") ?? "";
    const same = await ask(path, { headers: { "if-none-match": tag } });
    assertEquals([path, same.status, await same.text()], [path, 304, ""]);
    const changed = await ask(path, { headers: { "if-none-match": '"0"' } });
    await changed.body?.cancel();
    assertEquals([path, changed.status], [path, 200]);
  }
});
