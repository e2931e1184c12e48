/** Goldens, host arrays and an `io` over plain host arrays, for the tests of files. */

import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { bytesOf, type DType, type HostArray, viewStorage } from "../../src/io/host-array.ts";
import { FileFormatError, makeIo } from "../../src/io/index.ts";

export const goldenPath = (name: string): string => new URL(`goldens/${name}`, import.meta.url).pathname;
export const goldenBytes = (name: string): Uint8Array => new Uint8Array(readFileSync(goldenPath(name)));
export const goldenJson = <T>(name: string): T => JSON.parse(readFileSync(goldenPath(name), "utf-8")) as T;

export const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** An array from its dtype, shape and little-endian row-major bytes. */
export function hostArray(dtype: DType, shape: readonly number[], data: Uint8Array): HostArray {
  const count = shape.reduce((n, d) => n * d, 1);
  return { dtype, shape, data: viewStorage(dtype, data.slice().buffer, 0, count) };
}

export const float64 = (
  values: readonly number[],
  shape: readonly number[] = [values.length],
): HostArray => ({
  dtype: "float64",
  shape,
  data: Float64Array.from(values),
});

/** Compares bit by bit, NaN payloads included. */
export function expectSame(actual: HostArray, expected: HostArray): void {
  expect({ dtype: actual.dtype, shape: actual.shape, data: toHex(bytesOf(actual.data)) }).toEqual({
    dtype: expected.dtype,
    shape: expected.shape,
    data: toHex(bytesOf(expected.data)),
  });
}

/** The error that a function throws; fails the test if it throws none or one of another class. */
export function formatError(run: () => unknown): FileFormatError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(FileFormatError);
    return error as FileFormatError;
  }
  throw new Error("expected a FileFormatError, and nothing was thrown");
}

export const warnings: string[] = [];

/** `io` whose arrays are host arrays. */
export const io = makeIo<HostArray>({
  toHost: (x) => (Array.isArray(x) ? float64(x as number[]) : (x as HostArray)),
  fromHost: (host) => host,
  isArray: (x) => typeof x === "object" && x !== null && "dtype" in x,
  warn: (message) => {
    warnings.push(message);
  },
});

/** A small random number generator (mulberry32), seeded so that a failure can be repeated. */
export function randomSource(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}
