/**
 * The values of arrays under a trace outside of `jit`. `grad(f)(x)` runs `f` with tracers, but `x` is at hand: when code asks for
 * the value of a traced array (`if (x.item() > 0)`), the operations that it depends on are compiled and run. What is observed
 * decides which operations are traced afterwards, so the traced program, whose structure keys every cache, tells all.
 */

import type { Func, Operation, Value } from "@fluxion/ir";
import { avalOf } from "../core/aval.ts";
import { concreteOf, type NDArray } from "../core/ndarray.ts";
import { type KnownValues, type Trace, withTrace } from "../core/trace.ts";
import { freeValues } from "../stages/jaxpr/analysis.ts";
import { programLike } from "./program-cache.ts";

export class TraceValues implements KnownValues {
  readonly #trace: Trace;
  /** Arrays that values stand for; those may be traced in their turn, further out. */
  readonly #known = new Map<Value, NDArray>();

  /** @param values The array behind each parameter; nothing if it stands for something else. */
  constructor(trace: Trace, parameters: readonly NDArray[], values: readonly (NDArray | undefined)[]) {
    this.#trace = trace;
    parameters.forEach((parameter, i) => {
      const value = values[i];
      if (value !== undefined) this.#known.set(trace.lift(parameter), value);
    });
  }

  concrete(value: Value): NDArray | undefined {
    for (const [array, parameter] of this.#trace.captured) this.#known.set(parameter, array);
    const known = this.#known.get(value);
    if (known !== undefined) return concreteOf(known);
    const slice = this.#sliceOf(value);
    if (slice === undefined) return undefined;
    this.#run(slice);
    return this.#known.get(value);
  }

  /** The operations between what is known and `value`; nothing if it depends on something that is not. */
  #sliceOf(value: Value): Slice | undefined {
    const needed = new Set([value]);
    const inputs = new Map<Value, NDArray>();
    const operations: Operation[] = [];
    const all = this.#trace.builder.operations;
    for (let i = all.length - 1; i >= 0 && needed.size > 0; i--) {
      const op = all[i];
      if (!op.results.some((result) => needed.has(result))) continue;
      operations.push(op);
      for (const result of op.results) needed.delete(result);
      for (const operand of [...op.operands, ...op.regions.flatMap(freeValues)]) {
        const known = this.#known.get(operand);
        if (known === undefined) {
          needed.add(operand);
        } else if (!inputs.has(operand)) {
          const array = concreteOf(known);
          if (array === undefined) return undefined;
          inputs.set(operand, array);
        }
      }
    }
    return needed.size === 0 ? { inputs, operations: operations.reverse() } : undefined;
  }

  /** Runs operations. All of their results are kept, so that no operation runs twice however often code asks. */
  #run({ inputs, operations }: Slice): void {
    const results = operations.flatMap((op) => (op.opcode === "constant" ? [] : op.results));
    const types = results.map(({ type }) => type);
    const end: Operation = {
      opcode: "return",
      operands: results,
      attributes: {},
      regions: [],
      results: [],
      location: undefined,
    };
    const { origin, module } = this.#trace;
    const func: Func = {
      name: origin.functionName.replace(/\W/g, "_"),
      visibility: "private",
      body: { arguments: [...inputs.keys()], operations: [...operations, end] },
      resultTypes: types,
    };
    const program = programLike(func, module, `part of ${origin.functionName}`);
    const avals = types.map(({ dtype, shape }) => avalOf(dtype, shape));
    const arrays = withTrace(undefined, () => program.call([...inputs.values()], avals));
    results.forEach((result, i) => {
      this.#known.set(result, arrays[i]);
    });
  }
}

interface Slice {
  readonly inputs: ReadonlyMap<Value, NDArray>;
  readonly operations: readonly Operation[];
}
