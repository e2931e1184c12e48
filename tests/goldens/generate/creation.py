"""Arrays from nothing, from numbers, lists and typed arrays, and conversion between every two dtypes."""

import numpy as np

from cases import Family
from encode import TypedArray
from reference import UNIT
from values import ALL_DTYPES, array, plain, special

SHAPES = [[], [0], [3], [2, 3], [2, 0, 3]]


def from_values(family: Family):
    nested = [
        2, -7, 2.5, 2.0, True, [], [[]], [1, 2], [1, 2.5], [1.0, 2.0], [True, False], [True, 2], [[1, 2], [3, 4]], [[1.5], [-2.5]],
        [[[1, 2, 3]], [[4, 5, 6]]], [float("nan"), float("inf"), float("-inf"), -0.0], [2**31 - 1, -(2**31)],
    ]  # fmt: skip
    for fn in ("jnp.array", "jnp.asarray"):
        for value in nested:
            family.case(fn, value)
        for dtype in ALL_DTYPES:
            family.case(fn, [0, 1, 2], dtype=dtype)
            family.case(fn, 3, dtype=dtype)
        family.case(fn, [1.75, -1.75, 0.0], dtype="int32")
        family.case(fn, plain("float32", (2, 3)))
        family.case(fn, plain("int32", (3,)), dtype="float16")
        family.case(fn, [plain("float32", (3,)), plain("int32", (3,))])
        for name, dtype in [("Float32Array", "float32"), ("Float64Array", "float64"), ("Int8Array", "int8"), ("Uint8Array", "uint8"), ("Int16Array", "int16"),
                            ("Uint16Array", "uint16"), ("Int32Array", "int32"), ("Uint32Array", "uint32"), ("BigInt64Array", "int64"), ("BigUint64Array", "uint64"), ("Float16Array", "float16")]:  # fmt: skip
            family.case(fn, TypedArray(name, np.array([0, 1, 100]).astype(dtype)))
        family.case(fn, TypedArray("Float64Array", np.array([0.1, -2.5, np.nan])), dtype="float32")
    family.case("jnp.array", [1, 2], ndmin=3)
    family.case("jnp.array", 5.5, ndmin=1)


def filled(family: Family):
    for fn in ("jnp.zeros", "jnp.ones"):
        for shape in SHAPES:
            family.case(fn, shape)
        for dtype in ALL_DTYPES:
            family.case(fn, [2], dtype=dtype)
            family.case(fn, [2, 1], dtype)
        family.case(fn, 3)
    family.case("jnp.empty", [2, 3])
    for value in (7, 2.5, -0.0, float("nan"), True, 2.0):
        family.case("jnp.full", [2, 2], value)
        family.case("jnp.full", [2], value, dtype="float16")
        family.case("jnp.full", [2], value, dtype="int32") if value == value else None
        family.case("jnp.full", [], value)
    family.case("jnp.full", [2, 3], plain("float32", (3,)))
    family.case("jnp.full", [0, 3], 1)
    family.case("jnp.full", 3, 1.5)
    for fn, extra in (("jnp.zeros_like", ()), ("jnp.ones_like", ()), ("jnp.full_like", (2.5,))):
        for dtype in ALL_DTYPES:
            family.case(fn, plain(dtype, (2, 3)), *extra)
        family.case(fn, 2, *extra)
        family.case(fn, 2.5, *extra)
        family.case(fn, plain("float32", (2,)), *extra, dtype="int8")
        family.case(fn, plain("float32", (2,)), *extra, shape=[1, 3])
    family.case("jnp.empty_like", plain("int32", (2,)))


def ranges(family: Family):
    for args in [(0,), (3,), (5, 2), (2, 7), (-3, 3), (1, 10, 3), (10, 0, -3), (3.5,), (1, 2, 0.25), (0.0, 1.0, 0.1), (5.0, 1.0, -0.75), (2.0,), (0, 1, 2), (3, 3, 1)]:
        spaced(family, "jnp.arange", args)
    for dtype in ("int8", "uint32", "float16", "bfloat16", "float32", "int16"):
        family.case("jnp.arange", 4, dtype=dtype)
        family.case("jnp.arange", 1, 7, 2, dtype)
    for args in [(0, 1), (0, 1, 5), (-2.5, 7.25, 7), (1, 0, 4), (0, 1, 1), (0, 1, 0), (3, 3, 3), (0, 1e6, 11), (-1, 1, 101)]:
        spaced(family, "jnp.linspace", args)
    spaced(family, "jnp.linspace", (0, 1, 5), endpoint=False)
    spaced(family, "jnp.linspace", (2, -3, 6), endpoint=False)
    family.case("jnp.linspace", 0, 10, 4, dtype="int32")
    family.case("jnp.linspace", -3, 3, 4, dtype="float16")
    family.case("jnp.linspace", np.array([0, 1], np.float32), np.array([2, 5], np.float32), 5)
    family.case("jnp.linspace", np.array([0, 1], np.float32), np.array([2, 5], np.float32), 5, axis=1)
    family.case("jnp.linspace", 0, 1, 3, retstep=True)
    family.case("jnp.linspace", -1, 2, 4, dtype="bool")
    family.error("jnp.linspace", "", 0, 1, 1.5)
    family.error("jnp.linspace", "", 0, 1, 3, axis=1)
    family.case("jnp.arange", 0, 3, True)
    family.error("jnp.arange", "does not accept dtype bool", 3, dtype="bool")


def spaced(family: Family, fn: str, args, **kwargs):
    """Within two units of the largest end point of the exact progression: NumPy, JAX and a fused loop round differently."""
    out = family.case(fn, *args, **kwargs)
    if out.dtype.kind != "f" or out.size == 0:
        return
    function = np.arange if fn == "jnp.arange" else np.linspace
    truth = function(*map(float, args[:2]), *args[2:], **kwargs)
    largest = np.abs([a for a in args[:2]]).max()
    family.annotate([truth], [np.full(truth.shape, 4 * UNIT["float32"] * largest)])


def eyes(family: Family):
    for args in [(0,), (1,), (3,), (2, 3), (3, 2)]:
        family.case("jnp.eye", *args)
    for k in (-3, -1, 1, 2):
        family.case("jnp.eye", 3, 4, k)
        family.case("jnp.eye", 3, k=k, dtype="int32")
    for dtype in ALL_DTYPES:
        family.case("jnp.eye", 2, dtype=dtype)
    family.error("jnp.eye", "Shapes must be 1D sequences of concrete values of integer type", 2.5)
    family.error("jnp.full", "Incompatible types for broadcasting", (2, 2), np.array([1, 2, 3], np.int32))
    family.error("jnp.full", "", (2,), 1j, "float32")
    family.error("jnp.array", "", [1, 1j], "float16")
    family.error("jnp.array", "cannot convert float NaN to integer", float("nan"), "int8")
    family.case("jnp.identity", 2)
    family.case("jnp.identity", 2, "int8")


def creation() -> Family:
    family = Family("creation", "array, asarray, zeros, ones, full, *Like, arange, linspace, eye")
    from_values(family)
    filled(family)
    ranges(family)
    eyes(family)
    return family


# Converted both within and outside the range of the target; XLA clamps and sends NaN to 0.
CONVERT = [0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 127.0, 128.0, -129.0, 255.0, 256.0, 300.7, 65504.0, 65520.0, 70000.0, 1e-3, 3e9, -3e9, 1e20, np.nan, np.inf, -np.inf, -0.0, 0.1, 1 / 3]


def conversion() -> Family:
    family = Family("conversion", "astype between every two dtypes, and the rounding of narrow floats")
    shared = {}
    for dtype in ALL_DTYPES:
        values = array(CONVERT, dtype) if dtype in ("float16", "bfloat16", "float32") else special(dtype)
        shared[dtype] = family.input(dtype, values)
    for source in ALL_DTYPES:
        for target in ALL_DTYPES:
            family.case("x.astype", shared[source], target)
    # Halfway cases, overflow to infinity and NaN for float32 -> float16, bfloat16.
    halves = np.array([1 + 2.0**-11, 1 + 3 * 2.0**-11, 1 + 2.0**-8, 1 + 3 * 2.0**-9, 65519.996, 65520, 3.3961775e38, 6.1e-5, 1 + 2.0**-11 + 2.0**-23, 2049, 2051, 257, 259], np.float32)
    family.input("halves", halves)
    for target in ("float16", "bfloat16"):
        family.case("x.astype", halves, target)
    family.case("x.astype", np.array([16777217, 2147483647, -16777219], np.int32), "float32")
    family.case("x.astype", np.array([4294967295, 16777219], np.uint32), "float32")
    family.case("jnp.astype", np.array([0x3F800000, 0x80000000, 1], np.uint32), "int32")
    return family


FAMILIES = [creation, conversion]
