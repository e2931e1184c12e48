/** A tiny stand-in for the package: enough to test the runner, with defects to be found on demand. */

import { adapt, type Library } from "./adapter.ts";

type Dtype = "int32" | "float32" | "float16" | "bfloat16" | "complex64" | "bool";

export class FakeArray {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly weakType: boolean;
  readonly values: readonly number[];
  readonly storage: ArrayLike<number>;

  constructor(
    dtype: string,
    shape: readonly number[],
    values: readonly number[],
    weakType = false,
    storage?: ArrayLike<number>,
  ) {
    this.dtype = dtype;
    this.shape = shape;
    this.values = values;
    this.weakType = weakType;
    this.storage = storage ?? values;
  }
  dataSync(): ArrayLike<number> {
    return this.storage;
  }
  reshape(shape: readonly number[]): FakeArray {
    return new FakeArray(this.dtype, shape, this.values, this.weakType);
  }
  /** Adds up; the options of reductions are accepted and only `keepdims` heeded. */
  sum(options?: { keepdims?: boolean }): FakeArray {
    const shape = options?.keepdims ? this.shape.map(() => 1) : [];
    return new FakeArray(this.dtype, shape, [this.values.reduce((a, b) => a + b, 0)]);
  }
  get ndim(): number {
    return this.shape.length;
  }
  at(index: number): { add(value: number): FakeArray } {
    const add = (value: number): FakeArray =>
      new FakeArray(
        this.dtype,
        this.shape,
        this.values.map((v, i) => (i === index ? v + value : v)),
      );
    return { add };
  }
  toString(): string {
    return `Fake([${this.values.join(", ")}], dtype=${this.dtype})`;
  }
}

interface Scalar {
  readonly re: number;
  readonly im: number;
}

function array(data: Iterable<number | boolean | Scalar>, { dtype }: { dtype: Dtype }): FakeArray {
  const values = [...data].flatMap((v) => (typeof v === "object" ? [v.re, v.im] : [Number(v)]));
  return new FakeArray(dtype, [dtype === "complex64" ? values.length / 2 : values.length], values);
}

const add = (x: FakeArray, y: FakeArray): FakeArray => {
  if (`${x.shape}` !== `${y.shape}`)
    throw new TypeError(`add got incompatible shapes for broadcasting: (${x.shape},), (${y.shape},).`);
  return new FakeArray(
    x.dtype,
    x.shape,
    x.values.map((v, i) => v + y.values[i]),
  );
};

const jnp = {
  array,
  add,
  complex: (re: number, im: number): Scalar => ({ re, im }),
  float: (value: number): FakeArray => new FakeArray("float32", [], [value], true),
  sum: (x: FakeArray, options?: { keepdims?: boolean }): FakeArray => x.sum(options),
  split: (x: FakeArray): FakeArray[] => x.values.map((v) => new FakeArray(x.dtype, [1], [v])),
  broadcastShapes: (...shapes: number[][]): number[] => shapes[0],
  broken: (x: { missing: { deeper: number } }): number => x.missing.deeper,
};

/** Flags that the fake's `config` was given, newest last. */
export const updates: [string, boolean][] = [];

export const fake: Library = adapt({
  jnp,
  config: { update: (name: string, on: boolean) => updates.push([name, on]) },
});
