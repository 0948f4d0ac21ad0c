/** The rate of a server that does not say it, by when its first frames arrive. Pure. */

/** What was measured. */
export interface MeasuredRate {
  /** Frames a second. */
  readonly fps: number;
  /** Whether frames came at a rate; false: all at once, and `fps` is the usual one. */
  readonly isSteady: boolean;
  /** When frame 0 is due by this rate, after its arrival, in milliseconds (mostly below 0). */
  readonly delay: number;
}

/** Arrivals are looked at for so long, in milliseconds, and until there are so many of them ... */
const [ENOUGH_TIME, ENOUGH_FRAMES] = [2000, 10];

/** ... but not for longer, and no more bytes are held than this. */
const MOST_TIME = 10_000;
const MOST_BYTES = 256 * 2 ** 20;

/** What came in less time, in milliseconds, or faster, was sent as fast as it could be. */
const LEAST_TIME = 500;
const FASTEST = 125;

/** The rate of what comes at none: ffmpeg takes it for raw frames, too. */
const USUAL_FPS = 25;

/** The rates of cameras and films. One that is nearly measured is meant. */
const COMMON = [1, 2, 3, 4, 5, 6, 7.5, 8, 10, 12, 12.5, 15, 20, 24, 25, 30, 50, 60, 90, 100, 120];

/** Whether so many frames tell the rate. `arrivals` are in milliseconds. */
export function isEnough(arrivals: readonly number[], { frameBytes }: { frameBytes: number }) {
  const passed = (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0);
  return passed >= ENOUGH_TIME && arrivals.length >= ENOUGH_FRAMES || passed >= MOST_TIME ||
    (arrivals.length + 1) * frameBytes > MOST_BYTES;
}

/** The rate of frames that arrived then. */
export function measureRate(arrivals: readonly number[]): MeasuredRate {
  const first = arrivals[0] ?? 0;
  const passed = (arrivals.at(-1) ?? 0) - first;
  const none = { fps: USUAL_FPS, isSteady: false, delay: 0 };
  if (passed < LEAST_TIME || arrivals.length < 3) return none;
  // What a server had ready is sent all at once: that quarter does not count.
  const points = arrivals.map((at, i) => [i, at - first] as const)
    .filter(([, at]) => at >= passed / 4);
  if (points.length < 2) return none;
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [n, t] = [mean(points.map(([i]) => i)), mean(points.map(([, at]) => at))];
  const slope = mean(points.map(([i, at]) => (i - n) * (at - t))) /
    mean(points.map(([i]) => (i - n) ** 2));
  const fps = roundRate(1000 / slope);
  if (!(fps > 0 && fps <= FASTEST)) return none;
  return { fps, isSteady: true, delay: t - n * 1000 / fps };
}

/** The common rate where one is within 3 %. */
function roundRate(fps: number): number {
  const near = COMMON.toSorted((a, b) => Math.abs(a - fps) - Math.abs(b - fps))[0] ?? fps;
  if (Math.abs(near - fps) <= 0.03 * fps) return near;
  return fps < 10 ? Math.round(fps * 100) / 100 : Math.round(fps);
}
