"""Reductions and scans, with the true value and a bound for the rounding of any order of summation.

Bounds, with u the unit roundoff of the accumulating dtype (float32 for the 16-bit ones) and n terms:
a sum is within u (2 + sqrt n) S of the truth, where S is the sum of |terms| (the probabilistic form of Higham's
bound n u S, which every sensible order meets with room); a mean divides that by n; a product is within
u (2 + n) |product|; a variance is a mean of squared deviations, each off by the error of the mean.
A result that is rounded to 16 bits may be off by one of its own units besides.
"""

import numpy as np

from cases import Family
from reference import UNIT
from values import BF16, array, normals, plain, special

DTYPES = ["bool", "int8", "int32", "uint8", "uint32", "float16", "bfloat16", "float32", "complex64"]
SHAPES = [(), (0,), (3,), (2, 3), (4, 1, 3), (0, 3), (2, 0, 3)]
SCALARS = [2, 0.5, True]


def wide(x) -> np.ndarray:
    return np.asarray(x, np.complex128 if np.asarray(x).dtype.kind == "c" else np.float64)


def rounding(out_dtype: str, truth) -> np.ndarray:
    """One unit of the last place of a 16-bit result, 0 for others (their rounding is in the bounds)."""
    if out_dtype not in ("float16", "bfloat16"):
        return np.zeros_like(np.abs(truth))
    return 2 * UNIT[out_dtype] * np.abs(truth) + (2.0**-24 if out_dtype == "float16" else 0)


def accumulator(out_dtype: str) -> float:
    return UNIT["float32" if out_dtype in ("float16", "bfloat16") else out_dtype]


def count(x, axis) -> int:
    shape = np.shape(x)
    axes = range(len(shape)) if axis is None else (axis if isinstance(axis, tuple) else (axis,))
    return int(np.prod([shape[a] for a in axes])) if axes else 1


def sum_bound(name, x, out_dtype, axis=None, keepdims=False, where=True, ddof=0, **_):
    """(truth, bound) of sum, mean, prod, var and std."""
    x = wide(x)
    over = {"axis": axis, "keepdims": keepdims, "where": where}
    u, n = accumulator(out_dtype), max(count(x, axis), 1)
    with np.errstate(all="ignore"):
        if name == "prod":
            truth = np.prod(x, **over)
            bound = u * (2 + n) * np.abs(truth)
        elif name in ("sum", "mean"):
            truth = getattr(np, name)(x, **over)
            bound = u * (2 + np.sqrt(n)) * getattr(np, name)(np.abs(x), **over)
        else:
            center = np.mean(x, axis=axis, keepdims=True, where=where)
            slip = u * (2 + np.sqrt(n)) * np.mean(np.abs(x), axis=axis, keepdims=True, where=where)
            truth = np.var(x, ddof=ddof, **over)
            terms = np.abs(x - center) ** 2 * u * (6 + np.sqrt(n)) + 2 * np.abs(x - center) * slip + slip**2
            bound = np.mean(terms, **over) * (n / max(n - ddof, 1))
            if name == "std":
                root = np.sqrt(truth)
                bound = np.where(root > 0, bound / np.maximum(root, 1e-300) + u * root, np.sqrt(bound))
                truth = root
    bound = np.nan_to_num(bound + rounding(out_dtype, truth), nan=0, posinf=0, neginf=0)
    return truth, bound


def approximate(family: Family, name: str, x, initial=None, **kwargs):
    """A case with truth and bound; integer results carry neither, they are exact."""
    options = kwargs | ({} if initial is None else {"initial": initial})
    entry = family.case(f"jnp.{name}", x, _may_fail=True, **options)
    if entry is None or entry.dtype.kind in "biu":
        return
    seen = np.asarray(x)
    if str(entry.dtype) == "float32" and seen.dtype.kind in "iu":
        seen = seen.astype(np.float32)
    truth, bound = sum_bound(name, seen, str(entry.dtype), **{k: v for k, v in kwargs.items() if k != "dtype"})
    if initial is not None:
        truth = truth + initial if name == "sum" else truth * initial
        bound = bound + accumulator(str(entry.dtype)) * np.abs(truth)
    family.annotate([truth], [bound])


def arithmetic(family: Family, shared):
    for name in ("sum", "mean", "prod", "var", "std"):
        for dtype in DTYPES:
            approximate(family, name, shared[dtype])
            approximate(family, name, plain(dtype, (2, 3)), axis=0)
            approximate(family, name, plain(dtype, (2, 3)), axis=-1, keepdims=True)
        for shape in SHAPES:
            approximate(family, name, plain("float32", shape))
        for axis in ((0, 2), (-1, 0), (), 1):
            approximate(family, name, shared["cube"], axis=axis)
            approximate(family, name, shared["cube"], axis=axis, keepdims=True)
        approximate(family, name, shared["cube"], where=np.asarray(shared["cube"]) > 0)
        approximate(family, name, shared["cube"], axis=2, where=np.array([True, False, True]))
        for dtype in ("float16", "bfloat16", "float32", "complex64", *(("int32",) if name in ("sum", "prod", "mean") else ())):
            approximate(family, name, plain("int8", (5,)), dtype=dtype)
        for scalar in SCALARS:
            approximate(family, name, scalar)
        approximate(family, name, shared["many"])
        approximate(family, name, shared["matrix"], axis=0)
        approximate(family, name, shared["matrix"], axis=1)
        approximate(family, name, np.array([1, np.nan, 2], np.float32))
        approximate(family, name, np.array([np.inf, 1, -np.inf], np.float32))
    for name in ("sum", "prod"):
        approximate(family, name, plain("float32", (2, 3)), axis=1, initial=2.5)
        approximate(family, name, plain("int32", (0,)), initial=3)
        family.case(f"jnp.{name}", plain("int8", (2, 3)), promote_integers=False)
        family.case(f"jnp.{name}", plain("int32", (4,)), where=np.array([True, False, True, True]), initial=10)
    for name in ("var", "std"):
        approximate(family, name, shared["cube"], ddof=1)
        approximate(family, name, shared["cube"], axis=1, ddof=1, keepdims=True)
        approximate(family, name, np.array([1e4, 1e4 + 1, 1e4 + 2], np.float32))
        approximate(family, name, np.array([5, 5, 5], np.float32))


def selection(family: Family, shared):
    """min, max, all, any, argmin, argmax: exact."""
    for name in ("min", "max", "all", "any", "argmin", "argmax", "amin", "amax", "count_nonzero"):
        for dtype in DTYPES:
            family.case(f"jnp.{name}", shared[dtype], _may_fail=True)
            family.case(f"jnp.{name}", plain(dtype, (2, 3)), axis=0, _may_fail=True)
            family.case(f"jnp.{name}", plain(dtype, (2, 3))[:, ::-1].copy(), axis=-1, keepdims=True, _may_fail=True)
        for shape in SHAPES:
            family.case(f"jnp.{name}", plain("float32", shape), _may_fail=True)
        for x in ([3, 1, 1, 3], [np.nan, 1, 2], [1, np.nan, np.nan], [-0.0, 0.0], [0.0, -0.0], [np.inf, -np.inf]):
            family.case(f"jnp.{name}", np.array(x, np.float32))
        for scalar in SCALARS:
            family.case(f"jnp.{name}", scalar)
        if name not in ("argmin", "argmax"):
            for axis in ((0, 2), (), (1, -1)):
                family.case(f"jnp.{name}", shared["cube"], axis=axis)
        family.case(f"jnp.{name}", shared["cube"], axis=1, keepdims=True)
        family.case(f"jnp.{name}", np.zeros((0, 3), np.float32), axis=1, _may_fail=True)
        family.case(f"jnp.{name}", np.zeros((2, 0, 3), np.float32), axis=2)
    for name, initial in (("min", 0.25), ("max", -0.25), ("max", 9)):
        family.case(f"jnp.{name}", plain("float32", (2, 3)), axis=1, initial=initial)
        family.case(f"jnp.{name}", np.zeros((0,), np.float32), initial=initial)
        family.case(f"jnp.{name}", plain("float32", (2, 3)), where=np.array([True, False, True]), initial=initial)
    for name in ("all", "any"):
        family.case(f"jnp.{name}", plain("float32", (2, 3)), where=np.array([True, False, True]), axis=0)


def scans(family: Family, shared):
    for name in ("cumsum", "cumprod"):
        for dtype in DTYPES:
            cumulative(family, name, plain(dtype, (4,)))
            cumulative(family, name, plain(dtype, (2, 3)), axis=0)
        for axis in (0, 1, -1, None):
            cumulative(family, name, shared["cube"], axis=axis)
        for shape in ((), (0,), (2, 0, 3), (1, 4)):
            cumulative(family, name, plain("float32", shape))
        for dtype in ("float32", "int32", "uint8", "float16"):
            family.case(f"jnp.{name}", plain("int8", (5,)), dtype=dtype)
        family.case(f"jnp.{name}", 2.0)
        family.case(f"jnp.{name}", np.array([1, np.inf, 1, np.nan, 2], np.float32))
    cumulative(family, "cumsum", shared["many"][:200])
    cumulative(family, "cumsum", shared["matrix"], axis=1)


def cumulative(family: Family, name: str, x, axis=None):
    out = family.case(f"jnp.{name}", x, axis=axis) if axis is not None else family.case(f"jnp.{name}", x)
    if out.dtype.kind in "biu":
        return
    flat = wide(x).reshape(-1) if axis is None else wide(x)
    over = 0 if axis is None else axis
    n = np.arange(1, flat.shape[over] + 1).reshape([-1 if i == over % flat.ndim else 1 for i in range(flat.ndim)])
    truth = getattr(np, name)(flat, axis=over)
    u = accumulator(str(out.dtype))
    bound = u * (2 + np.sqrt(n)) * np.cumsum(np.abs(flat), axis=over) if name == "cumsum" else u * (2 + n) * np.abs(truth)
    # JAX scans in the 16-bit dtype itself, so each of the log n levels may round.
    steps = np.ceil(np.log2(n + 1)) if out.dtype in (np.float16, BF16) else 0
    if name == "cumsum" and out.dtype in (np.float16, BF16):
        bound = bound + steps * 2 * UNIT[str(out.dtype)] * np.cumsum(np.abs(flat), axis=over)
    elif out.dtype in (np.float16, BF16):
        bound = bound + steps * 2 * UNIT[str(out.dtype)] * np.abs(truth)
    family.annotate([truth.reshape(out.shape)], [bound.reshape(out.shape)])


def reductions() -> Family:
    family = Family("reductions", "sums, products, moments, extrema, predicates and scans")
    shared = {d: family.input(d, special(d)) for d in DTYPES}
    shared["cube"] = family.input("cube", normals((4, 2, 3), 21))
    shared["many"] = family.input("many", normals((1500,), 22))
    shared["matrix"] = family.input("matrix", array(normals((40, 33), 23) + 3, "float32"))
    arithmetic(family, shared)
    selection(family, shared)
    scans(family, shared)
    return family


FAMILIES = [reductions]
