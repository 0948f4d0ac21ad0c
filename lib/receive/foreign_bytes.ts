/** Recognizes by its first bytes what a foreign server sends. Pure. */

import { Failure } from "../log/failure.ts";
import { formatHostPort } from "../wire/address.ts";
import type { ServerAddress } from "./connect.ts";

/** The bytes of one packet of MPEG-TS; each begins with 0x47. */
const TS_PACKET = 188;

/** Streams that begin with these characters (bytes as Latin-1), and how to receive them. */
const BEGINNINGS: readonly (readonly [pattern: RegExp, name: string, receive: Receive])[] = [
  [/^HTTP\/\d|^<(!DOCTYPE html|html)/i, "HTTP", "page"],
  [/^RTSP\/\d/, "RTSP", "rtsp"],
  [/^SSH-\d/, "SSH", "nothing"],
  [/^RFB \d/, "VNC (RFB)", "nothing"],
  [/^220[ -]/, "FTP or SMTP", "nothing"],
  [/^\xff\xd8\xff/, "JPEG pictures", "ffmpeg -f mjpeg"],
  [/^(\r\n)?--[!-~ ]+\r?\n[A-Za-z-]+:/, "multipart JPEG", "ffmpeg -f mpjpeg"],
  [/^.E\xdf\xa3/s, "Matroska or WebM", "ffmpeg"],
  [/^FLV[^ -~]/, "FLV", "ffmpeg"],
  [/^.{4}ftyp/s, "MP4", "ffmpeg"],
  [/^RIFF.{4}AVI /s, "AVI", "ffmpeg"],
  [/^OggS/, "Ogg", "ffmpeg"],
  [/^\x89PNG\r\n/, "PNG pictures", "ffmpeg -f png_pipe"],
  // deno-lint-ignore no-control-regex -- the bytes of H.264
  [/^\0\0\0?\x01[\t'g]/, "H.264", "ffmpeg -f h264"],
];

/** How to receive a stream: by the server's page, by a URL, through ffmpeg, or not at all. */
type Receive = "page" | "rtsp" | "nothing" | "ffmpeg" | `ffmpeg -f ${string}`;

/**
 * Names bytes that are neither ours nor raw pixels, in a `Failure` whose hint is the command that works.
 * Undefined if it does not recognize them. Raw pixels can look like anything: if the user has given a
 * size, this is a guess.
 */
export function foreignBytes(bytes: Uint8Array, address: ServerAddress): Failure | undefined {
  const [name, receive] = recognize(bytes) ?? [];
  if (name === undefined || receive === undefined) return undefined;
  const { hostname, port } = address;
  const at = formatHostPort(address);
  return new Failure(`${hostname} port ${port} sends ${name}, not a framewire stream`, hint());

  function hint(): string {
    switch (receive) {
      case "page":
        return `connect to the stream's port of a framewire server: ./client ${hostname} 8888; ` +
          `to receive what its page shows: ./server -i http://${at}/stream.mjpg`;
      case "rtsp":
        return `let ffmpeg receive it: ./server -i rtsp://${at}/`;
      case "nothing":
        return "check the port: ./server prints the client's command";
      default: {
        const [, format] = / -f (\S+)/.exec(receive ?? "") ?? [];
        const options = format ? ` --input-options "-f ${format}"` : "";
        return `let ffmpeg decode it: ./server -i tcp://${at}${options}`;
      }
    }
  }
}

function recognize(bytes: Uint8Array): readonly [name: string, receive: Receive] | undefined {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 64));
  const found = BEGINNINGS.find(([pattern]) => pattern.test(text));
  if (found) return [found[1], found[2]];
  return isMpegTs(bytes) ? ["MPEG-TS", "ffmpeg"] : undefined;
}

/** Whether packets begin at all the right places; a flat picture of level 0x47 does not count. */
function isMpegTs(bytes: Uint8Array): boolean {
  if (bytes.length <= TS_PACKET || bytes[1] === 0x47) return false;
  for (let at = 0; at < bytes.length; at += TS_PACKET) if (bytes[at] !== 0x47) return false;
  return true;
}
