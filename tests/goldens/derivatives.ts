/** Derivatives of StableHLO programs on the reference interpreter, against JAX's. */

import { batch } from "@fluxion/autodiff";
import { type Func, type Literal, parseModule } from "@fluxion/ir";
import { Derived, exampleOf, hasTangent, stack } from "../transforms/derived.ts";
import { decodeData } from "./decode.ts";
import type { EncodedArray } from "./format.ts";
import { asLiteral, literalElements } from "./programs.ts";

/** What JAX gives at one point; generate/derivatives.py says what each is. `vjp` and the rest lack where it refuses. */
export interface DerivativePoint {
  readonly args: readonly EncodedArray[];
  readonly tangents: readonly EncodedArray[];
  readonly cotangents: readonly EncodedArray[];
  readonly moves: readonly EncodedArray[];
  readonly jvp: readonly EncodedArray[];
  readonly vjp?: readonly EncodedArray[];
  readonly forward?: readonly EncodedArray[];
  readonly reverse?: readonly EncodedArray[];
}

/** A program of `data/op-derivatives.json`: with points, or the class of JAX's error. */
export interface DerivativeCase {
  readonly op: string;
  readonly id: string;
  readonly text: string;
  readonly units?: number;
  readonly points?: readonly DerivativePoint[];
  readonly error?: string;
}

/** Roundings that a derivative may be off: of a few ops after each other, each within 2 units in JAX and here. */
const usualUnits = 32;

const roundoff: Readonly<Record<string, number>> = {
  float32: 2 ** -24,
  float64: 2 ** -53,
  complex64: 2 ** -24,
  complex128: 2 ** -53,
};

type Values = readonly EncodedArray[];

/** What is wrong with some results. */
export function differences(expected: Values, actual: readonly Literal[], units = usualUnits): string[] {
  if (expected.length !== actual.length) return [`${actual.length} results, expected ${expected.length}`];
  return expected.flatMap(({ dtype, shape, data }, i) => {
    const { type } = actual[i];
    if (type.dtype !== dtype || `${type.shape}` !== `${shape}`)
      return [`result ${i}: ${type.dtype}[${type.shape}], expected ${dtype}[${shape}]`];
    const got = literalElements(actual[i]).map(Number);
    const want = decodeData(dtype, data).map(Number);
    const isWrong = (x: number, k: number): boolean =>
      !Object.is(x + 0, got[k] + 0) &&
      !(Math.abs(x - got[k]) <= units * roundoff[dtype] * Math.max(1, sizeAt(dtype, want, k)));
    const wrong = want.flatMap((x, k) => (isWrong(x, k) ? [`[${k}] ${got[k]}, expected ${x}`] : []));
    return wrong.length === 0 ? [] : [`result ${i}: ${wrong.join("; ")}`];
  });
}

/** Absolute value of the number that entry k belongs to: parts of very different size lose digits in any formula. */
const sizeAt = (dtype: string, entries: readonly number[], k: number): number =>
  dtype.startsWith("complex") ? Math.hypot(entries[k - (k % 2)], entries[k - (k % 2) + 1]) : Math.abs(entries[k]);

interface Question {
  readonly name: "jvp" | "vjp" | "forward" | "reverse";
  readonly func: Func;
  readonly inputs: (point: DerivativePoint) => Values;
}

const labelled = (label: string, wrong: readonly string[]): string[] => wrong.map((text) => `${label}: ${text}`);

export const derivedOf = (text: string): Derived => new Derived(parseModule(text));

/** The function that a text is about. */
export function mainOf({ scope }: Derived): Func {
  const main = scope.find("main");
  if (main === undefined) throw new Error("the text has no @main");
  return main;
}

/** Everything that is wrong with one program, at each point and batched along each axis. */
export function wrongDerivatives({ text, units, points = [] }: DerivativeCase): string[] {
  const derived = derivedOf(text);
  const main = mainOf(derived);
  const active = main.body.arguments.map(({ type }) => hasTangent(type));
  const questions: Question[] = [
    { name: "jvp", func: derived.forward(main, active), inputs: ({ args, tangents }) => [...args, ...tangents] },
  ];
  if (points[0].vjp !== undefined) questions.push(...reverseQuestions(derived, main, active));
  return questions.flatMap(({ name, func, inputs }) => [
    ...points.flatMap((point, n) => {
      const results = derived.run(func, inputs(point).map(asLiteral));
      return labelled(`${name} at point ${n}`, differences(point[name] ?? [], results, units));
    }),
    ...(name === "jvp" || name === "vjp" ? wrongBatches(derived, { name, func, inputs }, points, units) : []),
  ]);
}

function reverseQuestions(derived: Derived, main: Func, active: readonly boolean[]): Question[] {
  const gradient = derived.reverse(main, active);
  const moving = gradient.body.arguments.slice(active.length);
  const all = [...active, ...moving.map(() => true)];
  return [
    { name: "vjp", func: gradient, inputs: ({ args, cotangents }) => [...args, ...cotangents] },
    {
      name: "forward",
      func: derived.forward(gradient, all),
      inputs: ({ args, cotangents, tangents, moves }) => [...args, ...cotangents, ...tangents, ...moves],
    },
    {
      name: "reverse",
      func: derived.reverse(gradient, all),
      inputs: ({ args, cotangents, tangents }) => [...args, ...cotangents, ...tangents],
    },
  ];
}

/** The points as one batch, along each axis in turn (the last one where an operand has no such axis). */
function wrongBatches(
  derived: Derived,
  { name, func, inputs }: Question,
  points: readonly DerivativePoint[],
  units: number | undefined,
): string[] {
  const lists = points.map((point) => inputs(point).map(asLiteral));
  const ranks = lists[0].map(({ type }) => type.shape.length);
  return Array.from({ length: Math.max(...ranks) + 1 }, (_, axis) => axis).flatMap((axis) => {
    const axes = ranks.map((rank) => Math.min(axis, rank));
    const batched = batch(derived.scope, func, points.length, axes);
    const together = lists[0].map((_, i) =>
      stack(
        lists.map((list) => list[i]),
        axes[i],
      ),
    );
    const results = derived.run(batched.func, together);
    return points.flatMap((point, n) => {
      const own = results.map((result, i) => exampleOf(result, batched.outAxes[i], n));
      return labelled(`${name} of a batch along ${axis}, point ${n}`, differences(point[name] ?? [], own, units));
    });
  });
}
