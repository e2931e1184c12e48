/** What the WebAssembly engine can do, asked by validating tiny modules. */

export interface WasmFeatures {
  /** 128-bit vectors: required. */
  readonly simd: boolean;
  /** Fused multiply-add and friends; without it the code generator emits mul + add. */
  readonly relaxedSimd: boolean;
  /** Shared memory and atomics. */
  readonly threads: boolean;
}

const CONST_V128 = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
const DROP = 0x1a;

const PROBES: Record<keyof WasmFeatures, { sharedMemory: boolean; body: readonly number[] }> = {
  simd: { sharedMemory: false, body: [...CONST_V128, DROP] },
  // f32x4.relaxed_madd
  relaxedSimd: {
    sharedMemory: false,
    body: [...CONST_V128, ...CONST_V128, ...CONST_V128, 0xfd, 0x85, 0x02, DROP],
  },
  // i32.atomic.load on a shared memory
  threads: { sharedMemory: true, body: [0x41, 0x00, 0xfe, 0x10, 0x02, 0x00, DROP] },
};

let detected: WasmFeatures | undefined;

/** The features of this engine; probed once. */
export function wasmFeatures(): WasmFeatures {
  detected ??= {
    simd: probe("simd"),
    relaxedSimd: probe("relaxedSimd"),
    threads: probe("threads"),
  };
  return detected;
}

function probe(feature: keyof WasmFeatures): boolean {
  const { sharedMemory, body } = PROBES[feature];
  return WebAssembly.validate(moduleWithBody(body, sharedMemory));
}

/** A module of one function without parameters or results. Sizes stay below 128, so each is one LEB128 byte. */
export function moduleWithBody(body: readonly number[], sharedMemory: boolean): Uint8Array<ArrayBuffer> {
  const code = [0x00, ...body, 0x0b];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, 0, 0]),
    ...section(3, [1, 0]),
    ...(sharedMemory ? section(5, [1, 0x03, 1, 1]) : []),
    ...section(10, [1, code.length, ...code]),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, content.length, ...content];
}
