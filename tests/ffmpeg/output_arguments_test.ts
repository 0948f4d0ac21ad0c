import { fileEnding, outputArguments, streamScheme } from "../../lib/ffmpeg/output_arguments.ts";
import { matroskaFrame, matroskaHead } from "../../lib/ffmpeg/matroska.ts";
import { assert, assertEquals } from "../assert.ts";

Deno.test("fileEnding() and streamScheme() tell what ffmpeg is to write", () => {
  assertEquals(["a.mp4", "A.MP4", "a.m4v", "a.jpeg", "a.mkv"].map(fileEnding), [
    ...["mp4", "mp4", "mp4", "jpg", "mkv"],
  ]);
  assertEquals(["a.gray", "a", "constructor", "a.constructor"].map(fileEnding), [
    ...[undefined, undefined, undefined, undefined],
  ]);
  assertEquals(["rtmp://h/x", "SRT://h:1", "file:///x", "x.mp4"].map(streamScheme), [
    ...["rtmp", "srt", undefined, undefined],
  ]);
});

Deno.test("outputArguments() never takes a file's name for an option or a protocol", () => {
  for (const name of ["-y.mp4", "concat:a.mp4", "a b.mkv", "http:x.webm"]) {
    assertEquals(outputArguments({ name, fps: 30, first: 1 }).at(-1), `file:${name}`);
  }
});

Deno.test("matroskaHead() and matroskaFrame() are what ffmpeg reads: size, format, times, pixels", async () => {
  const size = { width: 300, height: 200 };
  const pixels = new Uint8Array(300 * 200).map((_, i) => i % 251);
  const times = [0, 33, 5000, 70_000_000];
  const film = new Blob([
    matroskaHead(size),
    ...times.flatMap((time) => [matroskaFrame(size, time), pixels]),
  ]);
  const read = async (program: string, args: string[]) => {
    const child = new Deno.Command(program, {
      ...{ args, stdin: "piped", stdout: "piped", stderr: "null" },
    }).spawn();
    const [output] = await Promise.all([child.output(), film.stream().pipeTo(child.stdin)]);
    return output.stdout;
  };
  const entries = "stream=codec_name,width,height,pix_fmt:packet=pts_time";
  const probe = ["-f", "matroska", "-i", "pipe:0", "-show_entries", entries, "-of", "csv=p=0"];
  const words = new TextDecoder().decode(await read("ffprobe", probe)).trim().split("\n");
  assertEquals(words.at(-1), "rawvideo,300,200,gray");
  assertEquals(words.slice(0, -1).map((word) => 1000 * parseFloat(word)), times);
  const raw = await read("ffmpeg", [
    ...["-f", "matroska", "-i", "pipe:0", "-vsync", "passthrough", "-f", "rawvideo", "pipe:1"],
  ]);
  assertEquals(raw.length, times.length * pixels.length);
  assert(raw.every((byte, i) => byte === pixels[i % pixels.length]));
});
