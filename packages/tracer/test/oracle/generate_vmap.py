"""Writes vmap.json beside the tests: what JAX's vmap and its collectives give, program by program, and how they refuse.

    python3 packages/tracer/test/oracle/generate_vmap.py        (made with JAX 0.10.2)

Each program is written a second time, in TypeScript, in transforms/vmap-programs.ts.
"""

import warnings
from pathlib import Path

import jax
import jax.numpy as jnp
from jax import grad, jacrev, jit, jvp, lax, vmap

from golden_programs import write

warnings.simplefilter("ignore")

V = jnp.arange(3.0) + 1
M = jnp.arange(6.0).reshape(3, 2)
C = jnp.arange(24.0).reshape(2, 3, 4)
I = jnp.arange(5)
W = jnp.array([[1.0, -2.0], [0.5, 3.0]])
KEYS = jax.random.split(jax.random.key(0), 3)


def dynamic_sum(n, x):
    return lax.fori_loop(0, n, lambda i, s: s + x * i, 0.0)


def steps(x):
    return lax.while_loop(lambda s: s[0] < 10, lambda s: (s[0] * 2, s[1] + 1), (x, 0))


def cumulative(xs):
    return lax.scan(lambda c, x: (c + x, c * x), 0.0, xs)


def rnn(w, xs):
    return lax.scan(lambda h, x: (jnp.tanh(w @ h + x), h.sum()), jnp.zeros(2), xs)


PROGRAMS = {
    # axes
    "rows": lambda: vmap(lambda x: x * 2)(M),
    "columns": lambda: vmap(lambda x: x.sum(), in_axes=1)(M),
    "last axis": lambda: vmap(lambda x: x.sum(), in_axes=-1)(C),
    "shared": lambda: vmap(lambda x, y: x * y, in_axes=(0, None))(M, V[:2]),
    "shared scalar": lambda: vmap(lambda x, y: x * y, in_axes=(0, None))(M, 3),
    "both axes": lambda: vmap(lambda x, y: x * y, in_axes=(0, 1))(M, M.T),
    "out axis": lambda: vmap(lambda x: (x, x.sum()), out_axes=(1, 0))(M),
    "out axis negative": lambda: vmap(lambda x: x[:, None] * x, out_axes=-1)(M),
    "out axis negative middle": lambda: vmap(lambda x: x[:, None] * x, out_axes=-2)(M),
    "unmapped out": lambda: vmap(lambda x, y: (x, y + 0.25), in_axes=(0, None), out_axes=(0, None))(M, 2.5),
    "unmapped out stacked": lambda: vmap(lambda x, y: y + 1, in_axes=(0, None), out_axes=0)(M, 2.0),
    "tree axes": lambda: vmap(lambda p, x: p["a"] * x + p["b"], in_axes=({"a": 0, "b": None}, 1))({"a": V, "b": 2.0}, M.T),
    "prefix": lambda: vmap(lambda p: p["a"][0] + p["a"][1] * p["b"], in_axes=({"a": 0, "b": None},))({"a": (V, V * 2), "b": 2.0}),
    "out tree": lambda: vmap(lambda x: {"a": x, "b": (x.sum(), x * 2)}, out_axes={"a": 1, "b": (0, 1)})(M),
    "axis size": lambda: vmap(lambda: 1.5, axis_size=3)(),
    "axis size shared": lambda: vmap(lambda x: x + 1, in_axes=None, axis_size=2)(V),
    "empty": lambda: vmap(lambda x: x.sum())(jnp.ones((0, 2))),
    "none": lambda: vmap(lambda x, y: x, in_axes=(0, 0))(V, None),
    "constant": lambda: vmap(lambda x: jnp.ones(2))(V),
    "nested": lambda: vmap(vmap(lambda x, y: x - y, in_axes=(None, 0)), in_axes=(0, None))(V, M[:, 0]),
    "nested axes": lambda: vmap(vmap(lambda x: x.sum(), in_axes=1), in_axes=2)(C),
    "weak type": lambda: vmap(lambda x: jnp.asarray(2) * x)(jnp.arange(3)),
    "closure": lambda: vmap(lambda x: vmap(lambda y: x @ (W * y))(V))(M),
    # primitives with both operands
    "matmul": lambda: vmap(lambda x, w: w @ x, in_axes=(0, None))(M, W),
    "matmul both": lambda: vmap(jnp.matmul, in_axes=(1, 2))(C, C.transpose(2, 0, 1)),
    "einsum": lambda: vmap(lambda x, y: jnp.einsum("ij,kj->ik", x, y), in_axes=(1, None))(C, W[:, :1] * jnp.ones((2, 4))),
    "index": lambda: vmap(lambda x, i: x[i], in_axes=(None, 0))(V, jnp.array([2, 0, -1, 7])),
    "index both": lambda: vmap(lambda x, i: x[i])(M, jnp.array([1, 0, 5])),
    "dynamic slice": lambda: vmap(lambda x, i: lax.dynamic_slice(x, (i, 0), (2, 2)), in_axes=(None, 0))(C[0], jnp.array([0, 1, 9])),
    "dynamic update": lambda: vmap(lambda x, i: lax.dynamic_update_slice(x, jnp.array([9.0, 8.0]), (i,)), in_axes=(None, 0))(jnp.arange(5.0), jnp.array([0, 2, 9])),
    "at set": lambda: vmap(lambda x, i: x.at[i].set(7.0))(M, jnp.array([1, 0, 2])),
    "at add": lambda: vmap(lambda x, i: x.at[i].add(x), in_axes=(0, None))(M, jnp.array([1, 1])),
    "sort": lambda: vmap(jnp.sort, in_axes=1, out_axes=1)(-C[0]),
    "argsort": lambda: vmap(jnp.argsort)(-C[0]),
    "top k": lambda: vmap(lambda x: lax.top_k(x, 2), in_axes=1)(C[0]),
    "cumsum": lambda: vmap(jnp.cumsum, in_axes=1)(M),
    "softmax": lambda: vmap(jax.nn.softmax, in_axes=1)(M),
    "where": lambda: vmap(lambda p, x: jnp.where(p, x, -x), in_axes=(0, None))(jnp.array([True, False]), V),
    "clip": lambda: vmap(lambda lo, x: jnp.clip(x, lo, 4.0), in_axes=(0, None))(V, M),
    "pad": lambda: vmap(lambda v, x: lax.pad(x, v, ((1, 1, 1),)), in_axes=(0, None))(V, V),
    "concatenate": lambda: vmap(lambda x, y: jnp.concatenate([x, y]), in_axes=(0, None))(M, V),
    "argmax": lambda: vmap(lambda x: (jnp.argmax(x), x.max()), in_axes=2)(C),
    "int division": lambda: vmap(lambda x, y: (x // y, x % y), in_axes=(0, None))(I - 2, 3),
    # control flow
    "cond": lambda: vmap(lambda x: lax.cond(x > 2, lambda v: v * 2, lambda v: -v, x))(V),
    "cond shared": lambda: vmap(lambda p, x: lax.cond(p, lambda v: v * 2, lambda v: -v, x), in_axes=(None, 0))(True, V),
    "switch": lambda: vmap(lambda i, x: lax.switch(i, [jnp.sin, jnp.negative, lambda v: v * 10], x))(jnp.array([-3, 1, 9]), V),
    "while": lambda: vmap(steps)(V),
    "while shared": lambda: vmap(lambda x, n: lax.while_loop(lambda s: s[1] < n, lambda s: (s[0] * 2, s[1] + 1), (x, 0)), in_axes=(0, None))(V, 3),
    "fori dynamic": lambda: vmap(dynamic_sum)(jnp.array([0, 3, 5]), V),
    "scan": lambda: vmap(cumulative)(M),
    "scan columns": lambda: vmap(cumulative, in_axes=1, out_axes=(0, 1))(M),
    "rnn": lambda: vmap(rnn, in_axes=(None, 0))(W, C.transpose(1, 2, 0) / 10),
    "rnn weights": lambda: vmap(rnn, in_axes=(0, None))(jnp.stack([W, -W]), M),
    "map": lambda: vmap(lambda x: lax.map(lambda y: y * x.sum(), x))(M),
    # derivatives
    "vmap grad": lambda: vmap(grad(lambda x: jnp.sin(x) * x))(V),
    "grad vmap": lambda: grad(lambda x: (vmap(lambda y: jnp.sin(y) * y)(x) ** 2).sum())(V),
    "per example": lambda: vmap(grad(lambda w, x: jnp.tanh(w @ x).sum()), in_axes=(None, 0))(W, M),
    "grad grad": lambda: vmap(grad(grad(lambda x: x**3 * jnp.exp(x))))(V),
    "grad cond": lambda: vmap(grad(lambda x: lax.cond(x > 2, jnp.log, lambda v: v**2, x)))(V),
    "grad vmap cond nan": lambda: grad(lambda x: vmap(lambda y: lax.cond(y > 0, jnp.sqrt, lambda v: v * 0, y))(x).sum())(jnp.array([4.0, 0.0, -1.0])),
    "grad scan": lambda: vmap(grad(lambda x: cumulative(x)[1].sum()))(M),
    "grad vmap scan": lambda: grad(lambda x: vmap(lambda y: cumulative(y)[1].sum())(x).sum())(M),
    "grad shared": lambda: grad(lambda w: vmap(lambda x: jnp.tanh(w @ x))(M).sum())(W),
    "jit vmap grad": lambda: jit(vmap(grad(lambda x: jnp.sin(x) * x)))(V),
    "vmap jit": lambda: vmap(jit(lambda x: jnp.sin(x).sum()))(M),
    "vmap index grad": lambda: vmap(grad(lambda x, i: x[i] ** 2), in_axes=(None, 0))(V, jnp.array([0, 2])),
    # collectives
    "psum": lambda: vmap(lambda x: x / lax.psum(x, "i"), axis_name="i")(V),
    "psum shared": lambda: vmap(lambda x, y: lax.psum(y, "i"), in_axes=(0, None), axis_name="i")(V, V),
    "psum out none": lambda: vmap(lambda x: lax.psum(x, "i"), axis_name="i", out_axes=None)(M),
    "psum one": lambda: vmap(lambda x: x * lax.psum(1, "i"), axis_name="i")(V),
    "psum bool": lambda: vmap(lambda x: lax.psum(x > 1, "i"), axis_name="i", out_axes=None)(V),
    "psum columns": lambda: vmap(lambda x: lax.psum(x, "i"), axis_name="i", in_axes=1, out_axes=None)(M),
    "pmean": lambda: vmap(lambda x: x - lax.pmean(x, "i"), axis_name="i")(M),
    "pmean int": lambda: vmap(lambda x: lax.pmean(x, "i"), axis_name="i", out_axes=None)(I),
    "pmax": lambda: vmap(lambda x: lax.pmax({"a": x, "b": -x}, "i"), axis_name="i", out_axes=None)(I),
    "pmin": lambda: vmap(lambda x: lax.pmin(x, "i"), axis_name="i")(-V),
    "pmax shared": lambda: vmap(lambda x, y: x + lax.pmax(y, "i"), in_axes=(0, None), axis_name="i")(V, 2.0),
    "axis index": lambda: vmap(lambda x: x * lax.axis_index("i"), axis_name="i")(V),
    "axis index only": lambda: vmap(lambda x: lax.axis_index("i"), axis_name="i")(V),
    "axis size named": lambda: vmap(lambda x: x * lax.axis_size("i"), axis_name="i")(V),
    "two axes": lambda: vmap(vmap(lambda x: lax.psum(x, ("i", "j")), axis_name="j"), axis_name="i")(M),
    "outer axis": lambda: vmap(vmap(lambda x: x - lax.psum(x, "i"), axis_name="j"), axis_name="i")(M),
    "inner axis": lambda: vmap(vmap(lambda x: x - lax.psum(x, "j"), axis_name="j"), axis_name="i")(M),
    "two axes index": lambda: vmap(vmap(lambda x: lax.axis_index(("i", "j")), axis_name="j"), axis_name="i")(M),
    "one name twice": lambda: vmap(vmap(lambda x: lax.psum(x, "i"), axis_name="i"), axis_name="i")(M),
    "psum in jit": lambda: vmap(jit(lambda x: lax.psum(x, "i")), axis_name="i")(V),
    "psum in scan": lambda: vmap(lambda x: lax.scan(lambda c, y: (c + lax.psum(y, "i"), c), jnp.zeros(()), x), axis_name="i")(M),
    "psum in cond": lambda: vmap(lambda p, x: lax.cond(p, lambda v: lax.psum(v, "i"), lambda v: v, x), axis_name="i", in_axes=(None, 0))(True, V),
    "normalise": lambda: vmap(lambda x: (x - lax.pmean(x, "i")) / jnp.sqrt(lax.pmean((x - lax.pmean(x, "i")) ** 2, "i")), axis_name="i")(M),
    "grad psum": lambda: vmap(grad(lambda x: lax.psum(x**2, "i")), axis_name="i")(V),
    "grad pmean": lambda: vmap(grad(lambda x: lax.pmean(x**2, "i")), axis_name="i")(V),
    "grad psum outside": lambda: grad(lambda x: vmap(lambda y: lax.psum(y**2, "i") * y, axis_name="i")(x).sum())(V),
    "grad all gather": lambda: vmap(grad(lambda x: (lax.all_gather(x, "i") * V).sum()), axis_name="i")(V),
    "jvp psum": lambda: vmap(lambda x, t: jvp(lambda y: lax.psum(y**2, "i"), (x,), (t,)), axis_name="i")(V, V + 1),
    "jacrev psum": lambda: jacrev(lambda x: vmap(lambda y: y * lax.psum(y, "i"), axis_name="i")(x))(V),
    "grad axis index": lambda: vmap(grad(lambda x: x * lax.axis_index("i")), axis_name="i")(V),
    "all gather": lambda: vmap(lambda x: lax.all_gather(x, "i"), axis_name="i", out_axes=None)(M),
    "all gather stacked": lambda: vmap(lambda x: lax.all_gather(x, "i").sum(1), axis_name="i")(M),
    "all gather axis": lambda: vmap(lambda x: lax.all_gather(x, "i", axis=1), axis_name="i", out_axes=None)(C),
    "all gather tiled": lambda: vmap(lambda x: lax.all_gather(x, "i", axis=1, tiled=True), axis_name="i", out_axes=None)(C),
    "ppermute": lambda: vmap(lambda x: lax.ppermute(x, "i", [(0, 1), (1, 2), (2, 0)]), axis_name="i")(M),
    "ppermute grad": lambda: vmap(grad(lambda x: lax.ppermute(x, "i", [(0, 1), (1, 2), (2, 0)]) * lax.axis_index("i")), axis_name="i")(V),
    "pshuffle": lambda: vmap(lambda x: lax.pshuffle(x, "i", [2, 0, 1]), axis_name="i")(V),
    "pswapaxes": lambda: vmap(lambda x: lax.pswapaxes(x, "i", 1), axis_name="i")(C[:, :, :2]),
    "all to all": lambda: vmap(lambda x: lax.all_to_all(x, "i", 0, 1), axis_name="i")(jnp.arange(18.0).reshape(3, 3, 2)),
    "all to all tiled": lambda: vmap(lambda x: lax.all_to_all(x, "i", 0, 1, tiled=True), axis_name="i")(C.reshape(2, 6, 2)),
    "psum scatter": lambda: vmap(lambda x: lax.psum_scatter(x, "i"), axis_name="i")(jnp.arange(9.0).reshape(3, 3)),
    "psum scatter tiled": lambda: vmap(lambda x: lax.psum_scatter(x, "i", scatter_dimension=1, tiled=True), axis_name="i")(C),
    # keys
    "keys": lambda: vmap(jax.random.normal)(KEYS),
    "keys shape": lambda: vmap(lambda k: jax.random.uniform(k, (2,)), out_axes=1)(KEYS),
    "keys split": lambda: jax.random.key_data(vmap(lambda k: jax.random.split(k, 2), out_axes=1)(KEYS)),
    "keys axis": lambda: jax.random.key_data(vmap(lambda k: k, in_axes=1, out_axes=-1)(jax.random.split(jax.random.key(0), (2, 3)))),
    "keys shared": lambda: vmap(lambda k, m: m + jax.random.normal(k), in_axes=(None, 0))(KEYS[0], V),
    "keys fold": lambda: vmap(lambda k, i: jax.random.randint(jax.random.fold_in(k, i), (3,), 0, 100), in_axes=(None, 0))(KEYS[0], I),
    "keys scan": lambda: vmap(lambda k: lax.scan(lambda c, _: (jax.random.split(c)[0], jax.random.uniform(c)), k, None, length=3)[1])(KEYS),
    "keys cond": lambda: vmap(lambda k, p: jax.random.key_data(lax.cond(p, lambda: jax.random.split(k)[0], lambda: k)))(KEYS, V > 1),
    "keys raw": lambda: vmap(lambda k: jax.random.bits(k, (2,)))(jax.random.split(jax.random.PRNGKey(7), 3)),
    "permutation": lambda: vmap(lambda k: jax.random.permutation(k, 6))(KEYS),
    "categorical": lambda: vmap(lambda k, x: jax.random.categorical(k, x), in_axes=(0, None))(KEYS, jnp.log(V)),
    "gather keys": lambda: jax.random.key_data(vmap(lambda k: lax.all_gather(k, "i"), axis_name="i", out_axes=None)(KEYS)),
}

ERRORS = {
    "no function": lambda: vmap(3),
    "in axes string": lambda: vmap(lambda x: x, in_axes="a"),
    "in axes fraction": lambda: vmap(lambda x: x, in_axes=1.5),
    "in axes leaf": lambda: vmap(lambda x: x, in_axes=("a",)),
    "in axes length": lambda: vmap(lambda x: x, in_axes=(0, 0))(V),
    "in axes prefix": lambda: vmap(lambda d: d["a"], in_axes=({"a": 0, "c": 1},))({"a": V, "b": V}),
    "in axes bound": lambda: vmap(lambda x: x, in_axes=1)(V),
    "in axes negative bound": lambda: vmap(lambda x: x, in_axes=-2)(V),
    "in axes none": lambda: vmap(lambda x: x, in_axes=None)(V),
    "out axes none": lambda: vmap(lambda x: x, out_axes=None)(V),
    "out axes none path": lambda: vmap(lambda x: {"a": x, "b": (x, 1.0)}, out_axes={"a": 0, "b": (None, None)})(V),
    "out axes length": lambda: vmap(lambda x: (x, x), out_axes=(0,))(V),
    "out axes keys": lambda: vmap(lambda x: {"a": x}, out_axes={"b": 0})(V),
    "out axes bound": lambda: vmap(lambda x: x, out_axes=1)(V),
    "out axes negative bound": lambda: vmap(lambda x: x, out_axes=-2)(V),
    "scalar": lambda: vmap(lambda x: x)(1.0),
    "no arguments": lambda: vmap(lambda: 1.0)(),
    "sizes": lambda: vmap(lambda x, y: x)(jnp.ones(3), jnp.ones(2)),
    "sizes tree": lambda: vmap(lambda d: d["a"])({"a": jnp.ones(3), "b": (jnp.ones(4), jnp.ones((3, 2)))}),
    "sizes axis size": lambda: vmap(lambda x: x, axis_size=2)(V),
    "output type": lambda: vmap(lambda x: "a")(V),
    "unbound": lambda: lax.psum(V, "i"),
    "unbound index": lambda: vmap(lambda x: lax.axis_index("j"), axis_name="i")(V),
    "unbound size": lambda: lax.axis_size("j"),
    "unbound jit": lambda: jit(lambda x: lax.psum(x, "j"))(V),
    "groups": lambda: vmap(lambda x: lax.psum(x, "i", axis_index_groups=[[0, 1], [2]]), axis_name="i")(V),
    "grad pmax": lambda: vmap(grad(lambda x: lax.pmax(x, "i")), axis_name="i")(V),
    "all to all size": lambda: vmap(lambda x: lax.all_to_all(x, "i", 0, 0), axis_name="i")(M),
}


write(Path(__file__).parent.parent / "goldens/vmap.json", PROGRAMS, ERRORS)
