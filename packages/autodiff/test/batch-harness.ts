/** Batched functions on the reference interpreter, against a loop over the function of one example. */

import { type Literal, literal, sizeOf, stridesOf, type TensorType } from "@fluxion/ir";
import { type BatchAxis, type BatchOptions, batch } from "../src/index.ts";
import { distance, numbers, run, type Subject, sample } from "./harness.ts";

export const examples = 3;

const without = <T>(list: readonly T[], at: number): T[] => list.filter((_, i) => i !== at);
const withEntry = <T>(list: readonly T[], at: number, item: T): T[] => [
  ...list.slice(0, at),
  item,
  ...list.slice(at),
];

/** The type of many examples along an axis. */
export const typeOfMany = ({ dtype, shape }: TensorType, axis: BatchAxis, count = examples): TensorType => ({
  dtype,
  shape: axis === null ? shape : withEntry(shape, axis, count),
});

/** One example out of many. */
export function exampleOf(x: Literal, axis: BatchAxis, n: number): Literal {
  if (axis === null) return x;
  const { dtype, shape } = x.type;
  const inner = sizeOf(shape.slice(axis + 1));
  const block = inner * shape[axis];
  const own = without(shape, axis);
  const data = x.splat ? undefined : x.data;
  if (data === undefined) return literal(dtype, own, x.data);
  const picked = Array.from(
    { length: sizeOf(own) },
    (_, i) => data[Math.floor(i / inner) * block + n * inner + (i % inner)],
  );
  return literal(dtype, own, (data.constructor as Float64ArrayConstructor).from(picked as number[]));
}

/** Greatest difference between the batched function and the loop over examples. */
export function batchDeviation(
  { scope, func }: Subject,
  args: readonly Literal[],
  inAxes: readonly BatchAxis[],
  options: BatchOptions = {},
  count = examples,
): number {
  const batched = batch(scope, func, count, inAxes, options);
  const results = run(scope, batched.func, args);
  let worst = 0;
  for (let n = 0; n < count; n++) {
    const own = run(
      scope,
      func,
      args.map((x, i) => exampleOf(x, inAxes[i], n)),
    );
    const got = results.map((x, i) => exampleOf(x, batched.outAxes[i], n));
    got.forEach(({ type }, i) => {
      const { shape, dtype } = own[i].type;
      if (dtype !== type.dtype || shape.join() !== type.shape.join())
        throw new Error(`result ${i} is ${dtype}[${shape}], batched ${type.dtype}[${type.shape}]`);
    });
    worst = Math.max(worst, distance(got, own));
  }
  return worst;
}

/** Every choice of axes with at least one batch: each parameter has its batch nowhere or along any dimension. */
export function axisChoices(types: readonly TensorType[]): BatchAxis[][] {
  const choices = types.reduce<BatchAxis[][]>(
    (lists, { shape }) =>
      lists.flatMap((list) =>
        [null, ...Array.from({ length: shape.length + 1 }, (_, axis) => axis)].map((axis) => [...list, axis]),
      ),
    [[]],
  );
  return choices.filter((list) => list.some((axis) => axis !== null));
}

export { distance, numbers, sample, stridesOf };
