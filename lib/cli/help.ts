/** The text of `-h`, `--help` and docs/options.md, from the tables. Pure. */

import { flagNames, type Option, type OptionGroups, type OptionTable } from "./option_table.ts";

/** The width of the text, in characters. */
const WIDTH = 100;

/** The column of the descriptions. Longer options get a line of their own. */
const COLUMN = 32;

/** The help of a program, apart from its options. */
export interface HelpText {
  readonly program: string;
  /** The synopsis, behind `usage: ./program`. */
  readonly usage: string;
  /** What the program does, one or two sentences. */
  readonly summary: string;
  /** The options in groups. */
  readonly groups: OptionGroups;
  readonly examples: readonly string[];
  /** What follows the examples of `--help`: title and lines. */
  readonly appendix?: { readonly title: string; readonly text: string };
}

/** The text of `--help`: all options, in groups. */
export function formatHelp(text: HelpText): string {
  const { groups, appendix } = text;
  return [
    formatHead(text),
    ...Object.entries(groups).map(([title, table]) => `${title}:\n${formatOptions(table)}`),
    formatExamples(text),
    ...(appendix ? [`${appendix.title}:\n${appendix.text}`] : []),
  ].join("\n");
}

/** The text of `-h`: the options that most people need. */
export function formatBriefHelp(text: HelpText): string {
  const rows = Object.values(text.groups).flatMap((table) => Object.entries(table));
  const usual = Object.fromEntries(rows.filter(([, row]) => row.usual));
  return [
    formatHead(text),
    `Common options:\n${formatOptions(usual)}`,
    formatExamples(text),
    `./${text.program} --help lists all options.\n`,
  ].join("\n");
}

/** The same as `--help`, as a part of a Markdown document. */
export function formatHelpAsMarkdown(text: HelpText): string {
  const { program, groups, appendix } = text;
  const block = (title: string, body: string) => `### ${title}\n\n\`\`\`text\n${body}\`\`\`\n`;
  return [
    `## ${program}\n\n\`\`\`text\n${formatHead(text)}\`\`\`\n`,
    ...Object.entries(groups).map(([title, table]) =>
      block(`${title} (${program})`, formatOptions(table))
    ),
    ...(appendix ? [block(appendix.title, appendix.text)] : []),
  ].join("\n");
}

/** The options with their descriptions and defaults. */
export function formatOptions(table: OptionTable): string {
  return Object.entries(table).map(([name, row]) => formatRow(name, row)).join("");
}

function formatRow(name: string, row: Option): string {
  const flags = `  ${row.short ? "" : "    "}${flagNames(name, row).join(", ")}${formatValue(row)}`;
  const [first = "", ...others] = wrap(row.help + formatFallback(row), WIDTH - COLUMN);
  const indent = " ".repeat(COLUMN);
  const head = flags.length > COLUMN - 2 ? `${flags}\n${indent}` : flags.padEnd(COLUMN);
  return `${[head + first, ...others.map((line) => indent + line)].join("\n")}\n`;
}

function formatValue(row: Option): string {
  if (!("value" in row)) return "";
  return row.alone === undefined ? ` ${row.value}` : ` [${row.value}]`;
}

function formatFallback(row: Option): string {
  const fallback = "value" in row ? row.shownFallback ?? row.fallback : undefined;
  return fallback === undefined || String(fallback) === "" ? "" : ` (default: ${fallback})`;
}

function formatHead({ program, usage, summary }: HelpText): string {
  return `usage: ./${program} ${usage}\n\n${wrap(summary, WIDTH).join("\n")}\n`;
}

function formatExamples({ examples }: HelpText): string {
  return `Examples:\n${examples.map((example) => `  ${example}\n`).join("")}`;
}

/** Breaks a text at its spaces into lines of at most `width` characters; a longer word is not broken. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
