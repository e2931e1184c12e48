/**
 * A WebGPU device for tests: Dawn, on the machine's GPU or on SwiftShader, which runs on the CPU. `VK_DRIVER_FILES` may
 * name the Vulkan driver; without it the driver that comes with Debian's chromium is taken where it is installed.
 */

import { existsSync } from "node:fs";
import { constants } from "node:os";
import { defaultLimits, type WgslLimits } from "../src/index.ts";

const swiftShader = "/usr/lib/chromium/vk_swiftshader_icd.json";
const vulkanLoader = "/usr/lib/chromium/libvulkan.so.1";
const RTLD_NODELETE = 0x1000;

/**
 * Loads the Vulkan loader that lies beside Chromium, where the linker does not look: a library that is in memory is found by its
 * name. It is no Node module, so `dlopen` throws once it has loaded it.
 */
function loadVulkan(): void {
  try {
    process.dlopen({ exports: {} }, vulkanLoader, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
  } catch {
    // "Module did not self-register"
  }
}

interface Dawn {
  readonly create: (flags: string[]) => GPU;
  readonly globals: Record<string, unknown>;
}

/** Kept in module scope: the device does not outlive the object that it came from. */
let gpu: Promise<GPU> | undefined;
let opened: Promise<GPUDevice> | undefined;

async function load(): Promise<GPU> {
  if (process.env.VK_DRIVER_FILES === undefined && existsSync(swiftShader))
    process.env.VK_DRIVER_FILES = swiftShader;
  if (process.env.VK_DRIVER_FILES === swiftShader && existsSync(vulkanLoader)) loadVulkan();
  const { create, globals } = (await import("webgpu")) as unknown as Dawn;
  Object.assign(globalThis, globals);
  return create([]);
}

/** Dawn, with the globals of WebGPU set. */
export function testGpu(): Promise<GPU> {
  gpu ??= load();
  return gpu;
}

async function open(): Promise<GPUDevice> {
  const adapter = await (await testGpu()).requestAdapter();
  if (adapter === null) throw new Error("no WebGPU adapter: set VK_DRIVER_FILES to a Vulkan driver");
  const features = (["shader-f16", "subgroups", "timestamp-query"] as GPUFeatureName[]).filter((f) =>
    adapter.features.has(f),
  );
  const { maxComputeWorkgroupStorageSize, maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  return adapter.requestDevice({
    requiredFeatures: features,
    requiredLimits: { maxComputeWorkgroupStorageSize, maxStorageBufferBindingSize, maxBufferSize },
  });
}

/** The device of this process. */
export function testDevice(): Promise<GPUDevice> {
  opened ??= open();
  return opened;
}

/** A device with every feature that accepts shaders and runs none: Dawn's null back end. */
export async function nullDevice(): Promise<GPUDevice> {
  await testGpu();
  const { create } = (await import("webgpu")) as unknown as Dawn;
  const adapter = await create(["backend=null"]).requestAdapter();
  if (adapter === null) throw new Error("Dawn has no null back end");
  return adapter.requestDevice({ requiredFeatures: ["shader-f16", "subgroups"] as GPUFeatureName[] });
}

/** Limits of a device, as the generator reads them. */
export function limitsOf(device: GPUDevice): WgslLimits {
  const { limits, features } = device;
  const { subgroupMinSize, subgroupMaxSize, isFallbackAdapter } = device.adapterInfo;
  return {
    ...defaultLimits,
    storageBuffersPerStage: limits.maxStorageBuffersPerShaderStage,
    workgroupBytes: limits.maxComputeWorkgroupStorageSize,
    invocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    workgroupSizeX: limits.maxComputeWorkgroupSizeX,
    workgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    bufferBindingBytes: limits.maxStorageBufferBindingSize,
    float16: features.has("shader-f16"),
    subgroups: features.has("subgroups"),
    subgroupSize: subgroupMinSize === subgroupMaxSize ? subgroupMinSize : 0,
    software: isFallbackAdapter,
  };
}
