"""What JAX's make_jaxpr prints: `python3 generate_jaxprs.py > ../goldens/jaxprs.txt`. The functions stand in jaxpr.test.ts."""

import jax
import jax.numpy as jnp
from jax import lax


def f32(*shape):
    return jax.ShapeDtypeStruct(shape, jnp.float32)


TABLE = jnp.linspace(0, 1, 20)

CASES = {
    "identity": (lambda x: x, 1.5),
    "constants": (lambda x: (x, x + 1, 2.5), 1.5),
    "unused": (lambda x: (jnp.sin(x), x)[1], 1.5),
    "one line": (lambda x: jnp.sin(x) * 2, f32(3)),
    "unary": (lambda x: (jnp.exp(x), jnp.log(x), jnp.expm1(x), jnp.log1p(x), jnp.tanh(x), jnp.sqrt(x), lax.rsqrt(x), lax.sign(x), jnp.floor(x), -x, jnp.abs(x)), f32(3)),
    "compare": (lambda x, y: (x == y, x != y, x < y, x <= y, x > y, x >= y), f32(3), f32(3)),
    "convert": (lambda x: x.astype(jnp.int32), f32(3, 4)),
    "get": (lambda x: (x[0], x[:, 1:3], x[::2]), f32(3, 4)),
    "nothing": (lambda x: (), 1.5),
    "ones": (lambda x: jnp.ones((2, 3)), 1.5),
    "many": (lambda x: [x + 2.5 for _ in range(30)], 1.5),
    "object": (lambda d: d["b"] + d["a"], {"a": 1.5, "b": 2.5}),
    "captured": (lambda x: x + TABLE, f32(20)),
    "iota": (lambda: lax.iota(jnp.int32, 5),),
    "integers": (lambda i: (i & i, i | 3, ~i, i ^ i), jax.ShapeDtypeStruct((2,), jnp.int32)),
    "bounds": (lambda x: jnp.minimum(jnp.maximum(x, 0), 1), f32(3)),
    "sums": (lambda x: (x.sum(), x.max(1), jnp.prod(x, 0)), f32(3, 4)),
    "logical": (lambda x: (jnp.any(x > 0), jnp.all(x > 0, 1)), f32(3, 4)),
    "matmul": (lambda x, y: x @ y, f32(3, 4), f32(4, 5)),
    "transpose": (lambda x: x.reshape(4, 3).T, f32(3, 4)),
    "concatenate": (lambda x: jnp.concatenate([x, x]), f32(3, 4)),
    "mean": (lambda x: jnp.mean(x, 1), f32(3, 4)),
}

for name, (function, *args) in CASES.items():
    print(f"## {name}\n{jax.make_jaxpr(function)(*args)}")
