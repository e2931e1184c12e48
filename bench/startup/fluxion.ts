/** Prints the milliseconds of importing Fluxion and of the first call of jitted SELU; see ../startup.ts. */
const begin = performance.now();
const { jit, jnp } = await import("fluxion");
const importing = performance.now() - begin;

const small = jnp.zeros([8]);
jit((v: typeof small) => v.add(1))(small);
const x = jnp.asarray(Float32Array.from({ length: 1_000_000 }, (_, i) => (i - 5e5) / 2e5));
const selu = jit((v: typeof x) => jnp.where(v.gt(0), v, jnp.exp(v).mul(1.67).sub(1.67)).mul(1.05));
x.dataSync();
const call = performance.now();
selu(x);
console.log(`${importing} ${performance.now() - call}`);
process.exit(0);
