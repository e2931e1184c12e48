"""Runs programs in JAX and writes what they give, or how they refuse, as JSON that golden-programs.ts reads."""

import json

import jax
import jax.numpy as jnp


def leaf(x):
    x = jnp.asarray(x)
    return {"dtype": str(x.dtype), "weak": bool(x.weak_type), "shape": list(x.shape), "data": x.reshape(-1).tolist()}


def result(name, run):
    try:
        return [leaf(x) for x in jax.tree.leaves(run())]
    except Exception as error:
        raise AssertionError(name) from error


def refusal(name, run):
    try:
        run()
    except Exception as error:
        return {"class": type(error).__name__, "text": str(error).split("\n")[0]}
    raise AssertionError(f"{name} gave a result")


def block(entries):
    return "{\n" + ",\n".join(f" {json.dumps(name)}: {json.dumps(value)}" for name, value in entries.items()) + "\n}"


def write(path, programs, errors):
    values = {name: result(name, run) for name, run in programs.items()}
    refusals = {name: refusal(name, run) for name, run in errors.items()}
    path.write_text('{"values": ' + block(values) + ',\n"errors": ' + block(refusals) + "}\n")
