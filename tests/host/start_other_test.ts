import { assertEquals } from "../assert.ts";
import { cmdArguments, startOther } from "../../lib/host/start_other.ts";

Deno.test("startOther() starts a program with its arguments and environment", async () => {
  await using child = startOther(["sh", "-c", 'echo "$0 $FRAMEWIRE_TEST"', "a b"], {
    env: { FRAMEWIRE_TEST: "c" },
    ...{ stdin: "null", stdout: "piped", stderr: "null" },
  });
  assertEquals(await new Response(child.stdout).text(), "a b c\n");
});

for (
  const [command, line] of [
    [["notify.exe", "-n"], '"notify.exe -n"'],
    [["C:\\Program Files\\notify.exe", "a b"], '""C:\\Program Files\\notify.exe" "a b""'],
    [["start", "", "http://127.0.0.1:1/?a=1&b=2"], '"start "" "http://127.0.0.1:1/?a=1&b=2""'],
    [["say", 'a "word"', "C:\\a b\\"], '"say "a \\"word\\"" "C:\\a b\\\\""'],
  ] as const
) {
  Deno.test(`cmdArguments() quotes ${JSON.stringify(command)}`, () => {
    assertEquals(cmdArguments(command), ["/d", "/s", "/c", line]);
  });
}
