"""A ledger of published claims: each judged against a computed value, by rules fixed beforehand.

A claim is judged on two axes. *Testability* says what the open data allow: ``same`` concept,
a ``proxy``, an ``internal`` check against the text's other numbers, ``none``, or a
``definition``, ``event`` or ``proposition``. *Agreement* says how the computed value compares.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.tables import listed

Agreement = Literal[
    "within rounding",
    "within tolerance",
    "consistent with a bound",
    "not",
    "not applicable",
]
TESTABILITY = ("same", "proxy", "internal", "none", "definition", "event", "proposition")
FLAGS = ("misdated", "internal tension", "several readings", "proxy only")


@dataclass(frozen=True)
class Tolerance:
    """How far a computed value may lie from the claimed one: absolutely, or relative to it.

    Attributes
    ----------
    size : the half-width, in the claim's unit (absolute) or as a fraction (relative)
    relative : whether `size` is a fraction of the claimed value
    """

    size: float
    relative: bool = False

    def half_width(self, claimed: float) -> float:
        """Return the half-width in the unit of `claimed`."""
        return self.size * abs(claimed) if self.relative else self.size

    def __str__(self) -> str:
        return f"{100 * self.size:g} % of the value" if self.relative else f"{self.size:g}"


@dataclass(frozen=True)
class Bound:
    """A computed value that the claimed quantity cannot be below (lower) or above (upper).

    Attributes
    ----------
    side : ``"lower"`` or ``"upper"``
    """

    side: Literal["lower", "upper"]

    def allows(self, claimed: float, computed: float, rounding: float) -> bool:
        """Return whether the claimed value lies on its side of the bound, up to its rounding."""
        excess = computed - claimed if self.side == "lower" else claimed - computed
        return excess <= rounding * (1 + 1e-9)

    def __str__(self) -> str:
        return f"{self.side} bound"


def rounding_unit(printed: str) -> float:
    """Return half a unit of the last digit of a number as it was printed.

    >>> rounding_unit("14.62"), rounding_unit("37")
    (0.005, 0.5)
    """
    _, _, decimals = printed.partition(".")
    return float(0.5 * 10.0 ** -len(decimals))


def _gap(relation: str, low: float, high: float, computed: float, step: float) -> float:
    """Return how far `computed` lies outside what the claim says; zero when it is inside.

    "Over 66 million" says 66 to 67 million: it covers 99 units (`step`) of the last printed
    digit, and no more.
    """
    outside: Mapping[str, float] = {
        "=": abs(computed - low),
        "range": max(low - computed, computed - high, 0.0),
        ">": max(low - computed, computed - (low + 99 * step), 0.0),
        ">=": max(low - computed, 0.0),
        "<": max(computed - high, 0.0),
    }
    if relation not in outside:
        raise InputError(f"relation {relation!r} is unknown; choose one of {list(outside)}.")
    return outside[relation]


def agreement(
    printed: str, relation: str, computed: float, tolerance: Tolerance | Bound
) -> Agreement:
    """Judge a computed value against a claim.

    Parameters
    ----------
    printed : the claimed number as printed (``"14.62"``; ``"20-30"`` for a range): its last
        digit fixes what *within rounding* means
    relation : ``"="``, ``">"``, ``">="``, ``"<"`` or ``"range"``
    computed : the value from data; NaN where there is none
    tolerance : fixed before looking; a `Bound` where `computed` only bounds the quantity

    Examples
    --------
    >>> agreement("14.62", "=", 14.25, Tolerance(1.0))
    'within tolerance'
    >>> agreement("6600", ">", 6768.0, Tolerance(0.05, relative=True))
    'within tolerance'
    >>> agreement("7", "=", 5.8, Bound("lower"))
    'consistent with a bound'
    """
    if math.isnan(computed):
        return "not applicable"
    ends = printed.split("-") if relation == "range" else [printed, printed]
    low, high = float(ends[0]), float(ends[-1])
    half = rounding_unit(ends[0])
    if isinstance(tolerance, Bound):
        return "consistent with a bound" if tolerance.allows(low, computed, half) else "not"
    gap = _gap(relation, low, high, computed, 2 * half)
    # a hair above half a digit, so that a value that rounds to the printed one passes
    if gap <= half * (1 + 1e-9):
        return "within rounding"
    return "within tolerance" if gap <= tolerance.half_width(low) else "not"


def build_ledger(claims: pd.DataFrame, evidence: pd.DataFrame) -> pd.DataFrame:
    """Join claims with the evidence on them, one row per claim, and judge each.

    Parameters
    ----------
    claims : claim_id, testability, relation, value (as printed), ...
    evidence : claim_id, computed, tolerance (a `Tolerance` or `Bound`), base, date,
        flags, evidence; a claim without a row has no evidence

    Returns
    -------
    `claims` with agreement, flags, computed, tolerance, base, date and evidence

    Raises
    ------
    InputError
        For evidence on an unknown claim or twice on one, an unknown testability or flag.
    """
    _check(claims, evidence)
    ledger = claims.merge(evidence, on="claim_id", how="left", validate="one_to_one")
    ledger["agreement"] = [
        _judge(str(value), str(relation), computed, tolerance)
        for value, relation, computed, tolerance in zip(
            ledger["value"],
            ledger["relation"],
            ledger["computed"].astype("float64"),
            ledger["tolerance"],
            strict=True,
        )
    ]
    texts = ["flags", "base", "date", "evidence", "tolerance"]
    ledger[texts] = ledger[texts].map(lambda cell: "" if _unknown(cell) else str(cell))
    return ledger


def _judge(printed: str, relation: str, computed: float, tolerance: object) -> Agreement:
    """Judge where a tolerance was fixed; elsewhere there is nothing to compare."""
    if not isinstance(tolerance, Tolerance | Bound):
        return "not applicable"
    return agreement(printed, relation, computed, tolerance)


def _unknown(cell: object) -> bool:
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def _check(claims: pd.DataFrame, evidence: pd.DataFrame) -> None:
    unknown = sorted(set(evidence["claim_id"]) - set(claims["claim_id"]))
    if unknown:
        raise InputError(f"evidence on claims that the table of claims lacks: {listed(unknown)}.")
    twice = sorted(evidence.loc[evidence["claim_id"].duplicated(), "claim_id"])
    if twice:
        raise InputError(f"evidence given twice on {listed(twice)}; a claim has one judgement.")
    odd = sorted(set(claims["testability"]) - set(TESTABILITY))
    if odd:
        raise InputError(f"testability {listed(odd)} is unknown; choose from {TESTABILITY}.")
    flags = {flag for cell in evidence["flags"] for flag in str(cell).split("; ") if flag}
    if flags - set(FLAGS):
        raise InputError(f"flags {listed(sorted(flags - set(FLAGS)))} are unknown; use {FLAGS}.")


def proposition_answer(
    estimate: float,
    p_value: float,
    *,
    expected: Literal[1, -1],
    sturdy: bool,
    bounded: bool = False,
    level: float = 0.05,
) -> str:
    """Say in words what an estimate answers to a proposition about a sign.

    Parameters
    ----------
    estimate, p_value : of the primary estimand, the p-value adjusted for its family of tests
    expected : the sign that the proposition asserts
    sturdy : whether every variant of the same estimand has the same sign
    bounded : whether the interval lies within the smallest effect of interest
    level : fixed beforehand

    Returns
    -------
    ``"found"``, ``"found, not in every variant"``, ``"the opposite found"``, ``"none within the
    bounds"`` or ``"not found"``; the last says nothing without the smallest effect that the
    design would detect.

    Examples
    --------
    >>> proposition_answer(0.3, 0.04, expected=1, sturdy=False)
    'found, not in every variant'
    >>> proposition_answer(0.3, 0.4, expected=1, sturdy=False)
    'not found'
    """
    if math.isnan(estimate) or math.isnan(p_value):
        raise InputError("a proposition is answered by an estimate and its p-value; one is NaN.")
    if p_value >= level:
        return "none within the bounds" if bounded else "not found"
    if estimate * expected < 0:
        return "the opposite found"
    return "found" if sturdy else "found, not in every variant"


def root_mean_square(claimed: Array, computed: Array) -> float:
    """Return the root mean squared difference, in the unit of the shares."""
    return float(np.sqrt(np.mean((computed - claimed) ** 2)))


def root_mean_square_log(claimed: Array, computed: Array) -> float:
    """Return the root mean squared log ratio: relative errors, small regions count as large."""
    return float(np.sqrt(np.mean(np.log(computed / claimed) ** 2)))


def largest_difference(claimed: Array, computed: Array) -> float:
    """Return the largest absolute difference."""
    return float(np.max(np.abs(computed - claimed)))


def gap_to_first(claimed: Array, computed: Array) -> float:
    """Return the root mean squared difference of the ratios to the first region."""
    return float(np.sqrt(np.mean((computed / computed[0] - claimed / claimed[0]) ** 2)))


METRICS: Mapping[str, Callable[[Array, Array], float]] = {
    "rms_difference": root_mean_square,
    "rms_log_ratio": root_mean_square_log,
    "largest_difference": largest_difference,
    "gap_to_first": gap_to_first,
}


def date_search(
    claimed: pd.Series[float],
    candidates: pd.DataFrame,
    metrics: Mapping[str, Callable[[Array, Array], float]] = METRICS,
) -> pd.DataFrame:
    """Compare undated shares with every (source, time) that could be meant.

    Parameters
    ----------
    claimed : shares by region, in percent; its index are regions, the largest first
    candidates : source, time, region, share (percent); a (source, time) that lacks one of the
        claimed regions is left out
    metrics : distances by name

    Returns
    -------
    One row per (source, time): a column a metric, and ``ranks_agree`` (whether the regions stand
    in the claimed order). The metrics are distances, not a test: they order candidates and say
    nothing of sampling error.
    """
    wide = candidates.pivot(index=["source", "time"], columns="region", values="share")
    lacking = [region for region in claimed.index if region not in wide.columns]
    if lacking:
        raise InputError(f"no candidate has the claimed regions {listed(lacking)}.")
    wide = wide[list(claimed.index)].dropna()
    target: Array = np.asarray(claimed, dtype=np.float64)
    order = np.argsort(-target, kind="stable")
    rows = [
        {
            **{name: metric(target, shares) for name, metric in metrics.items()},
            "ranks_agree": bool((np.argsort(-shares, kind="stable") == order).all()),
        }
        for shares in np.asarray(wide, dtype=np.float64)
    ]
    return pd.DataFrame(rows, index=wide.index).reset_index()


def best_dates(search: pd.DataFrame, metrics: Mapping[str, object] = METRICS) -> pd.DataFrame:
    """Return, for each source and metric, the time that fits best, with its distance."""
    rows = []
    for source, group in search.groupby("source", sort=True):
        for metric in metrics:
            best = group.iloc[int(np.argmin(group[metric]))]
            rows.append(
                {"source": source, "metric": metric, "time": best["time"], "distance": best[metric]}
            )
    return pd.DataFrame(rows)
