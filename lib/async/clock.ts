/** A clock with timers, which tests replace by one that they set. */

export interface Clock {
  /** Milliseconds since any fixed moment; never steps back. */
  now(): number;
  /** Calls `call` once after so many milliseconds, unless the result is disposed of before. */
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
