/** Broadcasting: how arrays of different shapes meet, and what the error says when they cannot. */
import { jnp } from "fluxion";

// Shapes are compared from the right. Two sizes fit if they are equal or one of them is 1; a missing axis counts as 1.
const pairs: [number[], number[]][] = [
  [[3], []],
  [[2, 3], [3]],
  [
    [2, 1],
    [1, 3],
  ],
  [
    [8, 1, 6, 1],
    [7, 1, 5],
  ],
];
for (const [a, b] of pairs) {
  const sum = jnp.ones(a).add(jnp.ones(b));
  console.log(`(${a}) + (${b}) -> (${sum.shape})`);
}

// Stretching an axis of size 1 repeats its values: this table needs no loop.
const rows = jnp.arange(4).reshape(4, 1).mul(10);
const columns = jnp.arange(3);
console.log(String(rows.add(columns)));

// Anything else is an error, with both shapes aligned as the rule reads them. With literal shapes TypeScript finds
// it before the program runs; the shapes below are known only at run time.
const ones = (shape: number[]) => jnp.ones(shape);
function show(attempt: () => unknown): void {
  try {
    attempt();
    console.log("no error");
  } catch (error) {
    // The last line of the message is the place in this file.
    console.log((error as Error).message.split("\n  at ")[0]);
  }
}
show(() => ones([3]).add(ones([2])));
show(() => ones([2, 3]).add(ones([2])));

// The cure that the message offers: give the shorter array its second axis.
console.log(String(ones([2, 3]).add(jnp.arange(2).reshape(2, 1))));
