"""Writes ../goldens/elementwise.json: every elementwise op on every dtype, as XLA on the CPU computes it.

python3 elementwise_goldens.py. Operands are shared: those of a unary op are `values[dtype]`, those of a binary op all
pairs of the first PAIRS values. Results are base64 of little-endian bytes. Needs jaxlib.
"""

import base64
import json
import pathlib

import jax
import numpy as np
from run_stablehlo import run

TARGET = pathlib.Path(__file__).parent.parent / "goldens" / "elementwise.json"
PAIRS = 13

MLIR = {
    "bool": "i1", "int8": "i8", "int16": "i16", "int32": "i32", "int64": "i64", "uint8": "ui8", "uint16": "ui16",
    "uint32": "ui32", "uint64": "ui64", "float16": "f16", "bfloat16": "bf16", "float32": "f32", "float64": "f64",
    "complex64": "complex<f32>", "complex128": "complex<f64>",
}  # fmt: skip
SIGNED = ["int8", "int16", "int32", "int64"]
UNSIGNED = ["uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float16", "bfloat16", "float32", "float64"]
COMPLEX = ["complex64", "complex128"]
INTS = SIGNED + UNSIGNED
EVERY = ["bool", *INTS, *FLOATS, *COMPLEX]

NAN, INF = float("nan"), float("inf")
# The first PAIRS of them meet each other in binary ops.
FLOAT_VALUES = [0.0, -0.0, 1.0, -1.0, NAN, INF, -INF, 0.5, -2.5, 3.0, 1.5, -0.75, 7.25,
                0.001, -0.001, 0.3, -0.3, 0.9, -0.9, 0.999, 1.001, 2.0, -2.0, -3.0, -3.5, 2.5, -0.5, 10.0, -10.0, 20.0,
                -20.0, 85.0, -85.0, 100.0, -100.0, 1000.0, -1000.0, 3.14159265, 1.5707963, 1e-4, 1e4, 4.5, 5.5]  # fmt: skip
COMPLEX_VALUES = [1 + 2j, -1.5 + 0.5j, 0.25 - 0.75j, -2 - 1j, complex(0, 0), complex(1, 0), complex(-1, 0), 3 + 4j, 0.5j, -2j,
                  0.75 + 0.1j, -0.3 + 0.2j, complex(-2, -0.0), complex(2, 0), complex(2, -0.0), complex(-0.5, 0), 5 - 3j, 10 + 1j,
                  1e-3 + 1e-3j, -1e-3 + 1j, 0.999 + 0.01j, -20 + 2j, 30 - 1j]  # fmt: skip


def integers(dtype: str) -> np.ndarray:
    info = np.iinfo(dtype)
    near = [0, 1, 2, 3, 7, 8, info.max, info.min, info.max - 1, info.bits, info.bits - 1, info.bits + 1, 31]
    signed = [-1, -2, -3, -7, -8, -31, info.min + 1] if info.min < 0 else []
    # Signed types meet -1, -2 and -7 among the pairs.
    if signed:
        near[4:6] = [-1, -7]
        near[12] = -2
    return np.array([*near, 100, 64, 5, *signed], dtype)


def values(dtype: str) -> np.ndarray:
    if dtype == "bool":
        return np.array([False, True])
    if dtype in INTS:
        return integers(dtype)
    return np.array(COMPLEX_VALUES if dtype in COMPLEX else FLOAT_VALUES).astype(jax.numpy.dtype(dtype))


UNARY = {
    "abs": SIGNED + FLOATS + COMPLEX, "negate": INTS + FLOATS + COMPLEX, "sign": SIGNED + FLOATS + COMPLEX,
    "not": ["bool", *INTS], "popcnt": INTS, "count_leading_zeros": INTS, "is_finite": FLOATS, "real": FLOATS + COMPLEX,
    "imag": FLOATS + COMPLEX, "ceil": FLOATS, "floor": FLOATS, "round_nearest_afz": FLOATS, "round_nearest_even": FLOATS,
    **{name: FLOATS + COMPLEX for name in (
        "sqrt", "rsqrt", "cbrt", "exponential", "exponential_minus_one", "log", "log_plus_one", "logistic", "sine",
        "cosine", "tan", "tanh", "chlo.acos", "chlo.acosh", "chlo.asin", "chlo.asinh", "chlo.atan", "chlo.atanh",
        "chlo.cosh", "chlo.sinh", "chlo.conj", "chlo.square")},
    **{name: FLOATS for name in (
        "chlo.bessel_i1e", "chlo.digamma", "chlo.erf", "chlo.erfc", "chlo.erf_inv", "chlo.lgamma", "chlo.is_inf",
        "chlo.is_pos_inf", "chlo.is_neg_inf")},
}  # fmt: skip
BINARY = {
    **{name: INTS + FLOATS + COMPLEX for name in ("add", "subtract", "multiply", "divide", "maximum", "minimum", "power")},
    "remainder": INTS + FLOATS, "atan2": FLOATS + COMPLEX, "complex": ["float32", "float64"],
    **{name: ["bool", *INTS] for name in ("and", "or", "xor")},
    **{name: INTS for name in ("shift_left", "shift_right_arithmetic", "shift_right_logical")},
    **{name: FLOATS for name in ("chlo.next_after", "chlo.polygamma", "chlo.zeta")},
}  # fmt: skip
TO_PART = {"complex64": "float32", "complex128": "float64"}
TO_BOOL = {"is_finite", "chlo.is_inf", "chlo.is_pos_inf", "chlo.is_neg_inf", "compare"}


def result_of(op: str, dtype: str) -> str:
    if op in TO_BOOL:
        return "bool"
    if op in ("abs", "real", "imag"):
        return TO_PART.get(dtype, dtype)
    if op == "complex":
        return {"float32": "complex64", "float64": "complex128"}[dtype]
    return dtype


def apply(op: str, operands: list[np.ndarray], result: str, attributes: str = "") -> str | None:
    """Base64 of XLA's result; None when XLA has no such op for the dtype."""
    name = op if "." in op else f"stablehlo.{op}"
    types = [f"tensor<{len(a)}x{MLIR[str(a.dtype)]}>" for a in operands]
    arguments = ", ".join(f"%{i}: {t}" for i, t in enumerate(types))
    uses = ", ".join(f"%{i}" for i in range(len(operands)))
    out = f"tensor<{len(operands[0])}x{MLIR[result]}>"
    text = f"""func.func @main({arguments}) -> {out} {{
      %r = "{name}"({uses}) {attributes} : ({", ".join(types)}) -> {out}
      return %r : {out}
    }}"""
    inputs = [{"dtype": str(a.dtype), "shape": list(a.shape), "data": encode(a)} for a in operands]
    answer = run({"text": text, "inputs": inputs})
    if "error" in answer:
        print(op, operands[0].dtype, answer["error"][:200])
        return None
    return answer["outputs"][0]


def encode(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def pairs(dtype: str) -> list[np.ndarray]:
    some = values(dtype)[:PAIRS]
    return [np.repeat(some, len(some)), np.tile(some, len(some))]


def cases():
    for op, dtypes in UNARY.items():
        for dtype in dtypes:
            yield {"op": op, "dtype": dtype}, [values(dtype)], result_of(op, dtype), ""
    for op, dtypes in BINARY.items():
        for dtype in dtypes:
            yield {"op": op, "dtype": dtype}, pairs(dtype), result_of(op, dtype), ""
    for source in EVERY:
        for target in EVERY:
            if source != target:
                yield {"op": "convert", "dtype": source, "to": target}, [values(source)], target, ""
    for direction in ("EQ", "NE", "GE", "GT", "LE", "LT"):
        for dtype in EVERY:
            if dtype in COMPLEX and direction not in ("EQ", "NE"):
                continue
            kinds = ["FLOAT", "TOTALORDER"] if dtype in FLOATS else ["FLOAT"] if dtype in COMPLEX else ["SIGNED" if dtype in SIGNED else "UNSIGNED"]
            for kind in kinds:
                attributes = f"<{{comparison_direction = #stablehlo<comparison_direction {direction}>, compare_type = #stablehlo<comparison_type {kind}>}}>"
                yield {"op": "compare", "dtype": dtype, "direction": direction, "kind": kind}, pairs(dtype), "bool", attributes
    for dtype in FLOATS:
        for exponent, mantissa in ((8, 7), (5, 10), (4, 3), (8, 23), (2, 1)):
            attributes = f"<{{exponent_bits = {exponent} : i32, mantissa_bits = {mantissa} : i32}}>"
            yield {"op": "reduce_precision", "dtype": dtype, "exponent": exponent, "mantissa": mantissa}, [values(dtype)], dtype, attributes


def main():
    lines = []
    for head, operands, result, attributes in cases():
        answer = apply(head["op"], operands, result, attributes)
        if answer is not None:
            lines.append(json.dumps({**head, "result": result, "data": answer}))
    shared = json.dumps({dtype: encode(values(dtype)) for dtype in EVERY})
    body = ",\n".join(lines)
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(f'{{"jax":"{jax.__version__}","pairs":{PAIRS},"values":{shared},\n"cases":[\n{body}\n]}}\n')
    print(f"{len(lines)} cases in {TARGET.name}")


if __name__ == "__main__":
    main()
