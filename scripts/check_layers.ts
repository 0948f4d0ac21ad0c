/**
 * Checks which folder of `lib/` imports which, and the length of files. Prints each violation, and ends with
 * exit code 1 if there is one. Imports come from `deno info --json`.
 *
 *     frame, async, stats, log <- wire, ffmpeg, host <- capture, receive, vision <- stream <- serve, present <- cli <- the programs
 */

const BASE = ["frame", "async", "stats", "log"];
const TOOLS = [...BASE, "wire", "ffmpeg", "host"];
const STREAM = [...TOOLS, "capture", "receive", "vision"];
const SINK = [...TOOLS, "stream"];

/** The folders that each folder may import, besides itself. */
const ALLOWED: { readonly [folder: string]: readonly string[] } = {
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

/** Folders without side effects: no Deno API, no console. */
const PURE = [...BASE, "wire"];

const MAX_LINES = 300;

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
  const info = await modulesOf(program);
  check(info);
  checkLight(info, program);
}
const workers = ["detector_worker.ts", "search_worker.ts", "onnx/onnx_worker.ts"];
for (const worker of workers) await checkWorker(worker);
for (const folder of PURE) await checkPure(folder);
await checkClocks("lib/");
for (const folder of ["lib/", "tests/", "scripts/"]) await checkLengths(folder);
for (const fault of new Set(faults)) console.error(fault);
if (faults.length > 0) Deno.exit(1);
console.log("layers: every import is allowed, and no file is too long");

async function modulesOf(file: string): Promise<Info> {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", file],
    cwd: root,
    stderr: "inherit",
  }).output();
  if (!success) Deno.exit(1);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Adds each forbidden import to `faults`. */
function check({ modules }: Info): void {
  for (const { specifier, dependencies } of modules) {
    const from = folderOf(specifier);
    if (!from) continue;
    for (const { code, type } of dependencies ?? []) {
      const imported = code?.specifier ?? type?.specifier;
      const to = imported && folderOf(imported);
      if (!to || to === from || ALLOWED[from]?.includes(to)) continue;
      faults.push(`${specifier.slice(root.href.length)}: lib/${from}/ must not import lib/${to}/`);
    }
  }
}

/** Only Workers load OpenCV and onnxruntime: a program's imports must not reach them, except for types. */
function checkLight(info: Info, program: string): void {
  for (const heavy of ["opencv-wasm", "onnxruntime-web"]) {
    if (!loadedBy(info, program).some((specifier) => specifier.includes(heavy))) continue;
    faults.push(`${program}: it loads ${heavy} outside of a Worker`);
  }
}

/** These Workers have the permissions of the filters' Worker, which can read only `lib/vision/`, `lib/frame/` and OpenCV. */
async function checkWorker(name: string): Promise<void> {
  const file = `lib/vision/${name}`;
  for (const specifier of loadedBy(await modulesOf(file), file)) {
    const folder = folderOf(specifier);
    if (!folder || folder === "vision" || folder === "frame") continue;
    faults.push(`${file}: it must not load ${specifier.slice(root.href.length)}`);
  }
}

/** All modules that a file loads at run time, directly or not: types do not count. */
function loadedBy({ modules }: Info, file: string): string[] {
  const reached = new Set([`${root.href}${file}`]);
  for (const specifier of reached) {
    const dependencies = modules.find((module) => module.specifier === specifier)?.dependencies;
    for (const { code } of dependencies ?? []) if (code?.specifier) reached.add(code.specifier);
  }
  return [...reached];
}

/** The folder of one of our files: `capture`. */
function folderOf(specifier: string): string | undefined {
  if (!specifier.startsWith(root.href)) return undefined;
  return /^lib\/([^/]+)\//.exec(specifier.slice(root.href.length))?.[1];
}

async function checkPure(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(new URL(`lib/${folder}/`, root))) {
    const text = await Deno.readTextFile(new URL(`lib/${folder}/${name}`, root));
    if (/\b(Deno|console)\./.test(text)) {
      faults.push(`lib/${folder}/${name}: lib/${folder}/ must not use Deno. or console.`);
    }
  }
}

/** Adds each file that is too long to `faults`. */
async function checkLengths(folder: string): Promise<void> {
  for await (const file of scriptsIn(folder)) {
    const lines = (await Deno.readTextFile(new URL(file, root))).split("\n").length - 1;
    if (lines > MAX_LINES) faults.push(`${file}: ${lines} lines, the limit is ${MAX_LINES}`);
  }
}

/** The TypeScript and JavaScript files of a folder, and of those in it. */
async function* scriptsIn(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    if (isDirectory) yield* scriptsIn(`${folder}${name}/`);
    else if (/\.[jt]s$/.test(name)) yield `${folder}${name}`;
  }
}

/**
 * Checks the clock of each file. Times of frames, and times that are compared with them, come
 * from `wallClock()`. Durations are differences of `performance.now()`, which setting the clock does not change.
 */
async function checkClocks(folder: string): Promise<void> {
  for await (const file of scriptsIn(folder)) {
    if (!file.endsWith(".ts") || file === "lib/frame/clock.ts") continue;
    const text = await Deno.readTextFile(new URL(file, root));
    const [found] = /\bDate\.now\b|\btimeOrigin\b|\bnew Date\(\)\.getTime\b/.exec(text) ?? [];
    if (found) {
      faults.push(`${file}: ${found}; use wallClock() for times, performance.now() for durations`);
    }
  }
}
