/**
 * A narrow link on this machine: a network namespace with one end of a veth pair in it, and a token
 * bucket on that end. Servers run inside, clients outside; the server's data goes through the bucket.
 * Needs Linux, root, and `ip` and `tc` of iproute2; `Link.possible()` checks that.
 */

/** Links of this process so far: each has its own names and addresses. */
let made = 0;

/** The bucket: what can be sent at once after a pause. The kernel's timer is too coarse for a smaller one. */
const BURST = "5kb";

/**
 * How long a packet can wait in the link's queue before it is dropped. At 10 Mbit/s that is room for one
 * frame of 320x240: a shorter queue (50 ms) measures TCP's congestion control instead, BBR's losses.
 */
const QUEUE = "100ms";

/** Ethernet, IP and TCP (with timestamps) around the bytes of a full packet. */
const [PACKET, PAYLOAD] = [1514, 1448];

export class Link implements AsyncDisposable {
  /** The address inside, for servers to listen on; only this machine reaches it. */
  readonly address: string;
  /** Bits a second of the link, headers included; undefined where it is not limited. */
  readonly rate: number | undefined;
  readonly #namespace: string;
  readonly #device: string;

  private constructor(rate: number | undefined) {
    const number = made++;
    this.rate = rate;
    this.#namespace = `framewire-${Deno.pid}-${number}`;
    this.#device = `fw${Deno.pid}n${number}`; // at most 15 letters
    // 198.18.0.0/15 is reserved for measurements on networks (RFC 2544). Four addresses a link.
    const base = 4 * ((Deno.pid * 16 + number) % 0x8000);
    this.address = `198.${18 + (base >> 16)}.${base >> 8 & 255}.${(base & 255) + 2}`;
  }

  /** Creates a link that carries `rate` Mbit/s towards the outside. Throws where that is not possible. */
  static async open({ rate }: { rate?: number } = {}): Promise<Link> {
    const link = new Link(rate === undefined ? undefined : rate * 1e6);
    try {
      await link.#make();
    } catch (thrown) {
      await link[Symbol.asyncDispose]();
      throw thrown;
    }
    return link;
  }

  /** Whether this machine allows it: creates a link and removes it. */
  static async possible(): Promise<boolean> {
    if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
    try {
      await using _link = await Link.open({ rate: 10 });
      return true;
    } catch {
      return false; // no iproute2, no namespaces in this container, no such queue in this kernel
    }
  }

  /** The command line that runs a program inside. Its process is the program's own. */
  inside([command, args]: [string, string[]]): [string, string[]] {
    return ["ip", ["netns", "exec", this.#namespace, command, ...args]];
  }

  /** The time that `bytes` of TCP take on the link, in milliseconds; 0 where it is not limited. */
  time(bytes: number): number {
    const packets = Math.ceil(bytes / PAYLOAD);
    const bits = 8 * (bytes + packets * (PACKET - PAYLOAD));
    return this.rate === undefined ? 0 : 1000 * bits / this.rate;
  }

  /** Bytes that have arrived outside so far, headers included. */
  async received(): Promise<number> {
    return Number(await Deno.readTextFile(`/sys/class/net/${this.#device}/statistics/rx_bytes`));
  }

  /** Removes the link. Programs that still run inside lose their network. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const args of [["link", "del", this.#device], ["netns", "del", this.#namespace]]) {
      await run("ip", args).catch(() => {}); // it was not created
    }
  }

  async #make(): Promise<void> {
    const [namespace, device] = [this.#namespace, this.#device];
    const outside = this.address.replace(/\d+$/, (last) => String(Number(last) - 1));
    const inside = (command: string) => run(...this.inside(["sh", ["-c", command]]));
    await run("ip", ["netns", "add", namespace]);
    const peer = ["peer", "name", "veth0", "netns", namespace];
    await run("ip", ["link", "add", device, "type", "veth", ...peer]);
    await run("ip", ["address", "add", `${outside}/30`, "dev", device]);
    await run("ip", ["link", "set", device, "up"]);
    await inside(`ip address add ${this.address}/30 dev veth0`);
    await inside("ip link set veth0 up && ip link set lo up");
    if (this.rate === undefined) return;
    await inside(
      `tc qdisc add dev veth0 root tbf rate ${this.rate}bit burst ${BURST} latency ${QUEUE}`,
    );
  }
}

/** Runs a program that must succeed. */
async function run(command: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args, stdin: "null" }).output();
  if (success) return;
  throw new Error(`${command} ${args.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`);
}
