/** Short names for what the page's modules do with the document. */

/** The element with an id. */
export function $(id) {
  return document.getElementById(id);
}

/** A new element with properties and children. */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Sets a text only if it changes: a screen reader reads a live region again after each change. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** Shows a text, or hides its element without one. */
export function showText(target, text) {
  target.hidden = !text;
  setText(target, text);
}
