/** The CPU device: arrays in one wasm memory, programs as wasm modules that run in it. */

import { wasmFeatures } from "@fluxion/codegen-wasm";
import { bytesOf, bytesOfStorage, formatArrayType, type Literal, type Module } from "@fluxion/ir";
import type { CompileOptions, Device, DeviceBuffer, Executable } from "../device.ts";
import { dense } from "../interpreter-device.ts";
import { type CompilationSettings, compileModule } from "./compile.ts";
import { CpuBuffer } from "./cpu-buffer.ts";
import { CpuExecutable } from "./cpu-executable.ts";
import { CpuRuntime, type CpuRuntimeOptions, type MemoryStatistics } from "./cpu-runtime.ts";
import { enableWideVectors } from "./wide.ts";
import { Workspace } from "./workspace.ts";

export interface CpuDeviceOptions extends CpuRuntimeOptions {
  /** Whether programs are compiled for 256-bit vectors, asked for each program: see `wide.ts`. Default: no. */
  readonly wide?: () => boolean;
  /** Whether programs may use relaxed SIMD. Default: wherever the engine has it. */
  readonly relaxed?: boolean;
  /** Names of tensor passes to leave out, to find out whether one is at fault. */
  readonly withoutPasses?: readonly string[];
}

export class CpuDevice implements Device {
  readonly kind = "cpu";
  readonly fusesEagerly = true;
  readonly id = 0;
  readonly runtime: CpuRuntime;
  readonly workspace: Workspace;
  readonly #settings: Pick<CompilationSettings, "relaxed" | "without">;
  readonly #wide: () => boolean;

  constructor(options: CpuDeviceOptions = {}) {
    this.runtime = new CpuRuntime(options);
    this.workspace = new Workspace(this.runtime);
    this.#wide = options.wide ?? (() => false);
    this.#settings = {
      relaxed: options.relaxed ?? wasmFeatures().relaxedSimd,
      without: options.withoutPasses ?? [],
    };
  }

  /** @throws Error if 256-bit vectors are asked for and the engine cannot have them. */
  compile(module: Module, options: CompileOptions = {}): Executable {
    const wide = this.#wide();
    if (wide) enableWideVectors();
    this.runtime.expectProgram();
    const settings: CompilationSettings = {
      name: options.name ?? module.name ?? "main",
      donated: options.donated ?? [],
      threads: this.runtime.threads,
      shared: this.runtime.memory.shared,
      wide,
      ...this.#settings,
    };
    return new CpuExecutable(this, module, settings, compileModule(module, settings));
  }

  put(value: Literal): DeviceBuffer {
    const bytes = bytesOf(value.type);
    const storage = this.runtime.newStorage(bytes, () => `an array ${formatArrayType(value.type)}`);
    this.runtime.write(storage, bytesOfStorage(dense(value)));
    return new CpuBuffer(this, this.runtime, value.type, storage);
  }

  scope<T>(body: () => T, survivors: (result: T) => readonly DeviceBuffer[]): T {
    return this.runtime.scopes.run(body, (result) =>
      survivors(result).flatMap((buffer) => (buffer instanceof CpuBuffer ? [buffer.storage] : [])),
    );
  }

  currentScope(): unknown {
    return this.runtime.scopes.current;
  }

  inScope<T>(scope: unknown, body: () => T): T {
    return this.runtime.scopes.within(scope, body);
  }

  /** Live bytes and arrays, the high-water mark, and the memory's size and limit. */
  memory(): MemoryStatistics {
    return this.runtime.statistics();
  }

  toString(): string {
    return `CpuDevice(id=${this.id})`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}
