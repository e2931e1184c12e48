/** Memory through the public interface: dropped arrays come back, disposed and donated ones are errors, and running out is survivable. */
import { CpuDevice } from "@fluxion/runtime";
import { blockUntilReady, debug, devicePut, errors, jit, jnp, type NDArray, scope } from "fluxion";
import { afterAll, describe, expect, it } from "vitest";

const MB = 2 ** 20;
const distinct = (x: NDArray): unknown[] => [...new Set<unknown>(x.dataSync())];
const SIZE = 16 * 1024; // 64 KiB of float32

describe("dropped arrays", () => {
  it("come back during a loop that never yields", () => {
    const step = jit((x: NDArray) => x.mul(0.5).add(1));
    const before = debug.memory().liveBytes;
    let x: NDArray = jnp.zeros([SIZE]);
    let most = 0;
    for (let i = 0; i < 20_000; i++) {
      x = step(x);
      if (i % 100 === 0) most = Math.max(most, debug.memory().liveBytes - before);
    }
    // 1.3 GB were allocated.
    expect(most).toBeLessThan(256 * MB);
    expect(distinct(x)).toEqual([2]);
  });

  it("come back though their promises, of being ready or of elements, were not awaited", () => {
    const before = debug.memory().liveBytes;
    let most = 0;
    const step = jit((x: NDArray) => x.add(1));
    const x = jnp.zeros([SIZE]);
    for (let i = 0; i < 4000; i++) {
      const y = step(x);
      void y.blockUntilReady();
      void blockUntilReady({ y });
      void y.data();
      void y.copyToHostAsync();
      if (i % 100 === 0) most = Math.max(most, debug.memory().liveBytes - before);
    }
    // 262 MB were allocated.
    expect(most).toBeLessThan(160 * MB);
  });

  it("come back after eager operations too, while those still held keep their elements", () => {
    const before = debug.memory().liveBytes;
    const held: NDArray[] = [];
    let most = 0;
    for (let i = 0; i < 5000; i++) {
      const y = jnp.full([SIZE], i, { dtype: "float32" }).add(1).mul(2);
      if (i % 500 === 0) held.push(y);
      if (i % 100 === 0) most = Math.max(most, debug.memory().liveBytes - before);
    }
    expect(most).toBeLessThan(256 * MB);
    expect(held.map((y) => distinct(y))).toEqual(held.map((_, i) => [2 * (500 * i + 1)]));
  });
});

describe("dispose", () => {
  it("frees at once, is harmless twice, and later uses say so", () => {
    const x = jnp.zeros([SIZE]).add(1);
    const { liveBytes, liveArrays } = debug.memory();
    x.dispose();
    x.dispose();
    expect(debug.memory()).toMatchObject({ liveBytes: liveBytes - 4 * SIZE, liveArrays: liveArrays - 1 });
    expect(x.isDeleted()).toBe(true);
    const deleted = expect.objectContaining({ name: "DeletedArrayError" });
    expect(() => x.dataSync()).toThrow(deleted);
    expect(() => x.add(1)).toThrow(deleted);
    expect(() => jit((v: NDArray) => v.add(1))(x)).toThrow(deleted);
  });

  it.each([SIZE, 4])("ends the life of donated arrays (%i elements) and of no others", (size) => {
    const update = jit(
      function update(x: NDArray, y: NDArray) {
        return x.add(y);
      },
      { donateArgnums: 0 },
    );
    const x = jnp.zeros([size]).add(1);
    const y = jnp.zeros([size]).add(2);
    const { liveBytes } = debug.memory();
    const sum = update(x, y);
    // The result took the donated memory over.
    expect(debug.memory().liveBytes - liveBytes).toBeLessThan(4 * SIZE);
    expect(distinct(sum)).toEqual([3]);
    expect(distinct(y)).toEqual([2]);
    expect(x.isDeleted()).toBe(true);
    expect(() => update(x, y)).toThrow(expect.objectContaining({ name: "DeletedArrayError" }));
    expect(() => update(y, y)).toThrow(/donate the same buffer twice/);
    expect(distinct(y)).toEqual([2]);
  });
});

describe("running out of memory", () => {
  const device = new CpuDevice({ threads: 1, maximumBytes: 64 * MB });
  afterAll(() => device.runtime.close());

  it("names the array, and leaves the rest usable", () => {
    const x = devicePut(jnp.ones([1024, 1024]), device); // 4 MiB
    const tile = jit(
      function tile(v: NDArray) {
        return jnp.broadcastTo(v, [32, 1024, 1024]).add(1);
      },
      { device },
    );
    const before = device.memory();
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(() => tile(x)).toThrow(
        expect.objectContaining({
          name: "OutOfMemoryError",
          message: expect.stringContaining(
            "(134217728 bytes) for the result of tile, float32[32,1024,1024], do not fit",
          ),
        }),
      );
      expect(() => tile(x)).toThrow(/\n {2}at .*memory\.test\.ts:\d+/);
    }
    // What is held between the failures does not grow, but for the compiled program.
    expect(device.memory().liveBytes - before.liveBytes).toBeLessThan(MB);
    expect(distinct(x.add(1))).toEqual([2]);
    const held = Array.from({ length: 8 }, (_, i) => x.add(i));
    expect(held.map((y) => y.item(5, 7))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("first takes dropped arrays back, without yielding", () => {
    const x = devicePut(jnp.ones([1024, 1024]), device);
    let y = x;
    for (let i = 0; i < 100; i++) y = y.add(x);
    expect(distinct(y)).toEqual([101]);
  });
});

describe("scope", () => {
  const live = (): number => debug.memory().liveArrays;
  const row = jnp.ones([1000]);

  it("frees what does not escape, in the middle of a synchronous loop", () => {
    const step = (v: NDArray) =>
      scope(() => {
        const y = v.mul(2).add(1);
        return { x: y.div(2), kept: [y] };
      });
    scope(() => step(row)); // compiles
    const before = live();
    let x = row as NDArray;
    for (let i = 0; i < 50; i++) {
      const next = step(x);
      expect(live() - before).toBeLessThanOrEqual(3);
      next.kept[0].dispose();
      if (i > 0) x.dispose();
      x = next.x;
    }
    expect(x.item(3)).toBe(26);
    expect(live() - before).toBe(1);
  });

  it("frees everything if the function throws, and compiled programs go on", () => {
    const f = jit((v: NDArray) => v.mul(jnp.arange(1000)).add(3));
    const before = live();
    expect(() =>
      scope(() => {
        f(row);
        throw new Error("stop");
      }),
    ).toThrow("stop");
    expect(f(row).item(2)).toBe(5);
    expect(live() - before).toBeLessThanOrEqual(2); // the program's constants, and the result above
  });

  it("a use after the scope is an error, a promise refused", () => {
    let kept: NDArray = row;
    scope(() => {
      kept = row.add(7);
      return null;
    });
    expect(() => kept.add(1)).toThrow(errors.DeletedArrayError);
    expect(() => scope(async () => row.add(1))).toThrow("the function is async");
  });
});
