"""A family of golden cases: each case calls JAX once and records what came back."""

import contextlib
import functools
import operator

import jax
import jax.numpy as jnp
import jax.scipy.special
import numpy as np

import encode
from encode import Function, TypedArray, camel, camel_path

NAMESPACES = {"jnp": jnp, "nn": jax.nn, "random": jax.random, "lax": jax.lax, "scipy": jax.scipy}

# Fluxion's operators are methods; Python's are the operators themselves.
OPERATORS = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv,
    "floor_div": operator.floordiv, "mod": operator.mod, "pow": operator.pow, "matmul": operator.matmul,
    "neg": operator.neg, "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le,
    "gt": operator.gt, "ge": operator.ge, "and": operator.and_, "or": operator.or_, "xor": operator.xor,
    "not": operator.invert,
}  # fmt: skip

# Printed forms of larger results would repeat the data; the family "printing" covers long arrays.
PRINTED_SIZE = 12

SHORT = {
    "bool": "b1", "int8": "i8", "int16": "i16", "int32": "i32", "int64": "i64", "uint8": "u8", "uint16": "u16",
    "uint32": "u32", "uint64": "u64", "float16": "f16", "bfloat16": "bf16", "float32": "f32", "float64": "f64",
    "complex64": "c64", "complex128": "c128",
}  # fmt: skip


def resolve(path: str):
    """The Python callable of a golden's `fn` (snake_case)."""
    head, _, name = path.partition(".")
    if path == "String":
        return repr  # JavaScript's String(x) is JAX's repr(x)
    if path == "jnp.array_str":  # jnp's own converts element by element; this is what str(x) shows
        return lambda x, **options: np.array_str(np.asarray(x), **options)
    if head == "x":
        return lambda receiver, *args, **kwargs: call_method(name, receiver, args, kwargs)
    return functools.reduce(getattr, name.split("."), NAMESPACES[head])


def call_method(name: str, receiver, args, kwargs):
    if name == "get":
        return receiver[tuple(args)]
    if name.startswith("at."):
        index, *rest = args
        return getattr(receiver.at[tuple(index)], name[3:])(*rest, **kwargs)
    if name in OPERATORS:
        return OPERATORS[name](receiver, *args)
    member = getattr(receiver, name)
    return member(*args, **kwargs) if callable(member) else member


def to_jax(value):
    """An argument as JAX takes it."""
    if isinstance(value, np.ndarray):
        converted = jnp.asarray(value)
        assert converted.dtype == value.dtype, f"{value.dtype} needs x64"
        return converted
    if isinstance(value, TypedArray):
        return value.array
    if isinstance(value, Function):
        return resolve(value.path)
    if isinstance(value, (list, tuple)):
        return type(value)(to_jax(item) for item in value)
    return value


def label(value) -> str:
    if isinstance(value, TypedArray):
        return value.name
    if isinstance(value, Function):
        return value.path
    if encode.is_key(value):
        return f"key{list(value.shape)}"
    if isinstance(value, (np.ndarray, jax.Array)):
        weak = "~" if getattr(value, "weak_type", False) else ""
        return f"{weak}{SHORT[str(value.dtype)]}[{','.join(map(str, value.shape))}]"
    if isinstance(value, slice):
        return encode.slice_text(value)
    if value is Ellipsis:
        return "..."
    if isinstance(value, (list, tuple)):
        return f"[{','.join(map(label, value))}]"
    return {"None": "null", "True": "true", "False": "false"}.get(repr(value), repr(value))


def describe(fn: str, args, kwargs) -> str:
    parts = [label(a) for a in args] + [f"{camel(k)}={label(v)}" for k, v in kwargs.items()]
    return f"{camel_path(fn)}({', '.join(parts)})"


def expectation(result) -> dict:
    """What one leaf of the result has to be."""
    if encode.is_key(result):
        data = np.asarray(jax.random.key_data(result))
        return {"dtype": str(result.dtype), "shape": list(result.shape), "data": encode.encode_data(data), "str": repr(result)}
    if isinstance(result, (jax.Array, np.ndarray, np.generic)):
        array = np.asarray(result)
        out = encode.encode_array(array, bool(getattr(result, "weak_type", False)))
        if array.size <= PRINTED_SIZE:
            out["str"] = repr(result)
        return out
    return {"value": encode.encode_value(result, {})}


def leaves(result):
    is_plain = lambda r: isinstance(r, tuple) and bool(r) and all(isinstance(v, int) for v in r)  # noqa: E731
    if isinstance(result, (tuple, list)) and not is_plain(result):
        return [leaf for item in result for leaf in leaves(item)]
    return [result]


class Family:
    """The cases of one data file. Identifiers are the call itself, numbered where it repeats."""

    def __init__(self, name: str, about: str):
        self.name, self.about = name, about
        self.inputs, self.cases, self._names, self._seen = {}, [], {}, {}
        self._keep, self._x64 = [], False

    def input(self, name: str, array: np.ndarray) -> np.ndarray:
        """Put an array into the table of shared inputs, so that cases refer to it by name."""
        self.inputs[name] = encode.encode_array(array)
        self._names[id(array)] = name
        self._keep.append(array)  # ids stay unique only while the arrays live
        return array

    @contextlib.contextmanager
    def x64(self):
        """Cases made inside run with 64-bit types enabled."""
        jax.config.update("jax_enable_x64", True)
        self._x64 = True
        try:
            yield
        finally:
            jax.config.update("jax_enable_x64", False)
            self._x64 = False

    def case(self, fn: str, *args, _ref=None, _tol=None, _data=None, _may_fail=False, **kwargs):
        """Record one call. `_ref`: float64 true values, `_tol`: absolute bounds, both per result leaf, None for none;
        `_data`: the values to expect where they are not JAX's."""
        entry = self._entry(fn, args, kwargs)
        try:
            result = resolve(fn)(*map(to_jax, args), **{k: to_jax(v) for k, v in kwargs.items()})
        except (TypeError, ValueError) as error:
            if not _may_fail:
                raise RuntimeError(f"{entry['id']} failed") from error
            entry["expect"] = [{"error": type(error).__name__}]
            self.cases.append(entry)
            return None
        entry["expect"] = [expectation(leaf) for leaf in leaves(result)]
        self._attach(entry["expect"], _ref, _tol, _data)
        self.cases.append(entry)
        return result

    def annotate(self, ref, tol, data=None):
        """Attach true values and absolute bounds, or other values to expect, to the case recorded last."""
        self._attach(self.cases[-1]["expect"], ref, tol, data)

    def error(self, fn: str, phrase: str, *args, **kwargs):
        """Record a call that JAX refuses; `phrase` is the part of the text that Fluxion keeps, "" for none."""
        entry = self._entry(fn, args, kwargs)
        try:
            resolve(fn)(*map(to_jax, args), **{k: to_jax(v) for k, v in kwargs.items()})
        except Exception as error:  # noqa: BLE001 the class is the datum
            assert phrase in str(error), f"{entry['id']}: {error}"
            entry["expect"] = [{"error": type(error).__name__} | ({"phrase": phrase} if phrase else {})]
            self.cases.append(entry)
            return
        raise RuntimeError(f"{entry['id']} did not fail")

    def _entry(self, fn, args, kwargs) -> dict:
        text = describe(fn, args, kwargs) + (" x64" if self._x64 else "")
        self._seen[text] = self._seen.get(text, 0) + 1
        entry = {"id": text if self._seen[text] == 1 else f"{text} #{self._seen[text]}", "fn": camel_path(fn)}
        entry["args"] = [encode.encode_value(a, self._names) for a in args]
        if kwargs:
            entry["kwargs"] = {camel(k): encode.encode_value(v, self._names) for k, v in kwargs.items()}
        if self._x64:
            entry["x64"] = True
        return entry

    @staticmethod
    def _attach(expect, ref, tol, data):
        for name, values in (("ref", ref), ("tol", tol), ("data", data)):
            for leaf, value in zip(expect, values or []):
                if value is None:
                    continue
                array = np.asarray(value) if name == "data" else np.asarray(value, np.complex128 if np.iscomplexobj(value) else np.float64)
                assert list(array.shape) == leaf["shape"], (name, array.shape, leaf["shape"])
                if name == "data":
                    assert str(array.dtype) == leaf["dtype"], (array.dtype, leaf["dtype"])
                    leaf.pop("str", None)
                leaf[name] = encode.encode_data(array if name != "tol" else encode.short_bounds(array))

    def to_json(self) -> str:
        head = encode.dumps({"family": self.name, "about": self.about, "jax": jax.__version__})
        inputs = ",\n".join(f"{encode.dumps(k)}:{encode.dumps(v)}" for k, v in self.inputs.items())
        cases = ",\n".join(encode.dumps(c) for c in self.cases)
        return f'{head[:-1]},\n"inputs":{{\n{inputs}\n}},\n"cases":[\n{cases}\n]}}\n'
