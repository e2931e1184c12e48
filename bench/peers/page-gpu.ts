/** WebGPU for libraries that look for it on `navigator`, as in a page: Dawn, on Chromium's SwiftShader where there is no GPU. */
import { existsSync } from "node:fs";
import { constants } from "node:os";

const folder = "/usr/lib/chromium";
const driver = `${folder}/vk_swiftshader_icd.json`;
const loader = `${folder}/libvulkan.so.1`;
const RTLD_NODELETE = 0x1000;

/** The same choice of driver as Fluxion's. */
function chooseDriver(): void {
  const hasGpu = ["/dev/dri", "/dev/nvidia0", "/dev/dxg"].some((file) => existsSync(file));
  if (process.env.VK_DRIVER_FILES === undefined && !hasGpu && existsSync(driver))
    process.env.VK_DRIVER_FILES = driver;
  if (process.env.VK_DRIVER_FILES !== driver || !existsSync(loader)) return;
  try {
    process.dlopen({ exports: {} }, loader, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
  } catch {
    // It is no Node module, but it is loaded now.
  }
}

/** @throws Error if there is no adapter. The process has to be ended with `process.exit`. */
export async function providePageGpu(): Promise<string> {
  chooseDriver();
  const { create, globals } = await import("webgpu");
  Object.assign(globalThis, globals);
  const gpu = create([]);
  Object.defineProperty(navigator, "gpu", { value: gpu, configurable: true });
  const adapter = await gpu.requestAdapter();
  if (adapter === null) throw new Error("no WebGPU adapter");
  return adapter.info.description || adapter.info.device;
}
