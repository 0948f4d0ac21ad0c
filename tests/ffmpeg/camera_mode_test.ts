import { type CameraOffer, chooseMode, formatMode } from "../../lib/ffmpeg/camera_mode.ts";
import { parseFrameSize } from "../../lib/frame/frame_size.ts";
import { assertEquals } from "../assert.ts";

/** `640x480` as a size. */
function sizeOf(text: string) {
  return parseFrameSize(text)!;
}

function offer(format: string | undefined, size: string, ...rates: number[]): CameraOffer {
  return {
    format,
    size: sizeOf(size),
    rates: rates.map((rate) => ({ least: rate, most: rate })),
  };
}

/** A usual webcam on USB 2: raw frames are slow above 640x480. */
const WEBCAM = [
  offer("mjpeg", "640x480", 30, 15),
  offer("mjpeg", "1280x720", 30, 15),
  offer("mjpeg", "1920x1080", 30, 15),
  offer("yuyv422", "640x480", 30, 25, 15),
  offer("yuyv422", "640x360", 30),
  offer("yuyv422", "320x180", 30, 60),
  offer("yuyv422", "1280x720", 10, 5),
  offer("h264", "1280x720", 60),
];

function chosen(offers: CameraOffer[], size?: string, fps?: number): string | undefined {
  const mode = chooseMode(offers, { size: size === undefined ? undefined : sizeOf(size), fps });
  return mode && formatMode(mode);
}

Deno.test("chooseMode() takes 640x480 at up to 30 fps if nothing is asked for", () => {
  assertEquals(chosen(WEBCAM), "640x480 at 30 fps, yuyv422");
});

Deno.test("chooseMode() takes raw frames if they reach the rate, and MJPEG otherwise", () => {
  assertEquals(chosen(WEBCAM, "1280x720"), "1280x720 at 30 fps, mjpeg");
  assertEquals(chosen(WEBCAM, "1280x720", 10), "1280x720 at 10 fps, yuyv422");
  assertEquals(chosen(WEBCAM, "1920x1080", 5), "1920x1080 at 15 fps, mjpeg");
});

Deno.test("chooseMode() takes the highest rate up to the one asked for, or the lowest above it", () => {
  assertEquals(chosen(WEBCAM, "640x480", 29), "640x480 at 25 fps, yuyv422");
  assertEquals(chosen(WEBCAM, "640x480", 29.97), "640x480 at 30 fps, yuyv422");
  assertEquals(chosen(WEBCAM, "640x480", 5), "640x480 at 15 fps, yuyv422");
  assertEquals(chosen(WEBCAM, "320x180", 60), "320x180 at 60 fps, yuyv422");
});

Deno.test("chooseMode() takes the smallest size that covers the one asked for, of its shape if there is one", () => {
  assertEquals(chosen(WEBCAM, "320x240"), "640x480 at 30 fps, yuyv422");
  assertEquals(chosen(WEBCAM, "300x100"), "320x180 at 30 fps, yuyv422");
  assertEquals(chosen(WEBCAM, "4096x2160"), "1920x1080 at 30 fps, mjpeg");
  assertEquals(chosen([offer("gray", "400x300", 20)]), "400x300 at 20 fps, gray");
});

Deno.test("chooseMode() finds a size within a range of sizes, on its steps", () => {
  const range = { least: sizeOf("16x16"), step: { width: 8, height: 2 } };
  const offers = [{ ...offer("yuyv422", "1920x1080", 30), range }];
  assertEquals(chosen(offers), "640x480 at 30 fps, yuyv422");
  assertEquals(chosen(offers, "321x241"), "328x242 at 30 fps, yuyv422");
  assertEquals(chosen(offers, "4x3"), "16x16 at 30 fps, yuyv422");
});

Deno.test("chooseMode() finds a rate within a range of rates", () => {
  const offers = [{ ...offer("nv12", "640x480"), rates: [{ least: 5, most: 60 }] }];
  assertEquals(chosen(offers), "640x480 at 30 fps, nv12");
  assertEquals(chosen(offers, "640x480", 90), "640x480 at 60 fps, nv12");
  assertEquals(chosen(offers, "640x480", 1), "640x480 at 5 fps, nv12");
  const inexact = [{ ...offer("nv12", "640x480"), rates: [{ least: 5, most: 30.0003 }] }];
  assertEquals(chooseMode(inexact, {})?.fps, 30);
});

Deno.test("chooseMode() asks for the rate if it is unknown, raw first", () => {
  const offers = [offer("mjpeg", "640x480"), offer("uyvy422", "640x480")];
  assertEquals(chooseMode(offers, { fps: 25 }), {
    format: "uyvy422",
    size: sizeOf("640x480"),
    fps: 25,
    isKnown: false,
  });
});

Deno.test("chooseMode() takes a mode without a format, and gives none for formats that are not used", () => {
  assertEquals(chosen([offer(undefined, "1280x720", 30)]), "1280x720 at 30 fps");
  assertEquals(
    chosen([offer("h264", "1280x720", 30), offer("bayer_bggr8", "640x480", 30)]),
    undefined,
  );
  assertEquals(chosen([]), undefined);
});

Deno.test("chooseMode() takes gray frames for colors only if the camera has no others", () => {
  const infrared = offer("gray", "640x480", 30);
  const offers = [infrared, offer("rgb24", "640x480", 30), offer("mjpeg", "640x480", 15)];
  assertEquals(chooseMode(offers, {})?.format, "gray");
  assertEquals(chooseMode(offers, { color: true })?.format, "rgb24");
  assertEquals(chooseMode([infrared], { color: true })?.format, "gray");
});
