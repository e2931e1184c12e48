"""Random arrays as NumPy prints them: `python3 generate_print.py > ../goldens/print.json`. Needs numpy and ml_dtypes."""

import base64
import json
import sys

import ml_dtypes
import numpy as np

rng = np.random.default_rng(7)
DTYPES = ["float16", "float32", "float64", "complex64", "complex128", "int8", "int32", "int64", "uint64", "bool", "bfloat16"]


def floats(size):
    """Numbers of one of the kinds that print differently: round ones, powers of two, ties, extremes."""
    kind = rng.integers(6)
    if kind == 0:
        values = rng.integers(0, 2**16, size).astype(np.float64) / 2.0 ** rng.integers(0, 16)
    elif kind == 1:
        values = rng.normal(size=size) * 10.0 ** rng.integers(-10, 10)
    elif kind == 2:
        values = np.ldexp(1.0, rng.integers(-140, 127, size))
    elif kind == 3:
        values = rng.normal(size=size) * 10.0 ** rng.integers(-30, 30, size)
    elif kind == 4:
        values = np.round(rng.normal(size=size) * 10.0 ** rng.integers(0, 6), rng.integers(0, 5))
    else:
        values = rng.integers(0, 5000, size) / 512.0
    if rng.random() < 0.15:
        values[rng.integers(size)] = np.nan
    if rng.random() < 0.15:
        values[rng.integers(size)] = -np.inf
    return -values if rng.random() < 0.1 else values


def elements(dtype, size):
    if dtype.startswith("complex"):
        return (floats(size) + 1j * floats(size)).astype(dtype)
    if "float" in dtype:
        return floats(size).astype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)
    if dtype == "bool":
        return rng.random(size) < 0.5
    info = np.iinfo(dtype)
    return (rng.normal(size=size) * 10.0 ** rng.integers(0, 20)).clip(info.min, info.max * 0.99).astype(dtype)


def case():
    dtype = DTYPES[rng.integers(len(DTYPES))]
    shape = tuple(int(rng.choice([1, 2, 3, 5, 9])) for _ in range(rng.integers(0, 4)))
    x = elements(dtype, int(np.prod(shape))).reshape(shape)
    options = {}
    if rng.random() < 0.4:
        options = {"precision": int(rng.integers(0, 12)), "suppress_small": bool(rng.random() < 0.5), "max_line_width": int(rng.integers(20, 120))}
    camel = {"precision": "precision", "suppress_small": "suppressSmall", "max_line_width": "maxLineWidth"}
    return {
        "dtype": dtype,
        "shape": shape,
        "data": base64.b64encode(x.tobytes()).decode(),
        "options": {camel[k]: v for k, v in options.items()},
        "str": np.array_str(x, **options),
        "inside": np.array2string(x, prefix="Array(", suffix=",", separator=", ", **options),
    }


with np.errstate(all="ignore"):
    cases = [json.dumps(case()) for _ in range(250)]
sys.stdout.write("[\n" + ",\n".join(cases) + "\n]\n")
