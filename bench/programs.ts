/** The bench's programs with control flow or derivatives, in Fluxion. */
import { grad, jit, jnp, lax, type NDArray, nn, valueAndGrad, vmap } from "fluxion";
import type { Prepared } from "./harness/serve.ts";
import { mlp, type ProgramKind } from "./harness/workloads.ts";

type Program = (...args: NDArray[]) => NDArray;

function mlpLoss(parameters: readonly NDArray[], x: NDArray, y: NDArray): NDArray {
  let h = x;
  for (let i = 0; i < parameters.length; i += 2) {
    h = jnp.matmul(h, parameters[i]).add(parameters[i + 1]);
    if (i + 2 < parameters.length) h = nn.relu(h);
  }
  return jnp.mean(jnp.sum(nn.logSoftmax(h, -1).mul(y), -1)).neg();
}

export function mlpStep(
  parameters: readonly NDArray[],
  x: NDArray,
  y: NDArray,
): readonly [NDArray[], NDArray] {
  const [value, gradients] = valueAndGrad(mlpLoss)(parameters, x, y) as [NDArray, NDArray[]];
  return [parameters.map((p, i) => p.sub(gradients[i].mul(mlp.rate))), value];
}

export const curve = (x: NDArray): NDArray => jnp.sin(x).mul(x).add(jnp.tanh(x));

/** The derivative of `curve`, written by hand for a whole vector. */
export function curveSlope(x: NDArray): NDArray {
  const t = jnp.tanh(x);
  return jnp
    .cos(x)
    .mul(x)
    .add(jnp.sin(x))
    .add(jnp.subtract(1, t.mul(t)));
}

const programs: Record<Exclude<ProgramKind, "mlp-step">, Program> = {
  scan: (c) =>
    lax.scan((s: NDArray) => [s.mul(1.0001).add(jnp.sin(s)), null], c, null, { length: 100_000 })[0],
  fori: (c) => lax.foriLoop(0, 100_000, (_, s: NDArray) => s.mul(0.9999).add(1), c),
  rnn: (h, w, u, xs) =>
    lax.scan(
      (state: NDArray, x: NDArray) => {
        const next = jnp.tanh(jnp.matmul(state, w).add(jnp.matmul(x, u)));
        return [next, next];
      },
      h,
      xs,
    )[1],
  "vmap-grad": (x) => vmap(grad(curve))(x) as NDArray,
};

/** Each call goes on from the parameters of the one before, which it overwrites. */
function prepareMlp(args: readonly NDArray[]): Prepared<NDArray> {
  const step = jit(mlpStep, { donateArgnums: [0] });
  const [x, y] = args.slice(-2);
  // Donated: the arguments themselves stay as they are.
  let parameters: NDArray[] = args.slice(0, -2).map((p) => p.add(0));
  return {
    call: () => {
      const [next, loss] = step(parameters, x, y);
      parameters = next;
      return loss;
    },
    release: (loss) => loss.dispose(),
    read: (loss) =>
      Float32Array.from([...parameters, loss].flatMap((a) => Array.from(a.dataSync() as Float32Array))),
  };
}

/** `byHand`: with the derivative written out. */
export function prepareProgram(
  kind: ProgramKind,
  args: readonly NDArray[],
  mode: "jit" | "eager" | "hand",
): Prepared<NDArray> {
  if (kind === "mlp-step") return prepareMlp(args);
  const program = mode === "hand" ? curveSlope : programs[kind];
  const compiled = mode === "eager" ? program : (jit(program) as Program);
  return {
    call: () => compiled(...args),
    release: (result) => result.dispose(),
    read: (result) => Float32Array.from(result.dataSync() as Float32Array),
  };
}
