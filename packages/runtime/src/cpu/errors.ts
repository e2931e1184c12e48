import { formatBytes } from "./format.ts";

export interface OutOfMemoryDetails {
  /** What the memory was wanted for, e.g. `float32[4096,4096], the result of dot_general`. */
  readonly label: string;
  readonly bytes: number;
  readonly liveBytes: number;
  readonly liveArrays: number;
  /** Bytes of the largest array that can still be had. */
  readonly largestAvailable: number;
  /** Bytes that memory can reach at most. */
  readonly limit: number;
}

/** An array does not fit into the device's memory. All other arrays are untouched and stay usable. */
export class OutOfMemoryError extends Error {
  override readonly name = "OutOfMemoryError";
  readonly details: OutOfMemoryDetails;

  constructor(details: OutOfMemoryDetails) {
    super(describe(details));
    this.details = details;
  }
}

function describe(d: OutOfMemoryDetails): string {
  return [
    `out of memory: ${formatBytes(d.bytes)} for ${d.label} do not fit on the CPU device.`,
    "",
    `  in use          ${formatBytes(d.liveBytes)} in ${d.liveArrays} array${d.liveArrays === 1 ? "" : "s"}`,
    `  largest free    ${formatBytes(d.largestAvailable)}`,
    `  limit           ${formatBytes(d.limit)}`,
    "",
    "  help: arrays that are no longer referenced are freed only when the program yields to the event loop",
    "  (await something inside long loops); `using`, `x.dispose()` and `donateArgnums` free them at once.",
  ].join("\n");
}
