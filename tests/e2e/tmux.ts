/** A terminal of 80x31 with bash in it, driven by tmux. */

import type { TempDir } from "./pictures.ts";
import { commandLine, run, until } from "./programs.ts";

export class Tmux implements AsyncDisposable {
  readonly #tmux: string[];

  private constructor(tmux: string[]) {
    this.#tmux = tmux;
  }

  /** Starts it, with the tests' environment and `env`. */
  static async start(dir: TempDir, env: Record<string, string> = {}): Promise<Tmux> {
    const tmux = new Tmux(["-f", "/dev/null", "-S", dir.file("tmux")]);
    const set = Object.entries({ DISPLAY: "", WAYLAND_DISPLAY: "", PS1: "> ", ...env });
    const bash = ["env", ...set.map(([name, value]) => `${name}=${value}`), "bash", "--norc", "-i"];
    const size = ["-x", "80", "-y", "31"];
    await run("tmux", [...tmux.#tmux, "new-session", "-d", ...size, ...bash]);
    return tmux;
  }

  /** Types a line, Enter included. */
  async line(text: string): Promise<void> {
    await run("tmux", [...this.#tmux, "send-keys", "-l", text]);
    await this.key("Enter");
  }

  /** Types a key: `q`, `C-z`. */
  async key(name: string): Promise<void> {
    await run("tmux", [...this.#tmux, "send-keys", name]);
  }

  /** The text on the screen. */
  async screen(...options: string[]): Promise<string> {
    const text = await run("tmux", [...this.#tmux, "capture-pane", "-p", ...options]);
    return new TextDecoder().decode(text);
  }

  /** Waits until the screen matches. */
  async shows(pattern: RegExp): Promise<void> {
    let last = "";
    try {
      await until(
        `the terminal shows ${pattern}`,
        async () => pattern.test(last = await this.screen()),
      );
    } catch (thrown) {
      throw new Error(`${(thrown as Error).message}:\n${last}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run("tmux", [...this.#tmux, "kill-server"]);
  }
}

/** A program's command line, as it is typed. */
export function typed(program: "server" | "client", args: string[]): string {
  const [command, all] = commandLine(program, args);
  return [command, ...all].map((word) => `'${word}'`).join(" ");
}
