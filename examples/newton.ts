/**
 * Newton's method: go to where the tangent is zero, again and again, until the steps are small. How many steps that takes depends on
 * values, so under jit the loop has to be `lax.whileLoop`, which runs inside of the compiled program.
 */
import { customJvp, grad, jit, jnp, lax, type NDArray, vmap } from "fluxion";

interface Iterate {
  readonly x: NDArray;
  readonly step: NDArray;
  readonly count: NDArray;
}

/** A root of `f` near `start`, and the number of steps to it. */
function newton(f: (x: NDArray) => NDArray, start: NDArray): { x: NDArray; count: NDArray } {
  const goesOn = ({ x, step, count }: Iterate): NDArray =>
    jnp.abs(step).gt(jnp.abs(x).mul(1e-6)).and(count.lt(50));
  const follow = ({ x, count }: Iterate): Iterate => {
    const step = f(x).div(grad(f)(x)).neg();
    return { x: x.add(step), step, count: count.add(1) };
  };
  return lax.whileLoop(goesOn, follow, { x: start, step: jnp.array(jnp.inf), count: jnp.array(0) });
}

const squareRoot = jit((y: NDArray) => newton((x) => x.mul(x).sub(y), y));
for (const y of [2, 9, 1e6]) {
  const { x, count } = squareRoot(jnp.array(y, "float32"));
  console.log(`√${y} = ${x.item()}, ${count.item()} steps`);
}

// Kepler's equation, E − e·sin E = M, gives the place E of a planet on its orbit at the time M. vmap solves it for many times at
// once; the loop runs until the last of them is done, and each keeps its own number of steps.
const kepler = jit(vmap((M: NDArray) => newton((E) => E.sub(jnp.sin(E).mul(0.9)).sub(M), M)));
const times = jnp.linspace(0.5, 3, 6);
const { x: places, count } = kepler(times);
console.log(`E:     ${jnp.round(places, 3)}`);
console.log(`steps: ${count}`);
console.log(`solved: ${jnp.allclose(places.sub(jnp.sin(places).mul(0.9)), times, { atol: 1e-5 }).item()}`);

// Reverse mode would have to go back through the steps, and does not know how many there are.
const root = (y: NDArray): NDArray => squareRoot(y).x;
try {
  grad(root)(jnp.array(2, "float32"));
} catch (error) {
  console.log(`${(error as Error).name}: ${(error as Error).message.split(". ")[0]}.`);
}
// It does not have to: x² = y says 2x·dx = dy, however x was found.
const ruled = customJvp(root);
ruled.defjvps((dy: NDArray, x: NDArray) => dy.div(x.mul(2)));
console.log(
  `d√y/dy at 2: ${Number(grad(ruled)(jnp.array(2, "float32"))).toFixed(4)}, 1 / (2√2) = ${(0.5 / Math.SQRT2).toFixed(4)}`,
);
