/** The JSON of the golden files; README.md describes it in prose. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Row-major elements (complex ones as two entries): a list, or base64 of their little-endian bytes. */
export type EncodedData = string | readonly (number | string)[];

export interface EncodedArray {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: EncodedData;
}

/** An array as a result. */
export interface ArrayExpectation extends EncodedArray {
  readonly weak?: boolean;
  /** `String(x)`, where the values agree bit for bit. */
  readonly str?: string;
  /** True values in float64 (complex128 for complex results). */
  readonly ref?: EncodedData;
  /** Absolute bounds of |result - ref|. */
  readonly tol?: EncodedData;
}

export type Expectation =
  | ArrayExpectation
  | { readonly value: Json }
  | { readonly error: string; readonly phrase?: string };

export interface GoldenCase {
  readonly id: string;
  readonly fn: string;
  readonly args: readonly Json[];
  readonly kwargs?: { readonly [name: string]: Json };
  readonly x64?: boolean;
  /** One for each leaf of the result. */
  readonly expect: readonly Expectation[];
}

export interface GoldenFile {
  readonly family: string;
  readonly about: string;
  readonly jax: string;
  readonly inputs: { readonly [name: string]: EncodedArray };
  readonly cases: readonly GoldenCase[];
}

/** A StableHLO program of `data/stablehlo.json`. */
export interface ProgramCase {
  readonly id: string;
  readonly args: readonly EncodedArray[];
  readonly results: readonly EncodedArray[];
  /** 0: results are equal; n: each is within n * 2^-24 of its result's largest magnitude. */
  readonly units: number;
  readonly text: string;
}

export type Elements = readonly (number | bigint)[];

export const isArray = (e: Expectation): e is ArrayExpectation => "dtype" in e;
export const isComplex = (dtype: string): boolean => dtype.startsWith("complex");
export const isFloating = (dtype: string): boolean => dtype.includes("float");
export const isWide = (dtype: string): boolean => dtype === "int64" || dtype === "uint64";
