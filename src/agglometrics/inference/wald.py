"""The Wald test of several coefficients."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.inference.estimates import Estimates


def wald_test(estimates: Estimates, terms: tuple[str, ...]) -> pd.DataFrame:
    """Return the Wald test that the coefficients of `terms` are all zero."""
    from scipy import stats

    absent = [term for term in terms if term not in estimates.terms]
    if absent:
        raise InputError(f"terms {absent} were not estimated; terms are {list(estimates.terms)}.")
    at = [estimates.terms.index(term) for term in terms]
    b, V = estimates.params[at], estimates.covariance.matrix[np.ix_(at, at)]
    q, df = len(at), estimates.covariance.df
    if df is not None and q > df:
        raise InputError(
            f"{q} coefficients cannot be tested together with {df:g} degrees of freedom "
            "(clusters less one). Test fewer terms, or cluster more finely."
        )
    F = float(b @ np.linalg.pinv(V, hermitian=True) @ b) / q
    p = stats.chi2.sf(F * q, q) if df is None else stats.f.sf(F, q, df)
    row = {"statistic": F, "df_num": q, "df_denom": np.inf if df is None else df, "p_value": p}
    return pd.DataFrame([row])
