/** The number of letters to insert, delete or replace to turn one word into the other. */
export function levenshteinDistance(a: string, b: string): number;
