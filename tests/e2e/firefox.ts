/** A headless Firefox, driven by WebDriver BiDi: opens a page and reads it. */

import { until, within } from "./programs.ts";

/** Debian's Firefox; undefined where it is not installed. */
export const firefox = ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly level: string; readonly text: string };
  readonly result?: Record<string, unknown>;
}

export class Firefox implements AsyncDisposable {
  /** Errors on the page's console. */
  readonly errors: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (result: Record<string, unknown>) => void>();
  #calls = 0;
  #context = "";

  private constructor(child: Deno.ChildProcess, profile: string, socket: WebSocket) {
    this.#child = child;
    this.#profile = profile;
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const { id, method, params, result } = JSON.parse(data) as Answer;
      if (method === "log.entryAdded" && params?.level === "error") this.errors.push(params.text);
      this.#waiting.get(id ?? 0)?.(result ?? {});
      this.#waiting.delete(id ?? 0);
    };
  }

  /** Starts Firefox with a page. */
  static async open(url: string): Promise<Firefox> {
    const profile = await Deno.makeTempDir({ prefix: "framewire-firefox-" });
    const args = [
      "--headless",
      "--no-remote",
      "--profile",
      profile,
      "--remote-debugging-port",
      "0",
    ];
    const child = new Deno.Command(firefox!, {
      args,
      env: { HOME: profile },
      ...{ stdin: "null", stdout: "null", stderr: "null" },
    }).spawn();
    let port = 0;
    await until("Firefox listens", async () => {
      const text = await Deno.readTextFile(`${profile}/WebDriverBiDiServer.json`).catch(() => "{}");
      port = JSON.parse(text || "{}").ws_port ?? 0;
      return port > 0;
    });
    const socket = new WebSocket(`ws://127.0.0.1:${port}/session`);
    await within("BiDi", new Promise((resolve) => socket.onopen = resolve));
    const browser = new Firefox(child, profile, socket);
    await browser.#call("session.new", { capabilities: {} });
    await browser.#call("session.subscribe", { events: ["log.entryAdded"] });
    const { context } = await browser.#call("browsingContext.create", { type: "tab" });
    browser.#context = context as string;
    const navigation = { context, url, wait: "none" };
    await browser.#call("browsingContext.navigate", navigation);
    return browser;
  }

  /** The value of an expression in the page; undefined if it throws. */
  async value<T>(expression: string): Promise<T | undefined> {
    const { result } = await this.#call("script.evaluate", {
      expression: `JSON.stringify(${expression})`,
      target: { context: this.#context },
      awaitPromise: true,
    });
    const { value } = (result ?? {}) as { value?: string };
    return value === undefined ? undefined : JSON.parse(value);
  }

  /** Waits until an expression in the page holds. */
  async holds(expression: string): Promise<void> {
    await until(expression, async () => await this.value<boolean>(expression) === true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.onclose = resolve);
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await closed;
    // Its children write for a moment after its end.
    await until(
      "its profile is gone",
      () => Deno.remove(this.#profile, { recursive: true }).then(() => true, () => false),
    );
  }

  #call(method: string, params: Record<string, unknown>): Promise<Record<string, unknown>> {
    const id = ++this.#calls;
    const answer = new Promise<Record<string, unknown>>((resolve) =>
      this.#waiting.set(id, resolve)
    );
    this.#socket.send(JSON.stringify({ id, method, params }));
    return within(method, answer);
  }
}
