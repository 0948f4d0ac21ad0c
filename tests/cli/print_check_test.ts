import type { CameraOptions } from "../../lib/cli/camera_options.ts";
import { formatAddresses, formatCamera } from "../../lib/cli/print_check.ts";
import { readServerOptions } from "../../lib/cli/server_options.ts";
import type { Source } from "../../lib/ffmpeg/capture_arguments.ts";
import { assertEquals, assertExists } from "../assert.ts";
import { quietControl } from "./control.ts";

function read(args: string): { camera: CameraOptions; addresses: string } {
  const options = readServerOptions(args.split(" "), quietControl());
  assertExists(options);
  return { camera: options.cameras[0], addresses: formatAddresses(options) };
}

Deno.test("formatCamera() names what is not given", () => {
  const { camera } = read("-d kitchen=0");
  const source: Source = { kind: "device", device: "/dev/video0" };
  assertEquals(
    formatCamera(camera, { source, port: 8888 }),
    `camera:  kitchen
source:  /dev/video0
size:    the size of the source
rate:    the rate of the source
pixels:  gray
filters: none
wire:    raw
port:    8888
`,
  );
});

Deno.test("formatCamera() prints the options of the camera, and no password", () => {
  const { camera } = read("-i rtsp://h/s -r 4x3 -f 12.5 --filter equalize,edges --wire y4m");
  const source: Source = { kind: "stream", input: "rtsp://me:secret@h/s", loop: true, pace: false };
  assertEquals(
    formatCamera({ ...camera, port: 8889 }, { source, port: undefined }),
    `camera:  h
source:  rtsp://h/s, repeated
size:    4x3
rate:    12.5 fps
pixels:  gray
filters: equalize, edges
wire:    y4m
port:    8889
`,
  );
});

Deno.test("formatAddresses() prints where the server listens, and where recordings go", () => {
  assertEquals(read("--test").addresses, "listens: 0.0.0.0:8888\n");
  assertEquals(
    read("-s ::1 -p 9 --http 80").addresses,
    "listens: [::1]:9\nweb:     [::1]:80\n",
  );
  assertEquals(
    read("-s unix:/run/x --http 80").addresses,
    "listens: unix:/run/x\nweb:     127.0.0.1:80\n",
  );
  assertEquals(
    read("--test -p 9 --http 80 --record-dir films").addresses,
    "listens: 0.0.0.0:9\nweb:     0.0.0.0:80\nrecords: films\n",
  );
});
