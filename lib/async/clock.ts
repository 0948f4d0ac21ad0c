/** A clock with timers. Tests replace it with a clock that they set. */

export interface Clock {
  /** Milliseconds since an arbitrary fixed time; never goes back. */
  now(): number;
  /** Calls `call` once after a time, unless the result is disposed of before. */
  after(milliseconds: number, call: () => void): Disposable;
}

/** The clock of the platform. */
export const steadyClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
