"""Runs StableHLO modules with XLA on the CPU: python3 run_stablehlo.py IN.jsonl OUT.jsonl

A line of the input is {"text": module, "inputs": [{"dtype": NumPy's name, "shape": [...], "data": base64}]}; the line of
the output is {"outputs": [base64, ...]} or {"error": message}. Bytes are little-endian and row-major. Needs jaxlib.
"""

import base64
import json
import sys

import jax
import numpy as np
from jax._src.lib import xla_client

jax.config.update("jax_enable_x64", True)
DEVICE = jax.devices("cpu")[0]


def array_of(value: dict):
    dtype = jax.numpy.dtype(value["dtype"])
    data = np.frombuffer(base64.b64decode(value["data"]), dtype)
    return jax.device_put(data.reshape(value["shape"]), DEVICE)


def run(case: dict) -> dict:
    devices = xla_client.DeviceList((DEVICE,))
    try:
        executable = DEVICE.client.compile_and_load(case["text"], devices, xla_client.CompileOptions())
        results = executable.execute_sharded([array_of(value) for value in case["inputs"]])
    except jax.errors.JaxRuntimeError as error:
        return {"error": str(error)}
    arrays = [np.asarray(shards[0]) for shards in results.disassemble_into_single_device_arrays()]
    return {"outputs": [base64.b64encode(np.ascontiguousarray(a).tobytes()).decode() for a in arrays]}


def main(source: str, target: str) -> None:
    with open(source, encoding="utf-8") as lines, open(target, "w", encoding="utf-8") as out:
        for line in lines:
            out.write(json.dumps(run(json.loads(line))) + "\n")
            out.flush()  # XLA may abort the process on the next module


if __name__ == "__main__":
    main(*sys.argv[1:])
