/** Prints the milliseconds of importing jax-js and of the first call of jitted SELU; see ../startup.ts. */
const begin = performance.now();
const { init, jit, numpy: np } = await import("@jax-js/jax");
const importing = performance.now() - begin;

await init("wasm");
type Array = ReturnType<typeof np.array>;
await jit((v: Array) => v.add(1))(np.zeros([8])).blockUntilReady();
const x = await np.linspace(-3, 3, 1_000_000).blockUntilReady();
const selu = jit((v: Array) => np.where(v.ref.greater(0), v.ref, np.exp(v).mul(1.67).sub(1.67)).mul(1.05));
const call = performance.now();
await selu(x).blockUntilReady();
console.log(`${importing} ${performance.now() - call}`);
process.exit(0);
