"""Functions beside the core: structure, statistics that skip NaN, differences, norms, special functions, lax."""

import jax
import jax.numpy as jnp
import numpy as np
import scipy.special

from cases import Family, leaves, resolve, to_jax
from reference import UNIT
from values import generator, log_spaced, normals, plain, special

A = plain("float32", (2, 3))
CUBE = plain("float32", (4, 1, 3))
SQUARE = plain("int32", (3, 3))
ROW = plain("int32", (3,))
SCALAR = plain("float32", ())


def structure() -> Family:
    """Results that have to agree exactly."""
    f = Family("structure", "roll, rot90, pad modes, triangles, diagonals, grids, stacking, dtype queries")
    for axis in (None, 0, 1, -1):
        for shift in (0, 1, -2, 5):
            f.case("jnp.roll", A, shift, axis=axis)
    f.case("jnp.roll", A, (1, 2), axis=(0, 1))
    f.case("jnp.roll", A, 1, axis=(0, 1))
    for k in (0, 1, 2, 3, -1, 5):
        f.case("jnp.rot90", A, k)
        f.case("jnp.rot90", CUBE, k, axes=(2, 0))
    for fn in ("fliplr", "flipud", "matrix_transpose", "atleast_1d", "atleast_2d", "atleast_3d", "shape", "ndim", "size"):
        for x in (A, CUBE):
            f.case(f"jnp.{fn}", x)
    for fn in ("atleast_1d", "atleast_2d", "atleast_3d"):
        f.case(f"jnp.{fn}", SCALAR)
        f.case(f"jnp.{fn}", ROW)
    f.case("jnp.atleast_2d", ROW, A)
    f.case("jnp.permute_dims", CUBE, (2, 0, 1))
    for axis, start in [(0, 0), (2, 0), (0, 3), (1, 2), (-1, 1)]:
        f.case("jnp.rollaxis", CUBE, axis, start)
    for fn in ("tril", "triu"):
        for k in (-1, 0, 1):
            f.case(f"jnp.{fn}", A, k)
            f.case(f"jnp.{fn}", plain("bool", (2, 3, 3)), k)
        f.error(f"jnp.{fn}", "", ROW)
    for args in ((3,), (3, 4), (2, 4, 1), (3, 3, -1)):
        f.case("jnp.tri", *args)
    f.case("jnp.tri", 2, dtype="int8")
    for k in (-2, 0, 1):
        for x in (ROW, A, SQUARE, plain("bool", (2,))):
            f.case("jnp.diag", x, k)
        f.case("jnp.diagonal", A, k)
        f.case("jnp.diagonal", CUBE, k, 0, 2)
        f.case("jnp.diagflat", A, k)
        f.case("jnp.trace", SQUARE, k)
        for fn in ("triu_indices", "tril_indices"):
            f.case(f"jnp.{fn}", 3, k)
            f.case(f"jnp.{fn}", 2, k, 4)
    f.case("jnp.diag_indices", 3)
    f.case("jnp.fill_diagonal", A, 7, inplace=False)
    f.case("jnp.fill_diagonal", plain("float32", (5, 2)), np.array([1, 2], np.int32), inplace=False)
    f.case("jnp.meshgrid", ROW, plain("float32", (2,)))
    f.case("jnp.meshgrid", ROW, plain("float32", (2,)), indexing="ij")
    f.case("jnp.meshgrid", ROW, plain("float32", (2,)), ROW, sparse=True)
    f.case("jnp.indices", (2, 3))
    f.case("jnp.indices", (2, 3), "float32")
    f.case("jnp.indices", (2, 3), sparse=True)
    f.case("jnp.ix_", plain("int32", (3,)), plain("int32", (2,)))
    f.error("jnp.ix_", "Boolean arguments", np.array([True, False, True]), plain("int32", (2,)))
    f.error("jnp.ix_", "must be 1-dimensional", plain("int32", (2, 2)))
    joining(f)
    padding(f)
    queries(f)
    lax_cases(f)
    return f


def joining(f: Family):
    for fn in ("vstack", "hstack", "dstack", "column_stack"):
        for xs in ([ROW, ROW], [A, A], [CUBE, CUBE], [SCALAR, 1]):
            f.case(f"jnp.{fn}", xs, _may_fail=True)
        f.case(f"jnp.{fn}", A)
    f.case("jnp.concatenate", A)
    f.case("jnp.stack", A, 1)
    f.case("jnp.concat", [A, A], axis=1)
    f.case("jnp.unstack", A)
    f.case("jnp.unstack", A, axis=1)
    f.case("jnp.append", A, SCALAR)
    f.case("jnp.append", A, A, axis=1)
    for fn, x in [("vsplit", A), ("hsplit", plain("int32", (2, 4))), ("dsplit", plain("int32", (1, 2, 4))), ("hsplit", plain("int32", (4,)))]:
        f.case(f"jnp.{fn}", x, 2)
    for sections in (3, [2, 3]):
        f.case("jnp.array_split", plain("int32", (7,)), sections)
    f.case("jnp.repeat", ROW, np.array([0, 2, 3], np.int32), total_repeat_length=4)
    f.case("jnp.repeat", ROW, np.array([1, 2, 3], np.int32), total_repeat_length=8)
    f.case("jnp.select", [np.array([True, False, False]), np.array([True, True, False])], [ROW, A], 9.5)
    f.case("jnp.select", [np.array([True, False, False])], [ROW])
    f.case("jnp.squeeze", plain("float32", (1, 2, 1)), axis=-1)


def padding(f: Family):
    x, wide, ints = plain("float32", (4,)), plain("float32", (3, 4)), plain("int32", (2, 5))
    for mode in ("edge", "reflect", "symmetric", "wrap", "maximum", "minimum", "empty"):
        for width in ((2, 1), ((3, 0), (0, 5)), ((9, 8), (1, 10))):
            for array in (wide, ints):
                f.case("jnp.pad", array, width, mode)
        f.case("jnp.pad", x, (7, 12), mode)
        f.case("jnp.pad", plain("float32", (1,)), (2, 3), mode)
    for mode in ("reflect", "symmetric"):
        f.case("jnp.pad", wide, ((2, 3), (5, 1)), mode, reflect_type="odd")
        f.case("jnp.pad", ints, ((2, 3), (5, 6)), mode, reflect_type="odd")
    for mode in ("maximum", "minimum"):
        f.case("jnp.pad", wide, 2, mode, stat_length=2)
        f.case("jnp.pad", wide, 2, mode, stat_length=((1, 2), (3, 9)))
    f.case("jnp.pad", ints, ((1, 2), (3, 0)), "mean")
    f.case("jnp.pad", ints, 2, constant_values=[[1, 2], [3, 4]])
    f.case("jnp.pad", ints, (1, 0), constant_values=[5, 6])
    f.case("jnp.pad", plain("float32", (2,)), (2, 2), "linear_ramp", end_values=4.0)
    f.error("jnp.pad", "", ROW, 1, "nonsense")


def queries(f: Family):
    names = ["bool", "int8", "int32", "uint8", "uint32", "float16", "bfloat16", "float32", "complex64"]
    categories = ["floating", "integer", "signedinteger", "unsignedinteger", "inexact", "number", "complexfloating", "generic"]
    for a in names:
        for category in categories:
            value = bool(jnp.issubdtype(a, getattr(jnp, category)))
            plain_value(f, "jnp.issubdtype", [a, category], value)
        for b in names:
            plain_value(f, "jnp.promote_types", [a, b], str(jnp.promote_types(a, b)))
            for casting in ("safe", "same_kind", "unsafe", "no"):
                plain_value(f, "jnp.can_cast", [a, b, casting], bool(jnp.can_cast(a, b, casting)))
        for kind in ("bool", "signed integer", "unsigned integer", "integral", "real floating", "complex floating", "numeric", "float32"):
            plain_value(f, "jnp.isdtype", [a, kind], bool(jnp.isdtype(a, kind)))
    for x in (ROW, SCALAR):
        f.case("jnp.isscalar", x)
        f.case("jnp.iscomplexobj", x)


def plain_value(f: Family, fn: str, args, value):
    """A case whose arguments are dtype names, which JAX's Python callable would not take in this form."""
    entry = f._entry(fn, args, {})
    entry["expect"] = [{"value": value}]
    f.cases.append(entry)


def lax_cases(f: Family):
    x = plain("float32", (3, 4))
    f.case("lax.broadcast", ROW, (2,))
    f.case("lax.broadcast_in_dim", ROW, (3, 2), (0,))
    f.case("lax.reshape", x, (2, 6))
    f.case("lax.transpose", CUBE, (2, 0, 1))
    f.case("lax.slice", x, (0, 1), (3, 4), (2, 1))
    for bounds in ((0, 2), (-2, None), (1, -1)):
        f.case("lax.slice_in_dim", x, *bounds)
    for start in ([0, 0], [2, 3], [-1, -2], [100, 1]):
        f.case("lax.dynamic_slice", x, start, (2, 2))
        f.case("lax.dynamic_update_slice", x, plain("float32", (2, 2)), start)
    f.case("lax.dynamic_slice_in_dim", x, np.array(1, np.int32), 2, 1)
    f.case("lax.dynamic_index_in_dim", x, -1, 0, False)
    f.case("lax.dynamic_update_index_in_dim", x, plain("float32", (4,)), 1, 0)
    f.case("lax.pad", x, np.array(9, np.float32), ((1, -1, 0), (0, 2, 1)))
    f.case("lax.concatenate", [x, x], 1)
    f.case("lax.iota", "int32", 4)
    f.case("lax.broadcasted_iota", "float32", (2, 3), 1)
    f.case("lax.rev", x, (0, 1))
    f.case("lax.squeeze", CUBE, (1,))
    f.case("lax.expand_dims", x, (0, 3))
    f.case("lax.clamp", 0.0, x, 1.0)
    f.case("lax.select", np.array(True), x, -x)
    f.case("lax.bitcast_convert_type", x, "int32")
    f.case("lax.bitcast_convert_type", x, "uint16")
    f.case("lax.reduce_precision", x * np.float32(1.001), 5, 10)
    for fn in ("argmax", "argmin"):
        f.case(f"lax.{fn}", x, 1, "int32")
    for fn in ("cumsum", "cumprod", "cummax", "cummin"):
        for reverse in (False, True):
            f.case(f"lax.{fn}", SQUARE, 0, reverse)
    for fn in ("reduce_max", "reduce_min", "reduce_sum", "reduce_prod", "reduce_and", "reduce_or", "reduce_xor"):
        f.case(f"lax.{fn}", SQUARE, (0,))
    f.case("lax.dot", ROW, SQUARE)
    f.case("lax.dot_general", SQUARE, SQUARE, (((0,), (1,)), ((), ())))
    f.case("lax.dot_general", plain("int32", (2, 3, 4)), plain("int32", (2, 4, 3)), (((2,), (1,)), ((0,), (0,))))
    for y in (0, 1, 2, 3, 5):
        f.case("lax.integer_pow", SQUARE, y)
    f.error("lax.integer_pow", "Integers cannot be raised to negative powers", SQUARE, -1)
    f.error("lax.add", "requires arguments to have the same dtypes", ROW, plain("float32", (3,)))
    f.error("lax.add", "got incompatible shapes for broadcasting: (3,), (2,).", ROW, plain("int32", (2,)))
    f.case("lax.stack", [ROW, ROW], 1)
    f.case("lax.tile", A, (2, 1))
    f.case("lax.collapse", CUBE, 1)
    f.case("lax.select_n", np.array([0, 2, 1], np.int32), ROW, -ROW, ROW * 10)
    f.case("lax.batch_matmul", plain("int32", (2, 3, 4)), plain("int32", (2, 4, 3)))
    f.case("lax.clz", ROW)
    f.case("lax.population_count", ROW)


def near(f: Family, fn: str, *args, _units=8, **kwargs):
    """A float result within some units of the largest value that takes part."""
    result = f.case(fn, *args, **kwargs)
    arrays = [np.abs(np.nan_to_num(np.asarray(a).astype(np.complex128), posinf=0, neginf=0)).max(initial=0) for a in args if isinstance(a, np.ndarray)]
    refs, tols = [], []
    for leaf in leaves(result):
        if not jnp.issubdtype(leaf.dtype, jnp.inexact):
            refs.append(None), tols.append(None)
            continue
        value = np.asarray(leaf).astype(np.complex128 if np.iscomplexobj(leaf) else np.float64)
        scale = np.maximum(np.abs(np.nan_to_num(value, posinf=0, neginf=0)), max(arrays, default=0))
        refs.append(value), tols.append(2 * _units * UNIT[str(leaf.dtype)] * scale)
    f.annotate(refs, tols)


def statistics() -> Family:
    f = Family("statistics", "reductions that skip NaN, averages, covariance, differences, norms, products")
    gaps = normals((3, 5), 71)
    gaps[0, 1] = gaps[2, 3] = np.nan
    gaps[:, 4] = np.nan
    mask = np.arange(15).reshape(3, 5) % 3 > 0
    for name in ("nansum", "nanprod", "nanmean", "nanmax", "nanmin", "nanvar", "nanstd"):
        for kwargs in ({}, {"axis": 0}, {"axis": 1, "keepdims": True}, {"axis": (0, 1)}):
            near(f, f"jnp.{name}", gaps, **kwargs)
        near(f, f"jnp.{name}", SQUARE)
        initial = {"initial": 0.5} if name in ("nanmax", "nanmin") else {}
        near(f, f"jnp.{name}", gaps, where=mask, **initial)
    near(f, "jnp.nanvar", gaps, axis=1, ddof=1)
    for name in ("nanargmax", "nanargmin"):
        for kwargs in ({}, {"axis": 0}, {"axis": 1, "keepdims": True}):
            f.case(f"jnp.{name}", gaps, **kwargs)
    for name in ("nancumsum", "nancumprod"):
        for axis in (None, 0, 1):
            near(f, f"jnp.{name}", gaps, axis=axis)
    for name in ("cumulative_sum", "cumulative_prod"):
        near(f, f"jnp.{name}", A, axis=1)
        f.case(f"jnp.{name}", plain("int8", (4,)))
        near(f, f"jnp.{name}", A, axis=0, include_initial=True)
        f.error(f"jnp.{name}", "", A)
    weights = np.array([1, 2, 0.5], np.float32)
    for kwargs in ({}, {"axis": 0}, {"axis": 1, "weights": weights}, {"axis": 1, "weights": weights, "keepdims": True}, {"weights": A}):
        near(f, "jnp.average", A, **kwargs)
    near(f, "jnp.average", A, axis=1, weights=weights, returned=True)
    near(f, "jnp.average", SQUARE, axis=0, returned=True)
    for kwargs in ({}, {"axis": 0}, {"axis": 1, "keepdims": True}):
        f.case("jnp.ptp", A, **kwargs)
        f.case("jnp.count_nonzero", SQUARE, **kwargs)
    data = normals((3, 6), 72)
    near(f, "jnp.cov", data, _units=32)
    near(f, "jnp.cov", data, rowvar=False, _units=32)
    near(f, "jnp.cov", data, data[::-1].copy(), bias=True, _units=32)
    near(f, "jnp.cov", data, aweights=np.arange(1, 7).astype(np.float32), fweights=np.arange(1, 7).astype(np.int32), _units=32)
    near(f, "jnp.corrcoef", data, _units=32)
    near(f, "jnp.cov", data[0], _units=32)
    differences(f, data)
    norms(f, data)
    products(f)
    return f


def differences(f: Family, data):
    for kwargs in ({}, {"n": 2}, {"axis": 0}, {"prepend": 0.0}, {"append": 1.0, "axis": 0}, {"n": 0}):
        near(f, "jnp.diff", data, **kwargs)
    f.case("jnp.diff", plain("bool", (5,)))
    f.case("jnp.diff", plain("int8", (5,)))
    f.case("jnp.ediff1d", SQUARE)
    f.case("jnp.ediff1d", ROW, to_end=9, to_begin=np.array([7, 8], np.int32))
    near(f, "jnp.gradient", data)
    near(f, "jnp.gradient", data, axis=1)
    near(f, "jnp.gradient", data, 2.0)
    near(f, "jnp.gradient", data[0], np.array([0, 1, 1.5, 3, 4, 7], np.float32))
    near(f, "jnp.gradient", plain("int32", (5,)))
    near(f, "jnp.trapezoid", data)
    near(f, "jnp.trapezoid", data, dx=0.5, axis=0)
    near(f, "jnp.trapezoid", data, np.array([0, 1, 1.5, 3, 4, 7], np.float32))
    near(f, "jnp.unwrap", data * np.float32(4), _units=32)
    near(f, "jnp.unwrap", data * np.float32(4), axis=0, _units=32)
    for fn, args in [("logspace", (0, 2, 5)), ("logspace", (0.5, -1.5, 4)), ("geomspace", (1, 1000, 4)), ("geomspace", (2.0, 0.25, 6))]:
        near(f, f"jnp.{fn}", *args, _units=64)
    near(f, "jnp.logspace", 0, 3, 4, base=2.0, endpoint=False, _units=64)
    near(f, "jnp.vander", plain("float32", (4,)))
    f.case("jnp.vander", ROW, 4, increasing=True)
    for fn in ("bartlett", "blackman", "hamming", "hanning"):
        for m in (0, 1, 2, 7):
            near(f, f"jnp.{fn}", m) if m < 2 else window(f, fn, m)
    window(f, "kaiser", 7, 3.0)


def window(f: Family, fn: str, *args):
    result = f.case(f"jnp.{fn}", *args)
    f.annotate([np.asarray(result, np.float64)], [np.full(result.shape, 2.0**-21)])


def norms(f: Family, data):
    for kwargs in ({}, {"axis": 0}, {"axis": 1, "keepdims": True}, {"ord": 1, "axis": 0}, {"ord": 3, "axis": 1}, {"ord": 0, "axis": 1}, {"ord": 0.5, "axis": 1}, {"ord": np.inf, "axis": 0}, {"ord": -np.inf, "axis": 1}, {"ord": "fro"}, {"ord": 1}, {"ord": -1}, {"ord": np.inf, "keepdims": True}, {"ord": -np.inf}, {"axis": (1, 0), "ord": 1}):
        near(f, "jnp.linalg.norm", data, _units=64, **kwargs)
    near(f, "jnp.linalg.norm", plain("complex64", (2, 3)))
    near(f, "jnp.linalg.norm", SQUARE)
    near(f, "jnp.linalg.vector_norm", data)
    near(f, "jnp.linalg.vector_norm", data, axis=0, ord=1)
    near(f, "jnp.linalg.matrix_norm", data)
    for n in (0, 1, 2, 5):
        f.case("jnp.linalg.matrix_power", SQUARE, n)
    f.case("jnp.linalg.multi_dot", [plain("int32", (2, 3)), plain("int32", (3, 4)), plain("int32", (4, 1))])
    f.case("jnp.linalg.multi_dot", [ROW, plain("int32", (3, 4)), plain("int32", (4,))])
    f.case("jnp.linalg.trace", plain("int32", (2, 3, 3)))
    f.case("jnp.linalg.diagonal", plain("int32", (2, 3, 3)), offset=1)


def products(f: Family):
    f.case("jnp.kron", SQUARE, plain("int32", (2, 1)))
    f.case("jnp.kron", ROW, plain("int32", (2, 2)))
    for a, b in [(ROW, ROW), (SQUARE, ROW), (SQUARE, SQUARE[::-1].copy()), (plain("int32", (2,)), plain("int32", (2,))), (plain("int32", (4, 2)), plain("int32", (3,)))]:
        f.case("jnp.cross", a, b)
    f.case("jnp.cross", SQUARE, SQUARE[::-1].copy(), axis=0)
    f.case("jnp.vecdot", plain("int32", (2, 3)), ROW)
    f.case("jnp.vecdot", plain("int32", (3, 2)), plain("int32", (3, 2)), axis=0)
    f.case("jnp.matvec", plain("int32", (4, 2, 3)), ROW)
    f.case("jnp.vecmat", ROW, plain("int32", (4, 3, 2)))
    i, j, k, b = 3, 4, 2, 5
    x, y, z, s = plain("int32", (i, j)), plain("int32", (j, k)), plain("int32", (b, i, j)), plain("int32", (3, 3))
    for spec, *args in [
        ("ij,jk", x, y), ("ij,jk->ki", x, y), ("ij->", x), ("ij->j", x), ("ij->ji", x), ("ii", s), ("ii->i", s), ("ij,ij->ij", x, x), ("i,j->ij", ROW, ROW),
        ("bij,jk->bik", z, y), ("...j,jk->...k", z, y), ("...ij->...ji", z), ("bij,bij->b", z, z), ("ij,jk,kl->il", x, y, plain("int32", (k, 3))),
        ("ij,jk,lk->", x, y, plain("int32", (3, k))), ("i...,i...->...", z, z), ("ij,i->j", x, ROW), (" i j , j k -> i k ", x, y), ("a,b,c->abc", ROW, ROW, ROW), ("iij->j", plain("int32", (3, 3, 2))), ("ij,jj->i", x[:, :3].copy(), s), ("...,...", ROW, ROW), ("ij,kj->", x, plain("int32", (1, 4))), ("ij,kj->ik", x, plain("int32", (1, 1))),
    ]:
        f.case("jnp.einsum", spec, *args)
    for spec, *args in [("ij,jk", x, x), ("ij->ik", x), ("ij->ii", x), ("i", x), ("ij,jk", x)]:
        f.error("jnp.einsum", "", spec, *args)
    for a, c in [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((5, 2, 3), (5, 3, 4)), ((1, 2, 3), (5, 3, 4)), ((5, 1, 2, 3), (4, 3, 2)), ((1, 1, 2, 3), (1, 3, 4)), ((3,), (5, 3, 2)), ((5, 2, 3), (3,)), ((5, 1, 2, 3), (1, 4, 3, 2)), ((0, 2, 3), (3, 2)), ((2, 0), (0, 3)), ((7, 1, 2, 3), (1, 3, 2))]:
        f.case("jnp.matmul", plain("int32", a), plain("int32", c))
    f.error("jnp.matmul", "", plain("int32", (5, 2, 3)), plain("int32", (4, 3, 2)))


SPECIAL = {
    "erf": None, "erfc": None, "erfinv": "unit", "gammaln": None, "digamma": None, "expit": None, "logit": "probability", "i0e": None, "i1e": None,
    "i0": None, "i1": None, "entr": None, "ndtr": None, "gamma": None, "factorial": None, "gammasgn": None,
}  # fmt: skip
SPECIAL2 = ["xlogy", "xlog1py", "rel_entr", "kl_div", "betaln", "beta", "comb", "zeta", "boxcox", "boxcox1p"]


def points(kind):
    g = generator(73)
    if kind == "unit":
        return np.concatenate([g.uniform(-1, 1, 60), [-1, 0, 1, 0.5, np.nan, 1.5]])
    if kind == "probability":
        return np.concatenate([g.uniform(0, 1, 60), [0, 1, 0.5, -0.5, np.nan]])
    return np.concatenate([g.uniform(-6, 6, 80), log_spaced(1e-6, 20, 20), [0.0, -0.0, 1, 2, 3, 0.5, np.nan, np.inf]])


def special_functions() -> Family:
    f = Family("special", "scipy.special and jnp.i0, beside the true value")
    for name, kind in SPECIAL.items():
        for dtype in ("float32", "bfloat16"):
            x = points(kind).astype(jnp.dtype(dtype))
            judged(f, name, x)
        judged(f, name, plain("int32", (4,)))
    g = generator(74)
    a, b = g.uniform(0.1, 5, 40).astype(np.float32), g.uniform(0.1, 5, 40).astype(np.float32)
    a[:3], b[:3] = [0, 0, 2], [1, 0, 0]
    for name in SPECIAL2:
        judged(f, name, (a + np.float32(1.5)) if name == "zeta" else a, b)
    judged(f, "polygamma", np.array([0, 1, 2, 3], np.int32), np.array([0.5, 1.5, 2.5, 7], np.float32))
    judged(f, "multigammaln", a[3:] + 3, 2)
    return f


def judged(f: Family, name: str, *args):
    """The bound: JAX's own error and some units; of float32 also what rounding an intermediate value may do."""
    result = f.case(f"scipy.special.{name}", *args, _may_fail=True)
    if result is None or not jnp.issubdtype(result.dtype, jnp.floating):
        return
    u, is_narrow = UNIT[str(result.dtype)], result.dtype == jnp.bfloat16
    reference = getattr(scipy.special, name)
    seen = [np.asarray(a).astype(result.dtype).astype(np.float64) if isinstance(a, np.ndarray) else a for a in args]
    with np.errstate(all="ignore"):
        truth = np.asarray(reference(*seen), np.float64)
        spread = 0 if is_narrow else sum(
            np.abs(np.asarray(reference(*[s * (1 + 4 * u) if i == k else s for i, s in enumerate(seen)])) - truth)
            for k in range(len(seen)) if isinstance(seen[k], np.ndarray)
        )
        own = np.abs(np.asarray(result).astype(np.float64) - truth)
    scale = np.abs(truth) + (1.0 if name in ("gammaln", "digamma", "betaln", "multigammaln", "rel_entr", "kl_div", "xlogy", "xlog1py", "entr") else 0)
    bound = (2 if is_narrow else 16) * u * scale + 4 * np.nan_to_num(spread) + np.nan_to_num(own, posinf=0)
    f.annotate([truth], [np.nan_to_num(bound, nan=0, posinf=0) + float(jnp.finfo(result.dtype).tiny)])


FAMILIES = [structure, statistics, special_functions]
