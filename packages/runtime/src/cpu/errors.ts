import { formatBytes } from "./format.ts";

export interface OutOfMemoryDetails {
  /** What the memory was wanted for, e.g. `float32[4096,4096], the result of dot_general`. */
  readonly label: string;
  readonly bytes: number;
  readonly liveBytes: number;
  readonly liveArrays: number;
  /** Bytes of the largest array that can still be had; absent where the device does not tell. */
  readonly largestAvailable?: number;
  /** Bytes that memory, or one array of it, can reach at most; absent where the device does not tell. */
  readonly limit?: number;
  /** The device, as messages call it. */
  readonly device?: string;
  /** Whether arrays that the program has dropped may still be waiting for it to yield to the event loop. */
  readonly droppedMayWait: boolean;
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

const HELP = [
  "  help: no array can be freed that the program can still reach. Let go of references (arrays in lists, closures,",
  "  caches), or free arrays early with `scope(() => …)`, `using`, `x.dispose()` or `donateArgnums`.",
];
const HELP_TO_YIELD = [
  "  help: arrays that the program has dropped are freed only when it yields to the event loop (await something",
  "  inside long loops); `scope(() => …)`, `using`, `x.dispose()` and `donateArgnums` free them at once.",
];

function describe(d: OutOfMemoryDetails): string {
  return [
    `out of memory: ${formatBytes(d.bytes)} for ${d.label} do not fit on ${d.device ?? "the CPU device"}.`,
    "",
    `  in use          ${formatBytes(d.liveBytes)} in ${d.liveArrays} array${d.liveArrays === 1 ? "" : "s"}`,
    ...line("largest free", d.largestAvailable),
    ...line("limit", d.limit),
    "",
    ...(d.droppedMayWait ? HELP_TO_YIELD : HELP),
  ].join("\n");
}

const line = (what: string, bytes: number | undefined): string[] =>
  bytes === undefined ? [] : [`  ${what.padEnd(16)}${formatBytes(bytes)}`];
