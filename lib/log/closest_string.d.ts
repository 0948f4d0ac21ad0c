/** The word that the fewest edits turn into `word`; the first of several. Throws if `words` is empty. */
export function closestString(
  word: string,
  words: readonly string[],
  options: { caseSensitive: boolean },
): string;
