/** The live page. It reads the multipart stream itself, so it knows the number and the age of each frame. */

const $ = (id) => document.getElementById(id);
const canvas = $("picture");
const context = canvas.getContext("2d");

/** How long to wait before each new try, in milliseconds; the last step repeats. */
const RETRY_STEPS_MS = [0, 1000, 2000, 5000];
/** A stream that lasted so long starts with the first step again, in milliseconds. */
const STEADY_MS = 10_000;
/** How long a detection is drawn, in milliseconds. */
const MARK_MS = 1000;
/** How many detections are listed. */
const MAX_LINES = 100;
/** Two answers that differ by so much more than their uncertainty show that a clock was set, in milliseconds. */
const CLOCK_STEP_MS = 50;
/** How often the server is asked for its time, in milliseconds. */
const TIME_INTERVAL_MS = 20_000;

let state;
/** How far the server's clock is ahead of the browser's (best estimate), and its uncertainty, in milliseconds. */
let clock = { offset: 0, uncertainty: Infinity };
/** The last detection of each filter, and when it arrived. */
const finds = new Map();
let marks = true;
/** Why the stream is not there, for people; undefined while it is. */
let problem;

// --- the picture ------------------------------------------------------------

const arrivals = [];
const ages = [];
let [lastSequence, skipped] = [undefined, 0];

/** The server's answer in place of the stream, as a line for people. */
class Refused extends Error {}

/** Reads one stream to its end. */
async function watch(onFrame) {
  const response = await fetch("stream.mjpg", { cache: "no-store" });
  if (response.status === 401) return location.assign("/login");
  if (!response.ok) throw new Refused((await response.text()).trim());
  const reader = response.body.getReader();
  let bytes = new Uint8Array(0);
  let wanted = 0;
  const pieces = [];
  let size = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    pieces.push(value);
    size += value.length;
    if (size < wanted) continue;
    bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
    let at = 0;
    for (;;) {
      const head = headEnd(bytes, at);
      if (head < 0) break;
      const text = new TextDecoder("latin1").decode(bytes.subarray(at, head));
      const field = (name) => new RegExp(`^${name}: *(.+)$`, "im").exec(text)?.[1];
      const length = Number(field("Content-Length"));
      wanted = head + 4 + length - at;
      if (bytes.length - at < wanted) break;
      const jpeg = bytes.slice(head + 4, head + 4 + length);
      at += wanted;
      onFrame({ jpeg, sequence: Number(field("X-Sequence")), at: Number(field("X-Timestamp")) });
      wanted = 0;
    }
    pieces.splice(0, pieces.length, bytes.slice(at));
    size = bytes.length - at;
  }
}

/** The position of the empty line after the head of a part; -1 if it has not arrived. */
function headEnd(bytes, from) {
  for (let i = from; i + 3 < bytes.length; i++) {
    if (bytes[i] === 13 && bytes[i + 1] === 10 && bytes[i + 2] === 13 && bytes[i + 3] === 10) {
      return i;
    }
  }
  return -1;
}

/** The newest frame that is not drawn yet. While one is decoded, newer ones replace it. */
let waiting;
let drawing = false;

function take(frame) {
  if (problem) showProblem();
  if (lastSequence !== undefined) skipped += Math.max(0, frame.sequence - lastSequence - 1);
  lastSequence = frame.sequence;
  waiting = frame;
  if (!drawing) draw();
}

/** Draws the newest frame until none waits. A frame that cannot be drawn is left out. */
async function draw() {
  drawing = true;
  while (waiting) {
    const frame = waiting;
    waiting = undefined;
    try {
      await drawFrame(frame);
    } catch (thrown) {
      console.error(`frame ${frame.sequence} cannot be drawn:`, thrown);
    }
  }
  drawing = false;
}

async function drawFrame({ jpeg, sequence, at }) {
  const bitmap = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
  if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
  }
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  if (marks) drawMarks();
  const now = performance.timeOrigin + performance.now();
  arrivals.push(now);
  ages.push(now + clock.offset - at);
  canvas.dataset.sequence = sequence;
}

/** The entries of a list in a detection; none if it is not a list of lists (an older server may send one). */
function entries(list) {
  return Array.isArray(list) ? list.filter(Array.isArray) : [];
}

/** Draws the detections of the last moment, scaled to the picture as it is shown. */
function drawMarks() {
  if (!state?.marks) return;
  const [x, y] = [canvas.width / state.width, canvas.height / state.height];
  context.lineWidth = Math.max(2, canvas.width / 320);
  context.strokeStyle = context.fillStyle = "#ffd23f";
  for (const { find, at } of finds.values()) {
    if (performance.now() - at > MARK_MS) continue;
    for (const [left, top, width, height] of entries(find.boxes)) {
      context.strokeRect(left * x, top * y, width * x, height * y);
    }
    context.beginPath();
    for (const [x1, y1, x2, y2] of entries(find.lines)) {
      context.moveTo(x1 * x, y1 * y);
      context.lineTo(x2 * x, y2 * y);
    }
    context.stroke();
    for (const [px, py] of entries(find.points)) context.fillRect(px * x - 2, py * y - 2, 4, 4);
  }
}

// --- the figures ------------------------------------------------------------

function health(kind, words) {
  if ($("health").textContent === words) return;
  $("health").className = kind;
  $("health").textContent = words;
}

function notice(words) {
  $("notice").hidden = !words;
  $("notice").textContent = words ?? "";
}

/** Shows why the stream is not there; without `why`, that it is. */
function showProblem(why) {
  problem = why;
  notice(why);
}

function showState(next) {
  state = next;
  // One of several cameras is known by its name.
  const name = $("all").hidden ? state.name : location.pathname.split("/").at(-2);
  document.title = `${name} – Framewire`;
  $("name").textContent = name;
  $("clients").textContent = state.clients;
  if (state.lost && !problem) {
    const since = new Date(state.lost.since).toLocaleTimeString();
    health("lost", "no signal");
    notice(`no signal since ${since}: ${state.lost.why}`);
  } else {
    notice(problem);
  }
}

setInterval(() => {
  const now = performance.timeOrigin + performance.now();
  while (arrivals.length > 0 && now - arrivals[0] > 2000) {
    arrivals.shift();
    ages.shift();
  }
  const fps = arrivals.length / 2;
  $("rate").textContent = `${fps.toFixed(1)} fps`;
  $("skipped").textContent = skipped;
  if (arrivals.length > 0) {
    const median = [...ages].sort((a, b) => a - b)[ages.length >> 1];
    const about = clock.uncertainty === Infinity ? "" : ` ±${Math.ceil(clock.uncertainty)}`;
    // A negative age that the uncertainty does not explain is shown: a clock is wrong.
    const age = median < -clock.uncertainty ? median : Math.max(0, median);
    $("age").textContent = `${age.toFixed(0)} ms${about}`;
    $("size").textContent = `${canvas.width}×${canvas.height}`;
    if (state && !state.lost) health("live", "live");
  }
}, 500);

/** Asks the server for its time. The answer is uncertain by half of the round trip. */
async function askTime() {
  const asked = performance.timeOrigin + performance.now();
  const response = await fetch("state", { cache: "no-store" });
  if (!response.ok) return;
  const { time } = await response.json();
  const uncertainty = (performance.timeOrigin + performance.now() - asked) / 2;
  const offset = time - asked - uncertainty;
  // The server's clock was set, or it is another server.
  const apart = Math.abs(offset - clock.offset) - uncertainty - clock.uncertainty;
  if (uncertainty < clock.uncertainty || apart > CLOCK_STEP_MS) clock = { offset, uncertainty };
}

setInterval(() => {
  clock.uncertainty += 1; // clocks drift apart
  askTime().catch(() => {}); // asked again later
}, TIME_INTERVAL_MS);

// --- the detections ---------------------------------------------------------

/** A browser connects again by itself if a connection is lost, but not after an answer such as 503. */
function listen() {
  const events = new EventSource("events");
  events.addEventListener("state", ({ data }) => showState(JSON.parse(data)));
  events.addEventListener("find", ({ data }) => showFind(JSON.parse(data)));
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, RETRY_STEPS_MS.at(-1));
  });
}
listen();

function showFind(find) {
  finds.set(find.filter, { find, at: performance.now() });
  const { sequence, capturedAt, filter, ...what } = find;
  const line = document.createElement("li");
  const time = new Date(capturedAt).toLocaleTimeString();
  const numbers = Object.entries(what).map(([name, value]) =>
    Array.isArray(value) ? `${value.length} ${name}` : `${name} ${JSON.stringify(value)}`
  );
  line.textContent = `${time} #${sequence} ${filter}: ${numbers.join(", ")}`;
  $("found").hidden = false;
  $("events").prepend(line);
  while ($("events").children.length > MAX_LINES) $("events").lastChild.remove();
}

// --- the buttons ------------------------------------------------------------

const actions = {
  s: () => $("still").click(),
  f: () => document.fullscreenElement ? document.exitFullscreen() : $("view").requestFullscreen(),
  m: () => {
    marks = !marks;
    $("marks").setAttribute("aria-pressed", String(marks));
  },
  t: () => {
    const dark = getComputedStyle(document.documentElement).colorScheme === "dark" ||
      (!document.documentElement.dataset.theme &&
        matchMedia("(prefers-color-scheme: dark)").matches);
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    localStorage.setItem("theme", document.documentElement.dataset.theme);
  },
};
const theme = localStorage.getItem("theme");
if (theme) document.documentElement.dataset.theme = theme;
$("full").addEventListener("click", actions.f);
$("marks").addEventListener("click", actions.m);
$("theme").addEventListener("click", actions.t);
$("still").addEventListener("click", () => {
  const time = new Date().toISOString().slice(0, 19).replace("T", "_").replaceAll(":", "-");
  $("still").download = `still_${time}.png`;
});
addEventListener("keydown", ({ key, ctrlKey, metaKey, altKey }) => {
  if (!ctrlKey && !metaKey && !altKey) actions[key.toLowerCase()]?.();
});

// --- the connection ---------------------------------------------------------

for (let tries = 0;;) {
  const begun = performance.now();
  for (let i = 0; i < 3; i++) askTime().catch(() => {}); // asked again later
  try {
    await watch(take);
    showProblem("the stream has ended; connecting again");
  } catch (thrown) {
    // Any other error is a lost connection, and its text is the browser's: "Failed to fetch".
    const why = thrown instanceof Refused ? thrown.message : "the server does not answer";
    showProblem(`no picture: ${why}; connecting again`);
  }
  health("lost", "not connected");
  lastSequence = undefined;
  arrivals.length = ages.length = 0;
  if (performance.now() - begun > STEADY_MS) tries = 0;
  const wait = RETRY_STEPS_MS[Math.min(tries++, RETRY_STEPS_MS.length - 1)];
  await new Promise((resolve) => setTimeout(resolve, wait));
}
