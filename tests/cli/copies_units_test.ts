import { copiesUnits, copiesUnitsOnly } from "../../lib/cli/copies_units.ts";
import { readClientOptions } from "../../lib/cli/client_options.ts";
import { assert, assertEquals } from "../assert.ts";
import { quietControl } from "./control.ts";

/** Whether a command line copies. */
function copies(line: string): boolean {
  const options = readClientOptions(["cam", ...line.split(" ")], quietControl());
  assert(options);
  return copiesUnits(options);
}

for (const output of ["a.mp4", "a.mov", "a.mkv", "a.webm -o a.mp4", "a.mkv --codec h264"]) {
  Deno.test(`copiesUnits() with --wire h264 -o ${output}`, () => {
    assertEquals([copies(`--wire h264 -o ${output}`), copies(`-o ${output}`)], [true, false]);
  });
}

Deno.test("copiesUnitsOnly() where nothing else needs the pictures", () => {
  const only = (line: string) => {
    const args = ["cam", "--wire", "h264", ...line.split(" ")];
    return copiesUnitsOnly(readClientOptions(args, quietControl())!);
  };
  const none = "--display none";
  const lines = [`-o a.mp4 ${none}`, `-o a.mkv --codec h264 -o b.mp4 ${none} --stats s.jsonl`];
  assertEquals(lines.map(only), [true, true]);
  const others = [
    "--display window",
    `-o a.webm ${none}`,
    `-o a.raw ${none}`,
    `--http 8080 ${none}`,
  ];
  const more = [`--serve 8080 ${none}`, `-o rtmp://host/live/cam ${none}`, `--gray ${none}`];
  for (const line of [...others, ...more]) {
    assertEquals([line, only(`-o a.mp4 ${line}`)], [line, false]);
  }
  assertEquals(only(none), false);
});

for (
  const options of [
    ...["a.webm", "a.avi", "a.y4m", "rtmp://host/live/cam", "a.mkv --codec ffv1"],
    ...["a.mp4 --crf 20", "a.mp4 --filter motion", "a.mp4 --gray", "a.mp4 --segment 60"],
    "a.mp4 --filter motion --on motion",
  ]
) {
  Deno.test(`copiesUnits() not with -o ${options}`, () => {
    assertEquals(copies(`--wire h264 -o ${options}`), false);
  });
}
