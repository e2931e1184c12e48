/** Questions about dtypes: promotion, casting and categories. */

import { type DType, dtypeTable, isDType } from "@fluxion/ir";
import { type ArrayLike, asArray, ComplexScalar, FloatScalar } from "../core/as-array.ts";
import { NDArray } from "../core/ndarray.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import { canonicalDType, type Promotable, resultType as promotion } from "./promotion.ts";

// Categories of dtypes, as NumPy's abstract types name them.
export const generic = "generic";
export const number = "number";
export const integer = "integer";
export const signedinteger = "signedinteger";
export const unsignedinteger = "unsignedinteger";
export const inexact = "inexact";
export const floating = "floating";
export const complexfloating = "complexfloating";

const categories: Readonly<Record<string, readonly string[]>> = {
  generic: ["bool", "int", "uint", "float", "complex"],
  number: ["int", "uint", "float", "complex"],
  integer: ["int", "uint"],
  signedinteger: ["int"],
  unsignedinteger: ["uint"],
  inexact: ["float", "complex"],
  floating: ["float"],
  complexfloating: ["complex"],
};

const requireDType = (fn: string, x: unknown): DType => {
  const name = x instanceof NDArray ? x.dtype : x;
  if (typeof name === "string" && isDType(name)) return name;
  throw typeError(`${fn}: data type ${JSON.stringify(name)} not understood.`);
};

/** Whether a dtype, or a category of them, is that dtype or belongs to that category (`jnp.floating`, …). */
export function issubdtype(arg1: unknown, arg2: unknown): boolean {
  const [sub, top] = [arg1, arg2].map((arg) => (arg instanceof NDArray ? arg.dtype : String(arg)));
  if (!Object.hasOwn(categories, top)) return requireDType("issubdtype", top) === sub;
  const kinds = Object.hasOwn(categories, sub)
    ? categories[sub]
    : [dtypeTable[requireDType("issubdtype", sub)].kind];
  return kinds.every((kind) => categories[top].includes(kind));
}

const kindNames: Readonly<Record<string, readonly string[]>> = {
  bool: ["bool"],
  "signed integer": ["int"],
  "unsigned integer": ["uint"],
  integral: ["int", "uint"],
  "real floating": ["float"],
  "complex floating": ["complex"],
  numeric: ["int", "uint", "float", "complex"],
};

/** Whether a dtype is of a kind of the array API (`"integral"`, `"real floating"`, …), a dtype, or one of a list. */
export function isdtype(dtype: unknown, kind: unknown): boolean {
  const name = requireDType("isdtype", dtype);
  if (Array.isArray(kind)) return (kind as unknown[]).some((one) => isdtype(name, one));
  const text = String(kind);
  if (Object.hasOwn(kindNames, text)) return kindNames[text].includes(dtypeTable[name].kind);
  if (isDType(text)) return text === name;
  throw rangeError(`Unrecognized kind ${text}; use one of ${Object.keys(kindNames).join(", ")}.`);
}

/** What promotion sees of an argument: an array or scalar, or a dtype by name. */
const promotable = (x: unknown, i: number): Promotable =>
  typeof x === "string"
    ? { dtype: canonicalDType(requireDType("resultType", x)), weakType: false }
    : asArray(x, "resultType", i);

/** The dtype that arrays, scalars and dtypes take together. */
export function resultType(...args: readonly (ArrayLike | string)[]): DType {
  if (args.length === 0) throw typeError("at least one array or dtype is required");
  return promotion(args.map(promotable)).dtype;
}

/** The dtype that two dtypes take together. */
export const promoteTypes = (a: string, b: string): DType =>
  promotion([a, b].map((dtype) => ({ dtype: requireDType("promoteTypes", dtype), weakType: false }))).dtype;

const kindOrder = ["bool", "uint", "int", "float", "complex"];
/** Whole numbers up to 2^digits are exact in each float. */
const digits: Partial<Record<DType, number>> = { float16: 11, bfloat16: 8, float32: 24, float64: 53 };
const realOf: Partial<Record<DType, DType>> = { complex64: "float32", complex128: "float64" };

/** Whether every value survives; 64-bit integers count as safe in float64, as in NumPy. */
function isSafe(from: DType, to: DType): boolean {
  if (from === to || from === "bool") return true;
  const [a, b] = [dtypeTable[from], dtypeTable[to]];
  if (b.kind === "bool" || kindOrder.indexOf(a.kind) > kindOrder.indexOf(b.kind)) return false;
  if (b.kind === "complex") return isSafe(realOf[from] ?? from, realOf[to] ?? to);
  if (b.kind === "float" && a.kind !== "float")
    return to === "float64" || a.bits - (a.kind === "int" ? 1 : 0) <= (digits[to] ?? 0);
  if (a.kind === "uint" && b.kind === "int") return a.bits < b.bits;
  return a.kind === "float" ? a.bits < b.bits : a.bits <= b.bits;
}

/** Among the kinds, bfloat16 is one of its own that every other may become, as NumPy has it for added dtypes. */
const castRank = (dtype: DType): number =>
  dtype === "bfloat16" ? kindOrder.length : kindOrder.indexOf(dtypeTable[dtype].kind);

/** Whether a cast is allowed: `"safe"` (the default), `"same_kind"`, `"unsafe"`, `"no"` or `"equiv"`. */
export function canCast(from: unknown, to: unknown, casting = "safe"): boolean {
  const [a, b] = [requireDType("canCast", from), requireDType("canCast", to)];
  if (casting === "unsafe") return true;
  if (casting === "no" || casting === "equiv") return a === b;
  if (casting === "safe") return isSafe(a, b);
  if (casting !== "same_kind")
    throw rangeError(
      `casting must be one of 'no', 'equiv', 'safe', 'same_kind', or 'unsafe', got '${casting}'`,
    );
  return isSafe(a, b) || castRank(a) <= castRank(b);
}

/** The dtype of a name, an array or a scalar. */
export const dtype = (x: unknown): DType =>
  typeof x === "string" ? canonicalDType(requireDType("dtype", x)) : asArray(x, "dtype", 0).dtype;

/** Whether a value is a number or an array without axes. */
export const isscalar = (element: unknown): boolean =>
  element instanceof NDArray
    ? element.ndim === 0
    : typeof element === "number" ||
      typeof element === "bigint" ||
      typeof element === "boolean" ||
      element instanceof FloatScalar ||
      element instanceof ComplexScalar;
