/** X servers of the tests, and what is on their screens. */

import { installed, Program, run, until } from "./programs.ts";

/** Whether the programs for tests of windows are installed. */
export const screens = installed("Xvfb", "xdotool", "import", "ffplay");

/** Starts Xvfb on a free display, with 800x600 pixels. */
export async function startScreen(): Promise<{ display: string; xvfb: Program }> {
  const xvfb = new Program("sh", [
    "-c",
    "exec Xvfb -displayfd 2 -screen 0 800x600x24 -nolisten tcp",
  ]);
  const [display] = await xvfb.line(/^\d+$/);
  return { display: `:${display}`, xvfb };
}

/** How many columns of the screen's middle row are dark and lit. */
export async function look(display: string): Promise<{ left: number; right: number }> {
  const args = ["-display", display, "-window", "root", "-depth", "8", "gray:-"];
  const screen = await run("import", args);
  const at = (x: number, y: number) => screen[y * 800 + x] ?? -1;
  const row = Math.floor(screen.length / 800 / 2);
  const lit =
    Array.from({ length: 800 }, (_, x) => at(x, row)).filter((value) => value > 200).length;
  return { left: 800 - lit, right: lit };
}

/** Types a key into a window, as soon as there is one that takes it. */
export async function typeInto(display: string, title: string, key: string): Promise<void> {
  await until(`a window takes ${key}`, async () => {
    const [id] = await windows(display, title);
    if (id === undefined) return false;
    const env = { DISPLAY: display };
    await using typing = new Program("xdotool", ["key", "--window", id, key], { env });
    return (await typing.end()).code === 0; // else: the window has been replaced
  });
}

/** The ids of the windows on a screen whose title matches. */
async function windows(display: string, title: string): Promise<string[]> {
  await using search = new Program("xdotool", ["search", "--name", title], {
    env: { DISPLAY: display },
  });
  return new TextDecoder().decode((await search.end()).stdout).split("\n").filter((id) =>
    id !== ""
  );
}
