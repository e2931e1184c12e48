"""Every pair of dtypes and weak scalars, under operations with different promotion rules."""

import numpy as np

from cases import Family
from elementwise import INEXACT_BINARY, INEXACT_UNARY, exact, inexact
from values import ALL_DTYPES, X64_DTYPES, dtype_of

TABLES = ["add", "divide", "power", "maximum", "floor_divide", "arctan2", "equal", "logical_and", "bitwise_or", "left_shift"]
# A JavaScript boolean is a strong bool, an integer a weak int, another number a weak float; jnp.complex is weak too.
SCALARS = [True, 2, 2.5, 1 + 2j]


def operands(family: Family, dtypes):
    return [family.input(d, np.array([1, 0], dtype_of(d))) for d in dtypes]


def make(family: Family, name: str, *args):
    (inexact if name in INEXACT_UNARY + INEXACT_BINARY else exact)(family, name, *args)


def table(family: Family, arrays):
    everything = [*arrays, *SCALARS]
    for name in TABLES:
        for left in everything:
            for right in everything:
                make(family, name, left, right)
    choose = family.input("choose", np.array([True, False]))
    for left in everything:
        for right in everything:
            family.case("jnp.where", choose, left, right)


def unary_table(family: Family, arrays):
    for name in ("sin", "sqrt", "abs", "sign", "logical_not", "square", "negative", "exp2", "sum", "mean", "prod", "cumsum", "max", "argmax", "var"):
        for x in (*arrays, *SCALARS):
            make(family, name, x)


def promotion() -> Family:
    family = Family("promotion", "dtype and weak type of results for every pair of dtypes and weak scalars, x64 off")
    arrays = operands(family, ALL_DTYPES)
    table(family, arrays)
    unary_table(family, arrays)
    return family


def promotion64() -> Family:
    family = Family("promotion64", "the same with x64 on, for pairs with a 64-bit or a 32-bit dtype")
    with family.x64():
        arrays = operands(family, ["bool", "int8", "uint8", "int32", "uint32", "float16", "bfloat16", "float32", "complex64", *X64_DTYPES])
        everything = [*arrays, *SCALARS]
        for name in ("add", "divide", "floor_divide", "equal"):
            for left in everything:
                for right in everything:
                    make(family, name, left, right)
        unary_table(family, arrays)
    return family


FAMILIES = [promotion, promotion64]
