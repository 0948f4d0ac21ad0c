import { assertEquals } from "../assert.ts";

const module = new URL("../../lib/cli/give_up_reading.ts", import.meta.url).href;

Deno.test("giveUpReading() leaves a program that can't read files", async () => {
  const script = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(
    script,
    `import { giveUpReading } from ${JSON.stringify(module)};
    const read = () => Deno.readTextFileSync(import.meta.filename);
    read();
    await giveUpReading();
    try { read(); } catch (thrown) { console.log(thrown.name); }`,
  );
  const args = ["run", "--quiet", "--no-prompt", "--allow-read", script];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  await Deno.remove(script);
  const decoder = new TextDecoder();
  assertEquals(decoder.decode(stdout).trim(), "NotCapable", decoder.decode(stderr));
});
