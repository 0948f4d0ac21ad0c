import { listArguments, parseDevices } from "../../lib/capture/list_devices.ts";
import { assertEquals } from "../assert.ts";

Deno.test("parseDevices() reads ffmpeg's list of v4l2 cameras", () => {
  const text = `Auto-detected sources for v4l2:
* /dev/video0 [vivid] (none)
  /dev/video2 [HD Pro Webcam [C920]] (none)
  /dev/video4 [] (none)
`;
  assertEquals(parseDevices(text.split("\n"), "linux"), [
    { device: "/dev/video0", label: "vivid" },
    { device: "/dev/video2", label: "HD Pro Webcam [C920]" },
    { device: "/dev/video4", label: "" },
  ]);
});

Deno.test("parseDevices() reads ffmpeg's list of avfoundation cameras, without the microphones", () => {
  const text = `[AVFoundation indev @ 0x7f8] AVFoundation video devices:
[AVFoundation indev @ 0x7f8] [0] FaceTime HD Camera
[AVFoundation indev @ 0x7f8] [1] Capture screen 0
[AVFoundation indev @ 0x7f8] AVFoundation audio devices:
[AVFoundation indev @ 0x7f8] [0] Built-in Microphone
: Input/output error`;
  assertEquals(parseDevices(text.split("\n"), "darwin"), [
    { device: "0", label: "FaceTime HD Camera" },
    { device: "1", label: "Capture screen 0" },
  ]);
});

Deno.test("parseDevices() reads ffmpeg's list of dshow cameras, without the microphones", () => {
  const text = `[dshow @ 000001] "Integrated Camera" (video)
[dshow @ 000001]   Alternative name "@device_pnp_\\\\?\\usb#vid_04f2"
[dshow @ 000001] "Microphone Array (Realtek)" (audio)
[dshow @ 000001]   Alternative name "@device_cm_{33D9}\\wave_{E2}"
dummy: Immediate exit requested`;
  assertEquals(parseDevices(text.split("\n"), "windows"), [
    { device: "Integrated Camera", label: "Integrated Camera" },
  ]);
});

Deno.test("parseDevices() gives no camera for an empty list", () => {
  for (const os of ["linux", "darwin", "windows"] as const) {
    assertEquals(parseDevices(["", "Auto-detected sources for v4l2:", "none"], os), []);
  }
});

Deno.test("listArguments() uses the system's own capture API", () => {
  const systems = ["linux", "darwin", "windows"] as const;
  assertEquals(systems.map((os) => listArguments(os).join(" ")), [
    "-loglevel quiet -sources v4l2",
    "-f avfoundation -list_devices true -i ",
    "-f dshow -list_devices true -i dummy",
  ]);
});

Deno.test("parseDevices() reads dshow's lists of ffmpeg 4.4, and devices with audio and video", () => {
  const old = [
    "[dshow @ 1] DirectShow video devices (some may be both video and audio devices)",
    '[dshow @ 1]  "Integrated Camera"',
    "[dshow @ 1] DirectShow audio devices",
    '[dshow @ 1]  "Microphone"',
  ];
  const camera = { device: "Integrated Camera", label: "Integrated Camera" };
  assertEquals(parseDevices(old, "windows"), [camera]);
  const both = ['[dshow @ 1] "OBS Cam" (audio, video)', '[dshow @ 1] "Mic" (audio)'];
  assertEquals(parseDevices(both, "windows"), [{ device: "OBS Cam", label: "OBS Cam" }]);
});
