/** The options of the client for the codec and the quality of its recordings. */

import { type Codec, codecRow, CODECS } from "../ffmpeg/codecs.ts";
import { codecOf, codecsOf, filmFormats, knownEndings } from "../ffmpeg/formats.ts";
import { option, type OptionValues, UsageError } from "./option_table.ts";
import { integer, oneOf } from "./readers.ts";

/** The codecs that `--crf` applies to, for example `h264 0..51`. */
const ranges = CODECS.flatMap((codec) => {
  const { crf } = codecRow(codec);
  return crf ? [`${codec} ${crf.join("..")}`] : [];
}).join(", ");

export const codecOptions = {
  codec: option({
    value: CODECS.join("|"),
    help: "codec of the video files of -o; ffv1 is lossless",
    read: oneOf(...CODECS),
    shownFallback: "see the formats below",
  }),
  crf: option({
    value: "N",
    help: `quality of the video files of -o, lower is better: ${ranges}; h264 with 0 is lossless`,
    read: integer(0, 63),
    shownFallback: "see the formats below",
  }),
};

/** Throws a `UsageError` if a file can't hold the codec, or the codec does not have the quality. */
export function checkCodec(
  { codec, crf }: OptionValues<typeof codecOptions>,
  output: readonly string[],
): void {
  const films = output.filter((name) => codecOf(name, undefined) !== undefined);
  const given = codec !== undefined ? "--codec" : crf !== undefined ? "--crf" : undefined;
  if (given && films.length === 0) {
    throw new UsageError(
      `${given} is given without a film`,
      `add a film with -o: ${knownEndings(filmFormats())}`,
    );
  }
  if (codec !== undefined) { for (const name of films) checkContainer(name, codec); }
  if (crf !== undefined) checkQuality(films, { codec, crf });
}

function checkContainer(name: string, codec: Codec): void {
  const codecs = codecsOf(name);
  if (codecs.includes(codec)) return;
  throw new UsageError(
    `"${name}" can't hold ${codec}, wanted: ${codecs.join(", ")}`,
    `files that can hold ${codec}: ${knownEndings(filmFormats(codec))}`,
  );
}

function checkQuality(
  films: readonly string[],
  { codec, crf }: { codec: Codec | undefined; crf: number },
): void {
  const used = films.map((name) => [name, codecOf(name, codec)] as const);
  const rows = used.flatMap(([name, one]) => {
    const range = one && codecRow(one).crf;
    return range ? [{ name, codec: one, range }] : [];
  });
  if (rows.length === 0) {
    throw new UsageError(`${used[0]?.[1]} has no --crf`, `--crf is for ${ranges}`);
  }
  for (const { name, codec, range: [best, worst] } of rows) {
    if (crf >= best && crf <= worst) continue;
    throw new UsageError(
      `--crf is ${crf}, wanted: ${best} to ${worst} for "${name}" (${codec})`,
      `--crf is for ${ranges}`,
    );
  }
}
