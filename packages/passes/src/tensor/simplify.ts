/**
 * simplify: algebraic identities that hold for every IEEE value, and index-map ops that cancel or merge.
 *
 * Only exact rules: x·1, x − 0, x / 1, x + (−0); for integers also x + 0, x·0. No reassociation, no x·0 or x − x for
 * floats (NaN, infinities and signed zeros would change).
 *
 *     %1 = stablehlo.transpose %0, dims = [1, 0]
 *     %2 = stablehlo.transpose %1, dims = [1, 0]     →  %0
 */

import {
  type Builder,
  dtypeTable,
  isComplex,
  type Module,
  type Opcode,
  type Operation,
  type OperationOf,
  sameShape,
  sameType,
  type Value,
} from "@fluxion/ir";
import { Definitions, isExact } from "./facts.ts";
import { flippedProduct, productsForTransposes } from "./flip-product.ts";
import { type Rewriter, rewriteModule } from "./rewrite.ts";

interface Context {
  readonly operands: readonly Value[];
  readonly definitions: Definitions;
  /** Products (of the module before the pass) that one transpose uses and nothing else. */
  readonly flippable: ReadonlySet<Value>;
  readonly b: Builder;
}

/** Returns what replaces the single result, or nothing. */
type Rule<K extends Opcode> = (op: OperationOf<K>, context: Context) => Value | undefined;
type Rules = { readonly [K in Opcode]?: Rule<K> };

const isNumber = (definitions: Definitions, value: Value, wanted: number): boolean => {
  const found = definitions.splatNumber(value);
  return found !== undefined && Number(found) === wanted;
};

/** Identity operand of a binary op on one side: the other operand is the result. */
const dropIdentity =
  (identity: (dtype: Value["type"]["dtype"]) => number | undefined, sides: readonly (0 | 1)[]) =>
  (_: unknown, { operands, definitions }: Context): Value | undefined => {
    const wanted = identity(operands[0].type.dtype);
    for (const side of wanted === undefined ? [] : sides) {
      const found = definitions.splatNumber(operands[side]);
      if (
        found !== undefined &&
        (typeof found === "bigint" ? Number(found) === wanted : Object.is(found, wanted))
      ) {
        return operands[1 - side];
      }
    }
    return undefined;
  };

const zeroForAdd = (dtype: Value["type"]["dtype"]): number | undefined =>
  isComplex(dtype) || dtype === "bool" ? undefined : isExact(dtype) ? 0 : -0;
const one = (dtype: Value["type"]["dtype"]): number | undefined =>
  isComplex(dtype) || dtype === "bool" ? undefined : 1;

const rules: Rules = {
  add: dropIdentity(zeroForAdd, [0, 1]),
  subtract: dropIdentity((dtype) => (isComplex(dtype) ? undefined : 0), [1]),
  multiply: dropIdentity(one, [0, 1]),
  divide: (op, context) => dropIdentity(one, [1])(op, context) ?? divideByPowerOfTwo(context),
  power: (_, { operands: [x, y], definitions, b }) => {
    if (isComplex(x.type.dtype) || isExact(x.type.dtype)) return undefined;
    if (isNumber(definitions, y, 1)) return x;
    return isNumber(definitions, y, 2) ? b.op("multiply", x, x) : undefined;
  },
  negate: (_, { operands: [x], definitions }) => definitions.as(x, "negate")?.operands[0],
  not: (_, { operands: [x], definitions }) => definitions.as(x, "not")?.operands[0],
  "chlo.conj": (_, { operands: [x] }) => (isComplex(x.type.dtype) ? undefined : x),
  "chlo.square": (_, { operands: [x], b }) => b.op("multiply", x, x),
  real: (_, { operands: [x], definitions }) =>
    isComplex(x.type.dtype) ? definitions.as(x, "complex")?.operands[0] : x,
  imag: (_, { operands: [x], definitions }) => definitions.as(x, "complex")?.operands[1],
  convert: (op, { operands: [x] }) => (op.results[0].type.dtype === x.type.dtype ? x : undefined),
  bitcast_convert: (op, { operands: [x] }) => (sameType(op.results[0].type, x.type) ? x : undefined),
  select: (_, { operands: [pred, a, c], definitions }) => {
    if (a === c) return a;
    const known = definitions.splatNumber(pred);
    return known === undefined ? undefined : known ? a : c;
  },
  reshape: (op, { operands: [x], definitions, b }) => {
    const { shape } = op.results[0].type;
    if (sameShape(shape, x.type.shape)) return x;
    const inner = definitions.as(x, "reshape");
    return inner ? b.reshape(inner.operands[0], shape) : undefined;
  },
  broadcast_in_dim: (op, { operands: [x], definitions, b }) => {
    const { shape } = op.results[0].type;
    if (sameShape(shape, x.type.shape) && op.attributes.broadcast_dimensions.every((d, i) => d === i))
      return x;
    const inner = definitions.as(x, "broadcast_in_dim");
    if (inner === undefined) return undefined;
    const dims = inner.attributes.broadcast_dimensions.map((d) => op.attributes.broadcast_dimensions[d]);
    return b.broadcast(inner.operands[0], shape, dims);
  },
  transpose: (op, { operands: [x], definitions, flippable, b }) => {
    const { permutation } = op.attributes;
    if (permutation.every((axis, i) => axis === i)) return x;
    const product = flippable.has(op.operands[0]) ? definitions.as(x, "dot_general") : undefined;
    const flipped = product && flippedProduct(product, permutation, b);
    if (flipped !== undefined) return flipped;
    const inner = definitions.as(x, "transpose");
    if (inner === undefined) return undefined;
    const merged = permutation.map((axis) => inner.attributes.permutation[axis]);
    if (merged.every((axis, i) => axis === i)) return inner.operands[0];
    return b.one("transpose", [inner.operands[0]], { permutation: merged });
  },
  slice: (op, { operands: [x] }) => (sameShape(op.results[0].type.shape, x.type.shape) ? x : undefined),
  reverse: (op, { operands: [x] }) =>
    op.attributes.dimensions.every((axis) => x.type.shape[axis] === 1) ? x : undefined,
  concatenate: (_, { operands }) => {
    const kept = operands.filter(({ type }) => !type.shape.includes(0));
    return kept.length === 1 ? kept[0] : undefined;
  },
};

/** x / 2^k = x · 2^−k exactly, where 2^−k is a normal number of the dtype. */
function divideByPowerOfTwo({ operands: [x, y], definitions, b }: Context): Value | undefined {
  const { dtype } = x.type;
  if (dtypeTable[dtype].kind !== "float") return undefined;
  const divisor = definitions.splatNumber(y);
  if (typeof divisor !== "number" || divisor === 0 || !Number.isFinite(divisor)) return undefined;
  const exponent = Math.log2(Math.abs(divisor));
  const limit = dtype === "float16" ? 14 : dtype === "float64" ? 1022 : 126;
  if (!Number.isInteger(exponent) || Math.abs(exponent) > limit) return undefined;
  return b.op("multiply", x, b.scalar(dtype, 1 / divisor, y.type.shape));
}

export function simplify(module: Module): Module {
  const definitions = new Definitions();
  const flippable = productsForTransposes(module);
  const makeRewriter = (): Rewriter => ({
    operation(op: Operation, operands, b) {
      const before = b.operations.length;
      const rule = rules[op.opcode] as Rule<Opcode> | undefined;
      const simpler = rule?.(op as never, { operands, definitions, flippable, b });
      const results = simpler ? [simpler] : b.copy(op, operands, op.regions);
      definitions.record(b.operations, before);
      return results;
    },
  });
  return rewriteModule(module, makeRewriter);
}
