"""Derivatives of jnp, nn, lax and scipy functions in 64 bits: at ordinary points, and in the corners where a rule decides.

A case records, for fixed cotangents and tangents, the pullback, the pushforward, and both again of the pullback. The file has
a format of its own; `../function-derivatives.ts` reads it.
"""

import jax
import jax.numpy as jnp
import numpy as np

import encode
from cases import describe, resolve
from values import generator

INF, NAN = np.inf, np.nan
MIXED = [-2.5, -1.0, -0.75, -0.25, 0.25, 0.75, 1.0, 2.5]
POSITIVE = [0.25, 0.5, 1.0, 1.5, 3.75]
INSIDE = [-0.875, -0.5, -0.125, 0.125, 0.5, 0.875]
ABOVE = [1.125, 1.5, 2.75, 8.0]

# Functions of one array: ordinary points, and corners.
UNARY = {
    "jnp.sin": (MIXED, [0.0]), "jnp.cos": (MIXED, [0.0]), "jnp.tan": (MIXED, [0.0]), "jnp.arcsin": (INSIDE, [0.0, 1.0, -1.0]),
    "jnp.arccos": (INSIDE, [0.0, 1.0, -1.0]), "jnp.arctan": (MIXED, [0.0, INF]), "jnp.sinh": (MIXED, [0.0]), "jnp.cosh": (MIXED, [0.0]),
    "jnp.tanh": (MIXED, [0.0, 30.0, INF]), "jnp.arcsinh": (MIXED, [0.0]), "jnp.arccosh": (ABOVE, [1.0]), "jnp.arctanh": (INSIDE, [0.0]),
    "jnp.exp": (MIXED, [0.0, -INF, -800.0]), "jnp.exp2": (MIXED, [0.0]), "jnp.expm1": (MIXED, [0.0, 1e-20]), "jnp.log": (POSITIVE, [0.0, INF]),
    "jnp.log2": (POSITIVE, [0.0]), "jnp.log10": (POSITIVE, [0.0]), "jnp.log1p": (POSITIVE, [0.0, -1.0, 1e-20]), "jnp.sqrt": (POSITIVE, [0.0, INF]),
    "jnp.cbrt": (MIXED, [0.0]), "jnp.square": (MIXED, [0.0]), "jnp.reciprocal": (MIXED, [0.0]), "jnp.abs": (MIXED, [0.0, -0.0]), "jnp.fabs": (MIXED, [0.0]),
    "jnp.sign": (MIXED, [0.0]), "jnp.floor": (MIXED, [0.0, 1.0]), "jnp.ceil": (MIXED, [0.0]), "jnp.trunc": (MIXED, [0.0]), "jnp.rint": (MIXED, [0.5]),
    "jnp.round": (MIXED, [0.5]), "jnp.negative": (MIXED, []), "jnp.positive": (MIXED, []), "jnp.deg2rad": (MIXED, []), "jnp.rad2deg": (MIXED, []),
    "jnp.sinc": (MIXED, [0.0, 1.0]), "jnp.nan_to_num": (MIXED, [NAN, INF, -INF]), "jnp.i0": (MIXED, [0.0]), "jnp.conj": (MIXED, []),
    "jnp.real": (MIXED, []), "jnp.imag": (MIXED, []), "jnp.modf": (MIXED, []), "jnp.frexp": (MIXED, []),
    "nn.relu": (MIXED, [0.0, -0.0, INF, -INF, NAN]), "nn.relu6": (MIXED, [0.0, 6.0, 7.0]), "nn.sigmoid": (MIXED, [0.0, 800.0, -800.0, INF]),
    "nn.softplus": (MIXED, [0.0, 800.0, -800.0, INF, -INF]), "nn.soft_sign": (MIXED, [0.0]), "nn.silu": (MIXED, [0.0, 800.0, -800.0]),
    "nn.log_sigmoid": (MIXED, [0.0, 800.0, -800.0]), "nn.leaky_relu": (MIXED, [0.0]), "nn.hard_sigmoid": (MIXED, [0.0, 3.0, -3.0]),
    "nn.hard_silu": (MIXED, [0.0, 3.0, -3.0]), "nn.hard_tanh": (MIXED, [0.0]), "nn.elu": (MIXED, [0.0, 800.0, -800.0]), "nn.celu": (MIXED, [0.0, 800.0]),
    "nn.selu": (MIXED, [0.0, 800.0]), "nn.gelu": (MIXED, [0.0, 50.0, -50.0]), "nn.mish": (MIXED, [0.0, 800.0]), "nn.squareplus": (MIXED, [0.0]),
    "nn.sparse_plus": (MIXED, [0.0]), "nn.sparse_sigmoid": (MIXED, [0.0]), "nn.log1mexp": (POSITIVE, []), "nn.identity": (MIXED, []),
    "lax.erf": (MIXED, [0.0, 30.0]), "lax.erfc": (MIXED, [0.0, 30.0]), "lax.erf_inv": (INSIDE, [0.0, 1.0]), "lax.lgamma": (POSITIVE, [-0.5, 2.0]),
    "lax.digamma": (POSITIVE, []), "lax.logistic": (MIXED, [0.0]), "lax.rsqrt": (POSITIVE, [0.0]), "lax.bessel_i0e": (MIXED, [0.0]), "lax.bessel_i1e": (MIXED, [0.0]),
    "scipy.special.entr": (POSITIVE, [0.0]), "scipy.special.logit": ([0.125, 0.5, 0.875], []), "scipy.special.expit": (MIXED, []),
    "scipy.special.ndtr": (MIXED, [0.0]), "scipy.special.gammaln": (POSITIVE, []), "scipy.special.i0e": (MIXED, []), "scipy.special.i1": (MIXED, []),
    "scipy.special.gamma": (POSITIVE, [-0.5]),
}  # fmt: skip

PAIRS = ([-2.5, -0.75, 0.25, 1.5, 2.0], [1.25, -0.5, 0.75, 2.5, -3.0])
BASES = ([0.25, 0.75, 1.5, 2.0], [1.25, -0.5, 0.0, 2.0])
# Functions of two arrays: ordinary points, and corners.
BINARY = {
    "jnp.add": (PAIRS, None), "jnp.subtract": (PAIRS, None), "jnp.multiply": (PAIRS, ([0.0, 0.0], [0.0, 2.0])), "jnp.divide": (PAIRS, ([0.0, 1.0, 0.0], [2.0, 0.0, 0.0])),
    "jnp.power": (BASES, ([0.0, 0.0, 0.0, 0.0, -1.5, -1.5, 1.0], [0.0, 1.0, 2.0, 0.5, 2.0, 3.0, 0.0])), "jnp.float_power": (BASES, ([0.0, 0.0], [2.0, 1.0])),
    "jnp.maximum": (PAIRS, ([0.0, 1.0, NAN, 0.0], [0.0, 1.0, 1.0, -0.0])), "jnp.minimum": (PAIRS, ([0.0, 1.0, NAN], [0.0, 1.0, 1.0])),
    "jnp.fmax": (PAIRS, ([0.0, 1.0, NAN], [0.0, 1.0, 1.0])), "jnp.fmin": (PAIRS, ([0.0, 1.0, 1.0], [0.0, 1.0, NAN])),
    "jnp.arctan2": (PAIRS, ([0.0, 0.0, 1.0], [1.0, 0.0, 0.0])), "jnp.hypot": (PAIRS, ([0.0, 0.0, 3.0], [0.0, 1.0, INF])),
    "jnp.logaddexp": (PAIRS, ([0.0, -INF, INF, 800.0, INF], [0.0, -INF, INF, -800.0, 0.0])), "jnp.logaddexp2": (PAIRS, ([0.0, -INF, 800.0], [0.0, -INF, -800.0])),
    "jnp.remainder": (PAIRS, ([2.0, -2.0], [2.0, 2.0])), "jnp.fmod": (PAIRS, ([2.0], [2.0])), "jnp.floor_divide": (PAIRS, None), "jnp.copysign": (PAIRS, ([0.0], [-1.0])),
    "jnp.heaviside": (PAIRS, ([0.0], [0.5])), "jnp.dot": (PAIRS, None), "jnp.vdot": (PAIRS, None), "jnp.inner": (PAIRS, None), "jnp.outer": (PAIRS, None),
    "jnp.kron": (([1.5, -2.0], [0.5, 3.0]), None), "jnp.cross": (([1.5, -2.0, 0.5], [0.5, 3.0, -1.0]), None),
    "jnp.divmod": (PAIRS, None),
    "scipy.special.xlogy": (BASES, ([0.0, 0.0, 1.0], [0.0, 2.0, 1.0])), "scipy.special.xlog1py": (BASES, ([0.0], [-1.0])), "scipy.special.rel_entr": ((BASES[0], [1.25, 0.5, 0.75, 2.0]), ([0.0], [1.0])),
    "scipy.special.kl_div": ((BASES[0], [1.25, 0.5, 0.75, 2.0]), None), "scipy.special.betaln": ((POSITIVE, [1.125, 1.5, 2.75, 5.0, 0.75]), None), "scipy.special.beta": ((POSITIVE, [1.125, 1.5, 2.75, 5.0, 0.75]), None),
    "lax.pow": (BASES, None), "lax.atan2": (PAIRS, None), "lax.rem": (PAIRS, None), "lax.max": (PAIRS, ([0.0], [0.0])), "lax.min": (PAIRS, ([0.0], [0.0])),
}  # fmt: skip


def pattern(like, phase: float):
    """A cotangent or tangent that no symmetry hides errors in."""
    count = int(np.prod(like.shape))
    values = np.cos(np.arange(count) * 1.25 + phase)
    if jnp.issubdtype(like.dtype, jnp.complexfloating):
        values = values + 1j * np.sin(np.arange(count) * 0.75 + phase)
    return jnp.asarray(values.reshape(like.shape), like.dtype)


def moves(x) -> bool:
    return bool(jnp.issubdtype(x.dtype, jnp.inexact))


class Derivatives:
    """The cases of the file."""

    name = "function-derivatives"

    def __init__(self):
        self.cases, self._seen = [], {}

    def add(self, fn: str, *args, second=True, argnums=None, **kwargs):
        """Record the derivatives of fn(*args, **kwargs) by the arrays at `argnums`, by default by all float arguments."""
        is_float = lambda a: isinstance(a, np.ndarray) and moves(a)  # noqa: E731
        argnums = [i for i, a in enumerate(args) if is_float(a)] if argnums is None else argnums
        text = describe(fn, args, kwargs)
        self._seen[text] = self._seen.get(text, 0) + 1
        entry = {"id": text if self._seen[text] == 1 else f"{text} #{self._seen[text]}", "fn": encode.camel_path(fn)}
        entry["args"] = [encode.encode_value(a, {}) for a in args]
        if kwargs:
            entry["kwargs"] = {encode.camel(k): encode.encode_value(v, {}) for k, v in kwargs.items()}
        entry["argnums"] = argnums
        entry |= self._derivatives(resolve(fn), args, kwargs, argnums, second)
        self.cases.append(entry)

    @staticmethod
    def _derivatives(function, args, kwargs, argnums, second):
        xs = [jnp.asarray(args[i]) for i in argnums]

        def f(*xs):
            full = list(args)
            for i, x in zip(argnums, xs):
                full[i] = x
            # Python lists of arrays stay lists; other arrays are constants.
            return [y for y in jax.tree.leaves(function(*full, **kwargs)) if moves(y)]

        def back(*xs):
            ys, pull = jax.vjp(f, *xs)
            return pull([pattern(y, 0.5 + i) for i, y in enumerate(ys)])

        tangents = [pattern(x, 0.25 - i) for i, x in enumerate(xs)]
        keep = lambda leaves: [encode.encode_array(np.asarray(leaf)) for leaf in leaves]  # noqa: E731
        out = {"vjp": keep(back(*xs)), "jvp": keep(jax.jvp(f, xs, tangents)[1])}
        if second:
            cts, pull = jax.vjp(back, *xs)
            out["vjpOfVjp"] = keep(pull(tuple(pattern(ct, 0.75 + i) for i, ct in enumerate(cts))))
            out["jvpOfVjp"] = keep(jax.jvp(back, tuple(xs), tuple(tangents))[1])
        return out

    def to_json(self) -> str:
        head = encode.dumps({"family": self.name, "about": "pullbacks and pushforwards, and those of pullbacks", "jax": jax.__version__})
        return f'{head[:-1]},\n"cases":[\n' + ",\n".join(encode.dumps(c) for c in self.cases) + "\n]}\n"


def f64(*values) -> np.ndarray:
    return np.array(values, np.float64)


def elementwise(d: Derivatives):
    for fn, (points, corners) in UNARY.items():
        d.add(fn, f64(*points))
        if corners:
            d.add(fn, f64(*corners))
    for fn, (points, corners) in BINARY.items():
        d.add(fn, *(f64(*p) for p in points))
        if corners:
            d.add(fn, *(f64(*p) for p in corners))
    for exponent in (0, 1, 2, 3, -1, -2, 0.5, 1.5):
        d.add("jnp.power", f64(0.25, 1.5, 2.0), exponent)
        d.add("jnp.power", f64(0.0), exponent)
    for exponent in (0, 1, 2, 3, -1):
        d.add("lax.integer_pow", f64(0.0, -1.5, 2.0), exponent)
    d.add("jnp.power", f64(0.0, 0.0, 0.0, -1.5), np.array([0, 1, 2, 3], np.int32), second=False)
    d.add("jnp.power", f64(0.5, -1.5, 2.0), np.array([2, 3, -1], np.int32))
    column, row = f64(0.5, -1.5, 2.0).reshape(3, 1), f64(1.25, 0.75)
    for fn in ("jnp.add", "jnp.multiply", "jnp.divide", "jnp.maximum", "jnp.arctan2", "jnp.logaddexp", "jnp.hypot"):
        d.add(fn, column, row)
    d.add("jnp.clip", f64(-2.0, -1.0, 0.5, 1.0, 2.0), -1.0, 1.0)
    d.add("jnp.clip", f64(-2.0, -1.0, 0.5, 1.0, 2.0), np.float64(-1.0).reshape(()), np.float64(1.0).reshape(()))
    d.add("lax.clamp", -1.0, f64(-2.0, -1.0, 0.5, 1.0, 2.0), 1.0)
    d.add("jnp.where", np.array([True, False, True]), f64(1.5, 2.5, 3.5), f64(-1.0, -2.0, -3.0))
    d.add("jnp.where", np.array([True, False]), column, row)
    d.add("nn.gelu", f64(*MIXED), approximate=False)
    d.add("nn.leaky_relu", f64(*MIXED), 0.25)
    d.add("nn.glu", f64(*MIXED))
    d.add("lax.polygamma", f64(1.0, 2.0), f64(0.75, 2.5), argnums=[1], second=False)
    d.add("lax.select", np.array([True, False]), f64(1.0, 2.0), f64(3.0, 4.0))


def reductions(d: Derivatives):
    x = generator(71).normal(size=(3, 4)).astype(np.float64)
    ties = np.array([[1.0, 2.0, 2.0], [3.0, 3.0, 3.0]])
    zeros = np.array([[0.0, 2.0, 3.0], [0.0, 0.0, 4.0], [1.0, 2.0, 3.0]])
    for fn in ("sum", "mean", "prod", "max", "min", "var", "std", "cumsum", "cumprod", "nansum", "nanmean", "nanprod", "nanmax", "nanmin", "nanvar", "nanstd", "median", "ptp", "average", "nancumsum"):
        d.add(f"jnp.{fn}", x)
        d.add(f"jnp.{fn}", x, axis=1)
        d.add(f"jnp.{fn}", ties, axis=1, second=fn not in ("std", "nanstd"))
    for fn in ("prod", "cumprod"):
        d.add(f"jnp.{fn}", zeros, axis=1)
    d.add("jnp.std", f64(2.0, 2.0, 2.0), second=False)
    d.add("jnp.var", f64(2.0, 2.0, 2.0))
    d.add("jnp.var", x, axis=0, ddof=1, keepdims=True)
    hole = x.copy()
    hole[1, 2] = NAN
    for fn in ("nansum", "nanmean", "nanprod", "nanmax", "nanvar"):
        d.add(f"jnp.{fn}", hole, axis=1)
    for q in (0.25, 0.5):
        d.add("jnp.quantile", x, q, axis=1)
    d.add("jnp.average", x, axis=1, weights=f64(1.0, 2.0, 0.5, 1.5))
    # softmax and its kin, also where a plain formula overflows
    huge = f64(1e300, 1e300, -1e300)
    for fn in ("softmax", "log_softmax", "logsumexp"):
        for y in (x, f64(1000.0, 999.0, -1000.0), f64(2.0, 2.0, 2.0)):
            d.add(f"nn.{fn}", y, axis=-1)
        d.add(f"nn.{fn}", f64(-INF, 0.0, 1.0), second=False)
        d.add(f"nn.{fn}", x, axis=0)
        d.add(f"nn.{fn}", x, axis=1, where=np.array([True, False, True, True]))
    d.add("nn.logsumexp", f64(-INF, -INF), second=False)
    d.add("nn.logsumexp", f64(INF, 0.0), second=False)
    d.add("nn.logsumexp", x, axis=1, b=f64(1.0, 2.0, 0.5, 1.5))
    d.add("nn.logmeanexp", x, axis=1)
    d.add("nn.standardize", x, axis=1)
    for y in (f64(3.0, 4.0), x[0], f64(1e-3, 0.0), huge):
        d.add("jnp.linalg.norm", y, second=y is not huge)
    for y in (f64(0.0, 0.0), f64(1.0, 0.0, -2.0)):
        for order in (1, 2, 3, INF, None):
            d.add("jnp.linalg.norm", y, *([] if order is None else [order]), second=False)
    for order in ("fro", 1, INF):
        d.add("jnp.linalg.norm", x, order)
    d.add("jnp.linalg.norm", x, axis=1)
    for fn in ("sort", "argsort", "partition"):
        if fn == "sort":
            d.add("jnp.sort", x, axis=0)
            d.add("jnp.sort", ties, axis=1)
    d.add("lax.top_k", x, 2)
    d.add("lax.sort", ties)
    d.add("lax.reduce_max", ties, [1])
    d.add("lax.reduce_prod", zeros, [1])


def movement(d: Derivatives):
    x = generator(72).normal(size=(3, 4)).astype(np.float64)
    i = np.array([0, 2, 2], np.int32)
    for fn, args, kwargs in [
        ("jnp.reshape", [(4, 3)], {}), ("jnp.transpose", [], {}), ("jnp.swapaxes", [0, 1], {}), ("jnp.flip", [], {"axis": 0}), ("jnp.roll", [1], {"axis": 1}),
        ("jnp.tile", [(2, 1)], {}), ("jnp.repeat", [2], {"axis": 0}), ("jnp.broadcast_to", [(2, 3, 4)], {}), ("jnp.pad", [((1, 0), (0, 2))], {}),
        ("jnp.pad", [1, "reflect"], {}), ("jnp.pad", [1, "edge"], {}), ("jnp.take", [i], {"axis": 0}), ("jnp.take_along_axis", [np.array([[0], [3], [1]], np.int32)], {"axis": 1}),
        ("jnp.diff", [], {"axis": 1}), ("jnp.gradient", [], {"axis": 1}), ("jnp.trapezoid", [], {"axis": 1}), ("jnp.tril", [], {}), ("jnp.trace", [], {}), ("jnp.diagonal", [], {}),
        ("jnp.ravel", [], {}), ("jnp.rot90", [], {}), ("jnp.squeeze", [], {}), ("jnp.expand_dims", [0], {}), ("jnp.cov", [], {}), ("jnp.corrcoef", [], {}),
        ("jnp.split", [2], {"axis": 1}), ("jnp.ediff1d", [], {}), ("jnp.vander", [], {}), ("jnp.diag", [], {}),
    ]:  # fmt: skip
        d.add(fn, f64(1.5, -0.5, 2.0) if fn == "jnp.vander" else x, *args, **kwargs)
    d.add("jnp.interp", f64(0.5, 1.0, 2.5), f64(0.0, 1.0, 2.0), f64(1.0, -1.0, 2.0))
    for index in ([1], [slice(None, None, 2)], [i], [slice(None), np.array([[0, 1], [1, 3]], np.int32)], [np.array([True, False, True])], [-1, slice(1, 3)], [None, Ellipsis, 0]):
        d.add("x.get", x, *index)
    updates = generator(73).normal(size=(3, 4)).astype(np.float64)
    for method in ("set", "add", "min", "max"):
        d.add(f"x.at.{method}", x, [i], updates, argnums=[0, 2], second=method in ("set", "add"))
    d.add("x.at.set", x, [1, slice(0, 2)], f64(5.0, 6.0), argnums=[0, 2])
    a, b = generator(74).normal(size=(2, 3, 4)), generator(75).normal(size=(2, 4, 5))
    d.add("jnp.matmul", a, b)
    d.add("jnp.matmul", a[0], b[0, :, 0].copy())
    d.add("jnp.einsum", "bij,bjk->ki", a, b)
    d.add("jnp.tensordot", a, b, axes=[[2], [1]])
    d.add("jnp.matmul", x, np.float64(1) * np.arange(4, dtype=np.int32))
    d.add("lax.dynamic_slice", x, (1, 2), (2, 2))
    d.add("lax.dynamic_update_slice", x, f64(1.0, 2.0).reshape(1, 2), (1, 1))


def complexes(d: Derivatives):
    z = np.array([0.5 + 1.5j, -1.25 - 0.75j, 2.0 - 0.5j])
    w = np.array([1.5 - 0.5j, 0.25 + 1.0j, -0.75 + 2.0j])
    for fn in ("sin", "cos", "tan", "exp", "log", "sqrt", "sinh", "cosh", "tanh", "square", "reciprocal", "conj", "real", "imag", "abs", "angle", "sum", "prod", "expm1", "log1p", "arctan", "arcsinh", "sign", "cumsum"):
        d.add(f"jnp.{fn}", z)
    d.add("jnp.abs", np.array([0j, 1 + 0j]), second=False)
    for fn in ("add", "subtract", "multiply", "divide", "power", "dot", "vdot"):
        d.add(f"jnp.{fn}", z, w)
    d.add("jnp.multiply", z, f64(0.5, -1.0, 2.0))
    d.add("lax.complex", f64(0.5, 1.0), f64(-0.5, 2.0))
    d.add("jnp.linalg.norm", z)
    d.add("jnp.matmul", z.reshape(1, 3), w.reshape(3, 1))


def function_derivatives() -> Derivatives:
    jax.config.update("jax_enable_x64", True)
    try:
        d = Derivatives()
        for part in (elementwise, reductions, movement, complexes):
            part(d)
        return d
    finally:
        jax.config.update("jax_enable_x64", False)


FAMILIES = [function_derivatives]
