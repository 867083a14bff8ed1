"""What SciPy, statsmodels and mpmath answer to the questions in packages/experiments/src/statistics.

    pip install scipy==1.17.1 statsmodels==0.15.0 mpmath
    python test/support/experiment-answers.py > test/data/experiment-answers.json

mpmath answers with 30 digits where the others have no function: always-valid intervals and uplifts are computed from
their formulas once more, in another language and another arithmetic.
"""

import json
import warnings

import mpmath as mp
import scipy
import statsmodels
from scipy import optimize, stats
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

warnings.simplefilter("ignore")
mp.mp.dps = 30


def distributions():
    t = [(2.5, 17.3), (4.2, 90000.5), (0.1, 3), (1.96, 1e6), (12, 50)]
    return {
        "normalTwoSided": [[z, 2 * stats.norm.sf(z)] for z in (0, 0.5, 1.96, 3.16, 6, 12)],
        "normalQuantile": [[p, stats.norm.ppf(p)] for p in (0.001, 0.025, 0.4, 0.8, 0.975, 0.9995)],
        "studentTwoSided": [[x, df, 2 * stats.t.sf(x, df)] for x, df in t],
        "studentCritical": [
            [a, df, stats.t.isf(a / 2, df)] for a in (0.05, 0.01, 0.001) for df in (3, 17.3, 500.25, 90000.5)
        ],
        "chiSquareAbove": [[x, df, stats.chi2.sf(x, df)] for x, df in ((0.1, 1), (9.02, 1), (30, 2), (6.9, 4), (80, 9))],
    }


def proportions():
    sets = [
        ((8502, 44700), (8279, 45489), 0.05),
        ((189, 11034), (104, 11037), 0.05),
        ((12, 130), (25, 128), 0.01),
        ((5000, 10000), (5000, 10000), 0.05),
        ((3, 1_000_000), (19, 999_000), 0.025),
    ]
    rows = []
    for (x1, n1), (x2, n2), alpha in sets:
        z, p = proportions_ztest([x2, x1], [n2, n1])
        low, high = confint_proportions_2indep(x2, n2, x1, n1, compare="diff", method="wald", alpha=alpha)
        rows.append(
            {
                "control": [x1, n1], "treatment": [x2, n2], "alpha": alpha,
                "difference": x2 / n2 - x1 / n1, "z": z, "p": p, "low": low, "high": high,
            }
        )
    return rows


def moments(values):
    described = DescrStatsW(values)
    return {"persons": len(values), "sum": float(described.sum), "variance": float(described.var_ddof(1))}


def means():
    draw = stats.uniform(0, 1)
    rows = []
    for seed, n1, n2, lift, alpha in ((1, 12, 9, 3, 0.05), (2, 500, 640, 0.2, 0.05), (3, 9000, 11000, 0.1, 0.01)):
        a = (draw.rvs(n1, random_state=seed) ** 4 * 120).round(2)
        b = (draw.rvs(n2, random_state=seed + 100) ** 4 * 120 + lift).round(2)
        test = stats.ttest_ind(b, a, equal_var=False)
        low, high = CompareMeans(DescrStatsW(b), DescrStatsW(a)).tconfint_diff(alpha=alpha, usevar="unequal")
        rows.append(
            {
                "control": moments(a), "treatment": moments(b), "alpha": alpha,
                "t": test.statistic, "df": test.df, "p": test.pvalue, "low": low, "high": high,
            }
        )
    return rows


def sample_ratios():
    rows = []
    for persons, shares in (
        ((44700, 45489), (1, 1)),
        ((45545, 44644), (1, 1)),
        ((821588, 815482), (1, 1)),
        ((900, 101), (0.9, 0.1)),
        ((1000, 1100, 1190), (1, 1, 1)),
    ):
        expected = [sum(persons) * share / sum(shares) for share in shares]
        chi, p = stats.chisquare(persons, expected)
        rows.append({"persons": persons, "shares": shares, "chiSquare": chi, "p": p})
    return rows


def powers():
    rows = []
    for effect, n, ratio, alpha in ((0.05, 4000, 1, 0.05), (0.02, 45000, 1.0177, 0.05), (0.1, 900, 0.25, 0.01)):
        solver = NormalIndPower()
        rows.append(
            {
                "effect": effect, "persons": n, "ratio": ratio, "alpha": alpha,
                "power": solver.power(effect, n, alpha, ratio=ratio),
                # Its own solve_power stops after four to eight digits.
                "needed": optimize.brentq(lambda x: solver.power(effect, x, alpha, ratio=ratio) - 0.8, 2, 1e6, xtol=1e-8),
                "detectable": optimize.brentq(lambda x: solver.power(x, n, alpha, ratio=ratio) - 0.8, 1e-4, 1, xtol=1e-15),
            }
        )
    return rows


def always_valid():
    rows = []
    for z, persons, alpha, tightest in ((3.1645, 90189, 0.05, 20000), (0.4, 300, 0.05, 20000), (5, 4000, 0.01, 1000)):
        logs = -2 * mp.log(mp.mpf(alpha))
        rho2 = (logs + mp.log(logs + 1)) / tightest
        # As Waudby-Smith et al. (2024), theorem 2.2, write it: a reach in standard deviations, here in standard errors.
        reach = mp.sqrt(2 * (persons * rho2 + 1) / (mp.mpf(persons) ** 2 * rho2) * mp.log(mp.sqrt(persons * rho2 + 1) / alpha))
        # As Johari et al. (2017) write it: a normal mixture's density over the null's, by integration.
        v, tau2 = mp.mpf(1) / persons, rho2
        estimate = mp.mpf(z) * mp.sqrt(v)
        mixed = mp.npdf(estimate, 0, mp.sqrt(v + tau2)) / mp.npdf(estimate, 0, mp.sqrt(v))
        rows.append(
            {
                "z": z, "persons": persons, "alpha": alpha, "tightestAt": tightest,
                "critical": float(reach * mp.sqrt(persons)), "p": float(min(1, 1 / mixed)),
            }
        )
    return rows


def uplifts():
    rows = []
    for control, treatment in (((44700, 8502, 0.15403), (45489, 8279, 0.14888)), ((500, 12100, 900), (640, 16300, 1100))):
        (n1, s1, v1), (n2, s2, v2) = [[mp.mpf(x) for x in given] for given in (control, treatment)]
        m1, m2 = s1 / n1, s2 / n2
        # The gradient by differentiation rather than by hand.
        gradient = [mp.diff(lambda a, b: mp.log(b / a), (m1, m2), order) for order in ((1, 0), (0, 1))]
        error = mp.sqrt(gradient[0] ** 2 * v1 / n1 + gradient[1] ** 2 * v2 / n2)
        rows.append(
            {"control": control, "treatment": treatment, "estimate": float(m2 / m1 - 1), "logError": float(error)}
        )
    return rows


def ratios():
    rows = []
    for (x1, n1), (x2, n2), alpha in (((8502, 44700), (8279, 45489), 0.05), ((104, 11037), (189, 11034), 0.01)):
        low, high = confint_proportions_2indep(x2, n2, x1, n1, compare="ratio", method="log", alpha=alpha)
        rows.append({"control": [x1, n1], "treatment": [x2, n2], "alpha": alpha, "low": low - 1, "high": high - 1})
    return rows


answers = {
    "madeWith": {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__, "mpmath": mp.__version__},
    "distributions": distributions(),
    "proportions": proportions(),
    "means": means(),
    "sampleRatios": sample_ratios(),
    "powers": powers(),
    "alwaysValid": always_valid(),
    "uplifts": uplifts(),
    "ratios": ratios(),
}
print(json.dumps(answers, indent=1, default=float))
