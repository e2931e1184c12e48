/** Arrays with few columns: operands that repeat with every row, and reductions down the columns. */
import { describe, expect, it } from "vitest";
import { jit, jnp, type NDArray } from "../src/index.ts";

const f32 = Math.fround;
const integers = (count: number, modulus: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => ((i * 7) % modulus) - Math.floor(modulus / 2));

describe.each([2, 3, 4, 5, 6, 7, 8, 10, 16, 20, 31])("%i columns", (columns) => {
  const x = (rows: number): Float32Array => integers(rows * columns, 101);
  const m = integers(columns, 13);
  const s = Float32Array.from({ length: columns }, (_, i) => i + 1.5);

  it.each([1, 63, 64, 1000, 1200, 4099, 6144])("and %i rows, with a row of operands", (rows) => {
    const data = x(rows);
    const normalise = jit((d: NDArray, a: NDArray, b: NDArray) => d.sub(a).div(b));
    const y = normalise(jnp.array(data).reshape([rows, columns]), jnp.array(m), jnp.array(s));
    const expected = data.map((value, i) => f32(f32(value - m[i % columns]) / s[i % columns]));
    expect(Array.from(y.ravel().dataSync(), Number)).toEqual(Array.from(expected));
  });

  it.each([1000, 1200])("and %i rows, with a row, a column and functions of many instructions", (rows) => {
    const data = x(rows);
    const column = integers(rows, 5);
    const heavy = jit((d: NDArray, a: NDArray, b: NDArray) => {
      const sum = d.add(a).add(b);
      return jnp.where(sum.gt(0), jnp.tanh(sum.mul(0.1)), jnp.exp(sum).add(jnp.sin(a)).sub(jnp.cos(b)));
    });
    const y = heavy(
      jnp.array(data).reshape([rows, columns]),
      jnp.array(m),
      jnp.array(column).reshape([rows, 1]),
    );
    const got = y.ravel().dataSync();
    data.forEach((value, i) => {
      const [a, b] = [m[i % columns], column[Math.floor(i / columns)]];
      const sum = value + a + b;
      const expected = sum > 0 ? Math.tanh(sum * 0.1) : Math.exp(sum) + Math.sin(a) - Math.cos(b);
      expect(Math.abs(Number(got[i]) - expected)).toBeLessThan(5e-7);
    });
  });

  it.each([40_000, 40_007, 65_536])("and %i rows, summed down the columns", (rows) => {
    const data = integers(rows * columns, 11);
    const sums = jit((d: NDArray) => jnp.sum(d, 0))(jnp.array(data).reshape([rows, columns]));
    const expected = new Float64Array(columns);
    data.forEach((value, i) => {
      expected[i % columns] += value;
    });
    expect(Array.from(sums.dataSync(), Number)).toEqual(Array.from(expected));
  });
});
