"""The distribution of a statistic: t with its degrees of freedom, or normal."""

from __future__ import annotations

import numpy as np
from scipy import special

from agglometrics.notation import Array


def lower_tail(statistic: Array, df: float | Array | None) -> Array:
    """Return P(t <= statistic), (K,), of t with `df` degrees of freedom; normal if None.

    >>> import numpy as np
    >>> lower_tail(np.array([0.0, -1.96]), None).round(3).tolist()
    [0.5, 0.025]
    """
    below = special.ndtr(statistic) if df is None else special.stdtr(df, statistic)
    return np.asarray(below, dtype=np.float64)


def two_sided(statistic: Array, df: float | Array | None) -> Array:
    """Return the p-values of a two-sided test, (K,).

    >>> import numpy as np
    >>> two_sided(np.array([0.0, 12.706]), 1.0).round(3).tolist()
    [1.0, 0.05]
    """
    return 2 * lower_tail(-np.abs(statistic), df)
