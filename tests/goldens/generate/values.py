"""Input arrays. Everything here is deterministic; no value but those of the family "subnormals" is subnormal,
because XLA's CPU code flushes subnormals to zero and Fluxion does not."""

import ml_dtypes
import numpy as np

BF16 = ml_dtypes.bfloat16

# The dtypes that every elementwise function is tried with (x64 off).
DTYPES = ["bool", "int8", "int32", "uint8", "uint32", "float16", "bfloat16", "float32", "complex64"]
# Every dtype that exists with x64 off, for the tables of conversion and promotion.
ALL_DTYPES = ["bool", "int8", "int16", "int32", "uint8", "uint16", "uint32", "float16", "bfloat16", "float32", "complex64"]
X64_DTYPES = ["int64", "uint64", "float64", "complex128"]

FLOATS = [
    np.nan, np.inf, -np.inf, -0.0, 0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.5, 1.5, 3.5, 0.1, -0.75, 0.9375, 7.0, -3.0,
    10.5, -20.25, 100.0, -104.0, 1e-3, 1024.0, 60000.0,
]  # fmt: skip
WIDE_FLOATS = [1e10, -1e10, 3.4028235e38, -3.4028235e38, 1.1754944e-38, 1e-20]
COMPLEX = [
    0j, 1 + 0j, 1j, -1 + 0.5j, 1 + 1j, 2.5 - 3j, -0.5 - 0.25j, 0.1 + 0.2j, -3 + 4j, 0.75 - 2j, 10 + 1j, -0.5j, -2 + 0j, 1e-3 + 1e-3j,
]  # fmt: skip
INTEGERS = {
    "int8": [-128, -127, -100, -7, -3, -1, 0, 1, 2, 3, 8, 100, 127],
    "int16": [-32768, -300, -1, 0, 1, 2, 255, 32767],
    "int32": [-(2**31), -(2**31) + 1, -65537, -100, -7, -1, 0, 1, 2, 3, 31, 1000, 16777217, 2**31 - 1],
    "int64": [-(2**63), -(2**32) - 1, -7, -1, 0, 1, 2, 3, 2**31, 2**53 + 1, 2**63 - 1],
    "uint8": [0, 1, 2, 3, 7, 8, 100, 127, 128, 200, 255],
    "uint16": [0, 1, 2, 255, 256, 40000, 65535],
    "uint32": [0, 1, 2, 3, 7, 31, 100, 65537, 2**31, 2**32 - 1],
    "uint64": [0, 1, 2, 3, 7, 2**32, 2**53 + 1, 2**63, 2**64 - 1],
}  # fmt: skip


def dtype_of(name: str) -> np.dtype:
    return np.dtype(BF16) if name == "bfloat16" else np.dtype(name)


def array(values, name: str) -> np.ndarray:
    with np.errstate(over="ignore"):
        return np.array(values).astype(dtype_of(name))


def special(name: str) -> np.ndarray:
    """A vector of the values at which a function of this dtype is likely to go wrong."""
    if name == "bool":
        return np.array([False, True])
    if name in INTEGERS:
        return np.array(INTEGERS[name], dtype_of(name))
    if name.startswith("complex"):
        return np.array(COMPLEX, name)
    wide = WIDE_FLOATS if name in ("float32", "float64", "bfloat16") else []
    return array(FLOATS + wide, name)


def partner(name: str) -> np.ndarray:
    """A second operand for `special(name)`: the same values in another order, so that pairs differ."""
    first = special(name)
    step = {2: 1}.get(len(first), 5 if len(first) % 5 else 3)
    return first[(np.arange(len(first)) * step + 2) % len(first)]


def pairs(name: str):
    """Two equally long vectors: values against themselves and against two rotations of themselves."""
    first, second = special(name), partner(name)
    if name == "bool":
        return np.array([False, False, True, True]), np.array([False, True, False, True])
    return np.concatenate([first, first, first]), np.concatenate([first, second, np.roll(first, 7)])


def plain(name: str, shape, start: float = -1.5, step: float = 0.75) -> np.ndarray:
    """Small ordinary values of a shape: fractions for floats, small integers for integers."""
    n = int(np.prod(shape))
    k = np.arange(n)
    if name == "bool":
        return (k % 3 == 0).reshape(shape)
    if name.startswith("complex"):
        return (start + step * k + 1j * (0.5 - 0.25 * k)).astype(name).reshape(shape)
    if name.startswith("uint"):
        return ((k * 3 + 1) % 11).astype(name).reshape(shape)
    if name.startswith("int"):
        return ((k * 5) % 13 - 4).astype(name).reshape(shape)
    return array((start + step * k).reshape(shape), name)


def generator(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def normals(shape, seed: int, name: str = "float32") -> np.ndarray:
    """Sums of uniforms: bell-shaped and independent of NumPy's choice of sampler."""
    u = generator(seed).random((12, *shape)).sum(axis=0) - 6
    return array(u, name)


def log_spaced(low: float, high: float, n: int) -> np.ndarray:
    return np.exp2(np.linspace(np.log2(low), np.log2(high), n))
