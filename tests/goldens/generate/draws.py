"""Permutations, choices and the samplers that reject or transform: integer draws exact, floats within a few units."""

import numpy as np

from cases import Family
from samplers import raw
from values import plain


def permuting(f: Family):
    for size in (0, 1, 8, 40, 700):
        f.case("random.permutation", raw(0), size)
    f.case("random.permutation", raw(1), plain("float32", (6,)))
    for axis in (0, 1, -1):
        f.case("random.permutation", raw(2), plain("int32", (3, 4)), axis)
        f.case("random.permutation", raw(2), plain("int32", (3, 4)), axis, independent=True)
    f.case("random.permutation", raw(2), -1)
    f.error("random.permutation", "axis 1 is out of bounds for array of dimension 1", raw(0), 5, axis=1)
    f.error("random.permutation", "x must be an integer or at least 1-dimensional", raw(0), 1.5)


def choosing(f: Family):
    p = np.array([0.1, 0.2, 0.0, 0.7], np.float32)
    for shape in ([], [5], [2, 3]):
        f.case("random.choice", raw(0), 10, shape)
        f.case("random.choice", raw(3), plain("float32", (4,)), shape)
        f.case("random.choice", raw(4), 4, shape, p=p)
    f.case("random.choice", raw(0), 10, [6], replace=False)
    f.case("random.choice", raw(5), plain("float32", (5,)), [3], False)
    f.case("random.choice", raw(5), plain("int32", (5, 3)), [2], False)
    f.case("random.choice", raw(6), plain("int32", (5, 3)), [4], axis=1)
    f.case("random.choice", raw(7), 4, [2], replace=False, p=p)
    f.case("random.choice", raw(7), plain("int32", (4,)), [3], False, p)
    f.error("random.choice", "Cannot take a larger sample (size 5) than population (size 3)", raw(0), 3, [5], replace=False)


def draws() -> Family:
    f = Family("draws", "permutations, choices, and samplers that reject or transform")
    permuting(f)
    choosing(f)
    return f


FAMILIES = [draws]
