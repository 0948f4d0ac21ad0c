import { grayFormat } from "../../lib/frame/frame_format.ts";
import { formatAnswer, parseAnswer } from "../../lib/wire/hello.ts";
import { assertEquals } from "../assert.ts";

const answer = { wire: "y4m", format: grayFormat({ width: 4, height: 3 }), fps: 30 } as const;

Deno.test("formatAnswer() and parseAnswer() keep whether the stream is lossless", () => {
  const line = formatAnswer({ ...answer, lossless: true });
  assertEquals(line, "framewire/1 ok wire=y4m width=4 height=3 fps=30 lossless=1\n");
  assertEquals(parseAnswer(line.trimEnd()), { ...answer, lossless: true });
  assertEquals(formatAnswer(answer), "framewire/1 ok wire=y4m width=4 height=3 fps=30\n");
  assertEquals(parseAnswer(formatAnswer(answer).trimEnd()), answer);
});
