"""The Wald test of several coefficients."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import InputError, caution
from agglometrics.inference.estimates import Estimates
from agglometrics.linalg.symmetric import quadratic_form


def wald_test(estimates: Estimates, terms: tuple[str, ...]) -> pd.DataFrame:
    """Return the Wald test that the coefficients of `terms` are all zero.

    ``F = b' V^-1 b / q``. Where V is singular once its units are scaled away (fewer clusters
    than terms, negative eigenvalues set to zero), b is tested in the directions that have a
    variance: q is the rank of V, with a warning. F is never negative.
    """
    from scipy import stats

    absent = [term for term in terms if term not in estimates.terms]
    if absent:
        raise InputError(
            f"terms {absent} were not estimated; terms are {list(estimates.terms)}. "
            "Choose among these."
        )
    at = [estimates.terms.index(term) for term in terms]
    b, V = estimates.params[at], estimates.covariance.matrix[np.ix_(at, at)]
    q, df = len(at), estimates.covariance.df
    if df is not None and q > df:
        raise InputError(
            f"{q} coefficients cannot be tested together with {df:g} degrees of freedom "
            "(clusters minus one). Test fewer terms, or cluster more finely."
        )
    chi2, rank = quadratic_form(b, V)
    if rank < q:
        _warn_of_rank(terms, rank)
        q = max(rank, 1)
    F = chi2 / q
    p = stats.chi2.sf(F * q, q) if df is None else stats.f.sf(F, q, df)
    row = {"statistic": F, "df_num": q, "df_denom": np.inf if df is None else df, "p_value": p}
    return pd.DataFrame([row])


def _warn_of_rank(terms: tuple[str, ...], rank: int) -> None:
    caution(
        f"the covariance of {list(terms)} has rank {rank}, not {len(terms)}: only the {rank} "
        "directions that have a variance are tested. Test fewer terms, or cluster by one column."
    )
