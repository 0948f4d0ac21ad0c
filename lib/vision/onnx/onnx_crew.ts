/**
 * The Workers of the filter `detect`. Each has the whole model and takes the next frame in turn. They have no
 * permissions: the bytes of the model and of onnxruntime are read here, and sent.
 */

import type { Report } from "../../frame/detection.ts";
import type { FrameFormat } from "../../frame/frame_format.ts";
import type { DetectorCrew } from "../detector_crew.ts";
import { ownWasm } from "./own_wasm.ts";
import type { ModelOptions, OnnxReply, OnnxRequest } from "./onnx_messages.ts";

/** How long a frame can take. The chain, which may wait for it, gives up after 10 s. */
const FRAME_TIMEOUT_MS = 8000;
/** How long the start can take: an endless loop in a model would never end. */
const START_TIMEOUT_MS = 120_000;

export interface OnnxCrewOptions {
  readonly workers: number;
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly model: Uint8Array<ArrayBuffer>;
  readonly options: ModelOptions;
  readonly format: FrameFormat;
  readonly frameTimeoutMs?: number;
}

/** A Worker, and the answer that it owes. */
interface Member {
  readonly worker: Worker;
  answer: PromiseWithResolvers<OnnxReply> | undefined;
}

export class OnnxCrew implements DetectorCrew {
  readonly ready: Promise<void>;
  readonly format: FrameFormat;
  readonly places: number;
  readonly #name: string;
  readonly #frameTimeoutMs: number;
  readonly #members: Member[];
  #hasEnded = false;

  constructor({ workers, wasm, model, options, format, frameTimeoutMs }: OnnxCrewOptions) {
    this.format = format;
    this.places = workers;
    this.#name = options.model;
    this.#frameTimeoutMs = frameTimeoutMs ?? FRAME_TIMEOUT_MS;
    this.#members = Array.from({ length: workers }, () => this.#start());
    const request = { kind: "open", wasm, model, options, format } as const;
    this.ready = this.#open(request);
    this.ready.catch(() => {}); // the chain waits for it later
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Detects things in a frame with the next free Worker. There must be one. */
  async detect(pixels: Uint8Array<ArrayBuffer>): Promise<Report> {
    const member = this.#members.find(({ answer }) => !answer);
    if (!member) throw new Error("all Workers are busy");
    const reply = await this.#ask(member, { kind: "frame", pixels }, {
      transfer: [pixels.buffer],
      timeoutMs: this.#frameTimeoutMs,
    });
    return reply.kind === "detected" ? reply.report : {};
  }

  close(): void {
    this.#hasEnded = true;
    for (const { worker, answer } of this.#members) {
      worker.terminate();
      answer?.resolve({ kind: "fault", message: "it was closed" });
    }
  }

  /** The first Worker finds out what is wrong with a file; the others start when it has loaded the model. */
  async #open(request: OnnxRequest & { kind: "open" }): Promise<void> {
    const [first, ...others] = this.#members;
    const open = (member: Member) => {
      const wasm = ownWasm(request.wasm);
      const timing = { transfer: [wasm.buffer], timeoutMs: START_TIMEOUT_MS };
      return this.#ask(member, { ...request, wasm }, timing);
    };
    try {
      if (first) await open(first);
      await Promise.all(others.map(open));
    } catch (thrown) {
      this.close();
      throw thrown;
    }
  }

  #start(): Member {
    const worker = new Worker(new URL("./onnx_worker.ts", import.meta.url), {
      type: "module",
      deno: { permissions: "none" },
    });
    const member: Member = { worker, answer: undefined };
    worker.onmessage = ({ data }: MessageEvent<OnnxReply>) => member.answer?.resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end(`its Worker ended: ${event.message}`);
    };
    return member;
  }

  async #ask(
    member: Member,
    request: OnnxRequest,
    { transfer = [], timeoutMs }: { transfer?: Transferable[]; timeoutMs: number },
  ): Promise<OnnxReply> {
    const answer = member.answer = Promise.withResolvers<OnnxReply>();
    const late = setTimeout(
      () => this.#end(`it did not answer within ${timeoutMs / 1000} s`),
      timeoutMs,
    );
    try {
      if (this.#hasEnded) throw new Error("it has ended");
      member.worker.postMessage(request, transfer);
      const reply = await answer.promise;
      if (reply.kind === "fault") {
        throw new Error(`Cannot use the model "${this.#name}": ${reply.message}`);
      }
      return reply;
    } finally {
      clearTimeout(late);
      member.answer = undefined;
    }
  }

  /** Ends all Workers, for good. */
  #end(message: string): void {
    if (this.#hasEnded) return;
    for (const { answer } of this.#members) answer?.resolve({ kind: "fault", message });
    this.close();
  }
}
