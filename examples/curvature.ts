/**
 * The curvature of a function without its Hessian matrix. A Hessian of n parameters has n² elements; what a Hessian does to a vector
 * v costs about two gradients: differentiate the gradient along v, forward over reverse.
 */
import { grad, hessian, jit, jnp, jvp, lax, type NDArray } from "fluxion";

/** Rosenbrock's valley: steep walls, a floor that falls slowly along a curve to the minimum 0 at (1, …, 1). */
const rosenbrock = (x: NDArray): NDArray => {
  const [before, after] = [x.get(":-1"), x.get("1:")];
  const walls = after.sub(jnp.square(before)).mul(10);
  const floor = before.sub(1);
  return jnp.square(walls).add(jnp.square(floor)).sum();
};

/** H(x)·v. */
const hessianTimes = (f: (x: NDArray) => NDArray, x: NDArray, v: NDArray): NDArray =>
  jvp(grad(f), [x], [v])[1];

const x = jnp.array([-1.2, 1, 0.5]);
const v = jnp.array([1, 0, -1], "float32");
console.log(`gradient:\n${grad(rosenbrock)(x)}`);
console.log(`Hessian:\n${hessian(rosenbrock)(x)}`);
console.log(`Hessian · v, by the matrix:\n${hessian(rosenbrock)(x).matmul(v)}`);
console.log(`Hessian · v, without it:\n${hessianTimes(rosenbrock, x, v)}`);

// Multiplying by the Hessian again and again leaves the direction of the strongest curvature, the largest eigenvalue. At the minimum
// it is below 1802, and the nearer the more dimensions there are; this Hessian would have 10¹⁰ elements.
const n = 100_000;
const strongest = jit((at: NDArray) => {
  const turn = (_: NDArray, direction: NDArray): NDArray => {
    const next = hessianTimes(rosenbrock, at, direction);
    return next.div(jnp.linalg.norm(next));
  };
  const direction = lax.foriLoop(0, 500, turn, jnp.cos(jnp.arange(n)));
  return direction.dot(hessianTimes(rosenbrock, at, direction));
});
console.log(`strongest curvature, ${n} dimensions: ${Number(strongest(jnp.ones([n]))).toFixed(0)}`);
