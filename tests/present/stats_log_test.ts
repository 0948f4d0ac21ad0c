import { grayFormat } from "../../lib/frame/frame_format.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { formatFigures, StatsLog } from "../../lib/present/stats_log.ts";
import { Failure } from "../../lib/log/failure.ts";
import { StreamStats } from "../../lib/stats/stream_stats.ts";
import { MemoryStream } from "../stream/memory_stream.ts";

const figures = {
  ...{ seconds: 1, frames: 30, fps: 30, skipped: 0, placeholders: 0, bytes: 2304000 },
  age: undefined,
};
const state = { wire: "y4m", format: grayFormat({ width: 320, height: 240 }), offset: undefined };

for (const [filterMs, filter] of [[undefined, null], [12.3456, 12.35], [0, 0]] as const) {
  Deno.test(`formatFigures() gives ${filter} as the milliseconds in the filters`, () => {
    const line = JSON.parse(formatFigures(figures, { ...state, filterMs }));
    assertEquals(line.filter, filter);
  });
}

const source = { stats: new StreamStats(), state: () => state };
const { signal } = new AbortController();

Deno.test("StatsLog.run() writes a line each interval and a last one when the frames end", async () => {
  const file = await Deno.makeTempFile();
  const stream = new MemoryStream();
  // Each `then` on the long promise would be a reaction that stays for as long as the stream runs.
  const { ended } = stream.frames;
  let reactions = 0;
  const then = ended.then;
  ended.then = function <A, B>(...args: Parameters<typeof then<A, B>>) {
    reactions++;
    return then.apply(this, args) as Promise<A | B>;
  };
  let lines = 0;
  const enough = Promise.withResolvers<void>();
  const counted = () => {
    if (++lines === 5) enough.resolve();
    return state;
  };
  const log = new StatsLog(file, { ...source, state: counted }, { intervalMs: 1 });
  const running = log.run(stream, { signal });
  await enough.promise;
  stream.frames.end();
  await running;
  const text = await Deno.readTextFile(file);
  assertEquals(text.trimEnd().split("\n").length, lines);
  assert(reactions <= 1, `${reactions} reactions to one promise`);
  await Deno.remove(file);
});

Deno.test({
  name: "StatsLog.run() throws where a line can't be written",
  ignore: Deno.build.os !== "linux", // /dev/full
  fn: async () => {
    const log = new StatsLog("/dev/full", source, { intervalMs: 1 });
    const message = 'Cannot write to "/dev/full": the disk is full';
    await assertRejects(() => log.run(new MemoryStream(), { signal }), Failure, message);
  },
});
