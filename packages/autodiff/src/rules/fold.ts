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

export { range };
