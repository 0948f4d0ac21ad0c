/** The user's browser. */

import type { Log } from "../log/log.ts";
import { startOther } from "./start_other.ts";

/** Opens a page in the browser, where there is one; says where the page is in any case. */
export async function openBrowser(url: string, { log }: { log: Log }): Promise<void> {
  log.info(`web:     ${url}`);
  const { os } = Deno.build;
  const opener = os === "windows" ? ["start", ""] : [os === "darwin" ? "open" : "xdg-open"];
  try {
    const streams = { stdin: "null", stdout: "null", stderr: "null" } as const;
    const browser = startOther([...opener, url], streams);
    browser.unref();
    const { success } = await browser.status;
    if (!success) log.info("no browser was found: open the page yourself");
  } catch {
    log.info("no browser can be started from here: open the page yourself");
  }
}
