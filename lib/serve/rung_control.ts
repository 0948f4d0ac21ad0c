/** STUB until helper h264's is there. */
import type { Rung } from "./rungs.ts";
export class RungControl {
  readonly rung: Rung;
  isBehind = false;
  constructor({ rungs }: { rungs: readonly Rung[]; fps: number; now: number }) {
    this.rung = rungs[1] ?? rungs[0]!;
  }
  sent(_b: number, _n: number) {}
  acknowledged(_c: number, _n: number) {}
  roomIn(_n: number) {
    return 0;
  }
  restarted(_n: number) {}
}
