/** Records the commands of a call into command buffers: one for a call, more only where it is very long. */

import type { GpuCommand, Shader } from "@fluxion/codegen-wgsl";
import type { Resource } from "./memory.ts";
import type { Pipeline } from "./pipelines.ts";
import type { Session } from "./session.ts";
import type { DispatchTimer } from "./timer.ts";

export type Dispatch = Extract<GpuCommand, { kind: "dispatch" }>;

/** A command buffer holds so many commands; drivers stop those that take seconds. */
const MOST_COMMANDS = 1024;
/** So many bind groups are remembered for a dispatch: calls take turns with a few sets of pooled buffers. */
const MOST_GROUPS = 8;

interface KnownGroup {
  readonly ids: readonly number[];
  readonly group: GPUBindGroup;
}

/** The bind groups of a program's dispatches, by the buffers that they bind. Making one costs more than all else of a dispatch. */
export class BindGroups {
  readonly #device: GPUDevice;
  readonly #known = new Map<Dispatch, KnownGroup[]>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  get(
    dispatch: Dispatch,
    { bindings }: Shader,
    layout: GPUBindGroupLayout,
    resources: readonly Resource[],
  ): GPUBindGroup {
    let known = this.#known.get(dispatch);
    if (known === undefined) {
      known = [];
      this.#known.set(dispatch, known);
    }
    search: for (const { ids, group } of known) {
      for (let i = 0; i < ids.length; i++)
        if (resources[dispatch.buffers[bindings[i].buffer]].id !== ids[i]) continue search;
      return group;
    }
    const bound = bindings.map(({ buffer }) => resources[dispatch.buffers[buffer]]);
    const group = this.#device.createBindGroup({
      layout,
      entries: bound.map(({ buffer, offset, bytes }, binding) => ({
        binding,
        resource: { buffer, offset, size: bytes },
      })),
    });
    if (known.length === MOST_GROUPS) known.shift();
    known.push({ ids: bound.map(({ id }) => id), group });
    return group;
  }
}

export class Recorder {
  readonly #session: Session;
  #encoder: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;
  #commands = 0;
  readonly #timer: DispatchTimer | undefined;

  /** @param timer times every dispatch, if given */
  constructor(session: Session, timer?: DispatchTimer) {
    this.#session = session;
    this.#timer = timer;
  }

  dispatch({ compiled }: Pipeline, group: GPUBindGroup, { workgroups: [x, y, z], name }: Shader): void {
    if (compiled === undefined) throw new Error("the pipeline is not compiled yet");
    if (this.#timer !== undefined) this.#endPass();
    this.#pass ??= this.#open().beginComputePass(this.#timer?.next(name));
    this.#pass.setPipeline(compiled);
    this.#pass.setBindGroup(0, group);
    this.#pass.dispatchWorkgroups(x, y, z);
    this.#session.counts.dispatches++;
    this.#count();
  }

  copy(from: Resource, to: Resource, bytes: number): void {
    this.#endPass();
    this.#open().copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, bytes);
    this.#count();
  }

  /** Hands over what was recorded. */
  submit(): void {
    if (this.#encoder === undefined) return;
    this.#endPass();
    this.#session.device.queue.submit([this.#encoder.finish()]);
    this.#session.counts.submissions++;
    this.#session.inFlight++;
    this.#encoder = undefined;
    this.#commands = 0;
  }

  #open(): GPUCommandEncoder {
    this.#encoder ??= this.#session.device.createCommandEncoder();
    return this.#encoder;
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = undefined;
  }

  #count(): void {
    if (++this.#commands >= MOST_COMMANDS) this.submit();
  }
}
