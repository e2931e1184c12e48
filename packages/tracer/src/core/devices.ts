/** The devices that Fluxion can use, and which one a computation runs on. */

import type { Device } from "@fluxion/runtime";
import { formatAval } from "./aval.ts";
import { config } from "./config.ts";
import { atLocation } from "./errors.ts";
import { userLocation } from "./location.ts";
import type { NDArray } from "./ndarray.ts";
import { typeError } from "./user-error.ts";

type Provider = () => readonly Device[];

interface Backend {
  /** @throws Error if the machine has no such device */
  readonly provide: Provider;
  /** Whether `devices()` names its devices: those that are known to be there. */
  readonly isListed: () => boolean;
}

const backends = new Map<string, Backend>();

/**
 * Adds a backend; the first one added is the default.
 * @param isListed Whether `devices()` without a name has its devices; default: only while it is the default.
 */
export const registerBackend = (
  name: string,
  provide: Provider,
  isListed: () => boolean = () => false,
): void => void backends.set(name, { provide, isListed });

const canonicalName = (backend: string): string => (backend === "webgpu" ? "gpu" : backend);

/**
 * The devices that are there, the default one first; or those of a backend: `cpu`, `gpu` (also `webgpu`), `interpreter`.
 *
 * Whether there is a GPU can only be found out asynchronously: `await init()` does, and so does whatever uses one. Until then
 * `devices()` does not name it. `devices("gpu")` gives the device at once; it opens meanwhile, and what is asked of it waits.
 *
 * @throws Error if the backend is unknown, or known to be missing on this machine; the text says what helps.
 */
export function devices(backend?: string): readonly Device[] {
  if (backend !== undefined) return backendOf(backend).provide();
  const main = defaultBackend();
  const others = [...backends].filter(([name, { isListed }]) => name !== main && isListed());
  return [...backendOf(main).provide(), ...others.flatMap(([, { provide }]) => provide())];
}

function backendOf(name: string): Backend {
  const backend = backends.get(canonicalName(name));
  if (backend !== undefined) return backend;
  throw new Error(`Unknown backend ${name}. Known backends: ${[...backends.keys()].join(", ")}`);
}

/** Name of the backend that new arrays go to. */
export function defaultBackend(): string {
  const name = config.defaultDevice ?? backends.keys().next().value;
  if (name === undefined) throw new Error("no backend is registered");
  return canonicalName(name);
}

/** A device as the user gives it: itself, or the first one of a backend by name. @throws TypeError if it is neither. */
export function readDevice(fn: string, device: unknown): Device {
  if (typeof device === "string") return devices(device)[0];
  if (typeof device === "object" && device !== null && "compile" in device && "put" in device)
    return device as Device;
  throw typeError(`${fn}: device must be one of devices() or the name of a backend, got ${String(device)}`);
}

/** Number of devices of a backend, or of all. */
export const deviceCount = (backend?: string): number => devices(backend).length;
/** As `deviceCount`: there is one process. */
export const localDeviceCount = deviceCount;

export function defaultDevice(): Device {
  const [first] = devices(defaultBackend());
  if (first === undefined) throw new Error(`backend ${defaultBackend()} has no device`);
  return first;
}

/**
 * The device that the committed arrays among `args` live on; nothing if none is committed. Messages call the function `name`.
 * @throws Error if they live on different devices.
 */
export function deviceOf(args: readonly NDArray[], name: string): Device | undefined {
  let device: Device | undefined;
  for (let i = 0; i < args.length; i++) {
    const { held } = args[i];
    if (held.kind !== "device" && held.kind !== "pending") continue;
    const other = held.kind === "device" ? held.buffer.device : held.device;
    if (device !== undefined && other !== device) throw mixedDevices(args, name);
    device = other;
  }
  return device;
}

function mixedDevices(args: readonly NDArray[], name: string): Error {
  const places = args.flatMap(({ aval, payload }, i) =>
    payload.kind === "device" ? [`  argument ${i}, ${formatAval(aval)}, is on ${payload.buffer.device}`] : [],
  );
  return new Error(
    `Received incompatible devices for ${name}:\n${places.join("\n")}\n` +
      `  help: move one with devicePut(x, device); nothing moves by itself${atLocation(userLocation())}`,
  );
}
