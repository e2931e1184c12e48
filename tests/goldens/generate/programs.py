"""The programs of the family "stablehlo": name -> (function, arguments, units). `units` bounds how far a result may be
from JAX's: 0 is equality, n is n float32 roundings (2^-24) of the largest magnitude in that result."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from values import normals, plain

F3 = plain("float32", (3,))
F23 = plain("float32", (2, 3))
F34 = plain("float32", (3, 4), 1, -0.25)
I5 = plain("int32", (5,))
U4 = plain("uint32", (4,))
KEY = np.array([0, 42], np.uint32)
CUBE = normals((2, 3, 4), 81)


def selu(x, alpha=1.67, scale=1.05):
    return scale * jnp.where(x > 0, x, alpha * jnp.exp(x) - alpha)


def layer_norm(x):
    return (x - x.mean(-1, keepdims=True)) * lax.rsqrt(x.var(-1, keepdims=True) + 1e-5)


def mlp(x, w1, b1, w2, b2):
    return jax.nn.log_softmax(jnp.tanh(x @ w1 + b1) @ w2 + b2)


def newton_sqrt(x):
    return lax.while_loop(lambda s: jnp.abs(s * s - x) > 1e-4, lambda s: 0.5 * (s + x / s), x)


def fibonacci(n):
    return lax.fori_loop(0, n, lambda i, c: (c[1], c[0] + c[1]), (jnp.int32(0), jnp.int32(1)))[0]


def collatz(n):
    return lax.while_loop(lambda s: s[0] != 1, lambda s: (jnp.where(s[0] % 2 == 0, s[0] // 2, 3 * s[0] + 1), s[1] + 1), (n, jnp.int32(0)))[1]


def rnn(xs, w):
    def step(h, x):
        h = jnp.tanh(w @ h + x)
        return h, h.sum()

    return lax.scan(step, jnp.zeros(3), xs)


def attention(q, k, v):
    scores = jnp.einsum("bqd,bkd->bqk", q, k) / jnp.sqrt(q.shape[-1])
    return jnp.einsum("bqk,bkd->bqd", jax.nn.softmax(scores), v)


def cumulative_max(xs):
    return lax.scan(lambda c, x: (jnp.maximum(c, x),) * 2, -jnp.inf, xs)[1]


PLAIN = {
    "identity": (lambda x: x, [F3], 0), "add_scalar": (lambda x: 3 * x + x, [F23], 0), "broadcast_add": (lambda x, y: x + y, [plain("float32", (3, 1)), plain("float32", (4,))], 0),
    "selu": (selu, [F23], 4), "standardise": (lambda d: (d - d.mean(0)) / d.std(0), [normals((5, 3), 82)], 8), "layer_norm": (layer_norm, [normals((4, 6), 83)], 8),
    "softmax": (jax.nn.softmax, [F23], 8), "log_softmax": (jax.nn.log_softmax, [F23], 8), "logsumexp": (jax.nn.logsumexp, [F23], 8),
    "gelu": (jax.nn.gelu, [F23], 8), "gelu_exact": (lambda x: jax.nn.gelu(x, approximate=False), [F23], 8), "silu": (jax.nn.silu, [F23], 4), "elu": (jax.nn.elu, [F23], 4), "relu": (jax.nn.relu, [F23], 0),
    "sum_all": (jnp.sum, [F23], 4), "sum_axis": (lambda x: x.sum(1), [F23], 4), "sum_squares": (lambda x: (x * x).sum(), [F23], 4), "mean_bf16": (lambda x: x.mean(0), [plain("bfloat16", (2, 3))], 2**17),
    "sum_int8": (jnp.sum, [plain("int8", (5,))], 0), "prod": (jnp.prod, [F3], 4), "max_axis": (lambda x: x.max(0), [F23], 0), "argmax": (jnp.argmax, [F23], 0), "argmin_axis": (lambda x: jnp.argmin(x, 1), [F23], 0),
    "any_all": (lambda x: (x.any(), x.all(0)), [plain("bool", (2, 3))], 0), "var_ddof": (lambda x: jnp.var(x, ddof=1), [F23], 8),
    "matmul": (jnp.matmul, [F23, F34], 4), "matvec": (jnp.matmul, [F23, F3], 4), "batch_matmul": (jnp.matmul, [CUBE, np.swapaxes(CUBE, 1, 2).copy()], 4), "einsum_transpose": (lambda a, b: jnp.einsum("ij,kj->ik", a, b), [F23, F23], 4),
    "outer": (jnp.outer, [F3, F3], 0), "trace": (jnp.trace, [plain("float32", (3, 3))], 4), "mlp": (mlp, [F23, normals((3, 4), 84), plain("float32", (4,)), normals((4, 2), 85), plain("float32", (2,))], 16),
    "attention": (attention, [CUBE, CUBE + np.float32(1), CUBE], 16), "transcendental": (lambda x: jnp.sin(x) * jnp.cos(x) + jnp.tan(x) + jnp.log1p(jnp.exp(x)) + jnp.expm1(x) + jnp.cbrt(x), [F3], 16),
    "arcs": (lambda x: (jnp.arcsin(x), jnp.arccos(x), jnp.arctan(x), jnp.arcsinh(x), jnp.arctanh(x), jnp.arccosh(x + 2)), [plain("float32", (4,), -0.75, 0.5)], 8),
    "powers": (lambda x: (x**2, x**-3, x**2.5, jnp.sqrt(x), lax.rsqrt(x), jnp.hypot(x, 3.0), jnp.arctan2(x, 2)), [plain("float32", (3,), 0.5)], 8), "rounding": (lambda x: (jnp.floor(x), jnp.ceil(x), jnp.rint(x), jnp.trunc(x), jnp.sign(x)), [plain("float32", (7,), -2.5, 0.75)], 0),
    "integer_division": (lambda x, y: (x // y, x % y, lax.div(x, y), lax.rem(x, y)), [I5, np.array([3, -2, 5, 0, 7], np.int32)], 0), "bit_tricks": (lambda x: (x ^ (x << 13), x >> 7, ~x & 0xFF, lax.population_count(x), lax.clz(x)), [U4], 0),
    "comparisons": (lambda x, y: (x < y, x == y, (x > 0) & ~(y >= 1), (x != y) | (x <= y)), [F3, F3[::-1].copy()], 0), "complex_product": (lambda x: (x * x.conj(), x.real, x.imag, jnp.abs(x)), [plain("complex64", (3,))], 4),
    "converts": (lambda x: (x.astype("int32"), x.astype("bfloat16"), x.astype("float16"), x.astype("uint8"), x > 0), [plain("float32", (5,))], 0), "bitcast": (lambda x: lax.bitcast_convert_type(x, jnp.int32), [F3], 0), "nan_where": (lambda x: jnp.where(jnp.isnan(x), 0, jnp.nan_to_num(x)), [np.array([np.nan, 1, np.inf, -np.inf], np.float32)], 0),
    "clip": (lambda x: jnp.clip(x, -0.5, 0.5), [F23], 0), "reshape_transpose": (lambda x: x.reshape(3, 2).T, [F23], 0), "moveaxis": (lambda x: jnp.moveaxis(x, 0, -1), [CUBE], 0), "slices": (lambda x: (x[1:, ::2], x[::-1, 0], x[None, ..., -1]), [F34], 0),
    "pad_concat": (lambda x, y: jnp.concatenate([jnp.pad(x, ((0, 0), (1, 1)), constant_values=-1.0), jnp.pad(y, ((0, 1), (0, 2)), mode="edge")[:, :5]]), [F23, F34], 0), "stack_split": (lambda x: jnp.split(jnp.stack([x, -x], 1), 3), [F3], 0), "tile_repeat": (lambda x: (jnp.tile(x, (2, 1)), jnp.repeat(x, 2)), [F3], 0),
    "dynamic_slice": (lambda x, i: lax.dynamic_slice(x, (i, 1), (2, 2)), [F34, np.array(2, np.int32)], 0), "dynamic_update": (lambda x, i: lax.dynamic_update_slice(x, jnp.ones(2), (i,)), [plain("float32", (4,)), np.array(1, np.int32)], 0), "iota_eye": (lambda x: jnp.eye(3) * x + jnp.arange(3), [F3], 0),
    "cond": (lambda p, x: lax.cond(p, jnp.sin, lambda v: v * 2, x), [np.array(False), F3], 4), "switch": (lambda i, x: lax.switch(i, [jnp.negative, jnp.square, lambda v: v + 1], x), [np.array(1, np.int32), F3], 0), "newton_sqrt": (newton_sqrt, [np.array(2, np.float32)], 4), "fibonacci": (fibonacci, [np.array(10, np.int32)], 0), "collatz": (collatz, [np.array(27, np.int32)], 0),
    "scan_rnn": (rnn, [normals((4, 3), 86), normals((3, 3), 87)], 32), "scan_cummax": (cumulative_max, [F3[::-1].copy()], 0), "nested_jit": (lambda x: jax.jit(jnp.square)(x) + jax.jit(jnp.square)(-x), [F3], 0),
    "random_bits": (lambda k: jax.random.bits(k, (5,)), [KEY], 0), "random_uniform": (lambda k: jax.random.uniform(k, (2, 3)), [KEY], 0), "random_normal": (lambda k: jax.random.normal(k, (4,)), [KEY], 8), "random_split": (lambda k: jax.random.split(k, 3), [KEY], 0), "random_randint": (lambda k: jax.random.randint(k, (5,), 0, 10), [KEY], 0), "random_categorical": (lambda k, x: jax.random.categorical(k, x), [KEY, F23], 0),
    "constants": (lambda x: x + np.array([[1, -2.5, np.inf], [1e-40, 3e38, 0.1]], np.float32), [F23], 0), "empty": (lambda x: (x + 1, x.sum(1), jnp.concatenate([x, x])), [plain("float32", (2, 0))], 0), "erf_inv": (lambda x: (lax.erf_inv(x), lax.erf(x), lax.lgamma(x + 4), lax.digamma(x + 4)), [plain("float32", (3,), -0.5, 0.4)], 32), "selects": (lambda p, x, y: (jnp.where(p, x, y), jnp.maximum(x, y), jnp.minimum(x, y)), [np.array([True, False, True]), F3, -F3], 0),
}  # fmt: skip

# Programs with gather, scatter, sort or reduce_window.
INDEXED = {
    "cumsum": (lambda x: jnp.cumsum(x, 1), [F23], 4), "cumsum_int": (jnp.cumsum, [I5], 0), "at_set": (lambda x: x.at[1, 1:3].set(7.0), [F34], 0),
    "at_add_rows": (lambda x, i: x.at[i].add(1.5), [F34, np.array([2, 0, 2], np.int32)], 0), "take": (lambda x, i: x[i, 1:], [F34, np.array([2, 0], np.int32)], 0),
    "sort": (jnp.sort, [np.array([3, np.nan, -1, np.inf, 2], np.float32)], 0), "argsort": (jnp.argsort, [np.array([3, 1, 3, 0], np.int32)], 0),
    "choice": (lambda k: jax.random.permutation(k, 8), [KEY], 0),
}  # fmt: skip
