/** Registers the devices that every build has. */

import {
  CpuDevice,
  type Device,
  GpuDevice,
  hasWebGpu,
  InterpreterDevice,
  WebGpuUnavailableError,
} from "@fluxion/runtime";
import { config } from "./config.ts";
import { registerBackend } from "./devices.ts";
import { applyEnvironment, environmentThreads } from "./environment.ts";

const once = <T>(make: () => T): (() => T) => {
  let value: T | undefined;
  return () => (value ??= make());
};

const interpreter = once((): readonly Device[] => [new InterpreterDevice()]);

const cpu = once((): readonly Device[] => [
  new CpuDevice({ threads: environmentThreads(), wide: () => config.wideVectors }),
]);

const gpu = once((): GpuDevice => new GpuDevice());
/** What opening the GPU came to, once that is known. */
let gpuState: "open" | Error | undefined;

/**
 * Opens the GPU.
 * @throws WebGpuUnavailableError if there is none
 */
export async function openGpuDevice(): Promise<Device> {
  try {
    await gpu().open();
    gpuState = "open";
  } catch (error) {
    gpuState ??= error instanceof Error ? error : new Error(String(error));
    throw error;
  }
  return gpu();
}

/** The GPU, which opens if it is not open yet. @throws WebGpuUnavailableError if it is known that there is none */
function provideGpu(): readonly Device[] {
  if (gpuState instanceof Error) throw gpuState;
  if (gpuState === undefined) {
    if (!hasWebGpu()) throw noWebGpu();
    openGpuDevice().catch(() => {}); // whatever uses the device tells
  }
  return [gpu()];
}

const noWebGpu = (): Error =>
  new WebGpuUnavailableError(
    typeof process === "object"
      ? "WebGPU in Node needs the npm package webgpu (Dawn), which is not installed: npm install webgpu"
      : "this page has no WebGPU: the browser lacks it, or the page is not in a secure context (https, localhost)",
  );

registerBackend("cpu", cpu, () => true);
registerBackend("gpu", provideGpu, () => gpuState === "open");
registerBackend("interpreter", interpreter);
applyEnvironment();
