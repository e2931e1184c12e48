/** Elements back in JavaScript, placement and disposal. */

import type { DType } from "@fluxion/ir";
import {
  blockUntilReady,
  config,
  deviceGet,
  devicePut,
  devices,
  jit,
  jnp,
  type NDArray,
} from "@fluxion/tracer";
import { describe, expect, test } from "vitest";

config.defaultDevice = "interpreter";

const flags = (): NDArray => jnp.array([true, false]);
const complexes = (): NDArray => jnp.array([1, -1], { dtype: "complex64" });

describe("typed arrays", () => {
  test.each<[DType, unknown]>([
    ["int8", Int8Array.of(1, 0, 3)],
    ["int16", Int16Array.of(1, 0, 3)],
    ["int32", Int32Array.of(1, 0, 3)],
    ["uint8", Uint8Array.of(1, 0, 3)],
    ["uint16", Uint16Array.of(1, 0, 3)],
    ["uint32", Uint32Array.of(1, 0, 3)],
    ["float32", Float32Array.of(1, 0, 3)],
    ["bfloat16", Float32Array.of(1, 0, 3)],
    ["float16", typeof Float16Array === "undefined" ? Float32Array.of(1, 0, 3) : Float16Array.of(1, 0, 3)],
    ["bool", Uint8Array.of(1, 0, 1)],
    ["complex64", Float32Array.of(1, 0, 0, 0, 3, 0)],
  ])("%s", async (dtype, expected) => {
    const x = jnp.array([1, 0, 3], { dtype });
    expect(x.dataSync()).toStrictEqual(expected);
    expect(await x.data()).toStrictEqual(expected);
  });
  test("64-bit dtypes", () => {
    config.with({ enableX64: true }, () => {
      expect(jnp.array([1n, -(2n ** 62n)]).dataSync()).toStrictEqual(BigInt64Array.of(1n, -(2n ** 62n)));
      expect(jnp.array([1], { dtype: "uint64" }).toArraySync()).toEqual([1n]);
      expect(jnp.array([0.1]).dataSync()).toStrictEqual(Float64Array.of(0.1));
      expect(jnp.array([1], { dtype: "complex128" }).dataSync()).toStrictEqual(Float64Array.of(1, 0));
    });
  });
  test("what is read is a copy", () => {
    const x = jnp.array([1, 2]);
    x.dataSync().fill(7 as never);
    expect(x.toArraySync()).toEqual([1, 2]);
  });
});

describe("nested values", () => {
  test("of every kind", async () => {
    expect(jnp.array([[1, 2, 3], [4, 5, 6]]).toArraySync()).toEqual([[1, 2, 3], [4, 5, 6]]); // biome-ignore format: rows
    expect(await jnp.array(2.5).toArray()).toBe(2.5);
    expect(flags().toArraySync()).toEqual([true, false]);
    expect(complexes().tolist()).toEqual([
      { re: 1, im: 0 },
      { re: -1, im: 0 },
    ]);
    expect(jnp.zeros([2, 0]).toArraySync()).toEqual([[], []]);
    expect(jnp.array([0.5], { dtype: "float16" }).toArraySync()).toEqual([0.5]);
  });
  test("item reads the only element, or one of several", () => {
    const x = jnp.arange(6).reshape(2, 3);
    expect(jnp.array([[7]]).item()).toBe(7);
    expect(x.item(4)).toBe(4);
    expect(x.item(1, -1)).toBe(5);
    expect(flags().item(0)).toBe(true);
    expect(() => x.item()).toThrow(
      "can only convert an array of size 1 to a scalar, got int32[2,3] with 6 elements",
    );
    expect(() => x.item(2, 0)).toThrow("index 2 is out of bounds for axis 0 with size 2");
    expect(() => x.item(0, 0, 0)).toThrow("takes no index, one, or 2; got 3");
  });
  test("iteration and length", () => {
    const x = jnp.arange(6).reshape(3, 2);
    expect([...x].map((row) => row.toArraySync())).toEqual([[0, 1], [2, 3], [4, 5]]); // biome-ignore format: rows
    expect(x.length).toBe(3);
    expect(() => [...jnp.array(1)]).toThrow("iteration over a 0-d array");
    expect(() => jnp.array(1).length).toThrow("len() of unsized object");
  });
  test("JSON, numbers and comparisons", () => {
    expect(JSON.stringify({ x: jnp.array([[1], [2]]), ok: flags() })).toBe(
      '{"x":[[1],[2]],"ok":[true,false]}',
    );
    const half = jnp.array(0.5);
    expect([Number(half), Math.sqrt(Number(jnp.array([4]))), +half, `${half}`]).toEqual([
      0.5,
      2,
      0.5,
      "Array(0.5, dtype=float32, weak_type=True)",
    ]);
    expect((half as unknown as number) < 1).toBe(true);
    config.with({ enableX64: true }, () => {
      expect(JSON.stringify(jnp.array([2n ** 60n, 3n]))).toBe('["1152921504606846976",3]');
    });
    expect(() => Number(jnp.ones([2]))).toThrow("Only scalar arrays can be converted");
    expect(() => (flags() as unknown as number) > 0).toThrow(
      "The truth value of an array with more than one element is ambiguous. Use x.any() or x.all().",
    );
    expect(() => Number(jnp.array([1], { dtype: "complex64" }))).toThrow(
      "a complex array cannot become a number",
    );
  });
});

describe("attributes", () => {
  test("sizes", () => {
    const x = jnp.zeros([2, 3], { dtype: "complex64" });
    expect([x.size, x.itemsize, x.nbytes, x.ndim]).toEqual([6, 8, 48, 2]);
  });
  test("axes reversed, parts of complex numbers", () => {
    const x = jnp.arange(6).reshape(1, 2, 3);
    expect([x.T.shape, x.mT.shape]).toEqual([
      [3, 2, 1],
      [1, 3, 2],
    ]);
    expect([complexes().real.dtype, complexes().imag.toArraySync()]).toEqual(["float32", [0, 0]]);
  });
  test("arrays are immutable", () => {
    const x = jnp.ones([3]) as unknown as Record<string | number, unknown>;
    const phrase = "JAX arrays are immutable and do not support in-place item assignment.";
    expect(() => {
      x[0] = 1;
    }).toThrow(phrase);
    expect(() => {
      x["1:2"] = 1;
    }).toThrow("x = x.at(1:2).set(y)");
    expect(() => x[0]).toThrow("use x.get(0)");
    expect(() => x[-1]).toThrow("use x.get(-1)");
    expect(() => {
      x.shape = [3, 1];
    }).toThrow(TypeError);
    expect(x.nothing).toBeUndefined();
    expect("nothing" in x).toBe(false);
  });
});

describe("placement", () => {
  const [device] = devices("interpreter");
  test("devices and sharding", () => {
    const x = jnp.ones([2]);
    expect([...x.devices()]).toEqual([device]);
    expect(x.device).toBe(device);
    expect(String(x.sharding)).toBe(`SingleDeviceSharding(device=${device}, memory_kind=device)`);
    expect(x.toDevice(device)).toBe(x);
  });
  test("devicePut and deviceGet take pytrees", async () => {
    const tree = devicePut({ a: [1, 2.5], b: new Float32Array([3, 4]) }, "interpreter") as unknown as {
      a: NDArray[];
    };
    expect(tree.a[1].payload.kind).toBe("device");
    expect(await deviceGet(tree)).toEqual({ a: [1, 2.5], b: [3, 4] });
    expect(await blockUntilReady(tree)).toBe(tree);
    expect(await tree.a[0].blockUntilReady()).toBe(tree.a[0]);
  });
  test("a copy outlives the original", () => {
    const x = jnp.ones([2]);
    const y = x.copy();
    x.dispose();
    expect(x.isDeleted()).toBe(true);
    expect(y.toArraySync()).toEqual([1, 1]);
    for (const use of [() => x.add(1), () => x.dataSync(), () => jit((a: NDArray) => a)(x)]) {
      expect(use).toThrow("Array has been deleted with shape=float32[2].");
    }
  });
  test("a donated array is dead", () => {
    const step = jit((x: NDArray) => x.add(1), { donateArgnums: 0 });
    for (const x of [jnp.ones([2]), jnp.array([1, 2])]) {
      expect(step(x).shape).toEqual([2]);
      expect(() => x.add(1)).toThrow("donated to a jitted function (donateArgnums)");
    }
  });
  test("using disposes at the end of the block, host arrays too", () => {
    let outside: NDArray | undefined;
    {
      using x = jnp.array([1, 2, 3]);
      outside = x;
      expect(x.add(1).toArraySync()).toEqual([2, 3, 4]);
    }
    expect(outside.isDeleted()).toBe(true);
    expect(() => outside?.add(1)).toThrow("Array has been deleted");
    expect(() => jit(() => outside)()).toThrow("Array has been deleted");
  });
});
