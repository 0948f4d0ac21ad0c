import { assert, assertEquals, assertLess } from "../../assert.ts";
import { readForm } from "../../../lib/serve/web/http_form.ts";

function requestOf(body: ReadableStream<Uint8Array>): Request {
  return new Request("http://127.0.0.1/login", { method: "POST", body });
}

Deno.test("readForm() reads a form that arrives in pieces", async () => {
  const pieces = ["tok", "en=correct", "-horse"].map((text) => new TextEncoder().encode(text));
  const form = await readForm(requestOf(ReadableStream.from(pieces)));
  assert(form instanceof URLSearchParams);
  assertEquals(form.get("token"), "correct-horse");
});

Deno.test("readForm() stops after 4096 bytes of a body without an end (issue 11)", async () => {
  let given = 0;
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      given += 1000;
      controller.enqueue(new Uint8Array(1000));
    },
    cancel: () => void (cancelled = true),
  });
  assertEquals(await readForm(requestOf(endless)), "too long");
  assertLess(given, 10_000);
  assert(cancelled);
});

Deno.test("readForm() gives up on a body that never arrives", async () => {
  let cancelled = false;
  const silent = new ReadableStream<Uint8Array>({ cancel: () => void (cancelled = true) });
  assertEquals(await readForm(requestOf(silent), { timeoutMs: 1 }), "too late");
  assert(cancelled);
});

Deno.test("readForm() takes no body as an empty form", async () => {
  const form = await readForm(new Request("http://127.0.0.1/login", { method: "POST" }));
  assert(form instanceof URLSearchParams);
  assertEquals([...form], []);
});
