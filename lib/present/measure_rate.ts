/** Measures the rate of a server that does not announce it, from the arrivals of its first frames. Pure. */

/** What was measured. */
export interface MeasuredRate {
  /** Frames a second. */
  readonly fps: number;
  /** Whether frames came at a steady rate; false: in a burst, and `fps` is the default. */
  readonly isSteady: boolean;
  /** When frame 0 is due at this rate, relative to its arrival, in milliseconds (mostly negative). */
  readonly delay: number;
}

/** The measurement takes at least this long and this many frames ... */
const [ENOUGH_MS, ENOUGH_FRAMES] = [2000, 10];

/** ... and at most this long and this many bytes of held frames. */
const MAX_MS = 10_000;
const MAX_BYTES = 256 * 2 ** 20;

/** Frames that arrive within a shorter time, or at a higher rate, were sent without pacing. */
const MIN_MS = 500;
const MAX_FPS = 125;

/** The rate where none is announced and none can be measured, as ffmpeg assumes it for raw frames. */
export const DEFAULT_FPS = 25;

/** The rates of cameras and films: a measured rate is rounded to the nearest one. */
const COMMON = [1, 2, 3, 4, 5, 6, 7.5, 8, 10, 12, 12.5, 15, 20, 24, 25, 30, 50, 60, 90, 100, 120];

/** Whether there are enough arrivals to measure the rate. `arrivals` are in milliseconds. */
export function isEnough(arrivals: readonly number[], { frameBytes }: { frameBytes: number }) {
  const passed = (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0);
  return passed >= ENOUGH_MS && arrivals.length >= ENOUGH_FRAMES || passed >= MAX_MS ||
    (arrivals.length + 1) * frameBytes > MAX_BYTES;
}

/** The rate of frames, from their arrivals in milliseconds. */
export function measureRate(arrivals: readonly number[]): MeasuredRate {
  const first = arrivals[0] ?? 0;
  const passed = (arrivals.at(-1) ?? 0) - first;
  const none = { fps: DEFAULT_FPS, isSteady: false, delay: 0 };
  if (passed < MIN_MS || arrivals.length < 3) return none;
  // Frames that the server had ready arrive in a burst: the first quarter does not count.
  const points = arrivals.map((at, i) => [i, at - first] as const)
    .filter(([, at]) => at >= passed / 4);
  if (points.length < 2) return none;
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [n, t] = [mean(points.map(([i]) => i)), mean(points.map(([, at]) => at))];
  const slope = mean(points.map(([i, at]) => (i - n) * (at - t))) /
    mean(points.map(([i]) => (i - n) ** 2));
  const fps = roundRate(1000 / slope);
  if (!(fps > 0 && fps <= MAX_FPS)) return none;
  return { fps, isSteady: true, delay: t - n * 1000 / fps };
}

/** The common rate within 3 %, where there is one. */
function roundRate(fps: number): number {
  const near = COMMON.toSorted((a, b) => Math.abs(a - fps) - Math.abs(b - fps))[0] ?? fps;
  if (Math.abs(near - fps) <= 0.03 * fps) return near;
  return fps < 10 ? Math.round(fps * 100) / 100 : Math.round(fps);
}
