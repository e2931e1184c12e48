"""Subnormal operands and results. XLA's CPU code flushes them to zero; IEEE 754, WebAssembly and so Fluxion keep
them, so these expectations are NumPy's."""

import numpy as np

from cases import Family
from values import BF16

TINY = [1e-40, -1e-40, 1.401298464324817e-45, -1.401298464324817e-45, 1.1754942e-38, -1.1754942e-38, 1.1754944e-38, 2.3509887e-38, 1.0, -0.0]
UNARY = ["abs", "negative", "positive", "sqrt", "square", "floor", "ceil", "trunc", "rint", "sign", "signbit", "isfinite", "isnan", "logical_not", "reciprocal"]
BINARY = ["add", "subtract", "multiply", "divide", "maximum", "minimum", "equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "copysign", "nextafter", "fmod", "logical_and"]
REDUCE = ["sum", "max", "min", "argmax", "argmin", "any", "all"]


def is_tiny(x: np.ndarray) -> np.ndarray:
    return (x != 0) & (np.abs(x.astype(np.float64)) < 1.1754944e-38) if x.dtype.kind == "f" else np.zeros(x.shape, bool)


def ieee(f: Family, name: str, *args):
    """NumPy's value where an operand or the result is subnormal, JAX's elsewhere (the sign of -0 is -0 there)."""
    with np.errstate(all="ignore"):
        truth = np.asarray(getattr(np, name)(*args))
    out = np.asarray(f.case(f"jnp.{name}", *args))
    tiny = np.any([is_tiny(a) for a in args], axis=0)
    touched = tiny.any() if out.ndim == 0 else tiny | is_tiny(truth)
    f.annotate(None, None, [np.where(touched, truth, out).astype(out.dtype)])


def subnormals() -> Family:
    f = Family("subnormals", "IEEE results of exact operations on subnormals (expected values are NumPy's, XLA flushes)")
    x = f.input("x", np.array(TINY, np.float32))
    y = f.input("y", np.array(TINY[3:] + TINY[:3], np.float32))
    half = f.input("half", np.full(len(TINY), 0.5, np.float32))
    for name in UNARY:
        ieee(f, name, x)
    for name in BINARY:
        for other in (y, x, half):
            ieee(f, name, x, other)
    for name in REDUCE:
        ieee(f, name, x)
        ieee(f, name, np.array([1e-40, 2e-40, -5e-40], np.float32))
    f.case("jnp.where", x, half, y, _data=[np.where(x != 0, half, y)])
    f.case("x.astype", x, "bool", _data=[x != 0])
    for dtype in (np.float16, BF16):
        f.case("x.astype", x, "float16" if dtype is np.float16 else "bfloat16", _data=[x.astype(dtype)])
    # Subnormals of float16 are normal in float32, where XLA computes with them.
    narrow = np.array([6e-8, -6e-8, 6.1e-5, 3e-5, 0.5], np.float16)
    f.case("x.astype", narrow, "float32", _data=[narrow.astype(np.float32)])
    f.case("jnp.multiply", narrow, np.full(5, 0.5, np.float16))
    f.case("jnp.add", narrow, narrow)
    return f


FAMILIES = [subnormals]
