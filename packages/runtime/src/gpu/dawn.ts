/**
 * WebGPU in Node: Dawn, through the npm package `webgpu`, which is an optional peer dependency (it is large, and nobody needs
 * it for the CPU).
 *
 * Where the machine has no GPU, Dawn runs on SwiftShader, a Vulkan driver on the CPU, if Chromium has brought one: slow, but
 * right. `VK_DRIVER_FILES` names another driver.
 */

import { WebGpuUnavailableError } from "./errors.ts";
import { expectPolling } from "./polling.ts";

const chromiumFolder = "/usr/lib/chromium";
const swiftShader = `${chromiumFolder}/vk_swiftshader_icd.json`;
const vulkanLoader = `${chromiumFolder}/libvulkan.so.1`;
/** Where drivers of real GPUs show; the last is that of WSL. */
const gpuFiles = ["/dev/dri", "/dev/nvidia0", "/dev/dxg"];
const RTLD_NODELETE = 0x1000;

interface Dawn {
  readonly create: (flags: readonly string[]) => GPU;
}

/** Not a literal, so that bundlers do not look for a package that pages never load. */
const packageName = "webgpu";

/** Whether this is Node, or something that is like it. */
export const inNode = (): boolean =>
  typeof process === "object" && typeof process.getBuiltinModule === "function";

/** Whether the npm package is there. */
export function hasDawn(): boolean {
  try {
    const { createRequire } = process.getBuiltinModule("node:module");
    createRequire(import.meta.url).resolve(packageName);
    return true;
  } catch {
    return false;
  }
}

/** The entry point of WebGPU. Keep it in module scope: as a property of a global object it would keep Node from exiting. */
export async function loadDawn(): Promise<GPU> {
  if (!hasDawn()) {
    throw new WebGpuUnavailableError(
      "WebGPU in Node needs the npm package webgpu (Dawn), which is not installed: npm install webgpu",
    );
  }
  useSoftwareDriver();
  const { create } = (await import(/* webpackIgnore: true */ /* @vite-ignore */ packageName)) as Dawn;
  expectPolling();
  // Clocks in steps of 100 µs would say nothing of a kernel.
  return create(["disable-dawn-features=timestamp_quantization"]);
}

/** Lets Dawn find Chromium's SwiftShader on a Linux machine without a GPU. */
function useSoftwareDriver(): void {
  if (process.platform !== "linux") return;
  const { existsSync } = process.getBuiltinModule("node:fs");
  const { env } = process;
  if (env.VK_DRIVER_FILES === undefined && existsSync(swiftShader) && !gpuFiles.some((f) => existsSync(f)))
    env.VK_DRIVER_FILES = swiftShader;
  if (env.VK_DRIVER_FILES === swiftShader && existsSync(vulkanLoader)) loadVulkan();
}

/**
 * Loads the Vulkan loader that lies beside Chromium, where the linker does not look: a library that is in memory is found
 * by its name. It is no Node module, so `dlopen` throws once it has loaded it.
 */
function loadVulkan(): void {
  const { constants } = process.getBuiltinModule("node:os");
  try {
    process.dlopen({ exports: {} }, vulkanLoader, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
  } catch {
    // "Module did not self-register"
  }
}

/** What helps where no adapter was found. */
export const adapterAdvice = (): string =>
  inNode()
    ? "Dawn found no driver of a GPU. On Debian `apt-get install chromium` brings a software one (SwiftShader), which is then " +
      "found by itself; VK_DRIVER_FILES names any other Vulkan driver"
    : "the browser has WebGPU, but no adapter for it: its GPU may be blocked, or WebGPU switched off";
