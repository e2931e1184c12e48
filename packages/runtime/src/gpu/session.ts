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
  /** What WebGPU refused, and what of that uses an invalid object. */
  #refused: string | undefined;
  #refusedInvalid: string | undefined;

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
      if (/\bis invalid\b/.test(error.message)) this.#refusedInvalid ??= error.message;
      else this.#refused ??= error.message;
    });
  }

  get device(): GPUDevice {
    return this.gpu.device;
  }

  /**
   * @throws DeviceLostError, or WebGpuError (once) if a command was refused that nobody was waiting for. A buffer that there
   * was no memory for is invalid, and so is what uses it: whoever needs that is told of the memory.
   */
  assertSound(): void {
    if (this.lost !== undefined) throw this.lost;
    const refused = this.#refused ?? (this.memory.hasFailed ? undefined : this.#refusedInvalid);
    this.#refused = undefined;
    this.#refusedInvalid = undefined;
    if (refused !== undefined) throw new WebGpuError(`WebGPU refused a command: ${refused}`);
  }
}

const lostError = (reason: string, message: string): DeviceLostError =>
  new DeviceLostError(
    `the GPU device was lost (${message || reason}), and with it the elements of every array that lived on it. The next call ` +
      'opens a new device; compute these arrays again, or keep copies with devicePut(x, "cpu") or await x.data().',
  );
