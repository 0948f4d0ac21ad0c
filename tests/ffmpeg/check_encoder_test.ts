import { checkEncoder, explain } from "../../lib/ffmpeg/check_encoder.ts";
import { h264EncodersIn, installedH264Encoders } from "../../lib/ffmpeg/h264_encoders.ts";
import { H264_ENCODERS } from "../../lib/ffmpeg/h264_arguments.ts";
import { Failure } from "../../lib/log/failure.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../assert.ts";

Deno.test("checkEncoder() fails for an encoder that ffmpeg does not have", async () => {
  const installed = await installedH264Encoders();
  await checkEncoder("libx264");
  for (const name of H264_ENCODERS.filter((name) => !installed.includes(name))) {
    const failure = await assertRejects(() => checkEncoder(name), Failure);
    assertMatch(failure.message, /^Cannot encode with "\w+": this ffmpeg does not have it$/);
  }
});

Deno.test("explain() gives ffmpeg's first line, which names the reason", () => {
  const { message, hint } = explain("h264_v4l2m2m", [
    "[h264_v4l2m2m @ 0x55d5c5] Could not find a valid device",
    "Error initializing output stream 0:0 -- Error while opening encoder",
  ]);
  assertEquals(
    message,
    'Cannot encode with "h264_v4l2m2m": ffmpeg says: Could not find a valid device',
  );
  assert(hint.includes("--encoder libx264"));
});

Deno.test("h264EncodersIn() reads the list of ffmpeg -encoders", () => {
  const list = [
    " V..... = Video",
    " V....D libx264              libx264 H.264 / AVC (codec h264)",
    " V..... h264_v4l2m2m         V4L2 mem2mem H.264 encoder wrapper (codec h264)",
    " V....D libx264rgb           libx264 H.264 RGB (codec h264)",
    " A....D aac                  AAC",
  ].join("\n");
  assertEquals(h264EncodersIn(list), ["libx264", "h264_v4l2m2m"]);
});
