import type { CameraOptions } from "../../lib/cli/camera_options.ts";
import { UsageError } from "../../lib/cli/option_table.ts";
import { explainRemote, isRemote, readRemote, remoteCamera } from "../../lib/cli/remote_camera.ts";
import { readServerOptions } from "../../lib/cli/server_options.ts";
import { Failure } from "../../lib/log/failure.ts";
import {
  assert,
  assertEquals,
  assertExists,
  assertStringIncludes,
  assertThrows,
} from "../assert.ts";
import { quietControl } from "./control.ts";

function camerasOf(...args: string[]): readonly CameraOptions[] {
  const options = readServerOptions(args, quietControl());
  assertExists(options);
  return options.cameras;
}

/** The cameras of a configuration file with this text. */
function readFile(text: string): readonly CameraOptions[] {
  const file = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(file, text);
    return camerasOf("--config", file);
  } finally {
    Deno.removeSync(file);
  }
}

Deno.test("readRemote() reads framewire:// with port and name, or without", () => {
  const table: [input: string, hostname: string, port: number, stream?: string][] = [
    ["framewire://pi1", "pi1", 8888],
    ["framewire://pi1/", "pi1", 8888],
    ["FRAMEWIRE://pi2:8889/garden", "pi2", 8889, "garden"],
    ["framewire://[fe80::1]:9/a/b", "fe80::1", 9, "a/b"],
  ];
  for (const [input, hostname, port, stream] of table) {
    assert(isRemote(input));
    assertEquals(readRemote(input), { hostname, port, stream, size: undefined }, input);
  }
});

Deno.test("readRemote() says what it wants in place of an address that it cannot read", () => {
  for (const input of ["framewire://", "framewire://pi1:x/", "framewire://pi1/a b"]) {
    assertThrows(() => readRemote(input), UsageError, `"${input}": wanted framewire://HOST[:PORT]`);
  }
});

Deno.test("cameras of other servers are named after their stream or host, beside others", () => {
  const inputs = ["framewire://pi1/", "framewire://pi2:8889/garden", "film.mp4"];
  const cameras = camerasOf(...inputs.flatMap((input) => ["-i", input]), "--loop");
  assertEquals(cameras.map(({ name }) => name), ["pi1", "garden", "film"]);
  assertEquals(cameras.map(({ loop }) => loop), [false, false, true]);
});

Deno.test("options of films and of ffmpeg are errors with nothing but other servers", () => {
  const remote = ["-i", "framewire://pi1/"];
  assertThrows(() => camerasOf(...remote, "--loop"), UsageError, "--loop is given without a file");
  const options = ["--input-options", "-framerate 5"];
  assertThrows(() => camerasOf(...remote, ...options), UsageError, "which ffmpeg does not read");
});

Deno.test("the table of a camera of another server has tls, tls-ca and token-file", () => {
  const [kitchen, hall] = readFile(
    `[camera.kitchen]\ninput = "framewire://pi1/"\ntls = true\ntoken-file = "pi1.token"\n` +
      `[camera.hall]\ninput = "framewire://pi2/hall"\n`,
  );
  assertEquals(kitchen?.remote, { tls: true, tlsCa: undefined, tokenFile: "pi1.token" });
  assertEquals(hall?.remote, undefined);
});

const WRONG: [text: string, message: string][] = [
  ["[camera.a]\ntest = true\ntls = true", 'line 3: "tls" is for a camera of another server'],
  [
    '[camera.a]\ninput = "x.mp4"\ntls-ca = "a"',
    'line 3: "tls-ca" is for a camera of another server',
  ],
  [
    '[camera.a]\ninput = "framewire://pi1:x"',
    'line 2: Cannot read the address "framewire://pi1:x"',
  ],
  ['[camera.a]\ninput = "framewire://p"\nloop = true', "line 3: --loop is given without a file"],
  [
    '[camera.a]\ninput = "framewire://p"\ninput-options = "-re"',
    "line 3: --input-options is given with a framewire:// input",
  ],
  ['tls = true\n[camera.a]\ninput = "framewire://p"', 'line 1: "tls" is not an option'],
];
for (const [text, message] of WRONG) {
  Deno.test(`the table of a camera: ${message}`, () => {
    assertThrows(() => readFile(text), UsageError, message);
  });
}

Deno.test("remoteCamera() takes pictures of up to 8192x4320", async () => {
  const [camera] = camerasOf("-i", "framewire://pi1/");
  const { input = "" } = camera!;
  const options = await remoteCamera({ ...camera!, input }, {
    serverId: "0123456789ab",
    log: quietControl().log,
  });
  assertEquals(options.maxSize, { width: 8192, height: 4320 });
});

Deno.test("explainRemote() gives the client's failure a hint for the configuration of the server", () => {
  const [camera] = camerasOf("-i", "kitchen=framewire://pi1/");
  const hintOf = (hint: string) =>
    (explainRemote(new Failure("no", hint), camera!) as Failure).hint;
  assertEquals(hintOf("check the port; --wait-for-server waits for a server"), "check the port");
  assertStringIncludes(
    hintOf("give the server's token with --token-file FILE"),
    'token-file = "FILE" in [camera.kitchen]',
  );
  assertStringIncludes(
    hintOf("add --tls, and --tls-ca FILE"),
    "add tls = true in [camera.kitchen]",
  );
});
