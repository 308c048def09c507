"""Linear combinations of coefficients, with the covariance that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from agglometrics.errors import InputError
from agglometrics.inference.display.by_term import by_term
from agglometrics.inference.estimates import Covariance, Estimates
from agglometrics.notation import Array
from agglometrics.tables.arguments import checked


@checked
def lincom(fit: Estimates, **combinations: Mapping[str, float]) -> Estimates:
    """Return linear combinations L b of the coefficients b, with covariance L V L'.

    Parameters
    ----------
    fit : the estimates
    combinations : for each new term its name and a dict from terms of `fit` to their weights

    Returns
    -------
    Estimates
        One term per combination: `tidy`, `interval`, `with_cov` and `compare` take it. Degrees
        of freedom are those of `fit`; where its terms have their own (`CR2`), the smallest.

    Raises
    ------
    InputError
        Without a combination, for terms that were not estimated, and for a covariance whose
        p-values are not those of t statistics (`WildBootstrap`).

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import Robust, lincom, panel
    >>> x, z, e = np.random.default_rng(2).normal(size=(3, 300))
    >>> data = pd.DataFrame({"x": x, "z": z, "y": x + 2 * z + e})
    >>> fit = panel("y ~ x + z", data, cov=Robust())
    >>> lincom(fit, total={"x": 1, "z": 1}, gap={"z": 1, "x": -1}).tidy()[
    ...     ["term", "estimate", "std_error"]].round(3)
        term  estimate  std_error
    0  total     2.952      0.080
    1    gap     1.056      0.084
    """
    if not combinations:
        raise InputError(
            "lincom needs a combination. Pass for example total={'x': 1, 'x:after': 1}."
        )
    return combined(fit, tuple(combinations), _weights(fit, combinations), "linear combination")


def combined(fit: Estimates, names: tuple[str, ...], L: Array, what: str) -> Estimates:
    """Return the estimates L b, L (M, K), and how their covariance follows from that of b."""
    return Estimates(
        terms=names,
        params=by_term(L @ fit.params, names),
        covariance=_combined(fit.covariance, L, what),
        outcome=fit.outcome,
        method=f"{what} of {fit.method}",
        n_obs=fit.n_obs,
        recompute=None if fit.recompute is None else partial(_recomputed, fit, L, what),
    )


def _recomputed(fit: Estimates, L: Array, what: str, spec: Any) -> Covariance:
    return _combined(fit.with_cov(spec).covariance, L, what)


def _combined(covariance: Covariance, L: Array, what: str) -> Covariance:
    if covariance.p_values is not None or covariance.confidence_set is not None:
        raise InputError(
            f"the p-values of {covariance.name!r} are not t statistics of coefficients, so "
            f"that they do not apply to a {what}. Use fit.with_cov(Cluster(...)) or CR2(...)."
        )
    return replace(covariance, matrix=L @ covariance.matrix @ L.T, dfs=None)


def _weights(fit: Estimates, combinations: Mapping[str, Mapping[str, float]]) -> Array:
    L = np.zeros((len(combinations), len(fit.terms)))
    for row, (name, weights) in enumerate(combinations.items()):
        unknown = [term for term in weights if term not in fit.terms]
        if unknown or not weights:
            raise InputError(
                f"combination {name!r} must be a dict from terms to weights; terms {unknown} were "
                f"not estimated. Use those of fit.terms: {list(fit.terms)}."
            )
        if not np.isfinite(list(weights.values())).all():
            raise InputError(
                f"the weights of combination {name!r} must be finite numbers; found {weights}. "
                "For example total={'x': 1, 'x:after': 1}."
            )
        for term, weight in weights.items():
            L[row, fit.terms.index(term)] = weight
    return L
