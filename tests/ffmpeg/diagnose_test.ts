import type { Source } from "../../lib/ffmpeg/capture_arguments.ts";
import {
  diagnose,
  firstError,
  lastWords,
  lossOf,
  wasInterrupted,
} from "../../lib/ffmpeg/diagnose.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";

const device: Source = { kind: "device", device: "/dev/video0" };
const stream: Source = { kind: "stream", input: "INPUT", loop: false, pace: false };

/** What ffmpeg 7.1 prints behind the first line when an input can't be opened. */
function opening71(text: string, name = "/dev/video0"): string[] {
  return [
    `[in#0 @ 0x5581] Error opening input: ${text}`,
    `Error opening input file ${name}.`,
    `Error opening input files: ${text}`,
  ];
}

const V4L2 = "[video4linux2,v4l2 @ 0x55bf0bff8980]";

/** What is printed first (by 7.1 too), the system's text, what it means, what to do. */
const CAMERA_FAILURES: [first: string, text: string, meaning: string, hint: RegExp][] = [
  [
    `${V4L2} Cannot open video device /dev/video0: No such file or directory`,
    "No such file or directory",
    "there is no such camera",
    /--list-devices/,
  ],
  [
    `${V4L2} Cannot open video device /dev/video0: Permission denied`,
    "Permission denied",
    "this user is not allowed to open the camera",
    /group/,
  ],
  ["", "Device or resource busy", "another program is using the camera", /fuser -v \/dev\/video0/],
  [
    `${V4L2} ioctl(VIDIOC_QUERYCAP): Inappropriate ioctl for device`,
    "Inappropriate ioctl for device",
    "this is not a camera",
    /--list-devices/,
  ],
  [
    `${V4L2} Cannot find a proper format for codec 'mjpeg' (id 7), pixel format 'none' (id -1)`,
    "Invalid argument",
    "the camera does not support this size, rate or format",
    /--list-devices/,
  ],
  [
    `${V4L2} ioctl(VIDIOC_STREAMON): No space left on device`,
    "No space left on device",
    "USB has not enough bandwidth left for this mode of the camera",
    /smaller size/,
  ],
  [
    `${V4L2} ioctl(VIDIOC_DQBUF): No such device`,
    "No such device",
    "the camera was disconnected",
    /plug/,
  ],
  [
    `${V4L2} ioctl(VIDIOC_DQBUF): Input/output error`,
    "Input/output error",
    "reading failed (input/output error)",
    /cable/,
  ],
];

Deno.test("diagnose() gives the reason why a camera cannot be opened, from ffmpeg 5.1 and 7.1", () => {
  for (const [first, text, meaning, hint] of CAMERA_FAILURES) {
    const head = first ? [first] : [];
    const said = { "5.1": [...head, `/dev/video0: ${text}`], "7.1": [...head, ...opening71(text)] };
    for (const [version, lines] of Object.entries(said)) {
      const failure = diagnose(lines, device, "/dev/video0");
      assertEquals(failure.message, `Cannot capture "/dev/video0": ${meaning}`, version);
      assertMatch(failure.hint, hint, version);
    }
  }
});

/** As ffmpeg 5.1.9 printed them; INPUT is the input's name. */
const INPUT_FAILURES: [lines: string[], meaning: string][] = [
  [["INPUT: No such file or directory"], "there is no such file"],
  [["INPUT: Permission denied"], "this user is not allowed to read it"],
  [["INPUT: Is a directory"], "it is a directory"],
  [
    [
      "[mov,mp4,m4a,3gp,3g2,mj2 @ 0x55] Format mov,mp4 detected only with low score of 1",
      "[mov,mp4,m4a,3gp,3g2,mj2 @ 0x55] moov atom not found",
      "INPUT: Invalid data found when processing input",
    ],
    "ffmpeg does not recognize it as video",
  ],
  [
    ["Stream map '0:v:0' matches no streams.", "To ignore this, add a trailing '?' to the map."],
    "it contains no video",
  ],
  [
    ["[tcp @ 0x55] Connection to INPUT failed: Connection refused", "INPUT: Connection refused"],
    "the connection was refused",
  ],
  [
    [
      "[tcp @ 0x55] Failed to resolve hostname camera.invalid: Name or service not known",
      "INPUT: Input/output error",
    ],
    "the host was not found",
  ],
  [["INPUT: Connection timed out"], "the host does not respond"],
  [["INPUT: Network is unreachable"], "the host does not respond"],
  [
    ["INPUT: Server returned 401 Unauthorized (authorization failed)"],
    "the server refused the request (not authorized)",
  ],
  [
    ["[http @ 0x55] HTTP error 403 Forbidden", "INPUT: Server returned 403 Forbidden"],
    "the server refused the request (not authorized)",
  ],
  [
    ["[http @ 0x55] HTTP error 404 Not Found", "INPUT: Server returned 404 Not Found"],
    "the server has no such file (404)",
  ],
  [
    [
      "[http @ 0x55] HTTP error 500 Internal Server Error",
      "INPUT: Server returned 5XX Server Error reply",
    ],
    "the server answered with an error",
  ],
  [["INPUT: Protocol not found"], "ffmpeg does not know this protocol"],
  [
    ["Unrecognized option 'nonsense'.", "Error splitting the argument list: Option not found"],
    "ffmpeg does not accept the --input-options",
  ],
  [["Unknown input format: 'nonsense'"], "ffmpeg does not accept the --input-options"],
  [["INPUT: Input/output error"], "reading failed (input/output error)"],
];

Deno.test("diagnose() gives the reason why a file or URL cannot be opened, from ffmpeg 5.1 and 7.1", () => {
  for (const [lines, meaning] of INPUT_FAILURES) {
    const text = /^INPUT: (.*)$/.exec(lines.at(-1) ?? "")?.[1];
    const newer = text ? [...lines.slice(0, -1), ...opening71(text, "INPUT")] : lines;
    for (const said of [lines, newer]) {
      const failure = diagnose(said, stream, "INPUT");
      assertEquals(failure.message, `Cannot capture "INPUT": ${meaning}`, said.join("\n"));
      assert(failure.hint !== "" && !/\bNAME\b/.test(failure.hint), failure.hint);
    }
  }
});

Deno.test("diagnose() puts the name into the hint's commands", () => {
  const { hint } = diagnose(["x: Invalid data found when processing input"], stream, "a b.mp4");
  assertStringIncludes(hint, "ffprobe 'a b.mp4'");
});

Deno.test("diagnose() gives ffmpeg's last message where no rule matches", () => {
  const lines = ["[in#0 @ 0x55] before", "[vist#0:0/h264 @ 0x55] Something unheard of"];
  assertEquals(
    diagnose([], stream, "INPUT").message,
    'Cannot capture "INPUT": ffmpeg says: it ended without a message',
  );
  const { message } = diagnose(lines, device, "/dev/video0");
  assertEquals(message, 'Cannot capture "/dev/video0": ffmpeg says: Something unheard of');
});

Deno.test("lastWords() removes the part of ffmpeg, its address, and passwords", () => {
  assertEquals(lastWords(["first", "[mov,mp4 @ 0x55] moov atom not found"]), "moov atom not found");
  assertEquals(lastWords(["[x11] Could not open"]), "[x11] Could not open");
  assertEquals(lastWords(["rtsp://me:secret@camera: 401"]), "rtsp://camera: 401");
  assertEquals(lastWords([]), "it ended without a message");
});

Deno.test("lossOf() finds the reason why a live source broke, from ffmpeg 5.1 and 7.1", () => {
  const harmless = "ioctl(VIDIOC_QBUF): Bad file descriptor";
  const summary = "video:9kB audio:0kB subtitle:0kB other streams:0kB global headers:0kB";
  for (const text of ["No such device", "Input/output error"]) {
    const older = [`${V4L2} ioctl(VIDIOC_DQBUF): ${text}`, `/dev/video0: ${text}`, summary];
    const newer = [`[in#0/video4linux2,v4l2 @ 0x55] Error during demuxing: ${text}`, harmless];
    assertEquals([lossOf(older), lossOf([...newer, summary])], [text, text]);
  }
});

Deno.test("lossOf() gives the last loss, which ended ffmpeg", () => {
  const lines = ["Input/output error", "No such device"].map((text) =>
    `${V4L2} ioctl(VIDIOC_DQBUF): ${text}`
  );
  assertEquals(lossOf(lines), "No such device");
});

Deno.test("lossOf() ignores other lines", () => {
  const corrupted = `${V4L2} Dequeued v4l2 buffer contains corrupted data (460800 bytes).`;
  const lines = [corrupted, "ioctl(VIDIOC_QBUF): Bad file descriptor", "Stream mapping:"];
  assertEquals(lossOf(lines), undefined);
});

Deno.test("wasInterrupted() recognizes an end by a signal", () => {
  assert(wasInterrupted(["video:9kB", "Exiting normally, received signal 15."]));
  assert(!wasInterrupted(["  title : Exiting normally, received signal 15.", "video:9kB"]));
});

Deno.test("diagnose() does not change a name with replacement patterns", () => {
  const source = { kind: "file", input: "file:a$&b", loop: false, pace: true } as const;
  const failure = diagnose(["file:a$&b: Invalid data found when processing input"], source, "a$&b");
  assertEquals(failure.hint, "check it with: ffprobe 'a$&b'");
});

Deno.test("diagnose() reports wrong options before errors of the camera", () => {
  const lines = [
    "Error setting option video_size to value abc.",
    "/dev/video0: Invalid argument",
  ];
  const failure = diagnose(lines, { kind: "device", device: "/dev/video0" }, "/dev/video0");
  assertEquals(
    failure.message,
    'Cannot capture "/dev/video0": ffmpeg does not accept the --input-options',
  );
});

Deno.test("firstError() gives the first error of any part of ffmpeg", () => {
  const lines = [
    "[info] Input #0, mov, from 'film.mp4':",
    "[mov,mp4,m4a,3gp,3g2,mj2 @ 0x55] [error] stream 0, offset 0x57e7: partial file",
    "[h264 @ 0x56] [error] Invalid NAL unit size (1024 > 3).",
    "[swscaler @ 0x57] [warning] deprecated pixel format used",
  ];
  assertEquals(firstError(lines), "stream 0, offset 0x57e7: partial file");
  assertEquals(
    firstError(["[info] Title: [error] is not one", "[error] film.mp4: broken"]),
    "film.mp4: broken",
  );
  assertEquals(firstError(lines.slice(0, 1)), undefined);
});

Deno.test("diagnose() explains an mp4 file on stdin whose index is at its end", () => {
  const pipe = { kind: "stream", input: "pipe:0", loop: false, pace: false } as const;
  const lines = [
    "[mov,mp4,m4a,3gp,3g2,mj2 @ 0x55c5] [error] stream 0, offset 0x30: partial file",
    "[error] pipe:0: Invalid data found when processing input",
  ];
  const { message, hint } = diagnose(lines, pipe, "stdin");
  assertStringIncludes(message, "the index of the mp4 file is at its end");
  assertStringIncludes(hint, "-movflags +faststart");
});

Deno.test("diagnose() gives hints that work as commands, for a pipe and the test picture", () => {
  const pipe = { kind: "stream", input: "pipe:0", loop: false, pace: false } as const;
  const damaged = diagnose(["pipe:0: Invalid data found when processing input"], pipe, "stdin");
  assertStringIncludes(damaged.hint, '--input-options "-f rawvideo');
  const options = diagnose(["Unrecognized option 'x'."], { kind: "test" }, "test picture");
  assertEquals(options.hint, "ffmpeg -h long lists its options, ffmpeg -formats its formats");
});

Deno.test("diagnose() names a missing -video_size", () => {
  const lines = ["[IMGUTILS @ 0x7f] Picture size 0x0 is invalid", "pipe:: Invalid argument"];
  const { message, hint } = diagnose(lines, stream, "stdin");
  assertStringIncludes(message, "-video_size is missing");
  assertStringIncludes(hint, "-video_size 320x240");
});

Deno.test("diagnose() reports a directory in the same way as a camera and as a file", () => {
  const lines = ["/tmp: Is a directory"];
  const device = diagnose(lines, { kind: "device", device: "/tmp" }, "/tmp");
  const file = diagnose(lines, { kind: "file", input: "/tmp", loop: false, pace: true }, "/tmp");
  assertEquals([device.message, device.hint], [file.message, file.hint]);
  assertEquals(device.message, 'Cannot capture "/tmp": it is a directory');
});

Deno.test("firstError() ignores messages of a decoder before the first picture", () => {
  const missing = "[h264 @ 0x56] [error] non-existing PPS 0 referenced";
  const output = "[info] Output #0, yuv4mpegpipe, to 'pipe:1':";
  assertEquals(firstError([missing, missing, output]), undefined);
  assertEquals(firstError([missing, output, "[h264 @ 0x56] [error] no frame!"]), "no frame!");
  const cut = "[in#0/matroska,webm @ 0x57] [error] File ended prematurely";
  assertEquals(firstError([missing, cut, output]), "File ended prematurely");
});

/** What ffmpeg 5.1 and 9.0 print where the copy of what the source sends is not taken. */
const COPIES = [
  "[flv @ 0x56] [error] Tag [7][0][0][0] incompatible with output codec id '7' ([0][0][0][0])",
  "[flv @ 0x56] [error] Video codec hevc not compatible with flv",
  "[mpjpeg @ 0x56] [error] mpjpeg muxer supports only codec mjpeg for type video",
  "[tee @ 0x56] [error] Slave '[onfail=ignore:f=flv]unix:/d/h264': error writing header: Invalid data found when processing input",
  "[tee @ 0x56] [error] Slave muxer #2 failed: Connection reset by peer, continuing with 2/3 slaves.",
  "[flv @ 0x56] [warning] Failed to update header with correct duration.",
];

Deno.test("diagnose(), lossOf() and lastWords() leave out what ffmpeg says about copies", () => {
  const source = { kind: "stream", input: "rtsp://h/", loop: false, pace: false } as const;
  const lines = ["[error] the decoder is broken", ...COPIES];
  assertEquals(
    diagnose(lines, source, "rtsp://h/").message,
    'Cannot capture "rtsp://h/": ffmpeg says: the decoder is broken',
  );
  assertEquals(lastWords(lines), "the decoder is broken");
  assertEquals(lossOf(COPIES), undefined);
});
