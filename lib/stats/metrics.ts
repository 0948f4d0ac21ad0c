/** Writes metrics in Prometheus' text format (exposition format 0.0.4). Pure: metrics in, text out. */

import type { Histogram } from "./histogram.ts";

export interface Labels {
  readonly [name: string]: string;
}

/** One value, with its labels. */
export interface Sample<Value = number> {
  readonly labels?: Labels;
  readonly value: Value;
}

/** A family of values. By Prometheus' naming rules, counters end in `_total`, and times are in seconds. */
export type Metric =
  & { readonly name: string; readonly help: string }
  & (
    | { readonly type: "counter" | "gauge"; readonly samples: readonly Sample[] }
    /** In milliseconds; written in seconds. */
    | { readonly type: "histogram"; readonly samples: readonly Sample<Histogram>[] }
  );

/** The upper edges of the written bins, in seconds. */
const EDGES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** The content type of the text of `formatMetrics`. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** A metric with one value, without labels. */
export function single(
  type: "counter" | "gauge",
  name: string,
  help: string,
  value: number,
): Metric {
  return { name, help, type, samples: [{ value }] };
}

/** The same metrics, each with these labels, too. */
export function labelled(metrics: readonly Metric[], labels: Labels): Metric[] {
  const label = <Value>(samples: readonly Sample<Value>[]) =>
    samples.map((sample) => ({ ...sample, labels: { ...labels, ...sample.labels } }));
  return metrics.map((metric) =>
    metric.type === "histogram"
      ? { ...metric, samples: label(metric.samples) }
      : { ...metric, samples: label(metric.samples) }
  );
}

/** The metrics of several lists, those of one name joined: the format allows each name once. */
export function joined(lists: readonly (readonly Metric[])[]): Metric[] {
  const families = new Map<string, Metric>();
  for (const metric of lists.flat()) {
    const before = families.get(metric.name);
    const samples = [...before?.samples ?? [], ...metric.samples];
    families.set(metric.name, { ...metric, samples } as Metric);
  }
  return [...families.values()];
}

/** The text: the help and type of each metric, then its values. */
export function formatMetrics(metrics: readonly Metric[]): string {
  return metrics.map((metric) => {
    const { name, help, type } = metric;
    const lines = metric.type === "histogram"
      ? metric.samples.flatMap((sample) => histogramLines(name, sample))
      : metric.samples.map(({ labels, value }) => `${name}${formatLabels(labels)} ${value}`);
    return [`# HELP ${name} ${escape(help)}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
  }).join("");
}

function histogramLines(name: string, { labels, value }: Sample<Histogram>): string[] {
  const bin = (le: string, count: number) =>
    `${name}_bucket${formatLabels({ ...labels, le })} ${count}`;
  const { count, sum } = value;
  return [
    ...EDGES.map((edge) => bin(String(edge), value.upTo(edge * 1000))),
    bin("+Inf", count),
    `${name}_sum${formatLabels(labels)} ${sum / 1000}`,
    `${name}_count${formatLabels(labels)} ${count}`,
  ];
}

function formatLabels(labels: Sample["labels"] = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) =>
    `${name}="${escape(value).replaceAll('"', '\\"')}"`
  );
  return pairs.length > 0 ? `{${pairs.join(",")}}` : "";
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
