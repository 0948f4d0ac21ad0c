/** Describes the machine and the time of a measurement in one line. */

/** Date, cores, CPU, versions. */
export async function describeMachine(): Promise<string> {
  const cpus = await Deno.readTextFile("/proc/cpuinfo");
  const model = /^model name\s*:\s*(.+)$/m.exec(cpus)?.[1] ?? "CPU of unknown model";
  const { stdout } = await new Deno.Command("ffmpeg", { args: ["-version"] }).output();
  const ffmpeg = /^ffmpeg version (\S+)/.exec(new TextDecoder().decode(stdout))?.[1] ?? "unknown";
  const date = new Date().toISOString().slice(0, 10);
  const cores = navigator.hardwareConcurrency;
  return `Measured on ${date} with \`deno run -A scripts/bench.ts\`: ${cores} cores of ${model}, ` +
    `Linux ${Deno.osRelease()}, Deno ${Deno.version.deno}, ffmpeg ${ffmpeg}.`;
}
