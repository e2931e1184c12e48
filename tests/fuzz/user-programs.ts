/** Random functions of two vectors over the public API, and random stacks of its transforms, each again such a function. */

import { checkpoint, grad, jit, jnp, jvp, lax, linearize, type NDArray, vjp, vmap } from "fluxion";
import type { Random } from "./random.ts";

export type Vector = NDArray;
/** (x, y) → z, all of the same length. */
export type VectorFunction = (x: Vector, y: Vector) => Vector;

export interface UserProgram {
  readonly f: VectorFunction;
  /** Whether every loop has a static length, so that reverse mode exists. */
  readonly reversible: boolean;
  readonly names: readonly string[];
}

const LENGTH = 3;

const uniform = (random: Random, count: number, reach: number): Float64Array =>
  Float64Array.from({ length: count }, () => random.between(-reach, reach));

export const randomVector = (random: Random): Vector => jnp.array(uniform(random, LENGTH, 1));

/** A vector that is made where it is used, on the device of that time. */
function constantVector(random: Random): () => Vector {
  const data = uniform(random, LENGTH, 1);
  return () => jnp.array(data);
}

type Step = (random: Random, inner: VectorFunction) => VectorFunction;

/** Each step is a function that uses `inner`, which is bounded; the bounds stay about the same. */
const steps: Readonly<Record<string, Step>> = {
  sine: (_, f) => (x, y) => jnp.sin(f(x, y)).add(x.mul(0.5)),
  tanh: (_, f) => (x, y) => jnp.tanh(f(y, x).mul(y)),
  quotient: (_, f) => (x, y) => f(x, y).div(y.mul(y).add(1)),
  matmul: (random, f) => {
    const w = uniform(random, LENGTH * LENGTH, 0.5);
    return (x, y) => jnp.matmul(jnp.array(w).reshape(LENGTH, LENGTH), f(x, y));
  },
  reduce: (_, f) => (x, y) => f(x, y).sub(jnp.mean(f(x, y))),
  sort: (_, f) => (x, y) => jnp.sort(f(x, y)).mul(jnp.cumsum(y)),
  softmax: (_, f) => (x, y) => jnp.exp(x.sub(jnp.max(x))).mul(f(x, y)),
  scan: (_, f) => (x, y) =>
    lax.scan(
      (c: Vector, z: Vector) => {
        const next = jnp.sin(f(c, y)).add(z.mul(0.5));
        return [next, next.mul(c)];
      },
      x,
      jnp.stack([x, y]),
    )[0] as Vector,
  stacked: (_, f) => (x, y) =>
    jnp.sum(
      lax.scan((c: Vector, z: Vector) => [c.mul(0.5), f(z, c)], y, jnp.stack([y, x]), { reverse: true })[1],
      0,
    ),
  loop: (_, f) => (x, y) => lax.foriLoop(0, 3, (i: NDArray, c: Vector) => jnp.tanh(f(c, y).add(i)), x),
  cond: (_, f) => (x, y) =>
    lax.cond(
      jnp.sum(x).gt(0.1),
      (a: Vector, b: Vector) => f(a, b),
      (a: Vector, b: Vector) => jnp.sin(a).mul(b),
      x,
      y,
    ) as Vector,
  switch: (random, f) => {
    const index = random.int(0, 2);
    return (x, y) =>
      lax.switch(
        jnp.asarray(index),
        [f, (a: Vector, b: Vector) => a.mul(b), (a: Vector) => jnp.cos(a)],
        x,
        y,
      ) as Vector;
  },
  jit: (_, f) => {
    const g = jit(f);
    return (x, y) => g(x, y).add(g(y, x).mul(0.25));
  },
  checkpoint: (_, f) => {
    const g = checkpoint(f) as VectorFunction;
    return (x, y) => g(x, jnp.sin(y));
  },
  vmap: (_, f) => (x, y) =>
    jnp.sum((vmap(f, { inAxes: [0, null] }) as VectorFunction)(jnp.stack([x, y]), x), 0),
};

/** A loop whose length depends on its values. */
const whileLoop: Step = (_, f) => (x, y) =>
  lax.whileLoop(
    ([n]: [NDArray, Vector]) => jnp.abs(n).lt(2),
    ([n, c]: [NDArray, Vector]): [NDArray, Vector] => [n.mul(1.5).add(0.7), jnp.sin(f(c, y))],
    [jnp.abs(jnp.sum(y)), x] as [NDArray, Vector],
  )[1];

export function userProgram(random: Random): UserProgram {
  let f: VectorFunction = (x, y) => x.mul(y).add(x);
  const names: string[] = [];
  for (let i = random.int(1, 4); i > 0; i--) {
    const name = random.pick(Object.keys(steps));
    f = steps[name](random, f);
    names.push(name);
  }
  const reversible = random.chance(0.85);
  return reversible
    ? { f, reversible, names }
    : { f: whileLoop(random, f), reversible, names: [...names, "while"] };
}

const forwards: Readonly<Record<string, Step>> = {
  jit: (_, f) => jit(f) as VectorFunction,
  jvp: (random, f) => {
    const [s, t] = [constantVector(random), constantVector(random)];
    return (x, y) => jvp(f, [x, y], [s(), t()])[1] as Vector;
  },
  linearize: (random, f) => {
    const [s, t] = [constantVector(random), constantVector(random)];
    return (x, y) => linearize(f, x, y)[1](s(), t()) as Vector;
  },
  vmap: (_, f) => (x, y) => jnp.sum((vmap(f) as VectorFunction)(jnp.stack([x, y]), jnp.stack([y, x])), 0),
  checkpoint: (_, f) => checkpoint(f) as VectorFunction,
};
const backwards: Readonly<Record<string, Step>> = {
  vjp: (random, f) => {
    const ct = constantVector(random);
    const which = random.int(0, 1);
    return (x, y) => vjp(f, x, y)[1](ct())[which] as Vector;
  },
  grad: (_, f) => (x, y) => grad((a: Vector) => jnp.sum(jnp.sin(f(a, y))))(x) as Vector,
};

/** Some transforms on top of each other. */
export function userStack(random: Random, program: UserProgram, depth: number): UserProgram {
  const choices = program.reversible ? { ...forwards, ...backwards } : forwards;
  let { f } = program;
  const names = [...program.names];
  for (let level = 0; level < depth; level++) {
    const name = random.pick(Object.keys(choices));
    f = choices[name](random, f);
    names.push(`> ${name}`);
  }
  return { ...program, f, names };
}
