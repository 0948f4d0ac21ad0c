/** Dark or light: as the system has it, until somebody chooses on this browser. */

const KEY = "theme";
const root = document.documentElement;

const chosen = localStorage.getItem(KEY);
if (chosen) root.dataset.theme = chosen;

/** Changes from dark to light, and back. */
export function switchTheme() {
  const isDark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  localStorage.setItem(KEY, root.dataset.theme);
}
