"""The programs of the family "op-derivatives": for each StableHLO op, functions that JAX lowers to it, and points.

Elementwise ops have their corners among the elements: ties, zeros, branch points, NaN and infinity. The second point
is the first in another order, so that a batch of the two has no equal examples.
"""

import dataclasses
from typing import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

NAN, INF = np.nan, np.inf
REAL = ["float32", "float64"]
COMPLEX = ["complex64", "complex128"]


@dataclasses.dataclass
class Program:
    function: Callable
    points: list
    # Bound of the error, in units of the roundoff; 0 for the usual one.
    units: int = 0
    # The op's text between %arg0 and %0, for ops that JAX writes by others; the function is %0 itself.
    emit: str | None = None


def rolled(x: np.ndarray) -> np.ndarray:
    return np.roll(x.reshape(-1), 1).reshape(x.shape)


def both(*args) -> list:
    """A point, and the same with the elements of every argument rolled."""
    return [list(args), [rolled(a) for a in args]]


def elementwise(function, *columns, dtypes=REAL, emit=None):
    """Of vectors: one list of elements for each operand."""
    return [("", Program(function, both(*(np.array(c, d) for c in columns)), emit=emit)) for d in dtypes]


def spread(shape, dtype="float64", seed=0) -> np.ndarray:
    n = np.arange(int(np.prod(shape))) + 1
    x = np.round(((n * 0.6180339887 + seed * 0.7548776662) % 1) * 4 - 2, 3)
    return x.reshape(shape).astype(dtype)


def arrays(function, *shapes, variant="", dtypes=REAL, integers=(), units=0, make=spread, emit=None):
    """Of arrays with ordinary elements, then index arrays that are the same at both points."""
    def point(dtype, seed):
        return [make(shape, dtype, seed + i) for i, shape in enumerate(shapes)] + [np.array(i, np.int32) for i in integers]

    return [(variant, Program(function, [point(d, 0), point(d, 5)], units, emit)) for d in dtypes]


def tied(shape, dtype, seed=0) -> np.ndarray:
    """Elements of which many are equal."""
    n = np.arange(int(np.prod(shape))) + seed
    return (n * n % 3).reshape(shape).astype(dtype)


def crossed(shape, dtype, seed=0) -> np.ndarray:
    """As `spread`, with a zero in it."""
    x = spread(shape, dtype, seed)
    x.reshape(-1)[1] = 0
    return x


# Complex numbers in all quadrants, none on a branch cut of the functions they are given to.
PLANE = [0.5 + 0.25j, -1.25 + 0.5j, -0.75 - 1.5j, 1.5 - 0.5j]
UNIT = [0.5 + 0.25j, -0.25 + 0.5j, -0.75 - 0.5j, 0.125 - 0.5j]
LINE = [0.5, -1.25, 2.0, -0.125]
INTEGERS = [np.array([3, -2, 5], np.int32), np.array([2, 7, 1], np.int32)]


def still(function, count=2):
    """An op of integers beside a float that has a tangent."""
    def beside(x, *integers):
        return x * function(*integers).astype(x.dtype)

    return [("", Program(beside, [[np.array([1.0, 2.0, -1.0]), *INTEGERS[:count]]]))]


def complexes(function, points=PLANE, **options):
    return elementwise(function, points, dtypes=COMPLEX, **options)


def comparison(x):
    return jnp.where(lax.lt(x, jnp.ones_like(x)), x * x, x)


def masked_log(x):
    return jnp.where(x > 0, jnp.log(x), 0.0)


def gather_rows(x, i):
    return x[i]


def gather_clipped(x, i):
    return x.at[i].get(mode="clip")


def gather_filled(x, i):
    return x.at[i].get(mode="fill", fill_value=0.0)


def scan(xs, c):
    def step(c, x):
        c = jnp.sin(c * x)
        return c, c * x

    return lax.scan(step, c, xs)


def nested_scan(xs, c):
    def step(c, x):
        return lax.fori_loop(0, 2, lambda i, d: jnp.tanh(d * x) + c, c), x * c

    return lax.scan(step, c, xs, reverse=True)


def unbounded(x):
    return lax.while_loop(lambda s: s[0] < 3.0, lambda s: (s[0] * 2.0 + 0.5, s[1] * s[0]), (jnp.abs(x) + 0.1, x))


def branches(i, x, y):
    return lax.switch(i, [lambda x, y: jnp.sin(x) * y, lambda x, y: y, lambda x, y: (x * x * x)], x, y)


def conditional(p, x):
    return lax.cond(p > 0, lambda v: jnp.exp(v) * v, lambda v: v, x)


def squares(x, y):
    inner = jax.jit(lambda a, b: (jnp.sin(a) * b, b * b))
    p, q = inner(x, y)
    return inner(q, p)


def argmax(x):
    return x * lax.argmax(x, 1, jnp.int32)[:, None].astype(x.dtype)


def sort_pairs(x, y):
    return lax.sort((x, y), dimension=1, num_keys=1)


def window(op, init, dims, strides, padding, base=None, dilation=None):
    def fold(x):
        return lax.reduce_window(x, init(x.dtype), op, dims, strides, padding, base, dilation)

    return fold


def zero(dtype):
    return np.zeros((), dtype)[()]


def least(dtype):
    return np.array(-np.inf, dtype)[()]


def scatter_numbers(windowed):
    return lax.ScatterDimensionNumbers(update_window_dims=(1,) if windowed else (), inserted_window_dims=(0,), scatter_dims_to_operand_dims=(0,))


def scattering(function, **options):
    def scatter(x, u, i):
        return function(x, i[:, None], u, scatter_numbers(x.ndim == 2), **options)

    return scatter


ROWS = [[3, 1, 3, 0]]
DISTINCT = [[3, 1, 9, 0]]

PROGRAMS = {
    "abs": elementwise(lax.abs, [*LINE, 0.0, -0.0, INF]) + complexes(lax.abs, [*PLANE, 0j]),
    "add": elementwise(lax.add, LINE, LINE[::-1]) + elementwise(lax.add, PLANE, PLANE[::-1], dtypes=COMPLEX),
    "subtract": elementwise(lax.sub, LINE, LINE[::-1]) + elementwise(lax.sub, PLANE, PLANE[::-1], dtypes=COMPLEX),
    "multiply": elementwise(lax.mul, [*LINE, 0.0, INF], [2.0, 0.5, 0.0, -1.0, 0.0, 1.0]) + elementwise(lax.mul, PLANE, PLANE[::-1], dtypes=COMPLEX),
    "divide": elementwise(lax.div, [*LINE, 0.0, 1.0, 0.0], [2.0, 0.5, -4.0, -1.5, 3.0, 0.0, 0.0]) + elementwise(lax.div, PLANE, PLANE[::-1], dtypes=COMPLEX),
    "remainder": elementwise(lax.rem, [5.5, -5.5, 2.0, 7.25, -0.5], [2.0, 2.0, -0.75, -3.0, 2.0]),
    "negate": elementwise(lax.neg, LINE) + complexes(lax.neg),
    "sign": elementwise(lax.sign, [*LINE, 0.0, NAN]) + complexes(lax.sign),
    "maximum": elementwise(lax.max, [1.0, 2.0, 0.5, -0.0, NAN, 3.0, INF], [2.0, 1.0, 0.5, 0.0, 1.0, NAN, INF]),
    "minimum": elementwise(lax.min, [1.0, 2.0, 0.5, -0.0, NAN, 3.0, INF], [2.0, 1.0, 0.5, 0.0, 1.0, NAN, INF]),
    "power": elementwise(lax.pow, [1.5, 0.5, 0.0, 0.0, 0.0, 0.0, 2.0, -2.0, 1.0], [2.5, -1.5, 2.0, 1.0, 0.0, 0.5, 0.0, 3.0, 0.0]) + elementwise(lax.pow, PLANE, PLANE[::-1], dtypes=COMPLEX),
    "ceil": elementwise(lax.ceil, LINE),
    "floor": elementwise(lax.floor, LINE),
    "round_nearest_afz": elementwise(lambda x: lax.round(x, lax.RoundingMethod.AWAY_FROM_ZERO), LINE),
    "round_nearest_even": elementwise(lambda x: lax.round(x, lax.RoundingMethod.TO_NEAREST_EVEN), LINE),
    "sqrt": elementwise(lax.sqrt, [0.5, 4.0, 0.0, -1.0, INF]) + complexes(lax.sqrt),
    "rsqrt": elementwise(lax.rsqrt, [0.5, 4.0, 0.0, -1.0]) + complexes(lax.rsqrt),
    "cbrt": elementwise(lax.cbrt, [0.5, -8.0, 0.0, 3.0]),
    "exponential": elementwise(lax.exp, [*LINE, -INF]) + complexes(lax.exp),
    "exponential_minus_one": elementwise(lax.expm1, [*LINE, 0.0, -INF]) + complexes(lax.expm1),
    "log": elementwise(lax.log, [0.5, 4.0, 0.0, -1.0, INF]) + complexes(lax.log),
    "log_plus_one": elementwise(lax.log1p, [0.5, -0.75, 0.0, -1.0, 3.0]) + complexes(lax.log1p),
    "logistic": elementwise(lax.logistic, [*LINE, 0.0, INF, -INF], emit="stablehlo.logistic %arg0 : T") + complexes(lax.logistic, emit="stablehlo.logistic %arg0 : T"),
    "sine": elementwise(lax.sin, [*LINE, 0.0, INF]) + complexes(lax.sin),
    "cosine": elementwise(lax.cos, [*LINE, 0.0, INF]) + complexes(lax.cos),
    "tan": elementwise(lax.tan, [*LINE, 0.0]) + complexes(lax.tan),
    "tanh": elementwise(lax.tanh, [*LINE, 0.0, INF]) + complexes(lax.tanh),
    "atan2": elementwise(lax.atan2, [1.0, -1.0, 0.0, 2.0, 0.0], [2.0, -0.5, 1.0, 0.0, 0.0]),
    "and": still(lax.bitwise_and),
    "or": still(lax.bitwise_or),
    "xor": still(lax.bitwise_xor),
    "not": still(lax.bitwise_not, 1),
    "shift_left": still(lax.shift_left),
    "shift_right_arithmetic": still(lax.shift_right_arithmetic),
    "shift_right_logical": still(lax.shift_right_logical),
    "popcnt": still(lax.population_count, 1),
    "count_leading_zeros": still(lax.clz, 1),
    "compare": elementwise(comparison, [0.5, 1.0, 2.0, NAN]),
    "select": elementwise(masked_log, [0.5, 0.0, -1.0, 2.0]) + elementwise(lambda x, y: lax.select(x > y, x * y, y), LINE, LINE[::-1]),
    "clamp": elementwise(lambda x, lo, hi: lax.clamp(lo, x, hi), [0.5, -1.0, 1.0, 3.0, -2.0, 0.0], [-1.0, -1.0, -1.0, -1.0, 0.0, 1.0], [1.0, 1.0, 1.0, 1.0, 1.0, 0.5]),
    "is_finite": elementwise(lambda x: jnp.where(lax.is_finite(x), x * x, 0.0), [*LINE, INF]),
    "convert": elementwise(lambda x: lax.convert_element_type(x, "float16").astype(x.dtype) * x, LINE)
    + elementwise(lambda x: lax.convert_element_type(x, "complex128") * (1 + 2j), LINE)
    + elementwise(lambda x: x * lax.convert_element_type(x, "int32").astype(x.dtype), LINE),
    "reduce_precision": elementwise(lambda x: lax.reduce_precision(x, 5, 10), [*LINE, 0.1]),
    "complex": elementwise(lambda x, y: lax.complex(x, y) ** 2, LINE, LINE[::-1]) + elementwise(lambda x: lax.complex(x, x), LINE),
    "real": complexes(lambda z: lax.real(z) ** 2),
    "imag": complexes(lambda z: lax.imag(z) ** 2),
    "chlo.acos": elementwise(lax.acos, [0.5, -0.25, 0.0, 1.0, 2.0]) + complexes(lax.acos, UNIT),
    "chlo.acosh": elementwise(lax.acosh, [1.5, 3.0, 1.0, 0.5]) + complexes(lax.acosh, UNIT),
    "chlo.asin": elementwise(lax.asin, [0.5, -0.25, 0.0, 1.0, 2.0]) + complexes(lax.asin, UNIT),
    "chlo.asinh": elementwise(lax.asinh, [*LINE, 0.0]) + complexes(lax.asinh, UNIT),
    "chlo.atan": elementwise(lax.atan, [*LINE, 0.0, INF]) + complexes(lax.atan, UNIT),
    "chlo.atanh": elementwise(lax.atanh, [0.5, -0.25, 0.0, 1.0, 2.0]) + complexes(lax.atanh, UNIT),
    "chlo.bessel_i1e": elementwise(lax.bessel_i1e, [*LINE, 0.0, 9.0, -20.0]),
    "chlo.conj": complexes(lax.conj, emit="chlo.conj %arg0 : T -> T"),
    "chlo.cosh": elementwise(lax.cosh, [*LINE, 0.0]) + complexes(lax.cosh),
    "chlo.sinh": elementwise(lax.sinh, [*LINE, 0.0]) + complexes(lax.sinh),
    "chlo.tan": elementwise(lax.tan, [*LINE, 0.0], emit="chlo.tan %arg0 : T -> T"),
    "chlo.digamma": elementwise(lax.digamma, [0.5, 2.5, 7.0, -1.5]),
    "chlo.erf": elementwise(lax.erf, [*LINE, 0.0, INF]),
    "chlo.erf_inv": elementwise(lax.erf_inv, [0.5, -0.25, 0.0, 0.9375, 1.0]),
    "chlo.erfc": elementwise(lax.erfc, [*LINE, 0.0]),
    "chlo.lgamma": elementwise(lax.lgamma, [0.5, 2.5, 7.0, -1.5]),
    "chlo.square": elementwise(lax.square, [*LINE, 0.0]) + complexes(lax.square),
    "chlo.mulhi": still(lambda x, y: lax.mulhi(x, y)),
    "chlo.polygamma": elementwise(lambda x: lax.polygamma(jnp.full_like(x, 1.0), x), [0.5, 2.5, 7.0]),
    "optimization_barrier": elementwise(lambda x, y: (lambda p: p[0] * p[1])(lax.optimization_barrier((x, y))), LINE, LINE[::-1]),
    "constant": elementwise(lambda x: x * np.array([1.0, 2.0, 3.0, 4.0], x.dtype), LINE),
    "iota": elementwise(lambda x: x * lax.iota(x.dtype, 4), LINE),
    "broadcast_in_dim": arrays(lambda x: lax.broadcast_in_dim(x, (2, 4, 3), (0, 2)), (1, 3)),
    "reshape": arrays(lambda x: lax.reshape(x * x, (3, 2)), (2, 3)),
    "transpose": arrays(lambda x: lax.transpose(x * x, (2, 0, 1)), (2, 3, 2)),
    "slice": arrays(lambda x: lax.slice(x * x, (1, 0), (6, 2), (3, 1)), (7, 2)),
    "reverse": arrays(lambda x: lax.rev(x * x, (1,)), (2, 3)),
    "pad": arrays(lambda x, v: lax.pad(x * x, v[0], ((1, -1, 1), (-1, 2, 0))), (3, 2), (1,)),
    "concatenate": arrays(lambda x, y: lax.concatenate([x, y * y, x], 1), (2, 2), (2, 3)),
    "dynamic_slice": arrays(lambda x, i: lax.dynamic_slice(x * x, (i[0], i[1]), (2, 2)), (4, 3), integers=[[3, 1]]),
    "dynamic_update_slice": arrays(lambda x, u, i: lax.dynamic_update_slice(x * x, u * u, (i[0], i[1])), (4, 3), (2, 2), integers=[[3, 1]]),
    "bitcast_convert": elementwise(lambda x: x * lax.bitcast_convert_type(lax.bitcast_convert_type(x, f"int{8 * x.dtype.itemsize}"), x.dtype), LINE),
    "reduce": arrays(lambda x: lax.reduce_sum(x * x, (1,)), (2, 3), variant="sum")
    + arrays(lambda x: lax.reduce_sum(x * x, (1,)), (2, 3), variant="sum", dtypes=COMPLEX)
    + arrays(lambda x: lax.reduce_max(x, (1,)), (2, 4), variant="max")
    + arrays(lambda x: lax.reduce_max(x, (0, 1)), (3, 4), variant="max of ties", make=tied)
    + arrays(lambda x: lax.reduce_min(x, (1,)), (3, 4), variant="min of ties", make=tied)
    + arrays(lambda x: lax.reduce_prod(x, (1,)), (2, 4), variant="product")
    + arrays(lambda x: lax.reduce_prod(x, (0, 1)), (2, 3), variant="product with a zero", make=crossed)
    + arrays(lambda x: x * lax.reduce_and(x > 0, (1,))[:, None], (2, 3), variant="and")
    + arrays(argmax, (2, 3), variant="argmax"),
    "reduce_window": arrays(lambda x: lax.cumsum(x * x, 1), (2, 4), variant="cumsum")
    + arrays(lambda x: lax.cumsum(x, 0, reverse=True), (4,), variant="reverse cumsum")
    + arrays(lambda x: lax.cumprod(x, 1), (2, 4), variant="cumprod")
    + arrays(lambda x: lax.cumprod(x, 1), (2, 4), variant="cumprod with a zero", make=crossed)
    + arrays(lambda x: lax.cummax(x, 1), (2, 5), variant="cummax")
    + arrays(lambda x: lax.cummax(x, 1), (2, 7), variant="cummax of ties", make=tied)
    + arrays(lambda x: lax.cummin(x, 1, reverse=True), (2, 6), variant="reverse cummin of ties", make=tied)
    + arrays(lambda x: lax.cumlogsumexp(x, 1), (2, 4), variant="cumlogsumexp")
    + arrays(window(lax.add, zero, (1, 3), (1, 2), ((0, 0), (1, 2)), None, (1, 2)), (2, 7), variant="sum of windows")
    + arrays(window(lax.max, least, (1, 3), (1, 2), ((0, 0), (1, 1))), (2, 6), variant="greatest of windows")
    + arrays(window(lax.max, least, (2, 2), (1, 1), "VALID"), (3, 4), variant="greatest of windows of ties", make=tied),
    "dot_general": arrays(lambda x, y: lax.dot_general(x, y, (((2, 3), (3, 0)), ((0,), (1,)))), (2, 1, 2, 3), (3, 2, 2, 2))
    + arrays(lambda x, y: lax.dot_general(x, y, (((1,), (0,)), ((), ()))), (2, 3), (3, 2), variant="matrices", dtypes=REAL + COMPLEX)
    + arrays(lambda x: lax.dot_general(x, x, (((1,), (1,)), ((), ()))), (2, 3), variant="with itself"),
    "while": arrays(scan, (3, 2), (2,), variant="scan")
    + arrays(nested_scan, (3, 2), (2,), variant="nested scans", units=64)
    + arrays(lambda x: lax.fori_loop(0, 4, lambda i, c: jnp.sin(c) * x + i, x), (3,), variant="counted loop")
    + arrays(unbounded, (), variant="loop of unknown length"),
    "case": [(v, Program(f, [[np.array(1, np.int32), *x], [np.array(2, np.int32), *x]])) for v, f, x in [
        ("switch", branches, [spread((3,), "float32"), spread((3,), "float32", 1)]), ("switch", branches, [spread((3,)), spread((3,), seed=1)])]]
    + [("cond", Program(conditional, [[np.array(p, np.int32), spread((3,), d)] for p in (0, 1)])) for d in REAL],
    "call": arrays(squares, (3,), (3,)),
    "return": arrays(lambda x: (x, x), (3,)),
    "gather": arrays(gather_rows, (5, 2), variant="rows", integers=ROWS)
    + arrays(gather_clipped, (5, 2), variant="clipped", integers=[[4, 9, -2]])
    + arrays(gather_filled, (5, 2), variant="filled", integers=[[4, 9, 1]])
    + arrays(lambda x, i: x[i[0], i[1]] ** 2, (3, 4), variant="elements", integers=[[[0, 2, 0], [1, 3, 1]]]),
    "scatter": arrays(scattering(lax.scatter_add), (5, 2), (4, 2), variant="add", integers=ROWS)
    + arrays(scattering(lax.scatter_sub), (5,), (4,), variant="subtract", integers=ROWS)
    + arrays(scattering(lax.scatter), (5, 2), (4, 2), variant="overwrite", integers=ROWS)
    + arrays(scattering(lax.scatter), (5,), (4,), variant="overwrite, one dropped", integers=DISTINCT)
    + arrays(scattering(lax.scatter_mul, unique_indices=True), (5,), (4,), variant="multiply", integers=DISTINCT)
    + arrays(scattering(lax.scatter_max), (5,), (4,), variant="max", integers=ROWS)
    + arrays(scattering(lax.scatter_min), (5, 2), (4, 2), variant="min of ties", integers=ROWS, make=tied),
    "sort": arrays(lambda x: lax.sort(x, dimension=1), (2, 4))
    + arrays(lambda x: lax.sort(x, dimension=0), (4, 2), variant="ties", make=tied)
    + arrays(sort_pairs, (2, 4), (2, 4), variant="pairs")
    + arrays(lambda x: x * jnp.argsort(x, axis=1), (2, 4), variant="positions"),
    "chlo.top_k": arrays(lambda x: lax.top_k(x, 2)[0], (2, 4)) + arrays(lambda x: lax.top_k(x, 2)[0], (2, 4), variant="ties", make=tied),
}  # fmt: skip

FAILING = {
    "chlo.zeta": (lambda x: lax.zeta(x, x), (np.array([1.5, 2.5]),)),
    "chlo.next_after": (lambda x: lax.nextafter(x, x), (np.array([1.5, 2.5]),)),
}
