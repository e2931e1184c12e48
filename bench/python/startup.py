"""Prints the milliseconds of importing JAX and of the first call of jitted SELU; see ../startup.ts."""

import time

begin = time.perf_counter()
import jax
import jax.numpy as jnp

importing = time.perf_counter() - begin
jax.config.update("jax_platforms", "cpu")
jax.jit(lambda v: v + 1)(jnp.zeros(8)).block_until_ready()
x = jnp.linspace(-3, 3, 1_000_000).block_until_ready()
selu = jax.jit(lambda v: 1.05 * jnp.where(v > 0, v, 1.67 * jnp.exp(v) - 1.67))
call = time.perf_counter()
selu(x).block_until_ready()
print(importing * 1e3, (time.perf_counter() - call) * 1e3)
