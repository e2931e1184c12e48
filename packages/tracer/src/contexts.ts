/** JAX's context managers for settings: each runs a function with one setting changed, and puts it back. */

import type { Device } from "@fluxion/runtime";
import { type ConfigValues, config } from "./core/config.ts";

const context =
  <K extends keyof ConfigValues>(name: K) =>
  <T>(value: ConfigValues[K], fn: () => T): T =>
    config.with({ [name]: value } as Partial<ConfigValues>, fn);

/** `enableX64(true, fn)`: with 64-bit types. */
export const enableX64 = context("enableX64");
/** `debugNans(true, fn)`: a NaN in a result is an error that names the operation. */
export const debugNans = context("debugNans");
/** `debugInfs(true, fn)`: as `debugNans`, for infinities. */
export const debugInfs = context("debugInfs");
/** `logCompiles(true, fn)`: with a line for every compilation. */
export const logCompiles = context("logCompiles");
/** `numpyRankPromotion("raise", fn)` */
export const numpyRankPromotion = context("numpyRankPromotion");
/** `numpyDtypePromotion("strict", fn)` */
export const numpyDtypePromotion = context("numpyDtypePromotion");

/** Runs `fn` op by op, without compiling the jitted functions that it calls. */
export const disableJit = <T>(fn: () => T): T => config.with({ disableJit: true }, fn);
/** Runs `fn`; a traced array that outlives its trace is an error. */
export const checkingLeaks = <T>(fn: () => T): T => config.with({ checkTracerLeaks: true }, fn);
/** Runs `fn` with new arrays on a device, or on a backend by name. */
export const defaultDevice = <T>(device: Device | string, fn: () => T): T =>
  config.with({ defaultDevice: typeof device === "string" ? device : device.kind }, fn);
