/**
 * Random functions over the public API under random stacks of its transforms: derivatives against finite differences, reverse against
 * forward mode, `vmap` against a loop, `jit` against no `jit`, the CPU device against the interpreter. FUZZ_SEED and FUZZ_ROUNDS choose
 * other and more programs.
 */

import { config, jit, jnp, jvp, type NDArray, vjp, vmap } from "fluxion";
import { expect, it } from "vitest";
import { Random } from "./fuzz/random.ts";
import {
  randomVector,
  type UserProgram,
  userProgram,
  userStack,
  type VectorFunction,
} from "./fuzz/user-programs.ts";

const first = Number(process.env.FUZZ_SEED ?? 0);
const count = Number(process.env.FUZZ_ROUNDS ?? 40);

const numbers = (x: NDArray): number[] => Array.from(x.dataSync() as Float64Array);
const size = (list: readonly number[]): number => list.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
const distance = (actual: NDArray, expected: NDArray): number => {
  const [a, e] = [numbers(actual), numbers(expected)];
  return Math.max(...a.map((x, i) => Math.abs(x - e[i]))) / size(e);
};
const dot = (a: NDArray, b: NDArray): number => {
  const ys = numbers(b);
  return numbers(a).reduce((sum, x, i) => sum + x * ys[i], 0);
};

/** Central differences from two steps; undefined on a corner. */
function slope(f: VectorFunction, [x, y]: NDArray[], [s, t]: NDArray[]): number[] | undefined {
  const at = (h: number): number[] => numbers(f(x.add(s.mul(h)), y.add(t.mul(h))));
  const by = (h: number): number[] => {
    const low = at(-h);
    return at(h).map((v, i) => (v - low[i]) / (2 * h));
  };
  const [coarse, fine] = [by(1e-4), by(0.5e-4)];
  const scale = size([...fine, ...at(0)]);
  if (coarse.some((v, i) => !(Math.abs(v - fine[i]) < 1e-4 * scale))) return undefined;
  return fine.map((v, i) => (4 * v - coarse[i]) / 3);
}

function problemsOf(random: Random, { f, reversible }: UserProgram): string[] {
  const problems: string[] = [];
  const expectSmall = (what: string, value: number, bound = 1e-9): void => {
    if (!(value <= bound)) problems.push(`${what}: off by ${value}`);
  };
  const [x, y, s, t, ct] = Array.from({ length: 5 }, () => randomVector(random));
  const value = f(x, y);
  if (!numbers(value).every((v) => Math.abs(v) < 1e4)) return [];
  const compiled = jit(f) as VectorFunction;
  expectSmall("jit", distance(compiled(x, y), value));
  const onCpu = config.with({ defaultDevice: "cpu" }, () => {
    const [p, q] = [x, y].map((v) => jnp.array(Float64Array.from(numbers(v))));
    return numbers((jit(f) as VectorFunction)(p, q));
  });
  expectSmall("cpu", distance(jnp.array(Float64Array.from(onCpu)), value));
  const many = (vmap(f) as VectorFunction)(jnp.stack([x, y]), jnp.stack([s, t]));
  expectSmall("vmap", distance(many, jnp.stack([f(x, s), f(y, t)])));
  const along = jvp(f, [x, y], [s, t])[1] as NDArray;
  const expected = slope(compiled, [x, y], [s, t]);
  if (expected) expectSmall("jvp", distance(along, jnp.array(Float64Array.from(expected))), 1e-6);
  if (!reversible) return problems;
  const [xbar, ybar] = vjp(f, x, y)[1](ct) as NDArray[];
  const [left, right] = [dot(ct, along), dot(xbar, s) + dot(ybar, t)];
  expectSmall("vjp", Math.abs(left - right) / size([...numbers(along), ...numbers(xbar), ...numbers(ybar)]));
  return problems;
}

it(
  `transforms of random functions keep their identities (seeds ${first} to ${first + count - 1})`,
  () => {
    const problems: string[] = [];
    config.with({ defaultDevice: "interpreter", enableX64: true }, () => {
      for (let seed = first; seed < first + count; seed++) {
        const random = new Random(seed);
        const subject = userStack(random, userProgram(random), random.int(0, 2));
        const where = `seed ${seed}, ${subject.names.join(" ")}`;
        try {
          problems.push(...problemsOf(random, subject).map((problem) => `${where}: ${problem}`));
        } catch (error) {
          problems.push(`${where}: ${error instanceof Error ? error.stack : error}`);
        }
      }
    });
    expect(problems).toEqual([]);
  },
  60_000 + 3000 * count,
);
