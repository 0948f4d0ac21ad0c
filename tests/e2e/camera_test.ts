/** The server and a camera: `ffmpeg` and `v4l2-ctl` are scripts that act as if there was one. */

import { assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { FakeFfmpeg } from "../capture/fake_ffmpeg.ts";
import { startServer } from "./programs.ts";

const ignore = Deno.build.os !== "linux";

/** The first capture ends after a frame, as if the camera was disconnected; the next one goes on. */
const FFMPEG = `
case "$*" in
  *"-h long") echo "-fps_mode  set it"; exit;;
  *-sources*) printf 'Auto-detected sources for v4l2:\\n  /dev/video0 [A Webcam] (none)\\n'; exit;;
  *-list_formats*) echo "[v4l2 @ 0x1] Raw       : yuyv422 : YUYV 4:2:2 : 640x480 1280x720" >&2; exit 1;;
esac
echo "$@" >>"$dir/captures"
printf 'YUV4MPEG2 W16 H16 F30:1 Cmono\\nFRAME\\n'
head -c 256 /dev/zero
[ -e "$dir/lost" ] || { touch "$dir/lost"; echo "[error] ioctl(VIDIOC_DQBUF): No such device" >&2; exit 0; }
exec sleep 1000`;

const V4L2_CTL = `
echo "$@" >>"$dir/asked"
case "$*" in
  *--list-formats-ext)
    printf "[0]: 'YUYV' (YUYV 4:2:2)\\n Size: Discrete 640x480\\n  Interval: Discrete 0.04s (25.000 fps)\\n"
    printf "  Interval: Discrete 0.2s (5.000 fps)\\n";;
  *--list-ctrls-menus)
    echo "auto_exposure 0x1 (menu)   : min=0 max=3 default=3 value=3 (Aperture Priority Mode)"
    printf '\\t\\t\\t\\t1: Manual Mode\\n\\t\\t\\t\\t3: Aperture Priority Mode\\n';;
esac`;

function lines(text: string): string[] {
  return text.trim().split("\n");
}

for (const controls of [[], ["--control", "auto_exposure=1"]]) {
  const title = controls.length > 0 ? "with" : "without";
  Deno.test({
    name:
      `camera: it is opened in its best mode, and in the same one when it is back, ${title} --control`,
    ignore,
    fn: async () => {
      using fake = new FakeFfmpeg(FFMPEG, { "v4l2-ctl": V4L2_CTL });
      await using server = startServer(["-d", "0", ...controls]);
      await server.line(/^\/dev\/video0 captures 640x480 at 25 fps, yuyv422$/);
      await server.line(/^\/dev\/video0 is back after \d+ s$/);
      const captures = lines(fake.read("captures"));
      assertEquals(captures.length, 2);
      for (const capture of captures) {
        assertStringIncludes(
          capture,
          "-f v4l2 -video_size 640x480 -framerate 25 -input_format yuyv422 -i /dev/video0",
        );
      }
      const set = "-d /dev/video0 --set-ctrl auto_exposure=1";
      const list = "-d /dev/video0 --list-formats-ext";
      assertEquals(
        lines(fake.read("asked")),
        controls.length > 0 ? ["-d /dev/video0 --list-ctrls-menus", list, set, set] : [list],
      );
    },
  });
}

Deno.test({
  name: "camera: --list-devices prints sizes and rates, --list-controls the controls",
  ignore,
  fn: async () => {
    using _fake = new FakeFfmpeg(FFMPEG, { "v4l2-ctl": V4L2_CTL });
    const printed = async (...args: string[]) => {
      await using server = startServer(args);
      const { code, stdout, stderr } = await server.end();
      assertEquals([code, stderr], [0, ""]);
      return new TextDecoder().decode(stdout);
    };
    assertEquals(
      await printed("--list-devices"),
      "/dev/video0\tA Webcam\n    640x480    25, 5 fps  yuyv422\n",
    );
    assertEquals(
      await printed("--list-controls"),
      "auto_exposure\tmenu\tmin=0 max=3 default=3 value=3 (Aperture Priority Mode)\n" +
        "    1: Manual Mode\n    3: Aperture Priority Mode\n",
    );
  },
});

Deno.test({
  name: "camera: --list-devices works without v4l2-ctl, and --control names the package",
  ignore,
  fn: async () => {
    using fake = new FakeFfmpeg(FFMPEG);
    const env = { PATH: fake.dir }; // v4l2-ctl may be installed on this host
    await using listing = startServer(["--list-devices"], { env });
    const { code, stdout, stderr } = await listing.end();
    const list = "/dev/video0\tA Webcam\n    640x480    yuyv422\n    1280x720   yuyv422\n";
    assertEquals([code, new TextDecoder().decode(stdout)], [0, list]);
    assertStringIncludes(stderr, "apt install v4l-utils");
    await using server = startServer(["-d", "0", "--control", "gain=1"], { env });
    const end = await server.end();
    assertEquals(end.code, 1);
    assertMatch(end.stderr, /^error: .*\nhint: {2}.*apt install v4l-utils.*$/);
  },
});
