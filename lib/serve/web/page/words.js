/** Figures as words for people. */

/** `1 box`, `6 boxes`; `boxes` is a plural. */
export function counted(count, plural) {
  if (count !== 1) return `${count} ${plural}`;
  return `1 ${plural.replace(/xes$/, "x").replace(/s$/, "")}`;
}

/** Milliseconds: `43 ms`, `1.4 s`, `12 s`, `5 min`. */
export function duration(ms) {
  const size = Math.abs(ms);
  if (size < 1000) return `${ms.toFixed(0)} ms`;
  if (size < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (size < 120_000) return `${(ms / 1000).toFixed(0)} s`;
  return `${(ms / 60_000).toFixed(0)} min`;
}

/** Seconds as a recorder shows them: `0:07`, `12:30`, `1:02:03`; to the next second, as in the log of the program. */
export function playingTime(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value) => String(value % 60).padStart(2, "0");
  const [minutes, hours] = [Math.floor(whole / 60), Math.floor(whole / 3600)];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole)}` : `${minutes}:${two(whole)}`;
}

/** `1.2 MB`, `340 kB`. */
export function byteSize(bytes) {
  return bytes < 999_500 ? `${(bytes / 1000).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Bits a second: `0.43 Mbit/s`. */
export function bitrate(bits) {
  return `${(bits / 1e6).toFixed(bits < 9.95e6 ? 2 : 1)} Mbit/s`;
}

/** The time of day: `6:30:22 PM`, as the browser's language has it. */
export function timeOfDay(time) {
  return new Date(time).toLocaleTimeString();
}
