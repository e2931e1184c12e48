/**
 * Batching of branches and loops. A choice that all examples share stays a choice. One that differs between them runs
 * every branch and selects; a loop of which examples turn differently often runs until the last is done, and masks those
 * that are.
 */

import { type OperationOf, type Region, returned, Value } from "@fluxion/ir";
import { blockOf, cloneBlock, freeValues } from "../blocks.ts";
import { carriesTangent } from "../rules/elementwise.ts";
import { axisOf, batchedAt, batchedType, isBatched, spreadScalars } from "./axes.ts";
import type { BatchAxis, BatchContext, Batched, BatchRule, BatchRules } from "./rule.ts";

type Choice = OperationOf<"case"> | OperationOf<"if">;
type While = OperationOf<"while">;

const toAxis = (c: BatchContext, x: Batched, axis: BatchAxis): Value =>
  axis === null ? x.value : c.at(x, axis);

const choice = (c: BatchContext, op: Choice, [selector]: readonly Batched[]): readonly Batched[] =>
  isBatched(selector) ? selected(c, op, selector.value) : chosen(c, op, selector.value);

/** Results have a batch if any branch's has one, where the first such branch has it. */
function chosen(c: BatchContext, op: Choice, selector: Value): readonly Batched[] {
  const passes = op.regions.map((region) => {
    const inner = c.nested();
    return { inner, results: inner.run(region) };
  });
  const axes = commonAxes(passes.map(({ results }) => results));
  const regions = passes.map(({ inner, results }) => {
    const placed = results.map((result, i) => toAxis(inner, result, axes[i]));
    return blockOf([], inner.b.operations, placed);
  });
  const results = c.b.emit(op.opcode, [selector], op.attributes, { regions });
  return results.map((value, i) => ({ value, axis: axes[i] ?? undefined }));
}

/** For each result, the axis of the first list that has a batch there. */
const commonAxes = (lists: readonly (readonly Batched[])[]): BatchAxis[] =>
  lists[0].map((_, i) => lists.map((list) => axisOf(list[i])).find((axis) => axis !== null) ?? null);

/** y[n] = branchₖ(…)[n] for k = selector[n]; a selector that is out of range means the last branch. */
function selected(c: BatchContext, op: Choice, selector: Value): readonly Batched[] {
  const masks = branchMasks(c, op, selector);
  const results = op.regions.map((region, k) => {
    const inner = c.nested();
    if (op.regions.length > 1) guardCaptures(inner, region, masks[k]);
    const out = inner.run(region);
    c.b.operations.push(...inner.b.operations);
    return out;
  });
  const axes = commonAxes(results);
  return op.results.map((_, i) => {
    const axis = axes[i] ?? 0;
    const values = results.map((list) => c.at(list[i], axis));
    const value = values.reduceRight((otherwise, taken, k) => where(c, masks[k], taken, otherwise, axis));
    return batchedAt(value, axis);
  });
}

/** Which examples take each branch. */
function branchMasks(c: BatchContext, op: Choice, selector: Value): Value[] {
  const { b } = c;
  if (op.opcode === "if") return [selector, b.op("not", selector)];
  const masks = op.regions.slice(1).map((_, k) => {
    const at = b.scalar("int32", k, selector.type.shape);
    return b.one("compare", [selector, at], { comparison_direction: "EQ" });
  });
  if (masks.length === 0) return [b.scalar("bool", true, selector.type.shape)];
  return [
    ...masks,
    b.op(
      "not",
      masks.reduce((p, q) => b.op("or", p, q)),
    ),
  ];
}

/** Elements of examples for which the mask holds from one array, of the others from the other. */
function where(c: BatchContext, mask: Value, onTrue: Value, onFalse: Value, axis: number): Value {
  if (onTrue === onFalse) return onTrue;
  const { shape } = onTrue.type;
  const pred = shape.length === 1 ? mask : spreadScalars(c.b, mask, shape, axis);
  return c.b.op("select", pred, onTrue, onFalse);
}

/**
 * Cuts the derivative of what a branch reads for the examples that do not take it, as JAX does: what they compute there
 * is dropped, and a NaN in its derivative with it. A bit cast to the same type is the identity without a tangent.
 */
function guardCaptures(c: BatchContext, branch: Region, mask: Value): void {
  for (const value of freeValues(branch)) {
    const x = c.get(value);
    if (!carriesTangent(x.value) || c.isConstant(x.value)) continue;
    const axis = x.axis ?? 0;
    const array = c.at(x, axis);
    const still = c.b.as("bitcast_convert", array.type, array);
    c.set(value, batchedAt(where(c, mask, array, still, axis), axis));
  }
}

const whileLoop: BatchRule<"while"> = (c, op, operands) => {
  const { axes, isMasked, body } = settle(c, op, operands);
  const init = operands.map((x, i) => toAxis(c, x, axes[i]));
  const loop = { axes, init, body };
  const results = isMasked ? maskedLoop(c, op, loop) : plainLoop(c, op, loop);
  return axes.map((axis, i) => ({ value: results[i], axis: axis ?? undefined }));
};

interface Loop {
  /** Where the batch of each carry lies. */
  readonly axes: readonly BatchAxis[];
  readonly init: readonly Value[];
  readonly body: Turn;
}

/** A pass over a region of a loop. */
interface Turn {
  readonly inner: BatchContext;
  readonly args: readonly Value[];
  readonly results: readonly Batched[];
}

/** Runs over a region whose arguments have their batch at the axes; one without a batch keeps its identity. */
function turn(c: BatchContext, region: Region, axes: readonly BatchAxis[]): Turn {
  const inner = c.nested();
  const args = region.arguments.map((arg, i) => {
    const axis = axes[i];
    if (axis === null) return arg;
    const value = new Value(batchedType(arg.type, axis, c.size), arg.hint);
    inner.set(arg, { value, axis });
    return value;
  });
  return { inner, args, results: inner.run(region) };
}

/**
 * Carries that have a batch: the least set that holds those that have one before the loop and is closed under the body.
 * If the condition has a batch, examples stop in different turns, and every carry that changes has one.
 */
function settle(c: BatchContext, op: While, operands: readonly Batched[]) {
  const [condition, region] = op.regions;
  const isFixed = returned(region).map((value, i) => value === region.arguments[i]);
  let axes = operands.map(axisOf);
  let isMasked = false;
  for (let round = 0; ; round++) {
    const body = turn(c, region, axes);
    // A carry enters where the body leaves it, if that can be had by moving it once before the loop.
    const next = axes.map((axis, i) =>
      axis === null || round === 0 ? (axisOf(body.results[i]) ?? axis) : axis,
    );
    if (next.every((axis, i) => axis === axes[i])) {
      const [test] = turn(c, condition, axes).results;
      if (isMasked || !isBatched(test)) return { axes, isMasked, body };
      isMasked = true;
      axes = axes.map((axis, i) => axis ?? (isFixed[i] ? null : 0));
    } else {
      axes = next;
    }
  }
}

const endsOf = ({ inner, results }: Turn, axes: readonly BatchAxis[]): Value[] =>
  results.map((result, i) => toAxis(inner, result, axes[i]));

function plainLoop(c: BatchContext, op: While, { axes, init, body }: Loop): readonly Value[] {
  const condition = turn(c, op.regions[0], axes);
  const ends = endsOf(body, axes);
  const regions = [
    blockOf(condition.args, condition.inner.b.operations, [condition.results[0].value]),
    blockOf(body.args, body.inner.b.operations, ends),
  ];
  return c.b.emit("while", init, {}, { regions });
}

/** (x, m) ← (m ? f(x) : x, test of the new x) for as long as any m holds; m is the test of each example. */
function maskedLoop(c: BatchContext, op: While, { axes, init, body }: Loop): readonly Value[] {
  const [condition] = op.regions;
  const mask = new Value({ dtype: "bool", shape: [c.size] });
  const merged = endsOf(body, axes).map((value, i) => {
    const axis = axes[i];
    return axis === null ? body.args[i] : where(body.inner, mask, value, body.args[i], axis);
  });
  const next = testOf(body.inner, condition, merged, axes);
  const any = body.inner.nested();
  const running = new Value(mask.type);
  const anyRuns = any.b.reduceWith("or", running, any.b.scalar("bool", false), [0]);
  const carries = body.args.map(({ type }) => new Value(type));
  const regions = [
    blockOf([...carries, running], any.b.operations, [anyRuns]),
    blockOf([...body.args, mask], body.inner.b.operations, [...merged, next]),
  ];
  return c.b.emit("while", [...init, testOf(c, condition, init, axes)], {}, { regions });
}

/** Which examples go on, for these values of the carries. */
function testOf(
  c: BatchContext,
  region: Region,
  carries: readonly Value[],
  axes: readonly BatchAxis[],
): Value {
  const copy = cloneBlock(region);
  const inner = c.nested();
  copy.arguments.forEach((arg, i) => {
    inner.set(arg, { value: carries[i], axis: axes[i] ?? undefined });
  });
  const [test] = inner.run(copy);
  const value = inner.at(test, 0);
  c.b.operations.push(...inner.b.operations);
  return value;
}

export const controlBatching: BatchRules<"case" | "if" | "while"> = {
  case: choice,
  if: choice,
  while: whileLoop,
};
