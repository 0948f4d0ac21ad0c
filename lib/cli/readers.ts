/** Readers of option values: they turn a text into a typed value, or throw an error that says what is expected. */

import { type Cidr, parseCidr } from "../serve/cidr.ts";
import type { ControlSetting } from "../ffmpeg/capture_arguments.ts";
import { type Mask, parseMask } from "../frame/mask.ts";
import { type FrameSize, MAX_SIDE, parseFrameSize } from "../frame/frame_size.ts";

/** A whole number from `least` to `most`. */
export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new RangeError(`wanted a whole number from ${least} to ${most}`);
    }
    return value;
  };
}

/** A number of `unit` above 0, up to `most`. */
export function positive(unit: string, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d*\.?\d+$/.test(text) || value <= 0 || value > most) {
      throw new RangeError(`wanted ${unit} above 0, up to ${most}`);
    }
    return value;
  };
}

/** Frames per second up to 1000: 30, 29.97 or 30000/1001, as in ffmpeg. */
export function rate(text: string): number {
  const [, above = "", below] = /^(\d*\.?\d+)(?:\/(\d*\.?\d+))?$/.exec(text) ?? [];
  const value = Number(above) / Number(below ?? 1);
  if (above === "" || !(value > 0 && value <= 1000)) {
    throw new RangeError(
      "wanted frames per second above 0, up to 1000, such as 30, 29.97 or 30000/1001",
    );
  }
  return value;
}

/** A frame size such as 640x480. */
export function frameSize(text: string): FrameSize {
  const size = parseFrameSize(text);
  if (!size) throw new RangeError(`wanted WIDTHxHEIGHT, each 1 to ${MAX_SIDE}, such as 640x480`);
  return size;
}

/** A rectangle of the picture: left, top, width and height in pixels, such as 0,0,120,80. */
export function mask(text: string): Mask {
  const read = parseMask(text);
  if (!read) throw new RangeError("wanted X,Y,WIDTH,HEIGHT in pixels, such as 0,0,120,80");
  return read;
}

/** One of `words`. */
export function oneOf<const T extends string>(...words: T[]): (text: string) => T {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw new RangeError(`wanted one of ${words.join(", ")}`);
    return word;
  };
}

/** Ranges of addresses, for example 192.168.0.0/16,::1. */
export function ranges(text: string): Cidr[] {
  return text.split(",").map((one) => {
    const range = parseCidr(one);
    if (!range) {
      throw new Error(`wanted addresses or ranges such as 192.168.0.0/16,::1; "${one}" is neither`);
    }
    return range;
  });
}

/** A range of addresses, for example 192.168.0.0/16. */
export function range(text: string): Cidr {
  const range = parseCidr(text);
  if (!range) throw new Error("wanted an address or a range, such as 127.0.0.1 or 10.0.0.0/8");
  return range;
}

/** Permissions in octal, for example 660, as for chmod. */
export function mode(text: string): number {
  if (!/^0?[0-7]{3}$/.test(text)) throw new Error("wanted three octal digits such as 660");
  return parseInt(text, 8);
}

/** An address to listen on. */
export interface ListeningAt {
  /** Undefined: the program chooses. */
  readonly hostname: string | undefined;
  readonly port: number;
}

/** `PORT` or `HOST:PORT`, an IPv6 address in brackets. */
export function listeningAt(text: string): ListeningAt {
  const [, bracketed, plain, port] =
    /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^:\[\]]+)):)?(\d+)$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65535) {
    throw new Error("wanted PORT or HOST:PORT, such as 8080, 127.0.0.1:8080 or [::1]:8080");
  }
  return { hostname: bracketed ?? plain, port: Number(port) };
}

/** A control of a camera and its value, as v4l2-ctl takes them: brightness=128. */
export function controlSetting(text: string): ControlSetting {
  const [, name, value] = /^(\w+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new Error("wanted NAME=VALUE, as brightness=128");
  }
  return { name, value };
}

/** The name of a time zone, such as Europe/Berlin. */
export function timeZone(text: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw new RangeError("wanted the name of a time zone, such as Europe/Berlin or UTC");
  }
}

/** Any text. */
export function text(value: string): string {
  return value;
}

/** Several words in one text, separated by spaces; quotes keep a word together. */
export function words(value: string): string[] {
  const parts = value.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  if (/["']/.test(value.replace(/"[^"]*"|'[^']*'/g, ""))) throw new Error("a quote is not closed");
  return parts.map((part) => part.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"));
}

/** A program and its arguments, in a form that `env` does not take for options or variables. */
export function command(text: string): string[] {
  const [program = "", ...args] = words(text);
  if (program === "" || program.startsWith("-") || program.includes("=")) {
    throw new Error("wanted a program and its arguments");
  }
  return [program, ...args];
}
