"""Minimax polynomials for packages/tensor/src/backends/wasm/emit/math: prints their coefficients, lowest power first.

Each is fitted by Remez' exchange in 60 digits, then rounded to f32 (or f64) one coefficient after the other, lowest
power first, with the rest fitted again each time. Run: python3 tools/minimax.py (needs mpmath and numpy).
"""
import numpy as np
from mpmath import mp, mpf, matrix, lu_solve, exp, log, sqrt, sin, cos, tanh, pi, fabs

mp.dps = 60


def remez(f, weight, powers, a, b, rounds=25):
    """Coefficients c minimising max |weight(x) (f(x) - sum c[i] x**powers[i])| on [a, b], and that maximum."""
    n = len(powers) + 1
    size = lambda x: max(weight(x), mpf(10) ** -7)  # no node may weigh nothing
    nodes = [(a + b) / 2 - (b - a) / 2 * mp.cos(pi * (mpf(i) + mpf(1) / 2) / n) for i in range(n)]
    grid = [a + (b - a) * (1 - mp.cos(pi * mpf(i) / 1500)) / 2 for i in range(1501)]
    for _ in range(rounds):
        rows = [[x**p for p in powers] + [(-1) ** i / size(x)] for i, x in enumerate(nodes)]
        solution = lu_solve(matrix(rows), matrix([f(x) for x in nodes]))
        c = [solution[i] for i in range(len(powers))]
        error = [size(x) * (f(x) - sum(k * x**p for k, p in zip(c, powers))) for x in grid]
        peaks = []
        for i, e in enumerate(error):
            if peaks and (error[peaks[-1]] > 0) == (e > 0):
                if fabs(e) > fabs(error[peaks[-1]]):
                    peaks[-1] = i
            else:
                peaks.append(i)
        while len(peaks) > n:
            peaks.pop(0 if fabs(error[peaks[0]]) < fabs(error[peaks[-1]]) else -1)
        if len(peaks) < n:
            break
        new = [grid[i] for i in peaks]
        if new == nodes:
            break
        nodes = new
    return c, max(fabs(e) for e in error)


def fit(name, f, weight, powers, a, b, single=True, fixed=()):
    a, b = mpf(a), mpf(b)
    known, rest, g = list(fixed), list(powers), f
    for p, k in zip(powers, fixed):
        g = (lambda h, k, p: lambda x: h(x) - mpf(k) * x**p)(g, k, p)
        rest = rest[1:]
    rounding = np.float32 if single else float
    while rest:
        c, bound = remez(g, weight, rest, a, b, 12)
        k = float(rounding(float(c[0])))
        known.append(k)
        g = (lambda h, k, p: lambda x: h(x) - mpf(k) * x**p)(g, k, rest[0])
        rest = rest[1:]
    grid = [a + (b - a) * mpf(i) / 2000 for i in range(2001)]
    worst = max(fabs(weight(x) * (f(x) - sum(mpf(k) * x**p for k, p in zip(known, powers)))) for x in grid)
    print(f'{name}: error {float(worst):.2e}\n  [{", ".join(repr(k) for k in known)}]', flush=True)


def near(f, at_zero, series):
    """f, but by its series where cancellation would leave no digits."""
    return lambda x: f(x) if fabs(x) > mpf(10) ** -12 else series(x)


half_log2 = log(2) / 2 * mpf('1.002')
if __name__ == '__main__':
    fit('exp: (exp r - 1 - r) / r^2', near(lambda x: (exp(x) - 1 - x) / x**2, 0, lambda x: mpf(1) / 2 + x / 6),
        lambda x: x**2 * exp(-x), range(5), -half_log2, half_log2)
    fit('tanh: (tanh x - x) / x^3 by x^2', near(lambda t: (tanh(sqrt(t)) - sqrt(t)) / sqrt(t) ** 3, 0, lambda t: -mpf(1) / 3 + 2 * t / 15),
        near(lambda t: t * sqrt(t) / tanh(sqrt(t)), 0, lambda t: t), range(5), mpf(10) ** -9, mpf('0.6') ** 2)
    fit('log: (log(1 + f) - f + f^2/2) / f^3', near(lambda x: (log(1 + x) - x + x**2 / 2) / x**3, 0, lambda x: mpf(1) / 3 - x / 4),
        near(lambda x: fabs(x**3 / log(1 + x)), 0, lambda x: x**2 + mpf(10) ** -20), range(9), sqrt(mpf(1) / 2) - 1, sqrt(2) - 1)
    fit('exp2 in f64', lambda x: exp(x * log(2)), lambda x: exp(-x * log(2)), range(9), -mpf(1) / 2, mpf(1) / 2, False, [1.0])
    fit('log2 in f64: log2((1 + s)/(1 - s)) / s by s^2', near(lambda t: log((1 + sqrt(t)) / (1 - sqrt(t))) / log(2) / sqrt(t), 0, lambda t: (2 + 2 * t / 3) / log(2)),
        lambda t: mpf(1) / 2, range(6), mpf(10) ** -9, (sqrt(2) - 1) ** 2 / (sqrt(2) + 1) ** 2, False)
    fit('sin: (sin r - r) / r^3 by r^2', lambda t: (sin(sqrt(t)) - sqrt(t)) / sqrt(t) ** 3, lambda t: t, range(4), mpf(10) ** -9, (pi / 4) ** 2, False)
    fit('cos: (cos r - 1) / r^2 by r^2', lambda t: (cos(sqrt(t)) - 1) / t, lambda t: t, range(4), mpf(10) ** -9, (pi / 4) ** 2, False)
