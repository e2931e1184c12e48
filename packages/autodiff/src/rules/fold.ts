/** Folds in general: what a reduction body is, and reductions written out as elementwise ops on arrays. */

import {
  type Block,
  type Builder,
  isElementwise,
  type Operation,
  returned,
  type Shape,
  sameShape,
  type Value,
} from "@fluxion/ir";
import { noRule } from "../errors.ts";
import { compare, zeroScalar } from "./math.ts";

/** What a body does with accumulator and element: one known op, or the element alone. */
export type BodyKind = "add" | "maximum" | "minimum" | "other";

export function bodyKind({ arguments: args, operations }: Block): BodyKind {
  const [first, last] = operations;
  if (args.length !== 2 || operations.length !== 2 || last.operands[0] !== first.results[0]) return "other";
  const { opcode, operands } = first;
  if (!args.every((arg) => operands.includes(arg))) return "other";
  return opcode === "add" || opcode === "maximum" || opcode === "minimum" ? opcode : "other";
}

/** Applies a body of scalars to arrays, element by element. */
export function lift(b: Builder, owner: Operation, body: Block, args: readonly Value[]): readonly Value[] {
  const { shape } = args[0].type;
  const map = new Map<Value, Value>(body.arguments.map((arg, i) => [arg, args[i]]));
  const over = (value: Value): Value => {
    const array = map.get(value) ?? value;
    return sameShape(array.type.shape, shape) ? array : b.broadcast(array, shape, []);
  };
  for (const op of body.operations) {
    if (op.opcode === "return") continue;
    if (op.opcode === "constant") {
      map.set(op.results[0], b.copy(op, [])[0]);
    } else if (isElementwise(op.opcode)) {
      const types = op.results.map(({ type: { dtype } }) => ({ dtype, shape }));
      const results = b.emit(op.opcode, op.operands.map(over), op.attributes as never, { types });
      op.results.forEach((result, i) => {
        map.set(result, results[i]);
      });
    } else {
      throw noRule("Differentiation", owner, `its body holds ${op.opcode}, which is not elementwise`);
    }
  }
  return returned(body).map(over);
}

export type Combine = (left: readonly Value[], right: readonly Value[]) => readonly Value[];

const range = (b: Builder, x: Value, axis: number, from: number, to: number, step = 1): Value => {
  const at = (shape: Shape, n: number): number[] => shape.map((size, i) => (i === axis ? n : size));
  return b.one("slice", [x], {
    start_indices: at(
      x.type.shape.map(() => 0),
      from,
    ),
    limit_indices: at(x.type.shape, to),
    strides: at(
      x.type.shape.map(() => 1),
      step,
    ),
  });
};

/** Folds the first dimension to size one, halving it as often as it takes. */
export function foldFirst(b: Builder, arrays: readonly Value[], combine: Combine): readonly Value[] {
  let current = arrays;
  for (let size = current[0].type.shape[0]; size > 1; size = current[0].type.shape[0]) {
    const half = size >> 1;
    const part = (from: number, to: number): Value[] => current.map((x) => range(b, x, 0, from, to));
    const joined = combine(part(0, half), part(half, 2 * half));
    const rest = size % 2 === 1 ? part(size - 1, size) : undefined;
    current = rest ? joined.map((x, i) => b.one("concatenate", [x, rest[i]], { dimension: 0 })) : joined;
  }
  return current;
}

/**
 * Folds windows of `size` elements, `dilation` apart, along an axis by doubling: the fold of 2m elements from i is that
 * of m from i joined with that of m from i + m.
 */
export function foldWindows(
  b: Builder,
  arrays: readonly Value[],
  window: { readonly axis: number; readonly size: number; readonly dilation: number; readonly count: number },
  combine: Combine,
): readonly Value[] {
  const { axis, size, dilation, count } = window;
  const from = (list: readonly Value[], start: number, length: number): Value[] =>
    list.map((x) => range(b, x, axis, start, start + length));
  let block = arrays;
  let done: readonly Value[] | undefined;
  let offset = 0;
  for (let width = 1; width <= size; width *= 2) {
    if (size & width) {
      const part = from(block, offset * dilation, count);
      done = done ? combine(done, part) : part;
      offset += width;
    }
    if (width * 2 > size) break;
    const length = block[0].type.shape[axis] - width * dilation;
    block = combine(from(block, 0, length), from(block, width * dilation, length));
  }
  return done ?? arrays;
}

/**
 * Running folds along an axis: element i of the result is the fold of elements 0 … i. Pairs are folded first and scanned in
 * their turn, so the tree of each fold (which decides how ties share) is that of JAX's associative scan.
 */
export function runningFold(
  b: Builder,
  arrays: readonly Value[],
  axis: number,
  combine: Combine,
): readonly Value[] {
  const size = arrays[0].type.shape[axis];
  if (size < 2) return arrays;
  const part = (list: readonly Value[], from: number, to: number, step = 1): Value[] =>
    list.map((x) => range(b, x, axis, from, to, step));
  const pairs = combine(part(arrays, 0, size - 1, 2), part(arrays, 1, size, 2));
  const odd = runningFold(b, pairs, axis, combine);
  const heads = part(arrays, 0, 1);
  if (size === 2) return join(b, axis, heads, odd);
  const later = part(arrays, 2, size, 2);
  const before = size % 2 === 0 ? part(odd, 0, odd[0].type.shape[axis] - 1) : odd;
  const even = join(b, axis, heads, combine(before, later));
  return even.map((x, i) => interleave(b, x, odd[i], axis));
}

const join = (b: Builder, axis: number, heads: readonly Value[], tails: readonly Value[]): Value[] =>
  heads.map((head, i) => b.one("concatenate", [head, tails[i]], { dimension: axis }));

/** Elements of x and y in turn; x has as many as y or one more. */
function interleave(b: Builder, x: Value, y: Value, axis: number): Value {
  const size = x.type.shape[axis] + y.type.shape[axis];
  const spreadOut = (value: Value, low: number): Value => {
    const at = (n: number): number[] => value.type.shape.map((_, i) => (i === axis ? n : 0));
    const high = size - low - (2 * value.type.shape[axis] - 1);
    return b.one("pad", [value, zeroScalar(b, value.type.dtype)], {
      edge_padding_low: at(low),
      edge_padding_high: at(high),
      interior_padding: at(1),
    });
  };
  const even = spreadOut(x, 0);
  const { shape } = even.type;
  const index = b.one("iota", [], { iota_dimension: axis }, { types: [{ dtype: "int32", shape }] });
  const parity = b.op("and", index, b.scalar("int32", 1, shape));
  const isEven = compare(b, "EQ", parity, b.scalar("int32", 0, shape));
  return b.op("select", isEven, even, spreadOut(y, 1));
}

export { range };
