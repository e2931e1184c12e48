"""Weighted minimax fits (Remez exchange) in arbitrary precision, with coefficients rounded to a float format.

`fit` minimises max |weight(x) * (target(x) - sum c_k x^e_k)| over [a, b]. Coefficients are rounded one at a time,
lowest power first, and the rest is fitted anew, so that rounding errors of the leading ones are absorbed.
`fit_rational` does nearly the same for P/Q (least squares, reweighted towards the largest error), rounding all at once.
Needs mpmath.
"""

import struct

from mpmath import mp, mpf, matrix, lu_solve

mp.dps = 50


def round_to(value, bits):
    """Rounds to float32 (24), float64 (53) or any other number of significant bits, to nearest even."""
    if value == 0:
        return mpf(0)
    m, e = mp.frexp(value)
    scaled = mp.ldexp(m, bits)
    return mp.ldexp(mp.nint(scaled), int(e) - bits)


def _grid(a, b, n):
    """Chebyshev points: dense at the ends, none exactly there."""
    a, b = mpf(a), mpf(b)
    return [(a + b) / 2 - (b - a) / 2 * mp.cos((mpf(i) + mpf(1) / 2) * mp.pi / n) for i in range(n)]


def _extrema(error, count):
    """Indices of the `count` alternating extrema with the largest errors, in order."""
    runs = []
    for i, e in enumerate(error):
        if runs and (error[runs[-1]] > 0) == (e > 0):
            if abs(e) > abs(error[runs[-1]]):
                runs[-1] = i
        else:
            runs.append(i)
    while len(runs) > count:
        sizes = [abs(error[i]) for i in runs]
        k = min(range(len(runs)), key=lambda i: sizes[i])
        if k in (0, len(runs) - 1) or len(runs) == count + 1:
            runs.pop(0 if sizes[0] < sizes[-1] else -1)
        else:  # its neighbours have the same sign: keep the larger one
            runs[k - 1 : k + 2] = [runs[k - 1] if sizes[k - 1] > sizes[k + 1] else runs[k + 1]]
    return runs


def _remez(xs, target, weight, powers):
    n = len(powers)
    if n == 0:
        return [], max(abs(w * t) for w, t in zip(weight, target))
    phi = [[x**p for p in powers] for x in xs]
    reference = [round((len(xs) - 1) * (1 - mp.cos(mp.pi * (i + mpf(1) / 2) / (n + 1))) / 2) for i in range(n + 1)]
    c = None
    for _ in range(30):
        rows = matrix(n + 1, n + 1)
        rhs = matrix(n + 1, 1)
        for r, i in enumerate(reference):
            for k in range(n):
                rows[r, k] = phi[i][k]
            rows[r, n] = (-1) ** r / weight[i]
            rhs[r] = target[i]
        solution = lu_solve(rows, rhs)
        c, level = [solution[k] for k in range(n)], abs(solution[n])
        error = [w * (t - sum(ck * p for ck, p in zip(c, row))) for w, t, row in zip(weight, target, phi)]
        worst = max(abs(e) for e in error)
        if worst <= level * mpf("1.001"):
            break
        found = _extrema(error, n + 1)
        if len(found) < n + 1:
            break
        reference = found
    return c, worst


def _largest(xs, ts, ws, c, powers):
    return max(abs(w * (t - sum(ck * x**p for ck, p in zip(c, powers)))) for x, t, w in zip(xs, ts, ws))


def fit(target, a, b, powers, weight=lambda x: mpf(1), bits=53, points=600, exact=()):
    """Returns (coefficients, max weighted error). The first len(exact) coefficients are given."""
    xs = _grid(a, b, points)
    ts = [target(x) for x in xs]
    ws = [weight(x) for x in xs]
    fixed = []
    powers = list(powers)
    tail = None
    for k, power in enumerate(powers):
        if k < len(exact):
            value = mpf(exact[k])
        else:
            c, error = _remez(xs, ts, ws, powers[k:])
            # Higher powers alone may be too alike for the exchange to settle: then the last fit still stands.
            if tail is None or error < _largest(xs, ts, ws, tail, powers[k:]):
                tail = c
            value, tail = round_to(tail[0], bits), tail[1:]
        fixed.append(value)
        ts = [t - value * x**power for t, x in zip(ts, xs)]
    worst = max(abs(w * t) for w, t in zip(ws, ts))
    return fixed, worst


def fit_rational(target, a, b, np, nq, weight=lambda x: mpf(1), bits=53, points=300, scale=None, iterations=30):
    """P of degree np over Q of degree nq, both times the same factor, which makes Q(0) = scale (default 1)."""
    xs = _grid(a, b, points)
    ts = [target(x) for x in xs]
    ws = [weight(x) for x in xs]
    n = np + 1 + nq
    lawson = [mpf(1)] * points
    previous = [mpf(1)] * points
    best = None
    for _ in range(iterations):
        scales = [mp.sqrt(l) * w / q for l, w, q in zip(lawson, ws, previous)]
        rows = [
            [s * x**k for k in range(np + 1)] + [-s * t * x ** (k + 1) for k in range(nq)]
            for s, x, t in zip(scales, xs, ts)
        ]
        normal = matrix(n, n)
        rhs = matrix(n, 1)
        for i in range(n):
            for j in range(i, n):
                normal[i, j] = normal[j, i] = mp.fsum(row[i] * row[j] for row in rows)
            rhs[i] = mp.fsum(row[i] * s * t for row, s, t in zip(rows, scales, ts))
        solution = lu_solve(normal, rhs)
        p = [solution[k] for k in range(np + 1)]
        q = [mpf(1)] + [solution[np + 1 + k] for k in range(nq)]
        error = [abs(e) for e in _rational_error(xs, ts, ws, p, q)]
        worst = max(error)
        if best is None or worst < best[0]:
            best = (worst, p, q)
        previous = [abs(horner(q, x)) for x in xs]
        lawson = [l * (e / worst + mpf("1e-3")) for l, e in zip(lawson, error)]
        total = max(lawson)
        lawson = [l / total for l in lawson]
    _, p, q = best
    factor = mpf(1) if scale is None else mpf(scale)
    p = [round_to(c * factor, bits) for c in p]
    q = [round_to(c * factor, bits) for c in q]
    worst = max(abs(e) for e in _rational_error(xs, ts, ws, p, q))
    return p, q, worst


def horner(c, x):
    r = mpf(0)
    for k in reversed(c):
        r = r * x + k
    return r


def _rational_error(xs, ts, ws, p, q):
    return [w * (t - horner(p, x) / horner(q, x)) for x, t, w in zip(xs, ts, ws)]


def text(value, bits):
    """The shortest decimal that reads back as the same float32 or float64."""
    if bits == 24:
        single = struct.unpack("f", struct.pack("f", float(value)))[0]
        for digits in range(1, 12):
            s = f"{single:.{digits}g}"
            if struct.unpack("f", struct.pack("f", float(s)))[0] == single:
                break
    else:
        s = repr(float(value))
    return s.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
