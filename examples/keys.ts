/** Random numbers: a key is a value; the same key draws the same numbers, so split it for new ones. */
import { jit, jnp, random } from "fluxion";

const key = random.PRNGKey(1234);
console.log(`key: ${key}`);
console.log(
  `normal(key) twice: ${Number(random.normal(key)).toFixed(4)} ${Number(random.normal(key)).toFixed(4)}`,
);

// Two keys out of one. The old one is not to be used again.
console.log(`split(key): ${random.split(key)}`);

// Three independent samples.
for (const subkey of random.split(key, 3)) {
  const draw = [...random.normal(subkey, [3]).dataSync()];
  console.log(draw.map((v) => Number(v).toFixed(4)).join(" "));
}

// In a loop, foldIn makes a key of a key and a number.
console.log(`foldIn: ${random.foldIn(random.PRNGKey(0), 1)}`);

// Whole numbers are bit for bit those of JAX.
console.log(`bits: ${random.bits(random.PRNGKey(0), [4])}`);
console.log(`randint: ${random.randint(random.PRNGKey(0), [5], 0, 10)}`);

// jit changes nothing, since there is no hidden state.
const draw = jit((k: typeof key) => random.uniform(k, [4]));
console.log(`jitted as eager: ${jnp.arrayEqual(draw(key), random.uniform(key, [4])).item()}`);
