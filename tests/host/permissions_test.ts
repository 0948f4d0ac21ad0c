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

Deno.test("writeOnlyTo() leaves one directory, through a link too, and the places of unix sockets", async () => {
  const root = await Deno.makeTempDir();
  for (const name of ["films", "sockets", "other"]) await Deno.mkdir(`${root}/${name}`);
  await Deno.symlink(`${root}/films`, `${root}/link`);
  const script = `${root}/script.ts`;
  await Deno.writeTextFile(
    script,
    `import { writeOnlyTo } from ${JSON.stringify(module)};
    const can = () => ["films", "sockets", "other"].filter((name) => {
      try { Deno.writeTextFileSync(\`${root}/\${name}/file\`, ""); return true; } catch { return false; }
    }).join();
    console.log(can());
    await writeOnlyTo(Deno.args[0]);
    console.log(can());`,
  );
  const written = async (...args: string[]) => {
    const allowed = ["--allow-read", `--allow-write=/,${root}/sockets`];
    const command = ["run", "--quiet", "--no-prompt", ...allowed, script, ...args];
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: command }).output();
    return new TextDecoder().decode(stdout).trim().split("\n");
  };
  const all = "films,sockets,other";
  assertEquals(await written(`${root}/link`), [all, "films,sockets"]);
  assertEquals(await written(), [all, "sockets"]);
  await Deno.remove(root, { recursive: true });
});
