/** Rules of reductions over whole dimensions and over windows. */

import { Builder, literal, type OperationOf, type TensorType, type Value } from "@fluxion/ir";
import { copyOn } from "../blocks.ts";
import { noRule } from "../errors.ts";
import { bodyKind, type Combine, foldFirst, foldWindows, lift, range, runningFold } from "./fold.ts";
import { add, compare, div, mul, spread, sum, unspread, zeroScalar, zeros } from "./math.ts";
import type { JvpContext, JvpRule, RulesOf, Tangent, TransposeRule } from "./rule.ts";

type Reduce = OperationOf<"reduce">;
type ReduceWindow = OperationOf<"reduce_window">;

const axesOf = (x: Value): number[] => x.type.shape.map((_, axis) => axis);

/** Dimensions that a reduction keeps, which its result has in this order. */
const keptAxes = (x: Value, dimensions: readonly number[]): number[] =>
  axesOf(x).filter((axis) => !dimensions.includes(axis));

/** Spreads a result of a reduction over what was reduced. */
const spreadBack = (b: Builder, y: Value, x: Value, dimensions: readonly number[]): Value =>
  b.broadcast(y, x.type.shape, keptAxes(x, dimensions));

/**
 * y = max x: ẏ = Σ ẋ·[x = y] / Σ [x = y], so that equal greatest elements share evenly. An init value that is greater
 * than every element leaves no share to any.
 */
function extremumJvp({ b }: JvpContext, op: Reduce, [t, tInit]: readonly Tangent[]): readonly Tangent[] {
  const [x, init] = op.operands;
  const [y] = op.results;
  const { dimensions } = op.attributes;
  const one = b.scalar(x.type.dtype, 1, x.type.shape);
  const chosen = b.op("select", compare(b, "EQ", x, spreadBack(b, y, x, dimensions)), one, zeros(b, x));
  const counts = sum(b, chosen, dimensions);
  const floor = b.op("maximum", counts, b.scalar(y.type.dtype, 1, y.type.shape));
  const fromX = t && div(b, sum(b, mul(b, t, chosen), dimensions), floor);
  if (tInit === undefined) return [fromX];
  const isInit = compare(b, "EQ", spread(b, init, y.type.shape), y);
  const fromInit = b.op("select", isInit, spread(b, tInit, y.type.shape), zeros(b, y));
  return [fromX ? add(b, fromX, fromInit) : fromInit];
}

/** Σ is linear: ẏ = Σ ẋ + ẋ₀ */
function sumJvp({ b }: JvpContext, op: Reduce, [t, tInit]: readonly Tangent[]): readonly Tangent[] {
  const [, init] = op.operands;
  return copyOn(b, op, [t ?? zeros(b, op.operands[0]), tInit ?? zeros(b, init)]);
}

/** Any body: the fold is written out as a tree of elementwise ops, which have rules of their own. */
function treeJvp(c: JvpContext, op: Reduce): readonly Tangent[] {
  const b = new Builder();
  b.location = op.location;
  const count = op.results.length;
  const { dimensions } = op.attributes;
  const inputs = op.operands.slice(0, count).map((x) => toFront(b, x, dimensions));
  const inits = op.operands.slice(count).map((init, i) => spread(b, init, op.results[i].type.shape));
  const combine: Combine = (left, right) => lift(b, op, op.regions[0], [...left, ...right]);
  const empty = inputs[0].type.shape[0] === 0;
  const folded = empty
    ? inits
    : combine(
        inits,
        foldFirst(b, inputs, combine).map((x, i) => b.reshape(x, op.results[i].type.shape)),
      );
  return folded.map((value) => c.through(b.operations.splice(0), value));
}

/** The reduced dimensions as one in front. */
function toFront(b: Builder, x: Value, dimensions: readonly number[]): Value {
  const kept = keptAxes(x, dimensions);
  const moved = b.one("transpose", [x], { permutation: [...dimensions, ...kept] });
  const size = dimensions.reduce((product, axis) => product * x.type.shape[axis], 1);
  return b.reshape(moved, [size, ...kept.map((axis) => x.type.shape[axis])]);
}

const reduceJvp: JvpRule<"reduce"> = (c, op, tangents) => {
  const kind = bodyKind(op.regions[0]);
  if (kind === "add") return sumJvp(c, op, tangents);
  return kind === "other" ? treeJvp(c, op) : extremumJvp(c, op, tangents);
};

/** y = Σ x + x₀: x̄ = ȳ spread over what was summed, x̄₀ = Σ ȳ. */
const reduceTranspose: TransposeRule<"reduce"> = (c, op, [ct]) => {
  if (bodyKind(op.regions[0]) !== "add") throw noRule("Transpose", op, "its body is not a sum");
  const [x, init] = op.operands;
  return [
    ct && c.isLinear(x) ? spreadBack(c.b, ct, x, op.attributes.dimensions) : undefined,
    ct && c.isLinear(init) ? unspread(c.b, ct, []) : undefined,
  ];
};

interface Window {
  readonly size: number;
  readonly stride: number;
  readonly baseDilation: number;
  readonly windowDilation: number;
  readonly low: number;
  readonly high: number;
}

export function windowsOf({ operands: [x], attributes: a }: ReduceWindow): Window[] {
  const edge = (i: number): number => {
    if (a.padding === undefined) return 0;
    return Number(a.padding.data[a.padding.splat ? 0 : i]);
  };
  return x.type.shape.map((_, axis) => ({
    size: a.window_dimensions[axis],
    stride: a.window_strides?.[axis] ?? 1,
    baseDilation: a.base_dilations?.[axis] ?? 1,
    windowDilation: a.window_dilations?.[axis] ?? 1,
    low: edge(2 * axis),
    high: edge(2 * axis + 1),
  }));
}

const dilated = (size: number, dilation: number): number => (size === 0 ? 0 : (size - 1) * dilation + 1);

/**
 * y[i] = Σₖ x[(i·s + k·d − low)/e]: x̄[j] = Σₖ ȳ[(j·e + low − k·d)/s], the same kind of sum with stride and base
 * dilation exchanged.
 */
function unwindow(b: Builder, ct: Value, op: ReduceWindow): Value {
  const [x] = op.operands;
  const windows = windowsOf(op);
  const edges = windows.flatMap((w, axis) => {
    const reach = (w.size - 1) * w.windowDilation;
    const low = reach - w.low;
    const span = dilated(x.type.shape[axis], w.baseDilation);
    return [low, span + reach - low - dilated(ct.type.shape[axis], w.stride)];
  });
  const attributes: ReduceWindow["attributes"] = {
    window_dimensions: windows.map(({ size }) => size),
    window_strides: windows.map(({ baseDilation }) => baseDilation),
    base_dilations: windows.map(({ stride }) => stride),
    window_dilations: windows.map(({ windowDilation }) => windowDilation),
    padding: literal("int64", [windows.length, 2], BigInt64Array.from(edges, BigInt)),
  };
  const scalar: TensorType = { dtype: x.type.dtype, shape: [] };
  const body = b.region([scalar, scalar], (inner, [p, q]) => [inner.op("add", p, q)]);
  return b.one("reduce_window", [ct, zeroScalar(b, x.type.dtype)], attributes, { regions: [body] });
}

/** The axis of a running fold, whose windows end at each element and reach back to the first, or forward to the last. */
function runningAxis(x: Value, windows: readonly Window[]): { axis: number; backwards: boolean } | undefined {
  const axis = windows.findIndex(({ size }) => size > 1);
  const plain = (w: Window): boolean => w.stride === 1 && w.baseDilation === 1 && w.windowDilation === 1;
  const alone = windows.every(
    (w, i) => plain(w) && (i === axis || (w.size === 1 && w.low === 0 && w.high === 0)),
  );
  if (axis < 0 || !alone || windows[axis].size !== x.type.shape[axis]) return undefined;
  const { size, low, high } = windows[axis];
  if (low === size - 1 && high === 0) return { axis, backwards: false };
  return low === 0 && high === size - 1 ? { axis, backwards: true } : undefined;
}

/** A running fold of any body. */
function runningFolds(
  b: Builder,
  op: ReduceWindow,
  { axis, backwards }: { readonly axis: number; readonly backwards: boolean },
): readonly Value[] {
  const inputs = op.operands.slice(0, op.results.length);
  const turned = (list: readonly Value[]): readonly Value[] =>
    backwards ? list.map((x) => b.one("reverse", [x], { dimensions: [axis] })) : list;
  const combine: Combine = (left, right) => lift(b, op, op.regions[0], [...left, ...right]);
  return turned(runningFold(b, turned(inputs), axis, combine));
}

/**
 * Folds of windows written out by doubling, last axis first: where a pool's greatest elements tie, the first in row-major order
 * is the one, as in JAX.
 */
function pooledFolds(b: Builder, op: ReduceWindow, windows: readonly Window[]): readonly Value[] {
  const count = op.results.length;
  const inits = op.operands.slice(count);
  const body = op.regions[0];
  const kind = bodyKind(body);
  const combine: Combine = (left, right) =>
    kind === "maximum" || kind === "minimum"
      ? [b.op("select", compare(b, kind === "maximum" ? "GE" : "LE", left[0], right[0]), left[0], right[0])]
      : lift(b, op, body, [...left, ...right]);
  let current: readonly Value[] = op.operands.slice(0, count).map((x, i) =>
    b.one("pad", [x, inits[i]], {
      edge_padding_low: windows.map(({ low }) => low),
      edge_padding_high: windows.map(({ high }) => high),
      interior_padding: windows.map(({ baseDilation }) => baseDilation - 1),
    }),
  );
  for (let axis = windows.length - 1; axis >= 0; axis--) {
    const { size, stride, windowDilation: dilation } = windows[axis];
    const places = Math.max(0, current[0].type.shape[axis] - (size - 1) * dilation);
    if (size > 1 && places > 0)
      current = foldWindows(b, current, { axis, size, dilation, count: places }, combine);
    if (stride > 1 || places === 0) current = current.map((x) => range(b, x, axis, 0, places, stride));
  }
  return current;
}

/** The fold written out as elementwise ops, which have rules of their own. */
function windowsJvp(c: JvpContext, op: ReduceWindow): readonly Tangent[] {
  const b = new Builder();
  b.location = op.location;
  const windows = windowsOf(op);
  const running = runningAxis(op.operands[0], windows);
  const folded = running ? runningFolds(b, op, running) : pooledFolds(b, op, windows);
  return folded.map((value) => c.through(b.operations.splice(0), value));
}

const windowJvp: JvpRule<"reduce_window"> = (c, op, tangents) => {
  if (bodyKind(op.regions[0]) !== "add") return windowsJvp(c, op);
  if (tangents[1]) throw noRule("Differentiation", op, "the init value of a windowed sum must be a constant");
  return copyOn(c.b, op, [
    tangents[0] ?? zeros(c.b, op.operands[0]),
    zeroScalar(c.b, op.operands[0].type.dtype),
  ]);
};

const windowTranspose: TransposeRule<"reduce_window"> = (c, op, [ct]) => {
  if (bodyKind(op.regions[0]) !== "add") throw noRule("Transpose", op, "its body is not a sum");
  return [ct && unwindow(c.b, ct, op)];
};

export const reduceRules: RulesOf<"reduce" | "reduce_window"> = {
  reduce: { jvp: reduceJvp, transpose: reduceTranspose },
  reduce_window: { jvp: windowJvp, transpose: windowTranspose },
};
