/** Builds small programs by hand, compiles them, and runs them on this thread. */
import {
  allocateStorage,
  bfloat16FromBits,
  bfloat16ToBits,
  type DType,
  dtypeTable,
  float16FromBits,
  float16ToBits,
  kernel as k,
  literal,
  type RealDType,
  realPart,
  storageTable,
  type TypedArray,
} from "@fluxion/ir";
import { type CompiledProgram, compileProgram } from "../../src/compile.ts";

export interface ProgramSpec {
  readonly inputs: readonly k.BufferRef[];
  readonly outputs: readonly k.BufferRef[];
  readonly temporaries?: readonly k.BufferRef[];
  readonly kernels: readonly k.Kernel[];
  /** Default: every kernel once, in order, on the buffers that it declares. */
  readonly commands?: (idOf: (ref: k.BufferRef) => number) => readonly k.Command[];
}

/** A program whose buffers are its kernels' references: inputs, outputs and temporaries are found by identity. */
export function programOf(spec: ProgramSpec): k.Program {
  const refs = [...spec.inputs, ...spec.outputs, ...(spec.temporaries ?? [])];
  const idOf = (ref: k.BufferRef): number => {
    const id = refs.indexOf(ref);
    if (id < 0) throw new Error(`${ref.name} is no buffer of the program`);
    return id;
  };
  let arenaBytes = 0;
  const buffers = refs.map((ref, id): k.ProgramBuffer => {
    const bytes = ref.elements * dtypeTable[ref.dtype].bytes;
    let placement: k.Placement;
    if (id < spec.inputs.length) placement = { kind: "parameter", index: id };
    else if (id < spec.inputs.length + spec.outputs.length)
      placement = { kind: "result", index: id - spec.inputs.length };
    else {
      placement = { kind: "arena", offset: arenaBytes };
      arenaBytes += Math.ceil(bytes / 64) * 64;
    }
    return { id, name: ref.name, dtype: ref.dtype, shape: [ref.elements], bytes, placement };
  });
  return {
    name: "test",
    buffers,
    parameters: spec.inputs.map(idOf),
    results: spec.outputs.map(idOf),
    donations: [],
    arenaBytes,
    kernels: spec.kernels,
    commands:
      spec.commands?.(idOf) ??
      spec.kernels.map((kernel, i) => ({ kind: "launch", kernel: i, buffers: kernel.buffers.map(idOf) })),
  };
}

type Loops = Partial<Omit<k.LoopKernel, "kind">> & Pick<k.LoopKernel, "buffers" | "body">;

/** A loop kernel with defaults. */
export const loops = (fields: Loops): k.LoopKernel => ({
  kind: "loops",
  name: "kernel",
  tiles: [],
  grid: undefined,
  prologue: [],
  origin: [],
  ...fields,
});

export const flatGrid = (variable: k.LoopVar, extent: number): k.Grid => ({
  var: variable,
  extent,
  simd: true,
  grain: 1 << 20,
});

/** Both builds of every program: with relaxed SIMD and without. */
export const variants = [
  { relaxed: false, shared: false },
  { relaxed: true, shared: true },
] as const;

const FRAME = 4096;

export interface Runnable {
  readonly compiled: CompiledProgram;
  /** Runs on copies of the inputs; returns the outputs. */
  run(inputs: readonly TypedArray[]): TypedArray[];
}

/** Bytes after every buffer that must stay as they are. */
const GUARD = 64;

export function prepare(program: k.Program, options: { relaxed: boolean; shared: boolean }): Runnable {
  const compiled = compileProgram(program, options);
  if (!WebAssembly.validate(compiled.bytes)) {
    // Compiling says what is wrong.
    new WebAssembly.Module(compiled.bytes);
  }
  const { frame } = compiled;
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536, shared: options.shared });
  let next = FRAME + Math.ceil(frame.bytes / 64) * 64;
  const allocate = (bytes: number): number => {
    const address = next;
    next += Math.ceil(bytes / 64) * 64 + GUARD;
    const missing = Math.ceil((next - memory.buffer.byteLength) / 65536);
    if (missing > 0) memory.grow(missing);
    return address;
  };
  const place = (ids: readonly number[]): number[] => ids.map((id) => allocate(program.buffers[id].bytes));
  const [parameters, results] = [place(program.parameters), place(program.results)];
  const table: [number, number][] = [
    ...parameters.map((address, i): [number, number] => [frame.parameters[i], address]),
    ...results.map((address, i): [number, number] => [frame.results[i], address]),
    [frame.arena, allocate(compiled.arenaBytes)],
    [frame.constants, allocate(compiled.constants.length)],
    [frame.scratch, allocate(compiled.scratchBytes(1))],
  ];
  const view = new Int32Array(memory.buffer);
  for (const [offset, address] of table) if (offset >= 0) view[(FRAME + offset) / 4] = address;
  new Uint8Array(memory.buffer).set(compiled.constants, view[(FRAME + frame.constants) / 4]);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(compiled.bytes), { env: { memory } });
  const main = instance.exports.main as (frame: number) => void;
  const bytesAt = (address: number, length: number): Uint8Array =>
    new Uint8Array(memory.buffer, address, length);
  return {
    compiled,
    run(inputs) {
      inputs.forEach((input, i) => {
        bytesAt(parameters[i], input.byteLength).set(
          new Uint8Array(input.buffer, input.byteOffset, input.byteLength),
        );
      });
      const sizes = program.results.map((id) => program.buffers[id].bytes);
      results.forEach((address, i) => {
        bytesAt(address, sizes[i] + GUARD).fill(0xa5);
      });
      main(FRAME);
      return results.map((address, i) => {
        const guard = bytesAt(address + sizes[i], GUARD);
        if (guard.some((byte) => byte !== 0xa5)) throw new Error(`result ${i} was written beyond its end`);
        const copy = bytesAt(address, sizes[i]).slice().buffer;
        return new storageTable[program.buffers[program.results[i]].dtype](copy);
      });
    },
  };
}

/** Compiles and runs once. */
export const runProgram = (
  spec: ProgramSpec,
  inputs: readonly TypedArray[],
  options: { relaxed: boolean; shared: boolean } = variants[0],
): TypedArray[] => prepare(programOf(spec), options).run(inputs);

export const buffer = (
  name: string,
  dtype: RealDType,
  elements: number,
  access: k.BufferRef["access"] = "read",
): k.BufferRef => new k.BufferRef(name, dtype, elements, access);

/** Runs the same program on the kernel IR's interpreter. */
export function interpret(program: k.Program, inputs: readonly TypedArray[]): TypedArray[] {
  const literals = inputs.map((data, i) => {
    const { dtype, shape } = program.buffers[program.parameters[i]];
    return literal(dtype, shape, data);
  });
  return k.runProgram(program, literals).map(({ data }) => data);
}

/** Storage of a dtype from numbers, each brought into the dtype's range. */
export function storage(dtype: RealDType, values: readonly number[]): TypedArray {
  const result = allocateStorage(dtype, values.length);
  const view = new DataView(result.buffer);
  values.forEach((x, i) => {
    if (dtype === "float32") view.setFloat32(4 * i, x, true);
    else if (dtype === "float64") view.setFloat64(8 * i, x, true);
    else if (dtype === "float16") view.setUint16(2 * i, float16ToBits(x), true);
    else if (dtype === "bfloat16") view.setUint16(2 * i, bfloat16ToBits(x), true);
    else if (dtype === "bool") view.setUint8(i, x === 0 ? 0 : 1);
    else {
      const { bytes } = dtypeTable[dtype];
      const whole = BigInt(Number.isFinite(x) ? Math.trunc(x) : 0);
      for (let byte = 0; byte < bytes; byte++)
        view.setUint8(bytes * i + byte, Number((whole >> BigInt(8 * byte)) & 255n));
    }
  });
  return result;
}

/** The elements as numbers, 16-bit floats decoded. */
export function numbers(dtype: RealDType, data: TypedArray): (number | bigint)[] {
  const list = Array.from(data as ArrayLike<number | bigint>);
  if (dtype === "float16") return list.map((bits) => float16FromBits(Number(bits)));
  if (dtype === "bfloat16") return list.map((bits) => bfloat16FromBits(Number(bits)));
  return list;
}

/**
 * Throws unless the elements agree: integers, NaN and infinities exactly, zeros with their sign, floats within `ulps`
 * units in the last place of the expected value, or within `absolute`.
 */
export function expectClose(
  dtype: RealDType,
  actual: TypedArray,
  expected: TypedArray,
  ulps: number,
  absolute = 0,
): void {
  const [a, e] = [numbers(dtype, actual), numbers(dtype, expected)];
  if (a.length !== e.length) throw new Error(`${a.length} elements, not ${e.length}`);
  const wrong = a.flatMap((x, i) =>
    isClose(dtype, x, e[i], ulps, absolute) ? [] : [`[${i}] ${x}, not ${e[i]}`],
  );
  if (wrong.length > 0)
    throw new Error(`${wrong.length} of ${a.length} differ: ${wrong.slice(0, 8).join("; ")}`);
}

function isClose(
  dtype: RealDType,
  x: number | bigint,
  y: number | bigint,
  ulps: number,
  absolute: number,
): boolean {
  if (Object.is(x, y)) return true;
  if (x === 0 && y === 0) return false;
  if (ulps === 0 || typeof x === "bigint" || typeof y === "bigint") return false;
  if (!Number.isFinite(x) || !Number.isFinite(y)) return false;
  const { kind } = dtypeTable[dtype];
  return kind === "float" && Math.abs(x - y) <= Math.max(ulps * ulpOf(dtype, y), absolute);
}

const formats: Partial<Record<RealDType, readonly [mantissa: number, minExponent: number]>> = {
  float16: [10, -14],
  bfloat16: [7, -126],
  float32: [23, -126],
  float64: [52, -1022],
};

/** The distance from x to the next number of the dtype. */
function ulpOf(dtype: RealDType, x: number): number {
  const [mantissa, minExponent] = formats[dtype] ?? [0, 0];
  const exponent = x === 0 ? minExponent : Math.max(Math.floor(Math.log2(Math.abs(x))), minExponent);
  return 2 ** (exponent - mantissa);
}

export const realDTypes = (Object.keys(dtypeTable) as DType[]).filter(
  (dtype): dtype is RealDType => realPart(dtype) === dtype,
);

/** Elements of `samples`: not a multiple of any vector. */
export const sampleCount = 43;

/** Numbers that show what is special, then ordinary ones. */
export function samples(dtype: RealDType, seed: number, length = sampleCount): TypedArray {
  const { kind, bits } = dtypeTable[dtype];
  const special =
    kind === "float"
      ? [0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, Infinity, -Infinity, Number.NaN, 0.1, 7, -3.7, 1e-40]
      : [
          0,
          1,
          -1,
          2,
          3,
          7,
          8,
          31,
          32,
          33,
          64,
          -7,
          2 ** (bits - 1) - 1,
          -(2 ** (bits - 1)),
          2 ** (bits - 2),
          5,
        ];
  const values = Array.from({ length }, (_, i) => {
    const at = (i * (seed * 2 + 1) + seed) % (2 * special.length);
    if (at < special.length) return special[at];
    const random = Math.sin(i * 12.9898 + seed * 78.233) * 43758.5453;
    const fraction = random - Math.floor(random);
    return kind === "float" ? (fraction - 0.4) * 6 : Math.floor((fraction - 0.5) * 2 ** Math.min(bits, 40));
  });
  return storage(dtype, values);
}

/** Runs a program in every variant, and compares each with the interpreter; gives the last results. */
export function check(program: k.Program, inputs: readonly TypedArray[], ulps = 0): TypedArray[] {
  const expected = interpret(program, inputs);
  let last: TypedArray[] = [];
  for (const options of variants) {
    last = prepare(program, options).run(inputs);
    last.forEach((actual, i) => {
      const { dtype } = program.buffers[program.results[i]];
      expectClose(dtype as RealDType, actual, expected[i], ulps);
    });
  }
  return last;
}
