/** Registers the devices that every build has. */

import { CpuDevice, type Device, InterpreterDevice } from "@fluxion/runtime";
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

registerBackend("cpu", cpu);
registerBackend("interpreter", interpreter);
applyEnvironment();
