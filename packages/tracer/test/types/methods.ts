/** Checked by the compiler alone: what the types of methods say. */

import { type ComplexElement, jnp, type NDArray } from "@fluxion/tracer";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(...proof: Equal<A, B> extends true ? [] : [got: A, expected: B]): void;

declare const matrix: NDArray<[3, 4], "float32">;
declare const row: NDArray<[4], "float32">;
declare const column: NDArray<[3, 1], "int32">;
declare const vector: NDArray<[3], "float32">;
declare const unknownRows: NDArray<[number, 4], "float32">;
declare const anything: NDArray;
declare const halves: NDArray<[4], "float16">;
declare const wide: NDArray<[2], "int64">;
declare const complex: NDArray<[2], "complex64">;
declare const flags: NDArray<[3, 4], "bool">;

// Every array is an NDArray.
export const widened: NDArray[] = [matrix, row, column, flags, complex];

// Broadcasting and promotion.
same<typeof sum, NDArray<[3, 4], "float32">>();
const sum = matrix.add(row);
const outer = row.mul(column);
same<typeof outer, NDArray<[3, 4], "float32">>();
const half = halves.mul(column);
same<typeof half, NDArray<[3, 4], "float16">>();
const scaled = matrix.mul(2).sub(0.5);
same<typeof scaled, NDArray<[3, 4], "float32">>();
const indices = column.add(1);
same<typeof indices, NDArray<[3, 1], "int32">>();
const later = unknownRows.add(matrix);
same<typeof later, NDArray<[3, 4], "float32">>();
const dynamic = unknownRows.add(row);
same<typeof dynamic, NDArray<[number, 4], "float32">>();
const unknown = anything.add(row);
export const unknownShape: readonly number[] = unknown.shape;
const mask = matrix.gt(0).and(flags);
same<typeof mask, NDArray<[3, 4], "bool">>();

// @ts-expect-error add got incompatible shapes for broadcasting: (3, 4), (3,).
matrix.add(vector);
// @ts-expect-error lt got incompatible shapes for broadcasting: (3, 4), (3,).
matrix.lt(vector);
// @ts-expect-error dot_general requires contracting dimensions to have the same shape, got shapes (3, 4) and (3,).
matrix.matmul(vector);
// @ts-expect-error arrays have no numeric index: x.get(0)
matrix[0];

// Products, transposes, reductions.
const product = matrix.matmul(matrix.T);
same<typeof product, NDArray<[3, 3], "float32">>();
const applied = matrix.matmul(row);
same<typeof applied, NDArray<[3], "float32">>();
const total = matrix.sum();
same<typeof total, NDArray<[], "float32">>();
const columns = matrix.mean(0);
same<typeof columns, NDArray<[4], "float32">>();
const rows = matrix.max(-1);
same<typeof rows, NDArray<[3], "float32">>();
const every = flags.all(1);
same<typeof every, NDArray<[3], "bool">>();
const reshaped = matrix.reshape([2, -1]);
same<typeof reshaped, NDArray<[2, number], "float32">>();
const spread = matrix.reshape(2, 6);
same<typeof spread, NDArray<[2, 6], "float32">>();
const cast = matrix.astype("int32");
same<typeof cast, NDArray<[3, 4], "int32">>();
const size = complex.abs();
same<typeof size, NDArray<[2], "float32">>();

// Reading back.
export async function read(): Promise<void> {
  const data = await matrix.data();
  same<typeof data, Float32Array>();
  const nested = await matrix.toArray();
  same<typeof nested, number[][]>();
  const bits = flags.toArraySync();
  same<typeof bits, boolean[][]>();
  const big = wide.dataSync();
  same<typeof big, BigInt64Array>();
  const one = wide.item(0);
  same<typeof one, bigint>();
  const pair = complex.item(0);
  same<typeof pair, ComplexElement>();
  for (const line of matrix) same<typeof line, NDArray<[4], "float32">>();
}

// Updates keep the type.
const updated = matrix.at(0, "1:").set(0);
same<typeof updated, NDArray<[3, 4], "float32">>();

// Functions of jnp.
const made = jnp.ones([3, 4]);
same<typeof made, NDArray<[3, 4], "float32">>();
const whole = jnp.zeros(5, "int32");
same<typeof whole, NDArray<[5], "int32">>();
const halved = jnp.empty([2], { dtype: "float16" });
same<typeof halved, NDArray<[2], "float16">>();
const waves = jnp.sin(matrix);
same<typeof waves, NDArray<[3, 4], "float32">>();
const magnitude = jnp.absolute(complex);
same<typeof magnitude, NDArray<[2], "float32">>();
const sums = jnp.add(matrix, column);
same<typeof sums, NDArray<[3, 4], "float32">>();
const shifted = jnp.subtract(1, row);
same<typeof shifted, NDArray<[4], "float32">>();
const nans = jnp.logicalNot(jnp.isnan(matrix));
same<typeof nans, NDArray<[3, 4], "bool">>();
const loose = jnp.exp(anything);
export const looseShape: readonly number[] = loose.shape;

// @ts-expect-error add got incompatible shapes for broadcasting: (3, 4), (3,).
jnp.ones([3, 4]).add(jnp.ones([3]));
// @ts-expect-error maximum got incompatible shapes for broadcasting: (3, 4), (3,).
jnp.maximum(matrix, vector);
