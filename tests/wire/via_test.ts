import { grayFormat } from "../../lib/frame/frame_format.ts";
import { formatAnswer, formatHello, parseAnswer, parseHello } from "../../lib/wire/hello.ts";
import { loopIn, newServerId, parseVia } from "../../lib/wire/via.ts";
import { WireError } from "../../lib/wire/wire_error.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../assert.ts";

const [A, B] = ["0c5e21d7a9f4", "77a0b1c2d3e4"];

Deno.test("newServerId() gives an id that fits into a greeting, and each time another one", () => {
  const [one, other] = [newServerId(), newServerId()];
  assertEquals(parseVia(`${one},${other}`), [one, other]);
  assert(one !== other);
});

Deno.test("via is in the greeting and in its answer", () => {
  const hello = formatHello({ wire: "y4m", ack: true, stream: "garden", via: [A] });
  assertEquals(hello, `framewire/1 wire=y4m ack=1 stream=garden via=${A}\n`);
  assertEquals(parseHello(hello.trimEnd()).via, [A]);
  const format = grayFormat({ width: 4, height: 3 });
  const answer = formatAnswer({ wire: "y4m", format, fps: 30, via: [A, B] });
  assertEquals(answer, `framewire/1 ok wire=y4m width=4 height=3 fps=30 via=${A},${B}\n`);
  assertEquals(parseAnswer(answer.trimEnd()), { wire: "y4m", format, fps: 30, via: [A, B] });
});

Deno.test("formatHello() keeps to 512 bytes with the longest name and token", () => {
  const [stream, token] = ["x".repeat(64), "t".repeat(256)];
  const hello = formatHello({ wire: "mjpeg", ack: true, stream, token, via: [A] });
  assert(hello.length <= 512);
});

Deno.test("parseVia() refuses what is no list of 1 to 8 ids", () => {
  assertEquals(parseVia(undefined), undefined);
  assertEquals(parseVia(Array(8).fill(A).join())?.length, 8);
  for (const text of ["", "short", `${A},`, A.toUpperCase(), Array(9).fill(A).join()]) {
    assertThrows(() => parseVia(text), WireError, "wanted: 1 to 8 ids");
  }
});

Deno.test("loopIn() finds a path with the server that asks, and one that is too long", () => {
  assertEquals(loopIn([A], [B]), undefined);
  assertStringIncludes(loopIn([B, A], [A]) ?? "", "leads back");
  const path = Array.from({ length: 8 }, (_, i) => `server-${i}`);
  assertEquals(loopIn(path.slice(1), [A]), undefined);
  assertStringIncludes(loopIn(path, [A]) ?? "", "8 servers");
});
