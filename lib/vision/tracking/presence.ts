/**
 * Who is where since when: the objects of each result in, the events `entered` and `left` out. With zones, the events are
 * those of the zones; without, those of the whole picture. An object is where its center is.
 */

import type { Box } from "../../frame/detection.ts";
import { centerOf } from "./motion_model.ts";
import { Path, type Place } from "./path.ts";
import { isInside, type Zone } from "./zones.ts";

export interface ObjectEvent {
  readonly event: "entered" | "left";
  readonly id: number;
  readonly label: string;
  /** Only for events of a zone. */
  readonly zone?: string;
  /** How long the object was visible (in the zone), without the time after its last detection. */
  readonly seconds: number;
  /** Centers in the order of time, thinned, in pixels. */
  readonly path: readonly Place[];
  readonly [more: string]: unknown;
}

/** An object as the events need it. */
export interface Present {
  readonly id: number;
  readonly label: string;
  /** When it was detected first, in milliseconds. */
  readonly firstAt: number;
  readonly box: Box;
}

/** The time that an object spends in a zone. */
interface Stay {
  readonly since: number;
  readonly label: string;
  readonly path: Path;
  lastAt: number;
}

export class Presence {
  readonly #zones: readonly (Zone | undefined)[];
  readonly #keepMs: number;
  /** By the object's number, then by zone. */
  readonly #stays = new Map<number, Map<Zone | undefined, Stay>>();

  /** An object that is outside of a zone for more than `keepMs` has left it. */
  constructor(zones: readonly Zone[], { keepMs }: { keepMs: number }) {
    this.#zones = zones.length > 0 ? zones : [undefined];
    this.#keepMs = keepMs;
  }

  /** An object was detected, `at` milliseconds. */
  seen(object: Present, at: number): ObjectEvent[] {
    const events: ObjectEvent[] = [];
    const center = centerOf(object.box);
    const stays = this.#stays.get(object.id) ?? new Map<Zone | undefined, Stay>();
    this.#stays.set(object.id, stays);
    for (const zone of this.#zones) {
      const stay = stays.get(zone);
      if (!zone || isInside(center, zone)) {
        const since = zone ? at : object.firstAt;
        const current = stay ?? { since, label: object.label, path: new Path(), lastAt: at };
        current.lastAt = at;
        current.path.add(center);
        if (stay) continue;
        stays.set(zone, current);
        events.push(eventOf("entered", { id: object.id, zone, stay: current }));
      } else if (stay && at - stay.lastAt > this.#keepMs) {
        stays.delete(zone);
        events.push(eventOf("left", { id: object.id, zone, stay }));
      }
    }
    return events;
  }

  /** An object will not come back. */
  gone(id: number): ObjectEvent[] {
    const stays = this.#stays.get(id) ?? new Map<Zone | undefined, Stay>();
    this.#stays.delete(id);
    return [...stays].map(([zone, stay]) => eventOf("left", { id, zone, stay }));
  }
}

function eventOf(
  event: ObjectEvent["event"],
  { id, zone, stay }: { id: number; zone: Zone | undefined; stay: Stay },
): ObjectEvent {
  const seconds = Number(((stay.lastAt - stay.since) / 1000).toFixed(2));
  const { label, path } = stay;
  return { event, id, label, ...(zone && { zone: zone.name }), seconds, path: path.places };
}
