"""What a design can tell: how often its tests err, the smallest p-value, the detectable effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agglometrics.labels import PLAIN, Labels, Lang
from agglometrics.notation import Array
from agglometrics.tables.arguments import checked

COLUMNS = ["test", "level", "rejected", "mc_error", "placebos"]

POWER = 0.8
"""The detectable effect is found this often: four times in five."""

SEARCH = 80
"""Effects at which power is evaluated before the detectable one is bisected."""


@dataclass(frozen=True)
class Size:
    """The size and power of the tests of one estimate, from placebos on its own donors.

    Attributes
    ----------
    table : test, level (nominal), rejected (share of placebos without an effect that are
        rejected), mc_error (its standard error over placebos), placebos (their number)
    smallest_p : the smallest attainable p-value of the test in `.tidy()`
    detectable : the smallest constant effect, in units of the outcome, that the test at
        `detectable_level` finds four times in five, mean of both signs; infinite if none
    detectable_level : one minus the size of that test
    notes : what the numbers do not say
    """

    table: pd.DataFrame = field(repr=False)
    smallest_p: float
    detectable: float
    detectable_level: float
    notes: tuple[str, ...] = ()

    def tidy(self) -> pd.DataFrame:
        """Return `table`."""
        return self.table.copy()

    @checked
    def plot(
        self,
        *,
        lang: Lang = "en",
        labels: Labels | Mapping[Any, Any] = PLAIN,
    ) -> Figure:
        """Draw the share of placebos that each test rejects, and its nominal size.

        Lines reach 1.96 Monte Carlo standard errors to both sides.

        Parameters
        ----------
        lang, labels : language, and what to print for machine names
        """
        from agglometrics.evaluation.pictures.ranks import draw_size

        return draw_size(self.table, lang=lang, labels=labels)

    def __str__(self) -> str:
        lines = [
            f"{row['test']}: rejects {row['rejected']:.3f} at {1 - row['level']:.3g} "
            f"(standard error {row['mc_error']:.3f}, {row['placebos']} placebos)"
            for row in self.table.to_dict("records")
        ]
        found = f"{self.detectable:.4g}" if np.isfinite(self.detectable) else "none"
        lines.append(f"smallest p-value: {self.smallest_p:.4g}")
        lines.append(
            f"effect found four times in five at level {self.detectable_level:.3g}: {found}"
        )
        return "\n".join([*lines, *self.notes])


def rejections(test: str, p_values: Array, level: float) -> dict[str, object]:
    """Return the row of `Size.table` for p-values of placebos without an effect."""
    share = float(np.mean(p_values <= 1 - level + 1e-12))
    error = float(np.sqrt(share * (1 - share) / len(p_values)))
    return {"test": test, "level": level, "rejected": share, "mc_error": error,
            "placebos": len(p_values)}  # fmt: skip


def by_third(test: str, size: Array, p_values: Array, level: float) -> list[dict[str, object]]:
    """Return rejections by third of the placebos' sizes, the smallest first; none below six.

    size : (B,) mean outcome before treatment    p_values : (B,) of placebos without an effect
    """
    if len(p_values) < 6:
        return []
    third = (3 * np.argsort(np.argsort(size, kind="stable"), kind="stable")) // len(size)
    names = ("smallest", "middle", "largest")
    return [rejections(f"{test}, {names[k]} third", p_values[third == k], level) for k in range(3)]


def attainable(level: float, smallest_p: float) -> float:
    """Return `level`, or the highest level whose test can reject at all."""
    return min(level, 1 - smallest_p)


def detectable_by(power: Callable[[float], float], scale: float) -> float:
    """Return the smallest effect above zero with power(effect) of at least `POWER`.

    power : the share of placebos that are rejected once the effect is added, both signs
    pooled    scale : the size of effects of interest; effects up to a thousand times it are tried
    """
    effects = scale * np.geomspace(1e-3, 1e3, SEARCH)
    found = np.array([power(c) >= POWER for c in effects])
    if not found.any():
        return float("inf")
    k = int(np.argmax(found))
    low, high = (0.0 if k == 0 else effects[k - 1]), effects[k]
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (low, middle) if power(middle) >= POWER else (middle, high)
    return float(high)
