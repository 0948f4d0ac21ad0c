import { UsageError } from "../../lib/cli/option_table.ts";
import { readAddress } from "../../lib/cli/server_address.ts";
import { assertEquals, assertStringIncludes, assertThrows } from "../assert.ts";

const size = { width: 4, height: 3 };
const accepted: [positionals: string, hostname: string, port: number, size?: typeof size][] = [
  ["h", "h", 8888],
  ["h 9", "h", 9],
  ["h 9 4 3", "h", 9, size],
  ["h 9 4x3", "h", 9, size],
  ["h 4x3", "h", 8888, size],
  ["h:9", "h", 9],
  ["h:9 4 3", "h", 9, size],
  ["h:9 4x3", "h", 9, size],
  ["192.168.0.7:9", "192.168.0.7", 9],
  ["tcp://h:9", "h", 9],
  ["tcp://h:9/", "h", 9],
  ["TCP://h", "h", 8888],
  ["tcp://[::1]:9", "::1", 9],
  ["[::1]:9", "::1", 9],
  ["[fe80::1%eth0]:9", "fe80::1%eth0", 9],
  ["::1 9", "::1", 9],
  ["fe80::1", "fe80::1", 8888],
  ["unix:/run/cam.sock", "unix:/run/cam.sock", 8888],
];
for (const [text, hostname, port, size] of accepted) {
  Deno.test(`readAddress() takes ${text}`, () => {
    assertEquals(readAddress(text.split(" ")), { hostname, port, size });
  });
}

const refused: [positionals: string, message: string, hint: string][] = [
  ["8888", "HOST is missing: 8888 is a port", "./client 127.0.0.1 8888"],
  ["8888 320 240", "HOST is missing: 8888 is a port", "./client 127.0.0.1 8888"],
  ["http://cam:8080/", "not to its web page", "./client cam 8888; "],
  ["https://[::1]/", "not to its web page", "./client ::1 8888; "],
  ["http://u:secret@cam/", '"http://cam/"', "./client cam 8888"],
  ["rtsp://cam/stream", "does not read rtsp: URLs", "./server -i URL"],
  ["h:9 9", "PORT is given twice", "only once"],
  ["h:9 9 4 3", "PORT is given twice", "only once"],
  ["h:0", "PORT is 0", "./client"],
  ["tcp://h:9/x", "wanted HOST, HOST:PORT or tcp://HOST:PORT", "./client"],
  ["h 9 4", "HEIGHT is missing", "./client"],
  ["h 9 4 3 2", 'Unexpected argument "2"', "./client"],
];
for (const [text, message, hint] of refused) {
  Deno.test(`readAddress() refuses ${text.replace("secret", "PASSWORD")}`, () => {
    const error = assertThrows(() => readAddress(text.split(" ")), UsageError);
    assertStringIncludes(error.message, message);
    assertStringIncludes(error.hint, hint);
  });
}

Deno.test("readAddress() prefers the port of an option to the default", () => {
  assertEquals(readAddress(["h"], { port: 9 }).port, 9);
  assertEquals(readAddress(["h", "4", "3"], { port: 9 }), { hostname: "h", port: 9, size });
  assertEquals(readAddress(["h"], { usual: 7 }).port, 7);
  assertEquals(readAddress(["h", "9"], { usual: 7 }).port, 9);
  assertThrows(() => readAddress(["h", "8"], { port: 9 }), UsageError, "PORT is given twice");
});
