/** What jit refuses and why: while it traces, arrays have a shape and a dtype but no values. */
import { jit, jnp, type NDArray } from "fluxion";

function show(title: string, attempt: () => unknown): void {
  try {
    console.log(`${title}: ${attempt()}`);
  } catch (error) {
    // The rest of the message names the line, the argument that the value depends on, and the cures.
    const { name, message } = error as Error;
    console.log(`${title}: ${name}: ${message.split("\n")[0]}`);
  }
}
const x = jnp.array([1, -2, 3], "float32");

// A branch on a value. There is no value yet, so neither branch is right.
const flip = (v: NDArray): NDArray => (Number(v.sum().lt(0)) ? v.neg() : v);
show("branch", () => jit(flip)(x));
// Cure: compute both and choose.
show("where", () => jit((v: NDArray) => jnp.where(v.sum().lt(0), v.neg(), v))(x));

// A shape that depends on a value: the compiled program has to know its sizes.
const ramp = (n: number): NDArray => jnp.zeros([n]).add(n);
show("shape", () => jit(ramp)(3));
// Cure: a static argument stays an ordinary number; every new one compiles anew.
show("static", () => jit(ramp, { staticArgnums: [0] })(3));

// A selection whose size depends on values.
show("mask", () => jit((v: NDArray) => v.get(v.gt(0)))(x));
show("where", () => jit((v: NDArray) => jnp.where(v.gt(0), v, 0))(x));

// Reading a value out.
show("item", () => jit((v: NDArray) => v.sum().item())(x));
show("outside", () => jit((v: NDArray) => v.sum())(x).item());

// A traced array that escapes: it is a placeholder, which means nothing once tracing has ended.
let leaked: NDArray = x;
jit((v: NDArray) => {
  leaked = v.mul(2);
  return v;
})(x);
show("leak", () => leaked.add(1));
// Cure: return it.
show("returned", () => jit((v: NDArray) => [v, v.mul(2)] as const)(x)[1]);

// Side effects happen while tracing, so only once for each signature.
let calls = 0;
const counted = jit((v: NDArray) => {
  calls += 1;
  return v.add(1);
});
for (let i = 0; i < 3; i++) counted(x);
console.log(`side effects in 3 calls: ${calls}`);
