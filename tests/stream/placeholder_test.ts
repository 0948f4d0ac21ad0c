import { grayFormat } from "../../lib/frame/frame_format.ts";
import { drawNoSignal } from "../../lib/stream/placeholder.ts";
import { publicName } from "../../lib/stream/public_name.ts";
import { assertEquals, assertNotEquals } from "../assert.ts";

Deno.test("publicName() leaves out the folder of a film, and keeps devices and URLs", () => {
  const names = [
    ["/films/secret/film.mkv", "film.mkv"],
    ["film.mkv", "film.mkv"],
    ["/dev/v4l/by-id/camera", "/dev/v4l/by-id/camera"],
    ["rtsp://garden.local/stream", "rtsp://garden.local/stream"],
    ["test picture", "test picture"],
  ] as const;
  for (const [name, expected] of names) assertEquals(publicName(name), expected);
});

Deno.test("drawNoSignal() shows the public name of the source", () => {
  const format = grayFormat({ width: 640, height: 240 });
  // In the future: how long ago it was is a part of the picture.
  const outage = { since: new Date("2999-11-25T12:00:00Z"), why: "it ended" };
  const draw = (name: string) => drawNoSignal(format, { ...outage, name });
  assertEquals(draw("/films/secret/film.mkv"), draw("film.mkv"));
  assertNotEquals(draw("/films/secret/film.mkv"), draw("secret.mkv"));
});
