/** The address of what is shown: `/` for all cameras, `/NAME/` for one. History works without loading the page again. */

/** Where a page that has to log in comes back to. */
const RETURN_KEY = "return";

export class Router {
  #onChange;

  /** `onChange()` is called when another view is to be shown. */
  constructor(onChange) {
    this.#onChange = onChange;
    addEventListener("popstate", onChange);
    const back = sessionStorage.getItem(RETURN_KEY);
    sessionStorage.removeItem(RETURN_KEY);
    const isFromLogin = document.referrer === new URL("/login", location.href).href;
    if (back && isFromLogin && location.pathname === "/") history.replaceState(null, "", back);
    document.addEventListener("click", (event) => this.#follow(event));
  }

  /** The name of the camera; undefined for `/`. */
  get camera() {
    const [, name] = location.pathname.split("/");
    return name ? decodeURIComponent(name) : undefined;
  }

  /** Opens a camera from the grid, and changes from one to another: that is one step in the history. */
  open(name) {
    const path = pathOf(name) + location.search;
    if (this.camera === undefined) history.pushState({ fromGrid: true }, "", path);
    else history.replaceState(history.state, "", path);
    this.#onChange();
  }

  /** Back to all cameras. */
  leave() {
    if (history.state?.fromGrid) return history.back();
    history.pushState(null, "", `/${location.search}`);
    this.#onChange();
  }

  /** Remembers the view, for the time after the login. */
  remember() {
    sessionStorage.setItem(RETURN_KEY, location.pathname + location.search);
  }

  /** A click on a camera of the grid, unless it is to open another tab. */
  #follow(event) {
    const link = event.target.closest?.("a");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.dataset.camera) this.open(link.dataset.camera);
    else if (link.id === "all") this.leave();
    else return;
    event.preventDefault();
  }
}

/** The address of a camera. */
export function pathOf(name) {
  return `/${encodeURIComponent(name)}/`;
}
