/** Global settings, JAX's names in camelCase. */

import { AttributeError } from "./errors.ts";

/** What the settings may hold; `update` checks names and values. */
export interface ConfigValues {
  /** Keep 64-bit types instead of narrowing them to 32 bits. */
  enableX64: boolean;
  /** Device of new arrays: `cpu`, `webgpu` or `interpreter`; null picks the first that works. */
  defaultDevice: string | null;
  /** `allow`, `warn` or `raise` when operands of different ranks are broadcast. */
  numpyRankPromotion: "allow" | "warn" | "raise";
  /** `standard` or `strict` (implicit dtype promotion is an error). */
  numpyDtypePromotion: "standard" | "strict";
  /** Raise where a computation makes a NaN; its operation and line are found by a second, slow run. */
  debugNans: boolean;
  /** Raise where a computation makes an infinity. */
  debugInfs: boolean;
  /**
   * Compile for 256-bit vectors: faster matrix products where V8's experimental flag for them can be switched on (Node 24 and
   * later on x64); elsewhere compiling is an error. Once on, the flag counts for the whole process.
   */
  wideVectors: boolean;
  /** Run functions op by op even under `jit`. */
  disableJit: boolean;
  /** Raise when a jitted function leaks tracers to the outside; needs Node, and collects garbage at every trace. */
  checkTracerLeaks: boolean;
  /** Print what is compiled, and when. */
  logCompiles: boolean;
}

const defaults: ConfigValues = {
  enableX64: false,
  defaultDevice: null,
  numpyRankPromotion: "allow",
  numpyDtypePromotion: "standard",
  debugNans: false,
  debugInfs: false,
  wideVectors: false,
  disableJit: false,
  checkTracerLeaks: false,
  logCompiles: false,
};

const choices: Partial<Record<keyof ConfigValues, readonly unknown[]>> = {
  numpyRankPromotion: ["allow", "warn", "raise"],
  numpyDtypePromotion: ["standard", "strict"],
};

const toCamel = (name: string): string =>
  name.replace(/^jax_/, "").replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

class Config implements ConfigValues {
  enableX64 = defaults.enableX64;
  defaultDevice = defaults.defaultDevice;
  numpyRankPromotion = defaults.numpyRankPromotion;
  numpyDtypePromotion = defaults.numpyDtypePromotion;
  debugNans = defaults.debugNans;
  debugInfs = defaults.debugInfs;
  wideVectors = defaults.wideVectors;
  disableJit = defaults.disableJit;
  checkTracerLeaks = defaults.checkTracerLeaks;
  logCompiles = defaults.logCompiles;

  /** The settings that change what becomes of a function: part of every cache key. */
  get traceKey(): string {
    const plain =
      !this.enableX64 &&
      !this.checkTracerLeaks &&
      !this.wideVectors &&
      this.numpyRankPromotion === "allow" &&
      this.numpyDtypePromotion === "standard";
    return plain ? "" : this.#specialKey();
  }

  #specialKey(): string {
    let key = this.enableX64 ? "x" : "";
    if (this.numpyRankPromotion !== "allow") key += this.numpyRankPromotion;
    if (this.numpyDtypePromotion !== "standard") key += this.numpyDtypePromotion;
    if (this.checkTracerLeaks) key += "leaks";
    if (this.wideVectors) key += "wide";
    return key;
  }

  /**
   * Sets one option by name; JAX's own names (`jax_enable_x64`) are understood.
   * @throws AttributeError if there is no such option; TypeError if it cannot hold the value.
   */
  update<K extends keyof ConfigValues>(name: K, value: ConfigValues[K]): void;
  update(name: string, value: unknown): void;
  update(name: string, value: unknown): void {
    const key = toCamel(name);
    if (!Object.hasOwn(defaults, key)) {
      throw new AttributeError(
        `Unrecognized config option: ${name}. Known options: ${Object.keys(defaults).join(", ")}`,
      );
    }
    checkValue(key as keyof ConfigValues, value);
    Object.assign(this, { [key]: value });
  }

  /** Runs `fn` with some options changed, and puts them back. */
  with<T>(values: Partial<ConfigValues>, fn: () => T): T {
    const saved = { ...this };
    for (const [name, value] of Object.entries(values)) this.update(name, value);
    try {
      return fn();
    } finally {
      Object.assign(this, saved);
    }
  }
}

function checkValue(key: keyof ConfigValues, value: unknown): void {
  const allowed = choices[key];
  const fits = allowed
    ? allowed.includes(value)
    : key === "defaultDevice" || typeof value === typeof defaults[key];
  if (fits) return;
  const expected = allowed ? allowed.join(", ") : typeof defaults[key];
  throw new TypeError(`config.${key} must be ${expected}, got ${String(value)}`);
}

/** The settings in force. Assign to them, or use `update` and `with`. */
export const config = new Config();
