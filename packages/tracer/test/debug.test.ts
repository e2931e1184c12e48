/** What helps to find errors: `debug.print`, `debug.callback`, `debugNans`, `debugInfs`, `checkTracerLeaks`. */

import { config, debug, errors, evalShape, jit, jnp, lax, type NDArray } from "fluxion";
import { afterEach, describe, expect, test, vi } from "vitest";

const printed = vi.spyOn(console, "log").mockImplementation(() => {});
const lines = (): unknown[] => printed.mock.calls.map(([line]) => line);
afterEach(() => printed.mockClear());

const ones = jnp.ones([3]);

/** The line of this file that calls it, as messages name it. */
function here(): string {
  const line = /debug\.test\.ts:(\d+)/.exec((new Error().stack ?? "").split("\n")[2] ?? "")?.[1];
  return `debug.test.ts:${line}`;
}

/** What `fn` throws. */
function thrown(fn: () => unknown): Error {
  try {
    fn();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("nothing was thrown");
}

describe("debug.print", () => {
  test("prints at once outside of a trace", () => {
    debug.print("{0} {0} {{}} {n}", 3, { n: "name" });
    expect(lines()).toEqual(["3 3 {} name"]);
  });

  test("prints at every call of a jitted function, in order, and leaves results alone", () => {
    const inner = jit((x: NDArray) => {
      debug.print("inner {}", x.sum());
      return x.mul(2);
    });
    const f = jit((x: NDArray) => {
      debug.print("x = {x}", { x });
      const y = inner(x);
      debug.print("y = {}", y);
      return { y };
    });
    expect(f(ones).y.toArraySync()).toEqual([2, 2, 2]);
    f(ones.add(1));
    expect(lines()).toEqual([
      "x = [1. 1. 1.]",
      "inner 3.0",
      "y = [2. 2. 2.]",
      "x = [2. 2. 2.]",
      "inner 6.0",
      "y = [4. 4. 4.]",
    ]);
  });

  test("prints when a lowered program runs, not when shapes are asked for", () => {
    const f = jit((x: NDArray) => {
      debug.print("ran");
      debug.print("{}", x.get(0));
      return x;
    });
    expect(String(evalShape((x: NDArray) => f(x), ones))).toContain("(3,)");
    expect(lines()).toEqual([]);
    expect(String(f.lower(ones).outInfo)).toContain("(3,)");
    f.lower(ones).compile()(ones);
    expect(lines()).toEqual(["ran", "1.0"]);
  });

  test("is refused in a loop body, with the line", () => {
    const run = () =>
      lax.scan(
        (c: NDArray, _: never) => {
          debug.print("{}", c);
          return [c, c] as const;
        },
        ones,
        ones,
      );
    expect(run).toThrow(errors.NotImplementedError);
    expect(run).toThrow(/loop body.*debug\.test\.ts/s);
  });

  test.each([
    ["{x} {", [{ x: 1 }], "single '{'"],
    ["{x}", [], "no value was given for the field {x}"],
    ["{x:.3f}", [{ x: 1 }], "the field {x:.3f} is not understood"],
    ["hello", [1], "the value 0 has no field {0}"],
  ])("%s", (message, args, text) => {
    expect(() => debug.print(message, ...args)).toThrow(text);
  });
});

test("debug.callback gets concrete pytrees at every call", () => {
  const seen: unknown[] = [];
  const f = jit((x: NDArray) => {
    debug.callback(
      (tree: { a: NDArray }, n: NDArray) => seen.push(tree.a.toArraySync(), n.item()),
      { a: x },
      x.sum(),
    );
    return x;
  });
  f(ones);
  f(ones.add(1));
  expect(seen).toEqual([[1, 1, 1], 3, [2, 2, 2], 6]);
});

describe("debugNans and debugInfs", () => {
  const withNans = (fn: () => unknown) => () => config.with({ debugNans: true }, fn);

  test("an eager call names the operation and its line", () => {
    const line = here();
    const error = thrown(withNans(() => jnp.log(jnp.array([-1, 1])))); // the line after `here()`
    expect(error).toBeInstanceOf(errors.FloatingPointError);
    expect(error.message).toContain("invalid value (nan) encountered in log");
    const number = Number(line.split(":")[1]) + 1;
    expect(error.message).toContain(`debug.test.ts:${number}`);
  });

  test("a second call of the same function has its own line", () => {
    const first = thrown(withNans(() => jnp.log(jnp.array([-1, 1]))));
    const second = thrown(withNans(() => jnp.log(jnp.array([-1, 1]))));
    expect(first.message).not.toBe(second.message);
  });

  test("a jitted function names the operation inside and its line", () => {
    let line = "";
    const f = jit((x: NDArray) => {
      line = here();
      const y = jnp.log(x.add(1)).mul(2); // the line after `here()`
      return jnp.sin(y);
    });
    f(ones);
    const error = thrown(withNans(() => f(jnp.array([-3, 1, 1]))));
    expect(error.message).toContain("invalid value (nan) encountered in log");
    expect(error.message).toContain(`debug.test.ts:${Number(line.split(":")[1]) + 1}`);
  });

  test("a loop names the operation of its body", () => {
    const run = withNans(() =>
      lax.scan((c: NDArray, x: NDArray) => [jnp.log(c), x] as const, jnp.array(0.5), ones),
    );
    expect(thrown(run).message).toContain("encountered in log");
  });

  test("a NaN that came in is said to have come in", () => {
    const f = jit((x: NDArray) => x.mul(2));
    expect(thrown(withNans(() => f(jnp.array([Number.NaN])))).message).toContain(
      "it came in with an argument",
    );
  });

  test("a NaN inside that no result shows is none", () => {
    const f = jit((x: NDArray) => jnp.where(jnp.isnan(jnp.log(x)), 0, 1));
    expect(config.with({ debugNans: true }, () => f(jnp.array([-1]))).toArraySync()).toEqual([0]);
  });

  test("donated arguments are searched as they were", () => {
    const f = jit((x: NDArray) => jnp.log(x), { donateArgnums: 0 });
    expect(thrown(withNans(() => f(jnp.full([1000], -1).add(0)))).message).toContain("encountered in log");
  });

  test("infinities: found where they are made, not where they only start a maximum", () => {
    config.with({ debugInfs: true }, () => {
      expect(jnp.max(ones).item()).toBe(1);
      expect(() => ones.div(0)).toThrow("invalid value (inf) encountered in div");
    });
    expect(ones.div(0).toArraySync()).toEqual([Infinity, Infinity, Infinity]);
  });
});

test("logCompiles tells what is compiled, once for a signature", () => {
  const logged = vi.spyOn(console, "warn").mockImplementation(() => {});
  const f = jit(function scale(x: NDArray) {
    return x.mul(7);
  });
  config.with({ logCompiles: true }, () => [f(ones), f(ones)]);
  const texts = logged.mock.calls.map(([line]) => String(line));
  logged.mockRestore();
  expect(texts.length).toBe(2);
  expect(texts[0]).toBe("Compiling jit(scale) for (float32[3]) -> (float32[3])");
  expect(texts[1]).toMatch(/^Finished compiling jit\(scale\) in [\d.]+ s$/);
});

describe("checkTracerLeaks", () => {
  test("a tracer kept outside is an error that names both lines", () => {
    const kept: unknown[] = [];
    const run = () =>
      debug.checkTracerLeaks(() =>
        jit((x: NDArray) => {
          const y = x.mul(3);
          kept.push(y);
          return y.add(1);
        })(ones),
      );
    expect(run).toThrow(errors.UnexpectedTracerError);
    expect(run).toThrow(/Leaked trace of <lambda> for jit[\s\S]*float32\[3\]\n {2}at .*debug\.test\.ts/);
    expect(kept.length).toBe(2);
  });

  test("functions that leak nothing run", () => {
    const inner = jit((x: NDArray) => {
      debug.print("{}", x.sum());
      return x.mul(2);
    });
    const f = jit((x: NDArray) => {
      const [last] = lax.scan((c: NDArray, z: NDArray) => [c.add(z), c] as const, x, x);
      return {
        a: last,
        b: inner(x),
        c: lax.cond(
          x.sum().gt(0),
          (v: NDArray) => v,
          (v: NDArray) => v.neg(),
          x,
        ),
      };
    });
    expect(debug.checkTracerLeaks(() => f(ones)).a.toArraySync()).toEqual([4, 4, 4]);
  });

  test("a leaked tracer is an error when it is used, without the setting too", () => {
    const kept: NDArray[] = [];
    jit((x: NDArray) => {
      kept.push(x);
      return x;
    })(ones);
    expect(() => kept[0].add(1)).toThrow(
      /Encountered an unexpected tracer\.[\s\S]*debug\.test\.ts[\s\S]*debug\.test\.ts/,
    );
  });
});
