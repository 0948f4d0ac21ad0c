/** Looks for barriers on a page with axe-core: names, contrast, structure. */

import axe from "axe-core";
import type { Page } from "./browser.ts";

/** What axe-core objects to: the rule, and the elements. */
export async function barriers(page: Page): Promise<string[]> {
  await page.value(`${axe.source}; undefined`);
  // WCAG 2.2 AA and axe's own best practices; frames and other documents there are none.
  const found = await page.value<{ id: string; nodes: { html: string }[] }[]>(
    `axe.run(document, { iframes: false }).then(({ violations }) => violations)`,
  );
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}
