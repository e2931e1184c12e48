"""Prints JAX's milliseconds of compiling the step of an MLP, and the gradient of a long chain; see ../compile-times.ts."""

import time

import jax
import jax.numpy as jnp

jax.config.update("jax_platforms", "cpu")
SIZES, BATCH = [784, 512, 512, 10], 128


def loss(parameters, x, y):
    h, last = x, len(parameters) - 2
    for i in range(0, len(parameters), 2):
        h = h @ parameters[i] + parameters[i + 1]
        h = jax.nn.relu(h) if i < last else h
    return -jnp.mean(jnp.sum(jax.nn.log_softmax(h) * y, -1))


def step(parameters, x, y):
    value, gradients = jax.value_and_grad(loss)(parameters, x, y)
    return [p - 0.01 * g for p, g in zip(parameters, gradients)], value


def chain(x):
    y = x
    for _ in range(500):
        y = (jnp.sin(y) * 1.01 + 0.1) * x
    return jnp.sum(y)


def timed(compile):
    begin = time.perf_counter()
    compile()
    return (time.perf_counter() - begin) * 1e3


jax.jit(lambda v: v + 1)(jnp.zeros(8)).block_until_ready()
parameters = [jnp.zeros(s) for m, n in zip(SIZES, SIZES[1:]) for s in ((m, n), (n,))]
x, y, v = jnp.zeros((BATCH, SIZES[0])), jnp.zeros((BATCH, SIZES[3])), jnp.ones(1000)
of_step = timed(lambda: jax.jit(step, donate_argnums=0).lower(parameters, x, y).compile())
of_chain = timed(lambda: jax.jit(jax.grad(chain)).lower(v).compile())
print(of_step, of_chain)
