/** The outputs of the client: display, records, media servers, events, statistics, a program. */

import { EventHook } from "../present/event_hook.ts";
import { EventLog } from "../present/event_log.ts";
import { MediaServer } from "../present/media_server.ts";
import { Outputs } from "../present/outputs.ts";
import { plural } from "../log/plural.ts";
import { checkOutputs, Records, sortOutputs } from "../present/records.ts";
import { StatsLog } from "../present/stats_log.ts";
import type { JobControl } from "../host/job_control.ts";
import type { RemoteStream } from "../stream/remote_stream.ts";
import { clientStatus } from "./announce.ts";
import { chooseDisplay } from "./choose_display.ts";
import type { ClientOptions } from "./client_options.ts";
import { copiesUnits } from "./copies_units.ts";
import type { ConsoleLog } from "./console_log.ts";

export class ClientOutputs implements AsyncDisposable {
  readonly #options: ClientOptions;
  readonly #log: ConsoleLog;
  readonly #outputs: Outputs;
  readonly #open = new AsyncDisposableStack();
  readonly #hook: EventHook | undefined;
  #records: Records | undefined;

  private constructor(
    options: ClientOptions,
    { log, outputs, hook }: { log: ConsoleLog; outputs: Outputs; hook: EventHook | undefined },
  ) {
    this.#options = options;
    this.#log = log;
    this.#outputs = outputs;
    this.#hook = hook;
  }

  /**
   * Checks that the files can be written, and changes none. `stop` is called if the last output ends before the
   * stream. Throws a `Failure` if a file cannot be written.
   */
  static async open(
    options: ClientOptions,
    { log, stop }: { log: ConsoleLog; stop: () => void },
  ): Promise<ClientOutputs> {
    const { events, eventsOnlyOn, exec } = options;
    await checkOutputs(sortOutputs(options.output).files, options);
    const outputs = new Outputs({ log, stop });
    const hook = exec && new EventHook(exec, { log });
    const opened = new ClientOutputs(options, { log, outputs, hook });
    if (hook) opened.#open.use(hook);
    if (events !== undefined) {
      const onlyOnChange = eventsOnlyOn === "change";
      const eventLog = await EventLog.open(events, { onlyOnChange, log });
      outputs.add(opened.#open.use(eventLog));
    }
    return opened;
  }

  /** Called when the server is lost, and when it is back. */
  readonly onOutage = (event: "lost" | "back", why: string): void =>
    this.#hook?.happened(event, why);

  /** For the status line. */
  status(stream: RemoteStream): string {
    return clientStatus(stream, this.#records && { records: this.#records });
  }

  /** Opens the outputs that need the stream. `serves`: a server with another owner is one more output. */
  attach(stream: RemoteStream, { job, serves }: { job: JobControl; serves: boolean }): void {
    const { stats: statsFile, output, crf } = this.#options;
    const { files, streams } = sortOutputs(output);
    const { receiver, vision, format } = stream;
    const [log, outputs] = [this.#log, this.#outputs];
    if (serves) outputs.hold();
    if (statsFile !== undefined) {
      const state = () => ({
        ...{ wire: receiver.wire, format: receiver.format, offset: receiver.offset },
        filterMs: vision?.tookMs,
      });
      outputs.add(new StatsLog(statsFile, { stats: receiver.stats, state }));
    }
    if (files.length > 0) {
      this.#records = new Records(files, this.#options, {
        announced: receiver.fps,
        copies: copiesUnits(this.#options),
        timed: receiver.wire !== "raw",
        losses: () => receiver.reconnects,
        report: outputs.report,
        log,
      });
      outputs.add(this.#records);
    }
    const status = () => this.status(stream);
    const display = chooseDisplay(this.#options, { format, status, log, job });
    if (display) outputs.add(this.#open.use(display));
    for (const url of streams) outputs.add(new MediaServer(url, { crf, log }));
  }

  /** Runs all until each has ended, or on abort. */
  async run(stream: RemoteStream, { signal }: { signal: AbortSignal }): Promise<void> {
    await Promise.all([
      this.#outputs.run(stream, { signal }),
      this.#hook?.run(stream, { signal }),
    ]);
    if (stream.missed > 0 && this.#records) {
      this.#log.warn(`the output was too slow for ${plural(stream.missed, "frame")}`);
    }
  }

  /** Throws the failure of the last output that failed. */
  throwIfFailed(): void {
    this.#outputs.throwIfFailed();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#open.disposeAsync();
  }
}
