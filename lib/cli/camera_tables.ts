/**
 * The cameras of a configuration file: a [camera.NAME] table for each, with the general options as defaults.
 * What is typed takes precedence over both.
 */

import {
  CAMERA_NAME,
  type CameraOption,
  type CameraOptions,
  type Cameras,
  cameraTable,
  checkDistinct,
  checkFileOptions,
  checkResolution,
  fileOption,
  pickCameraOptions,
  SOURCE_OPTIONS,
} from "./camera_options.ts";
import { checkHours } from "./check_hours.ts";
import { checkMasks } from "./check_masks.ts";
import { type ParsedOptions, readConfigOptions } from "./config_file.ts";
import { type ConfigText, isConfigTable } from "./config_text.ts";
import { flagName, type OptionValues, parseOptions, UsageError } from "./option_table.ts";
import {
  checkRemote,
  isRemote,
  readRemote,
  type RemoteAccess,
  remoteTable,
} from "./remote_camera.ts";
import { CAMERA_OPTIONS, serverOptions } from "./server_table.ts";

/** The key of the tables. */
export const CAMERA_KEY = "camera";

type Values = OptionValues<typeof serverOptions>;

/** The general options, of the command line and of the file. */
type General = ParsedOptions<typeof serverOptions>;

/**
 * The cameras in the order of the file; undefined if it has no table, or if cameras are given on the command line:
 * only those are used. Throws a `UsageError` with file and line.
 */
export function readCameraTables(general: General): Cameras | undefined {
  const { config } = general;
  const tables = config?.values[CAMERA_KEY];
  if (!config || tables === undefined) return undefined;
  if (!isConfigTable(tables)) throw noTable(config.placeOf([CAMERA_KEY]), `"${CAMERA_KEY}"`);
  const read = config.keysOf([CAMERA_KEY], tables).map((name) => {
    return readTable(name, tables[name], { config, general });
  });
  const [first, ...others] = read.map(({ camera }) => camera);
  if (!first) throw noTable(config.placeOf([CAMERA_KEY]), `"${CAMERA_KEY}"`);
  if (hasTypedSource(general)) return undefined;
  checkSources(read, { config, general });
  // The port of the server has the first camera.
  const { port, ...rest } = first;
  const { port: main } = general.values;
  const cameras: Cameras = [port === undefined || port === main ? rest : first, ...others];
  if (general.values.host.startsWith("unix:")) checkNoPorts(cameras, config);
  const placeOf = (name: string, option?: CameraOption) => at(config, name, option);
  checkDistinct(cameras, { port: main, placeOf });
  checkMasks(cameras, placeOf);
  checkHours(cameras, placeOf);
  return cameras;
}

/** Whether there are cameras on the command line. */
export function hasTypedSource({ typed }: Pick<General, "typed">): boolean {
  return SOURCE_OPTIONS.some((option) => typed.has(option));
}

/** A camera, and the options that its table sets. */
interface CameraTable {
  readonly camera: CameraOptions;
  readonly own: ReadonlySet<string>;
}

function readTable(
  name: string,
  options: unknown,
  { config, general }: { config: ConfigText; general: General },
): CameraTable {
  const path = [CAMERA_KEY, name];
  const place = config.placeOf(path);
  if (!CAMERA_NAME.test(name)) {
    throw new UsageError(
      `${place}: "${name}" is not the name of a camera, wanted: letters, digits, - and _`,
      "rename the table, for example [camera.front-door]",
    );
  }
  if (!isConfigTable(options)) {
    // Most likely an option right below [camera], without a name.
    throw noTable(config.placeOf([...path]), `"${name}"`);
  }
  const refuse = (key: string, place: string) => refuseGeneral(key, { place, name });
  const given = readConfigOptions(options, { config, path, table: cameraTable, refuse });
  if (options.filter === "list") {
    throw new UsageError(
      `${at(config, name, "filter")}--filter list is for the command line`,
      "./server --filter list lists the filters",
    );
  }
  const args = [...given.values()].flat();
  const own = parseOptions(args, cameraTable, { program: "server" }).values as Values;
  const named = new Set(given.keys());
  const camera = merge(name, own, { named, general });
  checkTable(camera, own, (option) => at(config, name, option));
  checkAccess(camera, named, (option) => at(config, name, option));
  return { camera, own: named };
}

/** Typed options before those of the table before the general ones of the file. */
function merge(
  name: string,
  own: Values,
  { named, general: { values, typed } }: { named: ReadonlySet<string>; general: General },
): CameraOptions {
  const isOwn = (option: CameraOption) => named.has(option) && !typed.has(option);
  const options = { ...pickCameraOptions(values) };
  for (const option of CAMERA_OPTIONS) {
    if (isOwn(option)) Object.assign(options, { [option]: own[option] });
  }
  const { device: [device], input: [input], test } =
    SOURCE_OPTIONS.some((option) => named.has(option)) ? own : values;
  const isFile = input !== undefined && !isRemote(input);
  const { tls, tlsCa, tokenFile } = own as Values & RemoteAccess;
  const isAccess = Object.keys(remoteTable).some((option) => named.has(option));
  return {
    ...options,
    ...{ name, device, input, test },
    // The general ones are for the cameras that are files.
    loop: options.loop && (isFile || named.has("loop")),
    noPace: options.noPace && (isFile || named.has("noPace")),
    lossless: options.lossless && (isFile || named.has("lossless")),
    ...(named.has("port") && { port: own.port }),
    ...(isAccess && { remote: { tls, tlsCa, tokenFile } }),
  };
}

/** Throws a `UsageError` for what a table sets. */
function checkTable(
  camera: CameraOptions,
  own: Values,
  at: (option?: CameraOption) => string,
): void {
  const sources = SOURCE_OPTIONS.filter((option) =>
    option === "test" ? own.test : own[option].length > 0
  );
  if (sources.length > 1) {
    throw new UsageError(
      `${at(sources[1])}${sources.map(flagName).join(" and ")} are given, wanted: one source`,
      "remove all but one, or write a table for each camera",
    );
  }
  for (const option of ["device", "input"] as const) {
    if (own[option].length > 1) {
      throw new UsageError(
        `${at(option)}"${option}" has ${own[option].length} values, wanted: one`,
        "write a table for each camera",
      );
    }
  }
  const inputs = camera.input === undefined || isRemote(camera.input) ? [] : [camera.input];
  checkFileOptions(camera, inputs, at(fileOption(camera)));
  checkResolution(camera.resolution, at("resolution"));
}

/** Throws a `UsageError` for the address of another server, or for its options where the camera is another one. */
function checkAccess(
  { input, inputOptions }: CameraOptions,
  named: ReadonlySet<string>,
  at: (option: string) => string,
): void {
  if (isRemote(input)) {
    readRemote(input, at("input"));
    if (named.has("inputOptions")) checkRemote({ inputOptions }, at("inputOptions"));
    return;
  }
  const option = Object.keys(remoteTable).find((option) => named.has(option));
  if (option === undefined) return;
  throw new UsageError(
    `${at(option)}"${flagName(option).slice(2)}" is for a camera of another server`,
    'set input = "framewire://HOST/NAME", or remove it',
  );
}

/** Throws a `UsageError` if several cameras would have the general source. */
function checkSources(
  tables: readonly CameraTable[],
  { config, general: { values } }: { config: ConfigText; general: General },
): void {
  const { device, input, test } = values;
  const several = device.length + input.length + Number(test) > 1;
  if (several) {
    const option = SOURCE_OPTIONS.find((option) => option in config.values) ?? "device";
    throw new UsageError(
      `${config.placeOf([option])}: several cameras are given in front of the [camera.NAME] tables`,
      "write a table for each camera",
    );
  }
  const isGeneral = device.length + input.length + Number(test) > 0;
  const without = tables.find(({ own }) => !SOURCE_OPTIONS.some((option) => own.has(option)));
  if (without && tables.length > 1 && !isGeneral) {
    const { name } = without.camera;
    throw new UsageError(
      `${at(config, name)}Camera "${name}" has no source`,
      `add device, input or test to [${CAMERA_KEY}.${name}]`,
    );
  }
}

/** Throws a `UsageError` if a camera has a port although the server listens on a Unix socket. */
function checkNoPorts(cameras: Cameras, config: ConfigText): void {
  const withPort = cameras.find(({ port }) => port !== undefined);
  if (!withPort) return;
  const { name } = withPort;
  throw new UsageError(
    `${
      at(config, name, "port")
    }Camera "${name}" has a port, but the server listens on a Unix socket`,
    "remove the port, or set --host to an address",
  );
}

/** Throws a `UsageError` if a key of a table is an option of the server. */
function refuseGeneral(
  key: string,
  { place, name }: { place: string; name: string },
): void {
  const isServers = Object.entries(serverOptions).some(([option, row]) =>
    flagName(option) === `--${key}` && !("shortOnly" in row)
  );
  if (!isServers) return;
  throw new UsageError(
    `${place}: "${key}" cannot be set for one camera`,
    `set it for the whole server, outside of [${CAMERA_KEY}.${name}]`,
  );
}

function noTable(place: string, what: string): UsageError {
  return new UsageError(
    `${place}: ${what} is not a table with the options of a camera`,
    'name the camera, for example [camera.kitchen] and below it device = "/dev/video0"',
  );
}

/** The beginning of a message about an option of a camera. */
function at(config: ConfigText, name: string, option?: string): string {
  const key = option === undefined ? [] : [flagName(option).slice(2)];
  return `${config.placeOf([CAMERA_KEY, name, ...key])}: `;
}
