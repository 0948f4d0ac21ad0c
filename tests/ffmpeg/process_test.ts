import { FfmpegProcess, NotInstalled } from "../../lib/ffmpeg/process.ts";
import { Failure } from "../../lib/log/failure.ts";
import { assert, assertEquals, assertInstanceOf, assertThrows } from "../assert.ts";

const noPipes = { stdin: "null", stdout: "null" } as const;
const ignore = Deno.build.os === "windows"; // no sh there

/** Runs a shell script in place of ffmpeg. */
function run(script: string, pipes: ConstructorParameters<typeof FfmpegProcess>[2] = noPipes) {
  return new FfmpegProcess("sh" as string as "ffmpeg", ["-c", script], pipes);
}

/** Fulfilled when the child has printed `line` on stderr. */
function printed(child: FfmpegProcess, line: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  child.onLine = (text) => text === line && resolve();
  return promise;
}

Deno.test("new FfmpegProcess() tells how to install a missing program", () => {
  const program = "framewire-no-such-program" as string as "ffmpeg";
  const failure = assertThrows(
    () => new FfmpegProcess(program, [], noPipes),
    NotInstalled,
    `Cannot start "${program}": it was not found in PATH`,
  );
  assert(failure.hint.includes("apt install ffmpeg"));
  assertInstanceOf(failure.cause, Deno.errors.NotFound);
});

Deno.test({
  name: "new FfmpegProcess() reports a program that cannot be executed",
  ignore,
  fn: async () => {
    const path = await Deno.makeTempFile();
    try {
      assertThrows(
        () => new FfmpegProcess(path as "ffmpeg", [], noPipes),
        Failure,
        "permission denied",
      );
    } finally {
      await Deno.remove(path);
    }
  },
});

Deno.test({
  name: "FfmpegProcess.lines holds the last 60 lines of stderr, without the empty ones",
  ignore,
  fn: async () => {
    await using child = run(
      "printf 'progress\\rline\\n \\n\\n' >&2; seq 1 58 >&2; printf last >&2",
    );
    const heard: string[] = [];
    child.onLine = (line) => heard.push(line);
    await child.ended;
    const all = ["progress", "line", ...Array.from({ length: 58 }, (_, i) => `${i + 1}`), "last"];
    assertEquals(heard, all);
    assertEquals(child.lines, all.slice(-60));
  },
});

Deno.test({
  name: "FfmpegProcess.ended gives the exit status",
  ignore,
  fn: async () => {
    await using child = run("exit 7");
    assertEquals((await child.ended).code, 7);
  },
});

Deno.test({
  name: "FfmpegProcess carries bytes through its stdin and stdout",
  ignore,
  fn: async () => {
    await using child = run("cat", { stdin: "piped", stdout: "piped" });
    const writer = child.stdin.getWriter();
    await writer.write(Uint8Array.of(0, 1, 255));
    await writer.close();
    assertEquals(await new Response(child.stdout).bytes(), Uint8Array.of(0, 1, 255));
  },
});

Deno.test({
  name:
    "FfmpegProcess[Symbol.asyncDispose]() ends a child that is blocked in a write to its stdout",
  ignore,
  fn: async () => {
    const child = run("echo ready >&2; exec cat /dev/zero", { stdin: "null", stdout: "piped" });
    await printed(child, "ready");
    await child[Symbol.asyncDispose]();
    assertEquals((await child.ended).signal, "SIGTERM");
  },
});

Deno.test({
  name: "FfmpegProcess[Symbol.asyncDispose]() kills a child that ignores SIGTERM",
  ignore,
  fn: async () => {
    const child = run("trap '' TERM; echo ready >&2; exec cat", { stdin: "piped", stdout: "null" });
    const writer = child.stdin.getWriter(); // held, so that the child's stdin stays open
    await printed(child, "ready");
    await child[Symbol.asyncDispose]();
    assertEquals((await child.ended).signal, "SIGKILL");
    await writer.abort().catch(() => {}); // the child has gone
  },
});

Deno.test({
  name: "FfmpegProcess[Symbol.asyncDispose]() does nothing after the child has ended",
  ignore,
  fn: async () => {
    const child = run("exit 3", { stdin: "piped", stdout: "piped" });
    await child.ended;
    await child[Symbol.asyncDispose]();
    await child[Symbol.asyncDispose]();
    assertEquals((await child.ended).code, 3);
  },
});
