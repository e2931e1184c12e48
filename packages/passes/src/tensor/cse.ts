/**
 * cse: common subexpression elimination. Two operations without effects that have the same opcode, operands, attributes
 * and types give the same value; folds also need equal bodies, and loops and branches are left alone.
 *
 *     %1 = stablehlo.sine %0            %1 = stablehlo.sine %0
 *     %2 = stablehlo.sine %0     →      %3 = stablehlo.add %1, %1
 *     %3 = stablehlo.add %1, %2
 */

import {
  type Block,
  declarationOf,
  formatType,
  type Literal,
  type Module,
  type Opcode,
  type Operation,
  type Value,
} from "@fluxion/ir";
import { literalKey } from "./facts.ts";
import { type Rewriter, rewriteModule } from "./rewrite.ts";

export function cse(module: Module): Module {
  const ids = new Map<Value, number>();
  const idOf = (value: Value): number => {
    const known = ids.get(value) ?? ids.size;
    ids.set(value, known);
    return known;
  };
  const makeRewriter = (): Rewriter => {
    const seen = new Map<string, readonly Value[]>();
    return {
      operation(op, operands, b) {
        const isOpaque = op.regions.length > 0 && !folds.has(op.opcode);
        if (isOpaque || declarationOf(op.opcode).sideEffect || op.opcode === "optimization_barrier")
          return undefined;
        const key = keyOf(op, operands.map(idOf), idOf);
        if (key === undefined) return undefined;
        const known = seen.get(key);
        if (known !== undefined) return known;
        const results = b.copy(op, operands, op.regions);
        seen.set(key, results);
        return results;
      },
    };
  };
  return rewriteModule(module, makeRewriter);
}

/** Constants with more bytes than this are not compared. */
const maxComparedBytes = 4096;

/** Ops whose regions say how two elements become one. */
const folds = new Set<Opcode>(["reduce", "reduce_window", "sort", "scatter"]);

function keyOf(
  op: Operation,
  operands: readonly (number | string)[],
  idOf: (value: Value) => number,
): string | undefined {
  if (op.opcode === "constant" && op.attributes.value.data.byteLength > maxComparedBytes) return undefined;
  const types = op.results.map(({ type }) => formatType(type)).join();
  const regions = op.regions.map((region) => regionKey(region, idOf));
  if (regions.includes(undefined)) return undefined;
  return `${op.opcode}(${operands.join()})${attributesKey(op.attributes)}${types}${regions.join("")}`;
}

/** A region with its own values numbered by their place, so that equal regions have equal keys. */
function regionKey(region: Block, idOf: (value: Value) => number): string | undefined {
  const own = new Map<Value, string>();
  const name = (value: Value): void => {
    own.set(value, `%${own.size}`);
  };
  region.arguments.forEach(name);
  const keys = region.operations.map((op) => {
    const operands = op.operands.map((value) => own.get(value) ?? idOf(value));
    op.results.forEach(name);
    return op.regions.length > 0 ? undefined : keyOf(op, operands, idOf);
  });
  if (keys.includes(undefined)) return undefined;
  return `{${region.arguments.map(({ type }) => formatType(type)).join()}:${keys.join(";")}}`;
}

function attributesKey(attributes: object): string {
  // Most ops have none.
  for (const _ in attributes)
    return JSON.stringify(attributes, (_, value: unknown) => (isLiteral(value) ? literalKey(value) : value));
  return "";
}

const isLiteral = (value: unknown): value is Literal =>
  typeof value === "object" && value !== null && "data" in value && "splat" in value;
