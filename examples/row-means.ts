/** Subtracting row means: the mistake that broadcasting hides when a matrix is square, and its cure. */
import { jnp } from "fluxion";

const x = jnp.arange(9, { dtype: "float32" }).reshape(3, 3);
const means = x.mean(1);
console.log(`row means: ${means}`);

// The means have shape (3,), which lines up with the columns. On a square matrix nothing complains,
// but each column lost the mean of some row: the rows are not centred.
const wrong = x.sub(means);
console.log(`wrong, row means afterwards: ${wrong.mean(1)}`);

// keepdims leaves the reduced axis in place, with size 1: (3, 1) stretches along the rows.
const right = x.sub(x.mean(1, { keepdims: true }));
console.log(`right, row means afterwards: ${right.mean(1)}`);

// Adding the axis afterwards is the same.
console.log(`same: ${jnp.arrayEqual(right, x.sub(means.get(":", null))).item()}`);

// Had the matrix not been square, the mistake would have been an error.
const shape: number[] = [3, 2];
const tall = jnp.ones(shape);
try {
  tall.sub(tall.mean(1));
} catch (error) {
  console.log((error as Error).message.split("\n  at ")[0]);
}
