"""Writes batching.json beside the tests: JAX's vectorize, map with a batch size, associative_scan and scan.

    python3 packages/tracer/test/oracle/generate_batching.py        (made with JAX 0.10.2)

Each program is written a second time, in TypeScript, in transforms/batching-programs.ts.
"""

import warnings
from pathlib import Path

import jax
import jax.numpy as jnp
from jax import grad, jit, lax, vmap

from golden_programs import write

warnings.simplefilter("ignore")

V = jnp.arange(5.0) + 1
M = jnp.arange(6.0).reshape(2, 3)
I = jnp.arange(5)
KEYS = jax.random.split(jax.random.key(0), 5)


def add_up(c, x):
    return c + x, c


PROGRAMS = {
    # vectorize
    "vectorize": lambda: jnp.vectorize(lambda a, b: a + 2 * b)(M[:, :1], V),
    "vectorize scalar": lambda: jnp.vectorize(lambda a: a * 2)(3),
    "vectorize branch": lambda: jnp.vectorize(lambda a, b: lax.cond(a > b, lambda: a - b, lambda: a + b))(M, V[:3]),
    "vectorize tuple": lambda: jnp.vectorize(lambda x: (x, x + 1))(jnp.ones((2, 1))),
    "vectorize signature": lambda: jnp.vectorize(jnp.dot, signature="(n,m),(m)->(n)")(jnp.arange(30.0).reshape(5, 2, 3), jnp.arange(12.0).reshape(4, 1, 3)),
    "vectorize two results": lambda: jnp.vectorize(lambda x: (x, x.sum()), signature="(n)->(n),()")(M),
    "vectorize sizes": lambda: jnp.vectorize(jnp.cross, signature="(3),(3)->(3)")(M, V[:3]),
    "vectorize new dimension": lambda: jnp.vectorize(lambda x: x * V, signature="()->(k)")(M),
    "vectorize excluded": lambda: jnp.vectorize(lambda x, y: x + y[0], excluded={1})(M, jnp.ones(2)),
    "vectorize excluded signature": lambda: jnp.vectorize(lambda x, y: x + y.sum(), excluded={1}, signature="(n)->(n)")(M, V),
    "vectorize none": lambda: jnp.vectorize(lambda x, y: x)(M, None),
    "vectorize in jit": lambda: jit(jnp.vectorize(lambda a, b: a + 2 * b))(M[:, :1], V),
    "vectorize grad": lambda: jnp.vectorize(grad(lambda x: x**3))(M),
    # map
    "map": lambda: lax.map(lambda x: x * 2, V),
    "map batches": lambda: lax.map(lambda x: x * 2 + lax.cumsum(jnp.ones(2)), V, batch_size=2),
    "map batch of all": lambda: lax.map(lambda x: x * 2, V, batch_size=5),
    "map batch larger": lambda: lax.map(lambda x: x * 2, V, batch_size=20),
    "map batch zero": lambda: lax.map(lambda x: x * 2, V, batch_size=0),
    "map tree": lambda: lax.map(lambda d: {"s": d["a"] + d["b"].sum()}, {"a": V, "b": jnp.ones((5, 2))}, batch_size=2),
    "map keys": lambda: lax.map(jax.random.uniform, KEYS, batch_size=2),
    "map empty": lambda: lax.map(lambda x: x * 2, jnp.ones((0,))),
    # associative scan
    "associative scan": lambda: lax.associative_scan(jnp.add, V),
    "associative scan reverse": lambda: lax.associative_scan(jnp.subtract, V[:4], reverse=True),
    "associative scan axis": lambda: lax.associative_scan(jnp.multiply, M + 1, axis=1),
    "associative scan axis reverse": lambda: lax.associative_scan(jnp.multiply, M + 1, axis=1, reverse=True),
    "associative scan tree": lambda: lax.associative_scan(lambda a, b: (a[0] * b[0], a[1] * b[0] + b[1]), (V, V)),
    "associative scan empty": lambda: lax.associative_scan(jnp.add, jnp.ones((0,))),
    "associative scan one": lambda: lax.associative_scan(jnp.add, V[:1]),
    "associative scan two": lambda: lax.associative_scan(jnp.add, V[:2]),
    "associative scan bool": lambda: lax.associative_scan(jnp.logical_or, V > 3),
    "associative scan maximum": lambda: lax.associative_scan(jnp.maximum, jnp.array([3, 1, 4, 1, 5, 9, 2])),
    "associative scan grad": lambda: grad(lambda v: lax.associative_scan(jnp.multiply, v).sum())(V),
    "associative scan vmap": lambda: vmap(lambda v: lax.associative_scan(jnp.add, v))(M),
    "associative scan matrices": lambda: lax.associative_scan(jnp.matmul, jnp.stack([jnp.eye(2) + k for k in range(3)])),
    # scan
    "scan": lambda: lax.scan(add_up, 0.0, V),
    "scan reverse": lambda: lax.scan(add_up, 0.0, V, reverse=True),
    "scan length": lambda: lax.scan(lambda c, _: (c + 1, c * 2), 0, None, length=3),
    "scan length zero": lambda: lax.scan(lambda c, _: (c + 1, c * 2), 0, None, length=0),
    "scan empty": lambda: lax.scan(add_up, 0.0, jnp.ones((0,))),
    "scan unroll": lambda: lax.scan(add_up, 0.0, V, unroll=2),
    "scan unroll reverse": lambda: lax.scan(add_up, 0.0, V, unroll=3, reverse=True),
    "scan unroll all": lambda: lax.scan(add_up, 0.0, V, unroll=True),
    "scan unroll more": lambda: lax.scan(add_up, 0.0, V, unroll=9),
    "scan unroll grad": lambda: grad(lambda x: lax.scan(lambda c, y: (c * y + x, c), x, V, unroll=2)[1].sum())(2.0),
    "scan unroll all grad": lambda: grad(lambda x: lax.scan(lambda c, y: (c * y + x, c), x, V, unroll=True)[1].sum())(2.0),
    "scan tree": lambda: lax.scan(lambda c, x: ({"n": c["n"] + 1, "s": c["s"] + x["a"] * x["b"][0]}, [c["s"], x["a"]]), {"n": 0, "s": 0.0}, {"a": V, "b": (V, I)}),
    "scan no result": lambda: lax.scan(lambda c, x: (c + x, None), 0.0, V),
    "switch": lambda: [lax.switch(i, [lambda x: x, lambda x: x + 1, lambda x: x * 10], 3) for i in (-7, 0, 1, 2, 9)],
    "switch one": lambda: lax.switch(5, [lambda x: x], 3),
    "switch in jit": lambda: jit(lambda i: lax.switch(i, [jnp.sin, jnp.cos], 0.5))(1),
    "fori dynamic": lambda: jit(lambda n, m: lax.fori_loop(n, m, lambda i, c: c + i, 0))(2, 6),
    "fori unroll": lambda: lax.fori_loop(1, 6, lambda i, c: c * 2 + i, 0, unroll=2),
    "fori unroll all": lambda: lax.fori_loop(1, 6, lambda i, c: (c[0] + i, c[1] * 2), (0, 1.0), unroll=True),
    "fori unroll grad": lambda: grad(lambda x: lax.fori_loop(0, 5, lambda i, c: c * x + i, x, unroll=3))(2.0),
    "fori empty": lambda: lax.fori_loop(3, 0, lambda i, c: c + 1, 0),
    "fori dynamic jvp": lambda: jit(lambda n: jax.jvp(lambda x: lax.fori_loop(0, n, lambda i, c: c * x, 1.0), (2.0,), (1.0,)))(5),
    "fori grad": lambda: grad(lambda x: lax.fori_loop(0, 5, lambda i, c: c * x, 1.0))(2.0),
}

ERRORS = {
    "vectorize signature text": lambda: jnp.vectorize(lambda x: x, signature="(n")(V),
    "vectorize core size": lambda: jnp.vectorize(jnp.dot, signature="(n,m),(m)->(n)")(jnp.ones((2, 3)), jnp.ones((4,))),
    "vectorize core rank": lambda: jnp.vectorize(jnp.dot, signature="(n,m),(m)->(n)")(jnp.ones((3,)), jnp.ones((3,))),
    "vectorize number": lambda: jnp.vectorize(jnp.dot, signature="(n,m),(m)->(n)")(jnp.ones((3, 3))),
    "vectorize literal": lambda: jnp.vectorize(lambda a, b: a, signature="(3),(3)->(3)")(jnp.ones((2, 4)), jnp.ones(3)),
    "vectorize result size": lambda: jnp.vectorize(lambda x: x[:2], signature="(n)->(n)")(jnp.ones((3,))),
    "vectorize result rank": lambda: jnp.vectorize(lambda x: x.sum(), signature="(n)->(n)")(jnp.ones(3)),
    "vectorize result number": lambda: jnp.vectorize(lambda x: (x, x, x), signature="(n)->(n),(n)")(jnp.ones(3)),
    "vectorize result tuple": lambda: jnp.vectorize(lambda x: x, signature="(n)->(n),()")(jnp.ones((3,))),
    "vectorize excluded": lambda: jnp.vectorize(lambda x, y: x, excluded={-1})(V, V),
    "vectorize shapes": lambda: jnp.vectorize(lambda x, y: x + y)(jnp.ones((3,)), jnp.ones(2)),
    "associative scan function": lambda: lax.associative_scan(3, V),
    "associative scan sizes": lambda: lax.associative_scan(jnp.add, (V, V[:2])),
    "associative scan axis": lambda: lax.associative_scan(jnp.add, V, axis=1),
    "scan sizes": lambda: lax.scan(lambda c, x: (c, c), 0.0, (V, V[:2])),
    "scan length": lambda: lax.scan(add_up, 0.0, V, length=3),
    "scan no length": lambda: lax.scan(lambda c, x: (c, c), 0.0),
    "scan pair": lambda: lax.scan(lambda c, x: c, 0.0, V),
    "switch empty": lambda: lax.switch(0, []),
    "switch index": lambda: lax.switch(0.5, [lambda x: x, lambda x: x], 3),
    "switch shape": lambda: lax.switch(jnp.arange(2), [lambda x: x, lambda x: x], 3),
    "switch function": lambda: lax.switch(0, [1, lambda x: x + 1], 3),
    "fori unroll dynamic": lambda: jit(lambda n: lax.fori_loop(0, n, lambda i, c: c + i, 0, unroll=2))(5),
    "fori function": lambda: lax.fori_loop(0, 3, 1, 0),
    "while function": lambda: lax.while_loop(lambda c: c, 1, True),
    "cond function": lambda: lax.cond(True, 1, lambda: 2),
    "fori dynamic grad": lambda: jit(lambda n: grad(lambda x: lax.fori_loop(0, n, lambda i, c: c * x, 1.0))(2.0))(5),
}

write(Path(__file__).parent.parent / "goldens/batching.json", PROGRAMS, ERRORS)
