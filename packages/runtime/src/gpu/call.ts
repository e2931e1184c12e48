/** One call of a compiled program: where its buffers are, and what becomes of them. */

import { formatArrayType } from "@fluxion/ir";
import { isRunObserved } from "../observer.ts";
import type { GpuBuffer } from "./gpu-buffer.ts";
import type { Block, Resource } from "./memory.ts";
import type { Prepared } from "./prepared.ts";
import { Recorder } from "./recorder.ts";
import { DispatchTimer } from "./timer.ts";

export class Call {
  readonly prepared: Prepared;
  readonly recorder: Recorder;
  /** By program buffer. Temporaries that nothing touches have none. */
  readonly resources: Resource[];
  /** What is not known yet: promises that reject if the results are wrong. */
  readonly #checks: Promise<void>[];
  readonly #timer: DispatchTimer | undefined;
  readonly #temporaries: Block[] = [];
  /** Of results that are buffers of their own. */
  readonly #blocks: (Block | undefined)[] = [];
  /** Arguments whose memory results take over, by result. */
  readonly #donors = new Map<number, GpuBuffer>();

  /**
   * Takes memory for everything.
   * @throws OutOfMemoryError, with nothing taken, if a buffer is larger than the GPU allows
   */
  constructor(prepared: Prepared, args: readonly GpuBuffer[]) {
    const { session, compiled } = prepared;
    this.prepared = prepared;
    this.#timer =
      isRunObserved() && session.gpu.timestamps ? new DispatchTimer(session, compiled.name) : undefined;
    this.recorder = new Recorder(session, this.#timer);
    this.resources = new Array<Resource>(compiled.buffers.length);
    this.#checks = prepared.checks;
    for (const [id, constant] of prepared.constants) this.resources[id] = constant;
    this.#placeArguments(args);
    try {
      this.#placeResults(args);
      this.#placeTemporaries();
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  #placeArguments(args: readonly GpuBuffer[]): void {
    const { compiled, uploads } = this.prepared;
    for (let i = 0; i < args.length; i++) {
      const { bytes, block, outcome } = args[i];
      const place = bytes === undefined ? block : uploads?.set(i, bytes);
      if (place === undefined) throw new Error(`argument ${i} of ${compiled.name} has no elements`);
      this.resources[compiled.parameters[i]] = place;
      if (!outcome.isGood) this.#checks.push(outcome.check());
    }
    uploads?.send();
  }

  #placeResults(args: readonly GpuBuffer[]): void {
    const { donors, compiled } = this.prepared;
    const { results, buffers, name } = compiled;
    for (let i = 0; i < results.length; i++) {
      const { id, placement, bytes, dtype, shape } = buffers[results[i]];
      if (placement.kind !== "result" || placement.index !== i) {
        this.#blocks.push(undefined);
        continue;
      }
      const which = results.length === 1 ? "the result" : `result ${i}`;
      const label = (): string => `${which} of ${name}, ${formatArrayType({ dtype, shape })},`;
      const donor = donors.get(i);
      const block =
        donor === undefined ? this.#allocate(bytes, label) : this.#overwrite(i, args[donor], label);
      this.#blocks.push(block);
      this.resources[id] = block;
      if (donor !== undefined) this.resources[compiled.parameters[donor]] = block;
    }
  }

  /** The memory of a donated argument, which a result is written over; new memory with its bytes if it has none. */
  #overwrite(result: number, donor: GpuBuffer, label: () => string): Block {
    if (donor.block !== undefined) {
      this.#donors.set(result, donor);
      return donor.block;
    }
    const { compiled, session } = this.prepared;
    const data = new Uint8Array(compiled.buffers[compiled.results[result]].bytes);
    data.set(donor.bytes ?? []);
    const block = this.#allocate(data.length, label);
    session.device.queue.writeBuffer(block.buffer, 0, data);
    return block;
  }

  #placeTemporaries(): void {
    const { temporaries, compiled } = this.prepared;
    for (const bytes of temporaries.slots)
      this.#temporaries.push(this.#allocate(bytes, () => `a temporary of ${compiled.name}`));
    for (const [id, slot] of temporaries.slotOf) this.resources[id] = this.#temporaries[slot];
  }

  #allocate(bytes: number, label: () => string): Block {
    const block = this.prepared.session.memory.allocate(bytes, label);
    if (block.check !== undefined) this.#checks.push(block.check);
    return block;
  }

  /**
   * Records the results that are copies (a parameter, a constant, another result), submits, and hands the memory over. Gives
   * what is not known yet.
   */
  finish(results: readonly GpuBuffer[]): Promise<void>[] {
    const { compiled, session } = this.prepared;
    for (let i = 0; i < results.length; i++) {
      const { id, bytes } = compiled.buffers[compiled.results[i]];
      let block = this.#blocks[i];
      if (block === undefined) {
        block = this.#allocate(bytes, () => `result ${i} of ${compiled.name}`);
        this.recorder.copy(this.resources[id], block, bytes);
      }
      this.#donors.get(i)?.release();
      results[i].settle(session, block);
    }
    this.recorder.submit();
    this.#timer?.report().catch(() => {}); // a lost device is told where results are read
    this.#freeTemporaries();
    return this.#checks;
  }

  /** Gives the memory back of a call that failed. */
  abandon(): void {
    const { memory, lost } = this.prepared.session;
    this.#freeTemporaries();
    if (lost !== undefined) return;
    this.#blocks.forEach((block, i) => {
      if (block !== undefined && !this.#donors.has(i)) memory.free(block.id);
    });
  }

  #freeTemporaries(): void {
    const { memory, lost } = this.prepared.session;
    for (const { id } of this.#temporaries) if (lost === undefined) memory.free(id);
  }
}
