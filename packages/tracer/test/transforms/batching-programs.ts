/** `vectorize`, `map` with a batch size, `associativeScan` and `scan`, against what JAX gave (`oracle/generate_batching.py`). */

import { grad, jit, jnp, jvp, lax, random, vmap } from "@fluxion/tracer";
import type { Programs, X } from "./golden-programs.ts";

const range = (n: number, ...shape: number[]): X => jnp.arange(n, { dtype: "float32" }).reshape(...shape);
const V: X = range(5, 5).add(1);
const M: X = range(6, 2, 3);
const I: X = jnp.arange(5);
const KEYS: X = random.split(random.key(0), 5);
const zero: X = jnp.float(0);

const addUp = (c: X, x: X): X => [c.add(x), c];
const { vectorize } = jnp;

export const programs: Programs = {
  vectorize: () => vectorize((a: X, b: X) => a.add(b.mul(2)))(M.get(":, :1"), V),
  "vectorize scalar": () => vectorize((a: X) => a.mul(2))(3),
  "vectorize branch": () =>
    vectorize((a: X, b: X) =>
      lax.cond(
        a.gt(b),
        () => a.sub(b),
        () => a.add(b),
      ),
    )(M, V.get(":3")),
  "vectorize tuple": () => vectorize((x: X) => [x, x.add(1)])(jnp.ones([2, 1])),
  "vectorize signature": () =>
    vectorize((a: X, b: X) => a.dot(b), { signature: "(n,m),(m)->(n)" })(
      range(30, 5, 2, 3),
      range(12, 4, 1, 3),
    ),
  "vectorize two results": () => vectorize((x: X) => [x, x.sum()], { signature: "(n)->(n),()" })(M),
  "vectorize sizes": () =>
    vectorize((a: X, b: X) => jnp.cross(a, b), { signature: "(3),(3)->(3)" })(M, V.get(":3")),
  "vectorize new dimension": () => vectorize((x: X) => x.mul(V), { signature: "()->(k)" })(M),
  "vectorize excluded": () =>
    vectorize((x: X, y: X) => x.add(y.get(0)), { excluded: new Set([1]) })(M, jnp.ones([2])),
  "vectorize excluded signature": () => vectorize((x: X, y: X) => x.add(y.sum()), [1], "(n)->(n)")(M, V),
  "vectorize none": () => vectorize((x: X, _: X) => x)(M, null),
  "vectorize in jit": () => jit(vectorize((a: X, b: X) => a.add(b.mul(2))) as X)(M.get(":, :1"), V),
  "vectorize grad": () => vectorize(grad((x: X) => x.pow(3)))(M),
  map: () => lax.map((x: X) => x.mul(2), V),
  "map batches": () => lax.map((x: X) => x.mul(2).add(lax.cumsum(jnp.ones([2]))), V, { batchSize: 2 }),
  "map batch of all": () => lax.map((x: X) => x.mul(2), V, { batchSize: 5 }),
  "map batch larger": () => lax.map((x: X) => x.mul(2), V, { batchSize: 20 }),
  "map batch zero": () => lax.map((x: X) => x.mul(2), V, { batchSize: 0 }),
  "map tree": () =>
    lax.map((d: X) => ({ s: d.a.add(d.b.sum()) }), { a: V, b: jnp.ones([5, 2]) }, { batchSize: 2 }),
  "map keys": () => lax.map((k: X) => random.uniform(k), KEYS, { batchSize: 2 }),
  "map empty": () => lax.map((x: X) => x.mul(2), jnp.ones([0])),
  "associative scan": () => lax.associativeScan(jnp.add as X, V),
  "associative scan reverse": () => lax.associativeScan(jnp.subtract as X, V.get(":4"), { reverse: true }),
  "associative scan axis": () => lax.associativeScan(jnp.multiply as X, M.add(1), { axis: 1 }),
  "associative scan axis reverse": () => lax.associativeScan(jnp.multiply as X, M.add(1), true, -1),
  "associative scan tree": () =>
    lax.associativeScan((a: X, b: X) => [a[0].mul(b[0]), a[1].mul(b[0]).add(b[1])] as X, [V, V] as X),
  "associative scan empty": () => lax.associativeScan(jnp.add as X, jnp.ones([0]) as X),
  "associative scan one": () => lax.associativeScan(jnp.add as X, V.get(":1")),
  "associative scan two": () => lax.associativeScan(jnp.add as X, V.get(":2")),
  "associative scan bool": () => lax.associativeScan(jnp.logicalOr as X, V.gt(3)),
  "associative scan maximum": () =>
    lax.associativeScan(jnp.maximum as X, jnp.array([3, 1, 4, 1, 5, 9, 2]) as X),
  "associative scan grad": () => grad((v: X) => (lax.associativeScan(jnp.multiply as X, v) as X).sum())(V),
  "associative scan vmap": () => vmap((v: X) => lax.associativeScan(jnp.add as X, v))(M),
  "associative scan matrices": () =>
    lax.associativeScan(jnp.matmul as X, jnp.stack([0, 1, 2].map((k) => jnp.eye(2).add(k))) as X),
  scan: () => lax.scan(addUp, zero, V),
  "scan reverse": () => lax.scan(addUp, zero, V, { reverse: true }),
  "scan length": () => lax.scan((c: X) => [c.add(1), c.mul(2)] as X, 0 as X, null, { length: 3 }),
  "scan length zero": () => lax.scan((c: X) => [c.add(1), c.mul(2)] as X, 0 as X, null, { length: 0 }),
  "scan empty": () => lax.scan(addUp, zero, jnp.ones([0])),
  "scan unroll": () => lax.scan(addUp, zero, V, { unroll: 2 }),
  "scan unroll reverse": () => lax.scan(addUp, zero, V, { unroll: 3, reverse: true }),
  "scan unroll all": () => lax.scan(addUp, zero, V, { unroll: true }),
  "scan unroll more": () => lax.scan(addUp, zero, V, { unroll: 9 }),
  "scan unroll grad": () =>
    grad((x: X) => (lax.scan((c: X, y: X) => [c.mul(y).add(x), c] as X, x, V, { unroll: 2 }) as X)[1].sum())(
      jnp.float(2),
    ),
  "scan unroll all grad": () =>
    grad((x: X) =>
      (lax.scan((c: X, y: X) => [c.mul(y).add(x), c] as X, x, V, { unroll: true }) as X)[1].sum(),
    )(jnp.float(2)),
  "scan tree": () =>
    lax.scan(
      (c: X, x: X) => [{ n: c.n.add(1), s: c.s.add(x.a.mul(x.b[0])) }, [c.s, x.a]] as X,
      { n: 0, s: zero } as X,
      { a: V, b: [V, I] },
    ),
  "scan no result": () => lax.scan((c: X, x: X) => [c.add(x), null], zero, V),
  switch: () =>
    [-7, 0, 1, 2, 9].map((k) =>
      lax.switch(k, [(x: X) => x, (x: X) => jnp.add(x, 1), (x: X) => jnp.multiply(x, 10)], 3),
    ),
  "switch one": () => lax.switch(5, [(x: X) => x], 3),
  "switch in jit": () => jit((k: X) => lax.switch(k, [jnp.sin, jnp.cos], 0.5))(1),
  "fori dynamic": () => jit((n: X, m: X) => lax.foriLoop(n, m, (k, c: X) => c.add(k), 0 as X))(2, 6),
  "fori unroll": () => lax.foriLoop(1, 6, (k, c: X) => c.mul(2).add(k), 0 as X, { unroll: 2 }),
  "fori unroll all": () =>
    lax.foriLoop(1, 6, (k, c: X) => [c[0].add(k), c[1].mul(2)], [0, jnp.float(1)] as X, { unroll: true }),
  "fori unroll grad": () =>
    grad((x: X) => lax.foriLoop(0, 5, (k, c: X) => c.mul(x).add(k), x, { unroll: 3 }))(jnp.float(2)),
  "fori empty": () => lax.foriLoop(3, 0, (_, c: X) => c.add(1), 0 as X),
  "fori dynamic jvp": () =>
    jit((n: X) =>
      jvp(
        (x: X) => lax.foriLoop(0, n, (_, c: X) => c.mul(x), jnp.float(1) as X),
        [jnp.float(2)],
        [jnp.float(1)],
      ),
    )(5),
  "fori grad": () =>
    grad((x: X) => lax.foriLoop(0, 5, (_, c: X) => c.mul(x), jnp.float(1) as X))(jnp.float(2)),
};

export const failing: Programs = {
  "vectorize signature text": () => vectorize((x: X) => x, { signature: "(n" })(V),
  "vectorize core size": () =>
    vectorize((a: X, b: X) => a.dot(b), { signature: "(n,m),(m)->(n)" })(jnp.ones([2, 3]), jnp.ones([4])),
  "vectorize core rank": () =>
    vectorize((a: X, b: X) => a.dot(b), { signature: "(n,m),(m)->(n)" })(jnp.ones([3]), jnp.ones([3])),
  "vectorize number": () =>
    vectorize((a: X, b: X) => a.dot(b), { signature: "(n,m),(m)->(n)" })(jnp.ones([3, 3])),
  "vectorize literal": () =>
    vectorize((a: X) => a, { signature: "(3),(3)->(3)" })(jnp.ones([2, 4]), jnp.ones([3])),
  "vectorize result size": () => vectorize((x: X) => x.get(":2"), { signature: "(n)->(n)" })(jnp.ones([3])),
  "vectorize result rank": () => vectorize((x: X) => x.sum(), { signature: "(n)->(n)" })(jnp.ones([3])),
  "vectorize result number": () =>
    vectorize((x: X) => [x, x, x], { signature: "(n)->(n),(n)" })(jnp.ones([3])),
  "vectorize result tuple": () => vectorize((x: X) => x, { signature: "(n)->(n),()" })(jnp.ones([3])),
  "vectorize excluded": () => vectorize((x: X) => x, { excluded: [-1] })(V, V),
  "vectorize shapes": () => vectorize((x: X, y: X) => x.add(y))(jnp.ones([3]), jnp.ones([2])),
  "associative scan function": () => lax.associativeScan(3 as X, V),
  "associative scan sizes": () => lax.associativeScan(jnp.add as X, [V, V.get(":2")] as X),
  "associative scan axis": () => lax.associativeScan(jnp.add as X, V, { axis: 1 }),
  "scan sizes": () => lax.scan((c: X) => [c, c], zero, [V, V.get(":2")]),
  "scan length": () => lax.scan(addUp, zero, V, { length: 3 }),
  "scan no length": () => lax.scan((c: X) => [c, c], zero),
  "scan pair": () => lax.scan((c: X) => c, zero, V),
  "switch empty": () => lax.switch(0, []),
  "switch index": () => lax.switch(0.5, [(x: X) => x, (x: X) => x], 3),
  "switch shape": () => lax.switch(jnp.arange(2), [(x: X) => x, (x: X) => x], 3),
  "switch function": () => lax.switch(0, [1 as X, (x: X) => x], 3),
  "fori unroll dynamic": () =>
    jit((n: X) => lax.foriLoop(0, n, (k, c: X) => c.add(k), 0 as X, { unroll: 2 }))(5),
  "fori function": () => lax.foriLoop(0, 3, 1 as X, 0),
  "while function": () => lax.whileLoop((c: X) => c, 1 as X, true),
  "cond function": () => lax.cond(true, 1 as X, () => 2),
  "fori dynamic grad": () =>
    jit((n: X) => grad((x: X) => lax.foriLoop(0, n, (_, c: X) => c.mul(x), jnp.float(1) as X))(jnp.float(2)))(
      5,
    ),
};

/** The searchable phrase where JAX's first line holds more. */
export const phrases: Readonly<Record<string, string>> = {
  "vectorize result tuple": "output must be a tuple when multiple outputs are expected",
  "switch index": "Index type must be an integer, got",
  "switch shape": "Branch index must be scalar, got",
};
