import { ServerClock } from "../../../../lib/serve/web/page/clock.js";
import { assertEquals } from "../../../assert.ts";

Deno.test("page ServerClock keeps the answer with the shortest round trip", () => {
  const clock = new ServerClock();
  assertEquals(clock.age({ capturedAt: 0 }, 5), undefined);
  clock.answered({ asked: 1000, time: 6010, at: 1020 });
  assertEquals([clock.offset, clock.uncertainty], [5000, 10]);
  clock.answered({ asked: 2000, time: 7050, at: 2060 }); // uncertain by 30
  assertEquals(clock.offset, 5000);
  clock.answered({ asked: 3000, time: 8005, at: 3002 });
  assertEquals([clock.offset, clock.uncertainty], [5004, 1]);
  assertEquals(clock.age({ capturedAt: 8000 }, 3096), 100);
});

Deno.test("page ServerClock takes a worse answer after the server's clock was set, and after doubt()", () => {
  const clock = new ServerClock();
  clock.answered({ asked: 0, time: 5001, at: 2 });
  clock.answered({ asked: 1000, time: 9020, at: 1040 });
  assertEquals(clock.offset, 8000);
  clock.doubt();
  clock.answered({ asked: 2000, time: 10_050, at: 2100 });
  assertEquals([clock.offset, clock.uncertainty], [8000, 50]);
});

Deno.test("page ServerClock leaves out an answer that is no time", () => {
  const clock = new ServerClock();
  clock.answered({ asked: undefined, time: "x", at: 2 } as never);
  assertEquals([clock.offset, clock.uncertainty], [0, Infinity]);
});
