/** All cameras: a small live picture of each with its name, state and age. Those that are out of sight cost nothing. */

import { $, element, setText, showText } from "./dom.js";
import { LivePicture } from "./live_picture.js";
import { pathOf } from "./router.js";
import { duration } from "./words.js";

/** The widths that the server scales to, in pixels; above them a picture has its full size. */
const WIDTHS = [160, 320, 640, 1280];

export class Grid {
  /** The tile of each camera, by its name. */
  #tiles = new Map();
  #list = $("streams");
  #socket;
  #sight;

  /** `onSight()` is called when other tiles are in sight, or have another size. */
  constructor({ socket, onSight }) {
    this.#socket = socket;
    this.#sight = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const tile = this.#tiles.get(target.dataset.camera);
        if (!tile) continue;
        tile.isInSight = isIntersecting;
        if (!isIntersecting) tile.picture.pause();
      }
      onSight();
    });
    new ResizeObserver(onSight).observe(this.#list);
  }

  set hidden(hidden) {
    this.#list.hidden = hidden;
    for (const { picture } of this.#tiles.values()) if (hidden) picture.pause();
  }

  /** The picture of a camera; undefined without a tile. */
  picture(name) {
    return this.#tiles.get(name)?.picture;
  }

  canvas(name) {
    return this.#tiles.get(name)?.canvas;
  }

  focus(name) {
    this.#tiles.get(name)?.link.focus();
  }

  /** Moves the focus by so many tiles. */
  move(step) {
    const links = [...this.#tiles.values()].map(({ link }) => link);
    const at = links.indexOf(document.activeElement);
    links[Math.min(links.length - 1, Math.max(0, at < 0 ? 0 : at + step))]?.focus();
  }

  /** How many tiles stand side by side. */
  get columns() {
    return getComputedStyle(this.#list).gridTemplateColumns.split(" ").length;
  }

  /** One tile for each camera, in the server's order. */
  arrange(streams) {
    for (const [name, { item, link }] of this.#tiles) {
      if (streams.some((stream) => stream.name === name)) continue;
      this.#sight.unobserve(link);
      item.remove();
      this.#tiles.delete(name);
    }
    for (const [i, { name }] of streams.entries()) {
      const { item } = this.#tiles.get(name) ?? this.#add(name);
      if (this.#list.children[i] !== item) {
        this.#list.insertBefore(item, this.#list.children[i] ?? null);
      }
    }
  }

  /** What to watch: the tiles in sight, each in the size that it needs. */
  wanted(streams) {
    const wanted = {};
    for (const { name, number } of streams) {
      const { isInSight, canvas } = this.#tiles.get(name) ?? {};
      if (!isInSight || !number) continue;
      const pixels = canvas.clientWidth * devicePixelRatio;
      wanted[name] = { width: WIDTHS.find((width) => width >= pixels) ?? 0, wire: "jpeg" };
    }
    return wanted;
  }

  /** Shows the states. Returns their kinds. */
  update(now, { connection, streams }) {
    return streams.map((stream) => {
      const tile = this.#tiles.get(stream.name);
      const { state, figures } = tile.picture.at(now, { connection, stream });
      // A camera out of sight has no pictures; only the server's word counts.
      const isSaid = ["lost", "closed", "ended"].includes(state.kind);
      const kind = tile.isInSight !== false || isSaid ? state.kind : "live";
      tile.link.dataset.state = state.kind;
      setText(tile.label, state.label);
      const isShown = state.kind === "live" || state.kind === "behind";
      const isRecorded = connection.kind === "open" && stream.state?.recording?.since;
      showText(tile.recording, isRecorded ? "● recording" : "");
      setText(tile.age, isShown && figures.age !== undefined ? ageOf(figures.age) : "");
      const isOwn = connection.kind === "open" || state.kind === "ended";
      showText(tile.why, isOwn ? state.detail : "");
      return kind;
    });
  }

  #add(name) {
    const canvas = element("canvas", { width: 320, height: 240 });
    canvas.setAttribute("aria-hidden", "true");
    const [label, age] = [element("span", { className: "state" }), element("span")];
    const recording = element("span", { className: "recording", hidden: true });
    const why = element("span", { className: "why", hidden: true });
    const frame = element("span", { className: "frame" }, canvas, why);
    const caption = element("span", { className: "caption" }, element("strong", {}, name), " ");
    caption.append(recording, " ", label, " ", age);
    const link = element("a", { className: "tile", href: pathOf(name) }, frame, caption);
    link.dataset.camera = name;
    const picture = new LivePicture({ canvas }, { socket: this.#socket });
    const tile = {
      item: element("li", {}, link),
      link,
      canvas,
      label,
      age,
      recording,
      why,
      picture,
    };
    this.#tiles.set(name, { ...tile, isInSight: undefined });
    this.#sight.observe(link);
    return this.#tiles.get(name);
  }
}

function ageOf(age) {
  return duration(Math.max(0, age));
}
