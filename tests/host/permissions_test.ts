import { assertEquals } from "../assert.ts";

const module = new URL("../../lib/host/permissions.ts", import.meta.url).href;

Deno.test("dropPermissions() drops reading files and starting programs, where they are not kept", async () => {
  const script = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(
    script,
    `import { dropPermissions } from ${JSON.stringify(module)};
    const tries = {
      read: () => Deno.readTextFileSync(import.meta.filename),
      env: () => new Deno.Command("env", { args: ["true"] }).outputSync(),
      sh: () => new Deno.Command("sh", { args: ["-c", "true"] }).outputSync(),
    };
    const can = () => Object.entries(tries).filter(([, attempt]) => {
      try { attempt(); return true; } catch (thrown) { return thrown.name !== "NotCapable"; }
    }).map(([name]) => name).join() || "nothing";
    console.log(can());
    await dropPermissions({ reading: true, starting: false });
    console.log(can());
    await dropPermissions({ reading: false, starting: false });
    console.log(can());`,
  );
  const args = ["run", "--quiet", "--no-prompt", "--allow-read", "--allow-run=sh,env", script];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  await Deno.remove(script);
  const decoder = new TextDecoder();
  assertEquals(decoder.decode(stdout), "read,env,sh\nread,sh\nsh\n", decoder.decode(stderr));
});
