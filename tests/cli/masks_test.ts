import { captureRequest } from "../../lib/cli/capture_request.ts";
import { UsageError } from "../../lib/cli/option_table.ts";
import { formatCamera } from "../../lib/cli/print_check.ts";
import { camerasOf, rereadCameras } from "../../lib/cli/server_options.ts";
import { assertEquals, assertStringIncludes, assertThrows } from "../assert.ts";
import { quietControl } from "./control.ts";
import { optionsOf, withFile } from "./server_file.ts";

const corner = { x: 0, y: 0, width: 12, height: 8 };
const middle = { x: 20, y: 20, width: 3, height: 3 };

/** The error of a file with this text. */
function errorOf(text: string): UsageError {
  return withFile(text, (file) => assertThrows(() => optionsOf("--config", file), UsageError));
}

Deno.test("--mask: can be repeated; a camera's table has its own list, or that of the file", () => {
  assertEquals(
    camerasOf(optionsOf("--test", "--mask", "0,0,12,8", "--mask=20,20,3,3"))[0].mask,
    [corner, middle],
  );
  const file = `mask = "20,20,3,3"
[camera.a]
test = true
mask = ["0,0,12,8", "20,20,3,3"]
[camera.b]
test = true
[camera.c]
test = true
mask = []
`;
  withFile(file, (path) => {
    const masks = camerasOf(optionsOf("--config", path)).map(({ mask }) => mask);
    assertEquals(masks, [[corner, middle], [middle], []]);
  });
});

Deno.test("--mask: what is captured has it, and --check prints it", async () => {
  const [camera] = camerasOf(optionsOf("--test", "--mask", "0,0,12,8", "--mask", "20,20,3,3"));
  const { masks } = await captureRequest(camera, quietControl());
  assertEquals(masks, [corner, middle]);
  assertStringIncludes(
    formatCamera(camera, { source: { kind: "test" }, port: undefined }),
    "filters: none\nmask:    0,0,12,8\nmask:    20,20,3,3\n",
  );
});

Deno.test("--mask: another text is an error that says what is wanted", () => {
  const error = assertThrows(() => optionsOf("--test", "--mask", "0,0,12"), UsageError);
  assertStringIncludes(error.message, "X,Y,WIDTH,HEIGHT");
});

Deno.test("--mask: what lies outside the picture is an error with its size, with the line of the file", () => {
  const outside = ["--test", "-r", "64x48", "--mask", "60,0,5,8"];
  const error = assertThrows(() => optionsOf(...outside), UsageError);
  assertEquals(
    error.message,
    'The mask 60,0,5,8 is not inside the picture of camera "test", which has 64x48 pixels',
  );
  const { message } = errorOf(
    '[camera.a]\ntest = true\nresolution = "64x48"\nmask = ["60,0,4,8", "0,47,1,2"]\n',
  );
  assertStringIncludes(message, "line 4: The mask 0,47,1,2 is not inside");
});

Deno.test("--mask: a camera of another server cannot have one, also not as a default", () => {
  const remote = '[camera.a]\ninput = "framewire://pi/a"\n';
  for (const text of [`${remote}mask = "0,0,1,1"\n`, `mask = "0,0,1,1"\n${remote}`]) {
    assertStringIncludes(errorOf(text).message, "the other server sends its whole picture");
  }
});

Deno.test("--mask: one of several cameras needs a resolution, for it can be absent at the start", () => {
  const two = '[camera.a]\ndevice = "7"\nmask = "0,0,1,1"\n[camera.b]\ntest = true\n';
  const error = errorOf(two);
  assertStringIncludes(error.message, 'line 3: Camera "a" has a mask and no resolution');
  assertStringIncludes(error.hint ?? "", 'resolution = "1280x720"');
  withFile(`resolution = "640x480"\n${two}`, (file) => optionsOf("--config", file));
  optionsOf("-d", "7", "--mask", "0,0,1,1");
});

Deno.test("--mask: a file that is read again is checked, too", () => {
  const file = '[camera.a]\ntest = true\nresolution = "64x48"\n';
  withFile(file, (path) => {
    const options = optionsOf("--config", path);
    Deno.writeTextFileSync(path, `${file}mask = "0,0,12,8"\n`);
    assertEquals(rereadCameras(options)[0].mask, [corner]);
    Deno.writeTextFileSync(path, `${file}mask = "0,0,65,8"\n`);
    assertThrows(() => rereadCameras(options), UsageError, "64x48");
  });
});
