/** Regions on scalars (the bodies of reductions) as straight code over registers, without an array for each value. */

import type { Operation, Region, Value } from "../module.ts";
import { isElementwise } from "../ops/table.ts";
import { roundedScalarFunction } from "./elementwise.ts";
import type { ScalarFunction } from "./scalar-function.ts";
import type { Scalar } from "./tensor.ts";

export interface CompiledBody {
  /** Registers of the arguments; set them, run, and read the results. */
  readonly registers: Scalar[];
  readonly results: readonly number[];
  run(): void;
}

interface Step {
  readonly f: ScalarFunction;
  readonly inputs: readonly [number, number, number];
  readonly target: number;
}

/**
 * Compiles a region whose values are all scalars and whose operations are elementwise or constants; undefined for any
 * other. `captured` and `constant` give the scalar of an outer value and of a constant.
 */
export function compileBody(
  region: Region,
  captured: (value: Value) => Scalar | undefined,
  constant: (operation: Operation) => Scalar,
): CompiledBody | undefined {
  const slots = new Map<Value, number>();
  const registers: Scalar[] = [];
  const define = (value: Value, initial: Scalar = 0): number => {
    slots.set(value, registers.length);
    return registers.push(initial) - 1;
  };
  const slotOf = (value: Value): number | undefined => {
    const slot = slots.get(value);
    if (slot !== undefined) return slot;
    const outer = captured(value);
    return outer === undefined ? undefined : define(value, outer);
  };
  const steps: Step[] = [];
  for (const argument of region.arguments) define(argument);
  for (const operation of region.operations.slice(0, -1)) {
    if (operation.results.length !== 1 || operation.results[0].type.shape.length > 0) return undefined;
    if (operation.opcode === "constant") {
      define(operation.results[0], constant(operation));
      continue;
    }
    const inputs = operation.operands.map(slotOf);
    if (!isElementwise(operation.opcode) || inputs.some((slot) => slot === undefined)) return undefined;
    const [a = 0, b = 0, c = 0] = inputs;
    const target = define(operation.results[0]);
    steps.push({ f: roundedScalarFunction(operation), inputs: [a, b, c], target });
  }
  const results = region.operations[region.operations.length - 1].operands.map(slotOf);
  if (results.some((slot) => slot === undefined)) return undefined;
  return { registers, results: results as number[], run: () => runSteps(steps, registers) };
}

function runSteps(steps: readonly Step[], registers: Scalar[]): void {
  for (const { f, inputs, target } of steps) {
    registers[target] = f(registers[inputs[0]], registers[inputs[1]], registers[inputs[2]]);
  }
}
