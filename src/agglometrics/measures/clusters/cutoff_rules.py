"""Rules for an industry's cut-off: from the normal distribution, or by resampling regions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import even

FEWEST = 8  # regions: with fewer, tests of normality and upper tails are uninformative
MOST = 5000  # values for which Royston's approximation to the Shapiro-Wilk test is known
SCALES = ("lq", "lq_log")


@dataclass(frozen=True)
class Cut:
    """The cut-off of one industry in one period.

    Attributes
    ----------
    scale : what was standardised, ``"lq"`` or ``"lq_log"``; "" where there is no cut-off
    n, mean, std : number of regions, mean and standard deviation (n - 1) of it
    cutoff : cut-off, a z-score of `scale`
    cutoff_error : standard error of `cutoff` over draws; NaN for a fixed one
    size : probability that a region without a cluster is above it, under the rule's model
    p_normal, p_normal_log : p-values of Shapiro-Wilk tests that LQ, ln LQ are normal
    """

    scale: str
    n: int
    mean: float
    std: float
    cutoff: float
    cutoff_error: float
    size: float
    p_normal: float
    p_normal_log: float

    @property
    def lq(self) -> float:
        """The cut-off as a location quotient."""
        cut = self.mean + self.cutoff * self.std
        return float(np.exp(cut)) if self.scale == "lq_log" else cut


@runtime_checkable
class Cutoff(Protocol):
    """A rule that sets the cut-off of an industry from its quotients."""

    def cut(self, lq: Array, rng: np.random.Generator) -> Cut:
        """Return the cut-off. lq : (R,) quotients, known, not all equal."""

    @property
    def seed(self) -> int | None:
        """Where its randomness starts; None where it has none."""

    @property
    def named(self) -> str:
        """The rule, as the answer states it."""


def exceedance(c: float, n: int) -> float:
    """P((x - mean) / sd > c) for one of n independent normal values (Thompson 1935).

    With tau^2 = c^2 n / (n - 1), tau sqrt(n - 2) / sqrt(n - 1 - tau^2) is t with n - 2 degrees of
    freedom; no z-score exceeds (n - 1) / sqrt(n).
    """
    from scipy.stats import t

    tau = c * np.sqrt(n / (n - 1))
    if tau**2 >= n - 1:
        return 0.0 if c > 0 else 1.0
    return float(t.sf(tau * np.sqrt(n - 2) / np.sqrt(n - 1 - tau**2), n - 2))


def p_normal(values: Array) -> float:
    """P-value of the Shapiro-Wilk test (1965; Royston 1995) that `values`, (n,), are normal.

    NaN outside 8 to 5000 values, and where all are equal.
    """
    from scipy.stats import shapiro

    if not FEWEST <= len(values) <= MOST or even(values):
        return float("nan")
    return float(shapiro(values).pvalue)


@checked
@dataclass(frozen=True)
class NormalCutoff:
    """Cut-off of O'Donoghue and Gleave (2004): a z-score of the normal distribution.

    The quotients of an industry, if normal over regions, else their logarithms, if these are, are
    standardised; regions above `critical` have a cluster. Where neither is normal there is no
    cut-off. The test of normality is our choice: that of Shapiro and Wilk, which allows for an
    estimated mean and variance (that of Kolmogorov and Smirnov does not).

    Attributes
    ----------
    critical : z-score; 1.96 (2.5 percent above it) or 1.645 (5 percent)
    level : of the tests of normality
    """

    critical: float = 1.96
    level: float = 0.05

    def __post_init__(self) -> None:
        """Refuse a critical value that is not positive, or a level outside (0, 1)."""
        if not (np.isfinite(self.critical) and self.critical > 0 and 0 < self.level < 1):
            raise InputError(
                "critical must be positive and level between 0 and 1; found "
                f"{self.critical}, {self.level}. "
                "For example NormalCutoff(critical=1.96, level=0.95)."
            )

    @property
    def seed(self) -> None:
        """None: nothing is drawn."""
        return

    @property
    def named(self) -> str:
        """The rule, as the answer states it."""
        return f"normal, z = {self.critical}"

    def cut(self, lq: Array, rng: np.random.Generator) -> Cut:
        """Return the cut-off of quotients, (R,); ln LQ is of the regions with LQ > 0."""
        values = {"lq": lq, "lq_log": np.log(lq[lq > 0])}
        p = {scale: p_normal(values[scale]) for scale in SCALES}
        scale = next((scale for scale in SCALES if p[scale] >= self.level), "")
        if not scale:
            nan = float("nan")
            return Cut("", len(lq), nan, nan, nan, nan, nan, p["lq"], p["lq_log"])
        x = values[scale]
        return Cut(
            scale,
            len(x),
            float(x.mean()),
            float(x.std(ddof=1)),
            self.critical,
            float("nan"),
            exceedance(self.critical, len(x)),
            p["lq"],
            p["lq_log"],
        )


def drawn_quantiles(z: Array, level: float, draws: int, rng: np.random.Generator) -> Array:
    """Quantiles of samples of R from z with replacement, without drawing the samples: (draws,).

    A quantile is between two order statistics, k and k + 1, of R draws. The place in z of the
    k-th is floor(R U), U the k-th of R uniform numbers, a Beta(k, R - k + 1); the next is the
    least of the R - k above it. So a draw takes two random numbers, not R.

    z : (R,) sorted
    """
    R = len(z)
    k, weight = divmod((R - 1) * level, 1)
    k = int(k) + 1
    lower = rng.beta(k, R - k + 1, size=draws)
    upper = 1 - (1 - lower) * rng.random(draws) ** (1 / max(R - k, 1))
    low, high = (z[np.minimum((R * u).astype(np.intp), R - 1)] for u in (lower, upper))
    return np.asarray(low + weight * (high - low))


@checked
@dataclass(frozen=True)
class BootstrapCutoff:
    """Cut-off by resampling regions, after the idea of Tian (2013): no distribution is assumed.

    The standardised quotients of an industry are drawn with replacement, R at a time; the cut-off
    is the mean over draws of their upper quantile (linear between order statistics), its standard
    error their standard deviation. The abstract of Tian gives the idea (a bootstrap of the
    standardised quotient); these steps are ours. Such a cut-off is a quantile: about a share
    `level` of the regions is above it in every industry, clustered or not. It ranks; it does not
    test whether there are clusters.

    Attributes
    ----------
    level : share of regions above the cut-off
    draws, seed : of the bootstrap; the same seed gives the same answer, in any order of rows and
        type of keys (None for a fresh one)
    """

    level: float = 0.05
    draws: int = 999
    seed: int | None = 0

    def __post_init__(self) -> None:
        """Refuse a level outside (0, 1), or fewer than two draws."""
        if not (0 < self.level < 1 and self.draws > 1):
            raise InputError(
                f"level must be between 0 and 1 and draws at least 2; found {self.level}, "
                f"{self.draws}. "
                "For example BootstrapCutoff(level=0.95, draws=999, seed=1)."
            )

    @property
    def named(self) -> str:
        """The rule, as the answer states it."""
        return f"bootstrap, upper {self.level:g}, {self.draws} draws"

    def cut(self, lq: Array, rng: np.random.Generator) -> Cut:
        """Return the cut-off of quotients, (R,)."""
        mean, std = float(lq.mean()), float(lq.std(ddof=1))
        z = np.sort((lq - mean) / std)
        quantiles = drawn_quantiles(z, 1 - self.level, self.draws, rng)
        return Cut(
            "lq",
            len(z),
            mean,
            std,
            float(quantiles.mean()),
            float(quantiles.std(ddof=1)),
            self.level,
            p_normal(lq),
            p_normal(np.log(lq[lq > 0])),
        )
