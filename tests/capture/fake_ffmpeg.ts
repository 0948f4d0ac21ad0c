/** A shell script in ffmpeg's place, and others in other programs', first in PATH until it is disposed of. */

export class FakeFfmpeg implements Disposable {
  readonly #path = Deno.env.get("PATH") ?? "";
  /** The directory of the scripts, `$dir`. */
  readonly dir: string;

  /** The scripts are for sh; `$dir` is their directory. */
  constructor(script: string, others: { readonly [program: string]: string } = {}) {
    this.dir = Deno.makeTempDirSync();
    for (const [program, lines] of Object.entries({ ffmpeg: script, ...others })) {
      const text = `#!/bin/sh\ndir='${this.dir}'\n${lines}\n`;
      Deno.writeTextFileSync(`${this.dir}/${program}`, text, { mode: 0o755 });
    }
    Deno.env.set("PATH", `${this.dir}:${this.#path}`);
  }

  /** The text of a file that the script has written to `$dir`. */
  read(name: string): string {
    return Deno.readTextFileSync(`${this.dir}/${name}`);
  }

  /** Whether the script has written that file. */
  has(name: string): boolean {
    return Array.from(Deno.readDirSync(this.dir)).some((entry) => entry.name === name);
  }

  [Symbol.dispose](): void {
    Deno.env.set("PATH", this.#path);
    Deno.removeSync(this.dir, { recursive: true });
  }
}
