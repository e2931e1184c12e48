/**
 * Numbers that differ from call to call. A function outside of `jit` is traced at every call, and a JavaScript number that it
 * computes with is a constant of its program: `x.mul(rate)` with another rate would be another program each time. Where a program
 * comes again with other numbers in the same places, those become parameters, so that it is compiled once more and never again.
 */

import { declarationOf, type Func, isFloat, type Literal, type Operation, type Value } from "@fluxion/ir";
import { hostArray } from "../core/as-array.ts";
import { config } from "../core/config.ts";
import { alsoClear } from "../core/dispatch.ts";
import type { NDArray } from "../core/ndarray.ts";
import { RecentMap } from "../core/recent-map.ts";
import type { ModuleBuilder } from "../core/trace.ts";
import { freeValues } from "../stages/jaxpr/analysis.ts";
import { structureOf } from "./structure.ts";

type Constant = Extract<Operation, { opcode: "constant" }>;

/** What is known of the programs that differ in their numbers alone. */
interface Sketch {
  readonly values: readonly number[];
  /** Which of the numbers have differed. */
  readonly varies: boolean[];
}

const sketches = new RecentMap<Sketch>(1024);
alsoClear(() => sketches.clear());

/** Whether an operation takes a parameter as well as a constant, and its rules do not ask which it is. */
const takesAny = ({ opcode }: Operation): boolean =>
  opcode === "broadcast_in_dim" || (opcode !== "power" && declarationOf(opcode).family === "elementwise");

/** Float scalars that arithmetic alone uses. */
function numbersOf({ body }: Func): Constant[] {
  const kept = new Set<Value>();
  for (const op of body.operations) {
    if (!takesAny(op)) for (const operand of op.operands) kept.add(operand);
    for (const value of op.regions.flatMap(freeValues)) kept.add(value);
  }
  return body.operations.filter(
    (op): op is Constant =>
      op.opcode === "constant" &&
      op.attributes.value.type.shape.length === 0 &&
      isFloat(op.attributes.value.type.dtype) &&
      !kept.has(op.results[0]),
  );
}

const numberOf = ({ attributes }: Constant): number => Number(attributes.value.data[0]);

/** The function without some of its constants, which become its last parameters. */
function withParameters(func: Func, constants: ReadonlySet<Operation>): Func {
  const { body } = func;
  const parameters = [...constants].map((op) => op.results[0]);
  return {
    ...func,
    body: {
      arguments: [...body.arguments, ...parameters],
      operations: body.operations.filter((op) => !constants.has(op)),
    },
  };
}

/** The function with numbers that differ from call to call as further parameters, and these numbers as arrays. */
export function hoistNumbers(
  func: Func,
  module: ModuleBuilder,
): { readonly func: Func; readonly numbers: readonly NDArray[] } {
  const constants = numbersOf(func);
  if (constants.length === 0) return { func, numbers: [] };
  const values = constants.map(numberOf);
  const blank = withParameters(func, new Set(constants));
  const key = `${config.traceKey}|${structureOf(blank, module, false)}`;
  const sketch = sketches.get(key) ?? { values, varies: values.map(() => false) };
  values.forEach((value, i) => {
    if (!Object.is(value, sketch.values[i])) sketch.varies[i] = true;
  });
  sketches.set(key, sketch);
  const hoisted = constants.filter((_, i) => sketch.varies[i]);
  if (hoisted.length === 0) return { func, numbers: [] };
  const literals: Literal[] = hoisted.map((op) => op.attributes.value);
  return {
    func: withParameters(func, new Set<Operation>(hoisted)),
    numbers: literals.map((value) => hostArray(value)),
  };
}
