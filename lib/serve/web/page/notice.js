/** The reason of a state, in words over the picture or at the head of the page. */

import { element, showText } from "./dom.js";
import { loginPath } from "./router.js";

/** Shows the detail of a state in `target`, with a link where the page has to log in. */
export function showNotice(target, { kind, detail }) {
  // The link stays the same element, or it would lose the focus and clicks.
  if (kind === "refused" && target.textContent === `${detail} Log in`) return;
  showText(target, detail);
  if (kind !== "refused" || !detail) return;
  target.append(" ", element("a", { href: loginPath() }, "Log in"));
}
