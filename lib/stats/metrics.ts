/** Writes metrics in Prometheus' text format (exposition format 0.0.4). Pure: metrics in, text out. */

import type { Histogram } from "./histogram.ts";

/** One value, with its labels. */
export interface Sample {
  readonly labels?: { readonly [name: string]: string };
  readonly value: number;
}

/** A family of values. By Prometheus' naming rules, counters end in `_total`, and times are in seconds. */
export type Metric =
  & { readonly name: string; readonly help: string }
  & (
    | { readonly type: "counter" | "gauge"; readonly samples: readonly Sample[] }
    /** In milliseconds; written in seconds. */
    | { readonly type: "histogram"; readonly histogram: Histogram }
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

/** The text: the help and type of each metric, then its values. */
export function formatMetrics(metrics: readonly Metric[]): string {
  return metrics.map((metric) => {
    const { name, help, type } = metric;
    const lines = metric.type === "histogram"
      ? histogramLines(name, metric.histogram)
      : metric.samples.map(({ labels, value }) => `${name}${formatLabels(labels)} ${value}`);
    return [`# HELP ${name} ${escape(help)}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
  }).join("");
}

function histogramLines(name: string, histogram: Histogram): string[] {
  const bins = EDGES.map((edge) => `${name}_bucket{le="${edge}"} ${histogram.upTo(edge * 1000)}`);
  const { count, sum } = histogram;
  return [
    ...bins,
    `${name}_bucket{le="+Inf"} ${count}`,
    `${name}_sum ${sum / 1000}`,
    `${name}_count ${count}`,
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
