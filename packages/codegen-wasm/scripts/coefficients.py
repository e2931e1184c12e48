"""Fits the polynomials of both code generators and writes packages/ir/src/kernel/coefficients.ts.

    python3 packages/codegen-wasm/scripts/coefficients.py [NAME...]

With names, only those tables are fitted anew. Needs mpmath.
"""

import re
import sys
from pathlib import Path

from mpmath import mp, mpf

from remez import fit, fit_rational, round_to, text

OUT = Path(__file__).parents[3] / "packages/ir/src/kernel/coefficients.ts"
HEADER = "// Written by packages/codegen-wasm/scripts/coefficients.py; do not edit. Each fit's largest error stands beside it.\n\n"
TABLES = {}


def table(function):
    """Registers a fit: a function named after its table, with the fit's description as doc string."""
    TABLES[function.__name__] = function
    return function


LN2 = mp.log(2)
MARGIN = mpf("1.002")  # arguments are reduced with rounding, so a little further out


def lines(name):
    result = TABLES[name]()
    if "literal" in result:
        return f"/** {TABLES[name].__doc__} */\nexport const {name} = {result['literal']};\n"
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
def TANH_REDUCED_F32():
    """(tanh(√u)/√u − 1)/u for √u ≤ 0.28, relative to tanh(√u)/√u."""
    return odd(mp.tanh, "0.28", 3, 24)


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


# --- trigonometric functions


def split(value, sizes, last):
    """value as a sum of numbers with so many bits each, the last one with `last` bits."""
    parts = []
    for size in sizes:
        m, e = mp.frexp(value)
        part = mp.ldexp(mp.floor(mp.ldexp(m, size)), int(e) - size)
        parts.append(part)
        value -= part
    return parts + [round_to(value, last)]


def literal(parts, bits):
    values = ", ".join(text(v, bits) for v in parts)
    return {"literal": f"[{values}] as const"}


@table
def HALF_PI_F32():
    """π/2 as a sum whose first three terms have 12 bits."""
    return literal(split(mp.pi / 2, [12, 12, 12], 24), 24)


@table
def HALF_PI_F64():
    """π/2 as a sum whose first three terms have 33 bits."""
    return literal(split(mp.pi / 2, [33, 33, 33], 53), 53)


@table
def TWO_OVER_PI():
    """The first 1216 bits of 2/π, hexadecimal."""
    with mp.workdps(400):
        digits = int(mp.floor(mp.ldexp(2 / mp.pi, 1216)))
        return {"literal": f'"{digits:0304x}"'}


QUARTER_PI = mp.pi / 4 * mpf("1.0005")


def sine(count, bits):
    def g(u):
        return mp.sin(mp.sqrt(u)) / mp.sqrt(u)

    return poly(lambda u: (g(u) - 1) / u, 0, QUARTER_PI**2, count, lambda u: u / g(u), bits)


def cosine(count, bits):
    return poly(
        lambda u: (mp.cos(mp.sqrt(u)) - 1 + u / 2) / u**2,
        0,
        QUARTER_PI**2,
        count,
        lambda u: u**2 / mp.cos(mp.sqrt(u)),
        bits,
    )


@table
def SIN_F32():
    """(sin(√u)/√u − 1)/u for √u ≤ π/4, relative to sin(√u)/√u."""
    return sine(3, 24)


@table
def COS_F32():
    """(cos(√u) − 1 + u/2)/u² for √u ≤ π/4, relative to cos(√u)."""
    return cosine(3, 24)


@table
def TAN_F32():
    """(tan(√u)/√u − 1)/u for √u ≤ π/4, relative to tan(√u)/√u."""
    return odd(mp.tan, QUARTER_PI, 7, 24)


@table
def SIN_F64():
    """(sin(√u)/√u − 1)/u for √u ≤ π/4, relative to sin(√u)/√u."""
    return sine(6, 53)


@table
def COS_F64():
    """(cos(√u) − 1 + u/2)/u² for √u ≤ π/4, relative to cos(√u)."""
    return cosine(6, 53)


# --- inverse trigonometric functions


@table
def ATAN_F32():
    """(atan(√u)/√u − 1)/u for √u ≤ 1, relative to atan(√u)/√u."""
    return odd(mp.atan, "1", 9, 24)


@table
def ATAN_F64():
    """(atan(√u)/√u − 1)/u for √u ≤ 1, relative to atan(√u)/√u."""
    return odd(mp.atan, "1", 21, 53)


@table
def ASIN_F32():
    """(asin(√u)/√u − 1)/u for √u ≤ 0.5625, relative to asin(√u)/√u."""
    return odd(mp.asin, "0.5626", 6, 24)


@table
def ASIN_F64():
    """(asin(√u)/√u − 1)/u for √u ≤ 0.5625, relative to asin(√u)/√u."""
    return odd(mp.asin, "0.5626", 15, 53)


# --- error function


def erf(count, bits):
    def g(u):
        return mp.erf(mp.sqrt(u)) / mp.sqrt(u)

    return poly(lambda u: g(u) - 1, 0, mpf("0.87") ** 2, count, lambda u: 1 / g(u), bits)


@table
def ERF_F32():
    """erf(√u)/√u − 1 for √u ≤ 0.87, relative to erf(√u)/√u."""
    return erf(6, 24)


@table
def ERF_TAIL_F32():
    """−log erfc(x) for 0.86 ≤ x ≤ 4.1, its error times erfc(x)/erf(x)."""
    return poly(
        lambda x: -mp.log(mp.erfc(x)), "0.86", "4.1", 7, lambda x: mp.erfc(x) / mp.erf(x), 24
    )


@table
def ERF_F64():
    """erf(√u)/√u − 1 for √u ≤ 0.87, relative to erf(√u)/√u."""
    return erf(13, 53)


@table
def ERFC_F64():
    """(1 + 2x)·e^x²·erfc(x), x = 4(1 + t)/(1 − t), for 0.49 ≤ x ≤ 28, relative."""

    def x(t):
        return 4 * (1 + t) / (1 - t)

    def g(t):
        return (1 + 2 * x(t)) * mp.exp(x(t) ** 2) * mp.erfc(x(t))

    a, b = ((mpf(end) - 4) / (mpf(end) + 4) for end in ("0.49", "28"))
    return poly(g, a, b, 22, lambda t: 1 / g(t), 53)


# --- power


@table
def POW_LOG_F64():
    """(3 artanh(√z)/√z − 3 − z)/z² for √z ≤ (√2 − 1)/(√2 + 1), relative to 3 artanh(√z)/√z."""
    h = (mp.sqrt(2) - 1) / (mp.sqrt(2) + 1) * MARGIN

    def g(z):
        return 3 * mp.atanh(mp.sqrt(z)) / mp.sqrt(z)

    return poly(lambda z: (g(z) - 3 - z) / z**2, 0, h * h, 7, lambda z: z**2 / g(z), 53)


@table
def POW_LOG_F32():
    """(2/ln 2)·artanh(√z)/√z for √z ≤ (√2 − 1)/(√2 + 1), relative."""
    h = (mp.sqrt(2) - 1) / (mp.sqrt(2) + 1) * MARGIN

    def g(z):
        return 2 / LN2 * mp.atanh(mp.sqrt(z)) / mp.sqrt(z)

    return poly(g, 0, h * h, 6, lambda z: 1 / g(z), 53)


@table
def POW_EXP2_F32():
    """2^r for |r| ≤ ½, relative."""
    return poly(lambda r: mp.power(2, r), "-0.5001", "0.5001", 7, lambda r: mp.power(2, -r), 53)


# --- roots


@table
def CBRT():
    """∛a for 0.353 ≤ a ≤ 2.829, relative: the first guess, in both formats."""
    return poly(mp.cbrt, "0.353", "2.829", 5, lambda a: 1 / mp.cbrt(a), 24)


# --- gamma function and relatives


@table
def LGAMMA():
    """log Γ(2 + z)/z for |z| ≤ ½, relative."""
    return poly(lambda z: mp.loggamma(2 + z) / z, "-0.501", "0.501", 20, lambda z: z / mp.loggamma(2 + z), 53)


@table
def STIRLING():
    """x·(log Γ(x) − (x − ½)·log x + x − ½·log 2π) for x ≥ 7.5 in u = 1/x²."""

    def g(u):
        x = 1 / mp.sqrt(u)
        return x * (mp.loggamma(x) - (x - mpf(1) / 2) * mp.log(x) + x - mp.log(2 * mp.pi) / 2)

    return poly(g, "1e-12", 1 / mpf("7.5") ** 2, 7, lambda u: mpf(1), 53)


@table
def DIGAMMA():
    """x²·(log x − 1/(2x) − ψ(x)) for x ≥ 8 in u = 1/x²."""

    def g(u):
        x = 1 / mp.sqrt(u)
        return x * x * (mp.log(x) - 1 / (2 * x) - mp.digamma(x))

    return poly(g, "1e-12", 1 / mpf(8) ** 2, 8, lambda u: mpf(1), 53)


@table
def BESSEL_I1():
    """I₁(√u)/√u for √u ≤ 8, relative."""
    return poly(
        lambda u: mp.besseli(1, mp.sqrt(u)) / mp.sqrt(u),
        0,
        64,
        17,
        lambda u: mp.sqrt(u) / mp.besseli(1, mp.sqrt(u)),
        53,
    )


@table
def DIGAMMA_ROOT():
    """The positive root of ψ, as a float and the rest."""
    return literal(split(mp.findroot(mp.digamma, 1.46), [53], 53), 53)


@table
def DIGAMMA_MIDDLE():
    """ψ(x)/(x − root) for 1 ≤ x ≤ 2.25 in x − 1.6, relative."""
    root = mp.findroot(mp.digamma, 1.46)

    def g(t):
        return mp.digamma(t + mpf("1.6")) / (t + mpf("1.6") - root)

    return poly(g, "-0.6001", "0.6501", 25, lambda t: 1 / g(t), 53)


@table
def BESSEL_I1E():
    """√x·e^−x·I₁(x) for x ≥ 8 in t = 16/x − 1, relative."""

    def g(t):
        x = 16 / (t + 1)
        return mp.sqrt(x) * mp.exp(-x) * mp.besseli(1, x)

    return poly(g, "-0.999999", 1, 25, lambda t: 1 / g(t), 53)


@table
def EULER_MACLAURIN():
    """B₂ⱼ/(2j)! for j = 1, 2, …"""
    values = [mp.bernoulli(2 * j) / mp.factorial(2 * j) for j in range(1, 14)]
    return literal(values, 53)


if __name__ == "__main__":
    main()
