"""Sorting, searching, counting, sets, and elements by index."""

import numpy as np

from cases import Family
from values import plain

NAN, INF = float("nan"), float("inf")
MIXED = np.array([2.0, NAN, -1.0, INF, 0.0, -0.0, -INF, 2.0, 1.5], np.float32)
TIES = np.array([[3, 1, 2, 1], [0, 2, 0, 2], [5, 5, 1, 0]], np.int32)
A = plain("float32", (3, 4))
CUBE = plain("int32", (2, 3, 4))
ROWS = np.array([2, 0, -1], np.int32)
REALS = ["bool", "int8", "uint8", "int16", "uint32", "float16", "bfloat16", "float32"]


def shuffled(dtype: str, shape):
    values = np.random.default_rng(5).permutation(int(np.prod(shape))).reshape(shape) % 7
    return values.astype(plain(dtype, (1,)).dtype)


def taking(f: Family):
    for axis in (None, 0, 1, -1):
        f.case("jnp.take", A, ROWS, axis)
    f.case("jnp.take", CUBE, ROWS.reshape(3, 1), 2)
    f.case("jnp.take", A, 1)
    f.case("jnp.take", A, -1, axis=0)
    f.case("jnp.take", plain("uint32", (4,)), np.array([9, 1], np.int32))
    for fill in (-1, 300, 1.5):
        f.case("jnp.take", plain("uint8", (4,)), np.array([9, 1], np.int32), fill_value=fill)
    for mode in ("fill", "clip", "wrap"):
        for array in (plain("float32", (4,)), plain("int32", (4,)), plain("uint8", (4,))):
            f.case("jnp.take", array, np.array([7, -1, 2, -9], np.int32), mode=mode)
    f.case("jnp.take", plain("float32", (4,)), np.array([9, 1], np.int32), fill_value=-1.0)
    f.case("jnp.take_along_axis", A, np.argsort(A, axis=1).astype(np.int32), 1)
    f.case("jnp.take_along_axis", A, np.array([[1], [-1], [0]], np.int32), axis=1)
    f.case("jnp.take_along_axis", A, np.array([[2, 0, 1, 9]], np.int32), axis=0)
    f.case("jnp.take_along_axis", A, np.array([3, 11, 99], np.int32), axis=None)
    f.case("jnp.take_along_axis", CUBE, np.array([[[0], [1], [2]]], np.int32), axis=-1)
    f.case("jnp.take_along_axis", A, np.array([[7], [7], [7]], np.int32), axis=1, mode="clip")
    f.error("jnp.take_along_axis", "take_along_axis indices must be of integer type, got float32", A, A, 1)
    for axis in (0, 1):
        f.case("jnp.put_along_axis", A, np.array([[1], [0], [2]], np.int32) if axis else np.array([[1, 0, 2, 9]], np.int32), 9.0, axis, inplace=False)
    f.case("jnp.put", A, np.array([0, -1, 5], np.int32), np.array([10.0, 20.0], np.float32), inplace=False)
    f.case("jnp.put", A, np.array([0, 40], np.int32), 7.0, inplace=False)
    f.case("jnp.put", A, np.array([0, 40], np.int32), 7.0, mode="wrap", inplace=False)
    f.case("jnp.put", A, np.array([0, 40], np.int32), 7.0, mode="clip", inplace=False)


def ordering(f: Family):
    for dtype in REALS:
        f.case("jnp.sort", shuffled(dtype, (3, 5)))
        f.case("jnp.argsort", shuffled(dtype, (3, 5)))
    for fn in ("jnp.sort", "jnp.argsort"):
        f.case(fn, MIXED)
        f.case(fn, MIXED, descending=True)
        for axis in (None, 0, 1, -2):
            f.case(fn, TIES, axis)
            f.case(fn, TIES, axis=axis, descending=True)
        f.case(fn, CUBE % 5, axis=1)
        f.case(fn, np.zeros((0, 3), np.float32))
        f.case(fn, shuffled("float32", (70,)))
        f.case(fn, shuffled("int32", (5, 33)), axis=1)
        f.case(fn, shuffled("int32", (40, 3)), axis=0)
    f.case("jnp.sort", np.array([2 + 1j, 1 + 5j, 2 - 1j, 1 + 2j], np.complex64))
    f.case("jnp.sort_complex", np.array([3, 1, 2], np.int32))
    f.case("jnp.lexsort", [np.array([1, 2, 0, 1], np.int32), np.array([0.5, -1.0, 0.5, -1.0], np.float32)])
    f.case("jnp.lexsort", TIES)
    f.case("jnp.lexsort", [TIES, TIES % 2], axis=0)
    f.case("x.sort", TIES)
    f.case("x.sort", TIES, axis=0)
    f.case("x.argsort", TIES)
    f.case("x.take", A, ROWS, 0)
    for kth in (0, 2, -1):
        f.case("jnp.partition", TIES, kth)
        f.case("jnp.argpartition", TIES, kth)
    f.case("jnp.partition", MIXED[2:], 3)
    f.case("jnp.partition", TIES, 1, axis=0)
    for k in (0, 1, 3):
        f.case("lax.top_k", TIES, k)
    f.case("lax.top_k", MIXED, 9)
    f.case("lax.top_k", A, 2, axis=0)
    f.case("lax.sort", TIES, dimension=0)
    f.case("lax.sort_key_val", TIES[0], np.arange(4, dtype=np.float32))


def searching(f: Family):
    sorted_, queries = np.array([0.0, 1.0, 1.0, 2.5, 4.0], np.float32), np.array([-1.0, 1.0, 1.5, 4.0, 9.0, NAN], np.float32)
    for side in ("left", "right"):
        f.case("jnp.searchsorted", sorted_, queries, side)
        f.case("jnp.searchsorted", np.arange(7, dtype=np.int32), np.array([[3, 9], [-2, 0]], np.int32), side=side)
    f.case("jnp.searchsorted", sorted_, 1.0)
    f.case("jnp.searchsorted", np.array([2, 0, 1], np.int32), 1, sorter=np.array([1, 2, 0], np.int32))
    f.case("jnp.searchsorted", np.zeros((0,), np.float32), queries)
    f.error("jnp.searchsorted", "a should be 1-dimensional", A, queries)
    for right in (False, True):
        f.case("jnp.digitize", queries[:5], sorted_, right)
        f.case("jnp.digitize", queries[:5], sorted_[::-1].copy(), right=right)
    f.case("jnp.digitize", queries, np.zeros((0,), np.float32))
    counts = np.array([1, 4, 1, 0, 2], np.int32)
    f.case("jnp.bincount", counts)
    f.case("jnp.bincount", counts, minlength=8)
    f.case("jnp.bincount", counts, length=3)
    f.case("jnp.bincount", counts, np.array([0.5, 1, 2, 3, 4], np.float32))
    f.case("jnp.bincount", np.array([-1, 2], np.int32), length=4)
    f.case("jnp.bincount", np.array([1, 2, 1], np.uint8))
    f.case("jnp.bincount", np.zeros((0,), np.int32))
    f.error("jnp.bincount", "", sorted_)
    data = np.array([1.0, 2.0, 1.0, 4.0, 3.5, 0.0], np.float32)
    f.case("jnp.histogram", data, 4)
    f.case("jnp.histogram", data, np.array([0.0, 1.0, 2.0, 4.0], np.float32))
    f.case("jnp.histogram", counts, 4)
    f.case("jnp.histogram", data, 4, range=[0.0, 8.0])
    f.case("jnp.histogram", data, 4, weights=data)
    f.case("jnp.histogram", data, np.array([0.0, 1.0, 2.0, 4.0], np.float32), density=True)
    f.case("jnp.histogram_bin_edges", data, 4)
    knots, values = np.array([0.0, 1.0, 2.0, 4.0], np.float32), np.array([1.0, 3.0, 2.0, 6.0], np.float32)
    at = np.array([-1.0, 0.0, 0.5, 1.0, 1.5, 3.0, 4.0, 9.0], np.float32)
    f.case("jnp.interp", at, knots, values)
    f.case("jnp.interp", at, knots, values, left=-5.0, right=7.0)
    f.case("jnp.interp", at, knots, values, left="extrapolate", right="extrapolate")
    f.case("jnp.interp", 1.5, knots, values)


def middles(f: Family):
    even, odd = plain("float32", (4, 6)), plain("float32", (3, 5))
    for array in (even, odd, CUBE):
        for axis in (None, 0, -1):
            f.case("jnp.median", array, axis)
    f.case("jnp.median", even, axis=(0, 1), keepdims=True)
    f.case("jnp.median", even, axis=1, keepdims=True)
    f.case("jnp.median", np.array([1.0, NAN, 3.0], np.float32))
    f.case("jnp.nanmedian", np.array([[1.0, NAN, 3.0], [NAN, NAN, NAN], [4.0, 2.0, 8.0]], np.float32), axis=1)
    for method in ("linear", "lower", "higher", "midpoint", "nearest"):
        f.case("jnp.quantile", even, 0.25, axis=1, method=method)
        f.case("jnp.percentile", odd, 75.0, axis=0, method=method)
    f.case("jnp.quantile", even, np.array([0.0, 0.5, 1.0], np.float32))
    f.case("jnp.quantile", even, np.array([0.0, 0.5, 1.0], np.float32), axis=0, keepdims=True)
    f.case("jnp.nanquantile", np.array([[1.0, NAN, 3.0, 5.0], [NAN, 7.0, 1.0, NAN]], np.float32), 0.5, axis=1)
    f.case("jnp.nanpercentile", np.array([1.0, NAN, 3.0, 5.0], np.float32), 50.0)
    f.error("jnp.quantile", "method can only be", even, 0.5, method="best")


def places(f: Family):
    mask = np.array([[True, False, True], [False, False, True]])
    for array in (mask, TIES % 2, np.array([0.0, 1.5, NAN, -0.0], np.float32)):
        f.case("jnp.nonzero", array)
        f.case("jnp.argwhere", array)
        f.case("jnp.flatnonzero", array)
        f.case("jnp.nonzero", array, size=2)
        f.case("jnp.nonzero", array, size=9, fill_value=-1)
        f.case("jnp.argwhere", array, size=4)
        f.case("jnp.flatnonzero", array, size=9, fill_value=7)
    f.case("x.nonzero", mask)


def sorting() -> Family:
    f = Family("sorting", "sorting, searching, counting, quantiles and elements by index")
    for part in (taking, ordering, searching, middles, places):
        part(f)
    return f


FAMILIES = [sorting]
