/** Compiles one product into a module of its own, runs it on this thread, and computes the same naively. */
import { type DType, dtypeTable, type RealDType } from "@fluxion/ir";
import { binaryenSync } from "../../src/binaryen/load.ts";
import { FunctionBuilder } from "../../src/emit/function-builder.ts";
import { emitParallel, PARALLEL } from "../../src/emit/parallel.ts";
import {
  type Address,
  type ComputedOperand,
  type ComputedOutput,
  emitGemm,
  type GemmSpec,
  type MatrixStrides,
  type PlanOptions,
  planGemm,
} from "../../src/gemm/index.ts";

export interface MatrixCase {
  readonly dtype: RealDType;
  readonly strides: MatrixStrides;
  /** Element at which (0, 0, 0) lies. */
  readonly offset?: number;
}

export interface GemmCase {
  readonly compute: GemmSpec["compute"];
  readonly batch: readonly number[];
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly lhs: MatrixCase;
  readonly rhs: MatrixCase;
  readonly out: MatrixCase;
  /** Replaces an operand or the output; gets the address of its buffer. */
  readonly lhsHook?: (address: Address) => ComputedOperand;
  readonly rhsHook?: (address: Address) => ComputedOperand;
  readonly outHook?: (address: Address, bias: Address) => ComputedOutput;
}

export type Values = (index: number) => number | bigint;

export interface Buffers {
  readonly lhs: Values;
  readonly rhs: Values;
  readonly bias?: Values;
}

/** Row-major strides of batch × rows × columns. */
export function dense(batch: readonly number[], rows: number, columns: number): MatrixStrides {
  const strides: number[] = [];
  let size = rows * columns;
  for (const extent of [...batch].reverse()) {
    strides.unshift(size);
    size *= extent;
  }
  return { batch: strides, row: columns, column: 1 };
}

/** The strides of the transposed matrix in the same memory. */
export const turned = ({ batch, row, column }: MatrixStrides): MatrixStrides => ({
  batch,
  row: column,
  column: row,
});

const SLOTS = { lhs: 0, rhs: 1, out: 2, bias: 3, scratch: 4 } as const;
const FRAME = 4096;
const GUARD = 64;

export interface Element {
  read(view: DataView, address: number): number | bigint;
  write(view: DataView, address: number, value: number | bigint): void;
}

const float16 = (view: DataView, at: number): number => view.getFloat16(at, true);

/** Storage of each dtype, through DataView. */
export const elements: Record<RealDType, Element> = {
  bool: {
    read: (v, a) => v.getUint8(a),
    write: (v, a, x) => v.setUint8(a, Number(x) === 0 ? 0 : 1),
  },
  int8: { read: (v, a) => v.getInt8(a), write: (v, a, x) => v.setInt8(a, Number(x)) },
  uint8: { read: (v, a) => v.getUint8(a), write: (v, a, x) => v.setUint8(a, Number(x)) },
  int16: { read: (v, a) => v.getInt16(a, true), write: (v, a, x) => v.setInt16(a, Number(x), true) },
  uint16: { read: (v, a) => v.getUint16(a, true), write: (v, a, x) => v.setUint16(a, Number(x), true) },
  int32: { read: (v, a) => v.getInt32(a, true), write: (v, a, x) => v.setInt32(a, Number(x), true) },
  uint32: { read: (v, a) => v.getUint32(a, true), write: (v, a, x) => v.setUint32(a, Number(x), true) },
  int64: { read: (v, a) => v.getBigInt64(a, true), write: (v, a, x) => v.setBigInt64(a, BigInt(x), true) },
  uint64: { read: (v, a) => v.getBigUint64(a, true), write: (v, a, x) => v.setBigUint64(a, BigInt(x), true) },
  float16: { read: float16, write: (v, a, x) => v.setFloat16(a, Number(x), true) },
  bfloat16: { read: (v, a) => readBfloat16(v, a), write: (v, a, x) => writeBfloat16(v, a, Number(x)) },
  float32: { read: (v, a) => v.getFloat32(a, true), write: (v, a, x) => v.setFloat32(a, Number(x), true) },
  float64: { read: (v, a) => v.getFloat64(a, true), write: (v, a, x) => v.setFloat64(a, Number(x), true) },
};

function readBfloat16(view: DataView, at: number): number {
  const bits = new DataView(new ArrayBuffer(4));
  bits.setUint16(2, view.getUint16(at, true), true);
  return bits.getFloat32(0, true);
}

/** Rounds to nearest, ties to even, by comparing the two neighbours in double precision. */
function writeBfloat16(view: DataView, at: number, value: number): void {
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, value, true);
  const below = bits.getUint16(2, true);
  const neighbours = [below, below + 1].map((candidate) => {
    bits.setUint16(2, candidate, true);
    bits.setUint16(0, 0, true);
    return { candidate, distance: Math.abs(bits.getFloat32(0, true) - value) };
  });
  const [low, high] = neighbours;
  const up = high.distance < low.distance || (high.distance === low.distance && below % 2 === 1);
  view.setUint16(at, up ? high.candidate : low.candidate, true);
}

interface Extent {
  readonly low: number;
  readonly high: number;
}

/** The range of elements that a matrix touches, relative to its offset. */
function extentOf(strides: MatrixStrides, batch: readonly number[], rows: number, columns: number): Extent {
  let [low, high] = [0, 0];
  const sizes = [...batch, rows, columns];
  [...strides.batch, strides.row, strides.column].forEach((stride, d) => {
    const reach = stride * Math.max(0, sizes[d] - 1);
    if (reach < 0) low += reach;
    else high += reach;
  });
  return { low, high };
}

export interface RunResult {
  /** Elements of the output, in its own dtype, in row-major order of batch × m × n. */
  readonly actual: (number | bigint)[];
  /** The same from the exact sums. */
  readonly expected: (number | bigint)[];
  readonly plan: ReturnType<typeof planGemm>;
}

interface Placed {
  readonly name: "lhs" | "rhs" | "out" | "bias";
  readonly dtype: RealDType;
  /** Address of the element at index 0. */
  readonly address: number;
  readonly base: number;
  readonly count: number;
}

export interface Reference {
  /** What the hooks do, in double precision. */
  readonly lhs?: (value: number | bigint, b: readonly number[], i: number, k: number) => number | bigint;
  readonly rhs?: (value: number | bigint, b: readonly number[], k: number, j: number) => number | bigint;
  readonly out?: (
    sum: number | bigint,
    b: readonly number[],
    i: number,
    j: number,
    bias: Values,
  ) => number | bigint;
}

/** Builds, runs and checks that nothing outside the output's elements was written. */
export function runGemm(
  test: GemmCase,
  buffers: Buffers,
  options: PlanOptions,
  reference: Reference = {},
): RunResult {
  const placed = placeAll(test);
  const spec = specOf(test);
  const plan = planGemm(spec, options);
  const scratch = roundUp(placed.end, 64);
  const memory = new WebAssembly.Memory({
    initial: Math.ceil((scratch + plan.scratchBytes + GUARD) / 65536),
    maximum: 65536,
  });
  const view = new DataView(memory.buffer);
  fill(view, test, placed.matrices, buffers);
  const addresses = [...placed.matrices.map((matrix) => matrix.address), scratch];
  addresses.forEach((address, slot) => {
    view.setInt32(FRAME + slot * 4, address, true);
  });
  new Uint8Array(memory.buffer, scratch).fill(0xff);
  const before = new Uint8Array(memory.buffer.slice(0, scratch));
  compile(plan, options, memory)(FRAME);
  const result = {
    actual: readOut(view, test, placed.matrices[2]),
    expected: naive(view, test, placed.matrices, buffers, reference),
    plan,
  };
  checkUntouched(before, memory, test, placed.matrices[2], scratch + plan.scratchBytes);
  return result;
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

function placeAll(test: GemmCase): { matrices: Placed[]; end: number } {
  const { m, n, k, batch } = test;
  let end = FRAME + 64;
  const put = (name: Placed["name"], matrix: MatrixCase, rows: number, columns: number): Placed => {
    const { bytes } = dtypeTable[matrix.dtype];
    const { low, high } = extentOf(matrix.strides, batch, rows, columns);
    const count = high - low + 1;
    // Not aligned more than the elements need.
    const start = roundUp(end + GUARD, 16) + bytes;
    end = start + count * bytes + GUARD;
    return {
      name,
      dtype: matrix.dtype,
      address: start - low * bytes,
      base: low,
      count,
    };
  };
  const matrices = [
    put("lhs", test.lhs, m, k),
    put("rhs", test.rhs, k, n),
    put("out", test.out, m, n),
    put("bias", { dtype: test.out.dtype, strides: { batch: [], row: 0, column: 1 } }, 1, Math.max(m, n)),
  ];
  return { matrices, end };
}

function slotAddress(name: keyof typeof SLOTS): Address {
  return (f, frame) => f.m.i32.load(SLOTS[name] * 4, 4, f.get(frame));
}

export function specOf(test: GemmCase): GemmSpec {
  const { compute, batch, m, n, k } = test;
  const memory = (name: "lhs" | "rhs" | "out") =>
    ({
      kind: "memory",
      dtype: test[name].dtype,
      address: slotAddress(name),
      strides: test[name].strides,
    }) as const;
  return {
    compute,
    batch,
    m,
    n,
    k,
    lhs: test.lhsHook?.(slotAddress("lhs")) ?? memory("lhs"),
    rhs: test.rhsHook?.(slotAddress("rhs")) ?? memory("rhs"),
    out: test.outHook?.(slotAddress("out"), slotAddress("bias")) ?? memory("out"),
  };
}

function fill(view: DataView, test: GemmCase, [lhs, rhs, out, bias]: Placed[], buffers: Buffers): void {
  const write = (to: Placed, values: Values): void => {
    const { bytes } = dtypeTable[to.dtype];
    for (let e = 0; e < to.count; e++)
      elements[to.dtype].write(view, to.address + (to.base + e) * bytes, values(e));
  };
  write(lhs, buffers.lhs);
  write(rhs, buffers.rhs);
  write(out, () => (test.out.dtype.endsWith("64") && test.out.dtype !== "float64" ? 99n : 99));
  write(bias, buffers.bias ?? (() => 0));
}

/** The module's `main`, bound to the memory. */
export function compile(
  plan: ReturnType<typeof planGemm>,
  options: PlanOptions,
  memory: WebAssembly.Memory,
): (frame: number) => void {
  const binary = emitModule(plan, options, false);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });
  return instance.exports.main as (frame: number) => void;
}

/** A module that exports `main(frame)` and `task`. */
export function emitModule(
  plan: ReturnType<typeof planGemm>,
  options: PlanOptions,
  shared: boolean,
): Uint8Array<ArrayBuffer> {
  const b = binaryenSync();
  const m = new b.Module();
  try {
    m.setFeatures(b.Features.All);
    m.setMemory(1, 65536, null, [], shared, false, "0");
    m.addMemoryImport("0", "env", "memory", shared);
    const tasks: string[] = [];
    const main = emitGemm(
      {
        b,
        m,
        name: "gemm",
        ...options,
        scratch: slotAddress("scratch"),
        addTask: (name) => tasks.push(name) - 1,
        parallel: (f, kernel, frame, extent, grain) =>
          m.call(
            PARALLEL,
            [m.i32.const(kernel), f.get(frame), m.i32.const(extent), m.i32.const(grain)],
            b.none,
          ),
      },
      plan,
    );
    emitTask(b, m, tasks);
    emitParallel(b, m, { shared });
    m.addFunctionExport(main, "main");
    m.addFunctionExport("task", "task");
    if (!m.validate()) throw new Error(`invalid module\n${m.emitText()}`);
    return m.emitBinary() as Uint8Array<ArrayBuffer>;
  } finally {
    m.dispose();
  }
}

type Binaryen = ReturnType<typeof binaryenSync>;

function emitTask(b: Binaryen, m: InstanceType<Binaryen["Module"]>, tasks: readonly string[]): void {
  const f = new FunctionBuilder(b, m, [b.i32, b.i32, b.i32, b.i32], b.none);
  tasks.forEach((task, kernel) => {
    f.if(m.i32.eq(f.get(f.param(0)), m.i32.const(kernel)), () =>
      f.push(
        m.call(
          task,
          [1, 2, 3].map((i) => f.get(f.param(i))),
          b.none,
        ),
      ),
    );
  });
  f.finish("task");
}

/** Every index of a shape, row-major. */
export function* indices(shape: readonly number[]): Generator<number[]> {
  if (shape.length === 0) return void (yield []);
  const [first, ...rest] = shape;
  for (let i = 0; i < first; i++) for (const tail of indices(rest)) yield [i, ...tail];
}

const dot = (strides: readonly number[], index: readonly number[]): number =>
  strides.reduce((sum, stride, d) => sum + stride * index[d], 0);

function flat(strides: MatrixStrides, batch: readonly number[], row: number, column: number): number {
  return dot([...strides.batch, strides.row, strides.column], [...batch, row, column]);
}

function readOut(view: DataView, test: GemmCase, out: Placed): (number | bigint)[] {
  const { bytes } = dtypeTable[out.dtype];
  return [...indices([...test.batch, test.m, test.n])].map((index) => {
    const [i, j] = index.slice(-2);
    const at = flat(test.out.strides, index.slice(0, -2), i, j);
    return elements[out.dtype].read(view, out.address + at * bytes);
  });
}

/** Σ lhs·rhs in double precision or exact integers, through the reference hooks, rounded to the output's dtype. */
function naive(
  view: DataView,
  test: GemmCase,
  [lhs, rhs, out]: Placed[],
  buffers: Buffers,
  hooks: Reference,
): (number | bigint)[] {
  const { k } = test;
  const wide = test.compute === "i64";
  const at = (matrix: Placed, strides: MatrixStrides, b: number[], row: number, column: number) =>
    elements[matrix.dtype].read(
      view,
      matrix.address + flat(strides, b, row, column) * dtypeTable[matrix.dtype].bytes,
    );
  const cell = new DataView(new ArrayBuffer(8));
  return [...indices([...test.batch, test.m, test.n])].map((index) => {
    const b = index.slice(0, -2);
    const [i, j] = index.slice(-2);
    let sum: number | bigint = wide ? 0n : 0;
    for (let q = 0; q < k; q++) {
      const x = at(lhs, test.lhs.strides, b, i, q);
      const y = at(rhs, test.rhs.strides, b, q, j);
      const left = hooks.lhs ? hooks.lhs(x, b, i, q) : x;
      const right = hooks.rhs ? hooks.rhs(y, b, q, j) : y;
      sum = wide
        ? (sum as bigint) + BigInt(left) * BigInt(right)
        : (sum as number) + Number(left) * Number(right);
    }
    const value = hooks.out ? hooks.out(sum, b, i, j, buffers.bias ?? (() => 0)) : sum;
    elements[out.dtype].write(cell, 0, value);
    return elements[out.dtype].read(cell, 0);
  });
}

/** Throws if a byte outside the output's elements and the scratch memory changed. */
function checkUntouched(
  before: Uint8Array,
  memory: WebAssembly.Memory,
  test: GemmCase,
  out: Placed,
  scratchEnd: number,
): void {
  const after = new Uint8Array(memory.buffer);
  const { bytes } = dtypeTable[out.dtype];
  const written = new Uint8Array(before.length);
  for (const index of indices([...test.batch, test.m, test.n])) {
    const [i, j] = index.slice(-2);
    const at = out.address + flat(test.out.strides, index.slice(0, -2), i, j) * bytes;
    written.fill(1, at, at + bytes);
  }
  for (let a = 0; a < before.length; a++)
    if (!written[a] && before[a] !== after[a]) throw new Error(`byte ${a} was overwritten`);
  for (let a = scratchEnd; a < after.length; a++)
    if (after[a] !== 0xff)
      throw new Error(`byte ${a - scratchEnd} beyond the scratch memory was overwritten`);
}

/** A deterministic stream of small integers in [-range, range]. */
export function smallIntegers(seed: number, range: number): Values {
  return (index) => {
    let x = (index + 1) * 0x9e3779b1 + seed * 0x85ebca6b;
    x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
    x = Math.imul(x ^ (x >>> 12), 0x297a2d39);
    x = (x ^ (x >>> 15)) >>> 0;
    return (x % (2 * range + 1)) - range;
  };
}

export const isWide = (dtype: DType): boolean => dtype === "int64" || dtype === "uint64";
