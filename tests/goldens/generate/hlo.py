"""StableHLO text as JAX writes it for small functions, with arguments and results, to be parsed and run."""

import jax
import numpy as np

import encode
from cases import Family, leaves, to_jax
from programs import INDEXED, PLAIN


def program(family: Family, name: str, function, arguments, units: int):
    def wrapped(*args):
        return function(*args)

    wrapped.__name__ = wrapped.__qualname__ = name
    jitted = jax.jit(wrapped)
    args = [to_jax(a) for a in arguments]
    results = [np.asarray(r) for r in leaves(jitted(*args))]
    family.cases.append({
        "id": name, "args": [encode.encode_array(a) for a in arguments], "units": units,
        "results": [encode.encode_array(r) for r in results], "text": jitted.lower(*args).as_text(),
    })  # fmt: skip


def collect(name: str, about: str, programs) -> Family:
    family = Family(name, about)
    for title, (function, arguments, units) in programs.items():
        program(family, title, function, arguments, units)
    return family


def stablehlo() -> Family:
    return collect("stablehlo", "jax.jit(f).lower(...).as_text() of small functions, with arguments and results", PLAIN)


def stablehlo_indexed() -> Family:
    return collect("stablehlo-indexed", "the same for programs with gather, scatter, sort or reduce_window", INDEXED)


FAMILIES = [stablehlo, stablehlo_indexed]
