/**
 * Element types. The names are NumPy's, the set is the one that JAX uses; each knows its StableHLO spelling.
 */

export type DTypeKind = "bool" | "int" | "uint" | "float" | "complex";

export interface DTypeInfo {
  readonly kind: DTypeKind;
  /** Bytes that one element takes in memory (bool takes one). */
  readonly bytes: number;
  /** Width in bits as StableHLO counts it (bool is 1). */
  readonly bits: number;
  /** Element type as MLIR spells it: `f32`, `ui8`, `complex<f64>`. */
  readonly mlir: string;
}

const info = <K extends DTypeKind>(kind: K, bits: number, mlir: string) =>
  ({ kind, bits, bytes: Math.max(1, bits >> 3), mlir }) as const;

export const dtypeTable = {
  bool: info("bool", 1, "i1"),
  int8: info("int", 8, "i8"),
  int16: info("int", 16, "i16"),
  int32: info("int", 32, "i32"),
  int64: info("int", 64, "i64"),
  uint8: info("uint", 8, "ui8"),
  uint16: info("uint", 16, "ui16"),
  uint32: info("uint", 32, "ui32"),
  uint64: info("uint", 64, "ui64"),
  float16: info("float", 16, "f16"),
  bfloat16: info("float", 16, "bf16"),
  float32: info("float", 32, "f32"),
  float64: info("float", 64, "f64"),
  complex64: info("complex", 64, "complex<f32>"),
  complex128: info("complex", 128, "complex<f64>"),
} as const satisfies Record<string, DTypeInfo>;

export type DType = keyof typeof dtypeTable;
export type ComplexDType = "complex64" | "complex128";
export type FloatDType = "float16" | "bfloat16" | "float32" | "float64";
export type WideIntDType = "int64" | "uint64";
/** An element type that one machine scalar holds. */
export type RealDType = Exclude<DType, ComplexDType>;

export const dtypes = Object.keys(dtypeTable) as readonly DType[];

export const isDType = (name: string): name is DType => Object.hasOwn(dtypeTable, name);
export const isComplex = (dtype: DType): dtype is ComplexDType => dtypeTable[dtype].kind === "complex";
export const isFloat = (dtype: DType): dtype is FloatDType => dtypeTable[dtype].kind === "float";
export const isInteger = (dtype: DType): boolean => {
  const { kind } = dtypeTable[dtype];
  return kind === "int" || kind === "uint";
};
export const isSigned = (dtype: DType): boolean => dtypeTable[dtype].kind === "int";
export const isUnsigned = (dtype: DType): boolean => dtypeTable[dtype].kind === "uint";
export const isWideInt = (dtype: DType): dtype is WideIntDType => dtype === "int64" || dtype === "uint64";

/** The element type of a complex number's parts; a real type is its own part. */
export const realPart = (dtype: DType): RealDType =>
  dtype === "complex64" ? "float32" : dtype === "complex128" ? "float64" : dtype;

/** The complex type whose parts have this float type. */
export const complexOf = (dtype: DType): ComplexDType => (dtype === "float64" ? "complex128" : "complex64");

const fromMlir = new Map(dtypes.map((name) => [dtypeTable[name].mlir, name] as const));

/** The dtype that MLIR spells this way (`ui32`, `complex<f32>`), if there is one. */
export const dtypeFromMlir = (text: string): DType | undefined => fromMlir.get(text as never);
