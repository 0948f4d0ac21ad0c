import { assertEquals } from "../assert.ts";
import { moduleUrl } from "../../lib/vision/module_url.ts";

const cases: [path: string, from: string, url: string][] = [
  ["./mine.js", "/home/me", "file:///home/me/mine.js"],
  ["../mine.js", "/home/me", "file:///home/mine.js"],
  ["/a b/50%#?.js", "/home/me", "file:///a%20b/50%25%23%3F.js"],
  ["/a\\b.js", "/home/me", "file:///a%5Cb.js"],
  ["./mine.js", "/with\\backslash", "file:///with%5Cbackslash/mine.js"],
  ["./mine.js", "/", "file:///mine.js"],
  ["./mine.js", "C:\\Users\\me", "file:///C:/Users/me/mine.js"],
  [".\\filters\\mine.js", "C:\\Users\\me", "file:///C:/Users/me/filters/mine.js"],
  ["..\\mine.js", "W:\\", "file:///W:/mine.js"],
  ["D:\\a b\\mine.js", "C:\\", "file:///D:/a%20b/mine.js"],
  ["D:/mine.js", "C:\\", "file:///D:/mine.js"],
  ["\\\\nas\\share\\mine.js", "C:\\", "file://nas/share/mine.js"],
  [".\\mine.js", "\\\\nas\\share", "file://nas/share/mine.js"],
];
for (const [path, from, url] of cases) {
  Deno.test(`moduleUrl() resolves ${path} in ${from} to ${url}`, () => {
    assertEquals(moduleUrl(path, from), url);
  });
}
