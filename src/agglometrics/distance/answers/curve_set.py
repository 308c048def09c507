"""The curves of several industries: what those of all measures have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from agglometrics.distance.answers.envelopes import DistanceCurve
from agglometrics.errors import InputError
from agglometrics.labels import PLAIN, Labels, Lang, as_labels
from agglometrics.tables import listed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PANELS = 30
"""Small multiples that are drawn unless industries are named."""


@dataclass(frozen=True)
class CurveSet:
    """The curves of several industries; ``curves["A"]`` is the curve of one.

    Attributes
    ----------
    curves : by industry
    curve : one row per industry and distance: `industry` and the columns of the curve of one
    """

    curves: Mapping[Any, DistanceCurve] = field(repr=False)

    def __getitem__(self, industry: Any) -> DistanceCurve:
        """Return the curve of one industry."""
        if industry not in self.curves:
            raise InputError(
                f"no curve of industry {industry!r}; found {listed(list(self.curves))}. Choose "
                f"one of these; {self._others}"
            )
        return self.curves[industry]

    def __len__(self) -> int:
        return len(self.curves)

    @property
    def _others(self) -> str:
        """Where other industries are."""
        return "others were not asked for."

    @property
    def curve(self) -> pd.DataFrame:
        """The curves below each other."""
        parts = [found.curve.assign(industry=label) for label, found in self.curves.items()]
        together = pd.concat(parts, ignore_index=True)
        return together[["industry", *together.columns.drop("industry")]]

    def verdicts(self) -> pd.DataFrame:
        """One row per industry: `industry, n, localized, dispersed, p_value`."""
        found = list(self.curves.values())
        asked = {
            name: pd.array([getattr(c, name) if c.simulations else None for c in found], "boolean")
            for name in ("localized", "dispersed")
        }
        n, p = [c.n_points for c in found], [c.p_value for c in found]
        return pd.DataFrame({"industry": list(self.curves), "n": n, **asked, "p_value": p})

    def plot(
        self,
        industries: Sequence[Any] | None = None,
        columns: int = 5,
        *,
        unit: str = "",
        lang: Lang = "en",
        labels: Labels | Mapping[Any, Any] = PLAIN,
    ) -> Figure:
        """Draw small multiples, by default of the 30 industries with the smallest p-values.

        Parameters
        ----------
        industries, columns : which, and how many beside each other
        unit : unit of distances, for the axis; by default that of the curves
        lang, labels : language, and what to print for industries
        """
        from agglometrics.distance.answers.pictures import draw_panels

        if industries is None:
            order = np.argsort([c.p_value for c in self.curves.values()], kind="stable")
            industries = [list(self.curves)[k] for k in order[:PANELS]]
        return draw_panels(
            {label: self[label] for label in industries}, list(industries), columns, unit, lang,
            as_labels(labels),
        )  # fmt: skip
