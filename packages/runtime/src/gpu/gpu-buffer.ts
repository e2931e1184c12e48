/** An array of the GPU device. */

import { storageFromBytes, type TensorType, type TypedArray } from "@fluxion/ir";
import type { BlockOwner, TrackedBlock } from "../cpu/reclaim.ts";
import type { DeviceBuffer } from "../device.ts";
import { SynchronousReadError } from "./errors.ts";
import type { GpuDevice } from "./gpu-device.ts";
import type { Block } from "./memory.ts";
import { Outcome } from "./outcome.ts";
import type { Session } from "./session.ts";

/** Where an array's elements are. */
interface Place {
  readonly session: Session;
  readonly block: Block;
  readonly tracked: TrackedBlock;
}

export class GpuBuffer implements DeviceBuffer, BlockOwner {
  readonly type: TensorType;
  readonly device: GpuDevice;
  token: ArrayBuffer | undefined;
  /** Whether what was computed is right, as far as is known. */
  outcome = Outcome.good;
  /** The bytes of a small array that came from JavaScript: they travel with each call that reads them. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
  #place: Place | undefined;
  #disposed = false;
  #hostCopy: TypedArray | undefined;

  constructor(device: GpuDevice, type: TensorType, bytes?: Uint8Array<ArrayBuffer>) {
    this.device = device;
    this.type = type;
    this.bytes = bytes;
  }

  get alive(): boolean {
    return !this.#disposed && this.#place?.session.lost === undefined;
  }

  /** Why the elements are gone, if nobody disposed of them. */
  get problem(): Error | undefined {
    return this.#place?.session.lost;
  }

  /** Absent while the program that writes it waits, after it failed, and for `bytes`. */
  get block(): Block | undefined {
    return this.#place?.block;
  }

  get session(): Session | undefined {
    return this.#place?.session;
  }

  /** Gives the array its memory. */
  settle(session: Session, block: Block): void {
    const tracked = session.memory.reclaimer.track(this, block.id, block.bytes);
    this.#place = { session, block, tracked };
  }

  /** Gives the memory away, for donation: the array that takes it settles there, this one has none any more. */
  release(): void {
    const place = this.#forget();
    if (place !== undefined) place.session.memory.reclaimer.untrack(place.tracked);
  }

  async read(): Promise<TypedArray> {
    const bytes = this.bytes?.slice() ?? (await this.device.readback.request(this));
    return storageFromBytes(this.type.dtype, bytes);
  }

  async copyToHost(): Promise<void> {
    this.#hostCopy ??= await this.read();
  }

  readSync(): TypedArray {
    if (this.#hostCopy !== undefined) return this.#hostCopy.slice();
    throw new SynchronousReadError(
      `the elements of an array on ${this.device} cannot be read at once: the GPU answers later. Await them: ` +
        "await x.data(), await x.toArray()",
    );
  }

  async ready(): Promise<void> {
    await this.device.finished();
    await this.outcome.check();
    if (this.problem !== undefined) throw this.problem;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    // In the order of the program: a call that reads it may still wait.
    this.device.enqueue(
      () => {
        const place = this.#forget();
        if (place !== undefined) place.session.memory.reclaimer.free(place.tracked);
        return undefined;
      },
      () => {},
    );
  }

  #forget(): Place | undefined {
    const place = this.#place;
    this.token = undefined;
    this.#hostCopy = undefined;
    this.#place = undefined;
    return place;
  }
}
