/** Compiles one product into a module of its own, runs it on this thread, and computes the same naively. */
import { dtypeTable, type RealDType } from "@fluxion/ir";
import { binaryenSync } from "../../src/binaryen/load.ts";
import { FunctionBuilder } from "../../src/emit/function-builder.ts";
import { emitParallel, PARALLEL } from "../../src/emit/parallel.ts";
import {
  type Address,
  type ComputedOperand,
  type ComputedOutput,
  emitGemm,
  type GemmPlan,
  type GemmSpec,
  type MatrixStrides,
  type PlanOptions,
  planGemm,
} from "../../src/gemm/index.ts";
import {
  elements,
  flatten,
  indices,
  type Placed,
  readAt,
  rounded,
  type Scalar,
  span,
  type Values,
} from "./elements.ts";

export interface MatrixCase {
  readonly dtype: RealDType;
  readonly strides: MatrixStrides;
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
  /** Take the place of the matrix; each gets the address of its buffer (the output also that of `bias`). */
  readonly hooks?: {
    readonly lhs?: (address: Address) => ComputedOperand;
    readonly rhs?: (address: Address) => ComputedOperand;
    readonly out?: (address: Address, bias: Address) => ComputedOutput;
  };
  /** What the hooks do. */
  readonly reference?: Reference;
}

export interface Reference {
  readonly lhs?: (value: Scalar, batch: readonly number[], i: number, k: number) => Scalar;
  readonly rhs?: (value: Scalar, batch: readonly number[], k: number, j: number) => Scalar;
  readonly out?: (sum: Scalar, batch: readonly number[], i: number, j: number) => Scalar;
}

export interface Inputs {
  readonly lhs: Values;
  readonly rhs: Values;
  readonly bias?: Values;
}

export interface RunOptions extends PlanOptions {
  /** Runs every parallel iteration by itself, last one first. */
  readonly reversed?: boolean;
}

export interface RunResult {
  readonly plan: GemmPlan;
  /** Indices (batch…, i, j) that were looked at: all, or some if there are very many. */
  readonly at: number[][];
  readonly actual: Scalar[];
  /** From exact sums, rounded to the output's dtype. */
  readonly expected: Scalar[];
}

const SLOTS = { lhs: 0, rhs: 1, out: 2, bias: 3, scratch: 4 } as const;
const FRAME = 4096;
const GUARD = 64;
/** What unwritten output and scratch memory hold. */
const FILL = 0xa5;

/** Builds, runs, and throws if anything but the output's elements and the scratch memory was written. */
export function runGemm(test: GemmCase, inputs: Inputs, options: RunOptions): RunResult {
  const plan = planGemm(specOf(test), options);
  const { lhs, rhs, out, bias, end } = placeAll(test);
  const used = end + plan.scratchBytes;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((used + GUARD) / 65536), maximum: 65536 });
  const view = new DataView(memory.buffer);
  new Uint8Array(memory.buffer).fill(FILL, FRAME);
  fill(view, lhs, inputs.lhs);
  fill(view, rhs, inputs.rhs);
  fill(view, bias, inputs.bias ?? (() => (bias.dtype.endsWith("int64") ? 0n : 0)));
  [lhs.address, rhs.address, out.address, bias.address, end].forEach((address, slot) => {
    view.setInt32(FRAME + slot * 4, address, true);
  });
  const before = new Uint8Array(memory.buffer.slice(0));
  const binary = emitModule(plan, options, false);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });
  (instance.exports.main as (frame: number) => void)(FRAME);
  checkUntouched(before, new Uint8Array(memory.buffer), test, out, [end, used]);
  const at = interesting([...test.batch, test.m, test.n], test.k);
  return {
    plan,
    at,
    actual: at.map((index) => readAt(view, out, ...split(index))),
    expected: at.map((index) => exact(view, test, lhs, rhs, index)),
  };
}

function split(index: readonly number[]): [number[], number, number] {
  const [row, column] = index.slice(-2);
  return [index.slice(0, -2), row, column];
}

/** Places the matrices with gaps between them, aligned no more than their elements need. */
function placeAll(test: GemmCase) {
  const { m, n, k, batch } = test;
  let end = FRAME + 64;
  const put = ({ dtype, strides }: MatrixCase, rows: number, columns: number): Placed => {
    const { bytes } = dtypeTable[dtype];
    const { low, high } = span(strides, batch, rows, columns);
    const count = high - low + 1;
    const start = Math.ceil((end + GUARD) / 16) * 16 + bytes;
    end = Math.ceil((start + count * bytes + GUARD) / 64) * 64;
    return { dtype, strides, address: start - low * bytes, low, count };
  };
  const flat = { dtype: test.out.dtype, strides: { batch: batch.map(() => 0), row: 0, column: 1 } };
  const placed = {
    lhs: put(test.lhs, m, k),
    rhs: put(test.rhs, k, n),
    out: put(test.out, m, n),
    bias: put(flat, 1, Math.max(m, n)),
  };
  return { ...placed, end };
}

function fill(view: DataView, to: Placed, values: Values): void {
  const { bytes } = dtypeTable[to.dtype];
  for (let e = 0; e < to.count; e++)
    elements[to.dtype].write(view, to.address + (to.low + e) * bytes, values(e));
}

const slotAddress =
  (name: keyof typeof SLOTS): Address =>
  (f, frame) =>
    f.m.i32.load(SLOTS[name] * 4, 4, f.get(frame));

export function specOf(test: GemmCase): GemmSpec {
  const { compute, batch, m, n, k, hooks } = test;
  const memory = (name: "lhs" | "rhs" | "out") =>
    ({ kind: "memory", ...test[name], address: slotAddress(name) }) as const;
  const lhs = hooks?.lhs?.(slotAddress("lhs")) ?? memory("lhs");
  const rhs = hooks?.rhs?.(slotAddress("rhs")) ?? memory("rhs");
  const out = hooks?.out?.(slotAddress("out"), slotAddress("bias")) ?? memory("out");
  return { compute, batch, m, n, k, lhs, rhs, out };
}

/** A module that exports `main(frame)` and `task`. */
export function emitModule(plan: GemmPlan, options: RunOptions, shared: boolean): Uint8Array<ArrayBuffer> {
  const b = binaryenSync();
  const m = new b.Module();
  try {
    m.setFeatures(options.relaxed ? b.Features.All : b.Features.All & ~b.Features.RelaxedSIMD);
    m.setMemory(1, 65536, null, [], shared, false, "0");
    m.addMemoryImport("0", "env", "memory", shared);
    const tasks: string[] = [];
    const main = emitGemm(
      {
        b,
        m,
        name: "gemm",
        relaxed: options.relaxed,
        wide: options.wide,
        scratch: slotAddress("scratch"),
        addTask: (name) => tasks.push(name) - 1,
        parallel: (f, kernel, frame, extent, grain) => {
          const [id, count, least] = [kernel, extent, grain].map((value) => m.i32.const(value));
          return m.call(PARALLEL, [id, f.get(frame), count, least], b.none);
        },
      },
      plan,
    );
    emitTask(b, m, tasks);
    if (options.reversed) emitReversed(b, m);
    else emitParallel(b, m, { shared });
    m.addFunctionExport(main, "main");
    m.addFunctionExport("task", "task");
    if (!m.validate()) throw new Error(`invalid module\n${m.emitText()}`);
    return m.emitBinary() as Uint8Array<ArrayBuffer>;
  } finally {
    m.dispose();
  }
}

type Binaryen = ReturnType<typeof binaryenSync>;
type Module = InstanceType<Binaryen["Module"]>;

/** `task(kernel, frame, begin, end)` */
function emitTask(b: Binaryen, m: Module, tasks: readonly string[]): void {
  const f = new FunctionBuilder(b, m, [b.i32, b.i32, b.i32, b.i32], b.none);
  tasks.forEach((task, kernel) => {
    const args = (): number[] => [1, 2, 3].map((i) => f.get(f.param(i)));
    f.if(m.i32.eq(f.get(f.param(0)), m.i32.const(kernel)), () => f.push(m.call(task, args(), b.none)));
  });
  f.finish("task");
}

/** A `parallel` that runs iterations one by one, last one first. */
function emitReversed(b: Binaryen, m: Module): void {
  const f = new FunctionBuilder(b, m, [b.i32, b.i32, b.i32, b.i32], b.none);
  const end = f.param(2);
  f.while(
    () => m.i32.gt_s(f.get(end), m.i32.const(0)),
    () => {
      const begin = f.let(b.i32, m.i32.sub(f.get(end), m.i32.const(1)));
      f.push(
        m.call(
          "task",
          [f.param(0), f.param(1), begin, end].map((l) => f.get(l)),
          b.none,
        ),
      );
      f.set(end, f.get(begin));
    },
  );
  f.finish(PARALLEL);
}

const MOST_WORK = 1e5;

/** All indices, or if that is too much work the corners and an even selection of the others. */
function interesting(shape: readonly number[], k: number): number[][] {
  const total = shape.reduce((product, size) => product * size, 1);
  const wanted = Math.max(200, Math.floor(MOST_WORK / Math.max(k, 1)));
  if (total <= wanted) return [...indices(shape)];
  const unflatten = (flat: number): number[] => {
    const index: number[] = [];
    for (let d = shape.length - 1, rest = flat; d >= 0; d--) {
      index.unshift(rest % shape[d]);
      rest = Math.floor(rest / shape[d]);
    }
    return index;
  };
  const corners = [...indices(shape.map((size) => Math.min(size, 2)))].map((corner) =>
    corner.map((c, d) => (c === 0 ? 0 : shape[d] - 1)),
  );
  // A stride without small factors visits all rows and columns of tiles.
  const step = 7919 * 104729;
  return [...corners, ...Array.from({ length: wanted }, (_, s) => unflatten((s * step) % total))];
}

/** One element of the output in double precision or exact integers. */
function exact(view: DataView, test: GemmCase, lhs: Placed, rhs: Placed, index: readonly number[]): Scalar {
  const [batch, i, j] = split(index);
  const { reference } = test;
  let sum: Scalar = test.compute === "i64" ? 0n : 0;
  for (let k = 0; k < test.k; k++) {
    let x = readAt(view, lhs, batch, i, k);
    let y = readAt(view, rhs, batch, k, j);
    if (reference?.lhs) x = reference.lhs(x, batch, i, k);
    if (reference?.rhs) y = reference.rhs(y, batch, k, j);
    sum = typeof sum === "bigint" ? sum + BigInt(x) * BigInt(y) : sum + Number(x) * Number(y);
  }
  return rounded(test.out.dtype, reference?.out?.(sum, batch, i, j) ?? sum);
}

function checkUntouched(
  before: Uint8Array,
  after: Uint8Array,
  test: GemmCase,
  out: Placed,
  [scratch, scratchEnd]: [number, number],
): void {
  const { bytes } = dtypeTable[out.dtype];
  const mayChange = new Uint8Array(after.length);
  mayChange.fill(1, scratch, scratchEnd);
  for (const index of indices([...test.batch, test.m, test.n])) {
    const at = out.address + flatten(out.strides, ...split(index)) * bytes;
    mayChange.fill(1, at, at + bytes);
  }
  let wrong = 0;
  while (wrong < after.length && (after[wrong] === before[wrong] || mayChange[wrong] === 1)) wrong++;
  if (wrong < after.length)
    throw new Error(`byte ${wrong} was overwritten (scratch memory: ${scratch} to ${scratchEnd})`);
}
