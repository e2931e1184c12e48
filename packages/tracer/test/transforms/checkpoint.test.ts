/** `checkpoint` and its policies, `closureConvert`. */

import {
  type CheckpointPolicy,
  checkpoint,
  checkpointName,
  checkpointPolicies,
  closureConvert,
  config,
  customVjp,
  errors,
  grad,
  jit,
  jnp,
  type NDArray,
  remat,
  vjp,
} from "@fluxion/tracer";
import { describe, expect, test } from "vitest";

config.defaultDevice = "cpu";

const policies = checkpointPolicies;

describe("checkpoint", () => {
  const size = 32;
  const layer = (w: NDArray, x: NDArray): NDArray => {
    let y = x.matmul(w) as NDArray;
    for (let i = 0; i < 4; i++) y = jnp.sin(checkpointName(y.mul(1.5), "scaled"));
    return y.matmul(w) as NDArray;
  };
  const w = jnp.ones([size, size]).mul(1 / size) as NDArray;
  const x = jnp.ones([128, size]);
  const gradient = (wrap: (f: typeof layer) => typeof layer) => {
    const f = wrap(layer);
    return jit(
      grad((v: NDArray) => {
        let y: NDArray = x;
        for (let i = 0; i < 6; i++) y = f(v, y);
        return y.sum();
      }),
    );
  };
  const under = (policy: CheckpointPolicy) => gradient((f) => checkpoint(f, { policy }));
  /** Temporaries of the compiled gradient. */
  const bytes = (g: ReturnType<typeof gradient>): number => {
    const text: string = g.lower(w).compile().asText("kernels");
    return Number(/arena (\d+) bytes/.exec(text)?.[1]);
  };

  const plain = gradient((f) => f);
  const all = bytes(plain);

  test("saves memory in the plan of buffers, the more the less a policy keeps", () => {
    const [nothing, dots, names] = [
      policies.nothingSaveable,
      policies.dotsSaveable,
      policies.saveOnlyTheseNames("scaled"),
    ].map((policy) => bytes(under(policy)));
    expect(nothing).toBeLessThan(0.4 * all);
    expect(dots).toBeGreaterThan(nothing);
    expect(dots).toBeLessThan(0.6 * all);
    expect(names).toBeGreaterThan(dots);
    expect(names).toBeLessThan(all);
    expect(bytes(under(policies.everythingSaveable))).toBe(all);
    const both = policies.saveFromBothPolicies(policies.dotsSaveable, policies.saveOnlyTheseNames("other"));
    expect(bytes(under(both))).toBe(dots);
    expect(bytes(under(policies.saveAnyNamesButThese("scaled")))).toBe(nothing);
    expect(bytes(gradient((f) => remat(f)))).toBe(nothing);
  });

  test("looks into jitted functions", () => {
    const policy = policies.dotsSaveable;
    expect(bytes(gradient((f) => checkpoint(jit(f), { policy })))).toBe(bytes(under(policy)));
  });

  test("changes no value", () => {
    const expected = plain(w).toArraySync();
    for (const policy of [
      policies.nothingSaveable,
      policies.dotsSaveable,
      policies.saveOnlyTheseNames("scaled"),
    ])
      expect(under(policy)(w).toArraySync()).toEqual(expected);
  });

  test("takes pytrees and static arguments, and runs outside of a trace", () => {
    const f = checkpoint(({ a }: { a: NDArray }, how: string) => ({ b: how === "sin" ? jnp.sin(a) : a }), {
      staticArgnums: 1,
    });
    const a = jnp.asarray(0.5);
    expect(f({ a }, "sin").b.item()).toBeCloseTo(Math.sin(0.5), 6);
    const [, pull] = vjp((y: NDArray) => f({ a: y }, "sin").b, 0.5);
    expect(pull(1)[0].item()).toBeCloseTo(Math.cos(0.5), 6);
  });

  test("refuses what is no policy", () => {
    expect(() => checkpoint(layer, { policy: "dots" })).toThrow("policy must be one of checkpointPolicies");
    expect(() => policies.offloadDotWithNoBatchDims()).toThrow(errors.NotImplementedError);
    expect(() => policies.saveOnlyTheseNames("a,b")).toThrow(RangeError);
    expect(() => checkpointName(x, "")).toThrow(TypeError);
  });
});

describe("closureConvert", () => {
  test("makes what a rule has to differentiate by an argument", () => {
    /** f(x) with a rule that is told of what f closes over. */
    const call = customVjp(
      (f: (...args: unknown[]) => NDArray, x: NDArray, ...consts: NDArray[]) => f(x, ...consts),
      {
        nondiffArgnums: [0],
      },
    );
    call.defvjp(
      (f, x, ...consts) => [f(x, ...consts), [x, consts]],
      (f, [x, consts], ct) => vjp(f as (...args: NDArray[]) => NDArray, x, ...consts)[1](ct),
    );
    const outer = (c: NDArray): NDArray => {
      const [converted, consts] = closureConvert((x: NDArray) => x.mul(c).mul(c), jnp.asarray(1.5));
      return call(converted as never, jnp.asarray(1.5), ...consts);
    };
    expect(grad(outer)(2.5).item()).toBeCloseTo(2 * 1.5 * 2.5, 5);
  });

  test("keeps what no derivative can reach", () => {
    const c = jnp.linspace(0, 1, 50);
    const [converted, consts] = closureConvert((x: NDArray) => x.mul(c).sum(), jnp.asarray(1.5));
    expect(consts).toEqual([]);
    expect((converted(2.5) as NDArray).item()).toBeCloseTo(2.5 * 25, 4);
    expect(() => converted([2.5])).toThrow("must have the same Pytree structure as the example arguments");
  });
});
