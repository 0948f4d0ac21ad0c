import {
  formatOffers,
  readAvfoundationModes,
  readChangedRate,
  readDshowList,
  readV4l2CtlFormats,
  readV4l2List,
} from "../../lib/ffmpeg/camera_offers.ts";
import type { CameraOffer } from "../../lib/ffmpeg/camera_mode.ts";
import { assertEquals } from "../assert.ts";

function shown(offers: CameraOffer[]): string[] {
  return formatOffers(offers).map((line) => line.trim().replace(/ +/g, " "));
}

/** From a webcam, v4l2-ctl 1.22, shortened. */
const V4L2_CTL = `ioctl: VIDIOC_ENUM_FMT
	Type: Video Capture

	[0]: 'MJPG' (Motion-JPEG, compressed)
		Size: Discrete 1280x720
			Interval: Discrete 0.033s (30.000 fps)
			Interval: Discrete 0.067s (15.000 fps)
	[1]: 'YUYV' (YUYV 4:2:2)
		Size: Discrete 640x480
			Interval: Discrete 0.033s (30.000 fps)
		Size: Discrete 1280x720
			Interval: Discrete 0.080s (12.500 fps)
	[2]: 'H264' (H.264, compressed)
		Size: Discrete 1920x1080
			Interval: Discrete 0.033s (30.000 fps)
	[3]: 'XR15-BE' (16-bit XRGB 1-5-5-5 BE)
		Size: Discrete 320x180
`;

Deno.test("readV4l2CtlFormats() reads formats, sizes and rates, without formats that are not used", () => {
  assertEquals(shown(readV4l2CtlFormats(V4L2_CTL.split("\n"))), [
    "1280x720 30, 15 fps mjpeg",
    "640x480 30 fps yuyv422",
    "1280x720 12.5 fps yuyv422",
  ]);
});

Deno.test("readV4l2CtlFormats() reads the list of versions before 1.14", () => {
  const text = `ioctl: VIDIOC_ENUM_FMT
	Index       : 0
	Type        : Video Capture
	Pixel Format: 'YUYV'
	Name        : YUYV 4:2:2
		Size: Discrete 160x120
			Interval: Discrete 0.033s (30.000 fps)`;
  assertEquals(shown(readV4l2CtlFormats(text.split("\n"))), ["160x120 30 fps yuyv422"]);
});

Deno.test("readV4l2CtlFormats() reads ranges of sizes and rates", () => {
  const text = `	[0]: 'YU12' (Planar YUV 4:2:0)
		Size: Stepwise 32x32 - 2592x1944 with step 2/2
	[1]: 'NV12' (Y/UV 4:2:0)
		Size: Continuous 32x32 - 640x480
			Interval: Continuous 0.017s - 1.000s (1.000-60.000 fps)
	[2]: 'GREY' (8-bit Greyscale)
		Size: Discrete 64x64
			Interval: Stepwise 0.033s - 1.000s with step 0.033s (1.000-30.000 fps)`;
  const offers = readV4l2CtlFormats(text.split("\n"));
  assertEquals(offers[0]?.range?.step, { width: 2, height: 2 });
  assertEquals(offers[1]?.range?.step, { width: 1, height: 1 });
  assertEquals(shown(offers), [
    "32x32 to 2592x1944 yuv420p",
    "32x32 to 640x480 1 to 60 fps nv12",
    "64x64 1 to 30 fps gray",
  ]);
});

Deno.test("readV4l2List() reads ffmpeg's list of formats and sizes, which has no rates", () => {
  const text =
    `[video4linux2,v4l2 @ 0x557d5d318780] Raw       :     yuyv422 :           YUYV 4:2:2 : 640x480 1280x720
[video4linux2,v4l2 @ 0x557d5d318780] Raw       : Unsupported :           YVYU 4:2:2 : 320x180 640x360
[video4linux2,v4l2 @ 0x557d5d318780] Compressed:       mjpeg :          Motion-JPEG : 640x480 1920x1080
[in#0 @ 0x557d5d318780] Error opening input: Immediate exit requested
/dev/video0: Immediate exit requested`;
  assertEquals(shown(readV4l2List(text.split("\n"))), [
    "640x480 yuyv422, mjpeg",
    "1280x720 yuyv422",
    "1920x1080 mjpeg",
  ]);
});

Deno.test("readV4l2List() reads ranges of sizes", () => {
  const line = "[video4linux2,v4l2 @ 0x1] Raw       :     yuv420p :     Planar YUV 4:2:0 : " +
    "{32-2592, 2}x{32-1944, 2}";
  assertEquals(readV4l2List([line]), [{
    format: "yuv420p",
    size: { width: 2592, height: 1944 },
    range: { least: { width: 32, height: 32 }, step: { width: 2, height: 2 } },
    rates: [],
  }]);
});

Deno.test("readDshowList() reads ffmpeg's list of formats, sizes and rates", () => {
  const text = `[dshow @ 0000024fc7a0e9c0] DirectShow video device options (from video devices)
[dshow @ 0000024fc7a0e9c0]  Pin "Capture" (alternative pin name "0")
[dshow @ 0000024fc7a0e9c0]   vcodec=mjpeg  min s=1280x720 fps=5 max s=1280x720 fps=30.0003 (pc, bt470bg/bt709/unknown, center)
[dshow @ 0000024fc7a0e9c0]   vcodec=mjpeg  min s=1280x720 fps=5 max s=1280x720 fps=30.0003
[dshow @ 0000024fc7a0e9c0]   pixel_format=yuyv422  min s=640x480 fps=15 max s=640x480 fps=30
[dshow @ 0000024fc7a0e9c0]   unknown compression type 0x3032344D  min s=640x480 fps=15 max s=640x480 fps=30
video=Integrated Camera: Immediate exit requested`;
  assertEquals(shown(readDshowList(text.split("\n"))), [
    "1280x720 5 to 30 fps mjpeg",
    "640x480 15 to 30 fps yuyv422",
  ]);
});

Deno.test("readAvfoundationModes() reads the modes in ffmpeg's error message", () => {
  const text = `[avfoundation @ 0x7f8] Selected video size (1x1) is not supported by the device.
[avfoundation @ 0x7f8] Supported modes:
[avfoundation @ 0x7f8]   640x480@[15.000000 30.000000]fps
[avfoundation @ 0x7f8]   1280x720@[30.000030 30.000030]fps
0:none: Input/output error`;
  assertEquals(shown(readAvfoundationModes(text.split("\n"))), [
    "640x480 15 to 30 fps",
    "1280x720 30 fps",
  ]);
});

Deno.test("readChangedRate() reads the rate that a driver has chosen", () => {
  const line =
    "[video4linux2,v4l2 @ 0x1] [info] The driver changed the time per frame from 1/30 to 2/15";
  assertEquals(readChangedRate(line), 7.5);
  assertEquals(readChangedRate("[info] Input #0"), undefined);
});
