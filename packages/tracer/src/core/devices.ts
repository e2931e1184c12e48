/** The devices that Fluxion can use, and which one a computation runs on. */

import type { Device } from "@fluxion/runtime";
import { config } from "./config.ts";
import type { NDArray } from "./ndarray.ts";
import { typeError } from "./user-error.ts";

type Provider = () => readonly Device[];
const providers = new Map<string, Provider>();

/** Adds a backend; the first one added is the default. */
export const registerBackend = (name: string, provider: Provider): void => void providers.set(name, provider);

/**
 * Devices of a backend (`cpu`, `gpu`, `interpreter`), or of the default one.
 * @throws Error if the backend is unknown.
 */
export function devices(backend: string = defaultBackend()): readonly Device[] {
  const provider = providers.get(backend === "webgpu" ? "gpu" : backend);
  if (provider === undefined) {
    throw new Error(`Unknown backend ${backend}. Known backends: ${[...providers.keys()].join(", ")}`);
  }
  return provider();
}

/** Name of the backend that new arrays go to. */
export function defaultBackend(): string {
  const name = config.defaultDevice ?? providers.keys().next().value;
  if (name === undefined) throw new Error("no backend is registered");
  return name === "webgpu" ? "gpu" : name;
}

/** A device as the user gives it: itself, or the first one of a backend by name. @throws TypeError if it is neither. */
export function readDevice(fn: string, device: unknown): Device {
  if (typeof device === "string") return devices(device)[0];
  if (typeof device === "object" && device !== null && "compile" in device && "put" in device)
    return device as Device;
  throw typeError(`${fn}: device must be one of devices() or the name of a backend, got ${String(device)}`);
}

/** Number of devices of a backend, or of the default one. */
export const deviceCount = (backend?: string): number => devices(backend).length;
/** As `deviceCount`: there is one process. */
export const localDeviceCount = deviceCount;

export function defaultDevice(): Device {
  const [first] = devices();
  if (first === undefined) throw new Error(`backend ${defaultBackend()} has no device`);
  return first;
}

/**
 * The device that the committed arrays among `args` live on; nothing if none is committed.
 * @throws Error if they live on different devices.
 */
export function deviceOf(args: readonly NDArray[]): Device | undefined {
  let device: Device | undefined;
  for (let i = 0; i < args.length; i++) {
    const { payload } = args[i];
    if (payload.kind !== "device") continue;
    const other = payload.buffer.device;
    if (device !== undefined && other !== device) {
      throw new Error(
        `Received incompatible devices for a jitted computation: argument ${i} is on ${other}, an earlier one on ` +
          `${device}. Move one of them with devicePut(x, device).`,
      );
    }
    device = other;
  }
  return device;
}
