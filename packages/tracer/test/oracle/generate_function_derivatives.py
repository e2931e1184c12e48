"""Writes function_derivatives.json beside the tests: what JAX gives for derivatives of its nn and special functions.

    python3 packages/tracer/test/oracle/generate_function_derivatives.py        (made with JAX 0.10.2)

Each case has the gradient of the sum of the results by every argument, and that of the sum of the first gradient by the first
argument. Points hold the corners: bends, ties, zeros, infinities, NaN.
"""

import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from jax import nn
from jax.scipy import special

jax.config.update("jax_enable_x64", True)
INF, NAN = np.inf, np.nan
LINE = [-8.0, -3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0, 6.0, 8.0]
UNIT = [0.0, 0.125, 0.5, 0.75, 1.0]
LEFT = [0.0, 0.0, 0.0, 0.5, 2.0, 2.0]
RIGHT = [0.0, 1.0, 0.5, 0.0, 2.0, 0.25]
PAIRS = ([0.0, 1.5, 1.5, -2.0, INF, -INF, INF, NAN], [0.0, 1.5, -1.0, 3.0, 1.0, 1.0, INF, 0.0])
ROW = [1.0, 3.0, 3.0, -2.0]
WEIGHTS = jnp.array([1.0, 2.0, -3.0, 0.5], jnp.float64)
MASK = jnp.array([True, False, True, True])


def weighted(f):
    return lambda x: f(x) * WEIGHTS


activations = ["relu", "relu6", "sigmoid", "softplus", "log_sigmoid", "silu", "mish", "soft_sign", "sparse_plus", "sparse_sigmoid",
               "hard_tanh", "hard_sigmoid", "hard_silu", "squareplus", "elu", "celu", "leaky_relu", "selu", "gelu", "glu"]
cases = {name: (getattr(nn, name), [LINE]) for name in activations}
cases["gelu exact"] = (lambda x: nn.gelu(x, approximate=False), [LINE])
cases["log1mexp"] = (nn.log1mexp, [[0.125, 0.5, 0.75, 3.0]])
cases["softmax"] = (weighted(nn.softmax), [ROW])
cases["softmax where"] = (weighted(lambda x: nn.softmax(x, where=MASK)), [ROW])
cases["log_softmax"] = (weighted(nn.log_softmax), [ROW])
cases["logsumexp"] = (nn.logsumexp, [ROW])
cases["logsumexp -inf"] = (nn.logsumexp, [[-INF, 0.0, 1.0]])
cases["standardize"] = (weighted(nn.standardize), [ROW])
cases["logaddexp"] = (jnp.logaddexp, PAIRS)
cases["logaddexp2"] = (jnp.logaddexp2, PAIRS)
cases["sinc"] = (jnp.sinc, [[-1.5, 0.0, 0.25, 1.0]])
cases["sinc''"] = (lambda x: jax.grad(lambda y: jax.grad(lambda z: jnp.sinc(z).sum())(y).sum())(x), [[0.0, 0.5]])
cases["i0"] = (jnp.i0, [[-1.0, 0.0, 2.0]])
cases["hypot"] = (jnp.hypot, [[3.0, 1.0], [4.0, 2.0]])
cases["frexp"] = (lambda x: jnp.frexp(x)[0], [[-3.0, 0.0, 0.5, 10.0]])
unary = {"erf": LINE, "erfc": LINE, "erfinv": UNIT[1:4], "gammaln": [0.5, 1.0, 2.5], "digamma": [0.5, 1.0, 2.5], "expit": LINE,
         "logit": UNIT, "i0e": [-1.0, 0.0, 2.0], "i1e": [-1.0, 0.0, 2.0], "i1": [-1.0, 0.0, 2.0], "entr": [-1.0, 0.0, 0.5, 2.0],
         "gamma": [0.5, 2.5, 4.0], "ndtr": [-2.0, -0.5, 0.0, 0.5, 2.0]}
cases |= {name: (getattr(special, name), [points]) for name, points in unary.items()}
cases |= {name: (getattr(special, name), [LEFT, RIGHT]) for name in ("xlogy", "xlog1py", "rel_entr", "kl_div")}
cases["betaln"] = (special.betaln, [[0.5, 2.0], [1.5, 0.25]])
cases["beta"] = (special.beta, [[0.5, 2.0], [1.5, 0.25]])


def flat(x):
    return [str(float(v)) if not np.isfinite(v) else float(v) for v in np.asarray(x).reshape(-1)]


def derivatives(f, points):
    args = [jnp.array(p, jnp.float64) for p in points]
    total = lambda *xs: f(*xs).sum()
    positions = tuple(range(len(args)))
    first = jax.grad(total, positions)(*args)
    second = jax.grad(lambda *xs: jax.grad(total)(*xs).sum())(*args)
    return {"args": [flat(a) for a in args], "gradients": [flat(g) for g in first], "second": flat(second)}


OUT = Path(__file__).parent.parent / "goldens/function_derivatives.json"
lines = [f"  {json.dumps(name)}: {json.dumps(derivatives(*case))}" for name, case in cases.items()]
OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n")
