"""The dot family. A dot of n terms is within u (2 + sqrt n) * dot(|a|, |b|) of the truth (see reductions.py); a
complex product has twice the terms. Integer results are exact."""

import numpy as np

from cases import Family
from reductions import accumulator, rounding, wide
from values import normals, plain

DTYPES = ["bool", "int8", "int32", "uint8", "uint32", "float16", "bfloat16", "float32", "complex64"]


def product(family: Family, name: str, *args, terms: int, **kwargs):
    """A case of jnp.<name>; `terms` is how many products are summed for one element of the result."""
    out = family.case(f"jnp.{name}", *args, **kwargs)
    if out.dtype.kind in "biu":
        return
    function = getattr(np, name)
    options = {k: v for k, v in kwargs.items() if k not in ("preferred_element_type", "dtype")}
    wide_args = [wide(a) if isinstance(a, np.ndarray) else a for a in args]
    truth = np.asarray(function(*wide_args, **options))
    size = np.asarray(function(*[np.abs(a) if isinstance(a, np.ndarray) else a for a in wide_args], **options))
    factor = 2 if out.dtype.kind == "c" else 1
    bound = accumulator(str(out.dtype)) * (2 + np.sqrt(factor * max(terms, 1))) * factor * size
    family.annotate([truth], [bound + rounding(str(out.dtype), truth)])


def products(family: Family):
    shapes = [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((4, 2, 3), (3, 2)), ((0,), (0,)), ((2, 0), (0, 3)), ((0, 3), (3, 2))]
    for name in ("dot", "matmul"):
        for a, b in shapes:
            product(family, name, plain("float32", a), plain("float32", b, 2, -0.5), terms=a[-1])
        for dtype in DTYPES:
            product(family, name, plain(dtype, (2, 3)), plain(dtype, (3, 2)), terms=3)
        product(family, name, plain("int8", (2, 3)), plain("float16", (3,)), terms=3)
        product(family, name, plain("int32", (2, 3)), plain("float32", (3, 1)), terms=3)
        product(family, name, normals((17, 65), 31), normals((65, 19), 32), terms=65)
    for a, b in [((4, 2, 3), (4, 3, 2)), ((4, 1, 2, 3), (5, 3, 2)), ((3,), (4, 3, 2)), ((4, 2, 3), (3,)), ((0, 2, 3), (0, 3, 2)), ((2, 1, 3), (1, 3, 2))]:
        product(family, "matmul", plain("float32", a), plain("float32", b, 2, -0.5), terms=3)
    product(family, "dot", plain("float32", (2, 3)), plain("float32", (4, 3, 2)), terms=3)
    family.case("jnp.dot", plain("float32", (2, 3)), 2.0)
    family.case("jnp.dot", 3, 4)
    family.case("jnp.dot", plain("int8", (2, 3)), plain("int8", (3, 2)), preferred_element_type="int32")
    family.case("jnp.matmul", plain("float16", (2, 3)), plain("float16", (3, 2)), preferred_element_type="float32")
    for name in ("vdot", "inner", "outer"):
        for dtype in ("int32", "float16", "float32", "complex64"):
            product(family, name, plain(dtype, (3,)), plain(dtype, (3,)), terms=1 if name == "outer" else 3)
    product(family, "inner", plain("float32", (2, 3)), plain("float32", (4, 3)), terms=3)
    product(family, "outer", plain("float32", (2, 2)), plain("int32", (3,)), terms=1)
    product(family, "outer", plain("float32", (0,)), plain("float32", (3,)), terms=1)
    family.case("jnp.inner", 2.5, plain("float32", (3,)))


def contractions(family: Family):
    cube, other = plain("float32", (2, 3, 4)), plain("float32", (4, 3, 2), 2, -0.25)
    product(family, "tensordot", cube, other, 1, terms=4)
    product(family, "tensordot", plain("float32", (2, 3)), plain("float32", (2, 3), 1, 0.5), terms=6)
    product(family, "tensordot", cube, other, [[1, 2], [1, 0]], terms=12)
    product(family, "tensordot", cube, other, axes=[[2, 1, 0], [0, 1, 2]], terms=24)
    product(family, "tensordot", plain("float32", (2,)), plain("float32", (3,)), 0, terms=1)
    product(family, "tensordot", plain("int32", (2, 3)), plain("int32", (3, 2)), 1, terms=3)
    square, vector = plain("float32", (3, 3)), plain("float32", (3,), 1, 0.5)
    for text, operands, terms in [
        ("ij,jk->ik", (plain("float32", (2, 3)), square), 3), ("ij,kj->ik", (square, plain("float32", (2, 3))), 3), ("ij,j", (square, vector), 3),
        ("ii", (square,), 3), ("ii->i", (square,), 1), ("ij->ji", (square,), 1), ("ij->", (square,), 9), ("ij->j", (square,), 3),
        ("i,j->ij", (vector, vector), 1), ("i,i", (vector, vector), 3), ("i,i->i", (vector, vector), 1), ("bij,bjk->bik", (cube, plain("float32", (2, 4, 2))), 4),
        ("...ij,...jk->...ik", (cube, plain("float32", (4, 2))), 4), ("...i->...", (cube,), 4), ("ij,jk,kl->il", (square, square, square), 9),
        ("ijk,kji->", (cube, other), 24), ("bhqd,bhkd->bhqk", (plain("float32", (1, 2, 3, 4)), plain("float32", (1, 2, 2, 4))), 4), ("i,->i", (vector, np.array(2, np.float32)), 1),
        ("ij,ij->ij", (square, square), 1), ("ba", (plain("float32", (2, 3)),), 1), ("iij->ij", (plain("float32", (2, 2, 3)),), 1), ("ij,jk", (plain("int32", (2, 3)), plain("int32", (3, 2))), 3),
    ]:  # fmt: skip
        product(family, "einsum", text, *operands, terms=terms)
    for dtype in ("bool", "float16", "bfloat16", "complex64", "uint8"):
        product(family, "einsum", "ij,jk->ik", plain(dtype, (2, 3)), plain(dtype, (3, 2)), terms=3)
    product(family, "einsum", "ij,jk->ik", plain("float32", (2, 0)), plain("float32", (0, 3)), terms=1)


def traces(family: Family):
    for dtype in DTYPES:
        product(family, "trace", plain(dtype, (3, 3)), terms=3)
    for offset in (-4, -1, 0, 2, 5):
        product(family, "trace", plain("float32", (3, 4)), offset, terms=4)
    product(family, "trace", plain("float32", (2, 3, 4)), axis1=1, axis2=2, terms=3)
    product(family, "trace", plain("float32", (2, 3, 4)), offset=1, axis1=0, axis2=-1, terms=3)
    family.case("jnp.trace", plain("int8", (3, 3)), dtype="float32")


def dots() -> Family:
    family = Family("dots", "dot, matmul, tensordot, einsum, outer, inner, vdot, trace")
    products(family)
    contractions(family)
    traces(family)
    three, two = plain("float32", (3,)), plain("float32", (2,))
    family.error("jnp.matmul", "dot_general requires contracting dimensions to have the same shape, got (3,) and (2,).", three, two)
    family.error("jnp.dot", "dot_general requires contracting dimensions to have the same shape, got (3,) and (2,).", three, two)
    family.error("jnp.matmul", "", 2.0, three)
    return family


FAMILIES = [dots]
