/** A headless Chromium, driven by its DevTools protocol: opens pages, reads them and clicks in them. */

import { until, within } from "./programs.ts";

/** Debian's Chromium; undefined where it is not installed. */
export const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

const QUIET = [
  ...["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
  ...["--remote-debugging-port=0", "--disable-dev-shm-usage", "--mute-audio"],
];

export class Browser implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #profile: string;
  #port = 0;

  private constructor(profile: string, args: string[]) {
    this.#profile = profile;
    this.#child = new Deno.Command(chromium!, {
      args: [...QUIET, `--user-data-dir=${profile}`, ...args, "about:blank"],
      ...{ stdin: "null", stdout: "null", stderr: "null" },
    }).spawn();
  }

  /** Starts Chromium with `args`. */
  static async start({ args = [] as string[] } = {}): Promise<Browser> {
    const profile = await Deno.makeTempDir({ prefix: "framewire-chromium-" });
    const browser = new Browser(profile, args);
    await until("Chromium listens", async () => {
      const text = await Deno.readTextFile(`${profile}/DevToolsActivePort`).catch(() => "");
      browser.#port = Number(text.split("\n")[0]);
      return browser.#port > 0;
    });
    return browser;
  }

  /** Opens a page in a new tab. */
  async open(url: string): Promise<Page> {
    const address = `http://127.0.0.1:${this.#port}/json/new?${encodeURIComponent(url)}`;
    const response = await fetch(address, { method: "PUT" });
    const { webSocketDebuggerUrl } = await response.json();
    const page = await Page.connect(webSocketDebuggerUrl);
    await page.call("Page.bringToFront"); // a page that is hidden asks for no pictures
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    // Its children write for a moment after its end.
    await until(
      "its profile is gone",
      () => Deno.remove(this.#profile, { recursive: true }).then(() => true, () => false),
    );
  }
}

/** A response of DevTools, or an event. */
interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

function isError(method = "", params: Record<string, unknown> = {}): boolean {
  if (method === "Runtime.exceptionThrown") return true;
  if (method === "Runtime.consoleAPICalled") return params.type === "error";
  return method === "Log.entryAdded" && (params.entry as { level: string }).level === "error";
}

export class Page implements AsyncDisposable {
  /** Errors on the page's console, uncaught exceptions too. */
  readonly errors: string[] = [];
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  #calls = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const { id, result, error, method, params } = JSON.parse(data) as Answer;
      if (isError(method, params)) this.errors.push(JSON.stringify(params));
      const waiting = this.#waiting.get(id ?? 0);
      if (error) waiting?.reject(new Error(error.message));
      else waiting?.resolve(result ?? {});
      this.#waiting.delete(id ?? 0);
    };
  }

  static async connect(url: string): Promise<Page> {
    const socket = new WebSocket(url);
    await within("DevTools", new Promise((resolve) => socket.onopen = resolve));
    const page = new Page(socket);
    await page.call("Runtime.enable"); // also reports what was written before
    await page.call("Log.enable");
    return page;
  }

  /** Navigates to another page. */
  async goTo(url: string): Promise<void> {
    await this.call("Page.navigate", { url });
  }

  /** Calls a method of the DevTools protocol. */
  call(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const id = ++this.#calls;
    const answer = Promise.withResolvers<Record<string, unknown>>();
    this.#waiting.set(id, answer);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return within(method, answer.promise);
  }

  /** The value of an expression in the page. */
  async value<T>(expression: string): Promise<T> {
    const wanted = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await this.call("Runtime.evaluate", wanted);
    if (exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value: T }).value;
  }

  /** Waits until an expression in the page holds. */
  async holds(expression: string): Promise<void> {
    // While a page is being loaded, nothing can be evaluated.
    await until(expression, () => this.value<boolean>(expression).catch(() => false));
  }

  /** The page as a PNG. */
  async screenshot(): Promise<Uint8Array> {
    const { data } = await this.call("Page.captureScreenshot");
    return Uint8Array.from(atob(data as string), (letter) => letter.charCodeAt(0));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.onclose = resolve);
    this.#socket.close();
    await closed;
  }
}
