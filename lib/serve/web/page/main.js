/** The live page: one socket, and either all cameras or one. */

import { switchTheme } from "./theme.js";
import { now } from "./clock.js";
import { $, setText } from "./dom.js";
import { Grid } from "./grid.js";
import { onKeys, onSwipes } from "./keys.js";
import { LiveSocket } from "./live_socket.js";
import { showNotice } from "./notice.js";
import { PictureInPicture } from "./pip.js";
import { h264PlayerClass } from "./playable.js";
import { Router } from "./router.js";
import { connectionState, spoken, summaryOf } from "./states.js";
import { View } from "./view.js";
import { WireChoice } from "./wire_choice.js";

/** How often states and figures are renewed, in milliseconds. */
const UPDATE_MS = 250;

/** The cameras as the server lists them, and the names of the publications by their numbers. */
let [streams, several, listed] = [[], false, false];
let names = new Map();
let connections = 0;

const wire = new WireChoice(await h264PlayerClass(), watch);
const router = new Router(route);
const socket = new LiveSocket({ change, streams: list, picture: put, detection: find, end });
const grid = new Grid({ socket, onSight: watch });
const view = new View({ socket, wire });

// --- what the server says -----------------------------------------------------

function change() {
  // Numbers count anew on each connection.
  names = new Map();
  connections++;
  for (const picture of pictures()) picture.pause();
  update();
}

function list(message) {
  [streams, several, listed] = [message.streams, message.several, true];
  grid.arrange(streams);
  for (const { name, number } of streams) {
    if (!number || names.get(number) === name) continue;
    names.set(number, name);
    for (const picture of picturesOf(name)) {
      picture.pause();
      picture.ending = undefined;
    }
  }
  route();
}

function put(picture) {
  const name = names.get(picture.stream);
  const target = name === view.name ? view.picture : grid.picture(name);
  if (target && lastWanted[name]) target.put(picture);
  else socket.acknowledge(picture); // or the server would wait: the page may not know the number yet
}

function find(detection) {
  if (detection.stream === view.name) view.found(detection);
}

function end({ stream, reason }) {
  for (const picture of picturesOf(stream)) picture.ending = reason;
  update();
}

function picturesOf(name) {
  return [grid.picture(name), name === view.name ? view.picture : undefined].filter(Boolean);
}

function pictures() {
  return streams.flatMap(({ name }) => picturesOf(name));
}

// --- what is shown and watched ------------------------------------------------

/** The name of the opened camera; undefined for the grid. */
function opened() {
  return router.camera ?? (several ? undefined : streams[0]?.name);
}

/** Shows the view of the address. */
function route() {
  if (!listed) return;
  const [name, before] = [opened(), view.name];
  if (name !== undefined && name !== before) {
    const preview = grid.canvas(name);
    view.open(name, preview);
    if (several) $("name").focus({ preventScroll: true });
  }
  if (name === undefined && before !== undefined) view.close();
  grid.hidden = name !== undefined;
  if (name === undefined && before !== undefined) grid.focus(before);
  for (const id of ["all", "previous", "next"]) $(id).hidden = !several || name === undefined;
  watch();
  update();
}

let lastWanted = {};

function watch() {
  const isSeen = !document.hidden || view.pip.isOpen;
  const stream = streams.find(({ name }) => name === view.name);
  const wanted = view.name === undefined ? grid.wanted(streams) : view.wanted(stream ?? {});
  const before = lastWanted;
  lastWanted = isSeen ? wanted : {};
  for (const name of Object.keys(before)) {
    if (!lastWanted[name]) { for (const picture of picturesOf(name)) picture.pause(); }
  }
  const numbers = streams.map(({ number }) => number ?? 0);
  if (listed) socket.watch(lastWanted, `${connections}:${numbers}`);
}

function update() {
  const { connection } = socket;
  const time = now();
  const isGrid = view.name === undefined;
  let state;
  if (!isGrid) {
    const stream = streams.find(({ name }) => name === view.name);
    state = view.update(time, { connection, stream, several });
  } else {
    const kinds = grid.update(time, { connection, streams });
    const isOver = streams.length > 0 && kinds.every((kind) => kind === "ended");
    state = isOver || (connection.kind === "open" && listed)
      ? summaryOf(kinds)
      : connectionState(connection, time);
    setText($("name"), "Framewire");
    document.title = "Framewire";
  }
  $("health").className = state.kind;
  setText($("health"), state.label);
  setText($("said"), spoken(state));
  const isDown = isGrid && connection.kind !== "open" && state.kind !== "ended";
  showNotice($("banner"), isDown ? connectionState(connection, time) : { detail: "" });
}

setInterval(update, UPDATE_MS);
document.addEventListener("visibilitychange", () => {
  watch();
  if (!document.hidden) socket.retryNow();
});
addEventListener("pagehide", () => socket.leave());
addEventListener("pageshow", ({ persisted }) => persisted && socket.comeBack());
addEventListener("online", () => socket.retryNow());

// --- keys and buttons -----------------------------------------------------------

/** Opens the next camera, or the one before. */
function turn(step) {
  if (view.name === undefined || !several) return;
  const at = streams.findIndex(({ name }) => name === view.name);
  router.open(streams[(at + step + streams.length) % streams.length].name);
}

function arrow(steps, rows) {
  if (view.name === undefined) grid.move(steps + rows * grid.columns);
  else if (steps) turn(steps);
  return view.name === undefined || steps !== 0;
}

function escape() {
  if (view.name !== undefined && !view.backToLive() && several) router.leave();
}

function toggleFull() {
  const done = document.fullscreenElement
    ? document.exitFullscreen()
    : $("stage").requestFullscreen();
  // The browser has asked, and the answer was no; or it has just left by itself.
  done.catch((thrown) => console.warn("full screen:", thrown));
}

/** The buttons of an opened camera, by their ids. */
const buttons = {
  previous: () => turn(-1),
  next: () => turn(1),
  full: toggleFull,
  pip: () => view.togglePip(),
  marks: () => view.toggleMarks(),
  theme: switchTheme,
};
for (const [id, action] of Object.entries(buttons)) $(id).addEventListener("click", () => action());
$("full").hidden = !document.fullscreenEnabled;
$("pip").hidden = !PictureInPicture.isSupported;

const ifOpened = (action) => () => view.name === undefined ? undefined : void action();
onKeys({
  s: ifOpened(() => $("still").click()),
  r: ifOpened(() => view.recording.toggle()),
  f: ifOpened(buttons.full),
  p: ifOpened(buttons.pip),
  m: ifOpened(buttons.marks),
  t: switchTheme,
  Escape: escape,
  ArrowLeft: () => arrow(-1, 0),
  ArrowRight: () => arrow(1, 0),
  ArrowUp: () => arrow(0, -1),
  ArrowDown: () => arrow(0, 1),
});
onSwipes($("stage"), turn);

// boot.js waits for it.
dispatchEvent(new Event("running"));
