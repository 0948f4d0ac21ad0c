import { nameOfSource, nameSources, readNamed } from "../../lib/cli/camera_names.ts";
import { assertEquals } from "../assert.ts";

const none = { exists: () => false };

Deno.test("readNamed() reads NAME=VALUE", () => {
  const table: [text: string, name: string | undefined, value: string][] = [
    ["kitchen=0", "kitchen", "0"],
    ["front-door_2=/dev/video2", "front-door_2", "/dev/video2"],
    ["door=rtsp://h/s?a=b", "door", "rtsp://h/s?a=b"],
    ["cam=USB Camera", "cam", "USB Camera"],
    ["/dev/video0", undefined, "/dev/video0"],
    ["rtsp://h/s?a=b", undefined, "rtsp://h/s?a=b"],
    ["USB Camera=2", undefined, "USB Camera=2"],
    ["C:\\films\\a=b.mp4", undefined, "C:\\films\\a=b.mp4"],
    ["./a=b.mp4", undefined, "./a=b.mp4"],
    ["kitchen=", undefined, "kitchen="],
    ["=0", undefined, "=0"],
  ];
  for (const [text, name, value] of table) {
    const source = readNamed("input", text, none);
    assertEquals([source.name, source.value], [name, value], text);
  }
});

Deno.test("readNamed() takes the name of a file as it is", () => {
  const exists = (path: string) => path === "a=b.mp4";
  assertEquals(readNamed("input", "a=b.mp4", { exists }), { option: "input", value: "a=b.mp4" });
});

Deno.test("nameOfSource() makes a name from the device", () => {
  const table: [device: string, os: typeof Deno.build.os, name: string][] = [
    ["0", "linux", "video0"],
    ["/dev/video12", "linux", "video12"],
    ["/dev/v4l/by-id/usb-046d_HD Pro-index0", "linux", "usb-046d_HD-Pro-index0"],
    ["0", "darwin", "camera0"],
    ["Caméra (2)", "windows", "Camera-2"],
    ["カメラ", "windows", "camera"],
  ];
  for (const [value, os, name] of table) {
    assertEquals(nameOfSource({ option: "device", value }, { os }), name, value);
  }
});

Deno.test("nameOfSource() makes a name from the file or the URL", () => {
  const table: [input: string, name: string][] = [
    ["door.mp4", "door"],
    ["/films/front door.v2.mkv", "front-door-v2"],
    ["C:\\films\\door.mp4", "door"],
    ["file:/films/door.mp4", "door"],
    [".hidden", "hidden"],
    ["-", "stdin"],
    ["rtsp://garden.local/stream", "garden"],
    ["rtsp://me:secret@garden.local:8554/stream", "garden"],
    ["rtsp://10.0.0.7:554/h264?ch=1", "10-0-0-7"],
    ["http://[::1]:8080/video", "1"],
    ["https://host.example/films/door.mp4?t=1", "door"],
    ["framewire://attic/roof", "roof"],
    ["framewire://attic:9000", "attic"],
    ["udp://@:1234", "udp-1234"],
    [`${"a".repeat(99)}.mp4`, "a".repeat(40)],
  ];
  for (const [value, name] of table) {
    assertEquals(nameOfSource({ option: "input", value }, { os: "linux" }), name, value);
  }
});

Deno.test("nameSources() makes the names unique and keeps those that are given", () => {
  const sources = ["door.mp4", "b=x.mp4", "/a/door.mp4", "door-2=y.mp4", "b.mp4"]
    .map((text) => readNamed("input", text, none));
  assertEquals(nameSources(sources, { os: "linux" }), ["door", "b", "door-3", "door-2", "b-2"]);
});
