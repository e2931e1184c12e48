/** Checked by the compiler alone: what the types of jnp's functions say of literal shapes and dtypes. */

import { jnp, type NDArray } from "@fluxion/tracer";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(...proof: Equal<A, B> extends true ? [] : [got: A, expected: B]): void;

declare const matrix: NDArray<[3, 4], "float32">;
declare const counts: NDArray<[3, 4], "int32">;
declare const row: NDArray<[4], "float32">;
declare const column: NDArray<[3, 1], "int32">;
declare const vector: NDArray<[3], "float32">;
declare const cube: NDArray<[2, 3, 4], "float16">;
declare const padded: NDArray<[1, 5, 1], "int8">;
declare const flags: NDArray<[3, 4], "bool">;
declare const anything: NDArray;
declare const rows: readonly NDArray<[4], "float32">[];

// Reductions.
const total = jnp.sum(matrix);
same<typeof total, NDArray<[], "float32">>();
const columns = jnp.sum(matrix, 0);
same<typeof columns, NDArray<[4], "float32">>();
const last = jnp.max(cube, -1);
same<typeof last, NDArray<[2, 3], "float16">>();
const kept = jnp.sum(matrix, 0, { keepdims: true });
same<typeof kept, NDArray<[1, 4], "float32">>();
const named = jnp.mean(matrix, { axis: 1 });
same<typeof named, NDArray<[3], "float32">>();
const both = jnp.var(cube, { axis: -2, keepdims: true });
same<typeof both, NDArray<[2, 1, 4], "float16">>();
const all = jnp.all(flags, { keepdims: true });
same<typeof all, NDArray<[1, 1], "bool">>();
const standardised = matrix.sub(jnp.mean(matrix, 1, { keepdims: true }));
same<typeof standardised, NDArray<[3, 4], "float32">>();
const method = matrix.sum(1, { keepdims: true });
same<typeof method, NDArray<[3, 1], "float32">>();
const several = jnp.sum(cube, [0, 1]);
same<typeof several, NDArray>();
const masked = jnp.sum(matrix, { axis: 0, where: flags });
same<typeof masked, NDArray>();
const loose = jnp.sum(anything, 0);
export const looseShape: readonly number[] = loose.shape;

// Shapes.
const reshaped = jnp.reshape(matrix, [2, -1]);
same<typeof reshaped, NDArray<[2, number], "float32">>();
const flat = jnp.reshape(matrix, 12);
same<typeof flat, NDArray<[12], "float32">>();
const reversed = jnp.transpose(cube);
same<typeof reversed, NDArray<[4, 3, 2], "float16">>();
const permuted = jnp.transpose(cube, [1, 0, 2]);
same<typeof permuted, NDArray<[3, 2, 4], "float16">>();
const byMethod = cube.transpose(2, 0, 1);
same<typeof byMethod, NDArray<[4, 2, 3], "float16">>();
const squeezed = jnp.squeeze(padded);
same<typeof squeezed, NDArray<[5], "int8">>();
const squeezedFirst = jnp.squeeze(padded, 0);
same<typeof squeezedFirst, NDArray<[5, 1], "int8">>();
const expanded = jnp.expandDims(matrix, 1);
same<typeof expanded, NDArray<[3, 1, 4], "float32">>();
const expandedLast = jnp.expandDims(matrix, -1);
same<typeof expandedLast, NDArray<[3, 4, 1], "float32">>();
const repeated = jnp.broadcastTo(row, [3, 4]);
same<typeof repeated, NDArray<[3, 4], "float32">>();

// Joins.
const stacked = jnp.stack([row, row, row]);
same<typeof stacked, NDArray<[3, 4], "float32">>();
const stackedLast = jnp.stack([row, row], -1);
same<typeof stackedLast, NDArray<[4, 2], "float32">>();
const joined = jnp.concatenate([matrix, counts]);
same<typeof joined, NDArray<[number, 4], "float32">>();
const joinedColumns = jnp.concatenate([matrix, matrix], { axis: 1 });
same<typeof joinedColumns, NDArray<[3, number], "float32">>();
const list = jnp.stack(rows);
export const listShape: readonly number[] = list.shape;

// Products.
const product = jnp.matmul(matrix, jnp.transpose(matrix));
same<typeof product, NDArray<[3, 3], "float32">>();
const inner = jnp.dot(row, row);
same<typeof inner, NDArray<[], "float32">>();
const scaled = jnp.dot(2, matrix);
same<typeof scaled, NDArray<[3, 4], "float32">>();

// Choices.
const chosen = jnp.where(flags, row, 0);
same<typeof chosen, NDArray<[3, 4], "float32">>();
const grid = jnp.where(column.gt(0), row, column);
same<typeof grid, NDArray<[3, 4], "float32">>();
const clipped = jnp.clip(matrix, 0, 1);
same<typeof clipped, NDArray<[3, 4], "float32">>();
const below = jnp.clip(counts, null, 5);
same<typeof below, NDArray<[3, 4], "int32">>();

// Literals.
const integers = jnp.array([
  [1, 2, 3],
  [4, 5, 6],
]);
same<typeof integers, NDArray<[2, 3], "int32">>();
const floats = jnp.array([1, 2.5]);
same<typeof floats, NDArray<[2], "float32">>();
const truths = jnp.array([true, false]);
same<typeof truths, NDArray<[2], "bool">>();
const given = jnp.array([1, 2], { dtype: "float16" });
same<typeof given, NDArray<[2], "float16">>();
const scalar = jnp.array(2.5);
same<typeof scalar, NDArray<[], "float32">>();
const nested = jnp.array([row, row]);
same<typeof nested, NDArray<[2, 4], "float32">>();
declare const numbers: number[][];
const unknownList = jnp.array(numbers);
same<typeof unknownList, NDArray<[number, number]>>();

// @ts-expect-error add got incompatible shapes for broadcasting: (3, 4), (3,).
jnp.ones([3, 4]).add(jnp.ones([3]));
// @ts-expect-error add got incompatible shapes for broadcasting: (2, 3), (2,).
jnp.array([[1, 2, 3], [4, 5, 6]]).add(jnp.array([1, 2])); // biome-ignore format: one line has the error
// @ts-expect-error dot_general requires contracting dimensions to have the same shape, got shapes (3, 4) and (3,).
jnp.matmul(matrix, vector);
// @ts-expect-error where got incompatible shapes for broadcasting: (3, 4), (3,).
jnp.where(flags, vector, 0);
// @ts-expect-error subtract got incompatible shapes for broadcasting: (3, 4), (3,).
jnp.subtract(matrix, jnp.sum(matrix, 1));
