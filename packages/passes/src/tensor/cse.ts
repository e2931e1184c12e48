/**
 * cse: common subexpression elimination. Two operations without effects and regions that have the same opcode,
 * operands, attributes and types give the same value.
 *
 *     %1 = stablehlo.sine %0            %1 = stablehlo.sine %0
 *     %2 = stablehlo.sine %0     →      %3 = stablehlo.add %1, %1
 *     %3 = stablehlo.add %1, %2
 */

import {
  declarationOf,
  formatType,
  type Literal,
  type Module,
  type Operation,
  type Value,
} from "@fluxion/ir";
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
        if (
          op.regions.length > 0 ||
          declarationOf(op.opcode).sideEffect ||
          op.opcode === "optimization_barrier"
        ) {
          return undefined;
        }
        const key = keyOf(op, operands.map(idOf));
        if (key === undefined) return undefined;
        const known = seen.get(key);
        if (known !== undefined) return known;
        const results = b.copy(op, operands);
        seen.set(key, results);
        return results;
      },
    };
  };
  return rewriteModule(module, makeRewriter);
}

/** Constants with more bytes than this are not compared. */
const maxComparedBytes = 4096;

function keyOf(op: Operation, operands: readonly number[]): string | undefined {
  if (op.opcode === "constant" && op.attributes.value.data.byteLength > maxComparedBytes) return undefined;
  const types = op.results.map(({ type }) => formatType(type)).join();
  return `${op.opcode}(${operands.join()})${attributesKey(op.attributes)}${types}`;
}

function attributesKey(attributes: object): string {
  // Most ops have none.
  for (const _ in attributes)
    return JSON.stringify(attributes, (_, value: unknown) => (isLiteral(value) ? literalKey(value) : value));
  return "";
}

const isLiteral = (value: unknown): value is Literal =>
  typeof value === "object" && value !== null && "data" in value && "splat" in value;

function literalKey({ type, data, splat }: Literal): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return `${formatType(type)}${splat}${bytes.join()}`;
}
