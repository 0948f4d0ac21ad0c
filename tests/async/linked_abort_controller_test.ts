import { LinkedAbortController } from "../../lib/async/linked_abort_controller.ts";
import { assertEquals } from "../assert.ts";

Deno.test("LinkedAbortController aborts with its parent, with the parent's reason, or alone", () => {
  const parent = new AbortController();
  using one = new LinkedAbortController(parent.signal);
  using two = new LinkedAbortController(parent.signal);
  two.abort("two");
  assertEquals([parent.signal.aborted, one.signal.aborted], [false, false]);
  parent.abort("parent");
  assertEquals([one.signal.reason, two.signal.reason], ["parent", "two"]);
  using late = new LinkedAbortController(parent.signal);
  assertEquals(late.signal.reason, "parent");
});

Deno.test("LinkedAbortController is detached from its parent after dispose", () => {
  const parent = new AbortController();
  const child = new LinkedAbortController(parent.signal);
  child[Symbol.dispose]();
  parent.abort();
  assertEquals(child.signal.aborted, false);
});

Deno.test("LinkedAbortController is not garbage-collected while its signal has a listener", async () => {
  const module = new URL("../../lib/async/linked_abort_controller.ts", import.meta.url).href;
  const script = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(
    script,
    `import { LinkedAbortController } from ${JSON.stringify(module)};
    const parent = new AbortController();
    function listen() {
      new LinkedAbortController(parent.signal).signal.addEventListener("abort", () => console.log("heard"));
    }
    listen();
    for (let i = 0; i < 3; i++) { await new Promise((r) => setTimeout(r, 10)); globalThis.gc(); }
    parent.abort();`,
  );
  const args = ["run", "--no-check", "--quiet", "--v8-flags=--expose-gc", script];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
  await Deno.remove(script);
  assertEquals(new TextDecoder().decode(stdout), "heard\n");
});
