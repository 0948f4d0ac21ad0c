/** The cameras of a server, from its command line and its configuration. */

import { type NamedSource, nameSources, readNamed } from "./camera_names.ts";
import {
  type CameraOptions,
  type Cameras,
  checkDistinct,
  checkFileOptions,
  checkResolution,
  pickCameraOptions,
} from "./camera_options.ts";
import { checkHours } from "./check_hours.ts";
import { checkMasks } from "./check_masks.ts";
import { CAMERA_KEY, readCameraTables } from "./camera_tables.ts";
import type { ParsedOptions } from "./config_file.ts";
import { UsageError } from "./option_table.ts";
import { checkRemote, isRemote, readRemote } from "./remote_camera.ts";
import type { serverOptions } from "./server_table.ts";

/** The cameras of the tables, else those of the general options. Throws a `UsageError`. */
export function readCameras(parsed: ParsedOptions<typeof serverOptions>): Cameras {
  const ofTables = readCameraTables(parsed);
  if (ofTables) return ofTables;
  const cameras = camerasOfOptions(parsed);
  checkMasks(cameras);
  checkHours(cameras);
  return cameras;
}

/** A camera for each --device, --input and --test, or the first camera of the host. */
function camerasOfOptions(
  { values, order, typed, config }: ParsedOptions<typeof serverOptions>,
): Cameras {
  const sources = sourcesOf(values, order);
  const inputs = sources.flatMap(({ option, value }) => option === "input" ? value : []);
  const films = inputs.filter((input) => !isRemote(input));
  for (const input of inputs) if (isRemote(input)) readRemote(input);
  if (inputs.length > 0 && inputs.length === sources.length && films.length === 0) {
    checkRemote(values);
  }
  // Where the file has tables, its general options are defaults, which are for films only.
  const isDefault = config?.values[CAMERA_KEY] !== undefined;
  checkFileOptions({
    loop: values.loop && (!isDefault || typed.has("loop")),
    noPace: values.noPace && (!isDefault || typed.has("noPace")),
    lossless: values.lossless && (!isDefault || typed.has("lossless")),
  }, films);
  const camera = sources.find((source) => !isFilm(source));
  if (values.lossless && !isDefault && camera) {
    const given = camera.option === "input" ? `--input ${camera.value}` : `--${camera.option}`;
    throw new UsageError(
      `--lossless is given with ${given}: a camera does not wait for its clients`,
      "serve the file alone, or set lossless = true in its [camera.NAME] table of --config",
    );
  }
  checkResolution(values.resolution);
  const names = nameSources(sources, { os: Deno.build.os });
  const general = pickCameraOptions(values);
  const cameraOf = (source: NamedSource | undefined, name: string): CameraOptions => ({
    ...general,
    name,
    device: source?.option === "device" ? source.value : undefined,
    input: source?.option === "input" ? source.value : undefined,
    test: source?.option === "test",
    loop: values.loop && isFilm(source),
    noPace: values.noPace && isFilm(source),
    lossless: values.lossless && isFilm(source),
  });
  const [first, ...others] = sources.map((source, i) => cameraOf(source, names[i] ?? ""));
  if (!first) return [cameraOf(undefined, nameSources([FIRST], { os: Deno.build.os })[0] ?? "")];
  const cameras: Cameras = [first, ...others];
  checkDistinct(cameras, { port: values.port });
  return cameras;
}

function isFilm(source: NamedSource | undefined): boolean {
  return source?.option === "input" && !isRemote(source.value);
}

/** The first camera of the host, for its name. */
const FIRST: NamedSource = { option: "device", value: "0" };

/** Formats of ffmpeg whose inputs are written with `=`: `testsrc=size=4x3`, `video=USB Camera`. */
const EQUALS_FORMATS = ["lavfi", "dshow"];

/** The sources in the order of the command line. */
function sourcesOf(
  values: ParsedOptions<typeof serverOptions>["values"],
  order: readonly string[],
): NamedSource[] {
  const isOwnSyntax = values.inputOptions.some((word, i, all) =>
    EQUALS_FORMATS.includes(word) && all[i - 1] === "-f"
  );
  const next = { device: values.device.values(), input: values.input.values() };
  return order.flatMap((option): NamedSource[] => {
    if (option === "test") return [{ option, value: "" }];
    if (option !== "device" && option !== "input") return [];
    const { value } = next[option].next();
    if (value === undefined) return [];
    return [isOwnSyntax && option === "input" ? { option, value } : readNamed(option, value)];
  });
}
