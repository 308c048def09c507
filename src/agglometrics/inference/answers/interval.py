"""`Interval`: a confidence set on the line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agglometrics.labels import PLAIN, Labels, Lang, as_labels
from agglometrics.tables.arguments import checked

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Interval:
    """A confidence set on the line: empty, one interval, two rays, or the whole line.

    Attributes
    ----------
    pieces : disjoint closed pieces (low, high) in ascending order, infinite ends allowed
    level : nominal coverage, for example 0.95
    method : how the set was made
    """

    pieces: tuple[tuple[float, float], ...]
    level: float
    method: str

    def __contains__(self, value: float) -> bool:
        return any(low <= value <= high for low, high in self.pieces)

    def __str__(self) -> str:
        if not self.pieces:
            return "empty"
        return " or ".join(f"[{low:.6g}, {high:.6g}]" for low, high in self.pieces)

    @checked
    def plot(
        self,
        *,
        null: float = 0.0,
        unit: str = "",
        lang: Lang = "en",
        labels: Labels | Mapping[Any, Any] = PLAIN,
    ) -> Figure:
        """Draw the set on its line, with arrows where it has no end.

        Parameters
        ----------
        null : a value of interest, marked by a vertical line
        unit : unit of the coefficient, for the axis
        lang, labels : language, and what to print for the method's name

        Examples
        --------
        >>> import numpy as np
        >>> rays = Interval(((-np.inf, -1.0), (2.0, np.inf)), 0.95, "AKM0")
        >>> rays.plot().axes[0].get_title(loc="left")
        '0.95, AKM0'
        """
        labels = as_labels(labels)
        from agglometrics.plotting.pictures.curves import draw_set

        return draw_set(self.pieces, level=self.level, method=self.method, null=null, unit=unit,
                        lang=lang, labels=labels)  # fmt: skip
