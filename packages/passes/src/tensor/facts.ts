/** Questions that passes ask of values: what defines them, and whether they are constants. */

import {
  bfloat16FromBits,
  type DType,
  dtypeTable,
  entriesPerElement,
  float16FromBits,
  formatType,
  type Literal,
  type Operation,
  sizeOf,
  type Value,
} from "@fluxion/ir";

/** A text that two literals share exactly if they are equal. */
export function literalKey({ type, data, splat }: Literal): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return `${formatType(type)}${splat}${bytes.join()}`;
}

/** Definitions seen so far, by value. */
export class Definitions {
  readonly #byValue = new Map<Value, Operation>();

  record(operations: readonly Operation[], from: number): void {
    for (let i = from; i < operations.length; i++) {
      for (const result of operations[i].results) this.#byValue.set(result, operations[i]);
    }
  }

  of(value: Value): Operation | undefined {
    return this.#byValue.get(value);
  }

  /** The operation that defines the value if it has this opcode. */
  as<K extends Operation["opcode"]>(value: Value, opcode: K): Extract<Operation, { opcode: K }> | undefined {
    const op = this.#byValue.get(value);
    return op?.opcode === opcode ? (op as Extract<Operation, { opcode: K }>) : undefined;
  }

  /** The literal of a constant. */
  literal(value: Value): Literal | undefined {
    return this.as(value, "constant")?.attributes.value;
  }

  /** The one number that every element of a real constant is, also through broadcasts. */
  splatNumber(value: Value): number | bigint | undefined {
    const broadcast = this.as(value, "broadcast_in_dim");
    if (broadcast !== undefined) return this.splatNumber(broadcast.operands[0]);
    const found = this.literal(value);
    if (found === undefined || entriesPerElement(found.type.dtype) === 2) return undefined;
    if (!found.splat && sizeOf(found.type.shape) !== 1) return undefined;
    return numberFromStorage(found.type.dtype, found.data[0]);
  }
}

/** The value of one stored entry. */
export function numberFromStorage(dtype: DType, stored: number | bigint): number | bigint {
  if (dtype === "float16") return float16FromBits(Number(stored));
  if (dtype === "bfloat16") return bfloat16FromBits(Number(stored));
  return stored;
}

export const isExact = (dtype: DType): boolean => ["bool", "int", "uint"].includes(dtypeTable[dtype].kind);
