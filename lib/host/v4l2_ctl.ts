/** Runs v4l2-ctl, the tool for V4L2 cameras: arguments in, what it prints out. It may be missing. */

import { abortable } from "../async/aborted.ts";
import { LinkedAbortController } from "../async/linked_abort_controller.ts";
import { Failure } from "../log/failure.ts";

/** The program; permissions.ts drops the permission to start it if it is not needed any more. */
export const V4L2_CTL = "v4l2-ctl";

/** How long v4l2-ctl may take, in milliseconds: a driver can hang. */
const LIMIT_MS = 5000;

/** How long a killed v4l2-ctl is waited for, in milliseconds: a driver that hangs keeps it for ever. */
const KILL_WAIT_MS = 1000;

/** What v4l2-ctl printed. */
export interface V4l2CtlOutput {
  readonly success: boolean;
  readonly lines: string[];
  /** The last line of stderr, or of stdout if stderr is empty. */
  readonly message: string;
}

/** v4l2-ctl is missing on this host. */
export class V4l2CtlMissing extends Failure {
  override name = "V4l2CtlMissing";
}

/**
 * Runs v4l2-ctl with a device. Throws `V4l2CtlMissing`, a `Failure` if it does not end within `limit`
 * milliseconds, and the signal's reason on abort.
 */
export async function runV4l2Ctl(
  device: string,
  args: readonly string[],
  { signal, limit = LIMIT_MS }: { signal: AbortSignal; limit?: number },
): Promise<V4l2CtlOutput> {
  const child = await start(["-d", device, ...args]);
  const output = child.output();
  using limited = new LinkedAbortController(signal);
  const timer = setTimeout(() => {
    limited.abort(
      new Failure(
        `v4l2-ctl does not answer for "${device}"`,
        "disconnect the camera and connect it again",
      ),
    );
  }, limit);
  try {
    const { success, stdout, stderr } = await abortable(output, limited.signal);
    const [lines, errors] = [stdout, stderr].map((bytes) =>
      new TextDecoder().decode(bytes).split("\n").filter((line) => line.trim() !== "")
    );
    const message = (errors?.at(-1) ?? lines?.at(-1) ?? "it ended without a message").trim();
    return { success, lines: lines ?? [], message };
  } finally {
    clearTimeout(timer);
    if (limited.signal.aborted) await kill(child, output);
  }
}

async function start(args: string[]): Promise<Deno.ChildProcess> {
  // A program that was not found when this one started is not permitted; without the query, Deno would ask the user.
  const { state } = await Deno.permissions.query({ name: "run", command: V4L2_CTL });
  if (state !== "granted") throw missing();
  try {
    const pipes = { stdin: "null", stdout: "piped", stderr: "piped" } as const;
    return new Deno.Command(V4L2_CTL, { args, ...pipes }).spawn();
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) throw missing();
    throw thrown;
  }
}

function missing(): V4l2CtlMissing {
  return new V4l2CtlMissing(
    `Cannot start "${V4L2_CTL}": it was not found in PATH`,
    "install it (Debian: apt install v4l-utils)",
  );
}

async function kill(child: Deno.ChildProcess, output: Promise<unknown>): Promise<void> {
  try {
    child.kill("SIGKILL");
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown; // TypeError: it has ended already
  }
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, KILL_WAIT_MS);
  await Promise.race([output, late]);
  clearTimeout(timer);
}
