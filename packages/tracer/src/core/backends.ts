/** Registers the devices that every build has. */

import { type Device, InterpreterDevice } from "@fluxion/runtime";
import { registerBackend } from "./devices.ts";

const once = <T>(make: () => T): (() => T) => {
  let value: T | undefined;
  return () => (value ??= make());
};

const interpreter = once((): readonly Device[] => [new InterpreterDevice()]);

registerBackend("interpreter", interpreter);
