import { grayFormat } from "../../lib/frame/frame_format.ts";
import { announce, clientAddresses, formatEnd, serverStatus } from "../../lib/cli/announce.ts";
import { StreamStats } from "../../lib/stats/stream_stats.ts";
import { Meter } from "../../lib/stats/meter.ts";
import { assertEquals } from "../assert.ts";

const interfaces: { family: "IPv4" | "IPv6"; address: string }[] = [
  { family: "IPv4", address: "127.0.0.1" },
  { family: "IPv6", address: "::1" },
  { family: "IPv4", address: "192.168.0.7" },
  { family: "IPv6", address: "fe80::1" },
  { family: "IPv6", address: "2001:db8::7" },
  { family: "IPv4", address: "10.0.0.7" },
];

Deno.test("clientAddresses() names this host's addresses, those for other hosts first", () => {
  const table: [hostname: string, addresses: string[]][] = [
    ["0.0.0.0", ["192.168.0.7", "10.0.0.7", "127.0.0.1"]],
    ["::", ["192.168.0.7", "2001:db8::7", "10.0.0.7", "127.0.0.1", "::1"]],
    ["127.0.0.1", ["127.0.0.1"]],
    ["camera.local", ["camera.local"]],
  ];
  for (const [hostname, addresses] of table) {
    assertEquals(clientAddresses(hostname, interfaces), addresses, hostname);
  }
});

/** What `announce()` says of a source with this rate. */
function announced(fps: number | undefined): string[] {
  const lines: string[] = [];
  const ignore = () => {};
  const log = {
    error: ignore,
    warn: ignore,
    info: (line: string) => lines.push(line),
    debug: ignore,
  };
  const server = { endpoint: { where: "127.0.0.1 port 8888", port: 8888 }, webPort: undefined };
  const options = { tlsCert: undefined, tokenFile: undefined, allow: undefined };
  const wireAt = { hostname: "127.0.0.1", port: 8888 };
  const stream = { name: "test picture", format: grayFormat({ width: 4, height: 3 }), fps };
  announce([["video0", { ...stream, outage: () => undefined }]], {
    server,
    options,
    wireAt,
    webAt: undefined,
  }, log);
  return lines;
}

Deno.test("announce() names the stream, the address and the client's command", () => {
  assertEquals(announced(30), [
    "source:  test picture",
    "width:   4",
    "height:  3",
    "rate:    30 fps",
    "listens: 127.0.0.1 port 8888",
    "watch:   ./client 127.0.0.1 8888",
  ]);
  assertEquals(announced(undefined)[3], "rate:    unknown");
});

Deno.test("serverStatus() shows frames, rate, clients and skips", () => {
  let now = 0;
  const meter = new Meter(() => now);
  for (let i = 0; i < 15; i++) meter.count();
  now = 1000;
  assertEquals(
    serverStatus([{ meter, filterStatus: undefined, outage: () => undefined }], {
      status: "2 clients  20 sent  10 skipped",
    }),
    "15 frames  15.0 fps  2 clients  20 sent  10 skipped",
  );
});

Deno.test("formatEnd() counts NO SIGNAL pictures as frames with --placeholders", () => {
  let now = 0;
  const stats = new StreamStats(() => now);
  for (const placeholder of [false, true, true]) {
    stats.count({ bytes: 12, skipped: 0, age: 1, placeholder });
  }
  now = 2000;
  const stream = { receiver: { stats, wire: "y4m" as const }, vision: undefined, delivered: 0 };
  assertEquals(
    [false, true].map((placeholders) => formatEnd(stream, { placeholders })),
    [
      "ended after 1 frame in 2.0 s: 0 missed, 2 NO SIGNAL pictures",
      "ended after 3 frames in 2.0 s: 0 missed, 2 NO SIGNAL pictures received as frames",
    ],
  );
});

Deno.test("announce() has a line for each of several cameras", () => {
  const lines: string[] = [];
  const ignore = () => {};
  const log = {
    error: ignore,
    warn: ignore,
    info: (line: string) => lines.push(line),
    debug: ignore,
  };
  const camera = { name: "/dev/video0", format: grayFormat({ width: 640, height: 480 }), fps: 30 };
  const outage = { since: new Date(), why: "it is not there" };
  const streams = [
    ["kitchen", { ...camera, outage: () => undefined }],
    ["garden", { ...camera, name: "rtsp://garden", fps: undefined, outage: () => outage }],
  ] as const;
  const server = { endpoint: { where: "127.0.0.1 port 8888", port: 8888 }, webPort: undefined };
  const options = { tlsCert: undefined, tokenFile: undefined, allow: undefined };
  const wireAt = { hostname: "127.0.0.1", port: 8888 };
  announce(streams, { server, options, wireAt, webAt: undefined }, log);
  assertEquals(lines.slice(0, 3), [
    "camera:  kitchen: /dev/video0, 640x480, 30 fps",
    "camera:  garden: rtsp://garden, 640x480, no signal",
    "listens: 127.0.0.1 port 8888",
  ]);
});
