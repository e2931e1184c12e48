/**
 * split-reductions: a reduction with few results and many elements becomes two, so that every thread has work and vectors
 * are full: first partial results for chunks, then the fold of the partials.
 *
 *     sum x: 1000000 → scalar      reshape 125 × 8000, reduce dim 1, reduce dim 0
 *     sum x: 1000000 × 3, dim 0    reshape 125 × 1000 × 24, reduce dim 1, reduce dim 0, reshape 8 × 3, reduce dim 0
 *
 * Why here: both halves are ordinary reductions that fuse with what is around them. The order of a reduction is free
 * (StableHLO leaves it open), and the partial results start from the identity of the fold.
 */

import {
  type Builder,
  type DType,
  dtypeTable,
  isComplex,
  type Module,
  type OperationOf,
  sizeOf,
  type Value,
} from "@fluxion/ir";
import type { TargetInfo } from "../lower/target.ts";
import { rewriteEach } from "./rewrite.ts";

type ReduceOp = OperationOf<"reduce">;
export type Monoid = "add" | "multiply" | "maximum" | "minimum" | "and" | "or" | "xor";

/** Elements of a chunk, about. */
const chunkElements = 8192;
/** Columns that a grouped row should have at least. */
const fullColumns = 16;

export function splitReductions(module: Module, target: TargetInfo): Module {
  return rewriteEach(
    module,
    "reduce",
    (op, operands, b) => split(op, operands, b, target),
    (op) => cutOf(op, target) !== undefined,
  );
}

/** A reduction over neighbouring dimensions: what is before them, the elements folded, and what is after. */
interface Extents {
  readonly before: readonly number[];
  readonly folded: number;
  readonly after: readonly number[];
}

function extentsOf({ shape }: Value["type"], dimensions: readonly number[]): Extents | undefined {
  const first = Math.min(...dimensions);
  const last = Math.max(...dimensions);
  if (last - first + 1 !== dimensions.length) return undefined;
  const folded = sizeOf(shape.slice(first, last + 1));
  return { before: shape.slice(0, first), folded, after: shape.slice(last + 1) };
}

/** How a reduction is split, if it is. */
interface Cut {
  readonly monoid: Monoid;
  readonly extents: Extents;
  readonly plan: Plan;
}

function cutOf(op: ReduceOp, target: TargetInfo): Cut | undefined {
  const monoid = monoidOf(op);
  if (monoid === undefined || op.attributes.dimensions.length === 0) return undefined;
  const extents = extentsOf(op.operands[0].type, op.attributes.dimensions);
  if (extents === undefined || !isWorthwhile(extents, target)) return undefined;
  const plan = planOf(extents);
  return plan && { monoid, extents, plan };
}

function split(
  op: ReduceOp,
  [input, init]: readonly Value[],
  b: Builder,
  target: TargetInfo,
): readonly Value[] | undefined {
  const cut = cutOf(op, target);
  if (cut === undefined) return undefined;
  const { monoid, extents, plan } = cut;
  const partial = partialResults(b, input, extents, plan, monoid, target);
  const first = extents.before.length;
  const count = partial.type.shape.length - first - extents.after.length;
  return [
    b.reduceWith(
      monoid,
      partial,
      init,
      Array.from({ length: count }, (_, i) => first + i),
    ),
  ];
}

function isWorthwhile(extents: Extents, target: TargetInfo): boolean {
  const [before, after] = [sizeOf(extents.before), sizeOf(extents.after)];
  const { folded } = extents;
  if (before * folded * after < 4 * target.grainElements) return false;
  if (folded * Math.min(after, fullColumns) < 2 * chunkElements) return false;
  const narrow = after > 1 && after < fullColumns;
  return narrow || before * Math.max(1, Math.floor(after / 64)) < 4 * target.parallelism;
}

/** chunks × steps × group = folded − tail. */
interface Plan {
  readonly chunks: number;
  readonly steps: number;
  readonly group: number;
  readonly tail: number;
}

function planOf(extents: Extents): Plan | undefined {
  const { folded } = extents;
  const after = sizeOf(extents.after);
  const group = after === 1 ? 1 : groupFor(after);
  const rows = Math.floor(folded / group);
  const wanted = Math.max(2, Math.round((folded * after) / chunkElements));
  for (let chunks = wanted; chunks <= 2 * wanted; chunks++) {
    if (rows % chunks === 0) return { chunks, steps: rows / chunks, group, tail: folded - rows * group };
  }
  const steps = Math.floor(rows / wanted);
  return steps === 0 ? undefined : { chunks: wanted, steps, group, tail: folded - wanted * steps * group };
}

/** Rows to take together so that a grouped row is a whole number of vectors. */
function groupFor(after: number): number {
  let group = 1;
  while (after * group < fullColumns || (after * group) % 4 !== 0) group++;
  return group;
}

/** Partial results: before × chunks (× group) × after, or before × group × after. */
function partialResults(
  b: Builder,
  input: Value,
  { before, folded, after }: Extents,
  plan: Plan,
  monoid: Monoid,
  target: TargetInfo,
): Value {
  const { dtype } = input.type;
  const identity = b.scalar(dtype, identityOf(monoid, dtype));
  const { chunks, steps, group, tail } = plan;
  const axis = before.length;
  const flat = b.reshape(input, [...before, folded, ...after]);
  const main = tail === 0 ? flat : sliceAxis(b, flat, axis, 0, folded - tail);
  const wide = after.length === 0 ? [] : [group * sizeOf(after)];
  const partial = b.reduceWith(monoid, b.reshape(main, [...before, chunks, steps, ...wide]), identity, [
    axis + 1,
  ]);
  // Where a task runs in vectors, the chunks of a group are folded while its rows still fill them.
  const isWide = target.longTasks && group > 1;
  const grouped = isWide
    ? b.reshape(b.reduceWith(monoid, partial, identity, [axis]), [...before, group, ...after])
    : after.length === 0
      ? partial
      : b.reshape(partial, [...before, chunks, group, ...after]);
  if (tail === 0) return grouped;
  const rest = b.reduceWith(monoid, sliceAxis(b, flat, axis, folded - tail, folded), identity, [axis]);
  const folds = Array.from({ length: grouped.type.shape.length - axis - after.length }, (_, i) => axis + i);
  const merged = b.reduceWith(monoid, grouped, identity, folds);
  return b.reshape(b.op(monoid, merged, rest), [...before, 1, ...after]);
}

function sliceAxis(b: Builder, x: Value, axis: number, from: number, to: number): Value {
  const { shape } = x.type;
  return b.one("slice", [x], {
    start_indices: shape.map((_, i) => (i === axis ? from : 0)),
    limit_indices: shape.map((size, i) => (i === axis ? to : size)),
    strides: shape.map(() => 1),
  });
}

const monoids: readonly Monoid[] = ["add", "multiply", "maximum", "minimum", "and", "or", "xor"];

/** The op of a body that is one commutative op on its two arguments. */
export function monoidOf(op: ReduceOp | OperationOf<"reduce_window">): Monoid | undefined {
  const [body] = op.regions;
  const [first, last] = body.operations;
  if (op.operands.length !== 2 || body.operations.length !== 2 || last.operands[0] !== first.results[0])
    return undefined;
  const args = new Set(first.operands);
  if (!body.arguments.every((argument) => args.has(argument))) return undefined;
  const monoid = monoids.find((name) => name === first.opcode);
  const ordered = monoid === "maximum" || monoid === "minimum";
  return ordered && isComplex(op.results[0].type.dtype) ? undefined : monoid;
}

export function identityOf(monoid: Monoid, dtype: DType): number | bigint | boolean {
  const { kind, bits } = dtypeTable[dtype];
  if (monoid === "multiply") return dtype === "bool" ? true : 1;
  if (monoid === "add") return kind === "float" ? -0 : 0;
  if (monoid === "or" || monoid === "xor") return 0;
  if (monoid === "and") return kind === "uint" ? (1n << BigInt(bits)) - 1n : dtype === "bool" ? 1 : -1;
  const wantsLeast = monoid === "maximum";
  if (kind === "float") return wantsLeast ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (kind === "bool") return wantsLeast ? 0 : 1;
  if (kind === "uint") return wantsLeast ? 0n : (1n << BigInt(bits)) - 1n;
  return wantsLeast ? -(1n << BigInt(bits - 1)) : (1n << BigInt(bits - 1)) - 1n;
}
