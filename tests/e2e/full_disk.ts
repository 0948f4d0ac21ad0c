/** A disk of 100 kB, for tests of a full disk. Needs Linux and root. */

export class FullDisk implements AsyncDisposable {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Whether this machine allows it. */
  static possible(): boolean {
    if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
    const path = Deno.makeTempDirSync();
    const can = mount(path);
    if (can) new Deno.Command("umount", { args: [path] }).outputSync();
    Deno.removeSync(path);
    return can;
  }

  /** Mounts it on a directory that it creates. */
  static async mount(path: string): Promise<FullDisk> {
    await Deno.mkdir(path);
    if (!mount(path)) throw new Error(`a tmpfs can't be mounted on ${path}`);
    return new FullDisk(path);
  }

  file(name: string): string {
    return `${this.#path}/${name}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Deno.Command("umount", { args: [this.#path] }).output();
  }
}

function mount(path: string): boolean {
  const args = ["-t", "tmpfs", "-o", "size=100k", "tmpfs", path];
  return new Deno.Command("mount", { args, stderr: "null" }).outputSync().success;
}
