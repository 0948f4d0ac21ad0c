/**
 * Holds the rule of who may import whom: reads `deno info --json`, prints each import that goes the
 * wrong way, and ends with exit code 1 where there is one.
 *
 *     frame, async, stats, log <- wire, ffmpeg, host <- capture, receive, vision <- stream <- serve, present <- cli <- the programs
 */

const BASE = ["frame", "async", "stats", "log"];
const TOOLS = [...BASE, "wire", "ffmpeg", "host"];
const STREAM = [...TOOLS, "capture", "receive", "vision"];
const SINK = [...TOOLS, "stream"];

/** What each room may import, besides itself. */
const ALLOWED: { readonly [room: string]: readonly string[] } = {
  frame: [],
  async: [],
  stats: [],
  log: [],
  wire: BASE,
  ffmpeg: BASE,
  host: [...BASE, "ffmpeg"],
  capture: TOOLS,
  receive: TOOLS,
  vision: TOOLS,
  stream: STREAM,
  serve: SINK,
  present: SINK,
  cli: [...STREAM, "stream", "serve", "present"],
};

/** Rooms that touch nothing: no Deno API (clocks are the platform's), no console. */
const PURE = [...BASE, "wire"];

interface Info {
  readonly modules: {
    readonly specifier: string;
    readonly dependencies?: {
      readonly specifier: string;
      readonly code?: Resolved;
      readonly type?: Resolved;
    }[];
  }[];
}
interface Resolved {
  readonly specifier?: string;
}

const root = new URL("../", import.meta.url);
const faults: string[] = [];
for (const program of ["server.ts", "client.ts"]) {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", program],
    cwd: root,
    stderr: "inherit",
  }).output();
  if (!success) Deno.exit(1);
  const info = JSON.parse(new TextDecoder().decode(stdout)) as Info;
  check(info);
  checkLight(info, program);
}
for (const room of PURE) await checkPure(room);
await checkClocks("lib/");
for (const fault of new Set(faults)) console.error(fault);
if (faults.length > 0) Deno.exit(1);
console.log("layers: every import goes one way");

/** Adds to `faults` each import of a room that it is not allowed to see. */
function check({ modules }: Info): void {
  for (const { specifier, dependencies } of modules) {
    const from = roomOf(specifier);
    if (!from) continue;
    for (const { code, type } of dependencies ?? []) {
      const imported = code?.specifier ?? type?.specifier;
      const to = imported && roomOf(imported);
      if (!to || to === from || ALLOWED[from]?.includes(to)) continue;
      faults.push(`${specifier.slice(root.href.length)}: lib/${from}/ must not import lib/${to}/`);
    }
  }
}

/** OpenCV is loaded in Workers alone: no program may reach it by its imports, those of types apart. */
function checkLight({ modules }: Info, program: string): void {
  const reached = new Set([`${root.href}${program}`]);
  for (const specifier of reached) {
    const dependencies = modules.find((module) => module.specifier === specifier)?.dependencies;
    for (const { code } of dependencies ?? []) if (code?.specifier) reached.add(code.specifier);
  }
  const heavy = [...reached].find((specifier) => specifier.includes("opencv-wasm"));
  if (heavy) faults.push(`${program}: it loads OpenCV outside of a Worker`);
}

/** The room of a file of ours, as `capture`. */
function roomOf(specifier: string): string | undefined {
  if (!specifier.startsWith(root.href)) return undefined;
  return /^lib\/([^/]+)\//.exec(specifier.slice(root.href.length))?.[1];
}

async function checkPure(room: string): Promise<void> {
  for await (const { name } of Deno.readDir(new URL(`lib/${room}/`, root))) {
    const text = await Deno.readTextFile(new URL(`lib/${room}/${name}`, root));
    if (/\b(Deno|console)\./.test(text)) {
      faults.push(`lib/${room}/${name}: Deno. or console. in a pure room`);
    }
  }
}

/**
 * One file says what time it is: frames, and all that is compared with their times, carry `wallClock()`.
 * Durations are differences of `performance.now()`, which a clock that is set does not change.
 */
async function checkClocks(folder: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    const file = `${folder}${name}`;
    if (isDirectory) await checkClocks(`${file}/`);
    if (!name.endsWith(".ts") || file === "lib/frame/clock.ts") continue;
    const text = await Deno.readTextFile(new URL(file, root));
    const [found] = /\bDate\.now\b|\btimeOrigin\b|\bnew Date\(\)\.getTime\b/.exec(text) ?? [];
    if (found) {
      faults.push(`${file}: ${found}; use wallClock() for times, performance.now() for durations`);
    }
  }
}
