/** Matrix products of the kernel IR: plain memory, and operands and epilogues that are expressions. */
import { kernel as k, type RealDType, type TypedArray } from "@fluxion/ir";
import { expect, test } from "vitest";
import { buffer, expectClose, interpret, prepare, programOf, samples, storage, variants } from "./harness.ts";

interface Parts {
  readonly batch: readonly k.LoopVar[];
  readonly m: k.LoopVar;
  readonly n: k.LoopVar;
  readonly k: k.LoopVar;
}

interface Sizes {
  readonly batch?: readonly number[];
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

interface Spec {
  readonly accumulate: RealDType;
  readonly buffers: readonly k.BufferRef[];
  lhs(v: Parts): k.Expr;
  rhs(v: Parts): k.Expr;
  epilogue(v: Parts, sum: k.Expr): k.Stmt[];
}

function gemm({ batch = [], m, n, k: depth }: Sizes, spec: Spec): k.GemmKernel {
  const v: Parts = {
    batch: batch.map((_, i) => new k.LoopVar(`b${i}`)),
    m: new k.LoopVar("m"),
    n: new k.LoopVar("n"),
    k: new k.LoopVar("k"),
  };
  const sum = new k.Local("sum", spec.accumulate);
  return {
    kind: "gemm",
    name: "dot",
    buffers: spec.buffers,
    batch: batch.map((extent, i) => ({ var: v.batch[i], extent })),
    m: { var: v.m, extent: m },
    n: { var: v.n, extent: n },
    k: { var: v.k, extent: depth },
    accumulate: spec.accumulate,
    lhs: spec.lhs(v),
    rhs: spec.rhs(v),
    sum,
    epilogue: spec.epilogue(v, k.use(sum)),
    origin: [],
  };
}

const linear = (...terms: [k.LoopVar, number][]): k.Index =>
  terms.reduce((index, [v, stride]) => k.indexAdd(index, k.indexVar(v, stride)), k.indexConst(0));

/** Runs on the interpreter and on both builds; compares floats within `ulps`. */
function check(kernel: k.GemmKernel, data: readonly TypedArray[], ulps: number): TypedArray {
  const inputs = kernel.buffers.filter(({ access }) => access === "read");
  const outputs = kernel.buffers.filter(({ access }) => access !== "read");
  const program = programOf({ inputs, outputs, kernels: [kernel] });
  const [expected] = interpret(program, data);
  let actual = expected;
  for (const options of variants) {
    [actual] = prepare(program, options).run(data);
    expectClose(outputs[0].dtype, actual, expected, ulps);
  }
  return actual;
}

const whole = (dtype: RealDType, length: number): TypedArray =>
  storage(
    dtype,
    Array.from({ length }, (_, i) => ((i * 7) % 11) - (/uint|bool/.test(dtype) ? 0 : 5)),
  );

const accumulators: Partial<Record<RealDType, RealDType>> = { float16: "float32", bfloat16: "float32" };
const dtypes: RealDType[] = [
  "bool",
  "int8",
  "uint16",
  "int32",
  "int64",
  "float16",
  "bfloat16",
  "float32",
  "float64",
];

test.each(dtypes)("%s matrices in memory, transposed or not, in batches", (dtype) => {
  const accumulate = accumulators[dtype] ?? dtype;
  for (const size of [
    { m: 5, n: 9, k: 3 },
    { batch: [2, 3], m: 7, n: 17, k: 6 },
    { m: 1, n: 30, k: 20 },
    { m: 13, n: 1, k: 8 },
  ] as Sizes[]) {
    const { m, n, k: depth, batch = [] } = size;
    const count = batch.reduce((a, b) => a * b, 1);
    const a = buffer("a", dtype, count * m * depth);
    const b = buffer("b", dtype, count * depth * n);
    const c = buffer("c", dtype, count * m * n, "write");
    const batchTerms = (v: Parts, each: number): [k.LoopVar, number][] =>
      v.batch.map((variable, i) => [variable, batch.slice(i + 1).reduce((x, y) => x * y, each)]);
    const kernel = gemm(size, {
      accumulate,
      buffers: [a, b, c],
      lhs: (v) =>
        k.convert(k.load(a, linear(...batchTerms(v, m * depth), [v.m, depth], [v.k, 1])), accumulate),
      rhs: (v) =>
        k.convert(k.load(b, linear(...batchTerms(v, n * depth), [v.k, 1], [v.n, depth])), accumulate),
      epilogue: (v, sum) => [
        k.store(c, linear(...batchTerms(v, m * n), [v.m, n], [v.n, 1]), k.convert(sum, dtype)),
      ],
    });
    check(kernel, [whole(dtype, a.elements), whole(dtype, b.elements)], 0);
  }
});

test("operands that are computed while they are packed", () => {
  const [m, n, depth] = [11, 19, 23];
  const [a, b] = [buffer("a", "int8", m * depth), buffer("b", "float32", depth * n)];
  const c = buffer("c", "float32", m * n, "write");
  const scaled = (e: k.Expr): k.Expr => k.scalarOp("multiply", "float32", e, k.constant("float32", 0.5));
  const kernel = gemm(
    { m, n, k: depth },
    {
      accumulate: "float32",
      buffers: [a, b, c],
      lhs: (v) => scaled(k.convert(k.load(a, linear([v.m, depth], [v.k, 1])), "float32")),
      rhs: (v) => scaled(k.load(b, k.indexFloorDiv(linear([v.k, n], [v.n, 1]), 2))),
      epilogue: (v, sum) => [k.store(c, linear([v.m, n], [v.n, 1]), sum)],
    },
  );
  check(kernel, [whole("int8", m * depth), whole("float32", depth * n)], 0);
});

test.each(["row", "column"] as const)("an epilogue along a %s", (direction) => {
  const [m, n, depth] = [14, 21, 9];
  const [a, b] = [buffer("a", "float32", m * depth), buffer("b", "float32", depth * n)];
  const bias = buffer("bias", "float32", n);
  const c = buffer("c", "float32", m * n, "write");
  const kernel = gemm(
    { m, n, k: depth },
    {
      accumulate: "float32",
      buffers: [a, b, bias, c],
      lhs: (v) => k.load(a, linear([v.m, depth], [v.k, 1])),
      rhs: (v) => k.load(b, linear([v.k, n], [v.n, 1])),
      epilogue: (v, sum) => {
        const shifted = new k.Local("shifted", "float32");
        const at = direction === "column" ? linear([v.m, n], [v.n, 1]) : linear([v.n, m], [v.m, 1]);
        return [
          k.letStmt(shifted, k.scalarOp("add", "float32", sum, k.load(bias, k.indexVar(v.n)))),
          k.store(c, at, k.scalarOp("maximum", "float32", k.use(shifted), k.constant("float32", 0))),
        ];
      },
    },
  );
  const result = check(
    kernel,
    [whole("float32", m * depth), whole("float32", depth * n), whole("float32", n)],
    0,
  );
  expect(result.some((x) => Number(x) > 0)).toBe(true);
});

test("an epilogue that stores another dtype, and narrow sums that wrap", () => {
  const [m, n, depth] = [6, 10, 40];
  const [a, b] = [buffer("a", "uint8", m * depth), buffer("b", "uint8", depth * n)];
  for (const to of ["float64", "int64", "uint8", "bool"] as const) {
    const c = buffer("c", to, m * n, "write");
    const kernel = gemm(
      { m, n, k: depth },
      {
        accumulate: "uint8",
        buffers: [a, b, c],
        lhs: (v) => k.load(a, linear([v.m, depth], [v.k, 1])),
        rhs: (v) => k.load(b, linear([v.k, n], [v.n, 1])),
        epilogue: (v, sum) => [k.store(c, linear([v.m, n], [v.n, 1]), k.convert(sum, to))],
      },
    );
    check(kernel, [samples("uint8", 2, m * depth), samples("uint8", 1, depth * n)], 0);
  }
});

test("a product of tensors without elements", () => {
  const [a, b] = [buffer("a", "float32", 0), buffer("b", "float32", 0)];
  const c = buffer("c", "float32", 6, "write");
  const kernel = gemm(
    { m: 2, n: 3, k: 0 },
    {
      accumulate: "float32",
      buffers: [a, b, c],
      lhs: (v) => k.load(a, linear([v.m, 0], [v.k, 1])),
      rhs: (v) => k.load(b, linear([v.k, 3], [v.n, 1])),
      epilogue: (v, sum) => [
        k.store(c, linear([v.m, 3], [v.n, 1]), k.scalarOp("add", "float32", sum, k.constant("float32", 2))),
      ],
    },
  );
  expect(Array.from(check(kernel, [new Float32Array(0), new Float32Array(0)], 0), Number)).toEqual([
    2, 2, 2, 2, 2, 2,
  ]);
});

test("sums of many products stay close", () => {
  const [m, n, depth] = [20, 40, 1100];
  const [a, b] = [buffer("a", "float32", m * depth), buffer("b", "float32", depth * n)];
  const c = buffer("c", "float32", m * n, "write");
  const kernel = gemm(
    { m, n, k: depth },
    {
      accumulate: "float32",
      buffers: [a, b, c],
      lhs: (v) => k.load(a, linear([v.m, depth], [v.k, 1])),
      rhs: (v) => k.load(b, linear([v.k, n], [v.n, 1])),
      epilogue: (v, sum) => [k.store(c, linear([v.m, n], [v.n, 1]), k.scalarOp("abs", "float32", sum))],
    },
  );
  const positive = (length: number): Float32Array =>
    Float32Array.from({ length }, (_, i) => 1 + Math.sin(i) / 2);
  check(kernel, [positive(m * depth), positive(depth * n)], 64);
});
