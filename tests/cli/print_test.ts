import { print } from "../../lib/cli/print.ts";
import { Failure } from "../../lib/log/failure.ts";
import { assertEquals, assertThrows } from "../assert.ts";
import { printedBy } from "./control.ts";

/** Runs `print` with a stdout whose writes are `write`. */
function printTo(write: (bytes: Uint8Array) => number, text: string): void {
  Deno.stdout.writeSync = write;
  try {
    print(text);
  } finally {
    Reflect.deleteProperty(Deno.stdout, "writeSync"); // what is left is the method of its class
  }
}

Deno.test("print() writes the whole text, also in several pieces", () => {
  assertEquals(printedBy(() => print("Größe\n")), "Größe\n");
  const written: number[] = [];
  const writeTwo = (bytes: Uint8Array) => written.push(...bytes.subarray(0, 2)) && 2;
  printTo(writeTwo, "four");
  assertEquals(new TextDecoder().decode(new Uint8Array(written)), "four");
});

Deno.test("print() ends in silence when the reader has closed the pipe", () => {
  let writes = 0;
  printTo(() => {
    writes++;
    throw new Deno.errors.BrokenPipe();
  }, "help");
  assertEquals(writes, 1);
});

Deno.test("print() throws a Failure if stdout is full", () => {
  const write = () => {
    throw new Error("No space left on device (os error 28)");
  };
  const failure = assertThrows(() => printTo(write, "help"), Failure);
  assertEquals(failure.message, "Cannot write to stdout: No space left on device (os error 28)");
});
