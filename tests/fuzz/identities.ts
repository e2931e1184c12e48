/** What has to hold of the derivatives of any function, whatever it computes. */

import { type Func, type Literal, literal, printModule } from "@fluxion/ir";
import { elements, exampleOf, hasTangent, parameterTypes } from "../transforms/derived.ts";
import type { Random } from "./random.ts";
import { direction, isRefusal, type Subject, someActive, someBatch, stacked } from "./stacks.ts";

/** What was found; `judged` and `rough` count entries of finite differences, `rough` those that no step settles. */
export interface Report {
  readonly problems: readonly string[];
  readonly judged: number;
  readonly rough: number;
}

/** Runs a function elsewhere, as compiled code. */
export type RunCompiled = (subject: Subject, func: Func, inputs: readonly Literal[]) => readonly Literal[];

const numbers = (list: readonly Literal[]): number[] => list.flatMap((x) => elements(x).map(Number));
const size = (list: readonly number[]): number => list.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
const isTame = (list: readonly Literal[]): boolean =>
  size(numbers(list)) < 1e5 && numbers(list).every(Number.isFinite);

/** Greatest difference, relative to the greatest number or 1. */
function distance(actual: readonly Literal[], expected: readonly Literal[]): number {
  const [a, e] = [numbers(actual), numbers(expected)];
  if (a.length !== e.length) return Number.POSITIVE_INFINITY;
  return a.reduce((most, x, i) => Math.max(most, x === e[i] ? 0 : Math.abs(x - e[i])), 0) / size(e);
}

/** Re Σ x·y: the pairing that transposition keeps, over ℂ without conjugation. */
function pairing(
  xs: readonly Literal[],
  ys: readonly Literal[],
): { readonly value: number; readonly scale: number } {
  let [value, scale] = [0, 1];
  xs.forEach((x, i) => {
    const [a, b] = [elements(x).map(Number), elements(ys[i]).map(Number)];
    a.forEach((p, k) => {
      value += (x.type.dtype === "complex128" && k % 2 === 1 ? -1 : 1) * p * b[k];
      scale += Math.abs(p * b[k]);
    });
  });
  return { value, scale };
}

const moved = (x: Literal, t: Literal, step: number): Literal =>
  literal(
    x.type.dtype,
    x.type.shape,
    Float64Array.from(elements(x).map(Number), (value, i) => value + step * Number(t.data[i])),
  );

const STEP = 1e-4;

/** ẏ against central differences, extrapolated from two steps; entries on which these disagree lie on a corner. */
function againstDifferences(
  { derived, func, inputs }: Subject,
  active: readonly boolean[],
  tangents: readonly Literal[],
  along: readonly Literal[],
): { readonly judged: number; readonly rough: number; readonly worst: number } {
  const at = (step: number): number[] => {
    let next = 0;
    const point = inputs.map((x, i) => (active[i] ? moved(x, tangents[next++], step) : x));
    return numbers(derived.run(func, point).filter(({ type }) => hasTangent(type)));
  };
  const slope = (step: number): number[] => {
    const [plus, minus] = [at(step), at(-step)];
    return plus.map((y, i) => (y - minus[i]) / (2 * step));
  };
  const [coarse, fine] = [slope(STEP), slope(STEP / 2)];
  const expected = numbers(along);
  const scale = Math.max(size(expected), size(at(0)));
  let [judged, rough, worst] = [0, 0, 0];
  expected.forEach((y, i) => {
    judged++;
    if (!(Math.abs(coarse[i] - fine[i]) < 1e-4 * scale)) rough++;
    else worst = Math.max(worst, Math.abs((4 * fine[i] - coarse[i]) / 3 - y) / scale);
  });
  return { judged, rough, worst };
}

/** Every identity for one more transform on top of the stack. */
export function check(random: Random, subject: Subject, runCompiled: RunCompiled): Report {
  const { derived, func, inputs, names } = subject;
  const problems: string[] = [];
  const where = `seed ${subject.seed}, ${["program", ...names].join(" > ")}`;
  const expectSmall = (what: string, value: number, bound: number, culprit: Func): void => {
    if (value <= bound) return;
    problems.push(`${where} > ${what}: off by ${value}\n${printModule(derived.moduleOf(culprit))}`);
  };
  const values = derived.run(func, inputs);
  if (!isTame(values)) return { problems, judged: 0, rough: 0 };
  expectSmall("compiled", distance(runCompiled(subject, func, inputs), values), 1e-9, func);

  const { size: count, axes, examples } = someBatch(random, inputs);
  const batched = derived.batched(func, count, axes);
  const together = derived.run(batched.func, stacked(examples, axes));
  examples.forEach((example, n) => {
    const own = together.map((x, i) => exampleOf(x, batched.outAxes[i], n));
    expectSmall("vmap against a loop", distance(own, derived.run(func, example)), 1e-9, batched.func);
  });

  const active = someActive(random, func);
  if (!active.some(Boolean)) return { problems, judged: 0, rough: 0 };
  const tangents = parameterTypes(func).flatMap((type, i) => (active[i] ? [direction(random, type)] : []));
  const forward = derived.forward(func, active);
  const along = derived.run(forward, [...inputs, ...tangents]);
  if (!isTame(along)) return { problems, judged: 0, rough: 0 };
  const { judged, rough, worst } = againstDifferences(subject, active, tangents, along);
  expectSmall("jvp against differences", worst, 1e-6, forward);
  const linearized = derived.linearized(func, active);
  expectSmall(
    "linearize against jvp",
    distance(derived.run(linearized, [...inputs, ...tangents]), along),
    1e-9,
    linearized,
  );

  for (const policy of [undefined, random.pick(["everything", "nothing", "dots"])]) {
    const target = policy === undefined ? func : derived.called(func, policy);
    try {
      const reverse = derived.reverse(target, active);
      const cotangents = along.map(({ type }) => direction(random, type));
      const back = derived.run(reverse, [...inputs, ...cotangents]);
      const [left, right] = [pairing(cotangents, along), pairing(back, tangents)];
      const gap = Math.abs(left.value - right.value) / Math.max(left.scale, right.scale);
      expectSmall(
        policy === undefined ? "vjp against jvp" : `vjp under checkpoint ${policy} against jvp`,
        gap,
        1e-9,
        reverse,
      );
      if (isTame(back)) {
        const compiled = runCompiled(subject, reverse, [...inputs, ...cotangents]);
        expectSmall("compiled vjp", distance(compiled, back), 1e-9, reverse);
      }
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  }
  return { problems, judged, rough };
}
