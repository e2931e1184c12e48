/** JAX's context managers as functions, `treeUtil`, and devices counted. */

import * as fluxion from "fluxion";
import { config, jit, jnp, type NDArray, treeUtil } from "fluxion";
import { expect, test } from "vitest";

test("settings hold inside and are put back, also after an error", () => {
  expect(fluxion.enableX64(true, () => jnp.ones([2], "float64").dtype)).toBe("float64");
  expect(() => fluxion.debugNans(true, () => jnp.log(jnp.array([-1])))).toThrow(
    "invalid value (nan) encountered in log",
  );
  expect(() => fluxion.debugInfs(true, () => jnp.ones([1]).div(0))).toThrow("(inf) encountered in div");
  expect(() => fluxion.numpyRankPromotion("raise", () => jnp.ones([2, 3]).add(jnp.ones([3])))).toThrow(
    "rank promotion",
  );
  expect([config.enableX64, config.debugNans, config.debugInfs, config.numpyRankPromotion]).toEqual([
    false,
    false,
    false,
    "allow",
  ]);
});

test("disableJit runs the function itself", () => {
  let runs = 0;
  const f = jit((x: NDArray) => {
    runs++;
    return x.add(1);
  });
  fluxion.disableJit(() => [f(jnp.ones([2])), f(jnp.ones([2]))]);
  expect(runs).toBe(2);
  f(jnp.ones([2]));
  f(jnp.ones([2]));
  expect(runs).toBe(3);
});

test("checkingLeaks and defaultDevice", () => {
  const kept: NDArray[] = [];
  const leak = () =>
    jit((x: NDArray) => {
      kept.push(x);
      return x.add(1);
    })(jnp.ones([2]));
  expect(() => fluxion.checkingLeaks(leak)).toThrow("Leaked trace");
  const on = (device: Parameters<typeof fluxion.defaultDevice>[0]): string =>
    fluxion.defaultDevice(device, () => jnp.arange(3).add(1).device.kind);
  expect([on("interpreter"), on(fluxion.devices("interpreter")[0]), on("cpu")]).toEqual([
    "interpreter",
    "interpreter",
    "cpu",
  ]);
  expect([fluxion.deviceCount("cpu"), fluxion.local_device_count("cpu")]).toEqual([1, 1]);
});

test("treeUtil has JAX's names", () => {
  const tree = { b: [1, null], a: 2 };
  expect(treeUtil.treeLeaves(tree)).toEqual([2, 1]);
  expect(treeUtil.treeMap((x: number) => x * 2, tree)).toEqual({ a: 4, b: [2, null] });
  const [leaves, treedef] = treeUtil.tree_flatten(tree);
  expect(treeUtil.treeUnflatten(treedef, leaves)).toEqual(tree);
  expect(fluxion.tree_util.treeStructure(tree).key).toBe(treedef.key);
});

test("the device option of functions that make arrays is heeded", () => {
  const device = "interpreter";
  for (const x of [
    jnp.zeros([2], { device } as never),
    jnp.full([2], 1, { device }),
    jnp.onesLike(jnp.ones([2]), { device }),
    jnp.fullLike(jnp.ones([2]), 3, { device }),
    jnp.array([1, 2], { device }),
    jnp.asarray(1, { device: fluxion.devices("interpreter")[0] }),
  ] as NDArray[])
    expect(x.device.kind).toBe("interpreter");
  expect(() => jnp.array([1], { device: 3 })).toThrow(
    "device must be one of devices() or the name of a backend, got 3",
  );
  expect(() => jnp.array([1], { device: "tpu" })).toThrow("Unknown backend tpu");
  expect(() => jnp.fillDiagonal(jnp.ones([2, 2]), 1, { inplace: true })).toThrow("inplace may only be false");
});
