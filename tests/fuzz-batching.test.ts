/**
 * Random programs, batched along random axes of some of their inputs, against a loop over the examples; and batched again.
 * FUZZ_SEED and FUZZ_ROUNDS choose other and more programs.
 */
import { type BatchAxis, batch, ModuleScope } from "@fluxion/autodiff";
import {
  assertValid,
  entriesPerElement,
  type Func,
  interpretFunction,
  type Literal,
  literal,
  type Module,
  mainFunction,
  opcodes,
  printModule,
  sizeOf,
  type TypedArray,
} from "@fluxion/ir";
import { describe, expect, it } from "vitest";
import { difference } from "./fuzz/compare.ts";
import { type Program, randomProgram } from "./fuzz/generate.ts";
import { Random } from "./fuzz/random.ts";

const first = Number(process.env.FUZZ_SEED ?? 0);
const count = Number(process.env.FUZZ_ROUNDS ?? 200);

/** Elements in order, each a list of its entries (two for complex numbers). */
function elementsOf({ type, data, splat }: Literal): (number | bigint)[][] {
  const width = entriesPerElement(type.dtype);
  return Array.from({ length: sizeOf(type.shape) }, (_, i) =>
    Array.from({ length: width }, (_, k) => data[(splat ? 0 : i * width) + k]),
  );
}

const literalOf = (
  { type, data }: Literal,
  shape: readonly number[],
  elements: (number | bigint)[][],
): Literal =>
  literal(
    type.dtype,
    shape,
    (data.constructor as Float64ArrayConstructor).from(elements.flat() as number[]) as TypedArray,
  );

/** Another array of the same elements: what is known of their range stays true. */
const permuted = (random: Random, x: Literal): Literal => {
  const elements = elementsOf(x);
  return literalOf(
    x,
    x.type.shape,
    elements.map(() => random.pick(elements)),
  );
};

/** Examples one beside the other along an axis. */
function stack(examples: readonly Literal[], axis: number): Literal {
  const [{ type }] = examples;
  const inner = sizeOf(type.shape.slice(axis));
  const outer = sizeOf(type.shape.slice(0, axis));
  const lists = examples.map(elementsOf);
  const elements = Array.from({ length: outer }, (_, o) =>
    lists.flatMap((list) => list.slice(o * inner, (o + 1) * inner)),
  ).flat();
  return literalOf(examples[0], type.shape.toSpliced(axis, 0, examples.length), elements);
}

/** One example out of many. */
function exampleOf(x: Literal, axis: BatchAxis, n: number): Literal {
  if (axis === null) return literalOf(x, x.type.shape, elementsOf(x));
  const inner = sizeOf(x.type.shape.slice(axis + 1));
  const shape = x.type.shape.toSpliced(axis, 1);
  const all = elementsOf(x);
  const elements = Array.from({ length: sizeOf(shape) }, (_, i) => {
    return all[(Math.floor(i / inner) * x.type.shape[axis] + n) * inner + (i % inner)];
  });
  return literalOf(x, shape, elements);
}

const moduleWith = (scope: ModuleScope, func: Func): Module => ({
  name: undefined,
  functions: [func, ...scope.functions.filter(({ name }) => name !== func.name)],
});

function run(scope: ModuleScope, func: Func, args: readonly Literal[]): Literal[] {
  const module = moduleWith(scope, func);
  assertValid(module);
  return interpretFunction(func, module, args);
}

/** A batch of a function: where it is, and the arguments with it. */
function randomBatch(random: Random, args: readonly Literal[], size: number) {
  const axes = args.map((x): BatchAxis => (random.chance(0.7) ? random.int(0, x.type.shape.length) : null));
  const examples = Array.from({ length: size }, () =>
    args.map((x, i) => (axes[i] === null ? x : permuted(random, x))),
  );
  const batched = args.map((x, i) => {
    const axis = axes[i];
    return axis === null
      ? x
      : stack(
          examples.map((own) => own[i]),
          axis,
        );
  });
  return { axes, examples, batched };
}

/** What the batched program does otherwise than the program on each example. */
function fault(program: Program): string | undefined {
  const random = new Random(program.seed + 1);
  const scope = new ModuleScope(program.module.functions);
  const main = mainFunction(program.module);
  const inner = randomBatch(random, program.inputs, 2);
  const once = batch(scope, main, 2, inner.axes);
  const outer = randomBatch(random, inner.batched, 3);
  const twice = batch(scope, once.func, 3, outer.axes);
  const results = run(scope, once.func, inner.batched);
  for (const [n, args] of inner.examples.entries()) {
    const got = results.map((x, i) => exampleOf(x, once.outAxes[i], n));
    const problem = difference(program, run(scope, main, args).map(plain), got);
    if (problem) return `${problem} of example ${n} for axes ${inner.axes}`;
  }
  const many = run(scope, twice.func, outer.batched);
  for (const [n, args] of outer.examples.entries()) {
    const expected = run(scope, once.func, args).map(plain);
    const got = many.map((x, i) => exampleOf(x, twice.outAxes[i], n));
    const problem = difference(program, expected, got);
    if (problem)
      return `${problem} of example ${n} for axes ${outer.axes} of the program batched along ${inner.axes}`;
  }
  return undefined;
}

const plain = (x: Literal): Literal => exampleOf(x, null, 0);

describe("batching", () => {
  it(`of programs of seeds ${first} to ${first + count - 1} is a loop over the examples`, () => {
    const faults: string[] = [];
    for (let seed = first; seed < first + count && faults.length < 3; seed++) {
      const program = randomProgram(seed, {
        ops: opcodes,
        maxElements: 60,
        maxRank: 3,
        steps: 8,
        differentiable: seed % 2 === 1,
      });
      try {
        const problem = fault(program);
        if (problem) faults.push(`${problem}\n${printModule(program.module)}`);
      } catch (error) {
        faults.push(
          `seed ${seed}: ${error instanceof Error ? error.stack : error}\n${printModule(program.module)}`,
        );
      }
    }
    expect(faults.join("\n\n")).toBe("");
  });
});
