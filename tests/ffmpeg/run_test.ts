import { runFfmpeg } from "../../lib/ffmpeg/run.ts";
import { Failure } from "../../lib/log/failure.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import { FakeFfmpeg } from "../capture/fake_ffmpeg.ts";

const ignore = Deno.build.os === "windows"; // no sh there

Deno.test({
  name: "runFfmpeg() gives the input to ffmpeg and returns its output",
  ignore,
  fn: async () => {
    using _fake = new FakeFfmpeg("exec cat");
    const { signal } = new AbortController();
    assertEquals(
      await runFfmpeg([], Uint8Array.of(1, 0, 255), { signal }),
      Uint8Array.of(1, 0, 255),
    );
  },
});

Deno.test({
  name: "runFfmpeg() throws ffmpeg's last message",
  ignore,
  fn: async () => {
    using _fake = new FakeFfmpeg("echo 'not today' >&2; exit 1");
    const { signal } = new AbortController();
    const running = () => runFfmpeg([], new Uint8Array(), { signal });
    await assertRejects(running, Failure, "ffmpeg says: not today");
  },
});

Deno.test({
  name: "runFfmpeg() ends on abort, before and while ffmpeg runs",
  ignore,
  fn: async () => {
    using _fake = new FakeFfmpeg("exec >&-; exec sleep 1000");
    const controller = new AbortController();
    const { signal } = controller;
    const running = runFfmpeg([], new Uint8Array(2 ** 20), { signal });
    running.catch(() => {});
    controller.abort();
    await assertRejects(() => running, Failure, "ffmpeg was stopped before it finished");
    const again = () => runFfmpeg([], new Uint8Array(), { signal });
    await assertRejects(again, Failure, "ffmpeg was stopped before it finished");
  },
});
