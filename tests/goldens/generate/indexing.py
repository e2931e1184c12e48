"""Reading with `get` and updating with `at`: one entry per axis, as NumPy's basic indexing."""

import numpy as np

from cases import Family
from encode import Function
from values import plain

A = plain("float32", (3, 4))
CUBE = plain("int32", (2, 3, 4))
S = slice
DTYPES = ["bool", "int8", "uint32", "float16", "bfloat16", "float32", "complex64"]


def reading(f: Family):
    vector = plain("int32", (5,))
    for index in [0, 4, -1, -5, S(None), S(1, 4), S(None, None, 2), S(None, None, -1), S(3, 0, -2), S(-3, None), S(None, -1), S(10, 20), S(-10, 2), S(4, 1), S(1, None, 3), None, ...]:
        f.case("x.get", vector, index)
    for index in [(0,), (-1, 2), (S(None), 1), (S(1, None), S(None, None, 2)), (..., 0), (0, ...), (None, S(None), None, 2), (S(None, None, -1), S(None, None, -1)), (S(0, 0),), (2, S(3, None, -1)), ()]:
        f.case("x.get", A, *index)
    for index in [(1,), (..., -1), (0, ..., 2), (S(None), None, 1, ..., S(None, None, 2)), (..., None), (1, 2, 3), (S(None), S(1, 3), S(0, 2)), (None, ..., None), (0, S(None), -4)]:
        f.case("x.get", CUBE, *index)
    for dtype in DTYPES:
        f.case("x.get", plain(dtype, (2, 3)), S(None), S(None, None, 2))
    f.case("x.get", plain("float32", (2, 0, 3)), 1)
    f.case("x.get", plain("float32", ()), None)
    # Static integers out of bounds: reading clamps.
    f.case("x.get", vector, 7)
    f.case("x.get", vector, -9)
    f.case("x.get", A, 1, 99)
    f.error("x.get", "", vector, 0, 0)


def updating(f: Family):
    for name in ("set", "add", "subtract", "multiply", "divide", "power", "min", "max"):
        for index, value in [([0], 2.0), ([-1, 1], 0.5), ([S(1, None)], 3), ([S(None), 2], plain("float32", (3,), 2)), ([..., S(None, None, 2)], 2.0), ([S(None, None, -1)], plain("float32", (4,), 1)),
                             ([S(None), S(1, 3)], plain("float32", (1, 2), 1)), ([1, S(3, None, -2)], plain("int32", (2,)) + np.int32(5)), ([], 1.5), ([None, 0], 2.0)]:  # fmt: skip
            if name == "subtract" and len(index) > 1:
                continue
            f.case(f"x.at.{name}", A, index, value)
    for dtype in DTYPES:
        for name in ("set", "add", "multiply", "max"):
            f.case(f"x.at.{name}", plain(dtype, (4,)), [S(1, 3)], plain(dtype, (2,), 0.5), _may_fail=True)
    for name in ("divide", "power"):
        f.case(f"x.at.{name}", np.array([True, False]), [0], 2)
    f.case("x.at.set", plain("int32", (3,)), [0], 2.75)
    f.case("x.at.add", plain("int8", (3,)), [0], 200)
    f.case("x.at.set", plain("float32", (2, 0)), [0], 1.0)
    f.case("x.at.set", CUBE, [S(None), 1], plain("int32", (4,)))
    f.case("x.at.apply", A, [1], Function("jnp.negative"))
    f.case("x.at.apply", A, [S(None), S(None, None, 2)], Function("jnp.square"))
    f.error("x.at.set", "", plain("float32", (3, 4)), [0], plain("float32", (3,)))


def modes(f: Family):
    vector = plain("float32", (4,))
    for mode in ("clip", "drop", "fill", "promise_in_bounds"):
        index = 9 if mode != "promise_in_bounds" else 2
        f.case("x.at.set", vector, [index], 5.0, mode=mode)
        f.case("x.at.add", vector, [index], 5.0, mode=mode)
    for index in (9, -9):
        f.case("x.at.set", vector, [index], 5.0)
        f.case("x.at.get", vector, [index])
        f.case("x.at.get", vector, [index], mode="clip")
        f.case("x.at.get", vector, [index], mode="fill")
        f.case("x.at.get", vector, [index], mode="fill", fill_value=-1.0)
        f.case("x.at.get", plain("int32", (4,)), [index], mode="fill")
        f.case("x.at.get", plain("uint8", (4,)), [index], mode="fill")
    f.case("x.at.get", vector, [2], mode="fill", fill_value=-1.0)
    f.case("x.at.get", A, [1, S(None, None, 3)])
    f.case("x.at.set", A, [S(1, 9), 7], 1.0, mode="clip")


def indexing() -> Family:
    family = Family("indexing", "get and at with integers, slices, new axes and ellipses")
    reading(family)
    updating(family)
    modes(family)
    return family


def fancy() -> Family:
    f = Family("fancy", "get and at with integer and boolean arrays")
    rows, mask = np.array([2, 0, 2], np.int32), np.array([True, False, True])
    for index in [(rows,), (rows, 1), (S(None), rows), (rows, rows), (rows.reshape(3, 1), np.array([[0, 3]], np.int32)), (-rows,), (np.array([7, -7], np.int32),), ([0, 2],), (mask,), (S(None, None, -1), rows), (rows, None, S(1, 3)), (np.zeros((0,), np.int32),)]:
        f.case("x.get", A, *index)
    for name in ("set", "add", "multiply", "min", "max"):
        f.case(f"x.at.{name}", A, [rows], 2.0)
        f.case(f"x.at.{name}", A, [rows, rows], plain("float32", (3,), 2))
        f.case(f"x.at.{name}", A, [mask], 0.5)
        f.case(f"x.at.{name}", A, [np.array([1, 99, -99], np.int32)], 1.5)
    f.case("x.at.get", A, [np.array([1, 99], np.int32)], mode="fill", fill_value=0.0)
    f.case("x.at.get", A, [np.array([1, 99], np.int32)], mode="clip")
    return f


FAMILIES = [indexing, fancy]
