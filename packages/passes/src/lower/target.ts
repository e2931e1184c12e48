/** What lowering needs to know of the machine that a program is for. */

export interface TargetInfo {
  readonly name: "wasm" | "wgsl";
  /** Most buffers that one kernel may bind. */
  readonly maxBuffersPerKernel: number;
  /** Tasks that run at once: threads on the CPU, workgroups worth filling on a GPU. */
  readonly parallelism: number;
  /** Bytes of one SIMD vector. */
  readonly vectorBytes: number;
  /** Bytes of scratch that one task may keep in tiles. */
  readonly tileBytes: number;
  /** Elements of simple work that are worth a task of their own. */
  readonly grainElements: number;
  /** The widest float type that it computes with. */
  readonly widestFloat: "float32" | "float64";
  /** Longest row that row-wise groups take. */
  readonly rowElements: number;
  /**
   * Whether a task runs many iterations of the grid in SIMD loops, so that it pays to take short rows together and to fill
   * a tile once for all of them; else a task is one iteration, and short loops are lanes of a flat grid.
   */
  readonly longTasks: boolean;
}

export const wasmTarget = (threads: number): TargetInfo => ({
  name: "wasm",
  maxBuffersPerKernel: Number.POSITIVE_INFINITY,
  parallelism: threads,
  vectorBytes: 16,
  tileBytes: 256 * 1024,
  grainElements: 8192,
  widestFloat: "float64",
  rowElements: 64 * 1024,
  longTasks: true,
});

/** What lowering reads of an adapter's limits. */
export interface GpuLimits {
  readonly storageBuffersPerStage: number;
  /** Bytes of `var<workgroup>` memory. */
  readonly workgroupBytes: number;
  readonly invocationsPerWorkgroup: number;
  /** Whether the adapter is a program on the CPU. */
  readonly software?: boolean;
}

/**
 * A workgroup is a task; its scratch also holds the partial results of its reductions. In software an invocation is one, its
 * scratch a part of the 8192 bytes of variables that WGSL allows a function.
 */
export const wgslTarget = (limits: GpuLimits): TargetInfo => ({
  name: "wgsl",
  maxBuffersPerKernel: limits.storageBuffersPerStage,
  parallelism: 16,
  vectorBytes: 16,
  tileBytes: limits.software ? 4096 : Math.floor((limits.workgroupBytes * 3) / 4),
  grainElements: 1024,
  widestFloat: "float32",
  rowElements: 64 * 1024,
  longTasks: false,
});
