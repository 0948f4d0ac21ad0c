/** The controls of a camera, such as its exposure: listed, checked and set by v4l2-ctl. */

import type { ControlSetting } from "../ffmpeg/capture_arguments.ts";
import { runV4l2Ctl } from "../host/v4l2_ctl.ts";
import { Failure } from "../log/failure.ts";
import { nearest } from "../log/nearest.ts";
import { shellQuote } from "../log/shell_quote.ts";

/** A control as v4l2-ctl lists it. */
export interface CameraControl {
  readonly name: string;
  /** `int`, `bool`, `menu`, `intmenu`, `button`... */
  readonly type: string;
  /** The rest of its line: `min=0 max=255 step=1 default=128 value=128`. */
  readonly details: string;
  /** The entries of a menu: `1: Manual Mode`. */
  readonly menu: string[];
}

/** The controls of a camera. Throws a `Failure` if they can't be listed, and the signal's reason on abort. */
export async function listControls(
  device: string,
  { os, signal }: { os: typeof Deno.build.os; signal: AbortSignal },
): Promise<CameraControl[]> {
  checkSystem(os);
  const { success, lines, message } = await runV4l2Ctl(device, ["--list-ctrls-menus"], { signal });
  if (!success) {
    throw new Failure(
      `Cannot list the controls of "${device}": v4l2-ctl says: ${message}`,
      "./server --list-devices lists the cameras",
    );
  }
  return parseControls(lines);
}

/** Reads the list of `v4l2-ctl --list-ctrls-menus`. */
export function parseControls(lines: readonly string[]): CameraControl[] {
  const controls: CameraControl[] = [];
  for (const line of lines) {
    //   exposure_auto 0x009a0901 (menu)   : min=0 max=3 default=3 value=3 (Aperture Priority Mode)
    const match = /^ *(\w+) (?:0x[0-9a-f]+ )?\((\w+) *\) *: (.*)$/.exec(line);
    const [, name, type, details] = match ?? [];
    if (name !== undefined && type !== undefined && details !== undefined) {
      controls.push({ name, type, details: details.trim(), menu: [] });
    } else if (/^\s+-?\d+: /.test(line)) {
      controls.at(-1)?.menu.push(line.trim());
    }
  }
  return controls;
}

/** Throws a `Failure` for a setting that the camera cannot take: an unknown name, a value out of range. */
export async function checkControls(
  device: string,
  settings: readonly ControlSetting[],
  os: typeof Deno.build.os,
  { signal }: { signal: AbortSignal },
): Promise<void> {
  const controls = await listControls(device, { os, signal });
  for (const setting of settings) checkSetting(device, setting, controls);
}

/** Throws a `Failure` if `controls` has no such name, or the value is not one of the control's. */
export function checkSetting(
  device: string,
  { name, value }: ControlSetting,
  controls: readonly CameraControl[],
): void {
  const found = controls.find((control) => control.name === name);
  if (!found) {
    const near = nearest(name, controls.map(({ name }) => name));
    throw new Failure(
      `"${device}" has no control "${name}"${near ? `, did you mean "${near}"?` : ""}`,
      `./server -d ${shellQuote(device)} --list-controls lists them`,
    );
  }
  if (/flags=.*read-only/.test(found.details)) {
    throw new Failure(
      `Cannot set "${name}" of "${device}": the control is read-only`,
      `leave out --control ${name}`,
    );
  }
  const wanted = wantedValue(found, value);
  if (wanted === undefined) return;
  throw new Failure(
    `Cannot set "${name}" of "${device}" to "${value}", wanted: ${wanted}`,
    `./server -d ${shellQuote(device)} --list-controls lists the values`,
  );
}

/** What a control takes if `value` is not that; undefined if it is, or if v4l2-ctl decides. */
function wantedValue({ type, details, menu }: CameraControl, value: string): string | undefined {
  if (type === "bool") return /^[01]$/.test(value) ? undefined : "0 or 1";
  if (menu.length > 0) {
    const entries = menu.map((entry) => entry.replace(/:.*/, ""));
    return entries.includes(value) ? undefined : `one of ${entries.join(", ")}`;
  }
  const [, least, most] = /min=(-?\d+) max=(-?\d+)/.exec(details) ?? [];
  if (type !== "int" || least === undefined || most === undefined) return undefined;
  const isInside = /^-?\d+$/.test(value) && Number(value) >= Number(least) &&
    Number(value) <= Number(most);
  return isInside ? undefined : `a whole number from ${least} to ${most}`;
}

/** Sets controls in their order: some can only be set after others. Throws a `Failure` if the camera refuses one. */
export async function setControls(
  device: string,
  settings: readonly ControlSetting[],
  { signal }: { signal: AbortSignal },
): Promise<void> {
  for (const { name, value } of settings) {
    const args = ["--set-ctrl", `${name}=${value}`];
    const { success, message } = await runV4l2Ctl(device, args, { signal });
    if (success) continue;
    throw new Failure(
      `Cannot set "${name}" of "${device}" to "${value}": v4l2-ctl says: ${message}`,
      `./server -d ${shellQuote(device)} --list-controls lists the values`,
    );
  }
}

function checkSystem(os: typeof Deno.build.os): void {
  if (os === "linux") return;
  throw new Failure(
    "Cannot use the controls of a camera: this works only on Linux, with v4l2-ctl",
    "leave out --control and --list-controls",
  );
}
