"""Writes distributions.json beside the tests: JAX's initializers, truncated and lognormal draws, and scipy.stats.norm.

    python3 packages/tracer/test/oracle/generate_distributions.py        (made with JAX 0.10.2)
"""

import json
from pathlib import Path

import jax
import jax.numpy as jnp

KEY = jax.random.PRNGKey(3)
INIT = jax.nn.initializers
X = jnp.array([-3.0, -0.5, 0.0, 0.25, 2.0, 9.0])


def flat(x):
    return [float(v) for v in x.reshape(-1)]


cases = {name: INIT.__dict__[name]()(KEY, (3, 2)) for name in
         ("glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "lecun_normal", "lecun_uniform", "normal", "uniform", "truncated_normal")}
cases["glorot_uniform conv"] = INIT.glorot_uniform(in_axis=1, out_axis=0)(KEY, (2, 3, 2))
cases["normal 0.5"] = INIT.normal(0.5)(KEY, (4,))
cases["variance_scaling"] = INIT.variance_scaling(0.5, "fan_out", "normal")(KEY, (2, 3))
cases["random.truncated_normal"] = jax.random.truncated_normal(KEY, -0.5, 3, (40,))
cases["random.truncated_normal array"] = jax.random.truncated_normal(KEY, jnp.array([-1.0, 0.0]), 2.0)
cases["random.lognormal"] = jax.random.lognormal(KEY, 0.7, (9,))
for name in ("logpdf", "pdf", "cdf", "sf"):
    cases[f"norm.{name}"] = getattr(jax.scipy.stats.norm, name)(X, 0.5, 1.5)
OUT = Path(__file__).parent.parent / "goldens/distributions.json"
OUT.write_text(json.dumps({name: flat(x) for name, x in cases.items()}, indent=1) + "\n")
