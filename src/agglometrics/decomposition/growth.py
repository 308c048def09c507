"""Growth of an economy of regions and industries against a reference, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from agglometrics.decomposition.formulas.rates import growth_rates, homothetic
from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.tables import listed

BaseWeights = Literal["start", "end", "mean"]
END_SHARE: dict[str, float] = {"start": 0.0, "mean": 0.5, "end": 1.0}


@dataclass(frozen=True)
class Terms:
    """What every partition is made of; shapes as in `agglometrics.decomposition.formulas`."""

    B: Array
    D: Array
    G: Array
    g: Array
    H: Array


@dataclass(frozen=True)
class Growth:
    """Activity at two dates and the reference economy that it is compared with.

    Attributes
    ----------
    start, end : (R, I) activity
    reference_start, reference_end : (1, I), or (R, I) where each region has its own
    regions : (R,) labels
    """

    start: Array
    end: Array
    reference_start: Array
    reference_end: Array
    regions: pd.Index[Any]

    @property
    def closed(self) -> bool:
        """Whether the reference economy is the sum of the regions."""
        return self.reference_start.shape[0] == 1 and all(
            np.allclose(reference[0], own.sum(axis=0), rtol=1e-12, atol=0)
            for reference, own in (
                (self.reference_start, self.start),
                (self.reference_end, self.end),
            )
        )

    def base(self, weights: BaseWeights) -> Array:
        """(R, I) activity at the start, at the end, or the mean of both."""
        return _between(self.start, self.end, weights)

    def terms(self, weights: BaseWeights) -> Terms:
        """Return base, change and reference rates.

        Raises
        ------
        InputError
            If the reference economy has no activity in its base.
        """
        N = _between(self.reference_start, self.reference_end, weights)
        empty = N.sum(axis=1) <= 0
        if empty.any():
            where = f" for regions {listed(self.regions[empty])}" if len(empty) > 1 else ""
            raise InputError(
                f"the reference economy must have activity in its base ({weights}); "
                f"it has none{where}, so it has no growth rate. Choose another period or reference."
            )
        B = self.base(weights)
        G, g = growth_rates(N, self.reference_end - self.reference_start)
        return Terms(B, self.end - self.start, G, g, homothetic(B, N))


def _between(start: Array, end: Array, weights: BaseWeights) -> Array:
    share = END_SHARE[weights]
    return (1 - share) * start + share * end


def check_weights(weights: str) -> None:
    """Raise `InputError` unless `weights` names a base."""
    if weights not in END_SHARE:
        raise InputError(f"weights={weights!r} is unknown; choose 'start', 'end' or 'mean'.")
