/** Fused producers and epilogues: every element has to be computed with its own indices. */
import { describe, expect, test } from "vitest";
import type { Expr, FunctionBuilder, Local } from "../../src/emit/function-builder.ts";
import type {
  Address,
  ComputedOperand,
  ComputedOutput,
  PlanOptions,
  Position,
} from "../../src/gemm/index.ts";
import { coordinateValue } from "../../src/gemm/region.ts";
import { dense, integers, turned } from "./elements.ts";
import { type GemmCase, type Reference, type RunOptions, runGemm } from "./harness.ts";

type Unit = "row" | "column" | "none";
const units: readonly Unit[] = ["row", "column", "none"];

const builds: Record<string, RunOptions> = {
  fused: { relaxed: true, wide: false },
  plain: { relaxed: false, wide: false },
  wide: { relaxed: true, wide: true },
  reversed: { relaxed: true, wide: false, reversed: true },
};

/** Address of element (batch, row, column) of a matrix of float32. */
function addressOf(
  f: FunctionBuilder,
  base: Address,
  strides: { batch: readonly number[]; row: number; column: number },
  at: Position,
): Local {
  const { i32 } = f.m;
  const term = (index: Expr, stride: number): Expr => i32.mul(index, i32.const(stride * 4));
  const all = [...at.batch.map((l) => f.get(l)), ...[at.row, at.column].map((c) => coordinateValue(f, c))];
  const factors = [...strides.batch, strides.row, strides.column];
  return f.let(
    f.b.i32,
    all.reduce((sum, index, d) => i32.add(sum, term(index, factors[d])), base(f, at.frame)),
  );
}

/** row + 2·column + 3·batch₀ as float32, for each lane. */
function positionValue(f: FunctionBuilder, at: Position, direction: Unit | "one"): Expr {
  const { i32, i32x4, f32x4, v128 } = f.m;
  const first = i32.add(
    i32.add(coordinateValue(f, at.row), i32.shl(coordinateValue(f, at.column), i32.const(1))),
    at.batch.length > 0 ? i32.mul(f.get(at.batch[0]), i32.const(3)) : i32.const(0),
  );
  const step = direction === "row" ? 1 : direction === "column" ? 2 : 0;
  const ramp = v128.const(new Uint8Array(new Int32Array([0, 1, 2, 3].map((lane) => lane * step)).buffer));
  return f32x4.convert_i32x4_s(i32x4.add(i32x4.splat(first), ramp));
}

/** Where vector number `v` of several begins. */
function vectorAt(at: Position, direction: "row" | "column" | "one", v: number): Position {
  if (direction === "one") return at;
  const { base, offset } = at[direction];
  return { ...at, [direction]: { base, offset: offset + 4 * v } };
}

type Strides = { batch: readonly number[]; row: number; column: number };

/** memory[at] + row + 2·column + 3·batch₀ */
const shiftedOperand =
  (unit: Unit, strides: Strides) =>
  (base: Address): ComputedOperand => ({
    kind: "computed",
    unit,
    load(f, start, direction, vectors) {
      return Array.from({ length: vectors }, (_, v) => {
        const at = vectorAt(start, direction, v);
        const pointer = f.get(addressOf(f, base, strides, at));
        const value =
          direction === "one" ? f.m.v128.load32_splat(0, 4, pointer) : f.m.v128.load(0, 4, pointer);
        return f.m.f32x4.add(value, positionValue(f, at, direction));
      });
    },
  });

/** out[at] += max(0, sum + bias[column]) + row + 2·column + 3·batch₀, with what was in the output before. */
const epilogue =
  (unit: Unit, strides: Strides) =>
  (base: Address, bias: Address): ComputedOutput => ({
    kind: "computed",
    unit,
    emit(f, sums, start, direction) {
      const { f32x4, v128, i32 } = f.m;
      const stores = sums.map((sum, v) => {
        const at = vectorAt(start, direction, v);
        const pointer = addressOf(f, base, strides, at);
        const biasPointer = i32.add(bias(f, at.frame), i32.shl(coordinateValue(f, at.column), i32.const(2)));
        const biasValue =
          direction === "column" ? v128.load(0, 4, biasPointer) : v128.load32_splat(0, 4, biasPointer);
        const relu = f32x4.max(f32x4.add(f.get(sum), biasValue), v128.const(new Uint8Array(16)));
        const value = f.let(f.b.v128, f32x4.add(relu, positionValue(f, at, direction)));
        return () => {
          if (direction === "one") f.push(v128.store32_lane(0, 4, 0, f.get(pointer), f.get(value)));
          else f.push(v128.store(0, 4, f.get(pointer), f.get(value)));
        };
      });
      return () => {
        for (const store of stores) store();
      };
    },
  });

const position = (batch: readonly number[], row: number, column: number): number =>
  row + 2 * column + 3 * (batch[0] ?? 0);

const bias = integers(3, -50, 50);
const reference: Required<Reference> = {
  lhs: (value, batch, i, k) => Number(value) + position(batch, i, k),
  rhs: (value, batch, k, j) => Number(value) + position(batch, k, j),
  out: (sum, batch, i, j) => Math.max(0, Number(sum) + Number(bias(j))) + position(batch, i, j),
};

function expectHooks(
  [m, k, n]: readonly number[],
  batch: readonly number[],
  hooked: { lhs?: Unit; rhs?: Unit; out?: Unit },
  options: PlanOptions,
): ReturnType<typeof runGemm> {
  const layout = (unit: Unit | undefined, rows: number, columns: number): Strides =>
    unit === "row" ? turned(dense(batch, columns, rows)) : dense(batch, rows, columns);
  const strides = {
    lhs: layout(hooked.lhs, m, k),
    rhs: layout(hooked.rhs, k, n),
    out: layout(hooked.out, m, n),
  };
  const problem: GemmCase = {
    compute: "f32",
    batch,
    m,
    n,
    k,
    lhs: { dtype: "float32", strides: strides.lhs },
    rhs: { dtype: "float32", strides: strides.rhs },
    out: { dtype: "float32", strides: strides.out },
    hooks: {
      lhs: hooked.lhs && shiftedOperand(hooked.lhs, strides.lhs),
      rhs: hooked.rhs && shiftedOperand(hooked.rhs, strides.rhs),
      out: hooked.out && epilogue(hooked.out, strides.out),
    },
    reference: {
      lhs: hooked.lhs && reference.lhs,
      rhs: hooked.rhs && reference.rhs,
      out: hooked.out && reference.out,
    },
  };
  const inputs = { lhs: integers(1, -4, 4), rhs: integers(2, -4, 4), bias };
  const result = runGemm(problem, inputs, options);
  expect(result.actual).toEqual(result.expected);
  return result;
}

const SHAPES = [
  [1, 1, 1],
  [5, 7, 3],
  [13, 10, 22],
  [1, 9, 30],
  [30, 9, 1],
  [27, 33, 50],
];

describe.each(Object.entries(builds))("%s", (_, options) => {
  test.each(units)("lhs computed along its %s", (unit) => {
    for (const shape of SHAPES)
      for (const batch of [[], [3]]) expectHooks(shape, batch, { lhs: unit }, options);
  });

  test.each(units)("rhs computed along its %s", (unit) => {
    for (const shape of SHAPES)
      for (const batch of [[], [3]]) expectHooks(shape, batch, { rhs: unit }, options);
  });

  test.each(units)("epilogue along the output's %s", (unit) => {
    for (const shape of SHAPES)
      for (const batch of [[], [3]]) expectHooks(shape, batch, { out: unit }, options);
  });

  test("all three at once", () => {
    for (const unit of units)
      for (const shape of SHAPES)
        expectHooks(shape, [2, 2], { lhs: unit, rhs: "column", out: unit }, options);
  });

  test("nothing to add up: the epilogue of zero", () => {
    for (const unit of units) expectHooks([5, 0, 6], [], { lhs: unit, rhs: unit, out: unit }, options);
  });

  test("operands that several items read are computed once, by all threads", () => {
    const result = expectHooks([70, 60, 300], [], { lhs: "column", out: "column" }, options);
    expect(result.plan.packing).toEqual({ lhs: "shared", rhs: "item" });
    const tall = expectHooks([3000, 40, 16], [], { rhs: "row", lhs: "row" }, options);
    expect(tall.plan.packing.rhs).toBe("shared");
  });
});
