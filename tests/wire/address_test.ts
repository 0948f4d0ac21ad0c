import { formatHost, formatHostPort, hostError, unixPath } from "../../lib/wire/address.ts";
import { assertEquals } from "../assert.ts";

Deno.test("formatHostPort() puts an IPv6 address into brackets", () => {
  const texts = ["cam", "10.0.0.1", "::1", "fe80::1%eth0"].map((hostname) =>
    formatHostPort({ hostname, port: 8888 })
  );
  assertEquals(texts, ["cam:8888", "10.0.0.1:8888", "[::1]:8888", "[fe80::1%eth0]:8888"]);
  assertEquals(formatHost("::1"), "[::1]");
});

Deno.test("formatHostPort() adds no port to a unix socket", () => {
  assertEquals(formatHostPort({ hostname: "unix:/run/cam", port: 8888 }), "unix:/run/cam");
});

Deno.test("unixPath() returns the path of a unix socket only", () => {
  assertEquals(["unix:/run/cam", "unix", "cam"].map(unixPath), ["/run/cam", undefined, undefined]);
});

Deno.test("hostError() distinguishes unknown names from invalid ones", () => {
  const lookup = new Error("failed to lookup address information: Name or service not known");
  assertEquals(hostError("nowhere", lookup), "not found");
  assertEquals(hostError("300.1.1.1", lookup), "invalid");
  assertEquals(hostError("a b", new URIError("invalid host 'a b'")), "invalid");
  assertEquals(hostError("cam", new Deno.errors.ConnectionRefused("refused")), undefined);
});
