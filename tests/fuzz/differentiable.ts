/** Random programs to differentiate: float64 (and complex128), without ties, over ops that have derivatives. */

import { type Func, type Literal, literal, type Module, type Opcode, opcodes, sizeOf } from "@fluxion/ir";
import { hasTangent } from "../transforms/derived.ts";
import { randomProgram } from "./generate.ts";
import { Random } from "./random.ts";

export interface DifferentiableProgram {
  readonly seed: number;
  readonly module: Module;
  readonly main: Func;
  readonly inputs: readonly Literal[];
}

/** Ops without a derivative, and those whose derivative is not that of the values that they round or reinterpret. */
const without = new Set<Opcode>(["chlo.zeta", "chlo.next_after", "bitcast_convert", "reduce_precision"]);
const smooth = opcodes.filter((opcode) => !without.has(opcode));

/** A pure function of the seed: the first program after it that takes and gives floats. */
export function differentiableProgram(seed: number): DifferentiableProgram {
  const random = new Random(seed ^ 0x5bd1e995);
  for (;;) {
    const generated = randomProgram(random.bits(), {
      dtypes: random.pick([
        ["float64"],
        ["float64"],
        ["float64", "int32"],
        ["float64", "complex128"],
      ] as const),
      ops: smooth,
      maxElements: 36,
      maxRank: 3,
      steps: random.int(4, 12),
      specialValues: false,
      differentiable: true,
    });
    // Functions that are derived call it, so it is not the module's entry.
    const main: Func = { ...generated.module.functions[0], name: "program", visibility: "private" };
    const parameters = main.body.arguments.map(({ type }) => type);
    if (![parameters, main.resultTypes].every((types) => types.some(hasTangent))) continue;
    const module: Module = { name: undefined, functions: [main, ...generated.module.functions.slice(1)] };
    return { seed, module, main, inputs: generated.inputs.map((input) => withoutTies(random, input)) };
  }
}

/** Moves every element by less than a hundredth, so that no two are equal and none lies on a corner. */
function withoutTies(random: Random, input: Literal): Literal {
  const { dtype, shape } = input.type;
  if (dtype !== "float64" && dtype !== "complex128") return input;
  const count = sizeOf(shape) * (dtype === "complex128" ? 2 : 1);
  const moved = (i: number): number => Number(input.data[i]) + random.between(0.001, 0.009);
  return literal(
    dtype,
    shape,
    Float64Array.from({ length: count }, (_, i) => moved(i)),
  );
}
