"""Goodman-Bacon's decomposition: which comparisons a two-way estimate averages, and how much.

Goodman-Bacon (2021): with a balanced panel the coefficient of a two-way regression on a
treatment dummy is the weighted average of all two-by-two differences in differences, with weights
from sizes of groups and variances of treatment. With ``n_k`` the share of units in cohort k,
``D_k`` its share of treated periods, k treated before l, and U the never treated::

    k against U:                  V = n_k n_U D_k (1 - D_k)
    k against l, l untreated:     V = n_k n_l (D_k - D_l) (1 - D_k)
    l against k, k treated:       V = n_k n_l D_l (D_k - D_l)

(his squared sample shares and within-pair shares multiplied out), each over the sum of all V,
which is the variance of treatment after both effects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agglometrics.evaluation.panel import TreatedPanel, read_panel
from agglometrics.evaluation.pictures.bounds import draw_comparisons
from agglometrics.evaluation.requirements import (
    require_balanced,
    require_comparison,
    require_no_gaps,
)
from agglometrics.labels import PLAIN, Labels, Lang
from agglometrics.notation import Array, Codes
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import without_noise

NEVER, EARLIER, LATER = "treated vs never", "earlier vs later", "later vs earlier"


@dataclass(frozen=True)
class BaconDecomposition:
    """The two-by-two comparisons behind a two-way estimate.

    Attributes
    ----------
    estimate : the two-way coefficient, the weighted average of the comparisons
    comparisons : one row per pair: treated, control (first treated period; missing for never
        treated), kind, estimate, weight
    """

    estimate: float
    comparisons: pd.DataFrame = field(repr=False)

    def tidy(self) -> pd.DataFrame:
        """Return one row per kind of comparison: kind, estimate (its average), weight (its sum).

        Comparisons of the kind "later vs earlier" have treated units as controls: their effects,
        if they still grow, enter with a minus.
        """
        frame = self.comparisons.assign(product=lambda f: f["estimate"] * f["weight"])
        sums = frame.groupby("kind", sort=False)[["product", "weight"]].sum()
        sums.insert(0, "estimate", sums.pop("product") / sums["weight"])
        return sums.reset_index()

    @checked
    def plot(
        self,
        *,
        unit: str = "",
        lang: Lang = "en",
        labels: Labels | Mapping[Any, Any] = PLAIN,
    ) -> Figure:
        """Draw each comparison's estimate against its weight; a line marks the two-way estimate.

        Parameters
        ----------
        unit : unit of the outcome, for the axis
        lang, labels : language, and what to print for machine names
        """
        return draw_comparisons(
            self.comparisons, self.estimate, unit=unit, lang=lang, labels=labels
        )


def two_by_two(means: Array, treated: int, control: int, before: slice, after: slice) -> float:
    """Return the difference in differences of two rows of cohort means (G, T)."""
    change = means[:, after].mean(axis=1) - means[:, before].mean(axis=1)
    size = float(np.abs(means).max())
    return float(without_noise(change[treated] - change[control], size, means.shape[1]))


def decompose(
    means: Array, shares: Array, starts: Codes
) -> list[tuple[int, int, str, float, float]]:
    """Return (treated, control, kind, estimate, V) of every comparison.

    means : (G, T) mean outcome of each cohort    shares : (G,) of units
    starts : (G,) first treated places, ascending, T for the never treated (the last, if any)
    """
    T = means.shape[1]
    D = 1 - starts / T
    found = []
    for k in range(len(starts)):
        for m in range(k + 1, len(starts)):
            n, a, b = shares[k] * shares[m], int(starts[k]), int(starts[m])
            kind = NEVER if b == T else EARLIER
            V = n * (D[k] - D[m]) * (1 - D[k])
            estimate = two_by_two(means, k, m, slice(0, a), slice(a, b))
            found.append((k, m, kind, estimate, V))
            if b < T:
                estimate = two_by_two(means, m, k, slice(a, b), slice(b, T))
                found.append((m, k, LATER, estimate, n * D[m] * (D[k] - D[m])))
    return found


@checked
def bacon_decomposition(
    data: object, *, outcome: str, unit: str, time: str, treated: str
) -> BaconDecomposition:
    """Decompose a two-way estimate into its two-by-two comparisons (Goodman-Bacon 2021).

    Parameters
    ----------
    data : long table, one row per unit and period, balanced
    outcome : column of the outcome
    unit, time : key columns; periods without gaps
    treated : column that is 1 in treated unit-periods and 0 elsewhere

    Returns
    -------
    BaconDecomposition
        Weights are positive and add up to one; the weighted average of the estimates is the
        coefficient of ``panel("y ~ treated", absorb=[unit, time])``.

    Raises
    ------
    InputError
        For bad keys or values, unbalanced units, gaps between periods.
    IdentificationError
        If no unit is treated, or one has no period before its treatment.

    References
    ----------
    Goodman-Bacon (2021), Difference-in-differences with variation in treatment timing.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import bacon_decomposition
    >>> data = pd.DataFrame({"i": list("aaabbbccc"), "t": [1, 2, 3] * 3,
    ...                      "on": [0, 1, 1, 0, 0, 1, 0, 0, 0],
    ...                      "y": [0.0, 2, 4, 0, 0, 2, 0, 0, 0]})
    >>> found = bacon_decomposition(data, outcome="y", unit="i", time="t", treated="on")
    >>> round(found.estimate, 4)
    2.0
    >>> found.tidy().round(3)
                   kind  estimate  weight
    0  earlier vs later       2.0   0.167
    1  later vs earlier       0.0   0.167
    2  treated vs never       2.5   0.667
    """
    panel = read_panel(data, outcome=outcome, unit=unit, time=time, treated=treated)
    require_balanced(panel)
    require_no_gaps(panel)
    require_comparison(panel)
    starts, cohort, sizes = np.unique(panel.first, return_inverse=True, return_counts=True)
    means = np.stack([panel.Y[cohort == g].mean(axis=0) for g in range(len(starts))])
    rows = decompose(means, sizes / len(panel.units), starts)
    frame = _labelled(panel, starts, rows)
    estimate = frame["estimate"].to_numpy() @ frame["weight"].to_numpy()
    return BaconDecomposition(float(estimate), frame)


def _labelled(
    panel: TreatedPanel, starts: Codes, rows: list[tuple[int, int, str, float, float]]
) -> pd.DataFrame:
    """Return the comparisons as a frame, their weights adding up to one."""
    k, m, kind, estimate, V = zip(*rows, strict=True)
    labels = panel.periods.astype(object).append(pd.Index([None], dtype=object))
    return pd.DataFrame(
        {
            "treated": labels[starts[list(k)]],
            "control": labels[starts[list(m)]],
            "kind": kind,
            "estimate": estimate,
            "weight": np.array(V) / np.sum(V),
        }
    )
