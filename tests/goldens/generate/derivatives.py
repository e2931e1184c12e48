"""Derivatives of every op: programs as JAX lowers them, and what jax.jvp and jax.vjp give of them, once and twice.

A case is a function of arrays. At each of its points x, for tangents t and u (of the cotangents) and cotangents y:

    jvp     = df(x)·t                      per result, zeros included
    vjp     = g(x, y) = yᵀ·df(x)           per active argument
    forward = the tangent of g at (x, y) along (t, u)
    reverse = the cotangents of (x, y) for the cotangent t of g
"""

import jax
import jax.numpy as jnp
import numpy as np

import encode
from cases import SHORT, Family
from derivative_programs import FAILING, PROGRAMS

INEXACT = "fc"


def varied(shape, dtype, seed: int) -> np.ndarray:
    """Numbers in ±(0.2, 1.2) that repeat no pattern of the shape, exact in float32."""
    def part(k):
        n = np.arange(int(np.prod(shape))) + 1
        x = ((n * 0.6180339887 + (seed + k) * 0.7548776662) % 1) * 2 - 1
        return np.where(x < 0, x - 0.2, x + 0.2).astype(np.float16)

    x = part(0).astype(np.float64)
    if np.dtype(dtype).kind == "c":
        x = x + 1j * part(17)
    return x.reshape(shape).astype(dtype)


def is_active(x) -> bool:
    return np.asarray(x).dtype.kind in INEXACT


def derivatives(function, args) -> dict:
    active = [i for i, a in enumerate(args) if is_active(a)]

    def of_active(*xs):
        full = list(args)
        for i, x in zip(active, xs):
            full[i] = x
        results = function(*full)
        results = results if isinstance(results, (tuple, list)) else [results]
        return [r for r in results if r.dtype.kind in INEXACT]

    primals = [jnp.asarray(args[i]) for i in active]
    tangents = [jnp.asarray(varied(x.shape, x.dtype, 3 + i)) for i, x in enumerate(primals)]
    out, along = jax.jvp(of_active, primals, tangents)
    cotangents = [jnp.asarray(varied(y.shape, y.dtype, 11 + i)) for i, y in enumerate(out)]
    moves = [jnp.asarray(varied(y.shape, y.dtype, 29 + i)) for i, y in enumerate(out)]
    record = {"tangents": tangents, "cotangents": cotangents, "moves": moves, "jvp": along}

    def pullback(xs, ys):
        return jax.vjp(of_active, *xs)[1](list(ys))

    try:
        record["vjp"] = pullback(primals, cotangents)
    except ValueError as error:
        assert "Reverse-mode differentiation does not work" in str(error)
        return record
    record["forward"] = jax.jvp(pullback, (primals, cotangents), (tangents, moves))[1]
    xbar, ybar = jax.vjp(pullback, primals, cotangents)[1](tuple(tangents))
    record["reverse"] = [*xbar, *ybar]
    return record


def encoded(arrays):
    return [encode.encode_array(np.asarray(a)) for a in arrays]


def lowered(function, args, emit) -> str:
    if emit:
        (x,) = args
        part = {"float32": "f32", "float64": "f64", "complex64": "complex<f32>", "complex128": "complex<f64>"}[str(x.dtype)]
        ty = f"tensor<{x.size}x{part}>"
        return f"func.func @main(%arg0: {ty}) -> {ty} {{\n%0 = {emit.replace('T', ty)}\nreturn %0 : {ty}\n}}\n"

    def wrapped(*xs):
        return function(*xs)

    wrapped.__name__ = wrapped.__qualname__ = "f"
    return jax.jit(wrapped).lower(*args).as_text()


def record(family: Family, op: str, variant: str, program):
    dtypes = ",".join(SHORT[str(np.asarray(a).dtype)] for a in program.points[0])
    case = {"op": op, "id": f"{op}{variant and ' ' + variant} {dtypes}", "text": lowered(program.function, program.points[0], program.emit)}
    if program.units:
        case["units"] = program.units
    case["points"] = []
    for args in program.points:
        args = [jnp.asarray(a) for a in args]
        values = derivatives(program.function, args)
        case["points"].append({"args": encoded(args), **{name: encoded(arrays) for name, arrays in values.items()}})
    family.cases.append(case)


def op_derivatives() -> Family:
    family = Family("op-derivatives", "programs of one op, with JAX's first and second derivatives at ordinary points and in corners")
    jax.config.update("jax_enable_x64", True)
    try:
        for op, programs in PROGRAMS.items():
            for variant, program in programs:
                record(family, op, variant, program)
        for op, (function, args) in FAILING.items():
            try:
                jax.jvp(function, args, args)
            except Exception as error:  # noqa: BLE001 the class is the datum
                family.cases.append({"op": op, "id": f"{op} has no derivative", "text": lowered(function, args, None), "error": type(error).__name__})
            else:
                raise RuntimeError(f"{op} has a derivative")
    finally:
        jax.config.update("jax_enable_x64", False)
    return family


FAMILIES = [op_derivatives]
