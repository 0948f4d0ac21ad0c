/** Memory, CPU time and children of another process, from /proc. */

/** Ticks a second of the times in /proc/PID/stat: 100 on every Linux of today. */
const TICKS = 100;

/** The memory of a process, in MB (1e6 bytes). */
export interface ResidentMemory {
  readonly now: number;
  /** The private part of `now`: without the program's file, which the system can drop. */
  readonly own: number;
  readonly highest: number;
}

/** The memory of a process. */
export async function residentMemory(pid: number): Promise<ResidentMemory> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const megabytes = (key: string) =>
    Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? NaN) * 1024 / 1e6;
  return { now: megabytes("VmRSS"), own: megabytes("RssAnon"), highest: megabytes("VmHWM") };
}

/** The CPU time that a process has used, in seconds, to a hundredth. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  // utime and stime are fields 14 and 15; field 2, the name, can have blanks and ends with ")".
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** The process ids of a process's children. */
export async function childrenOf(pid: number): Promise<number[]> {
  const pids: number[] = [];
  for await (const thread of Deno.readDir(`/proc/${pid}/task`)) {
    // A thread may end meanwhile.
    const list = await Deno.readTextFile(`/proc/${pid}/task/${thread.name}/children`).catch(() =>
      ""
    );
    pids.push(...list.trim().split(/\s+/).filter((word) => word !== "").map(Number));
  }
  return pids;
}

/** How many descriptors a process has open. */
export async function openFiles(pid: number): Promise<number> {
  return (await Array.fromAsync(Deno.readDir(`/proc/${pid}/fd`))).length;
}

/** Whether a process exists, running or stopped. */
export function lives(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}
