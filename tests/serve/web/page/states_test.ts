import { spoken, stateOf, summaryOf } from "../../../../lib/serve/web/page/states.js";
import { assertEquals, assertMatch } from "../../../assert.ts";

const NOW = 1_000_000;
const open = { kind: "open", why: "", nextTry: 0 };
const fine = {
  connection: open,
  stream: { state: { lost: null, fps: 30 } },
  drawnAt: NOW - 20,
  age: 40,
  ending: undefined,
  before: undefined,
};
const kindOf = (facts: object) => stateOf({ ...fine, ...facts }, NOW).kind;

Deno.test("page stateOf() is live only if nothing speaks against it", () => {
  assertEquals(stateOf(fine, NOW), { kind: "live", label: "live", detail: "" });
  assertEquals(kindOf({ drawnAt: undefined }), "connecting");
  assertEquals(kindOf({ drawnAt: NOW - 1001 }), "behind");
  assertEquals(kindOf({ age: 1200 }), "behind");
  assertEquals(kindOf({ stream: { state: null } }), "lost");
  assertEquals(kindOf({ stream: undefined }), "ended");
  assertEquals(kindOf({ ending: "over" }), "ended");
  assertEquals(kindOf({ connection: { kind: "connecting" } }), "connecting");
  assertEquals(kindOf({ connection: { kind: "refused" } }), "refused");
  assertEquals(kindOf({ connection: { kind: "away", why: "", nextTry: 0 } }), "away");
});

Deno.test("page stateOf() says until when a camera is closed", () => {
  const closed = { since: "2026-11-28T18:30:00Z", until: "2026-11-30T07:00:00Z" };
  const of = (closed: object) => stateOf({ ...fine, stream: { state: { closed, fps: 0 } } }, NOW);
  assertEquals([of(closed).kind, of(closed).label], ["closed", "closed"]);
  assertMatch(of(closed).detail, /^Closed until \w+, \d.*\.$/);
  assertMatch(of({ ...closed, until: null }).detail, /^Closed: these are not the hours/);
});

Deno.test("page stateOf() says why there is no signal, and since when", () => {
  const lost = { since: "2026-11-28T18:30:22Z", why: "it sent no frame for 5 s" };
  const { kind, detail } = stateOf({ ...fine, stream: { state: { lost, fps: 30 } } }, NOW);
  assertEquals(kind, "lost");
  assertMatch(detail, /^No signal since \d.*: it sent no frame for 5 s$/);
});

Deno.test("page stateOf() says what the page waits for, and when it tries again", () => {
  const connection = { kind: "away", why: "the server does not answer", nextTry: NOW + 4100 };
  const { label, detail } = stateOf({ ...fine, connection }, NOW);
  assertEquals(label, "server away");
  assertEquals(detail, "No connection: the server does not answer; next try in 5 s.");
  const trying = stateOf({ ...fine, connection: { ...connection, nextTry: NOW - 1 } }, NOW);
  assertEquals(trying.detail, "No connection: the server does not answer; trying again.");
});

Deno.test("page stateOf() keeps saying that a film is over while its server is away, and nothing else", () => {
  const away = { kind: "away", why: "the server does not answer", nextTry: NOW };
  const over = stateOf({ ...fine, connection: away, stream: { state: null, ended: "over" } }, NOW);
  assertEquals(over, { kind: "ended", label: "ended", detail: "The stream is over." });
  assertEquals(kindOf({ connection: away, ending: "over" }), "ended");
  assertEquals(kindOf({ connection: away, ending: "failed" }), "away");
  assertEquals(kindOf({ connection: { kind: "refused" }, ending: "over" }), "refused");
  assertEquals(kindOf({ stream: { state: null, ended: "failed" } }), "ended");
});

Deno.test("page stateOf() tells a server that is full, or starts, from one that is away", () => {
  const full = { kind: "full", why: "64 clients are being served", nextTry: NOW + 4100 };
  const { label, detail } = stateOf({ ...fine, connection: full }, NOW);
  assertEquals(label, "full");
  assertEquals(detail, "No connection: 64 clients are being served; next try in 5 s.");
  const starting = stateOf({ ...fine, connection: { ...full, kind: "starting" } }, NOW);
  assertEquals(starting.label, "starting");
  assertEquals(starting.detail, "The server is starting; next try in 5 s.");
  assertEquals(spoken(starting), "The server is starting.");
});

Deno.test("page stateOf() waits for the next picture of a slow camera", () => {
  const slow = { stream: { state: { lost: null, fps: 0.5 } } };
  assertEquals(kindOf({ ...slow, drawnAt: NOW - 4900 }), "live");
  assertEquals(kindOf({ ...slow, drawnAt: NOW - 5100 }), "behind");
});

Deno.test("page stateOf() calls no picture behind whose age is uncertain, and does not flicker", () => {
  assertEquals(kindOf({ age: 1200, uncertainty: 300 }), "live");
  assertEquals(kindOf({ age: undefined, uncertainty: Infinity }), "live");
  assertEquals(kindOf({ age: 900, before: "behind" }), "behind");
  assertEquals(kindOf({ age: 900, before: "live" }), "live");
  assertEquals(kindOf({ age: 700, before: "behind" }), "live");
});

Deno.test("page summaryOf() counts the cameras that are not live", () => {
  assertEquals(summaryOf(["live", "live"]), { kind: "live", label: "2 live" });
  assertEquals(summaryOf(["live", "connecting"]).label, "connecting");
  const some = ["live", "connecting", "lost", "behind"];
  assertEquals(summaryOf(["ended", "ended"]), { kind: "ended", label: "ended" });
  assertEquals(summaryOf(some), { kind: "lost", label: "3 of 4 not live" });
});
