"""How Python values become the JSON of a golden file (the format is described in ../README.md)."""

import base64
import json
import math

import jax
import ml_dtypes
import numpy as np

BFLOAT16 = np.dtype(ml_dtypes.bfloat16)


def camel(name: str) -> str:
    """`keep_dims` -> `keepDims`; a leading or trailing underscore and names without one stay as they are."""
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] or "_" for part in rest)


def camel_path(path: str) -> str:
    return ".".join(camel(part) for part in path.split("."))


def finite_json(x: float):
    """A float that JSON cannot hold exactly as a number becomes a string."""
    if math.isnan(x):
        return "nan"
    if math.isinf(x):
        return "inf" if x > 0 else "-inf"
    if x == 0 and math.copysign(1, x) < 0:
        return "-0"
    return int(x) if x == int(x) and abs(x) < 2**53 else x


def element_list(array: np.ndarray):
    """Row-major elements as JSON values, or None where JSON numbers do not hold them exactly."""
    flat = array.reshape(-1)
    if array.dtype == np.bool_:
        return [int(v) for v in flat]
    if array.dtype.kind in "iu":
        values = [int(v) for v in flat]
        return values if all(abs(v) < 2**53 for v in values) else None
    if array.dtype.kind == "c":
        parts = flat.view(np.float32 if array.dtype == np.complex64 else np.float64)
        return [finite_json(float(v)) for v in parts]
    return [finite_json(float(v)) for v in flat]


def short_bounds(array: np.ndarray) -> np.ndarray:
    """Bounds rounded up to three significant digits, which print short."""
    def shorten(v: float) -> float:
        return 0.0 if v == 0 else float(f"{v * 1.005:.2e}")

    return np.array([shorten(float(v)) for v in array.reshape(-1)], np.float64).reshape(array.shape)


def encode_data(array: np.ndarray):
    """Elements as a JSON list when that is the shorter text, else base64 of the little-endian bytes."""
    raw = np.ascontiguousarray(array)
    as_bytes = base64.b64encode(raw.tobytes()).decode()
    as_list = element_list(raw) if array.size <= 4096 else None
    if as_list is not None and len(dumps(as_list)) <= max(len(as_bytes) + 2, 24):
        return as_list
    return as_bytes


def encode_array(array: np.ndarray, weak: bool = False):
    out = {"dtype": str(array.dtype), "shape": list(array.shape), "data": encode_data(array)}
    if weak:
        out["weak"] = True
    return out


def is_key(value) -> bool:
    return isinstance(value, jax.Array) and jax.dtypes.issubdtype(value.dtype, jax.dtypes.prng_key)


def slice_text(s: slice) -> str:
    text = ":".join("" if part is None else str(part) for part in (s.start, s.stop))
    return text if s.step is None else f"{text}:{s.step}"


class TypedArray:
    """A JavaScript typed array as an argument: `TypedArray("Float32Array", np_array)`."""

    def __init__(self, name: str, array: np.ndarray):
        self.name, self.array = name, array


class Function:
    """A function of the namespaces as an argument, for `at[...].apply`: `Function("jnp.negative")`."""

    def __init__(self, path: str):
        self.path = path


def encode_float(value: float):
    """A number that JavaScript would take for an integer is marked, so that it stays a weak float."""
    return value if math.isfinite(value) and value != int(value) else {"float": finite_json(value)}


def encode_value(value, names: dict):
    """Any argument; `names` maps id(array) to the name it has in the family's table of shared inputs."""
    if id(value) in names:
        return {"$": names[id(value)]}
    if isinstance(value, TypedArray):
        return {"typed": value.name, "data": [str(v) if v.dtype.itemsize == 8 and v.dtype.kind in "iu" else finite_json(float(v)) for v in value.array]}
    if isinstance(value, Function):
        return {"function": camel_path(value.path)}
    if is_key(value):
        return {"key": encode_array(np.asarray(jax.random.key_data(value)))}
    if isinstance(value, np.ndarray):
        return encode_array(value)
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else {"bigint": str(value)}
    if isinstance(value, float):
        return encode_float(value)
    if isinstance(value, complex):
        return {"complex": [finite_json(value.real), finite_json(value.imag)]}
    if value is Ellipsis:
        return "..."
    if isinstance(value, slice):
        return slice_text(value)
    if isinstance(value, (list, tuple)):
        return [encode_value(item, names) for item in value]
    raise TypeError(f"no JSON form for {type(value).__name__}: {value!r}")


def dumps(value) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
