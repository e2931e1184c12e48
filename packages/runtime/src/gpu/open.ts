/** Opening a WebGPU device, in a page and in Node. */

import { defaultLimits, type WgslLimits } from "@fluxion/codegen-wgsl";
import { adapterAdvice, hasDawn, inNode, loadDawn } from "./dawn.ts";
import { WebGpuUnavailableError } from "./errors.ts";
import { hasSubgroupRuns } from "./subgroups.ts";

/** An open device and what it can do. */
export interface OpenGpu {
  readonly device: GPUDevice;
  readonly limits: WgslLimits;
  /** Bytes of the largest buffer. */
  readonly bufferBytes: number;
  /** Offsets into buffers are multiples of it. */
  readonly offsetAlignment: number;
  /** Whether passes can be timed. */
  readonly timestamps: boolean;
  /** The adapter, for people. */
  readonly description: string;
}

/** The limits of which the adapter's own maximum is asked for; a device has the standard's minimum of all others. */
const wantedLimits = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupsPerDimension",
] as const satisfies readonly (keyof GPUSupportedLimits)[];

const wantedFeatures: readonly GPUFeatureName[] = ["shader-f16", "subgroups", "timestamp-query"];

let entry: Promise<GPU> | undefined;

function pageGpu(): GPU | undefined {
  return typeof navigator === "object" ? navigator.gpu : undefined;
}

/** Whether there is WebGPU here, with or without an adapter. Loads nothing. */
export const hasWebGpu = (): boolean => pageGpu() !== undefined || (inNode() && hasDawn());

function findGpu(): Promise<GPU> {
  const inPage = pageGpu();
  if (inPage !== undefined) return Promise.resolve(inPage);
  if (inNode()) return loadDawn();
  throw new WebGpuUnavailableError(
    "this page has no WebGPU: the browser lacks it, or the page is not in a secure context (https, localhost)",
  );
}

/**
 * Opens a new device with the most that the adapter allows.
 * @throws WebGpuUnavailableError if there is no WebGPU or no adapter; the text says what helps.
 */
export async function openGpu(): Promise<OpenGpu> {
  entry ??= findGpu();
  const gpu = await entry.catch((error) => {
    entry = undefined;
    throw error;
  });
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) throw new WebGpuUnavailableError(`no WebGPU adapter: ${adapterAdvice()}`);
  const device = await adapter.requestDevice({
    requiredFeatures: wantedFeatures.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(wantedLimits.map((name) => [name, adapter.limits[name]])),
  });
  const limits = limitsOf(device, adapter.info);
  // Programs on the CPU have no use for it, and the question takes a dispatch.
  const asksForRuns = limits.subgroups && !limits.software;
  const longestSubgroupRun =
    asksForRuns && (await hasSubgroupRuns(device)) ? adapter.info.subgroupMaxSize : 0;
  return {
    device,
    limits: { ...limits, longestSubgroupRun },
    bufferBytes: device.limits.maxBufferSize,
    offsetAlignment: device.limits.minStorageBufferOffsetAlignment,
    timestamps: device.features.has("timestamp-query"),
    description: describe(adapter.info),
  };
}

const describe = ({ vendor, architecture, device, description }: GPUAdapterInfo): string =>
  [vendor, architecture, description || device].filter((part) => part !== "").join(" ") || "unnamed adapter";

function limitsOf({ limits, features }: GPUDevice, info: GPUAdapterInfo): WgslLimits {
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
    subgroupSize: info.subgroupMinSize === info.subgroupMaxSize ? info.subgroupMinSize : 0,
    software: info.isFallbackAdapter,
  };
}
