/** The page of several streams: a still of each, renewed once a second, with its state. A click opens its page. */

/** How often the stills and the states are renewed, in milliseconds. */
const [STILL_MS, STATE_MS] = [1000, 2000];

const main = document.getElementById("streams");
const health = document.getElementById("health");
// Chosen on the page of a stream.
const theme = localStorage.getItem("theme");
if (theme) document.documentElement.dataset.theme = theme;

/** The tile of each stream, by its name. */
const tiles = new Map();

function tileOf(name) {
  const known = tiles.get(name);
  if (known) return known;
  const link = document.createElement("a");
  link.className = "tile";
  link.href = `${encodeURIComponent(name)}/`;
  const image = document.createElement("img");
  image.alt = `picture of ${name}`;
  const title = document.createElement("strong");
  title.textContent = name;
  const status = document.createElement("span");
  const caption = document.createElement("p");
  caption.append(title, " ", status);
  link.append(image, caption);
  const tile = { link, image, status, loading: false };
  image.addEventListener("load", () => tile.loading = false);
  image.addEventListener("error", () => tile.loading = false);
  tiles.set(name, tile);
  return tile;
}

/** Asks for a still of each stream whose last one has come. A hidden page asks for none. */
function renewStills() {
  if (document.hidden) return;
  for (const [name, tile] of tiles) {
    if (tile.loading) continue;
    tile.loading = true;
    tile.image.src = `${encodeURIComponent(name)}/snapshot.jpg?${Date.now()}`;
  }
}

async function renewStates() {
  try {
    const response = await fetch("state", { cache: "no-store" });
    if (response.status === 401) return location.assign("/login");
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    const { streams } = await response.json();
    if (!streams) return location.reload(); // the server has one stream now, with a page of its own
    for (const [i, { stream, fps, lost }] of streams.entries()) {
      const { link, status } = tileOf(stream);
      if (main.children[i] !== link) main.insertBefore(link, main.children[i] ?? null);
      link.classList.toggle("away", lost !== null);
      status.textContent = lost ? `no signal: ${lost.why}` : `${fps} fps`;
    }
    for (const [name, { link }] of tiles) {
      if (streams.some(({ stream }) => stream === name)) continue;
      link.remove();
      tiles.delete(name);
    }
    const lost = streams.filter((stream) => stream.lost).length;
    health.className = lost > 0 ? "lost" : "live";
    health.textContent = lost > 0 ? `${lost} of ${streams.length} lost` : `${streams.length} live`;
  } catch {
    health.className = "connecting";
    health.textContent = "the server does not answer; connecting again";
  }
}

await renewStates();
renewStills();
setInterval(renewStills, STILL_MS);
setInterval(renewStates, STATE_MS);
