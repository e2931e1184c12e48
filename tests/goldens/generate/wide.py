"""The 64-bit dtypes, with x64 on: every kind of function on int64, uint64, float64 and complex128."""

import jax
import numpy as np

from cases import Family
from dots import product
from elementwise import EXACT_BINARY, EXACT_UNARY, INEXACT_BINARY, INEXACT_UNARY, exact, inexact
from neural import soft
from reductions import approximate, cumulative
from values import X64_DTYPES, normals, pairs, plain, special

# Defaults without a dtype: int64 and float64.
DEFAULTS = [("array", [1, 2]), ("array", [1.5, 2]), ("array", 3), ("array", 2.5), ("array", 2**40), ("zeros", [2]), ("arange", 4), ("arange", 0.0, 1.0, 0.25), ("full", [2], 7), ("full", [2], 2.5), ("linspace", 0, 1, 5), ("eye", 2)]


def computing(f: Family):
    unary = {d: f.input(d, special(d)) for d in X64_DTYPES}
    both = {d: tuple(f.input(f"{d}.{s}", v) for s, v in zip("ab", pairs(d))) for d in X64_DTYPES}
    for names, make, inputs in ((EXACT_UNARY, exact, None), (INEXACT_UNARY, inexact, None), (EXACT_BINARY, exact, both), (INEXACT_BINARY, inexact, both)):
        for name in names:
            for dtype in X64_DTYPES:
                make(f, name, *(inputs[dtype] if inputs else (unary[dtype],)))
    for source in ("float32", "bfloat16", "int8", "bool", "uint32", "complex64", *X64_DTYPES):
        x = special(source)
        for target in (("float32", "float16", "int32", "uint8", "bool", *X64_DTYPES) if source in X64_DTYPES else X64_DTYPES):
            f.case("x.astype", x, target)


def folding(f: Family):
    for dtype in X64_DTYPES:
        for name in ("sum", "mean", "prod", "var", "std"):
            approximate(f, name, plain(dtype, (2, 3)), axis=0)
        for name in ("min", "max", "argmin", "argmax", "any", "all"):
            f.case(f"jnp.{name}", special(dtype), _may_fail=True)
        cumulative(f, "cumsum", plain(dtype, (5,)))
        product(f, "matmul", plain(dtype, (2, 3)), plain(dtype, (3, 2)), terms=3)
        product(f, "einsum", "ij,jk->ik", plain(dtype, (2, 3)), plain(dtype, (3, 2)), terms=3)
        f.case("x.get", plain(dtype, (3, 4)), slice(None, None, 2), -1)
        f.case("x.at.add", plain(dtype, (4,)), [slice(1, 3)], 2)
        f.case("jnp.concatenate", [plain(dtype, (2,)), plain("int32", (1,))])
        f.case("jnp.where", np.array([True, False]), plain(dtype, (2,)), 0)
    for dtype in ("int8", "uint8", "int32", "uint32", "bool", "float16"):
        approximate(f, "sum", plain(dtype, (5,)))
        approximate(f, "mean", plain(dtype, (5,)))
    approximate(f, "sum", normals((300,), 71, "float64"))
    product(f, "matmul", normals((7, 33), 72, "float64"), normals((33, 5), 73, "float64"), terms=33)
    for name in ("softmax", "logsumexp"):
        soft(f, name, normals((3, 5), 74, "float64"), axis=1)


def drawing(f: Family):
    key = np.asarray(jax.random.PRNGKey(42))
    for seed in (0, -1, 2**32 + 5, 2**40):
        f.case("random.PRNGKey", seed)
    f.case("random.bits", key, [5], "uint64")
    f.case("random.fold_in", key, 3)
    for name in ("uniform", "normal"):
        f.case(f"random.{name}", key, [6])
        f.case(f"random.{name}", key, [6], "float32")
    f.case("random.randint", key, [6], 0, 2**40)
    f.case("random.randint", key, [6], -5, 5, "int32")
    f.case("random.bernoulli", key, 0.3, [6])
    f.case("random.split", key, 3)
    f.case("random.normal", key, [1200])
    f.case("random.normal", jax.random.key(3), [40])


def x64() -> Family:
    f = Family("x64", "64-bit dtypes with x64 on")
    with f.x64():
        for name, *args in DEFAULTS:
            f.case(f"jnp.{name}", *args)
        computing(f)
        folding(f)
        drawing(f)
        for dtype in X64_DTYPES:
            f.case("String", special(dtype))
        for values in ([1 / 3], [1e-5, 1], [1e16, 1], [1e300, 1e-300], [np.pi, 100], [0.1, 0.25]):
            f.case("String", np.array(values))
    return f


FAMILIES = [x64]
