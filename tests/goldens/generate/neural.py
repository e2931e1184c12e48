"""jax.nn: activations, softmax and its like, one-hot."""

import jax.numpy as jnp
import numpy as np
import scipy.special

from cases import Family
from elementwise import SHAPES
from reductions import accumulator, rounding
from reference import UNIT
from values import generator, log_spaced, normals, plain, special

INEXACT_DTYPES = ["float16", "bfloat16", "float32"]
SELU_ALPHA, SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946


def gelu(x, approximate=True):
    inner = np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))
    # The exact form through erfc keeps its digits where 1 + erf cancels.
    return 0.5 * x * (1 + inner) if approximate else 0.5 * x * scipy.special.erfc(-x / np.sqrt(2))


def elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


TRUTH = {
    "relu": lambda x: np.maximum(x, 0), "sigmoid": scipy.special.expit, "silu": lambda x: x * scipy.special.expit(x),
    "swish": lambda x: x * scipy.special.expit(x), "softplus": lambda x: np.logaddexp(x, 0), "gelu": gelu, "elu": elu,
    "selu": lambda x: SELU_SCALE * elu(x, SELU_ALPHA),
}  # fmt: skip


def activation(family: Family, name: str, x, **kwargs):
    out = family.case(f"nn.{name}", x, _may_fail=True, **kwargs)
    if out is None or not jnp.issubdtype(out.dtype, jnp.floating):
        return
    seen = np.asarray(x).astype(out.dtype).astype(np.float64)
    with np.errstate(all="ignore"):
        truth = TRUTH[name](seen, **kwargs)
        # erfc(z) at large z magnifies the two roundings of z = -x sqrt(1/2) by 2 z^2 = x^2.
        tail = name == "gelu" and kwargs.get("approximate") is False
        bound = UNIT[str(out.dtype)] * np.abs(truth) * (8 + 2 * seen**2) + 4 * float(jnp.finfo(out.dtype).smallest_subnormal)
    family.annotate([truth], [np.nan_to_num(bound, nan=0, posinf=0)] if tail else None)


def activations(family: Family):
    g = generator(41)
    sweep = np.concatenate([g.uniform(-12, 12, 160), g.uniform(-1, 1, 80), [s * v for v in log_spaced(1e-20, 1e-2, 20) for s in (1, -1)], g.uniform(-90, 90, 40)])
    points = {d: family.input(f"sweep.{d}", sweep.astype(jnp.dtype(d))) for d in INEXACT_DTYPES}
    specials = {d: family.input(d, special(d)) for d in ("bool", "int8", "int32", "uint8", "float16", "bfloat16", "float32", "complex64")}
    for name in TRUTH:
        for x in (*specials.values(), *points.values()):
            activation(family, name, x)
        for shape in SHAPES:
            activation(family, name, plain("float32", shape))
        for scalar in (2, -0.5):
            activation(family, name, scalar)
    for dtype in INEXACT_DTYPES:
        activation(family, "gelu", points[dtype], approximate=False)
        activation(family, "elu", points[dtype], alpha=0.5)
    activation(family, "gelu", specials["float32"], approximate=False)


def soft_bound(name: str, x: np.ndarray, truth: np.ndarray, dtype: str, axis, terms: int) -> np.ndarray:
    """Rounding x - max costs u |x - max| in the exponent; exp, the sum and the last step a few u more."""
    u = accumulator(dtype)
    finite = np.where(np.isfinite(x), x, 0)
    spread = np.abs(finite - finite.max(axis=axis, keepdims=True, initial=-1e300))
    if name == "softmax":
        bound = u * np.abs(truth) * (10 + 2 * spread + np.sqrt(terms))
    elif name == "log_softmax":
        bound = u * (2 * np.abs(truth) + 2 * spread + 8 + np.sqrt(terms))
    else:
        bound = u * (2 * np.abs(truth) + 8 + np.sqrt(terms) + 2 * np.abs(finite).max(initial=0)) * np.ones_like(truth)
    return np.where(np.isfinite(truth), bound, 0) + np.where(np.isfinite(truth), rounding(dtype, truth), 0)


def soft(family: Family, name: str, x, **kwargs):
    out = family.case(f"nn.{name}", x, _may_fail=True, **kwargs)
    if out is None:
        return
    axis = kwargs.get("axis", None if name == "logsumexp" else -1)
    function = getattr(scipy.special, name)
    seen = np.asarray(x).astype(out.dtype).astype(np.float64)
    masked = np.where(kwargs["where"], seen, -np.inf) if "where" in kwargs else seen
    extra = {k: v for k, v in kwargs.items() if k in ("keepdims", "b")}
    with np.errstate(all="ignore"):
        if seen.size == 0:
            return
        truth = np.asarray(function(masked, axis=axis, **extra))
        if "where" in kwargs and name == "log_softmax":
            truth = np.asarray(seen - scipy.special.logsumexp(masked, axis=axis, keepdims=True))
        terms = seen.size if axis is None else seen.shape[axis] if isinstance(axis, int) else seen.size
        bound = soft_bound(name, seen, truth, str(out.dtype), axis, terms)
    family.annotate([truth], [np.nan_to_num(bound, nan=0)])


def softmaxes(family: Family):
    matrix = family.input("matrix", normals((5, 7), 42) * np.float32(4))
    row = family.input("row", normals((300,), 43))
    mask = np.arange(35).reshape(5, 7) % 3 > 0
    odd = [np.array(v, np.float32) for v in ([np.inf, 1, 2], [-np.inf, 0, 1], [-np.inf, -np.inf], [np.nan, 1], [1000, 1000, 999], [-1e30, 0], [88.0, -88.0])]
    for name in ("softmax", "log_softmax", "logsumexp"):
        for axis in (0, 1, -1):
            soft(family, name, matrix, axis=axis)
        soft(family, name, matrix)
        soft(family, name, row)
        soft(family, name, matrix, where=mask) if name != "log_softmax" else soft(family, name, matrix, axis=0, where=mask)
        for x in odd:
            soft(family, name, x)
        for dtype in ("float16", "bfloat16", "int32", "bool"):
            soft(family, name, plain(dtype, (2, 5)))
        soft(family, name, plain("float32", (3, 1)))
        soft(family, name, plain("float32", (2, 0, 3)), axis=0)
    soft(family, "softmax", matrix, axis=(0, 1))
    soft(family, "logsumexp", matrix, axis=1, keepdims=True)
    soft(family, "logsumexp", matrix, axis=(0, 1))
    soft(family, "logsumexp", plain("float32", ()))
    soft(family, "logsumexp", matrix, axis=1, b=np.linspace(0.5, 2, 7).astype(np.float32))
    family.case("nn.logsumexp", matrix, axis=1, b=np.float32([1, -1, 1, 1, -2, 1, 1]), return_sign=True)
    family.case("nn.logsumexp", np.array([], np.float32))
    family.case("nn.logsumexp", 2.0)


def one_hots(family: Family):
    for x, n in [(np.array([0, 2, 1], np.int32), 3), (np.array([[0, -1], [3, 5]], np.int32), 4), (1, 3), (np.zeros((0,), np.int32), 2), (np.array([1, 2], np.uint8), 3), (np.array([0, 1], np.int32), 0)]:
        family.case("nn.one_hot", x, n)
    for dtype in ("int8", "bool", "float16", "bfloat16", "complex64"):
        family.case("nn.one_hot", np.array([0, 2], np.int32), 3, dtype=dtype)
    for axis in (0, 1, -1, -2):
        family.case("nn.one_hot", np.array([0, 2], np.int32), 3, axis=axis)


def nn() -> Family:
    family = Family("nn", "activations, softmax, log_softmax, logsumexp, one_hot")
    activations(family)
    softmaxes(family)
    one_hots(family)
    return family


FAMILIES = [nn]
