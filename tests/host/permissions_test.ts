import { assertEquals } from "../assert.ts";
import { FakeFfmpeg } from "../capture/fake_ffmpeg.ts";

const module = new URL("../../lib/host/permissions.ts", import.meta.url).href;

Deno.test("dropPermissions() drops reading files and starting programs and v4l2-ctl, where they are not kept", async () => {
  const script = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(
    script,
    `import { dropPermissions } from ${JSON.stringify(module)};
    const tries = {
      read: () => Deno.readTextFileSync(import.meta.filename),
      env: () => new Deno.Command("env", { args: ["true"] }).outputSync(),
      control: () => new Deno.Command("v4l2-ctl", { args: [] }).outputSync(),
      sh: () => new Deno.Command("sh", { args: ["-c", "true"] }).outputSync(),
    };
    const can = () => Object.entries(tries).filter(([, attempt]) => {
      try { attempt(); return true; } catch (thrown) { return thrown.name !== "NotCapable"; }
    }).map(([name]) => name).join() || "nothing";
    console.log(can());
    await dropPermissions({ reading: true, starting: false, controlling: true });
    console.log(can());
    await dropPermissions({ reading: false, starting: false });
    console.log(can());`,
  );
  using _fake = new FakeFfmpeg("", { "v4l2-ctl": "" });
  const allowed = "--allow-run=sh,env,v4l2-ctl";
  const args = ["run", "--quiet", "--no-prompt", "--allow-read", allowed, script];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  await Deno.remove(script);
  const decoder = new TextDecoder();
  assertEquals(
    decoder.decode(stdout),
    "read,env,control,sh\nread,control,sh\nsh\n",
    decoder.decode(stderr),
  );
});
