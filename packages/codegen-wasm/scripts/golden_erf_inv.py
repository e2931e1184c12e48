"""Writes test/math/goldens/erf-inv-jax.json: JAX's erf_inv of uniform float32 and float64 draws, as bits.

    python3 packages/codegen-wasm/scripts/golden_erf_inv.py

Needs JAX (made with 0.10.2, on a CPU with fused multiply-add).
"""

import json
from pathlib import Path

import jax
import numpy as np

jax.config.update("jax_enable_x64", True)
OUT = Path(__file__).parent.parent / "test/math/goldens/erf-inv-jax.json"


def draws(dtype, bits):
    low = np.nextafter(np.array(-1, dtype), np.array(0, dtype), dtype=dtype)
    x = jax.random.uniform(jax.random.PRNGKey(0), (1500,), dtype, low, 1.0)
    y = jax.jit(jax.scipy.special.erfinv)(x)
    return {"x": np.asarray(x).tolist(), "bits": [str(b) for b in np.asarray(y).view(bits).tolist()]}


OUT.write_text(json.dumps({"float32": draws(np.float32, np.int32), "float64": draws(np.float64, np.int64)}) + "\n")
