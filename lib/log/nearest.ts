/** The word that was probably meant by a mistyped one. */

import { closestString } from "./closest_string.ts";
import { levenshteinDistance } from "./levenshtein_distance.ts";

/** A word with a larger share of wrong letters is another word. */
const MAX_WRONG = 0.4;

/** The candidate with the fewest edits from `word`; undefined if none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const words = [...candidates];
  if (words.length === 0) return undefined;
  const closest = closestString(word, words, { caseSensitive: true });
  const maxEdits = Math.max(1, Math.floor(word.length * MAX_WRONG));
  return levenshteinDistance(word, closest) <= maxEdits ? closest : undefined;
}
