/** Derivatives of the functions of `nn`, `scipy.special` and some of `jnp`, in their corners too, against JAX's. */

import { readFileSync } from "node:fs";
import { config, grad, jnp, type NDArray, nn, scipy } from "@fluxion/tracer";
import { expect, test } from "vitest";

config.defaultDevice = "interpreter";
config.enableX64 = true;

type Element = number | string;
interface Golden {
  readonly args: readonly (readonly Element[])[];
  readonly gradients: readonly (readonly Element[])[];
  readonly second: readonly Element[];
}
const goldens: Readonly<Record<string, Golden>> = JSON.parse(
  readFileSync(new URL("../goldens/function_derivatives.json", import.meta.url), "utf8"),
);

type ArrayFunction = (...xs: NDArray[]) => NDArray;
const { special } = scipy;
const weights = jnp.array([1, 2, -3, 0.5], "float64");
const mask = jnp.array([true, false, true, true]);
const weighted =
  (f: ArrayFunction): ArrayFunction =>
  (x) =>
    f(x).mul(weights);
const logsumexp: ArrayFunction = (x) => nn.logsumexp(x) as NDArray;
const derivative =
  (f: ArrayFunction): ArrayFunction =>
  (x) =>
    grad((y: NDArray) => f(y).sum())(x);

/** What goes under another name than JAX's, or takes more than arrays. */
const others: Readonly<Record<string, ArrayFunction>> = {
  "gelu exact": (x) => nn.gelu(x, { approximate: false }),
  softmax: weighted(nn.softmax),
  "softmax where": weighted((x) => nn.softmax(x, { where: mask })),
  log_softmax: weighted(nn.logSoftmax),
  logsumexp,
  "logsumexp -inf": logsumexp,
  standardize: weighted(nn.standardize),
  "sinc''": derivative(derivative(jnp.sinc as ArrayFunction)),
  frexp: (x) => jnp.frexp(x)[0],
};

const functionOf = (name: string): ArrayFunction => {
  const found = others[name] ?? [nn, special, jnp].map((space) => Reflect.get(space, name)).find(Boolean);
  if (found === undefined) throw new Error(`no function ${name}`);
  return found;
};

/** Two evaluations of a formula differ by some roundings of its terms, which may be larger than the result. */
function expectClose(got: NDArray, expected: readonly Element[]): void {
  const numbers = got.ravel().toArraySync() as number[];
  expect(numbers).toHaveLength(expected.length);
  numbers.forEach((value, i) => {
    const want = Number(String(expected[i]).replace("inf", "Infinity"));
    if (!Number.isFinite(want)) expect(value).toBe(want);
    else expect(Math.abs(value - want)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(want)));
  });
}

test.each(Object.keys(goldens))("%s", (name) => {
  const { args, gradients, second } = goldens[name];
  const f = functionOf(name);
  const points = args.map((list) =>
    jnp.array(
      list.map((v) => Number(String(v).replace("inf", "Infinity"))),
      "float64",
    ),
  );
  const total = (...xs: NDArray[]): NDArray => f(...xs).sum();
  const first = grad(total, { argnums: args.map((_, i) => i) })(...points) as NDArray[];
  first.forEach((gradient, i) => {
    expectClose(gradient, gradients[i]);
  });
  expectClose(grad((...xs: NDArray[]) => grad(total)(...xs).sum())(...points), second);
});
