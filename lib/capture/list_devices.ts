/** The cameras of this host, as ffmpeg lists them. */

import { abortable } from "../async/aborted.ts";
import { FfmpegProcess } from "../ffmpeg/process.ts";

/** A camera: its name for `--device`, and its own label. */
export interface Device {
  readonly device: string;
  readonly label: string;
}

/** Asks ffmpeg for the cameras. Throws a `Failure` where ffmpeg is missing, and the signal's reason on abort. */
export async function listDevices(
  { os, signal }: { os: typeof Deno.build.os; signal: AbortSignal },
): Promise<Device[]> {
  const args = listArguments(os);
  await using ffmpeg = new FfmpegProcess("ffmpeg", ["-hide_banner", ...args], {
    stdin: "null",
    stdout: os === "linux" ? "piped" : "null",
  });
  if (os !== "linux") {
    await abortable(ffmpeg.ended, signal);
    return parseDevices(ffmpeg.lines, os);
  }
  const text = await abortable(new Response(ffmpeg.stdout).text(), signal);
  return parseDevices(text.split("\n"), os);
}

/** The arguments with which ffmpeg lists cameras: on stdout for v4l2, on stderr elsewhere. */
export function listArguments(os: typeof Deno.build.os): string[] {
  switch (os) {
    case "darwin":
      return ["-f", "avfoundation", "-list_devices", "true", "-i", ""];
    case "windows":
      return ["-f", "dshow", "-list_devices", "true", "-i", "dummy"];
    default:
      return ["-loglevel", "quiet", "-sources", "v4l2"];
  }
}

/** Reads ffmpeg's list. */
export function parseDevices(lines: string[], os: typeof Deno.build.os): Device[] {
  const devices: Device[] = [];
  let audio = false;
  for (const line of lines) {
    if (/(DirectShow|AVFoundation) audio devices/i.test(line)) audio = true;
    if (os === "darwin") {
      // [AVFoundation indev @ 0x...] [0] FaceTime HD Camera
      const match = /\] \[(\d+)\] (.+)$/.exec(line);
      if (!audio && match?.[1] && match[2]) devices.push({ device: match[1], label: match[2] });
    } else if (os === "windows") {
      // [dshow @ 0x...] "Integrated Camera" (video)
      const match = /\] +"(.+)"(?: \(([\w, ]+)\))?$/.exec(line);
      const video = match?.[2] ? match[2].includes("video") : !audio;
      if (match?.[1] && video) devices.push({ device: match[1], label: match[1] });
    } else {
      //   /dev/video0 [vivid]   or, for the default one, * /dev/video0 [vivid]
      const match = /^[* ] (\/dev\/\S+) \[(.*)\]/.exec(line);
      if (match?.[1] && match[2] !== undefined) devices.push({ device: match[1], label: match[2] });
    }
  }
  return devices;
}
