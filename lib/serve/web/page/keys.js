/** The keyboard and the finger: keys of the page, and a swipe to the next camera. */

/** A swipe is so long, in CSS pixels, and so much wider than high. */
const [SWIPE_PX, SWIPE_RATIO] = [60, 2];

/** Calls the action of a key: `{ s: () => ..., ArrowLeft: () => ... }`. */
export function onKeys(actions) {
  addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey, target } = event;
    if (ctrlKey || metaKey || altKey || event.defaultPrevented) return;
    if (target instanceof HTMLInputElement) return;
    const action = actions[key.length === 1 ? key.toLowerCase() : key];
    if (action?.() === true) event.preventDefault();
  });
}

/** Calls `onSwipe(1)` for a swipe to the left, the next one, and `onSwipe(-1)` for the right. */
export function onSwipes(target, onSwipe) {
  let start;
  target.addEventListener("touchstart", ({ touches }) => {
    start = touches.length === 1 ? touches[0] : undefined;
  }, { passive: true });
  target.addEventListener("touchend", ({ changedTouches: [end] }) => {
    if (!start || (visualViewport?.scale ?? 1) > 1) return;
    const [x, y] = [end.clientX - start.clientX, end.clientY - start.clientY];
    if (Math.abs(x) > SWIPE_PX && Math.abs(x) > SWIPE_RATIO * Math.abs(y)) onSwipe(x < 0 ? 1 : -1);
  }, { passive: true });
}
