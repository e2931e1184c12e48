"""jax.random on threefry: keys and integer draws exact, float draws beside the value of their formula in double
precision, computed from the uniform draw that they start from."""

import jax
import jax.numpy as jnp
import numpy as np

from cases import Family
from reference import UNIT
from values import normals, plain

SHAPES = [[], [0], [3], [2, 3], [5, 1, 2]]
FLOATS = ["float16", "bfloat16", "float32"]


def raw(seed: int) -> np.ndarray:
    return np.asarray(jax.random.PRNGKey(seed))


def keys(f: Family):
    for fn in ("random.PRNGKey", "random.key"):
        for seed in (0, 1, 42, 1234, -1, -(2**31), 2**31 - 1, 2**32 - 1, 2**32 + 5):
            f.case(fn, seed)
        f.case(fn, np.array(7, np.uint32))
        f.case(fn, np.array(-7, np.int32))
    for key in (raw(0), raw(1234), np.array([0xFFFFFFFF, 0x80000000], np.uint32), jax.random.key(5)):
        for num in (1, 2, 3, 7, [2, 3], []):
            f.case("random.split", key, num)
        f.case("random.split", key)
        for data in (0, 1, 7, 12345, 2**31 - 1, 2**32 - 1):
            f.case("random.fold_in", key, data)
    f.case("random.fold_in", raw(0), np.array(3, np.uint8))
    for data in (-1, 2**32):
        f.error("random.fold_in", "out of bounds for uint32", raw(0), data)
    f.case("random.key_data", jax.random.key(9))
    f.case("random.wrap_key_data", raw(9))


def integers(f: Family):
    for dtype in ("uint8", "uint16", "uint32"):
        for shape in SHAPES:
            f.case("random.bits", raw(0), shape, dtype)
    f.case("random.bits", raw(3))
    f.case("random.bits", jax.random.key(3), [4])
    f.case("random.bits", raw(3), [301])
    for low, high in [(0, 10), (-5, 1000), (0, 2**31 - 1), (-(2**31), 2**31 - 1), (3, 3), (5, 2), (0, 1)]:
        f.case("random.randint", raw(42), [5], low, high)
    for dtype, low, high in [("int8", -128, 127), ("int8", 0, 100), ("int16", -5, 5), ("uint8", 0, 255), ("uint16", 7, 60000), ("uint32", 5, 2**31 - 1)]:
        f.case("random.randint", raw(7), [6], low, high, dtype)
    for shape in SHAPES:
        f.case("random.randint", raw(0), shape, 0, 10)
    f.case("random.randint", raw(7), [6], np.array(0, np.uint32), np.array(2**32 - 1, np.uint32), "uint32")
    f.case("random.randint", raw(1), [2, 3], np.array([0, 10, 100], np.int32), 200)
    for shape in SHAPES:
        f.case("random.bernoulli", raw(0), 0.5, shape)
        f.case("random.rademacher", raw(0), shape)
    f.case("random.bernoulli", raw(1))
    for p in (0.0, 0.25, 1.0, 0.9):
        f.case("random.bernoulli", raw(2), p, [8])
    f.case("random.bernoulli", raw(2), np.array([0.1, 0.5, 0.9], np.float32))
    f.case("random.bernoulli", raw(2), np.array([0.1, 0.5, 0.9], np.float32), [4, 3])
    for dtype in ("int8", "int32", "float32", "float16", "complex64"):
        f.case("random.rademacher", raw(4), [5], dtype)


def categorical(f: Family):
    logits = np.log(np.array([0.2, 0.3, 0.5], np.float32))
    table = normals((4, 3), 51)
    f.case("random.categorical", raw(0), logits)
    f.case("random.categorical", raw(0), logits, shape=[8])
    f.case("random.categorical", raw(0), table)
    f.case("random.categorical", raw(0), table, axis=0)
    f.case("random.categorical", raw(1), table, -1, [6, 4])
    f.case("random.categorical", raw(1), np.array([-np.inf, 0, -np.inf], np.float32), shape=[5])
    f.case("random.categorical", raw(2), table.astype(np.float16))


# Each takes the uniform draw u, how far that may be off, and eps, one unit of the last place of 1.
def gumbel_truth(u, slip, eps):
    t = -np.log(-np.log(u))
    return t, eps * (3 + 4 * np.abs(t))  # relative error of the inner log is an absolute one of the outer


def exponential_truth(u, slip, eps):
    t = -np.log1p(-u)
    return t, eps * 4 * np.abs(t)


def laplace_truth(u, slip, eps):
    t = np.sign(u) * np.log1p(-np.abs(u))
    return t, eps * 4 * np.abs(t) + slip / (1 - np.abs(u))


def logistic_truth(u, slip, eps):
    low, high = np.log(u), np.log1p(-u)
    return low - high, eps * 3 * (np.abs(low) + np.abs(high))  # near 1/2 the two logs cancel


def cauchy_truth(u, slip, eps):
    x = np.pi * (u - 0.5)
    t = np.tan(x)
    return t, eps * 4 * np.abs(t) + (2 * eps * np.abs(x) + np.pi * slip) * (1 + t * t)  # tan' = 1 + tan^2


# The uniform draw that each sampler transforms: (low, high), by dtype.
TRANSFORMS = {
    "gumbel": (gumbel_truth, lambda d: (jnp.finfo(d).tiny, 1.0)), "exponential": (exponential_truth, lambda d: (0.0, 1.0)),
    "laplace": (laplace_truth, lambda d: (-1.0 + jnp.finfo(d).epsneg, 1.0)), "logistic": (logistic_truth, lambda d: (jnp.finfo(d).tiny, 1.0)),
    "cauchy": (cauchy_truth, lambda d: (jnp.finfo(d).eps, 1.0)),
}  # fmt: skip


def affine_slip(u, low: float, unit: float):
    """f (high - low) + low rounds twice, or once where it is fused as in XLA's code: the draw is off by as much."""
    return unit * (np.abs(u - low) + np.abs(u)) * 1.01


def ranged(f: Family, key, shape, low, high, dtype="float32"):
    """uniform over an interval, whose last step JAX fuses."""
    out = f.case("random.uniform", key, shape, dtype, minval=low, maxval=high)
    draw = np.asarray(out).astype(np.float64)
    f.annotate([draw], [2 * affine_slip(draw, np.asarray(low, np.float64), UNIT[dtype])])


def transformed(f: Family, name: str, seed: int, *args, dtype="float32"):
    key = raw(seed)
    out = f.case(f"random.{name}", key, *args, **({} if dtype == "float32" else {"dtype": dtype}))
    truth, interval = TRANSFORMS[name]
    low, high = interval(jnp.dtype(dtype))
    u = jax.random.uniform(key, tuple(args[0]) if args else (), dtype, minval=low, maxval=high)
    draw = np.asarray(u).astype(np.float64)
    # f · 2 of laplace is exact, and so is what gumbel and logistic add, so fusing does not matter to them.
    slip = affine_slip(draw, float(low), UNIT[dtype]) if name == "cauchy" else 0
    with np.errstate(all="ignore"):
        value, bound = truth(draw, slip, 2 * UNIT[dtype])
    keep = np.isfinite(value)
    f.annotate([value], [np.where(keep, bound, 0)])
    assert out.shape == value.shape


def floats(f: Family):
    for name in ("uniform", "normal"):
        for shape in SHAPES:
            f.case(f"random.{name}", raw(0), shape)
        for dtype in FLOATS:
            f.case(f"random.{name}", raw(1234), [9], dtype)
        f.case(f"random.{name}", raw(5))
        f.case(f"random.{name}", jax.random.key(5), [3])
        f.case(f"random.{name}", raw(6), [501])
    f.case("random.normal", raw(8), [4], "complex64")
    for low, high in [(-3.3, 7.1), (0, 1e-3), (5, 5), (-1, 1)]:
        ranged(f, raw(42), [7], low, high)
    ranged(f, raw(42), [2, 3], plain("float32", (3,)), 10.0)
    ranged(f, raw(42), [4], -2.0, 2.0, "float16")
    for name in TRANSFORMS:
        for shape in SHAPES:
            transformed(f, name, 0, shape)
        for dtype in FLOATS:
            transformed(f, name, 11, [9], dtype=dtype)
        transformed(f, name, 5)
        transformed(f, name, 6, [301])


def random() -> Family:
    family = Family("random", "keys and samplers, bit-exact where integers or uniform")
    keys(family)
    integers(family)
    floats(family)
    categorical(family)
    return family


FAMILIES = [random]
