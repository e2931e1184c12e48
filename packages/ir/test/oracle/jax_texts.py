"""Writes ../goldens/jax/NAME.mlir: text forms that JAX and MLIR print. python3 jax_texts.py (needs jax)"""

import os
import pathlib

os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=4"

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
from jax import lax  # noqa: E402
from jax.sharding import Mesh, NamedSharding  # noqa: E402
from jax.sharding import PartitionSpec as P  # noqa: E402

jax.config.update("jax_enable_x64", True)
TARGET = pathlib.Path(__file__).parent.parent / "goldens" / "jax"
f32 = jnp.float32
X = jnp.linspace(-1, 1, 12, dtype=f32).reshape(3, 4)


def many_ops(x):
    z = lax.complex(x, x)
    return (
        lax.erf_inv(x), lax.polygamma(x, x), lax.nextafter(x, x), lax.reduce_precision(x, 8, 10), lax.abs(z), lax.exp(x),
        lax.is_finite(x), lax.clamp(f32(0), x, f32(1)), lax.optimization_barrier((x, x)), jnp.square(x), lax.digamma(x),
        lax.slice(x, (0, 1), (3, 4), (1, 2)), lax.rev(x, (0,)), lax.pad(x, f32(0), ((1, -1, 0), (0, 0, 1))), x @ x.T,
        jnp.einsum("ij,ij->i", x, x), lax.select(x > 0, x, x), x.astype(jnp.int8), jnp.concatenate([x, x]),
        lax.bitcast_convert_type(x, jnp.uint16), lax.iota(f32, 3), lax.tan(x), lax.cbrt(x), jnp.argmax(x, 1), jnp.sum(x),
        lax.dynamic_slice(x, (0, 1), (1, 2)), lax.dynamic_update_slice(x, x[:1], (2, 0)), lax.real(z), lax.imag(z),
        lax.population_count(lax.bitcast_convert_type(x, jnp.uint32)), jnp.sign(x), x**2.5, lax.rsqrt(x),
    )  # fmt: skip


def control_flow(x, i):
    y = lax.fori_loop(0, 5, lambda k, c: c * 0.5 + k, x)
    y = lax.cond(i > 0, lambda: y, lambda: -x)
    y = lax.switch(i, [lambda v: v, jnp.sin, lambda v: v + x], y)
    _, ys = lax.scan(lambda c, v: (c + v, c * v), x[0], x)
    return lax.while_loop(lambda c: jnp.sum(c) < 100, lambda c: c * 2 + 1, jnp.abs(y)), ys


def constants():
    rng = np.random.default_rng(0)
    return (
        jnp.array([np.nan, np.inf, -np.inf, 1e-45, 0.1, -0.0], f32), jnp.array([np.nan, 0.1, 3e38], jnp.bfloat16),
        jnp.array([1 + 2j, np.nan * 1j, -0.5]), jnp.array([True, False]), jnp.zeros((0, 3)), jnp.array(7, jnp.uint64),
        jnp.asarray(rng.integers(-128, 128, (15, 10)), jnp.int8), jnp.asarray(rng.normal(size=(5, 25)), f32),
        jnp.asarray(rng.integers(0, 2, 120).astype(bool)), jnp.asarray(rng.normal(size=(60,)) + 1j),
        jnp.asarray(rng.normal(size=(120,)), jnp.float16), jnp.full((200,), 2**63 + 1, jnp.uint64), jnp.array([[1, 2], [3, 4]]),
        jnp.array([-(2**63), 2**63 - 1]), jnp.array([1e300, 5e-324]), jnp.array([], jnp.int32),
    )  # fmt: skip


def sharded():
    mesh = Mesh(np.array(jax.devices()).reshape(2, 2), ("x", "y"))
    place = NamedSharding(mesh, P("x", "y"))

    def f(a):
        return lax.with_sharding_constraint(jnp.sin(a) * 2, NamedSharding(mesh, P("x", None)))

    return jax.jit(f, in_shardings=place, out_shardings=place).lower(jnp.ones((4, 4), f32))


def write(name: str, text: str) -> None:
    (TARGET / f"{name}.mlir").write_text(text)


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    lowered = {
        "many_ops": jax.jit(many_ops).lower(X),
        "control_flow": jax.jit(control_flow).lower(X, 1),
        "constants": jax.jit(constants).lower(),
        "lambda": jax.jit(lambda v: jnp.where(v > 0, v, 0.0)).lower(X),
        "sharded": sharded(),
    }
    for name, module in lowered.items():
        write(name, module.as_text())
        generic = module.compiler_ir("stablehlo").operation.get_asm(print_generic_op_form=True)
        write(f"{name}.generic", generic)
    located = jax.jit(control_flow).lower(X, 1).as_text(debug_info=True)
    # The paths of this machine are of no use to a reader.
    write("control_flow.located", located.replace(str(pathlib.Path(__file__).parent), "/src"))


if __name__ == "__main__":
    main()
