import { CameraSet } from "../../lib/cli/camera_set.ts";
import type { CameraOptions } from "../../lib/cli/camera_options.ts";
import type { CameraSource } from "../../lib/cli/camera_source.ts";
import { readServerOptions } from "../../lib/cli/server_options.ts";
import { StreamServer } from "../../lib/serve/stream_server.ts";
import { abortedOr } from "../../lib/async/aborted.ts";
import { assertEquals, assertExists } from "../assert.ts";
import { settle } from "../async/manual_clock.ts";
import { MemoryStream } from "../stream/memory_stream.ts";
import { quietControl } from "./control.ts";

/** A camera in memory, which notes what becomes of it in `events`. */
class MemoryCamera extends MemoryStream implements CameraSource {
  readonly meter = { frames: 1, rate: () => 0 };
  readonly filterStatus = undefined;
  /** Delays the end of `run` after an abort. */
  readonly closing = Promise.withResolvers<void>();
  readonly #label: string;
  readonly #events: string[];

  constructor(label: string, events: string[]) {
    super();
    this.#label = label;
    this.#events = events;
  }

  override async run(control?: { signal: AbortSignal }): Promise<void> {
    const { signal } = control ?? new AbortController();
    await abortedOr(this.frames.ended, signal);
    if (signal.aborted) await this.closing.promise;
    this.#events.push(`${this.#label} run over`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#events.push(`${this.#label} closed`);
    return Promise.resolve();
  }
}

/** Options of test cameras with these names; `b=5` has another rate. */
function optionsOf(...names: string[]): CameraOptions[] {
  const options = readServerOptions(["--test"], quietControl());
  assertExists(options);
  const [camera] = options.cameras;
  return names.map((text) => {
    const [name = "", fps] = text.split("=");
    return { ...camera, name, ...(fps && { fps: Number(fps) }) };
  });
}

/** A running set; `gates` are waited for when a camera of that name is opened. */
async function runningSet(names: string[]) {
  const control = quietControl();
  const stop = new AbortController();
  const events: string[] = [];
  const lines: string[] = [];
  const opened = new Map<string, MemoryCamera>();
  const gates = new Map<string, Promise<void>>();
  control.log.info = (line) => lines.push(line);
  const server = await StreamServer.open({
    ...{ wireAt: undefined, webAt: undefined, tls: undefined, unixMode: undefined, stall: 10 },
    ...{ wire: "raw", quality: 90, holds: false, log: control.log },
    ...{ allow: undefined, token: undefined, maxClients: 4, maxPerHost: 4 },
  });
  const openSource = async ({ name }: CameraOptions) => {
    events.push(`${name} opens`);
    await gates.get(name);
    const camera = new MemoryCamera(name, events);
    opened.set(name, camera);
    return camera;
  };
  const { signal } = stop;
  const set = await CameraSet.open(optionsOf(...names), {
    ...{ server, log: control.log, openSource, signal },
  });
  const running = set.run({ signal });
  const end = async () => {
    stop.abort();
    for (const camera of opened.values()) camera.closing.resolve();
    await running;
    await set[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  return { set, events, lines, opened, gates, end };
}

Deno.test("CameraSet.replace() closes a camera after its run has ended, then opens the others in parallel", async () => {
  const { set, events, opened, gates, end } = await runningSet(["a", "b", "c"]);
  events.length = 0;
  const slow = Promise.withResolvers<void>();
  gates.set("b", slow.promise);
  const replacing = set.replace(optionsOf("d", "b=5", "c"));
  await settle();
  assertEquals(events, []);
  opened.get("a")?.closing.resolve();
  await settle();
  assertEquals(events, ["a run over", "a closed"]);
  opened.get("b")?.closing.resolve();
  await settle();
  assertEquals(events.slice(2, 4), ["b run over", "b closed"]);
  assertEquals(events.slice(4), ["d opens", "b opens"]);
  assertEquals(opened.has("d"), true); // it did not wait for b
  slow.resolve();
  const changes = { added: 1, changed: 1, removed: 1, failed: 0, unchanged: 1 };
  assertEquals(await replacing, changes);
  assertEquals(set.named.map(([name]) => name), ["d", "b", "c"]);
  await end();
});

Deno.test("CameraSet logs that one of several cameras has ended", async () => {
  const { lines, opened, end } = await runningSet(["a", "b"]);
  opened.get("a")?.frames.end("over");
  await settle();
  assertEquals(lines, ["camera a has ended"]);
  await end();
  assertEquals(lines, ["camera a has ended"]);
});
