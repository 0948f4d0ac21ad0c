import { grayFormat } from "../../lib/frame/frame_format.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { Lossless } from "../../lib/frame/lossless.ts";
import { PublishedStream } from "../../lib/serve/published_stream.ts";
import type { Hello, Wire } from "../../lib/wire/hello.ts";
import { assert, assertEquals } from "../assert.ts";
import { keptLog } from "../log/kept_log.ts";
import { MemoryStream } from "../stream/memory_stream.ts";

const color = { width: 5, height: 3, pixels: "yuv420p" } as const;
const gray = grayFormat(color);

function publish({ wire = "raw", format = color }: {
  wire?: Wire;
  format?: typeof color | typeof gray;
} = {}): PublishedStream {
  const { log } = keptLog();
  const stream = new MemoryStream({ ...format, fps: 30 });
  return new PublishedStream(stream, {
    ...{ wire, quality: 90, holds: false, id: "0123456789ab", log },
  });
}

const hello: Hello = { wire: "y4m", ack: true };

for (const [wire, pixels] of [["raw", "gray"], ["y4m", "yuv420p"], ["mjpeg", "yuv420p"]] as const) {
  Deno.test(`PublishedStream.describe() gives ${pixels} to a silent client with --wire ${wire}`, async () => {
    await using published = publish({ wire });
    const format = { ...color, pixels };
    assertEquals(published.describe(undefined), { wire, format, fps: 30 });
    await using without = publish({ wire, format: gray });
    assertEquals(without.describe(undefined), { wire, format: gray, fps: 30 });
  });
}

for (const wire of ["raw", "y4m", "mjpeg"] as const) {
  Deno.test(`PublishedStream.describe() gives colors in ${wire} only to a client that requests them`, async () => {
    await using published = publish({ wire: "y4m" });
    const describe = (asked: Partial<Hello>) => published.describe({ ...hello, wire, ...asked });
    assertEquals(describe({}), { wire, format: gray, fps: 30 });
    const told = { wire, fps: 30, tellsPixels: true };
    assertEquals(describe({ pixels: "gray" }), { ...told, format: gray });
    assertEquals(describe({ pixels: "yuv420p" }), { ...told, format: color });
  });
}

Deno.test("PublishedStream.describe() tells a client that requests colors of a gray stream what it gets", async () => {
  await using published = publish({ format: gray });
  const told = { wire: "y4m", fps: 30, tellsPixels: true, format: gray } as const;
  assertEquals(published.describe({ ...hello, pixels: "yuv420p" }), told);
  assertEquals(published.describe({ ...hello, pixels: "gray" }), told);
});

Deno.test("PublishedStream.subscribeJpegs() has one encoder for each kind of pixels, and one alone for a gray stream", async () => {
  await using published = publish();
  await using without = publish({ format: gray });
  using inColor = published.subscribeJpegs();
  using inGray = published.subscribeJpegs({ gray: true });
  using again = published.subscribeJpegs({ gray: true });
  assert(inColor.frames !== inGray.frames);
  assert(inGray.frames === again.frames);
  using first = without.subscribeJpegs();
  using second = without.subscribeJpegs({ gray: true });
  assert(first.frames === second.frames);
});

Deno.test("PublishedStream starts the encoder of gray JPEGs for the first client that gets some", async () => {
  const { debug, log } = keptLog();
  const options = { wire: "raw", quality: 90, holds: false, id: "0123456789ab", log } as const;
  await using published = new PublishedStream(new MemoryStream(color), options);
  const { signal } = new AbortController();
  const starts = async (pixels: Hello["pixels"]) => {
    const hello = { wire: "mjpeg", ack: false, pixels } as const;
    const client = published.subscribe(published.describe(hello), { hello, signal });
    await Promise.resolve();
    return { client, count: debug.filter((line) => /encoder starts/.test(line)).length };
  };
  const viewers = [await starts("yuv420p"), await starts("yuv420p"), await starts(undefined)];
  assertEquals(viewers.map(({ count }) => count), [1, 1, 2]);
  for (const { client } of viewers) client[Symbol.dispose]();
});

Deno.test("PublishedStream.refusal() says why a client gets no H.264, and nothing of other formats", async () => {
  const { log } = keptLog();
  const encoder = Deno.build.os === "darwin" ? "h264_v4l2m2m" : "h264_videotoolbox";
  const options = { wire: "raw", quality: 90, holds: false, id: "0123456789ab", log } as const;
  await using without = new PublishedStream(new MemoryStream(color), { ...options, encoder });
  const asked = { wire: "h264", ack: true } as const;
  assertEquals(await without.refusal(asked), {
    ...{ kind: "no such format", error: "wire" },
    message: `the server's ffmpeg has no ${encoder}, the encoder of H.264`,
  });
  assertEquals(await without.refusal(hello), undefined);
  assertEquals(await without.refusal(undefined), undefined);
  const film = new MemoryStream({ frames: new Lossless<Frame>({ members: 0 }) });
  await using lossless = new PublishedStream(film, { ...options, wire: "h264" });
  const message = "H.264 would change the pictures of a lossless stream";
  assertEquals((await lossless.refusal(undefined))?.message, message);
});
