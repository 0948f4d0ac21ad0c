/** The user's browser. */

import type { Log } from "../frame/log.ts";

/** Opens a page in the browser, where there is one; says where the page is in any case. */
export async function openBrowser(url: string, { log }: { log: Log }): Promise<void> {
  log.info(`web:     ${url}`);
  const opener = Deno.build.os === "darwin" ? "open" : "xdg-open";
  try {
    // By `env`: it is the one program through which others may be started (see deno.json).
    const browser = new Deno.Command("env", {
      args: [opener, url],
      ...{ stdin: "null", stdout: "null", stderr: "null" },
    }).spawn();
    browser.unref();
    const { success } = await browser.status;
    if (!success) log.info("no browser was found: open the page yourself");
  } catch {
    log.info("no browser can be started from here: open the page yourself");
  }
}
