/** `vmap` and its collectives, program by program, against what JAX gave (`oracle/generate_vmap.py`). */

import { grad, jacrev, jit, jnp, jvp, lax, nn, random, vmap } from "@fluxion/tracer";
import type { Programs, X } from "./golden-programs.ts";

const range = (n: number, ...shape: number[]): X => jnp.arange(n, { dtype: "float32" }).reshape(...shape);
const V: X = range(3, 3).add(1);
const M: X = range(6, 3, 2);
const C: X = range(24, 2, 3, 4);
const I: X = jnp.arange(5);
const W: X = jnp.array([
  [1, -2],
  [0.5, 3],
]);
const KEYS: X = random.split(random.key(0), 3);
const array = (data: X): X => jnp.array(data);

const dynamicSum = (n: X, x: X): X => lax.foriLoop(0, n, (i, s: X) => s.add(x.mul(i)), jnp.float(0) as X);
const steps = (x: X): X =>
  lax.whileLoop(
    (s: X) => s[0].lt(10),
    (s: X) => [s[0].mul(2), s[1].add(1)],
    [x, jnp.asarray(0)] as X,
  );
const cumulative = (xs: X): X => lax.scan((c: X, x: X) => [c.add(x), c.mul(x)], jnp.asarray(0.0) as X, xs);
const rnn = (w: X, xs: X): X =>
  lax.scan((h: X, x: X) => [jnp.tanh(w.matmul(h).add(x)), h.sum()], jnp.zeros([2]) as X, xs);
const i = { axisName: "i" };
const j = { axisName: "j" };

export const programs: Programs = {
  rows: () => vmap((x: X) => x.mul(2))(M),
  columns: () => vmap((x: X) => x.sum(), 1)(M),
  "last axis": () => vmap((x: X) => x.sum(), { inAxes: -1 })(C),
  shared: () => vmap((x: X, y: X) => x.mul(y), [0, null])(M, V.get(":2")),
  "shared scalar": () => vmap((x: X, y: X) => x.mul(y), { inAxes: [0, null] })(M, 3),
  "both axes": () => vmap((x: X, y: X) => x.mul(y), [0, 1])(M, M.T),
  "out axis": () => vmap((x: X) => [x, x.sum()], 0, [1, 0])(M),
  "out axis negative": () => vmap((x: X) => x.get(":, null").mul(x), { outAxes: -1 })(M),
  "out axis negative middle": () => vmap((x: X) => x.get(":, null").mul(x), { outAxes: -2 })(M),
  "unmapped out": () =>
    vmap((x: X, y: X) => [x, y + 0.25], { inAxes: [0, null], outAxes: [0, null] })(M, 2.5),
  "unmapped out stacked": () => vmap((_: X, y: X) => y.add(1), [0, null], 0)(M, jnp.asarray(jnp.float(2))),
  "tree axes": () =>
    vmap((p: X, x: X) => p.a.mul(x).add(p.b), [{ a: 0, b: null }, 1])({ a: V, b: 2.5 - 0.5 }, M.T),
  prefix: () => vmap((p: X) => p.a[0].add(p.a[1].mul(p.b)), [{ a: 0, b: null }])({ a: [V, V.mul(2)], b: 2 }),
  "out tree": () => vmap((x: X) => ({ a: x, b: [x.sum(), x.mul(2)] }), 0, { a: 1, b: [0, 1] })(M),
  "axis size": () => vmap(() => 1.5, { axisSize: 3 })(),
  "axis size shared": () => vmap((x: X) => x.add(1), null, { axisSize: 2 })(V),
  empty: () => vmap((x: X) => x.sum())(jnp.ones([0, 2])),
  none: () => vmap((x: X, _: X) => x, [0, 0])(V, null),
  constant: () => vmap((_: X) => jnp.ones([2]))(V),
  nested: () =>
    vmap(
      vmap((x: X, y: X) => x.sub(y), [null, 0]),
      [0, null],
    )(V, M.get(":, 0")),
  "nested axes": () =>
    vmap(
      vmap((x: X) => x.sum(), 1),
      2,
    )(C),
  "weak type": () => vmap((x: X) => jnp.asarray(2).mul(x as never))(jnp.arange(3)),
  closure: () => vmap((x: X) => vmap((y: X) => x.matmul(W.mul(y)))(V))(M),
  matmul: () => vmap((x: X, w: X) => w.matmul(x), [0, null])(M, W),
  "matmul both": () => vmap(jnp.matmul as X, [1, 2])(C, C.transpose(2, 0, 1)),
  einsum: () =>
    vmap((x: X, y: X) => jnp.einsum("ij,kj->ik", x, y), [1, null])(C, W.get(":, :1").mul(jnp.ones([2, 4]))),
  index: () => vmap((x: X, k: X) => x.get(k), [null, 0])(V, array([2, 0, -1, 7])),
  "index both": () => vmap((x: X, k: X) => x.get(k))(M, array([1, 0, 5])),
  "dynamic slice": () =>
    vmap((x: X, k: X) => lax.dynamicSlice(x, [k, 0], [2, 2]), [null, 0])(C.get(0), array([0, 1, 9])),
  "dynamic update": () =>
    vmap((x: X, k: X) => lax.dynamicUpdateSlice(x, array([9.5, 8.5]).sub(0.5), [k]), [null, 0])(
      range(5, 5),
      array([0, 2, 9]),
    ),
  "at set": () => vmap((x: X, k: X) => x.at(k).set(7))(M, array([1, 0, 2])),
  "at add": () => vmap((x: X, k: X) => x.at(k).add(x), [0, null])(M, array([1, 1])),
  sort: () => vmap(jnp.sort as X, 1, 1)(C.get(0).neg()),
  argsort: () => vmap((x: X) => jnp.argsort(x))(C.get(0).neg()),
  "top k": () => vmap((x: X) => lax.topK(x, 2), 1)(C.get(0)),
  cumsum: () => vmap((x: X) => jnp.cumsum(x), 1)(M),
  softmax: () => vmap((x: X) => nn.softmax(x), 1)(M),
  where: () => vmap((p: X, x: X) => jnp.where(p, x, x.neg()), [0, null])(array([true, false]), V),
  clip: () => vmap((lo: X, x: X) => jnp.clip(x, lo, 4), [0, null])(V, M),
  pad: () => vmap((v: X, x: X) => lax.pad(x, v, [[1, 1, 1]]), [0, null])(V, V),
  concatenate: () => vmap((x: X, y: X) => jnp.concatenate([x, y]), [0, null])(M, V),
  argmax: () => vmap((x: X) => [jnp.argmax(x), x.max()], 2)(C),
  "int division": () => vmap((x: X, y: X) => [x.floorDiv(y), x.mod(y)], [0, null])(I.sub(2), 3),
  cond: () =>
    vmap((x: X) =>
      lax.cond(
        x.gt(2),
        (v: X) => v.mul(2),
        (v: X) => v.neg(),
        x,
      ),
    )(V),
  "cond shared": () =>
    vmap(
      (p: X, x: X) =>
        lax.cond(
          p,
          (v: X) => v.mul(2),
          (v: X) => v.neg(),
          x,
        ),
      [null, 0],
    )(true, V),
  switch: () =>
    vmap((k: X, x: X) => lax.switch(k, [jnp.sin, jnp.negative, (v: X) => v.mul(10)], x))(
      array([-3, 1, 9]),
      V,
    ),
  while: () => vmap(steps)(V),
  "while shared": () =>
    vmap(
      (x: X, n: X) =>
        lax.whileLoop(
          (s: X) => s[1].lt(n),
          (s: X) => [s[0].mul(2), s[1].add(1)],
          [x, jnp.asarray(0)] as X,
        ),
      [0, null],
    )(V, 3),
  "fori dynamic": () => vmap(dynamicSum)(array([0, 3, 5]), V),
  scan: () => vmap(cumulative)(M),
  "scan columns": () => vmap(cumulative, 1, [0, 1])(M),
  rnn: () => vmap(rnn, [null, 0])(W, C.transpose(1, 2, 0).div(10)),
  "rnn weights": () => vmap(rnn, [0, null])(jnp.stack([W, W.neg()]), M),
  map: () => vmap((x: X) => lax.map((y: X) => y.mul(x.sum()), x))(M),
  "vmap grad": () => vmap(grad((x: X) => jnp.sin(x).mul(x)))(V),
  "grad vmap": () => grad((x: X) => jnp.square(vmap((y: X) => jnp.sin(y).mul(y))(x)).sum())(V),
  "per example": () =>
    vmap(
      grad((w: X, x: X) => jnp.tanh(w.matmul(x)).sum()),
      [null, 0],
    )(W, M),
  "grad grad": () => vmap(grad(grad((x: X) => x.pow(3).mul(jnp.exp(x)))))(V),
  "grad cond": () =>
    vmap(
      grad((x: X) =>
        lax.cond(
          x.gt(2),
          (v: X) => jnp.log(v),
          (v: X) => v.pow(2),
          x,
        ),
      ),
    )(V),
  "grad vmap cond nan": () =>
    grad((x: X) =>
      vmap((y: X) =>
        lax.cond(
          y.gt(0),
          (v: X) => jnp.sqrt(v),
          (v: X) => v.mul(0),
          y,
        ),
      )(x).sum(),
    )(array([4.5, 0, -1]).sub(array([0.5, 0, 0]))),
  "grad scan": () => vmap(grad((x: X) => cumulative(x)[1].sum()))(M),
  "grad vmap scan": () => grad((x: X) => vmap((y: X) => cumulative(y)[1].sum())(x).sum())(M),
  "grad shared": () => grad((w: X) => vmap((x: X) => jnp.tanh(w.matmul(x)))(M).sum())(W),
  "jit vmap grad": () => jit(vmap(grad((x: X) => jnp.sin(x).mul(x))))(V),
  "vmap jit": () => vmap(jit((x: X) => jnp.sin(x).sum()))(M),
  "vmap index grad": () =>
    vmap(
      grad((x: X, k: X) => x.get(k).pow(2)),
      [null, 0],
    )(V, array([0, 2])),
  psum: () => vmap((x: X) => x.div(lax.psum(x, "i")), i)(V),
  "psum shared": () => vmap((_: X, y: X) => lax.psum(y, "i"), { inAxes: [0, null], ...i })(V, V),
  "psum out none": () => vmap((x: X) => lax.psum(x, "i"), { outAxes: null, ...i })(M),
  "psum one": () => vmap((x: X) => x.mul(lax.psum(1, "i")), i)(V),
  "psum bool": () => vmap((x: X) => lax.psum(x.gt(1), "i"), { outAxes: null, ...i })(V),
  "psum columns": () => vmap((x: X) => lax.psum(x, "i"), { inAxes: 1, outAxes: null, ...i })(M),
  pmean: () => vmap((x: X) => x.sub(lax.pmean(x, "i")), i)(M),
  "pmean int": () => vmap((x: X) => lax.pmean(x, "i"), { outAxes: null, ...i })(I),
  pmax: () => vmap((x: X) => lax.pmax({ a: x, b: x.neg() }, "i"), { outAxes: null, ...i })(I),
  pmin: () => vmap((x: X) => lax.pmin(x, "i"), i)(V.neg()),
  "pmax shared": () => vmap((x: X, y: X) => x.add(lax.pmax(y, "i")), { inAxes: [0, null], ...i })(V, 2) as X,
  "axis index": () => vmap((x: X) => x.mul(lax.axisIndex("i")), i)(V),
  "axis index only": () => vmap((_: X) => lax.axisIndex("i"), i)(V),
  "axis size named": () => vmap((x: X) => x.mul(lax.axisSize("i")), i)(V),
  "two axes": () =>
    vmap(
      vmap((x: X) => lax.psum(x, ["i", "j"]), j),
      i,
    )(M),
  "outer axis": () =>
    vmap(
      vmap((x: X) => x.sub(lax.psum(x, "i")), j),
      i,
    )(M),
  "inner axis": () =>
    vmap(
      vmap((x: X) => x.sub(lax.psum(x, "j")), j),
      i,
    )(M),
  "two axes index": () =>
    vmap(
      vmap((_: X) => lax.axisIndex(["i", "j"]), j),
      i,
    )(M),
  "one name twice": () =>
    vmap(
      vmap((x: X) => lax.psum(x, "i"), i),
      i,
    )(M),
  "psum in jit": () =>
    vmap(
      jit((x: X) => lax.psum(x, "i")),
      i,
    )(V),
  "psum in scan": () =>
    vmap((x: X) => lax.scan((c: X, y: X) => [c.add(lax.psum(y, "i")), c], jnp.zeros([]) as X, x), i)(M),
  "psum in cond": () =>
    vmap(
      (p: X, x: X) =>
        lax.cond(
          p,
          (v: X) => lax.psum(v, "i"),
          (v: X) => v,
          x,
        ),
      {
        inAxes: [null, 0],
        ...i,
      },
    )(true, V),
  normalise: () =>
    vmap(
      (x: X) => x.sub(lax.pmean(x, "i")).div(jnp.sqrt(lax.pmean(x.sub(lax.pmean(x, "i")).pow(2), "i"))),
      i,
    )(M),
  "grad psum": () =>
    vmap(
      grad((x: X) => lax.psum(x.pow(2), "i")),
      i,
    )(V),
  "grad pmean": () =>
    vmap(
      grad((x: X) => lax.pmean(x.pow(2), "i")),
      i,
    )(V),
  "grad psum outside": () => grad((x: X) => vmap((y: X) => lax.psum(y.pow(2), "i").mul(y), i)(x).sum())(V),
  "grad all gather": () =>
    vmap(
      grad((x: X) => lax.allGather(x, "i").mul(V).sum()),
      i,
    )(V),
  "jvp psum": () => vmap((x: X, t: X) => jvp((y: X) => lax.psum(y.pow(2), "i"), [x], [t]), i)(V, V.add(1)),
  "jacrev psum": () => jacrev((x: X) => vmap((y: X) => y.mul(lax.psum(y, "i")), i)(x))(V),
  "grad axis index": () =>
    vmap(
      grad((x: X) => x.mul(lax.axisIndex("i"))),
      i,
    )(V),
  "all gather": () => vmap((x: X) => lax.allGather(x, "i"), { outAxes: null, ...i })(M),
  "all gather stacked": () => vmap((x: X) => lax.allGather(x, "i").sum(1), i)(M),
  "all gather axis": () => vmap((x: X) => lax.allGather(x, "i", { axis: 1 }), { outAxes: null, ...i })(C),
  "all gather tiled": () =>
    vmap((x: X) => lax.allGather(x, "i", { axis: 1, tiled: true }), { outAxes: null, ...i })(C),
  ppermute: () =>
    vmap(
      (x: X) =>
        lax.ppermute(x, "i", [
          [0, 1],
          [1, 2],
          [2, 0],
        ]),
      i,
    )(M),
  "ppermute grad": () =>
    vmap(
      grad((x: X) =>
        lax
          .ppermute(x, "i", [
            [0, 1],
            [1, 2],
            [2, 0],
          ])
          .mul(lax.axisIndex("i")),
      ),
      i,
    )(V),
  pshuffle: () => vmap((x: X) => lax.pshuffle(x, "i", [2, 0, 1]), i)(V),
  pswapaxes: () => vmap((x: X) => lax.pswapaxes(x, "i", 1), i)(C.get(":, :, :2")),
  "all to all": () => vmap((x: X) => lax.allToAll(x, "i", 0, 1), i)(range(18, 3, 3, 2)),
  "all to all tiled": () =>
    vmap((x: X) => lax.allToAll(x, "i", 0, 1, { tiled: true }), i)(C.reshape(2, 6, 2)),
  "psum scatter": () => vmap((x: X) => lax.psumScatter(x, "i"), i)(range(9, 3, 3)),
  "psum scatter tiled": () =>
    vmap((x: X) => lax.psumScatter(x, "i", { scatterDimension: 1, tiled: true }), i)(C),
  keys: () => vmap((k: X) => random.normal(k))(KEYS),
  "keys shape": () => vmap((k: X) => random.uniform(k, [2]), { outAxes: 1 })(KEYS),
  "keys split": () => random.keyData(vmap((k: X) => random.split(k, 2), { outAxes: 1 })(KEYS)),
  "keys axis": () =>
    random.keyData(vmap((k: X) => k, { inAxes: 1, outAxes: -1 })(random.split(random.key(0), [2, 3]))),
  "keys shared": () => vmap((k: X, m: X) => m.add(random.normal(k)), [null, 0])(KEYS.get(0), V),
  "keys fold": () =>
    vmap((k: X, n: X) => random.randint(random.foldIn(k, n), [3], 0, 100), [null, 0])(KEYS.get(0), I),
  "keys scan": () =>
    vmap(
      (k: X) =>
        lax.scan((c: X) => [random.split(c).get(0), random.uniform(c)] as X, k, null, { length: 3 })[1],
    )(KEYS),
  "keys cond": () =>
    vmap((k: X, p: X) =>
      random.keyData(
        lax.cond(
          p,
          () => random.split(k).get(0),
          () => k,
        ),
      ),
    )(KEYS, V.gt(1)),
  "keys raw": () => vmap((k: X) => random.bits(k, [2]))(random.split(random.PRNGKey(7), 3)),
  permutation: () => vmap((k: X) => random.permutation(k, 6))(KEYS),
  categorical: () => vmap((k: X, x: X) => random.categorical(k, x), [0, null])(KEYS, jnp.log(V)),
  "gather keys": () => random.keyData(vmap((k: X) => lax.allGather(k, "i"), { outAxes: null, ...i })(KEYS)),
};

export const failing: Programs = {
  "no function": () => vmap(3 as X),
  "in axes string": () => vmap((x: X) => x, "a" as X),
  "in axes fraction": () => vmap((x: X) => x, 1.5),
  "in axes leaf": () => vmap((x: X) => x, ["a"] as X),
  "in axes length": () => vmap((x: X) => x, [0, 0])(V),
  "in axes prefix": () => vmap((d: X) => d.a, [{ a: 0, c: 1 }])({ a: V, b: V }),
  "in axes bound": () => vmap((x: X) => x, 1)(V),
  "in axes negative bound": () => vmap((x: X) => x, -2)(V),
  "in axes none": () => vmap((x: X) => x, null)(V),
  "out axes none": () => vmap((x: X) => x, { outAxes: null })(V),
  "out axes none path": () => vmap((x: X) => ({ a: x, b: [x, 1] }), 0, { a: 0, b: [null, null] })(V),
  "out axes length": () => vmap((x: X) => [x, x], 0, [0])(V),
  "out axes keys": () => vmap((x: X) => ({ a: x }), 0, { b: 0 })(V),
  "out axes bound": () => vmap((x: X) => x, 0, 1)(V),
  "out axes negative bound": () => vmap((x: X) => x, 0, -2)(V),
  scalar: () => vmap((x: X) => x)(1.5),
  "no arguments": () => vmap(() => 1)(),
  sizes: () => vmap((x: X, y: X) => x.add(y))(jnp.ones([3]), jnp.ones([2])),
  "sizes tree": () => vmap((d: X) => d.a)({ a: jnp.ones([3]), b: [jnp.ones([4]), jnp.ones([3, 2])] }),
  "sizes axis size": () => vmap((x: X) => x, { axisSize: 2 })(V),
  "output type": () => vmap((_: X) => "a")(V),
  unbound: () => lax.psum(V, "i"),
  "unbound index": () => vmap((_: X) => lax.axisIndex("j"), i)(V),
  "unbound size": () => lax.axisSize("j"),
  "unbound jit": () => jit((x: X) => lax.psum(x, "j"))(V),
  groups: () => vmap((x: X) => lax.psum(x, "i", { axisIndexGroups: [[0, 1], [2]] }), i)(V),
  "grad pmax": () =>
    vmap(
      grad((x: X) => lax.pmax(x, "i")),
      i,
    )(V),
  "all to all size": () => vmap((x: X) => lax.allToAll(x, "i", 0, 0), i)(M),
};

/** The searchable phrase where JAX's first line holds more. */
export const phrases: Readonly<Record<string, string>> = {
  "in axes leaf":
    "vmap in_axes must be an int, None, or (nested) container with those types as leaves, but got ",
  "output type": "is not a valid JAX type",
  "unbound index": "unbound axis name: j",
  "unbound jit": "unbound axis name: j",
  groups: "axis_index_groups not supported in vmap collectives",
};
