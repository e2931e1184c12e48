"""True values in double precision by NumPy and SciPy (`longdouble`, rounded to double, for 64-bit results)."""

import warnings

import jax.numpy as jnp
import numpy as np
import scipy.special

# Unit roundoff: half the distance from 1 to the next number.
UNIT = {"float16": 2.0**-11, "bfloat16": 2.0**-8, "float32": 2.0**-24, "float64": 2.0**-53, "complex64": 2.0**-24, "complex128": 2.0**-53}



def arctan2(y, x):
    """For complex arguments, which NumPy's does not take, arg continued analytically."""
    return -1j * np.log((x + 1j * y) / np.sqrt(x * x + y * y)) if np.iscomplexobj(y) else np.arctan2(y, x)


# Functions that NumPy lacks or does not offer in this form.
EXTRA = {"i0": lambda x: scipy.special.i0(np.asarray(x, np.float64)), "arctan2": arctan2, "atan2": arctan2}


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
