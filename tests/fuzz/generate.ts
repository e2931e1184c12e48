/**
 * Random valid modules over every op, dtype and shape, for differential fuzzing: `randomProgram(seed)` is a pure
 * function of its arguments. Every output says how far apart two correct backends may be on it (`tolerance`, absolute;
 * 0 for outputs that must agree to the bit, any NaN equal to any other).
 */

import {
  Builder,
  type DType,
  dtypes,
  type Func,
  isComplex,
  type Literal,
  type Module,
  type Opcode,
  opcodes,
  Value,
} from "@fluxion/ir";
import { type Known, magnitude } from "./bounds.ts";
import { randomLiteral } from "./inputs.ts";
import { Random } from "./random.ts";
import { recipes } from "./recipes.ts";
import { Scene } from "./scene.ts";

export interface GenerateOptions {
  /** Element types that the program may use; all of them without this. */
  readonly dtypes?: readonly DType[];
  /** Ops that the program may use; without this all but windows, gathers, scatters and sorts, which backends may lack. `constant`, `clamp`, `return` are always used. */
  readonly ops?: readonly Opcode[];
  /** Greatest number of elements of one value (default 400). */
  readonly maxElements?: number;
  readonly maxRank?: number;
  /** Sizes of dimensions (default: a few up to 17 by the seed). */
  readonly sizes?: readonly number[];
  /** Steps that the generator takes, each adding a handful of ops (default: 4 to 20 by the seed). */
  readonly steps?: number;
  /** Whether float inputs hold NaN, infinities and −0 (default: one program in six). */
  readonly specialValues?: boolean;
  /** Whether the program is there to be differentiated: smooth ops are frequent, loops nonlinear in their carries, and some
   * have a length that only running them tells. */
  readonly differentiable?: boolean;
}

export interface OutputBound {
  /** Largest absolute difference between correct results; 0 means equal bits. */
  readonly tolerance: number;
}

export interface Program {
  readonly seed: number;
  readonly module: Module;
  readonly inputs: readonly Literal[];
  readonly outputs: readonly OutputBound[];
}

const unusual: readonly Opcode[] = ["reduce_window", "gather", "scatter", "sort", "chlo.top_k"];
const usualOps = opcodes.filter((opcode) => !unusual.includes(opcode));

export function randomProgram(seed: number, options: GenerateOptions = {}): Program {
  const random = new Random(seed);
  const special = options.specialValues ?? random.chance(1 / 6);
  const scene = new Scene(random, new Builder(), {
    dtypes: pickDTypes(random, options.dtypes ?? dtypes),
    allowed: options.dtypes ?? dtypes,
    ops: new Set(options.ops ?? usualOps),
    maxElements: options.maxElements ?? 400,
    maxRank: options.maxRank ?? 6,
    sizes: options.sizes,
    special,
    functions: [],
    differentiable: options.differentiable ?? false,
  });
  const inputs = makeInputs(scene);
  const steps = options.steps ?? random.int(4, 20);
  for (let step = 0; step < steps; step++) recipes(scene);
  const results = pickResults(scene);
  const body = scene.builder.finish(
    inputs.map(({ value }) => value),
    results.map(({ value }) => value),
  );
  const main: Func = {
    name: "main",
    visibility: "public",
    body,
    resultTypes: results.map(({ value }) => value.type),
  };
  return {
    seed,
    module: { name: `fuzz_${seed}`, functions: [main, ...scene.limits.functions] },
    inputs: inputs.map(({ literal }) => literal),
    outputs: results.map(({ exact, error }) => ({ tolerance: exact ? 0 : error })),
  };
}

/** A few dtypes for each program, so that its values meet; bool and int32 serve predicates and indices. */
function pickDTypes(random: Random, from: readonly DType[]): DType[] {
  return random.shuffle(from).slice(0, random.int(2, 4));
}

function makeInputs(scene: Scene): { value: Value; literal: Literal }[] {
  const { random, limits } = scene;
  return Array.from({ length: random.int(1, 4) }, () => {
    const type = { dtype: random.pick(scene.limits.dtypes), shape: scene.shape() };
    const { literal, low, high } = randomLiteral(random, type, limits.special && !isComplex(type.dtype));
    const value = new Value(type);
    scene.add({ value, exact: true, low, high, error: 0 });
    return { value, literal };
  });
}

const MOST_RESULTS = 4;

/** The last values and some of the others; results that nothing could judge are left out. */
function pickResults(scene: Scene): Known[] {
  const { random, pool } = scene;
  const judged = pool.filter((known) => known.exact || known.error < 0.1 * Math.max(magnitude(known), 1e-3));
  const last = judged.slice(-2);
  const others = random.shuffle(judged.slice(0, -2)).slice(0, random.int(0, MOST_RESULTS - 2));
  return [...new Set([...last, ...others])];
}
