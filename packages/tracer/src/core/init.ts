/** Loading what cannot be loaded in the middle of a computation. */

import { hasWebGpu, loadCodeGenerator } from "@fluxion/runtime";
import { openGpuDevice } from "./backends.ts";
import { config } from "./config.ts";
import { defaultBackend, devices } from "./devices.ts";
import { typeError } from "./user-error.ts";

export interface InitOptions {
  /** Makes it the default device: `cpu`, `webgpu` or `interpreter`. Nothing else is loaded then. */
  readonly device?: string;
}

/**
 * Makes ready what cannot be made ready in the middle of a computation. A page has to await it once before it computes anything
 * on the CPU; in Node it only moves the wait.
 *
 * - The CPU's code generator (megabytes, a chunk of its own), which a page's main thread cannot load synchronously. Not loaded
 *   where WebGPU is the default device.
 * - The GPU: it is looked for, and `devices()` names it from then on.
 *
 * @throws TypeError if a page cannot fetch the code generator; WebGpuUnavailableError if WebGPU is the default device, or asked
 * for, and there is no adapter.
 *
 * @example
 * import { init, jnp } from "fluxion";
 * await init(); // or init({ device: "webgpu" })
 * jnp.arange(3).add(1);
 */
export async function init(options: InitOptions = {}): Promise<void> {
  const unknown = Object.keys(options).find((name) => name !== "device");
  if (unknown !== undefined)
    throw typeError(`init() got an unexpected option '${unknown}'. It takes: device`);
  const { device } = options;
  if (device !== undefined) config.update("defaultDevice", device);
  const backend = defaultBackend();
  if (backend === "gpu") await openGpuDevice();
  else if (backend === "cpu") await loadCodeGenerator();
  else devices(backend);
  if (device === undefined && backend !== "gpu" && hasWebGpu()) await openGpuDevice().catch(() => {});
}
