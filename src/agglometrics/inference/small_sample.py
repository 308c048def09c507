"""The small-sample rule: how many parameters count, and what a variance is multiplied by.

One rule for every covariance of the package. With n observations, K counted parameters and
G clusters (the smallest G of several), a variance is multiplied by::

    (n - 1) / (n - K)      where ``observations``
    G / (G - 1)            where ``clusters``; n / (n - 1) for `Robust`, T / (T - 1) over periods

and t statistics have G - 1 (or n - K) degrees of freedom. The rules of other programs:

=================  =============  =================  ==============  ============
program            observations   absorbed effects   clusters        distribution
=================  =============  =================  ==============  ============
default, fixest,   (n-1)/(n-K)    not those nested   G/(G-1),        t, min G - 1
reghdfe                           in the clusters    smallest G
Stata areg         (n-1)/(n-K)    all                G/(G-1)         t, G - 1
Stata xtreg, fe    (n-1)/(n-K)    none               G/(G-1)         t, G - 1
linearmodels       n/(n-K) [1]_   all, or none       none [2]_       t, n - K
plm vcovHC, SCC    none           --                 none            t, n - K
ShiftShareSE       (n-1)/(n-K)    all                G/(G-1)         normal
                   [3]_                              [3]_
=================  =============  =================  ==============  ============

.. [1] Only with ``debiased=True``. With entity *and* time effects its default counts all,
   even those nested in the clusters; with ``auto_df=False, count_effects=False`` none, not
   even a constant. On Grunfeld's data, with ``group_debias=True``, the first is 2.6 per cent
   above the default here, the second 5.2 below.
.. [2] Unless ``group_debias=True``.
.. [3] In least squares; no correction in 2SLS.

References
----------
Cameron and Miller (2015), A practitioner's guide to cluster-robust inference, section VII.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from agglometrics.errors import IdentificationError
from agglometrics.notation import Codes
from agglometrics.tables.arguments import checked
from agglometrics.tables.codes import n_levels, nested_in

Absorbed = Literal["nonnested", "all", "none"]
DegreesOfFreedom = Literal["clusters", "residual"]


@checked
@dataclass(frozen=True)
class SmallSample:
    """A small-sample rule (see the module's table).

    Attributes
    ----------
    absorbed : which absorbed effects count as parameters: "nonnested" (those not nested in
        the clusters), "all" or "none"
    observations : multiply by (n - 1) / (n - K)
    clusters : multiply by G / (G - 1)
    less_one : its numerator is n - 1; n otherwise
    constant : absorbed effects of which none counts still count one constant
    components : subtract one parameter for every further connected component of the first
        two absorbed effects (their exact rank)
    t : use the t distribution; the normal otherwise
    residual_df : the residual variance of `Homoskedastic` is divided by n - K; by n otherwise
    two_stage : the corrections hold for two-stage least squares too
    df : its degrees of freedom: "clusters", G - 1 where there are clusters (T - 1 over periods),
        or "residual", always n - K with every absorbed effect counted
    """

    absorbed: Absorbed = "nonnested"
    observations: bool = True
    clusters: bool = True
    less_one: bool = True
    constant: bool = True
    components: bool = True
    t: bool = True
    residual_df: bool = True
    two_stage: bool = True
    df: DegreesOfFreedom = "clusters"

    def of(self, least_squares: bool) -> SmallSample:
        """Return the rule as it holds for least squares, or for two stages."""
        if least_squares or self.two_stage:
            return self
        return replace(self, observations=False, clusters=False, residual_df=False)


@checked
@dataclass(frozen=True)
class FixestRules(SmallSample):
    """The rule of fixest: the default, without counting connected components."""

    components: bool = False


@checked
@dataclass(frozen=True)
class StataAregRules(SmallSample):
    """The rule of Stata's areg: every absorbed effect counts."""

    absorbed: Absorbed = "all"


@checked
@dataclass(frozen=True)
class StataXtregRules(SmallSample):
    """The rule of Stata's xtreg, fe with clusters: absorbed effects do not count."""

    absorbed: Absorbed = "none"


@checked
@dataclass(frozen=True)
class PlmRules(SmallSample):
    """The rule of plm's vcovHC and vcovSCC as they stand: no factor.

    plm prints z statistics for random effects: there ``PlmRules(t=False)``.
    """

    observations: bool = False
    clusters: bool = False
    df: DegreesOfFreedom = "residual"


@checked
@dataclass(frozen=True)
class LinearmodelsRules(SmallSample):
    """The rule of linearmodels' panels with ``debiased=True``: n / (n - K) alone.

    With entity *and* time effects its default is ``LinearmodelsRules(absorbed="all")``; with
    ``debiased=False`` it has no factor and is normal, ``PlmRules(t=False)``.
    """

    clusters: bool = False
    less_one: bool = False
    constant: bool = False
    df: DegreesOfFreedom = "residual"


@checked
@dataclass(frozen=True)
class ShiftShareSERules(SmallSample):
    """The rule of ShiftShareSE: corrections for least squares alone, normal distribution.

    Adao, Kolesar and Morales (2019) correct neither 2SLS nor their exposure-robust variances.
    """

    absorbed: Absorbed = "all"
    t: bool = False
    two_stage: bool = False


@dataclass(frozen=True)
class Counts:
    """What a rule needs to know about a regression.

    Attributes
    ----------
    n : observations
    k : estimated coefficients
    absorbed : codes of the absorbed effects, each (N,)
    components : connected components of the first two absorbed effects, minus one
    """

    n: int
    k: int
    absorbed: tuple[Codes, ...] = ()
    components: int = 0


def parameters(rule: SmallSample, counts: Counts, clusters: Sequence[Codes] = ()) -> int:
    """Return K, the number of parameters that count under `rule`.

    Effects nested in a cluster, and the rule that counts none, count one constant or nothing.
    """
    if not counts.absorbed:
        return counts.k
    sizes = [
        n_levels(codes) - 1
        for codes in counts.absorbed
        if rule.absorbed == "all"
        or (rule.absorbed == "nonnested" and not any(nested_in(codes, c) for c in clusters))
    ]
    lost = counts.components if rule.components and len(sizes) == len(counts.absorbed) else 0
    return counts.k + (1 if sizes or rule.constant else 0) + sum(sizes) - lost


def residual_df(counts: Counts, K: int) -> int:
    """Return n - K, or raise `IdentificationError` if nothing is left."""
    left = counts.n - K
    if left <= 0:
        raise IdentificationError(
            f"{counts.n} observations do not leave a degree of freedom for {K} parameters "
            "(absorbed effects counted). Use fewer effects or terms."
        )
    return left


def factor(rule: SmallSample, counts: Counts, K: int, groups: int | None) -> float:
    """Return what a sandwich variance is multiplied by; `groups` is None without clusters."""
    n = counts.n
    scale = (n - rule.less_one) / residual_df(counts, K) if rule.observations else 1.0
    if rule.clusters:
        G = n if groups is None else groups
        scale *= G / (G - 1)
    return scale
