/** Loads the code generator, jits SELU and a matrix product, and reports what came out and in what memory. */
import { debug, devices, init, jit, jnp, type NDArray } from "fluxion";

export interface ComputeReport {
  /** What a computation before `init()` said. */
  readonly early: string;
  readonly selu: number[];
  readonly product: number[];
  readonly shared: boolean;
  readonly threads: number;
  readonly liveBytes: number;
}

const selu = (x: NDArray): NDArray =>
  jnp.where(x.gt(0), x, jnp.exp(x).sub(1).mul(1.6732632423543772)).mul(1.0507009873554805);

function failure(run: () => unknown): string {
  try {
    run();
    return "no error";
  } catch (error) {
    return String(error);
  }
}

/** The first device has a runtime when it is the CPU's. */
interface WithRuntime {
  readonly runtime: { readonly memory: { readonly wasm: WebAssembly.Memory }; readonly threads: number };
}

/** @param rows elements are `[rows, inner]` times `[inner, columns]`, row-major */
export async function run(
  x: number[],
  lhs: number[],
  rhs: number[],
  [rows, inner, columns]: [number, number, number],
): Promise<ComputeReport> {
  const early = failure(() => jit(selu)(jnp.array(x)));
  await init();
  await init(); // harmless when repeated
  const activated = jit(selu)(jnp.array(x));
  const product = jit((a: NDArray, b: NDArray) => jnp.matmul(a, b))(
    jnp.array(lhs).reshape([rows, inner]),
    jnp.array(rhs).reshape([inner, columns]),
  );
  const { runtime } = devices("cpu")[0] as unknown as WithRuntime;
  const buffer: ArrayBufferLike = runtime.memory.wasm.buffer;
  return {
    early,
    selu: Array.from((await activated.data()) as Float32Array),
    product: Array.from((await product.data()) as Float32Array),
    shared: !(buffer instanceof ArrayBuffer),
    threads: runtime.threads,
    liveBytes: debug.memory().liveBytes,
  };
}
