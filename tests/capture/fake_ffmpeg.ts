/** A shell script in ffmpeg's place, first in PATH until it is disposed of. */

export class FakeFfmpeg implements Disposable {
  readonly #path = Deno.env.get("PATH") ?? "";
  readonly #dir: string;

  /** `script` is for sh; `$dir` is a directory of its own. */
  constructor(script: string) {
    this.#dir = Deno.makeTempDirSync();
    const text = `#!/bin/sh\ndir='${this.#dir}'\n${script}\n`;
    Deno.writeTextFileSync(`${this.#dir}/ffmpeg`, text, { mode: 0o755 });
    Deno.env.set("PATH", `${this.#dir}:${this.#path}`);
  }

  /** The text of a file that the script has written to `$dir`. */
  read(name: string): string {
    return Deno.readTextFileSync(`${this.#dir}/${name}`);
  }

  [Symbol.dispose](): void {
    Deno.env.set("PATH", this.#path);
    Deno.removeSync(this.#dir, { recursive: true });
  }
}
