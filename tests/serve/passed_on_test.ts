import { type Ending, Latest } from "../../lib/frame/latest.ts";
import { PassedOn } from "../../lib/serve/passed_on.ts";
import { assertEquals } from "../assert.ts";
import { keptLog } from "../log/kept_log.ts";

/** Pictures that are passed on, and an encoder that counts its viewers. */
class Bench implements AsyncDisposable {
  readonly source = new Latest<string>();
  readonly encoder = new Latest<string>();
  readonly output = new Latest<string>();
  isThere = true;
  ending: Ending | undefined;
  readonly kept = keptLog();
  encoders = 0;
  readonly #stop = new AbortController();
  readonly #reader = this.output.reader(this.#stop);
  readonly passedOn: PassedOn<string>;

  constructor({ canEncode = true, fault = "" } = {}) {
    this.passedOn = new PassedOn({
      passed: () => this.isThere ? this.source : undefined,
      encode: () => {
        if (fault) throw new Error(fault);
        if (!canEncode) return undefined;
        this.encoders++;
        return { pictures: this.encoder, [Symbol.dispose]: () => void this.encoders-- };
      },
      output: this.output,
      ending: () => this.ending,
      kind: "JPEG",
      log: this.kept.log,
    });
  }

  async next(): Promise<string | undefined> {
    return (await this.#reader.take())?.value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.passedOn[Symbol.asyncDispose]();
  }
}

Deno.test("PassedOn passes on what the source sends, and encodes nothing", async () => {
  await using bench = new Bench();
  using _watch = bench.passedOn.watch();
  bench.source.put("a");
  assertEquals(await bench.next(), "a");
  bench.source.put("b");
  assertEquals([await bench.next(), bench.encoders], ["b", 0]);
});

Deno.test("PassedOn encodes while the source sends nothing, and until its first picture is there again", async () => {
  await using bench = new Bench();
  using _watch = bench.passedOn.watch();
  bench.source.put("a");
  await bench.next();
  bench.source.put("lost");
  await bench.next();
  bench.isThere = false;
  bench.source.clear();
  bench.encoder.put("NO SIGNAL");
  assertEquals([await bench.next(), bench.encoders], ["NO SIGNAL", 1]);
  bench.isThere = true;
  bench.encoder.put("still encoded");
  assertEquals([await bench.next(), bench.encoders], ["still encoded", 1]);
  bench.source.put("back");
  assertEquals([await bench.next(), bench.encoders], ["back", 0]);
});

Deno.test("PassedOn waits for the source where nothing can be encoded", async () => {
  await using bench = new Bench({ canEncode: false });
  bench.isThere = false;
  using _watch = bench.passedOn.watch();
  const next = bench.next();
  bench.isThere = true;
  bench.source.put("a");
  assertEquals(await next, "a");
});

Deno.test("PassedOn does nothing while nobody watches, and shows no old picture to the next viewer", async () => {
  await using bench = new Bench();
  {
    using _watch = bench.passedOn.watch();
    bench.source.put("a");
    assertEquals(await bench.next(), "a");
  }
  bench.source.clear();
  bench.isThere = false;
  using _again = bench.passedOn.watch();
  bench.encoder.put("b");
  assertEquals(await bench.next(), "b");
});

Deno.test("PassedOn ends with the source, after its last picture", async () => {
  await using bench = new Bench();
  using _watch = bench.passedOn.watch();
  bench.source.put("last");
  bench.source.end("failed");
  assertEquals([await bench.next(), await bench.next()], ["last", undefined]);
  assertEquals(bench.output.ending, "failed");
});

Deno.test("PassedOn ends with a source whose last picture was cleared before it was read", async () => {
  await using bench = new Bench();
  using _watch = bench.passedOn.watch();
  bench.source.put("a");
  assertEquals(await bench.next(), "a");
  bench.source.put("cleared");
  bench.source.clear();
  bench.source.end("over");
  assertEquals([await bench.next(), bench.output.ending], [undefined, "over"]);
});

Deno.test("PassedOn ends with an encoder whose last picture was cleared before it was read", async () => {
  await using bench = new Bench();
  bench.isThere = false;
  using _watch = bench.passedOn.watch();
  bench.encoder.put("a");
  assertEquals(await bench.next(), "a");
  bench.encoder.put("cleared");
  bench.encoder.clear();
  bench.encoder.end("failed");
  assertEquals([await bench.next(), bench.output.ending], [undefined, "failed"]);
});

Deno.test("PassedOn that is disposed of says why the stream has ended, or that it was removed", async () => {
  for (const [ending, told] of [["over", "over"], [undefined, "removed"]] as const) {
    const bench = new Bench();
    bench.ending = ending;
    await bench[Symbol.asyncDispose]();
    assertEquals(bench.output.ending, told);
  }
});

Deno.test("PassedOn warns of a failure and goes on until nobody watches", async () => {
  await using bench = new Bench({ fault: "no encoder" });
  bench.isThere = false;
  const { promise, resolve } = Promise.withResolvers<string>();
  bench.kept.log.warn = resolve;
  using _watch = bench.passedOn.watch();
  const line = "passing on the JPEG of the source failed and starts again in 1 s: no encoder";
  assertEquals([await promise, bench.output.ending], [line, undefined]);
});
