import { UsageError } from "../../lib/cli/option_table.ts";
import { formatCamera } from "../../lib/cli/print_check.ts";
import { camerasOf, rereadCameras } from "../../lib/cli/server_options.ts";
import { assertEquals, assertStringIncludes, assertThrows } from "../assert.ts";
import { optionsOf, withFile } from "./server_file.ts";

const file = `hours = "mon-fri 07:00-18:30"
time-zone = "Europe/Berlin"
[camera.a]
test = true
[camera.b]
test = true
hours = ["sat 09:00-12:00", "sun 10:00-11:00"]
time-zone = "UTC"
`;

/** The error of a file with this text. */
function errorOf(text: string): UsageError {
  return withFile(text, (file) => assertThrows(() => optionsOf("--config", file), UsageError));
}

Deno.test("--hours: a camera's table has its own hours and time zone, or those of the file", () => {
  withFile(file, (path) => {
    const options = optionsOf("--config", path);
    const cameras = camerasOf(options);
    assertEquals(cameras.map(({ hours, timeZone }) => [hours?.text, timeZone]), [
      ["mon-fri 07:00-18:30", "Europe/Berlin"],
      ["sat 09:00-12:00,sun 10:00-11:00", "UTC"],
    ]);
    assertStringIncludes(
      formatCamera(cameras[0], { source: { kind: "test" }, port: undefined }),
      "hours:   mon-fri 07:00-18:30 (Europe/Berlin)\n",
    );
    Deno.writeTextFileSync(path, file.replace("18:30", "17:00"));
    assertEquals(rereadCameras(options)[0].hours?.text, "mon-fri 07:00-17:00");
  });
});

Deno.test("--hours: what is no range, and no time zone, is an error with the line of the file", () => {
  const hours = errorOf('[camera.a]\ntest = true\nhours = "mon-fri"\n');
  assertStringIncludes(hours.message, "line 3: ");
  assertStringIncludes(hours.message, '"mon-fri 07:00-18:30, sat 09:00-12:00"; "mon-fri" is none');
  const zone = errorOf('[camera.a]\ntest = true\ntime-zone = "Berlin"\n');
  assertStringIncludes(
    zone.message,
    "wanted the name of a time zone, such as Europe/Berlin or UTC",
  );
});

Deno.test("--hours: a source that cannot be opened again, or is captured elsewhere, cannot have hours", () => {
  const hours = ["--hours", "07:00-18:30"];
  const table: [args: string[], why: string][] = [
    [["-i", "framewire://pi/a"], "the other server captures it"],
    [["-i", "-"], "stdin cannot be opened again"],
    [["-i", "a.mp4", "--lossless"], "--lossless sends every frame"],
  ];
  for (const [args, why] of table) {
    const { message } = assertThrows(() => optionsOf(...args, ...hours), UsageError);
    assertStringIncludes(message, why);
  }
  const masked = ["-d", "7", "--mask", "0,0,1,1", ...hours];
  const { message } = assertThrows(() => optionsOf(...masked), UsageError);
  assertStringIncludes(message, "if it is closed at the start, the size of its picture is unknown");
});
