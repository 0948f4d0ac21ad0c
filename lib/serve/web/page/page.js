/** The live page: reads the multipart stream itself, so that it knows each frame's number and age. */

const $ = (id) => document.getElementById(id);
const canvas = $("picture");
const context = canvas.getContext("2d");

/** How long to wait before each new try, in milliseconds; the last one for all that follow. */
const STEPS = [0, 1000, 2000, 5000];
/** How long a find is drawn, in milliseconds; and how many lines are listed. */
const [MARK_TIME, MOST_LINES] = [1000, 100];

let state;
/** The best guess of how far the server's clock is ahead of ours, and how good it is. */
let clock = { offset: 0, uncertainty: Infinity };
/** What each filter found last, and when that came. */
const finds = new Map();
let marks = true;

// --- the picture ------------------------------------------------------------

const arrivals = [];
const ages = [];
let [lastSequence, skipped] = [undefined, 0];

/** Reads one stream to its end. */
async function watch(onFrame) {
  const response = await fetch("stream.mjpg", { cache: "no-store" });
  if (response.status === 401) return location.assign("login");
  if (!response.ok) throw new Error(await response.text());
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

/** Where the empty line behind a part's head is; -1 where it has not come. */
function headEnd(bytes, from) {
  for (let i = from; i + 3 < bytes.length; i++) {
    if (bytes[i] === 13 && bytes[i + 1] === 10 && bytes[i + 2] === 13 && bytes[i + 3] === 10) {
      return i;
    }
  }
  return -1;
}

/** The newest frame that has come and is not yet drawn; while one is decoded, newer ones replace it. */
let waiting;
let drawing = false;

function take(frame) {
  if (lastSequence !== undefined) skipped += Math.max(0, frame.sequence - lastSequence - 1);
  lastSequence = frame.sequence;
  waiting = frame;
  if (!drawing) draw();
}

/** Draws the newest frame until none waits. A frame that can't be drawn costs no other one. */
async function draw() {
  drawing = true;
  while (waiting) {
    const frame = waiting;
    waiting = undefined;
    try {
      await drawFrame(frame);
    } catch (thrown) {
      console.error(`frame ${frame.sequence} can't be drawn:`, thrown);
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

/** The entries of a report's list; none where it is no list of lists, as an older server may send. */
function entries(list) {
  return Array.isArray(list) ? list.filter(Array.isArray) : [];
}

/** Draws what was found a moment ago, in the pixels of the picture as it is shown. */
function drawMarks() {
  if (!state?.marks) return;
  const [x, y] = [canvas.width / state.width, canvas.height / state.height];
  context.lineWidth = Math.max(2, canvas.width / 320);
  context.strokeStyle = context.fillStyle = "#ffd23f";
  for (const { find, at } of finds.values()) {
    if (performance.now() - at > MARK_TIME) continue;
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

function showState(next) {
  state = next;
  document.title = `${state.name} – Framewire`;
  $("name").textContent = state.name;
  $("clients").textContent = state.clients;
  if (state.lost) {
    const since = new Date(state.lost.since).toLocaleTimeString();
    health("lost", "no signal");
    notice(`no signal since ${since}: ${state.lost.why}`);
  } else {
    notice();
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
    $("age").textContent = `${Math.max(0, median).toFixed(0)} ms${about}`;
    $("size").textContent = `${canvas.width}×${canvas.height}`;
    if (state && !state.lost) health("live", "live");
  }
}, 500);

/** Asks what time it is there: half of the shortest round trip is how wrong the answer may be. */
async function askTime() {
  const asked = performance.timeOrigin + performance.now();
  const response = await fetch("state", { cache: "no-store" });
  if (!response.ok) return;
  const { time } = await response.json();
  const took = performance.timeOrigin + performance.now() - asked;
  const found = { offset: time - asked - took / 2, uncertainty: took / 2 };
  // If the two contradict each other, a clock was set.
  const apart = Math.abs(found.offset - clock.offset);
  const isStep = apart > found.uncertainty + clock.uncertainty + 50;
  if (found.uncertainty < clock.uncertainty || isStep) clock = found;
}
for (let i = 0; i < 3; i++) askTime().catch(() => {});
setInterval(() => {
  clock.uncertainty += 1; // clocks drift apart
  askTime().catch(() => {});
}, 20_000);

// --- what was found ---------------------------------------------------------

const events = new EventSource("events");
events.addEventListener("state", ({ data }) => showState(JSON.parse(data)));
events.addEventListener("find", ({ data }) => {
  const find = JSON.parse(data);
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
  while ($("events").children.length > MOST_LINES) $("events").lastChild.remove();
});

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

for (let tries = 0;;) {
  const begun = performance.now();
  try {
    await watch(take);
    notice("the stream has ended");
  } catch (thrown) {
    notice(`no connection: ${thrown.message}`);
  }
  health("lost", "not connected");
  lastSequence = undefined;
  if (performance.now() - begun > 10_000) tries = 0;
  const wait = STEPS[Math.min(tries++, STEPS.length - 1)];
  await new Promise((resolve) => setTimeout(resolve, wait));
}
