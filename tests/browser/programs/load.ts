/** Loads the library and reports what kind of page it is in. */
import * as fluxion from "fluxion";

export interface LoadReport {
  readonly exports: string[];
  readonly isolated: boolean;
  readonly sharedMemory: boolean;
}

export function run(): LoadReport {
  return {
    exports: Object.keys(fluxion).sort(),
    isolated: crossOriginIsolated,
    sharedMemory: typeof SharedArrayBuffer === "function",
  };
}
