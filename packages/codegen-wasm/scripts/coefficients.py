"""Fits the polynomials of src/math and writes src/math/coefficients.ts.

    python3 packages/codegen-wasm/scripts/coefficients.py [NAME...]

With names, only those tables are fitted anew. Needs mpmath.
"""

import re
import sys
from pathlib import Path

from mpmath import mp, mpf

from remez import fit, fit_rational, text

OUT = Path(__file__).parent.parent / "src/math/coefficients.ts"
HEADER = "// Written by scripts/coefficients.py; do not edit. Each fit's largest error stands beside it.\n\n"
TABLES = {}


def table(function):
    """Registers a fit: a function named after its table, with the fit's description as doc string."""
    TABLES[function.__name__] = function
    return function


LN2 = mp.log(2)
MARGIN = mpf("1.002")  # arguments are reduced with rounding, so a little further out


def lines(name):
    result = TABLES[name]()
    *tables, error = result["tables"] + [result["error"]]
    suffixes = ["_P", "_Q"] if len(tables) == 2 else [""]
    out = [f"/** {TABLES[name].__doc__} Error 2^{float(mp.log(error, 2)):.1f}. */"]
    for suffix, c in zip(suffixes, tables):
        values = ", ".join(text(v, result["bits"]) for v in c)
        out.append(f"export const {name}{suffix}: readonly number[] = [{values}];")
    return "\n".join(out) + "\n"


def poly(target, a, b, count, weight, bits=24, exact=(), first=0, points=600):
    c, error = fit(target, a, b, range(first, first + count), weight, bits, points, exact)
    return {"tables": [c], "error": error, "bits": bits}


def rational(target, a, b, np, nq, weight, bits=24, scale=None):
    p, q, error = fit_rational(target, a, b, np, nq, weight, bits, scale=scale)
    return {"tables": [p, q], "error": error, "bits": bits}


def main():
    known = {}
    if OUT.exists():
        for block in OUT.read_text().removeprefix(HEADER).split("\n\n"):
            match = re.search(r"export const (\w+?)(_P)?:", block)
            if match:
                known[match.group(1)] = block.strip() + "\n"
    wanted = sys.argv[1:] or list(TABLES)
    for name in TABLES:
        if name in wanted or name not in known:
            known[name] = lines(name)
            print(known[name], flush=True)
    OUT.write_text(HEADER + "\n".join(known[name] for name in TABLES))


# --- exp


def expm1(count, bits):
    h = LN2 / 2 * MARGIN
    return poly(lambda r: (mp.expm1(r) - r) / r**2, -h, h, count, lambda r: abs(r * r / mp.expm1(r)), bits)


@table
def EXPM1_F32():
    """(e^r − 1 − r)/r² for |r| ≤ ln 2/2, relative to e^r − 1."""
    return expm1(5, 24)


@table
def EXPM1_F64():
    """(e^r − 1 − r)/r² for |r| ≤ ln 2/2, relative to e^r − 1."""
    return expm1(11, 53)


def odd(f, limit, count, bits):
    """(f(x)/x − 1)/x² in u = x², relative to f(x)/x."""

    def g(u):
        return f(mp.sqrt(u)) / mp.sqrt(u)

    return poly(lambda u: (g(u) - 1) / u, 0, mpf(limit) ** 2, count, lambda u: u / g(u), bits)


@table
def TANH_F32():
    """(tanh(√u)/√u − 1)/u for √u ≤ 0.55, relative to tanh(√u)/√u."""
    return odd(mp.tanh, "0.551", 4, 24)


@table
def TANH_F64():
    """(tanh(√u)/√u − 1)/u for √u ≤ 0.55, relative to tanh(√u)/√u."""
    return odd(mp.tanh, "0.551", 10, 53)


@table
def SINH_F32():
    """(sinh(√u)/√u − 1)/u for √u ≤ 1, relative to sinh(√u)/√u."""
    return odd(mp.sinh, "1", 4, 24)


@table
def SINH_F64():
    """(sinh(√u)/√u − 1)/u for √u ≤ 1, relative to sinh(√u)/√u."""
    return odd(mp.sinh, "1", 8, 53)


# --- log


@table
def LOG_F32():
    """(log(1 + f) − f + f²/2)/f³ for √½ ≤ 1 + f ≤ √2, relative to log(1 + f)."""
    a, b = mp.sqrt(mpf(1) / 2) - mpf("1e-4"), mp.sqrt(2) + mpf("1e-4")
    return poly(
        lambda f: (mp.log1p(f) - f + f * f / 2) / f**3, a - 1, b - 1, 8, lambda f: abs(f**3 / mp.log1p(f))
    )


@table
def LOG_F64():
    """(2 artanh(√z)/√z − 2)/z for √z ≤ (√2 − 1)/(√2 + 1), relative to 2 artanh(√z)/√z."""
    h = (mp.sqrt(2) - 1) / (mp.sqrt(2) + 1) * MARGIN

    def g(z):
        return 2 * mp.atanh(mp.sqrt(z)) / mp.sqrt(z)

    return poly(lambda z: (g(z) - 2) / z, 0, h * h, 7, lambda z: z / g(z), 53)


if __name__ == "__main__":
    main()
