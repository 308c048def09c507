"""What a table should say beside its estimates: power, and what hangs on one group."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.inference.estimates import Estimates
from agglometrics.inference.jackknife import without_each_cluster
from agglometrics.models.regression import Regression, fitted
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
    level : one less the size of the two-sided test

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


@checked
def without_each(fit: Regression, column: str) -> pd.DataFrame:
    """Return every coefficient without each group of `column` in turn.

    Effects are estimated again each time. Least squares only.

    Parameters
    ----------
    fit : a `panel` estimate
    column : the groups, for example provinces

    Returns
    -------
    DataFrame
        column, term, estimate: one row per group left out and term.

    Raises
    ------
    InputError
        If the estimate is not by least squares.

    Examples
    --------
    >>> from agglometrics import panel, without_each
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> unit, time = np.divmod(np.arange(60), 3)
    >>> x, e = rng.normal(size=(2, 60))
    >>> data = pd.DataFrame({"i": unit, "t": time, "x": x, "y": x + unit / 10 + e})
    >>> found = without_each(panel("y ~ x", data, absorb="i"), "i")["estimate"]
    >>> found.min().round(2).item(), found.max().round(2).item()
    (0.93, 1.07)
    """
    arrays = fitted(fit)
    if not arrays.least_squares:
        raise InputError(
            f"without_each is for least squares; found {fit.method!r}. Estimate it again on the "
            "table without each group."
        )
    codes = arrays.sample.codes(column)
    labels = arrays.sample.column(column).to_numpy()[np.unique(codes, return_index=True)[1]]
    found = without_each_cluster(arrays, codes)
    table = {
        column: np.repeat(labels, len(fit.terms)),
        "term": np.tile(np.array(fit.terms), len(labels)),
        "estimate": found.ravel(),
    }
    return pd.DataFrame(table)
