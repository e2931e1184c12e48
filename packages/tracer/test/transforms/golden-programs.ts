/** Programs that are written twice, in Python and here, against what JAX gave (`oracle/golden_programs.py`). */

import { readFileSync } from "node:fs";
import { jnp, treeUtil } from "@fluxion/tracer";
import { describe, expect, test } from "vitest";

// biome-ignore lint/suspicious/noExplicitAny: programs are as short as in Python
export type X = any;

interface Leaf {
  readonly dtype: string;
  readonly weak: boolean;
  readonly shape: readonly number[];
  readonly data: readonly (number | boolean)[];
}
interface Goldens {
  readonly values: Readonly<Record<string, readonly Leaf[]>>;
  readonly errors: Readonly<Record<string, { readonly class: string; readonly text: string }>>;
}

export type Programs = Readonly<Record<string, () => unknown>>;

/** How far a float may be from JAX's: roundings of a few operations. */
const bound = (x: number): number => 4e-6 * Math.max(1, Math.abs(x));

const summary = ({ dtype, shape }: { readonly dtype: string; readonly shape: readonly number[] }): string =>
  `${dtype}[${shape.join()}]`;

function compare(program: () => unknown, expected: readonly Leaf[]): void {
  const leaves = treeUtil.treeLeaves(program()).map((x) => jnp.asarray(x as X) as X);
  expect(leaves.map(summary)).toEqual(expected.map(summary));
  leaves.forEach((x, k) => {
    const got = x.ravel().toArraySync() as number[];
    expected[k].data.forEach((value, n) => {
      if (typeof value === "boolean" || !expected[k].dtype.startsWith("float")) expect(got[n]).toBe(value);
      else
        expect(Math.abs(got[n] - value), `[${n}] is ${got[n]}, not ${value}`).toBeLessThanOrEqual(
          bound(value),
        );
    });
  });
  expect(leaves.map((x) => x.weakType)).toEqual(expected.map(({ weak }) => weak));
}

/** What stands for Python's classes. */
const classes: Readonly<Record<string, readonly string[]>> = { ValueError: ["RangeError", "TypeError"] };

const goldensOf = (file: string): Goldens =>
  JSON.parse(readFileSync(new URL(`../goldens/${file}.json`, import.meta.url), "utf8"));

/** Every program of a golden file gives what it gave in JAX. */
export function testValues(file: string, programs: Programs): void {
  const { values } = goldensOf(file);
  describe("values", () => {
    test("every golden has its program", () => {
      expect(Object.keys(programs).toSorted()).toEqual(Object.keys(values).toSorted());
    });
    test.each(Object.keys(programs))("%s", (name) => compare(programs[name], values[name]));
  });
}

/**
 * Every program of a golden file that JAX refuses is refused alike.
 * @param phrases What an error's text must hold, where that is not JAX's first line.
 */
export function testErrors(file: string, failing: Programs, phrases: Readonly<Record<string, string>>): void {
  const { errors } = goldensOf(file);
  describe("refusals", () => {
    test("every golden has its program", () => {
      expect(Object.keys(failing).toSorted()).toEqual(Object.keys(errors).toSorted());
    });
    test.each(Object.keys(failing))("%s", (name) => {
      const { class: expected, text } = errors[name];
      let error: Error | undefined;
      try {
        failing[name]();
      } catch (thrown) {
        error = thrown as Error;
      }
      expect(classes[expected] ?? [expected], error?.message).toContain(error?.name);
      expect(error?.message).toContain(phrases[name] ?? text.replace(/[;:]\s*$/, ""));
      expect(error?.message).toMatch(/-programs\.ts:\d+/);
    });
  });
}
