"""Functions that move elements without computing: reshape to pad, where, clip, repeat, and equality of whole arrays."""

import numpy as np

from cases import Family
from values import plain

DTYPES = ["bool", "int8", "uint32", "float16", "bfloat16", "float32", "complex64"]
A = plain("float32", (2, 3))
CUBE = plain("float32", (4, 1, 3))
ROW = plain("int32", (3,))
EMPTY = plain("float32", (2, 0, 3))
SCALAR = plain("float32", ())


def reshaping(f: Family):
    for x, shape in [(A, [3, 2]), (A, [6]), (A, [-1]), (A, [1, -1, 2]), (A, 6), (A, -1), (CUBE, [2, 6]), (SCALAR, [1, 1]), (SCALAR, []), (plain("int32", (1,)), []), (EMPTY, [0, 6]), (EMPTY, [0]), (plain("float32", (0,)), [0, 3])]:
        f.case("jnp.reshape", x, shape)
        f.case("x.reshape", x, shape)
    f.case("jnp.reshape", A, [3, 2], order="F")
    for x in (A, CUBE, SCALAR, EMPTY):
        for fn in ("jnp.ravel", "x.ravel", "x.flatten", "jnp.transpose", "x.transpose", "x.T", "jnp.squeeze", "x.squeeze", "jnp.flip"):
            f.case(fn, x)
    f.case("jnp.ravel", A, order="F")
    for axes in ([1, 0, 2], [2, 1, 0], [0, 2, 1], [-1, 0, 1]):
        f.case("jnp.transpose", CUBE, axes)
        f.case("x.transpose", CUBE, axes)
    for pair in ((0, 1), (0, 2), (-1, 0), (1, 1)):
        f.case("jnp.swapaxes", CUBE, *pair)
        f.case("x.swapaxes", CUBE, *pair)
    for source, target in [(0, 2), (-1, 0), ([0, 1], [1, 2]), ([0, 1], [-1, -2])]:
        f.case("jnp.moveaxis", CUBE, source, target)
    f.case("jnp.squeeze", CUBE, 1)
    f.case("jnp.squeeze", CUBE, axis=-2)
    f.case("jnp.squeeze", plain("float32", (1, 2, 1)), [0, 2])
    for axis in (0, 1, -1, [0, 2], [0, -1]):
        f.case("jnp.expand_dims", A, axis)
    for dtype in DTYPES:
        f.case("jnp.reshape", plain(dtype, (2, 3)), [3, 2])
        f.case("jnp.transpose", plain(dtype, (2, 3)))
        f.case("jnp.flip", plain(dtype, (2, 3)), axis=1)
    f.error("jnp.reshape", "", A, [4, 2])
    f.error("jnp.squeeze", "", A, 0)
    for axes in (1.5, 0):
        f.error("jnp.transpose", "", A, axes)
    for axis in (None, "0", 1.5, (0, 0)):
        f.error("jnp.expand_dims", "", A, axis)


def broadcasting(f: Family):
    for x, shape in [(ROW, [2, 3]), (ROW, [3]), (SCALAR, [2, 2]), (CUBE, [4, 2, 3]), (plain("float32", (1, 3)), [0, 3]), (SCALAR, [])]:
        f.case("jnp.broadcast_to", x, shape)
    f.case("jnp.broadcast_to", 2.0, [3])
    for shapes in [([2, 1], [3]), ([], [4]), ([0], [1]), ([4, 1, 3], [2, 1]), ([5],), ([1, 3], [2, 1], [3])]:
        f.case("jnp.broadcast_shapes", *shapes)
    f.case("jnp.broadcast_arrays", ROW, A)
    f.case("jnp.broadcast_arrays", A, 1.5, CUBE)
    f.error("jnp.broadcast_to", "", A, [3])
    f.error("jnp.broadcast_to", "", A, [-2, 3])
    f.error("jnp.broadcast_shapes", "", [-1], [-1])
    f.error("jnp.broadcast_shapes", "Incompatible shapes for broadcasting: shapes=[(2, 3), (2,)]", [2, 3], [2])
    f.error("jnp.add", "add got incompatible shapes for broadcasting: (3,), (2,).", ROW, plain("int32", (2,)))
    f.error("jnp.add", "Incompatible shapes for broadcasting: shapes=[(2, 3), (2,)]", A, plain("float32", (2,)))


def joining(f: Family):
    for axis in (0, 1, -1):
        f.case("jnp.concatenate", [A, A], axis)
        f.case("jnp.stack", [A, A], axis)
    f.case("jnp.concatenate", [A, plain("int32", (1, 3)), plain("float32", (0, 3))])
    f.case("jnp.concatenate", [A, CUBE], axis=None)
    f.case("jnp.concatenate", [plain("int8", (2,)), plain("uint8", (2,))])
    f.case("jnp.concatenate", [plain("bool", (2,)), plain("float16", (2,))])
    f.case("jnp.concatenate", [plain("int32", (2,))], dtype="float32")
    f.case("jnp.stack", [ROW, ROW, ROW], axis=1)
    f.case("jnp.stack", [1, 2.5, 3])
    f.case("jnp.stack", [SCALAR, SCALAR])
    f.case("jnp.stack", [ROW, A[0]], dtype="bfloat16")
    for fn in ("jnp.vstack", "jnp.hstack"):
        f.case(fn, [A, A])
        f.case(fn, [ROW, ROW])
    for dtype in DTYPES:
        f.case("jnp.concatenate", [plain(dtype, (1, 2)), plain(dtype, (2, 2))])
    f.error("jnp.concatenate", "", [A, ROW])
    f.error("jnp.stack", "", [A, ROW])
    ten = plain("int32", (10,))
    for sections in (5, 1, [3, 7], [2], [0, 10], []):
        f.case("jnp.split", ten, sections)
    f.case("jnp.split", plain("float32", (2, 6)), 3, 1)
    f.case("jnp.split", plain("float32", (2, 6)), [1, 4], axis=-1)
    f.error("jnp.split", "", ten, 3)


def repeating(f: Family):
    for repeats in (0, 1, 3):
        f.case("jnp.repeat", A, repeats)
        f.case("jnp.repeat", A, repeats, 0)
        f.case("jnp.repeat", A, repeats, axis=-1)
    f.case("jnp.repeat", A, np.array([1, 0, 2], np.int32), axis=1)
    f.case("jnp.repeat", SCALAR, 2)
    f.case("x.repeat", ROW, 2)
    for reps in (0, 2, [2], [2, 1], [1, 3], [2, 1, 2], []):
        f.case("jnp.tile", A, reps)
    f.case("jnp.tile", ROW, [2, 2])
    for axis in (0, 1, -1, [0, 1]):
        f.case("jnp.flip", A, axis)
    f.case("jnp.flip", CUBE, [0, -1])


def padding(f: Family):
    for width in (1, [1, 2], [[1, 2]], [[0, 1], [2, 0]]):
        f.case("jnp.pad", A, width)
    f.case("jnp.pad", A, [[1, 0], [0, 1]], constant_values=7.5)
    f.case("jnp.pad", ROW, [2, 1], mode="constant", constant_values=[[-1, -2]])
    for mode in ("edge", "reflect", "symmetric", "wrap"):
        f.case("jnp.pad", ROW, [2, 1], mode=mode)
        f.case("jnp.pad", A, [[1, 1], [2, 1]], mode)
    f.case("jnp.pad", EMPTY, 1)
    for dtype in DTYPES:
        f.case("jnp.pad", plain(dtype, (3,)), [1, 1])
    f.error("jnp.pad", "", ROW, [-1, 0])
    f.error("jnp.pad", "`pad_width` must be of integral type", ROW, 1.5, mode="wrap")
    f.error("jnp.pad", "pad_width with nd=0 has unsupported shape (2, 2)", plain("float32", ()), [[0, 1], [2, 0]])
    f.error("jnp.pad", "", ROW, 1, mode="edge", constant_values=1)
    f.error("jnp.pad", "", ROW, 1, constant_values=[[1, 2], [3, 4]])


def choosing(f: Family):
    mask = np.array([[True, False, True], [False, False, True]])
    for x, y in [(A, -A), (A, ROW), (A, 0), (0, A), (1, 2), (1.5, 2), (ROW, 0.5), (ROW, True), (2, plain("uint8", (3,)))]:
        f.case("jnp.where", mask, x, y)
    f.case("jnp.where", True, A, ROW)
    f.case("jnp.where", np.array([[0, 1], [1, 0]], np.int32))
    f.case("jnp.where", np.array([0, 1, 2], np.int32), size=3, fill_value=7)
    f.error("jnp.where", "", mask, A)
    f.case("jnp.where", plain("int32", (3,)), A, -A)
    f.case("jnp.where", A, 1.0, np.float32(-1).reshape(1))
    f.case("jnp.where", np.zeros((0,), bool), plain("float32", (1,)), 2)
    f.case("jnp.where", mask, np.array(np.nan, np.float32).reshape(1), A)
    f.error("jnp.where", "Incompatible shapes for broadcasting: shapes=[(2, 3), (2,)", np.ones((2, 3), bool), plain("float32", (2,)), 0)
    for dtype in DTYPES:
        f.case("jnp.where", mask[0], plain(dtype, (3,)), plain(dtype, (3,))[::-1].copy())
    odd = np.array([np.nan, -np.inf, np.inf, -0.0, 0.0, 1, -1, 5], np.float32)
    for low, high in [(-0.5, 0.5), (0, 3), (None, 1), (0, None), (2, -2), (0.0, 0.0)]:
        f.case("jnp.clip", odd, low, high)
        f.case("jnp.clip", plain("int32", (5,)), low, high)
    f.case("jnp.clip", odd, min=0.0)
    f.case("jnp.clip", odd, max=0.0)
    f.case("jnp.clip", A, ROW, 2.5)
    f.case("jnp.clip", plain("uint8", (5,)), 2, 7)
    f.case("jnp.clip", plain("int8", (5,)), np.array(1, np.int8), np.array([3], np.int16))
    f.case("x.clip", A, 0, 1)


def comparing(f: Family):
    near = A * np.float32(1 + 1e-6)
    odd = np.array([np.nan, np.inf, -np.inf, 1, 1e-9, 0], np.float32)
    other = np.array([np.nan, np.inf, np.inf, 1.00001, 0, -0.0], np.float32)
    for fn in ("jnp.isclose", "jnp.allclose"):
        for x, y in [(A, near), (A, A), (odd, other), (odd, odd), (ROW, ROW), (A, ROW), (1, 1.0), (plain("complex64", (3,)), plain("complex64", (3,))), (plain("bool", (3,)), plain("bool", (3,))), (plain("float16", (3,)), plain("float32", (3,)))]:
            f.case(fn, x, y)
        f.case(fn, odd, other, equal_nan=True)
        f.case(fn, A, A + np.float32(0.05), rtol=0.0, atol=0.1)
        f.case(fn, A, A * np.float32(1.05), 0.1, 0.0)
    for x, y in [(A, A), (A, near), (A, ROW), (odd, odd), (ROW, ROW), (plain("float32", (0,)), plain("float32", (0,))), (1, 1.0), (plain("float32", (0,)), plain("float32", (1,)))]:
        f.case("jnp.array_equal", x, y)
    f.case("jnp.array_equal", odd, odd, equal_nan=True)


def members(f: Family):
    """Attributes and the methods that other families do not reach."""
    for x in (A, SCALAR, EMPTY, plain("complex64", (2,)), plain("bfloat16", (3,)), plain("int8", (2, 2)), plain("bool", (5,))):
        for name in ("ndim", "size", "nbytes"):
            f.case(f"x.{name}", x)
    for name in ("sum", "prod", "mean", "var", "std", "min", "max", "argmin", "argmax", "cumsum"):
        f.case(f"x.{name}", A)
        f.case(f"x.{name}", A, axis=1)
    for name in ("all", "any"):
        f.case(f"x.{name}", plain("bool", (2, 3)), axis=0)
    f.case("x.sum", A, 0, keepdims=True)
    f.case("x.dot", A, plain("float32", (3,)))
    f.case("x.matmul", A, plain("float32", (3, 2)))
    f.case("x.trace", plain("float32", (3, 3)))
    f.case("x.round", A)
    f.case("x.conj", plain("complex64", (2,)))
    f.case("x.real", plain("complex64", (2,)))
    f.case("x.imag", plain("complex64", (2,)))


def shaping() -> Family:
    family = Family("shaping", "reshape, transpose, broadcast, concatenate, split, repeat, pad, where, clip, isclose, attributes")
    for part in (reshaping, broadcasting, joining, repeating, padding, choosing, comparing, members):
        part(family)
    return family


FAMILIES = [shaping]
