/** The address of what is shown: `/` for all cameras, `/NAME/` for one. History works without loading the page again. */

export class Router {
  #onChange;

  /** `onChange()` is called when another view is to be shown. */
  constructor(onChange) {
    this.#onChange = onChange;
    addEventListener("popstate", onChange);
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

/** The address of the login, which leads back to what is shown. */
export function loginPath() {
  const { pathname, search } = location;
  return `/login?return=${encodeURIComponent(pathname + search)}`;
}

/** The address of a camera. */
export function pathOf(name) {
  return `/${encodeURIComponent(name)}/`;
}
