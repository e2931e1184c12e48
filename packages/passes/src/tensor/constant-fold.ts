/**
 * constant-fold: runs operations on constants now, with the reference interpreter.
 *
 * Splats stay splats: an elementwise op on splats is computed on one element, and a broadcast of a scalar constant is a
 * splat. Results with more elements than `maxFoldedElements` are not folded otherwise. Equal numbers become one constant,
 * which spares the passes below most of their work on constants.
 *
 *     %1 = stablehlo.constant dense<2.0>
 *     %2 = stablehlo.sine %1                →  %2 = stablehlo.constant dense<0.9092974>
 */

import {
  type Builder,
  buildFunction,
  declarationOf,
  entriesPerElement,
  interpretFunction,
  isElementwise,
  type Literal,
  type Module,
  type Operation,
  sizeOf,
  type Value,
} from "@fluxion/ir";
import { Definitions, literalKey } from "./facts.ts";
import { type Rewriter, rewriteModule } from "./rewrite.ts";

const maxFoldedElements = 256;

export function constantFold(module: Module): Module {
  const definitions = new Definitions();
  const makeRewriter = (): Rewriter => {
    const numbers = new Map<string, Value>();
    return {
      operation(op, operands, b) {
        const before = b.operations.length;
        const literals = op.opcode === "constant" ? [op.attributes.value] : fold(op, operands, definitions);
        const results =
          literals?.map((value) => constant(value, numbers, b)) ?? b.copy(op, operands, op.regions);
        definitions.record(b.operations, before);
        return results;
      },
    };
  };
  return rewriteModule(module, makeRewriter);
}

/** A constant; the one that a block has already, if all its elements are the same number. */
function constant(value: Literal, numbers: Map<string, Value>, b: Builder): Value {
  if (value.data.length > entriesPerElement(value.type.dtype)) return b.constant(value);
  const key = literalKey(value);
  const known = numbers.get(key) ?? b.constant(value);
  numbers.set(key, known);
  return known;
}

const notFolded = new Set<string>([
  "constant",
  "iota",
  "while",
  "optimization_barrier",
  "call",
  "reduce",
  "dot_general",
]);

function fold(
  op: Operation,
  operands: readonly Value[],
  definitions: Definitions,
): readonly Literal[] | undefined {
  if (operands.length === 0 || op.regions.length > 0 || notFolded.has(op.opcode)) return undefined;
  if (declarationOf(op.opcode).sideEffect) return undefined;
  const literals = operands.map((operand) => definitions.literal(operand));
  if (!literals.every((value) => value !== undefined)) return undefined;
  const allSplat = literals.every((value) => value.splat || sizeOf(value.type.shape) === 1);
  const [result] = op.results;
  if (allSplat && (isElementwise(op.opcode) || op.opcode === "broadcast_in_dim" || op.opcode === "reshape")) {
    const [value] = isElementwise(op.opcode) ? evaluate(op, literals.map(oneElement), []) : literals;
    return [{ type: result.type, data: value.data, splat: sizeOf(result.type.shape) !== 1 }];
  }
  if (sizeOf(result.type.shape) > maxFoldedElements) return undefined;
  return evaluate(op, literals, result.type.shape);
}

const oneElement = (value: Literal): Literal => ({
  type: { ...value.type, shape: [] },
  data: value.data,
  splat: false,
});

function evaluate(op: Operation, literals: readonly Literal[], shape: readonly number[]): Literal[] {
  const types = literals.map(({ type }) => type);
  const resultTypes = op.results.map(({ type }) => ({ ...type, shape }));
  const func = buildFunction("fold", types, (b, args) =>
    b.emit(op.opcode, args, op.attributes as never, { types: resultTypes }),
  );
  return interpretFunction(func, { name: undefined, functions: [func] }, literals);
}
