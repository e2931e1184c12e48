/** Runs compiled programs on the test device, one call at a time, and reads their results back. */

import {
  bytesOfStorage,
  entriesPerElement,
  type Literal,
  literal,
  sizeOf,
  storageFromBytes,
} from "@fluxion/ir";
import type { CompiledWgsl, GpuCommand } from "../src/index.ts";

export class Runner {
  readonly device: GPUDevice;
  readonly compiled: CompiledWgsl;
  readonly #buffers: GPUBuffer[];
  readonly #pipelines: GPUComputePipeline[];

  private constructor(device: GPUDevice, compiled: CompiledWgsl, pipelines: GPUComputePipeline[]) {
    this.device = device;
    this.compiled = compiled;
    this.#pipelines = pipelines;
    this.#buffers = compiled.buffers.map(({ bytes, placement }) => {
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
      const buffer = device.createBuffer({ size: bytes, usage });
      if (placement.kind === "constant") write(device, buffer, bytesOfStorage(placement.data));
      return buffer;
    });
  }

  /** Compiles every shader. @throws with the compiler's messages and the code if one is not valid. */
  static async create(device: GPUDevice, compiled: CompiledWgsl): Promise<Runner> {
    const pipelines: GPUComputePipeline[] = [];
    for (const { code, entryPoint } of compiled.shaders) {
      device.pushErrorScope("validation");
      const module = device.createShaderModule({ code });
      const { messages } = await module.getCompilationInfo();
      const errors = messages.filter(({ type }) => type === "error");
      if (errors.length > 0) {
        await device.popErrorScope();
        const text = errors.map((e) => `${e.lineNum}:${e.linePos} ${e.message}`).join("\n");
        throw new Error(`${text}\n${code}`);
      }
      pipelines.push(device.createComputePipeline({ layout: "auto", compute: { module, entryPoint } }));
      const error = await device.popErrorScope();
      if (error !== null) throw new Error(`${error.message}\n${code}`);
    }
    return new Runner(device, compiled, pipelines);
  }

  async run(inputs: readonly Literal[]): Promise<Literal[]> {
    const { compiled, device } = this;
    compiled.parameters.forEach((id, i) => {
      write(device, this.#buffers[id], bytesOfStorage(whole(inputs[i]).data));
    });
    await this.commands(compiled.commands);
    const results: Literal[] = [];
    for (const id of compiled.results) {
      const { dtype, shape } = compiled.buffers[id];
      const bytes = await this.#read(id);
      const entries = sizeOf(shape) * entriesPerElement(dtype);
      results.push(literal(dtype, shape, storageFromBytes(dtype, bytes).slice(0, entries)));
    }
    return results;
  }

  /** Runs the commands and waits for the GPU. */
  async commands(list: readonly GpuCommand[]): Promise<void> {
    let encoder = this.device.createCommandEncoder();
    const flush = (): void => {
      this.device.queue.submit([encoder.finish()]);
      encoder = this.device.createCommandEncoder();
    };
    for (const command of list) {
      if (command.kind === "dispatch") this.#dispatch(encoder, command);
      else if (command.kind === "copy")
        encoder.copyBufferToBuffer(this.#buffers[command.from], 0, this.#buffers[command.to], 0);
      else {
        flush();
        await this.#control(command);
      }
    }
    flush();
    await this.device.queue.onSubmittedWorkDone();
  }

  async #control(command: Extract<GpuCommand, { kind: "while" | "case" }>): Promise<void> {
    if (command.kind === "case") {
      const [index] = new Int32Array((await this.#read(command.index)).buffer);
      const one = this.compiled.buffers[command.index].dtype === "bool" ? index & 255 : index;
      const inRange = one >= 0 && one < command.branches.length;
      await this.commands(command.branches[inRange ? one : command.branches.length - 1]);
      return;
    }
    for (;;) {
      await this.commands(command.condition);
      if ((await this.#read(command.predicate))[0] === 0) return;
      await this.commands(command.body);
    }
  }

  #dispatch(encoder: GPUCommandEncoder, command: Extract<GpuCommand, { kind: "dispatch" }>): void {
    const shader = this.compiled.shaders[command.shader];
    const pipeline = this.#pipelines[command.shader];
    const entries = shader.bindings.map(({ buffer }, binding) => ({
      binding,
      resource: { buffer: this.#buffers[command.buffers[buffer]] },
    }));
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    if (entries.length > 0)
      pass.setBindGroup(0, this.device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
    pass.dispatchWorkgroups(...shader.workgroups);
    pass.end();
  }

  async #read(id: number): Promise<Uint8Array> {
    const { bytes } = this.compiled.buffers[id];
    const staging = this.device.createBuffer({
      size: bytes,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    const encoder = this.device.createCommandEncoder();
    encoder.copyBufferToBuffer(this.#buffers[id], 0, staging, 0, bytes);
    this.device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const copy = new Uint8Array(staging.getMappedRange().slice(0));
    staging.destroy();
    return copy;
  }

  dispose(): void {
    for (const buffer of this.#buffers) buffer.destroy();
  }
}

function write(device: GPUDevice, buffer: GPUBuffer, bytes: Uint8Array): void {
  const padded = new Uint8Array(buffer.size);
  padded.set(bytes);
  device.queue.writeBuffer(buffer, 0, padded);
}

/** A literal with every element written out. */
function whole(value: Literal): Literal {
  if (!value.splat) return value;
  const { dtype, shape } = value.type;
  const entries = sizeOf(shape) * entriesPerElement(dtype);
  const data = new (value.data.constructor as Uint8ArrayConstructor)(entries);
  for (let i = 0; i < entries; i++) data[i] = (value.data as Uint8Array)[i % value.data.length];
  return literal(dtype, shape, data as never);
}
