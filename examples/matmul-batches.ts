/** matmul's rules: vectors, matrices and stacks of matrices. */
import { jnp } from "fluxion";

// The last axis of the left side is summed against the second-to-last of the right side. A vector on the left counts
// as one row, on the right as one column, and the axis so added is dropped again. Axes before the last two are
// batches and broadcast.
const pairs: [number[], number[]][] = [
  [[3], [3]],
  [[2, 3], [3]],
  [[3], [3, 4]],
  [
    [2, 3],
    [3, 4],
  ],
  [
    [5, 2, 3],
    [5, 3, 4],
  ],
  [
    [5, 2, 3],
    [3, 4],
  ],
  [
    [7, 1, 2, 3],
    [5, 3, 4],
  ],
];
for (const [a, b] of pairs) console.log(`(${a}) @ (${b}) -> (${jnp.ones(a).matmul(jnp.ones(b)).shape})`);

// A stack of three 2 x 2 matrices times one matrix: each is multiplied.
const stack = jnp.arange(12).reshape(3, 2, 2);
const swap = jnp.array([
  [0, 1],
  [1, 0],
]);
console.log(String(stack.matmul(swap)));

// Each product of the stack is the product of its slices.
const second = stack.get(1).matmul(swap);
console.log(`slice agrees: ${jnp.arrayEqual(stack.matmul(swap).get(1), second).item()}`);

// Sizes that do not meet are an error that says which axes were to be summed.
const ones = (shape: number[]) => jnp.ones(shape);
try {
  ones([3]).matmul(ones([2]));
} catch (error) {
  console.log((error as Error).message.split("\n  at ")[0]);
}
