/**
 * What collectives do under the batch that they name, and under another. One that names the batch takes it away or brings it
 * back; under another batch every example does the same with its own values.
 */

import { type Builder, type DType, dtypeTable, type Literal, literal, type OperationOf } from "@fluxion/ir";
import { batchedType, isBatched, one, range, spreadScalars, unbatched } from "./axes.ts";
import { type CollectiveTarget, permutationOf } from "./collectives.ts";
import type { BatchContext, Batched } from "./rule.ts";

export type CustomCallRule = (
  c: BatchContext,
  op: OperationOf<"custom_call">,
  operands: readonly Batched[],
) => readonly Batched[];

type CollectiveRules = Readonly<Record<CollectiveTarget, CustomCallRule>>;

/** y = Σₙ x[n]; a value that examples share counts once for each. */
const psum: CustomCallRule = (c, _, [x]) => {
  const { dtype, shape } = x.value.type;
  if (isBatched(x)) return [unbatched(c.b.reduceWith("add", x.value, c.b.scalar(dtype, 0), [x.axis]))];
  return [unbatched(c.b.op("multiply", x.value, c.b.scalar(dtype, c.size, shape)))];
};

/** y = maxₙ x[n], or the minimum. */
const extremum =
  (opcode: "maximum" | "minimum"): CustomCallRule =>
  (c, _, [x]) => {
    if (!isBatched(x)) return [x];
    const init = c.b.scalar(x.value.type.dtype, extremeOf(opcode, x.value.type.dtype));
    return [unbatched(c.b.reduceWith(opcode, x.value, init, [x.axis]))];
  };

/** The value that every other one replaces. */
function extremeOf(opcode: "maximum" | "minimum", dtype: DType): number | bigint | boolean {
  const { kind, bits } = dtypeTable[dtype];
  const least = opcode === "maximum";
  if (kind === "bool") return !least;
  if (kind === "float") return least ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const span = 1n << BigInt(bits - (kind === "int" ? 1 : 0));
  const value = least ? (kind === "int" ? -span : 0n) : span - 1n;
  return bits === 64 ? value : Number(value);
}

/** y[n] = n */
const axisIndex: CustomCallRule = (c) =>
  one(c.b.one("iota", [], { iota_dimension: 0 }, { types: [{ dtype: "int32", shape: [c.size] }] }), 0);

/** y[m, …] = x[m][…] for every example. */
const allGather: CustomCallRule = (c, _, [x]) => [unbatched(c.at(x, 0))];

/** y[n][m, …] = x[m][n, …]: the batch and the first dimension change places. */
const allToAll: CustomCallRule = (c, _, [x]) => one(c.at(x, 0), 1);

/** y[n] = x[m] where m is sent to n, and zeros where nothing is. */
const ppermute: CustomCallRule = (c, op, [x]) => {
  const { b, size } = c;
  const value = c.at(x, 0);
  const { dtype, shape } = value.type;
  const pairs = permutationOf(op);
  const sources = range(size).map((n) => pairs.find(([, to]) => to === n)?.[0]);
  const indices = b.constant(int32(sources.map((from) => from ?? 0)));
  const taken = b.one("gather", [value, indices], {
    dimension_numbers: {
      offsetDims: range(shape.length).slice(1),
      collapsedSliceDims: [0],
      operandBatchingDims: [],
      startIndicesBatchingDims: [],
      startIndexMap: [0],
      indexVectorDim: 1,
    },
    slice_sizes: [Math.min(1, size), ...shape.slice(1)],
  });
  if (sources.every((from) => from !== undefined)) return one(taken, 0);
  const received = Uint8Array.from(sources, (from) => (from === undefined ? 0 : 1));
  const mask = spreadScalars(b, b.constant(literal("bool", [size], received)), shape, 0);
  return one(b.op("select", mask, taken, zeros(b, dtype, shape)), 0);
};

const zeros = (b: Builder, dtype: DType, shape: readonly number[]) =>
  b.scalar(dtype, dtype === "bool" ? false : 0, shape);

const int32 = (values: readonly number[]): Literal =>
  literal("int32", [values.length], Int32Array.from(values));

/** Collectives over the batch at hand. */
export const overBatch: CollectiveRules = {
  "fluxion.psum": psum,
  "fluxion.pmax": extremum("maximum"),
  "fluxion.pmin": extremum("minimum"),
  "fluxion.axis_index": axisIndex,
  "fluxion.all_gather": allGather,
  "fluxion.all_to_all": allToAll,
  "fluxion.ppermute": ppermute,
};

/** The same call on the batched operand; `at` says where the result has the batch. */
const along =
  (before: (axis: number) => number, after: (axis: number) => number): CustomCallRule =>
  (c, op, [x]) => {
    const from = before(x.axis ?? 0);
    const at = after(from);
    const type = batchedType(op.results[0].type, at, c.size);
    return one(c.b.one("custom_call", [c.at(x, from)], op.attributes, { types: [type] }), at);
  };

const stays = (axis: number): number => axis;
const elementwise = along(stays, stays);

/** Collectives over another axis. */
export const overOther: CollectiveRules = {
  "fluxion.psum": elementwise,
  "fluxion.pmax": elementwise,
  "fluxion.pmin": elementwise,
  "fluxion.axis_index": (_, op) => op.results.map(unbatched),
  "fluxion.all_gather": along(stays, (axis) => axis + 1),
  // The first dimension is the one that is exchanged.
  "fluxion.all_to_all": along((axis) => Math.max(axis, 1), stays),
  "fluxion.ppermute": elementwise,
};
