/** Random stacks of transforms over a random program, with arguments for what they give. */

import type { BatchAxis } from "@fluxion/autodiff";
import { type Func, type Literal, literal, sizeOf, type TensorType } from "@fluxion/ir";
import { Derived, hasTangent, parameterTypes, stack } from "../transforms/derived.ts";
import type { DifferentiableProgram } from "./differentiable.ts";
import type { Random } from "./random.ts";

export interface Subject {
  readonly seed: number;
  readonly derived: Derived;
  readonly func: Func;
  readonly inputs: readonly Literal[];
  /** Names of the transforms, the first one innermost. */
  readonly names: readonly string[];
}

/** Numbers in (−1, 1), both parts of complex ones. */
export function direction(random: Random, { dtype, shape }: TensorType): Literal {
  const count = sizeOf(shape) * (dtype === "complex128" ? 2 : 1);
  return literal(
    dtype,
    shape,
    Float64Array.from({ length: count }, () => random.between(-1, 1)),
  );
}

/** Some of the parameters that may move, at least one. */
export function someActive(random: Random, func: Func): boolean[] {
  const may = parameterTypes(func).map(hasTangent);
  const chosen = may.map((on) => on && random.chance(0.7));
  return chosen.some(Boolean) ? chosen : may;
}

/** Several points near one another, along random axes; arguments without a float stay shared. */
export function someBatch(
  random: Random,
  inputs: readonly Literal[],
): {
  readonly size: number;
  readonly axes: readonly BatchAxis[];
  readonly examples: readonly (readonly Literal[])[];
} {
  const size = random.int(1, 3);
  const axes = inputs.map(({ type }) =>
    hasTangent(type) && random.chance(0.7) ? random.int(0, type.shape.length) : null,
  );
  const examples = Array.from({ length: size }, () =>
    inputs.map((x, i) => (axes[i] === null ? x : nudged(random, x))),
  );
  return { size, axes, examples };
}

const nudged = (random: Random, { type, data }: Literal): Literal =>
  literal(
    type.dtype,
    type.shape,
    Float64Array.from(data as Float64Array, (x) => x + random.between(-0.0005, 0.0005)),
  );

export const stacked = (examples: readonly (readonly Literal[])[], axes: readonly BatchAxis[]): Literal[] =>
  axes.map((axis, i) =>
    axis === null
      ? examples[0][i]
      : stack(
          examples.map((example) => example[i]),
          axis,
        ),
  );

type Transform = (random: Random, subject: Subject) => Pick<Subject, "func" | "inputs">;

const policies = ["everything", "nothing", "dots"] as const;

const transforms: Readonly<Record<string, Transform>> = {
  jvp: (random, { derived, func, inputs }) => {
    const active = someActive(random, func);
    const tangents = parameterTypes(func).flatMap((type, i) => (active[i] ? [direction(random, type)] : []));
    return { func: derived.forwardWithValues(func, active), inputs: [...inputs, ...tangents] };
  },
  linearize: (random, { derived, func, inputs }) => {
    const active = someActive(random, func);
    const tangents = parameterTypes(func).flatMap((type, i) => (active[i] ? [direction(random, type)] : []));
    return { func: derived.linearized(func, active), inputs: [...inputs, ...tangents] };
  },
  vjp: (random, { derived, func, inputs }) => {
    const cotangents = func.resultTypes.filter(hasTangent).map((type) => direction(random, type));
    return { func: derived.reverse(func, someActive(random, func)), inputs: [...inputs, ...cotangents] };
  },
  vmap: (random, { derived, func, inputs }) => {
    const { size, axes, examples } = someBatch(random, inputs);
    return { func: derived.batched(func, size, axes).func, inputs: stacked(examples, axes) };
  },
  call: (_, { derived, func, inputs }) => ({ func: derived.called(func), inputs }),
  checkpoint: (random, { derived, func, inputs }) => ({
    func: derived.called(func, random.pick(policies)),
    inputs,
  }),
};

/** A loop whose length only running it tells has no way back; nothing else may be refused. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Error &&
  error.message.startsWith("Reverse-mode differentiation does not work for lax.while_loop");

/** The program under up to two transforms: a pure function of it and of the random numbers. */
export function randomStack(random: Random, { seed, module, main, inputs }: DifferentiableProgram): Subject {
  let subject: Subject = { seed, derived: new Derived(module), func: main, inputs, names: [] };
  const depth = random.weighted([
    [1, 0],
    [2, 1],
    [4, 2],
  ]);
  for (let level = 0; level < depth; level++) {
    const name = random.pick(Object.keys(transforms));
    try {
      const next = transforms[name](random, subject);
      subject = { ...subject, ...next, names: [...subject.names, name] };
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  }
  return subject;
}
