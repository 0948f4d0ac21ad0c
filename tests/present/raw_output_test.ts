import { Failure } from "../../lib/log/failure.ts";
import { RawOutput } from "../../lib/present/raw_output.ts";
import { placeFrame } from "../frame/place_frame.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";

/** Runs `test` with the name of a directory that is removed afterwards. */
async function withDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const frames = [0, 1, 2].map((sequence) => placeFrame({ sequence }));

Deno.test("RawOutput.write() writes the frames back to back, into an emptied file", () =>
  withDirectory(async (directory) => {
    const name = `${directory}/film.gray`;
    await Deno.writeFile(name, new Uint8Array(1000).fill(255));
    {
      await using output = await RawOutput.open(name);
      for (const frame of frames) assert(await output.write(frame));
    }
    const bytes = frames.flatMap(({ pixels }) => [...pixels]);
    assertEquals([...await Deno.readFile(name)], bytes);
  }));

Deno.test("RawOutput.write() writes the head and the line before each frame, and counts the bytes", () =>
  withDirectory(async (directory) => {
    const name = `${directory}/film.y4m`;
    const [head, line] = [new TextEncoder().encode("HEAD\n"), new TextEncoder().encode("FRAME\n")];
    await using output = await RawOutput.open(name, { head, line });
    for (const frame of frames) await output.write(frame);
    const size = 5 + 3 * (6 + 12);
    assertEquals([output.progress.bytes, output.progress.frames], [size, 3]);
    assertEquals((await Deno.readTextFile(name)).match(/FRAME\n/g)?.length, 3);
    assertEquals((await Deno.stat(name)).size, size);
  }));

Deno.test("RawOutput.open() says why a file can't be written", () =>
  withDirectory(async (directory) => {
    const table = [
      [`${directory}/none/film.gray`, "there is no such directory"],
      [directory, "it is a directory"],
    ];
    for (const [name = "", reason] of table) {
      const failure = await assertRejects(() => RawOutput.open(name), Failure);
      assertEquals(failure.message, `Cannot write "${name}": ${reason}`);
    }
  }));

Deno.test({
  name: "RawOutput.write() says that the disk is full, and how many frames are whole",
  ignore: Deno.build.os !== "linux", // /dev/full
  fn: async () => {
    await using output = await RawOutput.open("/dev/full");
    const failure = await assertRejects(() => output.write(placeFrame({ sequence: 2 })), Failure);
    assertEquals(failure.message, 'Cannot write to "/dev/full" after 0 frames: the disk is full');
    assert(failure.hint.includes("0 frames"), failure.hint);
  },
});

Deno.test({
  name: "RawOutput.write() cuts the file to whole frames where one does not fit",
  ignore: Deno.build.os !== "linux", // a limit of the file's size
  fn: () =>
    withDirectory(async (directory) => {
      const name = `${directory}/film.y4m`;
      const module = new URL("../../lib/present/raw_output.ts", import.meta.url).href;
      // 1024 bytes at the most: 5 + 10 * (6 + 94), and a part of the next one.
      const script = `
        import { RawOutput } from "${module}";
        const [head, line] = [new Uint8Array(5), new Uint8Array(6)];
        const output = await RawOutput.open("${name}", { head, line });
        const pixels = new Uint8Array(94);
        for (;;) await output.write({ pixels, width: 94, height: 1, sequence: 0, capturedAt: 0 });`;
      await Deno.writeTextFile(`${directory}/write.ts`, script);
      const command = `ulimit -f 1; trap "" XFSZ; exec "$0" run -A --quiet ${directory}/write.ts`;
      const { success, stderr } = await new Deno.Command("bash", {
        args: ["-c", command, Deno.execPath()],
      }).output();
      assert(!success);
      assert(new TextDecoder().decode(stderr).includes("after 10 frames"));
      assertEquals((await Deno.stat(name)).size, 5 + 10 * (6 + 94));
    }),
});

Deno.test({
  name: "RawOutput.open() refuses a named pipe: the wait for its reader could not be ended",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withDirectory(async (directory) => {
      const name = `${directory}/pipe`;
      await new Deno.Command("mkfifo", { args: [name] }).output();
      const failure = await assertRejects(() => RawOutput.open(name), Failure);
      assert(failure.message.includes("it is a pipe"), failure.message);
    }),
});

Deno.test("RawOutput.open() leaves an old file alone until the first frame", () =>
  withDirectory(async (directory) => {
    const name = `${directory}/film.gray`;
    await Deno.writeFile(name, new Uint8Array(100));
    await (await RawOutput.open(name))[Symbol.asyncDispose]();
    assertEquals((await Deno.stat(name)).size, 100);
    await using output = await RawOutput.open(name);
    await output.write(placeFrame());
    assertEquals((await Deno.stat(name)).size, 12);
  }));
