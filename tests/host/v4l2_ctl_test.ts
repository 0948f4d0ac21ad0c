import { runV4l2Ctl, V4l2CtlMissing } from "../../lib/host/v4l2_ctl.ts";
import { Failure } from "../../lib/log/failure.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import { FakeFfmpeg } from "../capture/fake_ffmpeg.ts";

const ignore = Deno.build.os === "windows"; // no sh there
const { signal } = new AbortController();

Deno.test({
  name: "runV4l2Ctl() gives the lines of stdout, and the last line of stderr as the message",
  ignore,
  fn: async () => {
    using _fake = new FakeFfmpeg("", { "v4l2-ctl": 'echo "$@"; echo; echo no >&2; exit 3' });
    assertEquals(await runV4l2Ctl("/dev/video7", ["-L"], { signal }), {
      success: false,
      lines: ["-d /dev/video7 -L"],
      message: "no",
    });
  },
});

Deno.test({
  name: "runV4l2Ctl() names the package if v4l2-ctl is missing",
  ignore,
  fn: async () => {
    const path = Deno.env.get("PATH") ?? "";
    Deno.env.set("PATH", "/nowhere");
    try {
      const missing = await assertRejects(
        () => runV4l2Ctl("/dev/video7", [], { signal }),
        V4l2CtlMissing,
      );
      assertEquals(missing.hint.includes("apt install v4l-utils"), true);
    } finally {
      Deno.env.set("PATH", path);
    }
  },
});

Deno.test({
  name: "runV4l2Ctl() kills a v4l2-ctl that does not end, at its limit and on abort",
  ignore,
  fn: async () => {
    using _fake = new FakeFfmpeg("", { "v4l2-ctl": "exec sleep 1000" });
    await assertRejects(
      () => runV4l2Ctl("/dev/video7", [], { signal, limit: 1 }),
      Failure,
      'v4l2-ctl does not answer for "/dev/video7"',
    );
    const reason = new Error("enough");
    const running = runV4l2Ctl("/dev/video7", [], { signal: AbortSignal.abort(reason) });
    await assertRejects(() => running, Error, "enough");
  },
});
