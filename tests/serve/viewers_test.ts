import { assertEquals } from "../assert.ts";
import { type Viewer, Viewers } from "../../lib/serve/viewers.ts";

/** The samples of the metric `name`. */
function samples(viewers: Viewers, name: string) {
  const metric = viewers.metrics().find((metric) => metric.name === name)!;
  return "samples" in metric ? metric.samples : undefined;
}

Deno.test("Viewers.total() keeps what viewers got before they left", () => {
  const viewers = new Viewers();
  const viewer = { peer: "192.0.2.1:7", wire: "raw", sent: 1, skipped: 2, bytes: 3 };
  const left = viewers.add(viewer);
  using _other = viewers.add({ ...viewer, peer: "192.0.2.2:7" });
  viewer.sent = 10;
  assertEquals([viewers.total("sent"), viewers.total("skipped")], [11, 4]);
  left[Symbol.dispose]();
  left[Symbol.dispose]();
  viewer.sent = 99; // it is no longer counted
  assertEquals([viewers.total("sent"), viewers.total("bytes")], [11, 6]);
});

Deno.test("Viewers.metrics() has a sample for each viewer whose format is known", () => {
  const viewers = new Viewers();
  const viewer: Viewer = { peer: "192.0.2.1:7", wire: "y4m", sent: 5, skipped: 0, bytes: 60 };
  using _one = viewers.add(viewer);
  using _two = viewers.add({ ...viewer, peer: "192.0.2.2:7", wire: undefined });
  using _page = viewers.add({ ...viewer, wire: "page", stream: "kitchen" });
  assertEquals(samples(viewers, "framewire_client_frames_sent_total"), [
    { labels: { client: "192.0.2.1:7", wire: "y4m" }, value: 5 },
    { labels: { client: "192.0.2.1:7", wire: "page", stream: "kitchen" }, value: 5 },
  ]);
});
