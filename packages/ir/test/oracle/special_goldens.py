"""Writes ../goldens/special.json: special functions in double precision by SciPy. python3 special_goldens.py"""

import json
import pathlib

import numpy as np
import scipy.special as sc

TARGET = pathlib.Path(__file__).parent.parent / "goldens" / "special.json"
rng = np.random.default_rng(20240501)


def uniform(low, high, count=40):
    return rng.uniform(low, high, count)


def powers(low, high, count=20):
    return 10.0 ** rng.uniform(low, high, count)


def both(values):
    return np.concatenate([values, -values])


FUNCTIONS = {
    "chlo.erf": (sc.erf, [np.concatenate([uniform(-6, 6), both(powers(-20, 0)), [0.5, 1, 2, 3, 27]])]),
    "chlo.erfc": (sc.erfc, [np.concatenate([uniform(-6, 8), both(powers(-20, 0))])]),
    "chlo.erf_inv": (sc.erfinv, [np.concatenate([uniform(-1, 1), both(powers(-15, -1)), 1 - powers(-12, -2)])]),
    "chlo.lgamma": (sc.gammaln, [np.concatenate([uniform(-10, 0), uniform(0, 5), uniform(5, 200), powers(-20, 0), powers(2, 300)])]),
    "chlo.digamma": (sc.digamma, [np.concatenate([uniform(-10, 0), uniform(0, 5), uniform(5, 200), powers(-20, 0), powers(2, 300)])]),
    "chlo.zeta": (sc.zeta, [uniform(1.01, 20, 60), uniform(0.01, 30, 60)]),
    "chlo.polygamma": (lambda n, x: sc.polygamma(n.astype(int), x), [rng.integers(0, 10, 60).astype(float), uniform(0.1, 30, 60)]),
    "chlo.bessel_i1e": (sc.i1e, [np.concatenate([uniform(-60, 60), both(powers(-10, 3))])]),
}  # fmt: skip


def main():
    lines = []
    for name, (function, operands) in FUNCTIONS.items():
        case = {"op": name, "operands": [a.tolist() for a in operands], "result": function(*operands).tolist()}
        lines.append(json.dumps(case, separators=(",", ":")))
    TARGET.write_text("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()
