import { StreamInfo } from "../../lib/ffmpeg/stream_info.ts";
import { assertEquals } from "../assert.ts";

function sizeOf(text: string) {
  const info = new StreamInfo();
  for (const line of text.split("\n")) info.read(line);
  return info.size;
}

Deno.test("StreamInfo.read() takes the size of the input's video, not of the output's", () => {
  const camera = (indent: string, level: string) =>
    `${level}Input #0, video4linux2,v4l2, from '/dev/video0':
${level}  Duration: N/A, start: 27.125, bitrate: 147456 kb/s
${level}${indent}Stream #0:0: Video: rawvideo (YUY2 / 0x32595559), yuyv422, 320x180, 25 fps, 25 tbr
${level}Output #0, yuv4mpegpipe, to 'pipe:1':
${level}${indent}Stream #0:0: Video: wrapped_avframe, gray, 320x240, q=2-31, 30 fps`;
  // 4.x indents by four, 5.0 and later by two.
  for (const indent of ["  ", "    "]) {
    for (const level of ["", "[info] "]) {
      assertEquals(sizeOf(camera(indent, level)), { width: 320, height: 180 });
    }
  }
});

Deno.test("StreamInfo.read() takes the first video stream of a file with audio and several video streams", () => {
  const text = `Input #0, mov,mp4,m4a, from 'movie.mp4':
  Stream #0:0[0x1](und): Audio: aac (LC) (mp4a / 0x6134706D), 48000 Hz, stereo, fltp, 128 kb/s
  Stream #0:1[0x2](eng): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709), 4x3, 25 fps
  Stream #0:2[0x0]: Video: mjpeg (Baseline), yuvj420p(pc), 500x500, 90k tbr, 90k tbn`;
  assertEquals(sizeOf(text), { width: 4, height: 3 });
  assertEquals(sizeOf("  Stream #0:0: Video: rawvideo, gray, 9x9, 9 fps"), undefined);
});
