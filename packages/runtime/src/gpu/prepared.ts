/** A compiled program on an open device: its pipelines, constants and bind groups. */

import type { CompiledWgsl, GpuBuffer as ProgramBuffer } from "@fluxion/codegen-wgsl";
import { bytesOfStorage, formatArrayType } from "@fluxion/ir";
import { type Block, freshId, type Resource } from "./memory.ts";
import type { Pipeline } from "./pipelines.ts";
import { BindGroups } from "./recorder.ts";
import type { Session } from "./session.ts";
import { planTemporaries, type TemporaryPlan } from "./temporaries.ts";

export class Prepared {
  readonly session: Session;
  readonly compiled: CompiledWgsl;
  readonly pipelines: readonly Pipeline[];
  readonly groups: BindGroups;
  readonly temporaries: TemporaryPlan;
  /** Program buffer → its constant. */
  readonly constants: ReadonlyMap<number, Resource>;
  /** Result → donated parameter whose memory it takes over. */
  readonly donors: ReadonlyMap<number, number>;
  /** Where small arguments go: a slot for each parameter, and their bytes of this call. */
  readonly uploads: Uploads | undefined;
  /** Whether it has run; what WebGPU says to the first call is waited for. */
  hasRun = false;
  /** Resolves when all pipelines are compiled; then absent. */
  ready: Promise<void> | undefined;
  readonly #blocks: Block[] = [];

  constructor(session: Session, compiled: CompiledWgsl) {
    this.session = session;
    this.compiled = compiled;
    for (const { bytes, placement, dtype, shape } of compiled.buffers) {
      const what = placement.kind === "result" ? "the result" : `a ${placement.kind}`;
      const label = (): string => `${what} of ${compiled.name}, ${formatArrayType({ dtype, shape })},`;
      session.memory.checkSize(bytes, label);
    }
    this.pipelines = compiled.shaders.map((shader) => session.pipelines.get(shader));
    this.groups = new BindGroups(session.device);
    this.temporaries = planTemporaries(compiled);
    this.constants = new Map(
      compiled.buffers.flatMap((buffer) => {
        const resource = this.#constant(buffer);
        return resource === undefined ? [] : [[buffer.id, resource] as const];
      }),
    );
    this.donors = new Map(compiled.donations.map(({ result, parameter }) => [result, parameter]));
    this.uploads = this.#makeUploads();
    this.ready = Promise.all(this.pipelines.map(({ ready }) => ready)).then(() => {
      this.ready = undefined;
    });
    this.ready.catch(() => {}); // the calls that wait for it tell
    if (this.pipelines.every((pipeline) => pipeline.compiled !== undefined)) this.ready = undefined;
  }

  /** The promises of the blocks that it owns, as long as they are open. */
  get checks(): Promise<void>[] {
    return this.#blocks.flatMap(({ check }) => (check === undefined ? [] : [check]));
  }

  /** Gives the memory of the constants back. */
  dispose(): void {
    if (this.session.lost !== undefined) return;
    for (const { id } of this.#blocks.splice(0)) this.session.memory.free(id);
  }

  #allocate(bytes: number, what: string): Block {
    const block = this.session.memory.allocate(bytes, `${what} of ${this.compiled.name}`);
    this.#blocks.push(block);
    return block;
  }

  #constant({ placement, bytes, name }: ProgramBuffer): Resource | undefined {
    if (placement.kind !== "constant") return undefined;
    const block = this.#allocate(bytes, `constant ${name}`);
    const data = new Uint8Array(bytes);
    data.set(bytesOfStorage(placement.data));
    this.session.device.queue.writeBuffer(block.buffer, 0, data);
    return block;
  }

  #makeUploads(): Uploads | undefined {
    const { parameters, buffers } = this.compiled;
    const small = parameters.filter((id) => buffers[id].bytes <= slotBytes(this.session));
    if (small.length === 0) return undefined;
    const bytes = parameters.length * slotBytes(this.session);
    return new Uploads(this.session, this.#allocate(bytes, "arguments"), parameters.length);
  }
}

/** Offsets of bindings are multiples of this, and small arrays have at most this many bytes. */
const slotBytes = ({ gpu }: Session): number => Math.max(256, gpu.offsetAlignment);

/** Small arguments of a call: written together, each bound at a slot of its own. */
export class Uploads {
  readonly slots: readonly Resource[];
  readonly #session: Session;
  readonly #block: Block;
  readonly #data: Uint8Array<ArrayBuffer>;
  #first = Number.POSITIVE_INFINITY;
  #end = 0;

  constructor(session: Session, block: Block, count: number) {
    const bytes = slotBytes(session);
    this.#session = session;
    this.#block = block;
    this.#data = new Uint8Array(count * bytes);
    this.slots = Array.from({ length: count }, (_, i) => ({
      id: freshId(),
      buffer: block.buffer,
      offset: i * bytes,
      bytes,
    }));
  }

  /** Puts the bytes of a parameter down for the next call. */
  set(parameter: number, bytes: Uint8Array): Resource {
    const slot = this.slots[parameter];
    this.#data.set(bytes, slot.offset);
    this.#first = Math.min(this.#first, slot.offset);
    this.#end = Math.max(this.#end, slot.offset + Math.ceil(bytes.length / 4) * 4);
    return slot;
  }

  /** Sends what was put down. */
  send(): void {
    if (this.#end === 0) return;
    const bytes = this.#end - this.#first;
    this.#session.device.queue.writeBuffer(this.#block.buffer, this.#first, this.#data, this.#first, bytes);
    this.#first = Number.POSITIVE_INFINITY;
    this.#end = 0;
  }
}
