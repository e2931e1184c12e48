"""Writes test/math/goldens/float64.json: exact values of the math functions, to about 106 bits.

    python3 packages/codegen-wasm/scripts/golden.py

Per function: arguments, and results as the nearest float64 (`high`) and what that lacks (`low`). Needs mpmath.
"""

import json
import random
from pathlib import Path

from mpmath import mp, mpf

OUT = Path(__file__).parent.parent / "test/math/goldens/float64.json"
mp.dps = 60
random.seed(20240229)


def uniform(a, b, n):
    return [random.uniform(a, b) for _ in range(n)]


def spread(a, b, n):
    """Over all magnitudes from a to b."""
    return [float(mp.exp(random.uniform(float(mp.log(a)), float(mp.log(b))))) for _ in range(n)]


def signed(xs):
    return [x if i % 2 else -x for i, x in enumerate(xs)]


EVERYWHERE = signed(spread(1e-300, 1e300, 60))


def erf_inv(x):
    """x·erf⁻¹(y)/y where y² is x² rounded to float64: what the function is made to compute."""
    y = mp.sqrt(mpf(float(x) * float(x)))
    return x * mp.erfinv(y) / y


def lgamma(x):
    return mp.log(abs(mp.gamma(x))) if x < 20 else mp.loggamma(x)


UNARY = {
    "exponential": (mp.exp, uniform(-745, 709.7, 100) + uniform(-1, 1, 60) + signed(spread(1e-20, 1, 20))),
    "exponential_minus_one": (mp.expm1, uniform(-40, 709.7, 80) + uniform(-1, 1, 80) + signed(spread(1e-300, 1, 30))),
    "log": (mp.log, spread(5e-324, 1e308, 80) + uniform(0.5, 2, 100)),
    "log_plus_one": (mp.log1p, spread(1e-300, 1e308, 60) + uniform(-1, 2, 120)),
    "logistic": (lambda x: 1 / (1 + mp.exp(-x)), uniform(-744, 40, 80) + uniform(-5, 5, 80)),
    "sine": (mp.sin, EVERYWHERE + uniform(-10, 10, 100) + uniform(-1e6, 1e6, 60) + [6381956970095103.0 * 2.0**797]),
    "cosine": (mp.cos, EVERYWHERE + uniform(-10, 10, 100) + uniform(-1e6, 1e6, 60) + [6381956970095103.0 * 2.0**797]),
    "tan": (mp.tan, EVERYWHERE + uniform(-10, 10, 100) + uniform(-1e6, 1e6, 60) + [6381956970095103.0 * 2.0**797]),
    "tanh": (mp.tanh, uniform(-1, 1, 100) + uniform(-20, 20, 60) + signed(spread(1e-300, 1, 30))),
    "sqrt": (mp.sqrt, spread(5e-324, 1e308, 80)),
    "rsqrt": (lambda x: 1 / mp.sqrt(x), spread(5e-324, 1e308, 80) + uniform(0.25, 1, 60)),
    "cbrt": (lambda x: mp.sign(x) * mp.cbrt(abs(x)), signed(spread(5e-324, 1e308, 80)) + uniform(-8, 8, 80)),
    "chlo.acos": (mp.acos, uniform(-1, 1, 150) + signed(spread(1e-300, 1, 20))),
    "chlo.acosh": (mp.acosh, uniform(1, 3, 100) + spread(1, 1e308, 60)),
    "chlo.asin": (mp.asin, uniform(-1, 1, 150) + signed(spread(1e-300, 1, 20))),
    "chlo.asinh": (mp.asinh, uniform(-3, 3, 100) + EVERYWHERE),
    "chlo.atan": (mp.atan, uniform(-3, 3, 120) + EVERYWHERE),
    "chlo.atanh": (mp.atanh, uniform(-1, 1, 150) + signed(spread(1e-300, 1, 20))),
    "chlo.bessel_i1e": (
        lambda x: mp.besseli(1, x) * mp.exp(-abs(x)),
        uniform(-8, 8, 80) + uniform(8, 50, 40) + signed(spread(1e-300, 1e300, 40)),
    ),
    "chlo.cosh": (mp.cosh, uniform(-710.4, 710.4, 60) + uniform(-2, 2, 80)),
    "chlo.digamma": (mp.digamma, uniform(1, 2.5, 80) + uniform(-8, 0, 60) + uniform(0, 20, 60) + spread(1e-300, 1e300, 40)),
    "chlo.erf": (mp.erf, uniform(-1, 1, 100) + uniform(-6, 6, 60) + signed(spread(1e-300, 1, 30))),
    "chlo.erf_inv": (erf_inv, uniform(-1, 1, 120) + uniform(0.99, 1, 40) + signed(spread(1e-10, 1, 30))),
    "chlo.erfc": (mp.erfc, uniform(-1, 1, 60) + uniform(-6, 6, 60) + uniform(5, 27.2, 60)),
    "chlo.lgamma": (
        lgamma,
        uniform(0, 3, 80) + uniform(3, 15, 60) + uniform(-10, 0, 40) + spread(1e-300, 1e300, 40) + uniform(0.999, 1.001, 10),
    ),
    "chlo.sinh": (mp.sinh, uniform(-710.4, 710.4, 60) + uniform(-2, 2, 80) + signed(spread(1e-300, 1, 30))),
}

BINARY = {
    "power": (
        mp.power,
        spread(0.01, 10, 80) + spread(1e-300, 1e300, 60) + uniform(0.9, 1.1, 60),
        uniform(-100, 100, 80) + uniform(-2.3, 2.3, 60) + uniform(-6000, 6000, 60),
    ),
    "atan2": (mp.atan2, uniform(-1, 1, 80) + EVERYWHERE, uniform(-1, 1, 80) + EVERYWHERE[::-1]),
    "chlo.zeta": (mp.zeta, uniform(1.01, 5, 30) + uniform(2, 30, 30), uniform(0.1, 3, 30) + uniform(1, 30, 30)),
    "chlo.polygamma": (
        lambda n, x: mp.polygamma(int(n), x),
        [float(1 + i % 8) for i in range(60)],
        uniform(0.1, 20, 60),
    ),
}


def entry(f, *arguments):
    """Leaves out what overflows or vanishes: those limits are tested by hand."""
    used, high, low = [], [], []
    for xs in zip(*arguments):
        with mp.workdps(200 if len(xs) == 2 else 60):
            value = mp.re(f(*(mpf(x) for x in xs)))
            if mpf("1e-307") < abs(value) < mpf("1.79e308"):
                used.append(xs)
                high.append(float(value))
                low.append(float(value - mpf(high[-1])))
    return {"arguments": [list(column) for column in zip(*used)], "high": high, "low": low}


def main():
    table = {name: entry(f, xs) for name, (f, xs) in UNARY.items()}
    table |= {name: entry(f, xs, ys) for name, (f, xs, ys) in BINARY.items()}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in table.items())
    OUT.write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    main()
