"""True values in double precision by NumPy (`longdouble`, rounded to double, for 64-bit results)."""

import warnings

import jax.numpy as jnp
import numpy as np

# Unit roundoff: half the distance from 1 to the next number.
UNIT = {"float16": 2.0**-11, "bfloat16": 2.0**-8, "float32": 2.0**-24, "float64": 2.0**-53, "complex64": 2.0**-24, "complex128": 2.0**-53}



def arctan2(y, x):
    """For complex arguments, which NumPy's does not take, arg continued analytically."""
    return -1j * np.log((x + 1j * y) / np.sqrt(x * x + y * y)) if np.iscomplexobj(y) else np.arctan2(y, x)


# Functions that NumPy does not offer in this form.
EXTRA = {"arctan2": arctan2, "atan2": arctan2}


def widen(array, compute_dtype: np.dtype) -> np.ndarray:
    """The argument as the function sees it (rounded to the dtype that it computes in), then widened."""
    seen = np.asarray(array).astype(compute_dtype)
    if seen.dtype.kind == "c":
        return seen.astype(np.complex128 if seen.dtype == np.complex64 else np.clongdouble)
    return seen.astype(np.longdouble if seen.dtype == np.float64 else np.float64)


def elementwise(name: str, args, out_dtype):
    """The true value of jnp.<name>(*args), or None where the result is not inexact or NumPy has no such function."""
    out_dtype = np.dtype(out_dtype)
    function = EXTRA.get(name) or getattr(np, name, None)
    if function is None or not jnp.issubdtype(out_dtype, jnp.inexact):
        return None
    compute = np.dtype(jnp.promote_types(jnp.result_type(*args), out_dtype))
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            out = function(*[widen(a, compute) for a in args])
        except TypeError:
            return None  # NumPy refuses these dtypes
        return np.asarray(out).astype(np.complex128 if np.iscomplexobj(out) else np.float64)


def power_bound(args, truth: np.ndarray, out_dtype) -> np.ndarray:
    """z^w = exp(w log z): roundings of the exponent, u |w log z| each, are relative errors of the result."""
    z, w = [np.asarray(a).astype(np.complex128) for a in args]
    with np.errstate(all="ignore"):
        exponent = np.where(z == 0, 0, np.abs(w * np.log(np.where(z == 0, 1, z))))
    return np.nan_to_num(UNIT[str(out_dtype)] * np.abs(truth) * (8 + 4 * exponent), nan=0, posinf=0)


def sinc_bound(x: np.ndarray, truth: np.ndarray, u: float) -> np.ndarray:
    """sin(y)/y with y = pi x: a slip of y moves the sine by slip |cos y| + slip^2, at most 2; both functions round besides."""
    y = np.pi * np.abs(x.astype(np.float64))
    slip = 2.5 * u * y
    moved = np.minimum(slip * np.abs(np.cos(y)) + slip**2, 2)
    return np.where(y > 0, moved / np.where(y > 0, y, 1), 0) + 8 * u * np.abs(truth)


def ieee_result(name: str, args, result: np.ndarray) -> np.ndarray | None:
    """What IEEE 754 prescribes where XLA differs from it, or None where it does not: XLA flushes subnormal results to zero
    and divides by a broadcast operand by multiplying with its reciprocal."""
    dtype = result.dtype
    if dtype.kind == "c" or not jnp.issubdtype(dtype, jnp.floating) or (name != "ldexp" and not hasattr(np, name)):
        return None
    working = dtype if dtype.kind == "f" else np.dtype(np.float32)
    with np.errstate(all="ignore"):
        if name == "ldexp":
            exact = np.asarray(args[0], np.float64) * np.exp2(np.asarray(args[1], np.float64))
        else:
            exact = getattr(np, name)(*[np.asarray(a).astype(dtype).astype(working) for a in args])
        if np.shape(exact) != result.shape or isinstance(exact, tuple):
            return None
        exact = np.asarray(exact).astype(dtype)
        other = (result == 0) & (exact != 0) & (np.abs(exact) < jnp.finfo(dtype).tiny)
        if name in ("divide", "true_divide"):
            off = np.isfinite(exact) & (result != exact) & ~other
            assert np.all(np.abs(result - exact)[off] <= 4 * UNIT[str(dtype)] * np.abs(exact)[off])
            other = other | off
        return np.where(other, exact, result) if other.any() else None
