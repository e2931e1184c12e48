/** A compiled program and how it is called: fill in the frame, run `main`, wrap the results. */

import { bytesOf, formatArrayType, type Module, type TensorType } from "@fluxion/ir";
import type { DeviceBuffer, Executable } from "../device.ts";
import { type Compilation, type CompilationSettings, stageText } from "./compile.ts";
import { CpuBuffer } from "./cpu-buffer.ts";
import type { CpuDevice } from "./cpu-device.ts";
import type { CpuInstance, CpuRuntime } from "./cpu-runtime.ts";
import { SMALL_BYTES, type Storage } from "./storage.ts";

/** How one result comes about. */
type ResultPlan =
  /** Written by the module into a block of its own, or (small) into a staging slot. */
  | {
      readonly kind: "own";
      readonly slot: number;
      readonly staging: number;
      readonly bytes: number;
      readonly label: () => string;
    }
  /** Written into the block of a donated parameter. */
  | {
      readonly kind: "donated";
      readonly slot: number;
      readonly parameter: number;
      readonly bytes: number;
      readonly label: () => string;
    }
  /** A copy of a parameter, a constant or an earlier result. */
  | {
      readonly kind: "copy";
      readonly of: "parameter" | "constant" | "result";
      readonly index: number;
      readonly bytes: number;
      readonly label: () => string;
    };

const alignment = 64;
const align = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;

export class CpuExecutable implements Executable {
  readonly parameterTypes: readonly TensorType[];
  readonly resultTypes: readonly TensorType[];
  readonly #device: CpuDevice;
  readonly #runtime: CpuRuntime;
  readonly #module: Module;
  readonly #settings: CompilationSettings;
  readonly #compilation: Compilation;
  readonly #instance: CpuInstance;
  /** One block: the frame, the staging slots and the constants. */
  readonly #block: Storage;
  readonly #frame: number;
  readonly #parameterSlots: readonly number[];
  readonly #staging: readonly number[];
  readonly #plans: readonly ResultPlan[];
  readonly #scratch: { readonly threads: number; readonly bytes: number; readonly arena: number };
  #workspaceVersion = -1;

  constructor(device: CpuDevice, module: Module, settings: CompilationSettings, compilation: Compilation) {
    const { program, compiled, wasm } = compilation;
    this.#device = device;
    this.#runtime = device.runtime;
    this.#module = module;
    this.#settings = settings;
    this.#compilation = compilation;
    this.parameterTypes = program.parameters.map((id) => program.buffers[id]);
    this.resultTypes = program.results.map((id) => program.buffers[id]);
    this.#instance = this.#runtime.instantiate(wasm);
    const frameBytes = align(compiled.frame.bytes);
    const slots = program.parameters.length + program.results.length;
    const stagingBytes = slots * SMALL_BYTES;
    const bytes = Math.max(frameBytes + stagingBytes + compiled.constants.length, SMALL_BYTES + 1);
    this.#block = this.#runtime.keep(this.#runtime.alloc(bytes, `constants of ${settings.name}`), bytes);
    this.#frame = this.#block.address;
    this.#staging = Array.from({ length: slots }, (_, i) => this.#frame + frameBytes + i * SMALL_BYTES);
    const constants = this.#frame + frameBytes + stagingBytes;
    this.#runtime.memory.u8.set(compiled.constants, constants);
    this.#runtime.memory.i32[(this.#frame + compiled.frame.constants) >>> 2] = constants;
    this.#parameterSlots = compiled.frame.parameters.map((offset) => (this.#frame + offset) >>> 2);
    this.#plans = this.#planResults();
    const { threads } = this.#runtime;
    this.#scratch = {
      threads,
      bytes: align(compiled.scratchBytes(threads)),
      arena: align(compiled.arenaBytes),
    };
  }

  asText(stage: string): string {
    return stageText(this.#module, stage, this.#settings);
  }

  run(args: readonly DeviceBuffer[]): DeviceBuffer[] {
    const storages = this.#storagesOf(args);
    if (this.#scratch.bytes + this.#scratch.arena > 0) this.#attachWorkspace();
    const results = this.#allocateResults(storages);
    const { i32 } = this.#runtime.memory;
    for (let i = 0; i < storages.length; i++) {
      i32[this.#parameterSlots[i]] = this.#runtime.locate(storages[i], this.#staging[i]);
    }
    this.#instance.main(this.#frame);
    const buffers = new Array<DeviceBuffer>(this.#plans.length);
    for (let i = 0; i < buffers.length; i++) {
      const storage = results[i] ?? this.#finish(this.#plans[i], storages, buffers);
      buffers[i] = new CpuBuffer(this.#device, this.#runtime, this.resultTypes[i], storage);
    }
    for (const index of this.#settings.donated) storages[index].dispose();
    return buffers;
  }

  dispose(): void {
    this.#instance.dispose();
    this.#block.dispose();
  }

  #storagesOf(args: readonly DeviceBuffer[]): Storage[] {
    const storages = new Array<Storage>(args.length);
    for (let i = 0; i < args.length; i++) {
      const arg = args[i];
      if (!(arg instanceof CpuBuffer) || arg.device !== this.#device) {
        throw new Error(
          `argument ${i} of ${this.#settings.name} is on ${arg.device}, not on ${this.#device}; move it with devicePut`,
        );
      }
      storages[i] = arg.storage;
    }
    for (const index of this.#settings.donated) {
      if (storages.indexOf(storages[index]) !== storages.lastIndexOf(storages[index])) {
        throw new Error(
          `Attempt to donate the same buffer twice in ${this.#settings.name}: argument ${index} is passed more than once`,
        );
      }
    }
    return storages;
  }

  #attachWorkspace(): void {
    const { workspace } = this.#device;
    const { bytes, arena } = this.#scratch;
    workspace.reserve(bytes + arena, this.#settings.name);
    if (workspace.version === this.#workspaceVersion) return;
    this.#workspaceVersion = workspace.version;
    const { frame } = this.#compilation.compiled;
    this.#runtime.memory.i32[(this.#frame + frame.arena) >>> 2] = workspace.address;
    this.#runtime.memory.i32[(this.#frame + frame.scratch) >>> 2] = workspace.address + arena;
  }

  /** Blocks of the large results; the addresses of all results go into the frame. */
  #allocateResults(storages: readonly Storage[]): (Storage | undefined)[] {
    const results = new Array<Storage | undefined>(this.#plans.length);
    for (let i = 0; i < results.length; i++) {
      const plan = this.#plans[i];
      if (plan.kind === "copy") continue;
      if (plan.bytes <= SMALL_BYTES) {
        this.#runtime.memory.i32[plan.slot] = this.#staging[storages.length + i];
        continue;
      }
      const reused = plan.kind === "donated" ? storages[plan.parameter].address : 0;
      const storage = reused ? undefined : this.#runtime.newStorage(plan.bytes, plan.label);
      this.#runtime.memory.i32[plan.slot] = storage?.address ?? reused;
      results[i] = storage;
    }
    return results;
  }

  #finish(plan: ResultPlan, storages: readonly Storage[], buffers: readonly DeviceBuffer[]): Storage {
    if (plan.kind === "own") return this.#runtime.readSmall(plan.staging, plan.bytes);
    if (plan.kind === "donated") {
      if (plan.bytes <= SMALL_BYTES)
        return this.#runtime.readSmall(this.#runtime.memory.i32[plan.slot], plan.bytes);
      return this.#runtime.adopt(storages[plan.parameter].release(), plan.bytes);
    }
    const copy = this.#runtime.newStorage(plan.bytes, plan.label);
    this.#runtime.write(copy, this.#bytesOf(plan, storages, buffers));
    return copy;
  }

  #bytesOf(
    plan: Extract<ResultPlan, { kind: "copy" }>,
    storages: readonly Storage[],
    buffers: readonly DeviceBuffer[],
  ): Uint8Array {
    if (plan.of === "parameter") return this.#runtime.read(storages[plan.index]);
    if (plan.of === "constant") {
      const { placement } = this.#compilation.program.buffers[plan.index];
      if (placement.kind !== "constant") throw new Error("not a constant");
      const { data } = placement;
      return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    }
    return this.#runtime.read((buffers[plan.index] as CpuBuffer).storage);
  }

  #planResults(): ResultPlan[] {
    const { program, compiled } = this.#compilation;
    const { name } = this.#settings;
    return program.results.map((id, i): ResultPlan => {
      const { placement, dtype, shape } = program.buffers[id];
      const type = { dtype, shape };
      const bytes = bytesOf(type);
      const which = program.results.length === 1 ? "the result" : `result ${i}`;
      const label = (): string => `${which} of ${name}, ${formatArrayType(type)},`;
      if (placement.kind === "parameter")
        return { kind: "copy", of: "parameter", index: placement.index, bytes, label };
      if (placement.kind === "constant") return { kind: "copy", of: "constant", index: id, bytes, label };
      const first = program.results.indexOf(id);
      if (first !== i) return { kind: "copy", of: "result", index: first, bytes, label };
      const slot = (this.#frame + compiled.frame.results[i]) >>> 2;
      const donation = program.donations.find(({ result }) => result === i);
      if (donation) return { kind: "donated", slot, parameter: donation.parameter, bytes, label };
      return { kind: "own", slot, staging: this.#staging[program.parameters.length + i], bytes, label };
    });
  }
}
