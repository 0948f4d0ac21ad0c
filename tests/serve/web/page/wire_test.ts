import { formatAcknowledgement, parsePicture } from "../../../../lib/serve/web/page/wire.js";
import { formatPicture, parseAcknowledgement } from "../../../../lib/wire/live_message.ts";
import { assertEquals } from "../../../assert.ts";

Deno.test("page parsePicture() reads what formatPicture() writes", () => {
  const head = {
    ...{
      kind: "delta" as const,
      placeholder: true,
      stream: 513,
      number: 70_000,
      sequence: 2 ** 40,
    },
    ...{ capturedAt: 1_790_000_000_000.25, rate: 600_000 },
  };
  const message = formatPicture(head, Uint8Array.of(1, 2, 3));
  assertEquals(parsePicture(message.buffer), { ...head, bytes: Uint8Array.of(1, 2, 3) });
});

Deno.test("page parsePicture() leaves out a message that is too short, or of another kind", () => {
  assertEquals(parsePicture(new ArrayBuffer(31)), undefined);
  assertEquals(parsePicture(Uint8Array.of(9, ...new Array(40).fill(0)).buffer), undefined);
});

Deno.test("page formatAcknowledgement() writes what parseAcknowledgement() reads", () => {
  const picture = { stream: 513, number: 70_000 };
  assertEquals(parseAcknowledgement(formatAcknowledgement(picture)), picture);
});
