import { Failure } from "../../lib/log/failure.ts";
import { checkDirectory, OutputFile } from "../../lib/present/output_file.ts";
import { assertEquals, assertRejects } from "../assert.ts";

async function withDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("OutputFile.check() creates no file, and changes none", () =>
  withDirectory(async (directory) => {
    await OutputFile.check(`${directory}/new.mp4`);
    await checkDirectory(`${directory}/%d.png`);
    assertEquals([...Deno.readDirSync(directory)], []);
    await Deno.writeTextFile(`${directory}/old`, "mine");
    const before = await Deno.stat(`${directory}/old`);
    await OutputFile.check(`${directory}/old`);
    assertEquals(await Deno.readTextFile(`${directory}/old`), "mine");
    assertEquals((await Deno.stat(`${directory}/old`)).mtime, before.mtime);
    await Deno.symlink(`${directory}/nowhere`, `${directory}/link`);
    await OutputFile.check(`${directory}/link`);
    assertEquals([...Deno.readDirSync(directory)].map(({ name }) => name).sort(), ["link", "old"]);
  }));

Deno.test("OutputFile.check() says why a file can't be written", () =>
  withDirectory(async (directory) => {
    const table = [
      [`${directory}/none/film.mp4`, "there is no such directory"],
      [directory, "it is a directory"],
    ];
    for (const [name = "", reason] of table) {
      const failure = await assertRejects(() => OutputFile.check(name), Failure);
      assertEquals(failure.message, `Cannot write "${name}": ${reason}`);
    }
    await assertRejects(() => OutputFile.check(`${directory}/${"x".repeat(300)}`), Failure);
    const name = `${directory}/none/%H.mp4`;
    await assertRejects(() => checkDirectory(name), Failure, "there is no such directory");
  }));
