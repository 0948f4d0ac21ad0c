import { UsageError } from "../../lib/cli/option_table.ts";
import { camerasOf, rereadCameras } from "../../lib/cli/server_options.ts";
import { Failure } from "../../lib/log/failure.ts";
import { assertEquals, assertThrows } from "../assert.ts";
import { optionsOf, sourceOf, withFile } from "./server_file.ts";

Deno.test("rereadCameras() reads the file again", () => {
  withFile("[camera.a]\ntest = true", (file) => {
    const options = optionsOf("--config", file);
    assertEquals(rereadCameras(options), camerasOf(options));
    Deno.writeTextFileSync(file, "fps = 3\n[camera.a]\ntest = true\n[camera.b]\ntest = true");
    assertEquals(rereadCameras(options).map(({ name, fps }) => [name, fps]), [["a", 3], ["b", 3]]);
    assertEquals(camerasOf(options).map(sourceOf), ["a: test"]);
  });
});

Deno.test("rereadCameras() throws if the file is wrong or gone", () => {
  const file = Deno.makeTempFileSync();
  const options = optionsOf("--config", file, "--frames", "3");
  Deno.writeTextFileSync(file, "[camera.a]\nfsp = 3");
  assertThrows(() => rereadCameras(options), UsageError, '"fsp" is not an option');
  Deno.removeSync(file);
  assertThrows(() => rereadCameras(options), Failure, "there is no such file");
});

Deno.test("rereadCameras() gives the same cameras without a file", () => {
  const options = optionsOf("-d", "0", "-d", "b=1");
  assertEquals(rereadCameras(options), camerasOf(options));
});

Deno.test("rereadCameras() refuses a file in which no camera is left", () => {
  withFile("fps = 3\n[camera.a]\ntest = true", (file) => {
    const options = optionsOf("--config", file);
    for (const text of ["", "fps = 3\n"]) {
      Deno.writeTextFileSync(file, text);
      assertThrows(() => rereadCameras(options), UsageError, "No camera is left in");
    }
  });
  withFile("fps = 3", (file) => { // the first camera of the host, as at the start
    assertEquals(rereadCameras(optionsOf("--config", file)).map(sourceOf), ["video0: first"]);
  });
});

Deno.test("rereadCameras() checks controls and --wait-for-clients as the start does", () => {
  const table: [text: string, message: string][] = [
    ["control = ['gain=3']\n[camera.a]\ntest = true", "--control is given with --test"],
    ["wait-for-clients = 2\n[camera.a]\ntest = true", "--wait-for-clients is given without"],
  ];
  for (const [text, message] of table) {
    withFile("[camera.a]\ntest = true", (file) => {
      const options = optionsOf("--config", file);
      Deno.writeTextFileSync(file, text);
      assertThrows(() => rereadCameras(options), UsageError, message);
      assertThrows(() => optionsOf("--config", file), UsageError, message);
    });
  }
});
