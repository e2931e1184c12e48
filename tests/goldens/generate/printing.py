"""Printed forms: `String(x)` is JAX's repr; `jnp.arrayStr(x)` is its str."""

import jax
import numpy as np

from cases import Family
from values import ALL_DTYPES, array, normals, plain, special

FLOATS = [
    [0.0], [1.0], [-1.0, 1.0], [0.1], [0.1, 0.25], [1 / 3], [1 / 3, 2 / 3, 100], [1e-3], [1e-4], [1e-5, 1], [1e8], [1e7, 1], [12345678.0], [1.5e16],
    [1e16, 1], [1e15, 2.5], [123456.789, 0.001], [np.nan], [np.nan, 1.0], [np.inf, -np.inf, 1.5], [-0.0, 0.0], [-0.0], [1.17549435e-38, 1], [3.4028235e38], [3.4028235e38, -1],
    [0.00012345, 123.0], [999999.5], [9999999.0, 0.1], [1e-10, 2e-10], [100, 1000.5, 1e6], [1e10, 1e11], [np.nan, -np.inf], [np.pi, np.e, -np.sqrt(2)], [1.0000001], [16777216.0, 0.5],
    [1e-7, 1e-6, 1e-5], [2.0, 2.5, -3.25], [1234.5678, -0.0001], [0.5, 1e5, 1e6], [1e3, 1e-3], [99999999.0], [100000000.0], [0.00010000001, 1.0], [-1e-8, 1e8],
]  # fmt: skip


def every(f: Family, fn: str):
    for dtype in ALL_DTYPES:
        f.case(fn, special(dtype))
        for shape in ((), (3,), (2, 3), (2, 1, 3), (0,), (2, 0), (1, 0, 3)):
            f.case(fn, plain(dtype, shape))
    for values in FLOATS:
        for dtype in ("float32", "float16", "bfloat16"):
            x = array(values, dtype)
            if np.all((x == 0) | ~np.isfinite(x) | (np.abs(x.astype(np.float64)) >= 1.1754944e-38)):
                f.case(fn, x)
        if len(values) > 1:
            f.case(fn, array(values, "float32").reshape(-1, 1))


def complexes(f: Family, fn: str):
    for values in ([0j], [1 + 1j], [-1 - 1j, 0.5j], [1e10 + 1j, 1e-5j], [complex(np.nan, 1), complex(np.inf, -np.inf)], [complex(-0.0, -0.0)], [1.5 + 2.25j, 100 - 3j], [1e-8 + 1e8j]):
        f.case(fn, np.array(values, np.complex64))


def long(f: Family, fn: str):
    """Line breaks at 75 columns, and summaries above 1000 elements."""
    for n in (20, 30, 75, 1000, 1001):
        f.case(fn, np.arange(n, dtype=np.int32))
    f.case(fn, (np.arange(40) / 8).astype(np.float32))
    f.case(fn, (np.arange(1001) / 8).astype(np.float16))
    f.case(fn, np.arange(2000) % 3 == 0)
    f.case(fn, normals((6, 9), 61))
    f.case(fn, normals((40, 30), 62))
    f.case(fn, np.arange(1200, dtype=np.int32).reshape(1200, 1))
    f.case(fn, np.arange(1400, dtype=np.int32).reshape(2, 700))
    f.case(fn, np.arange(1331, dtype=np.int32).reshape(11, 11, 11))
    f.case(fn, np.arange(1344, dtype=np.int8).reshape(3, 4, 7, 16))
    f.case(fn, np.arange(48, dtype=np.float32).reshape(2, 3, 8) * np.float32(1.25))
    f.case(fn, np.where(np.arange(1100) == 550, np.float32(np.nan), np.arange(1100, dtype=np.float32)))
    f.case(fn, np.where(np.arange(1100) == 550, np.float32(1e20), np.arange(1100, dtype=np.float32)))
    f.case(fn, (normals((30,), 63) + 1j * normals((30,), 64)).astype(np.complex64))
    f.case(fn, np.zeros((1001, 0), np.float32))
    f.case(fn, np.arange(1010, dtype=np.float32).reshape(5, 202).astype("bfloat16"))


def printing() -> Family:
    f = Family("printing", "String(x), which is JAX's repr(x)")
    every(f, "String")
    complexes(f, "String")
    long(f, "String")
    # Weak types show; these go through asarray, whose result carries the printed form.
    for value in (True, 2, -7, 2.0, 2.5, 1e-5, 1e20, float("nan"), float("inf"), -0.0, 3 + 1j):
        f.case("jnp.asarray", value)
    for value in (2, 2.5):
        f.case("jnp.full", [2, 2], value)
    return f


def printing_str() -> Family:
    f = Family("printing-str", "jnp.arrayStr(x), which is str(x)")
    for values in FLOATS[::3]:
        f.case("jnp.array_str", array(values, "float32"))
    for dtype in ALL_DTYPES:
        f.case("jnp.array_str", special(dtype))
        f.case("jnp.array_str", plain(dtype, (2, 3)))
    f.case("jnp.array_str", np.arange(1001, dtype=np.int32))
    for options in ({"precision": 3}, {"suppress_small": True}, {"max_line_width": 30}):
        f.case("jnp.array_str", normals((8,), 65) * np.float32(1e-3), **options)
    return f


FAMILIES = [printing, printing_str]
