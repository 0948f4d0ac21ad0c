import { parseCidr } from "../../../lib/serve/cidr.ts";
import { TrustedProxies } from "../../../lib/serve/web/trusted_proxies.ts";
import { assert, assertEquals, assertMatch } from "../../assert.ts";
import { MemoryClient, webPages } from "./web_pages.ts";

const proxies = new TrustedProxies(
  ["127.0.0.1", "10.0.0.0/8", "fd00::/8"].map((text) => parseCidr(text)!),
);

const forwarded = (text: string) => new Headers({ "x-forwarded-for": text });

Deno.test("TrustedProxies.personOf() is the rightmost address that is no trusted proxy", () => {
  const table: [header: string, person: string][] = [
    ["192.0.2.7", "192.0.2.7"],
    ["198.51.100.1, 192.0.2.7", "192.0.2.7"],
    ["198.51.100.1,192.0.2.7, 10.1.2.3 ,127.0.0.1", "192.0.2.7"],
    ["2001:db8::7, fd00::1", "2001:db8::7"],
    ["192.0.2.7:4711", "192.0.2.7"],
    ["[2001:db8::7]:4711, 10.0.0.1", "2001:db8::7"],
    ["10.0.0.9, 10.0.0.1", "10.0.0.9"], // a person in the network of the proxies
    ["192.0.2.7, unknown, 10.0.0.1", "10.0.0.1"], // what is left of it cannot be checked
    ['192.0.2.7, evil"<script>', "127.0.0.1"],
    ["192.0.2.7,", "127.0.0.1"],
    ["", "127.0.0.1"],
    [`192.0.2.7${", 10.0.0.1".repeat(40)}`, "10.0.0.1"],
  ];
  for (const [header, person] of table) {
    assertEquals(proxies.personOf("127.0.0.1", forwarded(header)), person, header);
  }
  assertEquals(proxies.personOf("127.0.0.1", new Headers()), "127.0.0.1");
  const twice = new Headers([["x-forwarded-for", "192.0.2.7"], ["x-forwarded-for", "10.0.0.1"]]);
  assertEquals(proxies.personOf("::ffff:127.0.0.1", twice), "192.0.2.7");
});

Deno.test("TrustedProxies ignores the headers of everybody else", () => {
  const headers = new Headers({ "x-forwarded-for": "192.0.2.7", "x-forwarded-proto": "https" });
  for (const host of ["198.51.100.1", "127.0.0.2", "::1"]) {
    assertEquals(proxies.personOf(host, headers), host);
    assertEquals(proxies.isSecure(host, headers), false);
    const client = new MemoryClient(host);
    assert(proxies.clientOf(new Request("http://h/", { headers }), client) === client);
  }
  assertEquals(new TrustedProxies([]).personOf("127.0.0.1", headers), "127.0.0.1");
});

Deno.test("TrustedProxies.isSecure() takes the word of the nearest proxy", () => {
  const of = (proto: string) =>
    proxies.isSecure("127.0.0.1", new Headers({ "x-forwarded-proto": proto }));
  assertEquals(["https", "HTTPS", "http, https"].map(of), [true, true, true]);
  assertEquals(["http", "https, http", "", "httpsx"].map(of), [false, false, false, false]);
});

Deno.test("TrustedProxies.clientOf() is the person, on the connection of the proxy", async () => {
  const proxy = new MemoryClient("127.0.0.1");
  const request = new Request("http://h/", { headers: forwarded("192.0.2.7") });
  const client = proxies.clientOf(request, proxy);
  assertEquals([client.host, client.peer], ["192.0.2.7", "192.0.2.7 via 127.0.0.1:7"]);
  client.hold();
  client.close();
  await client.gone;
  assertEquals([proxy.holds, proxy.closed], [true, true]);
});

Deno.test("login: the cookie is Secure if a trusted proxy has got the form over TLS", async () => {
  const { ask } = webPages({ token: "correct-horse" });
  for (const [proto, end] of [["https", /; Secure$/], ["http", /SameSite=Strict$/]] as const) {
    const headers = { "x-forwarded-for": "192.0.2.7", "x-forwarded-proto": proto };
    const request = new Request("http://h/", { headers });
    const client = proxies.clientOf(request, new MemoryClient("127.0.0.1"));
    const body = new URLSearchParams({ token: "correct-horse" });
    const answer = await ask("/login", { method: "POST", body }, client as MemoryClient);
    assertMatch(answer.headers.get("set-cookie") ?? "", end);
  }
});
