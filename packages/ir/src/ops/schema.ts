/**
 * How an op is declared. Printer, parser, builder, verifier and every rule table read the declarations, so nothing
 * about an op is written twice.
 */

import type { DType } from "../dtype.ts";
import type { Literal } from "../literal.ts";
import type { Region } from "../module.ts";
import type { TensorType } from "../tensor-type.ts";
import type { GatherDimensionNumbers, ScatterDimensionNumbers } from "./window-map.ts";

export type { GatherDimensionNumbers, ScatterDimensionNumbers };

export type ComparisonDirection = "EQ" | "NE" | "GE" | "GT" | "LE" | "LT";
export type ComparisonType = "FLOAT" | "TOTALORDER" | "SIGNED" | "UNSIGNED";
export type Precision = "DEFAULT" | "HIGH" | "HIGHEST";

/** Which dimensions of `dot_general` are batched and which are summed. */
export interface DotDimensionNumbers {
  readonly lhsBatching: readonly number[];
  readonly rhsBatching: readonly number[];
  readonly lhsContracting: readonly number[];
  readonly rhsContracting: readonly number[];
}

/** TypeScript type of each kind of attribute. */
export interface AttributeKinds {
  i32: number;
  i64: number;
  "i64[]": readonly number[];
  f32: number;
  bool: boolean;
  string: string;
  /** A symbol reference without its `@`. */
  symbol: string;
  elements: Literal;
  comparison_direction: ComparisonDirection;
  comparison_type: ComparisonType;
  dot_dimension_numbers: DotDimensionNumbers;
  precision_config: readonly Precision[];
  gather_dimension_numbers: GatherDimensionNumbers;
  scatter_dimension_numbers: ScatterDimensionNumbers;
  /** Attributes that Fluxion keeps but does not read, name to MLIR text. */
  text: Readonly<Record<string, string>>;
}
export type AttributeKind = keyof AttributeKinds;

/** `"i64[]"` is required, `"precision_config?"` may be absent. */
export type AttributeSchema = Readonly<Record<string, AttributeKind | `${AttributeKind}?`>>;

type RequiredKeys<A extends AttributeSchema> = {
  [K in keyof A]: A[K] extends AttributeKind ? K : never;
}[keyof A];
type KindOf<S> = S extends `${infer K}?`
  ? K extends AttributeKind
    ? K
    : never
  : S extends AttributeKind
    ? S
    : never;

export type AttributesFrom<A extends AttributeSchema> = {
  readonly [K in RequiredKeys<A>]: AttributeKinds[KindOf<A[K]>];
} & {
  readonly [K in Exclude<keyof A, RequiredKeys<A>>]?: AttributeKinds[KindOf<A[K]>];
};

/** What result inference sees. Throw `InferenceError` with a sentence when the operation cannot be. */
export interface InferenceContext<Attributes> {
  readonly operands: readonly TensorType[];
  readonly attributes: Attributes;
  readonly regions: readonly Region[];
  /** Result types as the text or the caller states them; ops with `explicitResult` read them. */
  readonly declared: readonly TensorType[] | undefined;
}

/**
 * Operands that an op is linear in: `joint` (in all of them together, as add), a list of positions it is linear in one
 * at a time (multiply: `[0, 1]`), `structural` (as its regions or its callee are), or `none`.
 */
export type Linearity = "none" | "joint" | "structural" | readonly number[];

export type OpFamily =
  | "elementwise"
  | "shape"
  | "constant"
  | "reduce"
  | "dot"
  | "dynamic"
  | "gather"
  | "sort"
  | "control"
  | "call";

/**
 * Pretty form of an op:
 * - `elementwise`: `stablehlo.add %a, %b : T` (all types equal) or `: (T, U) -> V`;
 * - `custom`: printer and parser have an entry of their own;
 * - `generic`: only the quoted form with `<{…}>` exists.
 */
export type AssemblyForm = "elementwise" | "custom" | "generic";

export interface OpDeclaration<A extends AttributeSchema = AttributeSchema> {
  /** What the op computes, in one sentence. */
  readonly doc: string;
  readonly family: OpFamily;
  /** Name of each operand; the last may start with `*` (any number of them). */
  readonly operands: readonly string[];
  readonly attributes: A;
  /** Name of each region; may end in a `*` one. */
  readonly regions: readonly string[];
  readonly form: AssemblyForm;
  readonly linear: Linearity;
  /** Result types cannot be derived from the operands (iota, convert, reshape …); `infer` checks the declared ones. */
  readonly explicitResult: boolean;
  /** Must not be removed or reordered though its results are unused. */
  readonly sideEffect: boolean;
  infer(context: InferenceContext<AttributesFrom<A>>): readonly TensorType[];
}

/** Element types that an elementwise op takes, by kind. */
export type DTypeClass =
  | "any"
  | "float"
  | "complex"
  | "floatOrComplex"
  | "number"
  | "integer"
  | "boolOrInteger"
  | "signedOrFloatOrComplex"
  | "boolOrNumber"
  | "real";

export type DTypePredicate = (dtype: DType) => boolean;
