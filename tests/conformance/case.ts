/** One cell of the conformance table: a small module and how its inputs are made. */

import {
  type DType,
  formatType,
  isComplex,
  isFloat,
  type Literal,
  literal,
  type Module,
  type Opcode,
  parseModule,
  qualifiedName,
  realPart,
  sizeOf,
  storageTable,
  type TensorType,
  toStorage,
  VerificationError,
} from "@fluxion/ir";
import { randomLiteral } from "../fuzz/inputs.ts";
import { Random } from "../fuzz/random.ts";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface Case {
  /** Named `%a`, `%b`, … in the lines. Without an interval, or with `any`: every kind of value, NaN and infinities among them. */
  readonly args: readonly { readonly type: TensorType; readonly interval?: Interval | "any" }[];
  /** Named `%r`, `%r1`, … in the lines. */
  readonly results: readonly TensorType[];
  readonly lines: string;
  /** Bound on the difference between two backends in units in the last place of the largest element; 0 means equal. */
  readonly ulps: number;
}

export const exact = 0;

/** A line of an op in MLIR's generic form. */
export const op = (
  result: string,
  opcode: Opcode,
  operands: readonly string[],
  types: readonly TensorType[],
  resultType: TensorType,
): string =>
  `${result} = "${qualifiedName(opcode)}"(${operands.join(", ")}) : (${types.map(formatType).join(", ")}) -> ${formatType(resultType)}`;

/** The module of a case; nothing if the op does not take these types. */
export function moduleOf({ args, results, lines }: Case): Module | undefined {
  const parameters = args.map(({ type }, i) => `%${"abcdef"[i]}: ${formatType(type)}`).join(", ");
  const types = results.map(formatType).join(", ");
  const names = results.map((_, i) => `%r${i === 0 ? "" : i}`).join(", ");
  const text = `func.func @main(${parameters}) -> (${types}) {\n${lines}\nreturn ${names} : ${types}\n}`;
  try {
    return parseModule(text);
  } catch (error) {
    if (error instanceof VerificationError && /element type/.test(error.message)) return undefined;
    throw new Error(`${error}\n${text}`);
  }
}

export function inputsOf({ args }: Case, seed: number): Literal[] {
  const random = new Random(seed);
  return args.map(({ type, interval = "any" }) => {
    if (interval === "any") return randomLiteral(random, type, isFloat(type.dtype)).literal;
    return literal(type.dtype, type.shape, within(random, type, interval));
  });
}

function within(random: Random, { dtype, shape }: TensorType, { low, high }: Interval): Literal["data"] {
  const out = new storageTable[dtype](sizeOf(shape) * (isComplex(dtype) ? 2 : 1));
  const part: DType = realPart(dtype);
  const integral = !isFloat(part);
  for (let i = 0; i < out.length; i++) {
    const value = integral ? random.int(Math.ceil(low), Math.floor(high)) : random.between(low, high);
    out[i] = toStorage(part, part === "bool" ? value % 2 : value)[0] as never;
  }
  return out;
}
