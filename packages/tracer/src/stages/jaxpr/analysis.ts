/** What the printer of jaxprs asks about a block: producers, uses, free values, and which values print as literals. */

import {
  type Block,
  isComplex,
  isElementwise,
  type Literal,
  type Operation,
  returned,
  type Value,
} from "@fluxion/ir";
import { binaryFormats } from "../../array/format/decimal.ts";
import { scalarElementText } from "../../array/format/elements.ts";
import { scalarText } from "../../array/format/real.ts";

/** Values of outer blocks that a block reads, in order of first use. */
export function freeValues(block: Block): Value[] {
  const own = new Set<Value>(block.arguments);
  const free = new Set<Value>();
  const read = (value: Value): void => {
    if (!own.has(value)) free.add(value);
  };
  for (const op of block.operations) {
    op.operands.forEach(read);
    op.regions.flatMap(freeValues).forEach(read);
    for (const result of op.results) own.add(result);
  }
  return [...free];
}

/** Facts about one block. */
export interface BlockFacts {
  readonly producers: ReadonlyMap<Value, Operation>;
  /** Values that some equation or the result refers to by name. */
  readonly used: ReadonlySet<Value>;
}

/** A scalar constant prints as a literal wherever it is used. */
export const isScalarConstant = (op: Operation | undefined): op is Operation & { opcode: "constant" } =>
  op?.opcode === "constant" && op.attributes.value.type.shape.length === 0;

const isScalarBroadcast = (op: Operation | undefined): op is Operation =>
  op?.opcode === "broadcast_in_dim" && op.operands[0].type.shape.length === 0;

/** Operands as they print: elementwise primitives take scalars as they are, without their broadcast. */
export function printedOperands(op: Operation, producers: ReadonlyMap<Value, Operation>): readonly Value[] {
  if (!isElementwise(op.opcode) || op.opcode === "select") return op.operands;
  const broadcasts = op.operands.map((value) => isScalarBroadcast(producers.get(value)));
  if (broadcasts.every(Boolean)) return op.operands;
  return op.operands.map((value, i) =>
    broadcasts[i] ? (producers.get(value)?.operands[0] ?? value) : value,
  );
}

export function analyse(block: Block): BlockFacts {
  const producers = new Map<Value, Operation>();
  for (const op of block.operations) for (const result of op.results) producers.set(result, op);
  const used = new Set<Value>(returned(block));
  for (const op of block.operations) {
    if (op.opcode === "return") continue;
    for (const value of [...printedOperands(op, producers), ...op.regions.flatMap(freeValues)])
      used.add(value);
  }
  return { producers, used };
}

/** Broadcasts of scalars that only elementwise equations read have no equation of their own. */
export const isFolded = (op: Operation, { used }: BlockFacts): boolean =>
  isScalarBroadcast(op) && !used.has(op.results[0]);

/** `2.0`, `1`, `True`, `(1+2j)`: as Python prints the scalar. */
export function literalText({ type, data }: Literal): string {
  if (isComplex(type.dtype)) {
    const format = type.dtype === "complex64" ? "complex128" : type.dtype;
    return scalarElementText(format, Float64Array.from(data as Float64Array));
  }
  if (type.dtype === "float32" || type.dtype === "float64") {
    return scalarText(Number(data[0]), binaryFormats.float64);
  }
  return scalarElementText(type.dtype, data);
}

const identities: Readonly<Record<string, readonly string[]>> = {
  reduce_sum: ["0", "0.0", "-0.0"],
  reduce_prod: ["1", "1.0"],
  reduce_max: ["-inf"],
  reduce_min: ["inf"],
  reduce_and: ["True", "-1"],
  reduce_or: ["0", "False"],
  reduce_xor: ["0", "False"],
};

/** Whether a reduction starts with the neutral element, so that the primitive does not show it. */
export function startsNeutral(reduction: string, init: Operation | undefined): boolean {
  if (!isScalarConstant(init)) return false;
  const { value } = init.attributes;
  const shown = literalText(value);
  if (identities[reduction].includes(shown)) return true;
  return shown === extremeText(reduction, value);
}

/** Least and largest integers are neutral for max and min. */
function extremeText(reduction: string, { type, data }: Literal): string | undefined {
  if (ArrayBuffer.isView(data) && type.dtype.includes("int")) {
    const bits = BigInt(data.BYTES_PER_ELEMENT * 8);
    const unsigned = type.dtype.startsWith("u");
    const least = unsigned ? 0n : -(1n << (bits - 1n));
    const largest = unsigned ? (1n << bits) - 1n : (1n << (bits - 1n)) - 1n;
    if (reduction === "reduce_max") return String(least);
    if (reduction === "reduce_min" || reduction === "reduce_and") return String(largest);
  }
  if (type.dtype === "bool") return reduction === "reduce_max" ? "False" : "True";
  return undefined;
}
