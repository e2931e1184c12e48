/** An array of the CPU device. */

import { storageFromBytes, type TensorType, type TypedArray } from "@fluxion/ir";
import type { Device, DeviceBuffer } from "../device.ts";
import type { CpuRuntime } from "./cpu-runtime.ts";
import type { Storage } from "./storage.ts";

export class CpuBuffer implements DeviceBuffer {
  readonly type: TensorType;
  readonly device: Device;
  readonly storage: Storage;
  readonly #runtime: CpuRuntime;

  constructor(device: Device, runtime: CpuRuntime, type: TensorType, storage: Storage) {
    this.device = device;
    this.#runtime = runtime;
    this.type = type;
    this.storage = storage;
  }

  get alive(): boolean {
    return this.storage.alive;
  }

  async read(): Promise<TypedArray> {
    return this.readSync();
  }

  readSync(): TypedArray {
    return storageFromBytes(this.type.dtype, this.#runtime.read(this.storage));
  }

  dispose(): void {
    this.storage.dispose();
  }
}
