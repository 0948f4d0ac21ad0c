import { assert, assertEquals, assertMatch } from "../assert.ts";
import { ManualClock } from "../async/manual_clock.ts";
import { AccessControl, type AccessControlOptions } from "../../lib/serve/access_control.ts";
import { parseCidr } from "../../lib/serve/cidr.ts";

const TOKEN = "0123456789abcdef";
const [HOST, OTHER] = ["192.0.2.1", "192.0.2.2"];

/** An access control whose clock and log the test holds. */
function accessControl(changes: Partial<AccessControlOptions> = {}) {
  const clock = new ManualClock();
  const warnings: string[] = [];
  const log = {
    error: () => {},
    warn: (line: string) => void warnings.push(line),
    info: () => {},
    debug: () => {},
  };
  const options = { allow: undefined, maxClients: 9, maxPerHost: 9, token: TOKEN, log, clock };
  return { access: new AccessControl({ ...options, ...changes }), clock, warnings };
}

Deno.test("AccessControl.check() tells a missing token from a wrong one, and accepts the right one", () => {
  const { access } = accessControl();
  assertEquals(access.check(HOST, undefined)?.kind, "no token");
  assertEquals(access.check(HOST, "wrong")?.kind, "wrong token");
  assertEquals(access.check(HOST, TOKEN), undefined);
});

Deno.test("AccessControl.check() asks for no token if none is set", () => {
  const { access } = accessControl({ token: undefined });
  assertEquals([access.check(HOST, undefined), access.check(HOST, "any")], [undefined, undefined]);
});

Deno.test("AccessControl.check() refuses an address after ten wrong tokens, for a minute", async () => {
  const { access, clock } = accessControl();
  for (let i = 0; i < 10; i++) {
    assertEquals(access.check(HOST, `wrong ${i}`)?.kind, "wrong token");
    await clock.advance(1000);
  }
  const refusal = access.check(HOST, TOKEN);
  assertEquals(refusal?.kind, "too many wrong tokens");
  assertMatch(refusal!.message, /retry after a minute/);
  assertEquals(access.check(OTHER, TOKEN), undefined);
  await clock.advance(49_999);
  assert(access.check(HOST, TOKEN));
  await clock.advance(1);
  assertEquals(access.check(HOST, TOKEN), undefined);
});

Deno.test("AccessControl.check(): the right token clears the wrong ones before it", () => {
  const { access } = accessControl();
  for (let i = 0; i < 9; i++) access.check(HOST, "wrong");
  assertEquals(access.check(HOST, TOKEN), undefined);
  for (let i = 0; i < 9; i++) access.check(HOST, "wrong");
  assertEquals(access.check(HOST, TOKEN), undefined);
});

Deno.test("AccessControl.mayConnect() holds the ranges, and logs a refused address once a minute", () => {
  const { access, warnings } = accessControl({ allow: [parseCidr("10.0.0.0/8")!] });
  assertEquals(
    ["10.1.2.3", "::ffff:10.1.2.3", HOST, OTHER].map((host) => access.mayConnect(host)),
    [
      true,
      true,
      false,
      false,
    ],
  );
  assertEquals(warnings, [`${HOST} is not in --allow: closed`]);
});
