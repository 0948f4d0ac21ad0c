import { Buffer } from "node:buffer";
import { ChannelDuplex } from "../../../lib/serve/web/channel_duplex.ts";
import { assertEquals } from "../../assert.ts";
import { ManualClock, settle } from "../../async/manual_clock.ts";

/** A connection whose peer sends as much as is read, and takes all. */
function open() {
  const written: number[] = [];
  const clock = new ManualClock();
  const channel = {
    read: (space: Uint8Array) => Promise.resolve(space.length),
    write: (bytes: Uint8Array) => {
      written.push(bytes.length);
      return Promise.resolve(bytes.length);
    },
    closeWrite: () => Promise.resolve(),
    isClosed: false,
    close() {
      this.isClosed = true;
    },
  };
  const duplex = new ChannelDuplex(channel, clock);
  return { channel, clock, duplex, written };
}

Deno.test("ChannelDuplex reads a burst at once, and then 128 KiB a second", async () => {
  const { clock, duplex, channel } = open();
  let got = 0;
  duplex.on("data", (bytes: Uint8Array) => got += bytes.length);
  const after = async (milliseconds: number) => {
    for (let i = 0; i < milliseconds; i += 10) await clock.advance(10);
    for (let i = 0; i < 100; i++) await new Promise((resolve) => setTimeout(resolve, 0));
    return got / 1024;
  };
  const first = await after(0);
  assertEquals(first >= 256 && first <= 272, true, `${first} KiB at once`);
  const later = await after(2000);
  assertEquals(Math.abs(later - first - 256) <= 32, true, `${later - first} KiB in 2 s`);
  duplex.destroy();
  await settle();
  assertEquals([channel.isClosed, clock.timers], [true, 0]);
});

Deno.test("ChannelDuplex writes what belongs together at once", async () => {
  const { duplex, written } = open();
  duplex.cork();
  duplex.write(Buffer.alloc(4));
  duplex.write(Buffer.alloc(1000));
  duplex.uncork();
  await settle();
  assertEquals(written, [1004]);
  duplex.destroy();
});
