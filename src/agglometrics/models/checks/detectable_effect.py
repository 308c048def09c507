"""The smallest effect that a design would detect."""

from __future__ import annotations

import pandas as pd

from agglometrics.errors import InputError
from agglometrics.inference.estimates import Estimates
from agglometrics.tables.arguments import checked


@checked
def detectable_effect(fit: Estimates, *, power: float = 0.8, level: float = 0.95) -> pd.DataFrame:
    """Return the smallest effect of each term that the design would detect.

    ``(c(1 - alpha / 2) + c(power)) se``, with c the quantile of the estimate's t (or normal)
    distribution (Bloom 1995): an ex-post statement on the precision of the design, not on
    the estimate.

    Parameters
    ----------
    fit : estimates; their covariance is the one used
    power : the probability of detecting it
    level : one minus the size of the two-sided test

    Returns
    -------
    DataFrame
        term, std_error, detectable_effect.

    Examples
    --------
    >>> import numpy as np
    >>> from agglometrics import Covariance, Estimates, detectable_effect
    >>> fit = Estimates(("x",), np.array([0.1]), Covariance(np.eye(1), "given"), "y", "m", 50)
    >>> detectable_effect(fit)["detectable_effect"].round(3).item()   # 1.960 + 0.842
    2.802
    """
    from scipy import stats

    if not (0 < power < 1 and 0 < level < 1):
        raise InputError(
            f"power and level lie between 0 and 1; found {power} and {level}. "
            "For example power=0.8, level=0.95."
        )
    df = fit.covariance.df
    quantile = stats.norm.ppf if df is None else stats.t(df).ppf
    c = float(quantile(0.5 + level / 2) + quantile(power))
    table = {"term": fit.terms, "std_error": fit.std_errors}
    return pd.DataFrame({**table, "detectable_effect": c * fit.std_errors})
