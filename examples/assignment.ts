/** Assignment: arrays never change, so x.at(...) returns a new one. */
import { jit, jnp, type NDArray } from "fluxion";

const x = jnp.zeros([3, 4]);

// One entry for each axis: a number, a range as in Python, null for a new axis.
console.log(String(x.at(0).set(1)));
console.log(String(x.at(":", 1).add(jnp.array([10, 20, 30]))));
console.log(String(x.at("1:", "::2").set(5)));
console.log(`x itself is still zero: ${x.sum().item() === 0}`);

// The value broadcasts to what the index selects, and only that way round.
function show(attempt: () => unknown): void {
  try {
    attempt();
    console.log("no error");
  } catch (error) {
    // The last line of the message is the place in this file.
    console.log((error as Error).message.split("\n  at ")[0]);
  }
}
show(() => x.at(":").set(jnp.ones([3])));

// Writing to an element is refused; the message says what to write instead.
show(() => {
  (x as unknown as Record<number, number>)[0] = 1;
});

// Out of bounds: a read clamps, a write is dropped, as in JAX.
const v = jnp.arange(3);
console.log(`read: ${v.get(10).item()}, written: ${v.at(10).set(99)}`);

// Under jit no copy need be made: the compiler sees that nobody else reads the old array.
const cumulate = jit((u: NDArray) => {
  let out = u;
  for (let i = 1; i < 4; i++) out = out.at(i).add(out.get(i - 1));
  return out;
});
console.log(String(cumulate(jnp.ones([4]))));
