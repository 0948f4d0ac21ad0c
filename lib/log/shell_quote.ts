/** A text as one word of a shell's command line. */

/** Quotes a text where a shell would take it for more than one word, or for more than itself. */
export function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
