"""Elementwise functions of one and two arrays: every dtype that JAX takes, special values, shapes, weak scalars."""

import jax
import numpy as np

import reference
from cases import Family, resolve, to_jax
from values import DTYPES, generator, log_spaced, pairs, partner, plain, special

# Results that have to agree bit for bit (IEEE operations, selections, predicates, integers).
EXACT_UNARY = [
    "abs", "absolute", "bitwise_count", "bitwise_invert", "bitwise_not", "ceil", "conj", "conjugate", "deg2rad", "degrees",
    "fabs", "floor", "frexp", "imag", "invert", "iscomplex", "isfinite", "isinf", "isnan", "isneginf", "isposinf", "isreal",
    "logical_not", "modf", "nan_to_num", "negative", "positive", "rad2deg", "radians", "real", "reciprocal", "rint", "round",
    "sign", "signbit", "spacing", "sqrt", "square", "trunc",
]  # fmt: skip
# Results that are compared with the true value.
INEXACT_UNARY = [
    "acos", "acosh", "angle", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh", "asin", "asinh", "atan", "atanh",
    "cbrt", "cos", "cosh", "exp", "exp2", "expm1", "log", "log10", "log1p", "log2", "sin", "sinc", "sinh", "tan", "tanh",
]  # fmt: skip
EXACT_BINARY = [
    "add", "bitwise_and", "bitwise_left_shift", "bitwise_or", "bitwise_right_shift", "bitwise_xor", "copysign", "divide", "divmod",
    "equal", "floor_divide", "fmax", "fmin", "fmod", "gcd", "greater", "greater_equal", "heaviside", "lcm", "ldexp", "left_shift",
    "less", "less_equal", "logical_and", "logical_or", "logical_xor", "maximum", "minimum", "mod", "multiply", "nextafter",
    "not_equal", "remainder", "right_shift", "subtract", "true_divide",
]  # fmt: skip
INEXACT_BINARY = ["arctan2", "atan2", "float_power", "hypot", "logaddexp", "logaddexp2", "pow", "power"]

OPERATORS = {
    "add": "arith", "sub": "arith", "mul": "arith", "div": "arith", "floor_div": "arith", "mod": "arith", "pow": "arith",
    "eq": "arith", "ne": "arith", "lt": "arith", "le": "arith", "gt": "arith", "ge": "arith",
    "and": "bits", "or": "bits", "xor": "bits",
}  # fmt: skip
LONG_NAMES = {"sub": "subtract", "mul": "multiply", "div": "divide", "pow": "power"}
SHAPES = [(), (0,), (2, 3), (4, 1, 3), (2, 0, 3), (1, 1)]


def inexact(family: Family, name: str, *args):
    """A case with the true values beside JAX's."""
    with np.errstate(all="ignore"):
        try:
            out = resolve(f"jnp.{name}")(*map(to_jax, args))
        except (TypeError, ValueError):
            family.case(f"jnp.{name}", *args, _may_fail=True)
            return
    family.case(f"jnp.{name}", *args)
    describe_truth(family, name, args, out)


def describe_truth(family: Family, name: str, args, out):
    """Attach the true values to the case recorded last; complex powers and sinc need bounds of their own."""
    truth, bound = reference.elementwise(name, args, out.dtype), None
    if truth is not None and name in ("power", "pow", "float_power") and is_complex(out):
        bound = [reference.power_bound(args, truth, out.dtype)]
    elif name == "sinc" and out.dtype in (np.float32, np.float64):
        bound = [np.nan_to_num(reference.sinc_bound(np.asarray(args[0]), truth, reference.UNIT[str(out.dtype)]))]
    family.annotate([truth], bound)


# Complex arithmetic rounds according to the formula that is used, so it is compared with the true value as well.
COMPLEX_INEXACT = {"abs", "absolute", "divide", "multiply", "reciprocal", "sign", "sqrt", "square", "true_divide"}


def is_complex(value) -> bool:
    return isinstance(value, complex) or getattr(value, "dtype", None) in (np.complex64, np.complex128)


def exact(family: Family, name: str, *args):
    if name in COMPLEX_INEXACT and any(map(is_complex, args)):
        inexact(family, name, *args)
    elif name in ("gcd", "lcm"):
        family.case(f"jnp.{name}", *without_lowest(args), _may_fail=True)
    else:
        expect_ieee(family, name, args, family.case(f"jnp.{name}", *args, _may_fail=True))


def expect_ieee(family: Family, name: str, args, out):
    """Expect the result of IEEE 754 where XLA's is another one."""
    better = None if out is None or isinstance(out, tuple) else reference.ieee_result(name, args, np.asarray(out))
    if better is not None:
        family.annotate(None, None, [better])


def without_lowest(args):
    """The least signed integer has no absolute value, with which XLA's loop for gcd never ends."""
    arrays = [a for a in args if isinstance(a, np.ndarray) and a.dtype.kind == "i"]
    if not arrays or len({a.shape for a in arrays}) > 1:
        return args
    keep = np.all([a != np.iinfo(a.dtype).min for a in arrays], axis=0)
    return [a[keep] if isinstance(a, np.ndarray) else a for a in args]


def unary() -> Family:
    family = Family("unary", "elementwise functions of one array")
    shared = {d: family.input(d, special(d)) for d in DTYPES}
    shaped = [family.input(f"shape{i}", plain("float32", s)) for i, s in enumerate(SHAPES)]
    for names, make in ((EXACT_UNARY, exact), (INEXACT_UNARY, inexact)):
        for name in names:
            for dtype in DTYPES:
                make(family, name, shared[dtype])
            for x in shaped:
                make(family, name, x)
            for scalar in (True, 2, -3, 0.5):
                make(family, name, scalar)
    for decimals in (-2, 1, 3):
        for dtype in ("float16", "float32"):
            # XLA multiplies by the reciprocal of the power of ten, so the last digit is free.
            x = plain(dtype, (9,), -123.456, 31.37)
            truth = np.round(x.astype(np.float64), decimals)
            family.case("jnp.round", x, decimals=decimals, _ref=[truth], _tol=[4 * reference.UNIT[dtype] * np.abs(truth)])
    family.case("jnp.round", plain("int32", (9,)), decimals=2)
    family.case("jnp.nan_to_num", shared["float32"], nan=7.0, posinf=1.5, neginf=-1.5)
    family.case("jnp.angle", shared["complex64"], deg=True)
    for dtype in ("int8", "uint8", "float32", "complex64", "bool"):
        family.case("x.neg", shared[dtype], _may_fail=True)
    for dtype in ("bool", "int8", "uint32"):
        family.case("x.not", shared[dtype])
    return family


def binary() -> Family:
    family = Family("binary", "elementwise functions of two arrays")
    shared = {}
    for dtype in DTYPES:
        a, b = pairs(dtype)
        shared[dtype] = (family.input(f"{dtype}.a", a), family.input(f"{dtype}.b", b))
    combos = [((), (3,)), ((0,), (1,)), ((2, 3), (3,)), ((4, 1, 3), (2, 1)), ((2, 0, 3), (1, 3)), ((3, 1), (1, 4))]
    floats = [(plain("float32", a), plain("float32", b, 2.25, -0.5)) for a, b in combos]
    ints = [(plain("int32", a), plain("int32", b) + np.int32(5)) for a, b in combos[:3]]
    for names, make in ((EXACT_BINARY, exact), (INEXACT_BINARY, inexact)):
        for name in names:
            for dtype in DTYPES:
                make(family, name, *shared[dtype])
            for a, b in (*floats, *ints):
                make(family, name, a, b)
            for scalar in (True, 2, 0.5):
                make(family, name, shared["int8"][0], scalar)
                make(family, name, shared["float16"][0], scalar)
                make(family, name, scalar, shared["float32"][0])
            make(family, name, 7, 2)
            make(family, name, 2.5, -2)
    ldexp(family)
    operators(family, shared)
    return family


def ldexp(family: Family):
    """The second argument of ldexp is an integer, which the shared pairs are not."""
    exponents = np.array([-140, -30, -1, 0, 1, 3, 30, 127], np.int32)
    for dtype in ("float16", "bfloat16", "float32"):
        family.case("jnp.ldexp", plain(dtype, (8,), 1.0, 0.25), exponents[2:6].repeat(2))
    family.case("jnp.ldexp", np.array([1, 1.5, 3], np.float32), 3)


def operators(family: Family, shared):
    for name, kind in OPERATORS.items():
        long_name = LONG_NAMES.get(name, name)
        for args in (*(shared[d] for d in ("bool", "int32", "uint8", "float32", "complex64")), (plain("int32", (2, 3)), 2)):
            out = family.case(f"x.{name}", *args, _may_fail=True)
            if out is not None and (name == "pow" or (long_name in COMPLEX_INEXACT and is_complex(out))):
                describe_truth(family, long_name, args, out)
            else:
                expect_ieee(family, long_name, args, out)
        if kind == "arith":
            family.case(f"x.{name}", plain("float32", (2, 3)), 2)


def domains() -> dict:
    """A few hundred float32 points for each function, dense where it is hard."""
    u = lambda seed, low, high, n=120: low + (high - low) * generator(seed).random(n)  # noqa: E731
    signed = lambda v: np.concatenate([v, -v])  # noqa: E731
    tiny = signed(log_spaced(1e-30, 1e-2, 30))
    trig = np.concatenate([tiny, u(1, -10, 10), u(2, -1000, 1000, 60), signed(log_spaced(1e3, 1e9, 30)), np.arange(-20, 21) * (np.pi / 2)])
    positive = np.concatenate([log_spaced(1.2e-38, 3.4e38, 100), u(3, 0.5, 2.0), 1 + signed(log_spaced(1e-7, 0.1, 30))])
    unit = np.concatenate([tiny, u(4, -1, 1, 150), signed(1 - log_spaced(6e-8, 0.5, 30))])
    exps = np.concatenate([tiny, u(5, -87, 88, 150), u(6, -1, 1, 60), [88.7, 88.72283, 88.73, 89, -87.3, -88, -103, -104, -110]])
    anything = np.concatenate([tiny, u(7, -4, 4), signed(log_spaced(1, 1e30, 40))])
    return {
        **dict.fromkeys(["sin", "cos", "tan"], trig), **dict.fromkeys(["log", "log2", "log10"], positive),
        **dict.fromkeys(["arcsin", "arccos", "arctanh"], unit), **dict.fromkeys(["exp", "expm1", "sinh", "cosh"], exps),
        **dict.fromkeys(["tanh", "arctan", "arcsinh", "cbrt", "sqrt", "square", "reciprocal", "sinc"], anything),
        "exp2": exps * 1.4, "log1p": np.concatenate([unit[unit > -0.9999999], log_spaced(1, 1e38, 60)]),
        "arccosh": 1 + log_spaced(1e-7, 1e30, 200),
    }  # fmt: skip


def sweeps() -> Family:
    """Values only: hundreds of points with the true value beside JAX's."""
    family = Family("sweeps", "elementwise functions on hundreds of points, with the true value in double precision")
    inputs = {}
    for name, points in domains().items():
        for dtype in ("float32", "float16", "bfloat16"):
            with np.errstate(over="ignore"):
                x = points.astype(dtype if dtype != "bfloat16" else "float32").astype(to_jax(special(dtype)).dtype)
            if dtype != "float32":
                limit = 60000.0 if dtype == "float16" else 1e38
                x = x[np.abs(x.astype(np.float64)) < limit][::3]
            if name == "arccosh":
                x = x[x >= 1]
            key = (dtype, x.tobytes())
            if key not in inputs:
                inputs[key] = family.input(f"{dtype}.{len(inputs)}", x)
            (inexact if name in INEXACT_UNARY else exact)(family, name, inputs[key])
    binary_sweeps(family)
    return family


def binary_sweeps(family: Family):
    g = generator(11)
    base = np.exp2(g.uniform(-20, 20, 300)).astype(np.float32)
    expo = (g.uniform(-1, 1, 300) * 80 / np.maximum(np.abs(np.log2(base)), 1)).astype(np.float32)
    whole = np.round(g.uniform(-6, 6, 300)).astype(np.float32)
    wide_a = (g.choice([-1.0, 1.0], 300) * np.exp2(g.uniform(-60, 60, 300))).astype(np.float32)
    near = (wide_a * np.exp2(g.uniform(-8, 8, 300)) * g.choice([-1.0, 1.0], 300)).astype(np.float32)
    small_a, small_b = g.uniform(-30, 30, (2, 300)).astype(np.float32)
    for key, x in {"base": base, "expo": expo, "whole": whole, "wide": wide_a, "near": near, "a": small_a, "b": small_b}.items():
        family.input(f"binary.{key}", x)
    for name in ("power", "float_power"):
        inexact(family, name, base, expo)
        inexact(family, name, small_a, whole)
    for name in ("arctan2", "hypot"):
        inexact(family, name, wide_a, near)
        inexact(family, name, small_a, small_b)
    for name in ("logaddexp", "logaddexp2"):
        inexact(family, name, small_a, small_b)
    for name in ("add", "subtract", "multiply", "divide", "fmod", "mod", "floor_divide", "nextafter"):
        exact(family, name, wide_a, near)
        exact(family, name, small_a, small_b)


FAMILIES = [unary, binary, sweeps]
