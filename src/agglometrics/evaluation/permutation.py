"""`permutation_test`: the difference in differences among those of other units, dates or sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import comb
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agglometrics.errors import IdentificationError, InputError
from agglometrics.evaluation.panel import (
    TreatedPanel,
    read_panel,
    require_balanced,
    require_donors,
    require_one_start,
)
from agglometrics.evaluation.pictures.ranks import draw_reassignments, effect_axis
from agglometrics.evaluation.size import Size, attainable, detectable_by, rejections
from agglometrics.evaluation.synthetic.assignments import by_content
from agglometrics.evaluation.synthetic.reassignment import (
    accepted_effects,
    differences,
    p_value,
    treatment,
)
from agglometrics.inference.estimates import Interval
from agglometrics.labels import PLAIN, Labels, Lang
from agglometrics.notation import Array, Codes
from agglometrics.random.seeds import Seed, root
from agglometrics.tables import listed
from agglometrics.tables.arguments import checked

TRUTHS = 60
"""Reassignments that stand for the truth where size and power are computed, at most."""


@checked
@dataclass(frozen=True)
class PermuteUnits:
    """Reassign the treatment, with its starts, among all units.

    All reassignments are enumerated where one start and at most `draws` sets make it possible;
    otherwise `draws` are drawn.
    """

    draws: int = 9999
    seed: Seed = 0

    def first(self, panel: TreatedPanel) -> tuple[Codes, bool]:
        """Return first treated periods (B, N), the truth first, and whether all are there."""
        return reassigned(panel.first, panel.Y, self.draws, self.seed)


@checked
@dataclass(frozen=True)
class PermuteSets:
    """Reassign the treatment among sets that could have been chosen, for example neighbours.

    Attributes
    ----------
    sets : sets of as many units as are treated; the treated set is added if it is not there
    """

    sets: Sequence[Sequence[Any]]

    def first(self, panel: TreatedPanel) -> tuple[Codes, bool]:
        """Return first treated periods (B, N), the truth first, and that all are there."""
        start, T = require_one_start(panel), panel.Y.shape[1]
        truth = frozenset(panel.units[panel.ever])
        wanted = [frozenset(each) for each in self.sets if frozenset(each) != truth]
        unknown = [name for each in wanted for name in each if name not in panel.units]
        odd = [sorted(each, key=str) for each in wanted if len(each) != len(truth)]
        if unknown or odd or not wanted:
            found = (
                f"unknown units {listed(unknown)}"
                if unknown
                else f"{odd or [list(each) for each in self.sets]}"
            )
            raise InputError(
                f"sets must hold {len(truth)} units of the table each, as many as are treated, "
                f"and one set besides the treated; found {found}. For example "
                f"PermuteSets([{list(map(str, panel.units[: len(truth)]))}, ...])."
            )
        chosen = [truth, *dict.fromkeys(wanted)]
        on = np.array([panel.units.isin(list(each)) for each in chosen])
        return np.where(on, start, T), True


@checked
@dataclass(frozen=True)
class PermuteDates:
    """Move the start to earlier dates, with as long a window after it, all before the treatment.

    Attributes
    ----------
    least : periods that must lie before a pseudo-date
    """

    least: int = 2


Over = PermuteUnits | PermuteSets | PermuteDates


def reassigned(first: Codes, Y: Array, draws: int, seed: Seed) -> tuple[Codes, bool]:
    """Return reassigned starts (B, N), the truth first, and whether all are there.

    first : (N,). Units are drawn in the order of their outcomes, so that labels do not matter.
    """
    from itertools import combinations

    N, T = Y.shape
    on = np.flatnonzero(first < T)
    starts = first[on]
    if len(np.unique(starts)) == 1 and comb(N, len(on)) <= draws:
        sets = [s for s in combinations(range(N), len(on)) if s != tuple(on.tolist())]
        out = np.full((len(sets) + 1, N), T, dtype=np.intp)
        out[0] = first
        np.put_along_axis(out[1:], np.array(sets).reshape(len(sets), -1), int(starts[0]), axis=1)
        return out, True
    rng = np.random.default_rng(root(seed))
    rank = by_content(Y)
    drawn = rng.permuted(np.tile(first[rank], (draws, 1)), axis=1)
    out = np.empty((draws + 1, N), dtype=np.intp)
    out[0], out[1:, rank] = first, drawn
    return out, False


@dataclass(frozen=True)
class PermutationTest:
    """A difference in differences with the rank test of its reassignments.

    Attributes
    ----------
    panel : what was read
    tau : (B,) statistics, the true one first
    kappa : (B,) the same of the true treatment: what a constant effect of one adds to tau
    labels : (B,) what was reassigned to
    enumerated : whether every reassignment is there
    over : the value that chose them
    level : of the set in `tidy`
    """

    panel: TreatedPanel = field(repr=False)
    tau: Array = field(repr=False)
    kappa: Array = field(repr=False)
    labels: tuple[str, ...] = field(repr=False)
    enumerated: bool
    over: Over
    level: float

    @property
    def estimate(self) -> float:
        """The difference in differences."""
        return float(self.tau[0])

    @property
    def p_value(self) -> float:
        """The share of reassignments that are at least as large in absolute value."""
        return p_value(self.tau, self.kappa, 0.0)

    @property
    def smallest_p(self) -> float:
        """The smallest p-value that the number of reassignments allows."""
        return 1 / len(self.tau)

    def interval(self, level: float | None = None) -> Interval:
        """Return the constant effects that the test does not reject."""
        level = self.level if level is None else level
        pieces = accepted_effects(self.tau, self.kappa, 1 - level + 1e-12)
        return Interval(pieces, level, "inverted permutation test")

    def tidy(self) -> pd.DataFrame:
        """Return one row: term att, estimate, std_error, conf_low, conf_high, p_value, level.

        Where the level asked for cannot be attained, the set is at the highest that can, and
        `level` says so. std_error is the root mean square of the reassignments' statistics.
        """
        level = attainable(self.level, self.smallest_p)
        pieces = self.interval(level).pieces or ((np.nan, np.nan),)
        return pd.DataFrame([{
            "term": "att", "estimate": self.estimate,
            "std_error": float(np.sqrt(np.mean(self.tau[1:] ** 2))),
            "conf_low": pieces[0][0], "conf_high": pieces[-1][1],
            "p_value": self.p_value, "level": level,
        }])  # fmt: skip

    @property
    def weights(self) -> pd.DataFrame:
        """Unit weights of the comparison, uniform: unit, weight."""
        never = self.panel.units[~self.panel.ever]
        return pd.DataFrame({"unit": never, "weight": np.full(len(never), 1 / len(never))})

    @property
    def placebos(self) -> pd.DataFrame:
        """Return every reassignment: reassigned to, estimate, true."""
        true = np.arange(len(self.tau)) == 0
        return pd.DataFrame({"reassigned": self.labels, "estimate": self.tau, "true": true})

    @cached_property
    def size(self) -> Size:
        """How often the test errs at pseudo-dates and on donors, and what it would find."""
        return _size(self)

    @checked
    def plot(
        self,
        *,
        unit: str = "",
        lang: Lang = "en",
        labels: Labels | Mapping[Any, Any] = PLAIN,
    ) -> Figure:
        """Draw the distribution of the reassignments, and the estimate with its p-value.

        Parameters
        ----------
        unit : unit of the outcome, for the axis
        lang, labels : language, and what to print for machine names

        Raises
        ------
        InputError
            If there are fewer than two reassignments besides the true one.
        """
        axis = effect_axis(self.panel.outcome, unit, lang, labels)
        return draw_reassignments(
            self.tau, axis, self.p_value, "_reassigned", lang=lang, labels=labels
        )

    def __str__(self) -> str:
        row = self.tidy().iloc[0]
        return (
            f"att {row.estimate:.6g}, p {row.p_value:.4g} of {len(self.tau)} reassignments, "
            f"{row.level:.3g} set {self.interval(row.level)}\n{self.size}"
        )


@checked
def permutation_test(
    data: object,
    *,
    outcome: str,
    unit: str,
    time: str,
    treated: str,
    over: Over = PermuteUnits(),
    level: float = 0.95,
) -> PermutationTest:
    """Test a difference in differences by the rank among its reassignments.

    The statistic is the mean change of the treated less that of the never treated (starts averaged
    by treated unit-periods). The test is exact if the reassignments were equally likely: Fisher's
    argument, which holds for units drawn by lot, and is an assumption for chosen ones. Its
    inversion gives the constant effects that are not rejected.

    Parameters
    ----------
    data : long table, one row per unit and period
    outcome, unit, time, treated : columns; treated is 1 in treated unit-periods, 0 elsewhere
    over : `PermuteUnits` (among all units; with two treated and one start, all pairs),
        `PermuteSets` (among sets that could have been chosen), or `PermuteDates` (earlier starts
        of the same units)
    level : of the set

    Raises
    ------
    InputError
        See `read_panel`; for an unbalanced panel; for sets of another number of units.
    IdentificationError
        With no untreated unit, or no date that leaves a window before the treatment.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import permutation_test
    >>> city, year = np.divmod(np.arange(20 * 6), 6)
    >>> on = (city < 2) & (year >= 4)
    >>> gdp = city + year + 3.0 * on + 0.1 * (city * year % 3)
    >>> data = pd.DataFrame({"city": city, "year": year, "gdp": gdp, "pilot": on.astype(int)})
    >>> test = permutation_test(data, outcome="gdp", unit="city", time="year", treated="pilot")
    >>> len(test.placebos), round(test.p_value, 4)  # all pairs of twenty cities
    (190, 0.0053)
    """
    panel = read_panel(data, outcome=outcome, unit=unit, time=time, treated=treated)
    require_balanced(panel)
    require_donors(panel, 1)
    if isinstance(over, PermuteDates):
        tau, labels = _at_dates(panel, over)
        kappa = np.zeros(len(tau))
        kappa[0] = 1.0
        return PermutationTest(panel, tau, kappa, labels, True, over, level)
    first, every = over.first(panel)
    tau = differences(panel.Y, first)
    kappa = differences(treatment(panel.first, panel.Y.shape[1]), first)
    return PermutationTest(panel, tau, kappa, _sets_named(panel, first), every, over, level)


def _sets_named(panel: TreatedPanel, first: Codes) -> tuple[str, ...]:
    names, T = panel.units.astype(str).to_numpy(dtype=object), panel.Y.shape[1]
    return tuple(", ".join(names[row < T]) for row in first)


def _at_dates(panel: TreatedPanel, over: PermuteDates) -> tuple[Array, tuple[str, ...]]:
    """Return the statistics of the true and of earlier starts, and these starts as text."""
    start, T = require_one_start(panel), panel.Y.shape[1]
    moved = range(over.least, start - (T - start) + 1)
    if not len(moved):
        raise IdentificationError(
            f"no earlier date leaves {over.least} periods before it and {T - start} after it, all "
            f"before {listed([panel.periods[start]])}. Cut the table after the treatment shorter, "
            "or pass over=PermuteUnits()."
        )
    tau = [differences(panel.Y, panel.first[None])[0]]
    for s in moved:
        window = panel.Y[:, : s + T - start]
        first = np.where(panel.ever, s, window.shape[1])
        tau.append(differences(window, first[None])[0])
    labels = (start, *moved)
    return np.array(tau), tuple(str(panel.periods[s]) for s in labels)


def _size(test: PermutationTest) -> Size:
    """Return the size at pseudo-dates, and the power on donors alone."""
    panel, smallest = test.panel, test.smallest_p
    at = attainable(test.level, smallest)
    rows = []
    note = "A rank among all reassignments has its nominal size by construction."
    start = int(panel.first.min())
    if not isinstance(test.over, PermuteDates):
        early = [_at_pseudo_date(test, s) for s in range(1, start)] or [1.0]
        rows.append(rejections("the treated at pseudo-dates", np.array(early), at))
        note += " Pseudo-dates are those of the treated, before treatment: their tests overlap."
    tau, kappa = _donors_alone(test)
    p = np.array([p_value(np.r_[tau[a], tau], np.r_[1.0, k], 0.0) for a, k in kappa.items()])
    rows.append(rejections("donors", p, at))
    scale = float(np.abs(tau).mean()) or 1e-300

    def power(c: float) -> float:
        found = [
            np.mean(np.abs(tau + sign * c * k) >= abs(tau[a] + sign * c) - 1e-9 * scale)
            <= 1 - at + 1e-12
            for a, k in kappa.items()
            for sign in (-1.0, 1.0)
        ]
        return float(np.mean(found))

    return Size(pd.DataFrame(rows), smallest, detectable_by(power, scale), at, (note,))


def _at_pseudo_date(test: PermutationTest, start: int) -> float:
    """Return the p-value of the treated units with an earlier start, before the treatment."""
    panel, over = test.panel, test.over
    window = panel.Y[:, : int(panel.first.min())]
    first = np.where(panel.ever, start, window.shape[1]).astype(np.intp)
    every = over.first(panel)[0] if isinstance(over, PermuteSets) else None
    if every is not None:
        moved = np.where(every < panel.Y.shape[1], start, window.shape[1])
    else:
        moved = reassigned(first, window, 999, 0)[0]
    tau = differences(window, moved)
    return p_value(tau, np.ones(len(tau)), 0.0)


def _donors_alone(test: PermutationTest) -> tuple[Array, dict[int, Array]]:
    """Return statistics of sets of donors, and for some what an effect on them adds to all."""
    panel = test.panel
    if isinstance(test.over, PermuteDates):
        tau = test.tau[1:]
        return tau, {a: (np.arange(len(tau)) == a).astype(float) for a in range(len(tau))}
    donors = panel.take(~panel.ever)
    T, m = panel.Y.shape[1], int(panel.ever.sum())
    if len(donors.units) < m + 1:
        raise IdentificationError(
            f"size needs more donors than the {m} treated units; found {len(donors.units)}. Add "
            "untreated units."
        )
    first = np.full(len(donors.units), T, dtype=np.intp)
    first[by_content(donors.Y)[:m]] = panel.first[panel.ever]
    every = reassigned(first, donors.Y, 1999, 0)[0]
    tau = differences(donors.Y, every)
    chosen = np.unique(np.linspace(0, len(every) - 1, TRUTHS).astype(int)).tolist()
    return tau, {a: differences(treatment(every[a], T), every) for a in chosen}
