"""The same coefficients under several covariances, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from agglometrics.errors import InputError
from agglometrics.inference.estimates import Estimates
from agglometrics.tables.arguments import checked


@checked
def compare_covariances(
    fit: Estimates, covariances: Sequence[Any], *, level: float = 0.95
) -> pd.DataFrame:
    """Return the coefficients of `fit` under each covariance, one row per covariance and term.

    Parameters
    ----------
    fit : the estimate
    covariances : values such as ``[Robust(), Cluster("state"), Conley(km=None), SCPC()]``
    level : of the intervals

    Returns
    -------
    DataFrame
        Columns covariance (its name, which says cut-offs, clusters and places) and those of
        ``tidy()``: term, estimate, std_error, statistic, p_value, conf_low, conf_high.

    Raises
    ------
    InputError
        If `covariances` is empty, or as each covariance does.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import Homoskedastic, Robust, compare_covariances, panel
    >>> data = pd.DataFrame({"x": [0.0, 1, 2, 3, 4], "y": [1.0, 2, 2, 4, 3]})
    >>> both = compare_covariances(panel("y ~ x", data), [Homoskedastic(), Robust()])
    >>> both.loc[both.term == "x", ["covariance", "std_error"]].round(4)
          covariance  std_error
    1  homoskedastic     0.2309
    3         robust     0.2098
    """
    if not covariances:
        raise InputError("compare_covariances needs a covariance, for example [Robust(), SCPC()].")
    parts = []
    for spec in covariances:
        under = fit.with_cov(spec)
        table = under.tidy(level)
        table.insert(0, "covariance", under.covariance.name)
        parts.append(table)
    return pd.concat(parts, ignore_index=True)
