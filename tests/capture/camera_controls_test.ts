import { checkSetting, listControls, parseControls } from "../../lib/capture/camera_controls.ts";
import { Failure } from "../../lib/log/failure.ts";
import { assertEquals, assertMatch, assertRejects, assertThrows } from "../assert.ts";

const LIST = `
User Controls

                     brightness 0x00980900 (int)    : min=-64 max=64 step=1 default=0 value=0 flags=slider
        white_balance_automatic 0x0098090c (bool)   : default=1 value=1
                         button 0x0098f900 (button) : value=0 flags=write-only, execute-on-write
                        bitmask 0x0098f906 (bitmask): max=0x80402010 default=0x80002000 value=-2147475456

Camera Controls

                  auto_exposure 0x009a0901 (menu)   : min=0 max=3 default=3 value=3 (Aperture Priority Mode)
				1: Manual Mode
				3: Aperture Priority Mode
         exposure_time_absolute 0x009a0902 (int)    : min=3 max=2047 step=1 default=250 value=250 flags=inactive
                  serial_number 0x009a0903 (int)    : min=0 max=255 step=1 default=0 value=0 flags=read-only
`;
const CONTROLS = parseControls(LIST.split("\n"));

Deno.test("parseControls() reads names, types, ranges and menus", () => {
  assertEquals(CONTROLS.map(({ name, type }) => `${name} ${type}`), [
    "brightness int",
    "white_balance_automatic bool",
    "button button",
    "bitmask bitmask",
    "auto_exposure menu",
    "exposure_time_absolute int",
    "serial_number int",
  ]);
  assertEquals(CONTROLS[4]?.menu, ["1: Manual Mode", "3: Aperture Priority Mode"]);
  assertEquals(CONTROLS[0]?.details, "min=-64 max=64 step=1 default=0 value=0 flags=slider");
});

Deno.test("parseControls() reads the list of old versions, without numbers of the controls", () => {
  const line =
    "                     brightness (int)    : min=0 max=255 step=1 default=128 value=128";
  assertEquals(parseControls([line]).map(({ name }) => name), ["brightness"]);
});

function check(setting: string): void {
  const [name = "", value = ""] = setting.split("=");
  checkSetting("/dev/video0", { name, value }, CONTROLS);
}

Deno.test("checkSetting() accepts values that the camera has", () => {
  const settings = [
    ...["brightness=-64", "brightness=64", "white_balance_automatic=0", "auto_exposure=1"],
    ...["exposure_time_absolute=200", "button=1", "bitmask=0x10"],
  ];
  for (const setting of settings) check(setting);
});

for (
  const [setting, message] of [
    ["brightnes=1", '"/dev/video0" has no control "brightnes", did you mean "brightness"?'],
    ["zoom=1", '"/dev/video0" has no control "zoom"'],
    [
      "brightness=65",
      'Cannot set "brightness" of "/dev/video0" to "65", wanted: a whole number from -64 to 64',
    ],
    [
      "brightness=dark",
      'Cannot set "brightness" of "/dev/video0" to "dark", wanted: a whole number from -64 to 64',
    ],
    [
      "white_balance_automatic=on",
      'Cannot set "white_balance_automatic" of "/dev/video0" to "on", wanted: 0 or 1',
    ],
    [
      "auto_exposure=2",
      'Cannot set "auto_exposure" of "/dev/video0" to "2", wanted: one of 1, 3',
    ],
    ["serial_number=1", 'Cannot set "serial_number" of "/dev/video0": the control is read-only'],
  ] as const
) {
  Deno.test(`checkSetting() refuses ${setting}`, () => {
    const failure = assertThrows(() => check(setting), Failure);
    assertEquals(failure.message, message);
    assertMatch(failure.hint, /^(\.\/server -d \/dev\/video0 --list-controls |leave out )/);
  });
}

Deno.test("listControls() says that it needs Linux", async () => {
  const { signal } = new AbortController();
  await assertRejects(() => listControls("0", { os: "darwin", signal }), Failure, "only on Linux");
});
