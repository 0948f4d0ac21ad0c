import { parseVideoStream, StreamInfo } from "../../lib/ffmpeg/stream_info.ts";
import { assertEquals } from "../assert.ts";

function streamInfoOf(text: string): StreamInfo {
  const info = new StreamInfo();
  for (const line of text.split("\n")) info.read(line);
  return info;
}

/** What ffmpeg 5.1 prints for a camera. */
const CAMERA = `[video4linux2,v4l2 @ 0x55] The V4L2 driver changed the video from 320x240 to 320x180
Input #0, video4linux2,v4l2, from '/dev/video0':
  Duration: N/A, start: 27.125, bitrate: 147456 kb/s
  Stream #0:0: Video: rawvideo (YUY2 / 0x32595559), yuyv422, 320x180, 147456 kb/s, 25 fps, 25 tbr
Stream mapping:
  Stream #0:0 -> #0:0 (rawvideo (native) -> rawvideo (native))
Output #0, rawvideo, to 'pipe:1':
  Metadata:
    encoder         : Lavf59.27.100
  Stream #0:0: Video: rawvideo (Y800 / 0x30303859), gray(pc), 320x240, q=2-31, 737 kb/s, 30 fps
    Metadata:
      encoder         : Lavc59.37.100 rawvideo`;

Deno.test("StreamInfo.read() tells the input's video from the output's", () => {
  const { input, output } = streamInfoOf(CAMERA);
  assertEquals(input, { codec: "rawvideo", size: { width: 320, height: 180 }, fps: 25 });
  assertEquals(output, { codec: "rawvideo", size: { width: 320, height: 240 }, fps: 30 });
});

Deno.test("StreamInfo.read() takes the first video of a file with sound and several pictures", () => {
  const { input, output } = streamInfoOf(`Input #0, mov,mp4,m4a, from 'movie.mp4':
  Stream #0:0[0x1](und): Audio: aac (LC) (mp4a / 0x6134706D), 48000 Hz, stereo, fltp, 128 kb/s
  Stream #0:1[0x2](eng): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709), 4x3, 25 fps
  Stream #0:2[0x0]: Video: mjpeg (Baseline), yuvj420p(pc), 500x500, 90k tbr, 90k tbn`);
  assertEquals(input, { codec: "h264", size: { width: 4, height: 3 }, fps: 25 });
  assertEquals(output, undefined);
});

Deno.test("StreamInfo.read() believes neither metadata nor what comes before a section", () => {
  const forged = "Stream #0:0: Video: rawvideo, gray, 9x9, 9 fps";
  const info = streamInfoOf(`  ${forged}
Input #0, matroska,webm, from 'movie.mkv':
  Metadata:
    title           : a
                    :   ${forged}
    comment         : Output #0, rawvideo
  Stream #0:0: Video: vp9, yuv420p, 4x3, 30 fps, 30 tbr`);
  assertEquals(info.input, { codec: "vp9", size: { width: 4, height: 3 }, fps: 30 });
  assertEquals(info.output, undefined);
});

Deno.test("parseVideoStream() reads codec, size and rate", () => {
  const table: [string, string, number, number, number | undefined][] = [
    ["h264 (High), yuv420p, 1920x1080 [SAR 1:1 DAR 16:9], 29.97 fps", "h264", 1920, 1080, 29.97],
    ["mjpeg (MJPG / 0x47504A4D), yuvj422p, 640x480, 30 fps", "mjpeg", 640, 480, 30],
    ["rawvideo, gray, 4x3, 1k fps, 1k tbr", "rawvideo", 4, 3, 1000],
    ["png, rgba(pc), 16x8, 25 tbr, 25 tbn", "png", 16, 8, undefined],
    ["h264, yuv420p, 4x3", "h264", 4, 3, undefined],
  ];
  for (const [text, codec, width, height, fps] of table) {
    const stream = parseVideoStream(`  Stream #0:0: Video: ${text}`);
    assertEquals(stream, { codec, size: { width, height }, fps });
  }
});

Deno.test("parseVideoStream() gives undefined for lines of other kinds", () => {
  const lines = [
    "",
    "  Stream #0:0: Audio: pcm_s16le, 44100 Hz, mono, s16, 705 kb/s",
    "  Stream #0:0: Video: h264, none, 90k tbr, 90k tbn",
    "  Stream #0:0: Video: h264, yuv420p, 0x0, 25 fps",
    "  Stream #0:0 -> #0:0 (rawvideo (native) -> rawvideo (native))",
    "    Stream #0:0: Video: rawvideo, gray, 4x3, 30 fps",
  ];
  for (const line of lines) assertEquals(parseVideoStream(line), undefined, line);
});
