/**
 * The GPU device. It opens when it is first needed, which takes the event loop some turns; what is asked of it meanwhile waits
 * in the queue, so nobody has to await the opening.
 */

import { checkDType } from "@fluxion/codegen-wgsl";
import { bytesOf, bytesOfStorage, formatArrayType, type Literal, type Module } from "@fluxion/ir";
import { Scopes } from "../cpu/scope.ts";
import type { CompileOptions, Device, DeviceBuffer, Executable } from "../device.ts";
import { dense } from "../interpreter-device.ts";
import { GpuBuffer } from "./gpu-buffer.ts";
import { GpuExecutable } from "./gpu-executable.ts";
import { type Job, JobQueue } from "./job-queue.ts";
import type { GpuMemoryStatistics } from "./memory.ts";
import { type OpenGpu, openGpu } from "./open.ts";
import { Outcome } from "./outcome.ts";
import { waitFor } from "./polling.ts";
import { Readback } from "./readback.ts";
import { Recorder } from "./recorder.ts";
import { Session } from "./session.ts";

/** Arrays from JavaScript of up to so many bytes stay there and travel with each call. */
const SMALL_BYTES = 256;

/** So many submissions may wait for the GPU; calls after them wait in JavaScript, where they take less memory than commands do. */
const MOST_IN_FLIGHT = 1024;

type Checks = readonly Promise<void>[];

const allOf = (checks: Checks): Promise<void> | undefined =>
  checks.length === 0 ? undefined : Promise.all(checks).then(() => {});

const nothing: GpuMemoryStatistics = {
  liveBytes: 0,
  liveArrays: 0,
  highWaterBytes: 0,
  pooledBytes: 0,
  buffersMade: 0,
};

export interface GpuDeviceOptions {
  /** Opens a device; called again after a loss. Default: the page's WebGPU, or Dawn in Node. */
  readonly open?: () => Promise<OpenGpu>;
  /** Names of tensor passes to leave out, to find out whether one is at fault. */
  readonly withoutPasses?: readonly string[];
}

export class GpuDevice implements Device {
  readonly kind = "gpu";
  readonly id = 0;
  readonly readback = new Readback(this);
  readonly withoutPasses: readonly string[];
  readonly #queue = new JobQueue();
  readonly #scopes = new Scopes<GpuBuffer>();
  readonly #open: () => Promise<OpenGpu>;
  #session: Session | undefined;
  #opening: Promise<Session> | undefined;

  constructor(options: GpuDeviceOptions = {}) {
    this.#open = options.open ?? openGpu;
    this.withoutPasses = options.withoutPasses ?? [];
  }

  /** The open device; absent before it is opened and after it was lost. */
  get session(): Session | undefined {
    if (this.#session?.lost !== undefined) this.#session = undefined;
    return this.#session;
  }

  /**
   * Opens the device, or opens a new one after a loss.
   * @throws WebGpuUnavailableError if there is no adapter
   */
  open(): Promise<Session> {
    const { session } = this;
    if (session !== undefined) return Promise.resolve(session);
    this.#opening ??= this.#openNew().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #openNew(): Promise<Session> {
    const session = new Session(await this.#open());
    this.#session = session;
    return session;
  }

  /** The adapter, for people; absent until the device is open. */
  get description(): string | undefined {
    return this.session?.gpu.description;
  }

  /** Dispatches and submissions since the device was opened. */
  get counts(): { readonly dispatches: number; readonly submissions: number } {
    return this.session?.counts ?? { dispatches: 0, submissions: 0 };
  }

  /** Adds a job behind what was asked of the device before. */
  enqueue(job: Job, failed: (error: unknown) => void): void {
    this.readback.flush();
    this.addJob(job, failed);
  }

  /** As `enqueue`, in front of reads that were asked for in this turn of the event loop. */
  addJob(job: Job, failed: (error: unknown) => void): void {
    this.#queue.add(job, failed);
  }

  /**
   * Has `work` done on the open device, at once where nothing waits. `work` gives what is not known yet: promises that reject
   * if it failed after all. What it throws at once is thrown here, what it throws later makes the outcome fail.
   */
  perform(work: (session: Session) => Checks | Promise<Checks>): Outcome {
    const later = Promise.withResolvers<void>();
    let known: Checks | undefined;
    let returned = false;
    const job: Job = () => {
      const { session } = this;
      if (session !== undefined && session.inFlight >= MOST_IN_FLIGHT) {
        session.inFlight = 0;
        return waitFor(session.device.queue.onSubmittedWorkDone()).then(job);
      }
      const checks = session === undefined ? this.open().then(work) : work(session);
      if (checks instanceof Promise) return checks.then((found) => later.resolve(allOf(found)));
      if (returned) later.resolve(allOf(checks));
      else known = checks;
      return undefined;
    };
    this.enqueue(job, later.reject);
    returned = true;
    if (known === undefined) return new Outcome([later.promise]);
    return known.length === 0 ? Outcome.good : new Outcome(known);
  }

  /** Resolves when all that was asked of the device is done. */
  async finished(): Promise<void> {
    this.readback.flush();
    await this.#queue.settled();
    const done = this.session?.device.queue.onSubmittedWorkDone();
    if (done !== undefined) await waitFor(done);
  }

  /** @throws UnsupportedOnWebGpuError on 64-bit elements; Error if the device is open and cannot run the program */
  compile(module: Module, options: CompileOptions = {}): Executable {
    return new GpuExecutable(this, module, {
      name: options.name ?? module.name ?? "main",
      donated: options.donated ?? [],
      without: this.withoutPasses,
    });
  }

  /** @throws UnsupportedOnWebGpuError on 64-bit elements, OutOfMemoryError on more than a buffer may have */
  put(value: Literal): DeviceBuffer {
    checkDType(value.type.dtype, `an array ${formatArrayType(value.type)}`);
    const bytes = bytesOf(value.type);
    const data = (): Uint8Array<ArrayBuffer> =>
      bytesOfStorage(value.splat ? dense(value) : value.data) as Uint8Array<ArrayBuffer>;
    if (bytes <= SMALL_BYTES) return this.adopt(new GpuBuffer(this, value.type, data().slice()));
    const buffer = this.adopt(new GpuBuffer(this, value.type));
    buffer.outcome = this.perform((session) => {
      const block = session.memory.allocate(bytes, () => `an array ${formatArrayType(value.type)}`);
      session.device.queue.writeBuffer(block.buffer, 0, wholeWords(data()));
      buffer.settle(session, block);
      return block.check === undefined ? [] : [block.check];
    });
    return buffer;
  }

  /** A copy with memory of its own. */
  copy(source: DeviceBuffer): DeviceBuffer {
    if (!(source instanceof GpuBuffer)) throw new Error(`${source.device} cannot lend an array to ${this}`);
    const { type, bytes: small } = source;
    if (small !== undefined) return this.adopt(new GpuBuffer(this, type, small.slice()));
    const copy = this.adopt(new GpuBuffer(this, type));
    copy.outcome = this.perform((session) => {
      const { block, outcome } = source;
      if (block === undefined) return [outcome.check()];
      const target = session.memory.allocate(bytesOf(type), () => `a copy of ${formatArrayType(type)}`);
      const recorder = new Recorder(session);
      recorder.copy(block, target, Math.min(block.bytes, target.bytes));
      recorder.submit();
      copy.settle(session, target);
      return [target.check, outcome.isGood ? undefined : outcome.check()].filter(
        (check) => check !== undefined,
      );
    });
    return copy;
  }

  /** Makes a new array part of the scope that is open. */
  adopt(buffer: GpuBuffer): GpuBuffer {
    this.#scopes.add(buffer);
    return buffer;
  }

  scope<T>(body: () => T, survivors: (result: T) => readonly DeviceBuffer[]): T {
    return this.#scopes.run(body, (result) =>
      survivors(result).filter((buffer) => buffer instanceof GpuBuffer),
    );
  }

  /** Live bytes and arrays, the high-water mark, and what the pool holds. Nothing while no device is open. */
  memory(): GpuMemoryStatistics {
    return this.session?.memory.statistics ?? nothing;
  }

  toString(): string {
    return `GpuDevice(id=${this.id})`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** WebGPU writes multiples of four bytes. */
function wholeWords(data: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (data.byteLength % 4 === 0) return data;
  const padded = new Uint8Array(Math.ceil(data.byteLength / 4) * 4);
  padded.set(data);
  return padded;
}
