import { print } from "../../lib/cli/print.ts";
import { UsageError } from "../../lib/cli/option_table.ts";
import { Failure } from "../../lib/log/failure.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../assert.ts";

/** Runs `run` while each write to stdout goes to `write`. */
function withStdout(write: (bytes: Uint8Array) => number, run: () => void): void {
  Deno.stdout.writeSync = write;
  try {
    run();
  } finally {
    Reflect.deleteProperty(Deno.stdout, "writeSync"); // what is left is the method of its class
  }
}

Deno.test("print() continues after a partial write", () => {
  let printed = "";
  const write = (bytes: Uint8Array) => {
    printed += new TextDecoder().decode(bytes.subarray(0, 2));
    return Math.min(2, bytes.length);
  };
  withStdout(write, () => print("help\n"));
  assertEquals(printed, "help\n");
});

Deno.test("print() ends quietly if the reader has closed the pipe", () => {
  let writes = 0;
  const write = () => {
    writes++;
    throw new Deno.errors.BrokenPipe();
  };
  withStdout(write, () => print("help\n"));
  assertEquals(writes, 1);
});

Deno.test("print() throws a Failure if the disk is full", () => {
  const write = () => {
    throw new Error("No space left on device");
  };
  withStdout(write, () => {
    const failure = assertThrows(() => print("help\n"), Failure);
    assertStringIncludes(failure.message, "Cannot write to stdout: No space left on device");
    assert(!(failure instanceof UsageError));
  });
});
