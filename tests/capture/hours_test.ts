import { parseHours, Schedule } from "../../lib/capture/hours.ts";
import { assertEquals, assertStringIncludes, assertThrows } from "../assert.ts";

const H = 3600;
const DAY = 24 * H;

/** A schedule's answers at some times, as `open until ...` in UTC. */
function states(text: string, zone: string, times: readonly string[]): string[] {
  const schedule = new Schedule(parseHours(text), zone);
  return times.map((time) => {
    const { isOpen, until } = schedule.at(Date.parse(time));
    return `${isOpen ? "open" : "closed"} until ${until?.toISOString().slice(0, -5) ?? "ever"}`;
  });
}

Deno.test("parseHours() reads days and times, in seconds of the week", () => {
  const table: [text: string, spans: [number, number][]][] = [
    ["mon 07:00-18:30", [[7 * H, 18.5 * H]]],
    [
      "sat-mon 9:00 - 12:00",
      [[5, 6], [6, 6], [0, 6]].map(([day = 0]) => [
        day * DAY + 9 * H,
        day * DAY + 12 * H,
      ]),
    ],
    ["Sun 22:00-06:00", [[6 * DAY + 22 * H, 7 * DAY + 6 * H]]],
    ["tue 00:00-24:00, thu 08:00:30-09:00", [
      [DAY, 2 * DAY],
      [3 * DAY + 8 * H + 30, 3 * DAY + 9 * H],
    ]],
  ];
  for (const [text, spans] of table) assertEquals(parseHours(text).spans, spans, text);
  assertEquals(parseHours("07:00-08:00").spans.length, 7);
});

Deno.test("parseHours() refuses what is no range, and names it", () => {
  const wrong = ["", "mon", "mon 7-8", "mon 07:00", "moon 07:00-08:00", "mon 07:00-07:00"];
  const more = ["mon 25:00-26:00", "mon 07:60-08:00", "mon 24:00-07:00", "mon,tue 07:00-08:00"];
  for (const text of [...wrong, ...more]) {
    const { message } = assertThrows(() => parseHours(text), Error);
    assertStringIncludes(message, '"mon-fri 07:00-18:30, sat 09:00-12:00"; "');
  }
});

Deno.test("Schedule.at() says whether it is open, and until when, in its time zone", () => {
  // 2026-11-27 is a Friday. Berlin is one hour ahead of UTC.
  assertEquals(
    states("mon-fri 07:00-18:30, sat 09:00-12:00", "Europe/Berlin", [
      "2026-11-27T05:59:59Z",
      "2026-11-27T06:00:00Z",
      "2026-11-27T17:29:59.999Z",
      "2026-11-27T17:30:00Z",
      "2026-11-28T10:00:00Z",
      "2026-11-28T11:00:00Z",
      "2026-11-27T12:00:00Z", // and back
    ]),
    [
      "closed until 2026-11-27T06:00:00",
      "open until 2026-11-27T17:30:00",
      "open until 2026-11-27T17:30:00",
      "closed until 2026-11-28T08:00:00",
      "open until 2026-11-28T11:00:00",
      "closed until 2026-11-30T06:00:00",
      "open until 2026-11-27T17:30:00",
    ],
  );
});

Deno.test("Schedule.at() goes over midnight, over the end of the week, and joins what meets", () => {
  assertEquals(
    states("sun 22:00-06:00", "UTC", ["2026-11-29T21:00:00Z", "2026-11-30T05:00:00Z"]),
    ["closed until 2026-11-29T22:00:00", "open until 2026-11-30T06:00:00"],
  );
  assertEquals(
    states("mon 07:00-12:00, mon 12:00-13:00, mon 12:30-14:00", "UTC", ["2026-11-30T08:00:00Z"]),
    ["open until 2026-11-30T14:00:00"],
  );
  assertEquals(states("00:00-24:00", "UTC", ["2026-11-30T08:00:00Z"]), ["open until ever"]);
});

Deno.test("Schedule.at() takes times with fractions of a millisecond", () => {
  const schedule = new Schedule(parseHours("mon 07:00-18:30"), "UTC");
  const begin = Date.parse("2026-11-30T07:00:00Z");
  for (const early of [0.1, 0.4, 0.5, 0.9, 1.2]) {
    const { isOpen, until } = new Schedule(parseHours("mon 07:00-18:30"), "UTC").at(begin - early);
    assertEquals([isOpen, until?.getTime()], [false, begin]);
    assertEquals(schedule.at(begin + early).isOpen, true);
  }
});

Deno.test("Schedule.at() follows daylight saving", () => {
  // Berlin: 2027-03-28 02:00 is 03:00, 2026-10-25 03:00 is 02:00.
  assertEquals(
    states("07:00-18:00", "Europe/Berlin", ["2027-03-27T20:00:00Z", "2026-10-24T20:00:00Z"]),
    ["closed until 2027-03-28T05:00:00", "closed until 2026-10-25T06:00:00"],
  );
  assertEquals(
    states("sun 01:00-02:30", "Europe/Berlin", [
      "2027-03-28T00:30:00Z", // 01:30, and 02:00 does not come
      "2026-10-25T00:15:00Z", // 02:15
      "2026-10-25T00:45:00Z", // 02:45, and then 02:00 again
      "2026-10-25T01:15:00Z",
    ]),
    [
      "open until 2027-03-28T01:00:00",
      "open until 2026-10-25T00:30:00",
      "closed until 2026-10-25T01:00:00",
      "open until 2026-10-25T01:30:00",
    ],
  );
  assertEquals(
    states("sun 02:10-02:50", "Europe/Berlin", ["2027-03-27T20:00:00Z"]),
    ["closed until 2027-04-04T00:10:00"], // the hour of 2027-03-28 does not exist
  );
  // Lord Howe Island changes by half an hour.
  assertEquals(
    states("12:00-13:00", "Australia/Lord_Howe", ["2026-10-03T10:00:00Z", "2027-04-03T10:00:00Z"]),
    ["closed until 2026-10-04T01:00:00", "closed until 2027-04-04T01:30:00"],
  );
});

Deno.test("Schedule.format() names the day and the time in its time zone", () => {
  const schedule = new Schedule(parseHours("07:00-18:00"), "Europe/Berlin");
  assertEquals(schedule.format(new Date("2026-11-30T06:00:00Z")), "Mon 07:00");
  assertEquals(schedule.format(new Date("2026-11-30T23:00:30Z")), "Tue 00:00:30");
});
