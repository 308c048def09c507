"""What indices need of each industry: cells, power sums of plant sizes, reference shares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from agglometrics.errors import caution
from agglometrics.notation import Array
from agglometrics.tables import Cube, listed, ratio
from agglometrics.tables.rounding import at_least

OWN = 0.1
"""Share in its own reference from which an industry gets a note: gamma of a dartboard industry with
H = .05 is then -.01 in the mean (see `ellison_glaeser`)."""

OWN_NOTE = "the industry is 10 percent or more of its own reference: gamma is biased towards zero, "
OWN_NOTE += "and below; take reference='excluding'"

ONE = 1e-15
"""A Herfindahl this close to 1 is 1."""


@dataclass(frozen=True)
class Industries:
    """Plants of every industry and period, summed to what the indices use.

    Attributes
    ----------
    cube : E, (T, R, I), the activity; its regions are those of the reference
    x : (T, R, 1) region shares of the reference aggregate; (T, R, I) where industries differ
    own : (T, I) share of the industry in its own reference; NaN where totals come from outside
    n : (T, I) number of plants
    p2, p3, p4 : (T, I) sum over plants of (size / industry size) to the power 2, 3, 4
    """

    cube: Cube
    x: Array
    own: Array
    n: Array
    p2: Array
    p3: Array
    p4: Array

    @property
    def herfindahl(self) -> Array:
        """H, (T, I): the plant Herfindahl; exactly 1 where it is 1 up to rounding."""
        return np.where((self.n == 1) | (1 - self.p2 <= ONE), 1.0, self.p2)

    @property
    def x2(self) -> Array:
        """Sum of squared reference shares, (T, 1) or (T, I)."""
        return np.asarray((self.x**2).sum(axis=1))

    @property
    def x3(self) -> Array:
        """Sum of cubed reference shares, (T, 1) or (T, I)."""
        return np.asarray((self.x**3).sum(axis=1))

    def reference(self, t: int, i: int) -> Array:
        """Return the reference shares of one industry and period, (R,)."""
        return np.asarray(self.x[t, :, i if self.x.shape[2] > 1 else 0])

    def shares(self) -> Iterator[tuple[int, Array]]:
        """Yield each period t with s, (R, I): region shares of the industries (NaN: no plant)."""
        for t, E in enumerate(self.cube.values):
            yield t, ratio(E, E.sum(axis=0, keepdims=True))

    def tidy(self, **statistics: Array | list[str]) -> pd.DataFrame:
        """Return (T, I) statistics beside their keys, for the industries that have plants."""
        columns = {name: np.asarray(column) for name, column in statistics.items()}
        present = (self.n > 0).reshape(-1)
        return self.cube.tidy("industry", **columns).loc[present].reset_index(drop=True)

    def notes(self) -> Array:
        """Return (T, I) reasons why an index is undefined; warn, naming the industries."""
        single = self.n == 1
        heavy = (self.n > 1) & (self.herfindahl == 1)
        keys = self.cube.keys("industry")
        for rows, reason in ((single, "one plant only"), (heavy, "one plant holds all activity")):
            if rows.any():
                named = keys.loc[rows.reshape(-1)].to_dict("records")
                caution(
                    f"H = 1 ({reason}), gamma is undefined and left NaN: {listed(named)}. "
                    "Merge these industries with others or leave them out."
                )
        words: Array = np.where(at_least(self.own, OWN), OWN_NOTE, "")
        words = np.where(single, "one plant: H = 1, gamma undefined", words)
        return np.where(heavy, "H = 1, gamma undefined", words)
