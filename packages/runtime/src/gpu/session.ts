/** One open device, from `requestDevice` until it is lost. After a loss a new session takes its place. */

import { DeviceLostError, WebGpuError } from "./errors.ts";
import { GpuMemory } from "./memory.ts";
import type { OpenGpu } from "./open.ts";
import { PipelineCache } from "./pipelines.ts";
import { StagingPool } from "./staging.ts";

export class Session {
  readonly gpu: OpenGpu;
  readonly memory: GpuMemory;
  readonly pipelines: PipelineCache;
  readonly staging: StagingPool;
  /** What was asked of the GPU since the device was opened. */
  readonly counts = { dispatches: 0, submissions: 0 };
  /** Submissions that the GPU may not have finished. */
  inFlight = 0;
  /** Why the device is gone. */
  lost: DeviceLostError | undefined;
  /** Resolves when it is. */
  readonly whenLost: Promise<DeviceLostError>;
  #refused: WebGpuError | undefined;

  constructor(gpu: OpenGpu) {
    const { device, limits, bufferBytes } = gpu;
    this.gpu = gpu;
    const largest = Math.min(bufferBytes, limits.bufferBindingBytes);
    this.memory = new GpuMemory(device, largest - (largest % 16));
    this.pipelines = new PipelineCache(device);
    this.staging = new StagingPool(device);
    this.whenLost = device.lost.then(({ reason, message }) => {
      this.lost = lostError(reason, message);
      return this.lost;
    });
    device.addEventListener("uncapturederror", ({ error }) => {
      this.#refused ??= new WebGpuError(`WebGPU refused a command: ${error.message}`);
    });
  }

  get device(): GPUDevice {
    return this.gpu.device;
  }

  /** @throws DeviceLostError, or WebGpuError (once) if a command was refused that nobody was waiting for */
  assertSound(): void {
    if (this.lost !== undefined) throw this.lost;
    const refused = this.#refused;
    this.#refused = undefined;
    if (refused !== undefined) throw refused;
  }
}

const lostError = (reason: string, message: string): DeviceLostError =>
  new DeviceLostError(
    `the GPU device was lost (${message || reason}), and with it the elements of every array that lived on it. The next call ` +
      'opens a new device; compute these arrays again, or keep copies with devicePut(x, "cpu") or await x.data().',
  );
