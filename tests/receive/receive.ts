/** A receiver whose server the test plays. */

import type { Frame } from "../../lib/frame/frame.ts";
import { frameBytes } from "../../lib/frame/frame_format.ts";
import type { FrameSize } from "../../lib/frame/frame_size.ts";
import { Receiver } from "../../lib/receive/receiver.ts";
import type { ReceiverOptions } from "../../lib/receive/receiver_options.ts";
import { settle } from "../async/manual_clock.ts";
import { assert, assertEquals } from "../assert.ts";
import { type MemoryConnection, memoryLog, type MemoryPlatform } from "./memory_platform.ts";

/** The size of a foreign raw stream, which the user gives. */
export const FOREIGN = { size: { width: 4, height: 3 } };

/** The pixels of each frame. */
export const PIXELS = "abcdefghijkl";

/** A receiver that reads in the background; the test plays the server and sets the clock. */
export async function receive(
  platform: MemoryPlatform,
  { orLost, ...given }: Partial<ReceiverOptions> & { orLost?: FrameSize } = {},
) {
  const { log, lines } = memoryLog();
  const controller = new AbortController();
  const { signal } = controller;
  const events: string[] = [];
  const options: ReceiverOptions = {
    ...{ hostname: "cam", port: 8888, wire: "y4m", size: undefined, stall: 10, log },
    ...{ reconnect: true, placeholders: false },
    drawPlaceholder: (format) => new Uint8Array(frameBytes(format)).fill(24),
    onOutage: (event, why) => events.push(`${event}: ${why}`),
    ...given,
  };
  const receiver = await Receiver.open(options, { signal, platform, orLost });
  const frames: Frame[] = [];
  let failure: Error | undefined;
  let isOver = false;
  const reading = (async () => {
    try {
      for await (const frame of receiver.frames({ signal })) frames.push(frame);
    } catch (thrown) {
      failure = thrown as Error;
    }
    isOver = true;
  })();
  await settle();
  return {
    ...{ receiver, frames, lines, events, clock: platform.clock },
    abort: () => controller.abort(),
    isOver: () => isOver,
    /** Asserts that nothing is left; gives the failure. */
    end: async (...conns: MemoryConnection[]): Promise<string | undefined> => {
      await platform.clock.advance(0);
      assert(isOver, "the receiver still reads");
      await reading;
      await receiver[Symbol.asyncDispose]();
      for (const conn of conns) assert(conn.isClosed, "a connection is open");
      assertEquals(platform.clock.timers, 0);
      return failure?.message;
    },
  };
}

/** Numbers of frames; placeholders as `[7]`. */
export function numbers(frames: Frame[]): string {
  return frames.map(({ sequence, kind }) => kind ? `[${sequence}]` : sequence).join(" ");
}
