/** Opens a page in the user's browser. */

import type { Log } from "../log/log.ts";
import { startOther } from "./start_other.ts";

/** Logs the page's address, and opens it in the browser where there is one. */
export async function openBrowser(url: string, { log }: { log: Log }): Promise<void> {
  log.info(`web:     ${url}`);
  const { os } = Deno.build;
  const opener = os === "windows" ? ["start", ""] : [os === "darwin" ? "open" : "xdg-open"];
  try {
    const streams = { stdin: "null", stdout: "null", stderr: "null" } as const;
    const browser = startOther([...opener, url], streams);
    browser.unref();
    const { success } = await browser.status;
    if (!success) log.info("no browser was found: open this address yourself");
  } catch {
    log.info("no browser could be started: open this address yourself");
  }
}
