/** What every device offers to the layers above: arrays that live on it, and compiled modules that run on them. */

import type { Literal, Module, TensorType, TypedArray } from "@fluxion/ir";

export type DeviceKind = "cpu" | "gpu" | "interpreter";

/** An array on a device: dense, row-major, immutable once written. */
export interface DeviceBuffer {
  readonly type: TensorType;
  readonly device: Device;
  /** False after `dispose` or donation; every use then is an error. */
  readonly alive: boolean;
  /** Why the elements are gone, if not because of `dispose` or donation. */
  readonly problem?: Error;
  /** A copy of the elements in their storage form. */
  read(): Promise<TypedArray>;
  /** As `read`, at once; a device that cannot wait throws an error that names `read`. */
  readSync(): TypedArray;
  /** Makes `readSync` work from then on, keeping a copy; absent where it always works. */
  copyToHost?(): Promise<void>;
  /** Waits until the elements are written; absent where they always are. */
  ready?(): Promise<void>;
  /** Frees the memory now; harmless when repeated. */
  dispose(): void;
}

export interface CompileOptions {
  /** Name shown in dumps and timings. */
  readonly name?: string;
  /** Indices of parameters whose buffers the executable may reuse for results. */
  readonly donated?: readonly number[];
}

/** A compiled module. */
export interface Executable {
  readonly parameterTypes: readonly TensorType[];
  readonly resultTypes: readonly TensorType[];
  /** Text of a stage of the compilation, for `--dump-ir`; throws on an unknown stage and names the known ones. */
  asText(stage: string): string;
  /** Runs on buffers of this device. Results are new buffers; donated parameters are dead afterwards. */
  run(args: readonly DeviceBuffer[]): DeviceBuffer[];
  dispose(): void;
}

/** Memory that arrays take, in bytes. */
export interface DeviceMemory {
  readonly liveBytes: number;
  readonly liveArrays: number;
  /** Most bytes that were live at a time. */
  readonly highWaterBytes: number;
}

export interface Device {
  readonly kind: DeviceKind;
  readonly id: number;
  /** The hardware, for people, where it is known. */
  readonly description?: string;
  /** `CpuDevice(id=0)`, as JAX prints it. */
  toString(): string;
  compile(module: Module, options?: CompileOptions): Executable;
  /** Copies the elements to the device. */
  put(value: Literal): DeviceBuffer;
  /** A copy of an array of this device; absent where `readSync` and `put` make one as well. */
  copy?(buffer: DeviceBuffer): DeviceBuffer;
  /**
   * Runs `body`, which must be synchronous, and frees every buffer made meanwhile but those that `survivors` names of its
   * result; absent where the garbage collector frees buffers.
   */
  scope?<T>(body: () => T, survivors: (result: T) => readonly DeviceBuffer[]): T;
  /** The scope that is open; buffers made by `body` belong to a scope that was, or to none if it has ended. */
  currentScope?(): unknown;
  inScope?<T>(scope: unknown, body: () => T): T;
  /** Whether calls of single functions on large arrays are worth putting off, so that a chain of them is one program. */
  readonly fusesEagerly?: boolean;
  /** What the device's memory holds, where it keeps count. */
  memory?(): DeviceMemory;
}
