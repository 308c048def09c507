"""What a spatial panel implies (impacts), and whether one is needed (Lagrange multipliers)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.inference.estimates import Estimates
from agglometrics.models.spatial.likelihood import Layout
from agglometrics.models.spatial.spatial_panel import SpatialEstimates
from agglometrics.notation import Array
from agglometrics.tables.arguments import checked


@checked
def impacts(
    fit: SpatialEstimates, *, draws: int = 2000, seed: Any = 0, level: float = 0.95
) -> pd.DataFrame:
    """Return direct, indirect and total impacts of each regressor (LeSage and Pace 2009, ch. 2).

    With ``S_k = inv(I - rho W)(b_k I + theta_k W)``: direct is its mean diagonal, total its
    mean row sum, indirect their difference. Errors come from draws of all coefficients from
    their normal distribution; draws outside the region where I - rho W is regular are redrawn.

    Parameters
    ----------
    fit : a lag or Durbin estimate
    draws, seed : of the simulation
    level : of the percentile bounds

    Returns
    -------
    DataFrame
        term, impact (direct, indirect, total), estimate, std_error, statistic, p_value,
        conf_low, conf_high.

    Raises
    ------
    InputError
        For an error model, where impacts are the coefficients.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import impacts, spatial_panel
    >>> ring = np.roll(np.eye(20), 1, axis=1) / 2 + np.roll(np.eye(20), -1, axis=1) / 2
    >>> x, e = np.random.default_rng(0).normal(size=(2, 10, 20))
    >>> y = (2 * x + e) @ np.linalg.inv(np.eye(20) - 0.4 * ring).T
    >>> t, r = np.indices((10, 20)).reshape(2, -1)
    >>> data = pd.DataFrame({"r": r, "t": t, "x": x.ravel(), "y": y.ravel()})
    >>> fit = spatial_panel("y ~ x", data, weights=ring, entity="r", time="t", absorb="r")
    >>> impacts(fit, draws=500)[["term", "impact", "estimate"]].round(2)
      term    impact  estimate
    0    x    direct      2.07
    1    x  indirect      1.02
    2    x     total      3.09
    """
    from scipy import stats

    at = _layout_of(fit)
    if fit.terms[-1] != "rho":
        raise InputError(f"{fit.method} has no feedback: its impacts are its coefficients.")
    terms = [t for t in fit.terms[:-1] if not t.startswith("W*") and t != "Intercept"]
    point = _impacts(fit.params[None, :], fit.terms, terms, at)[0]
    sample = _draw(fit, at, draws, seed)
    simulated = _impacts(sample, fit.terms, terms, at)
    error = simulated.std(axis=0, ddof=1)
    low, high = np.quantile(simulated, [(1 - level) / 2, (1 + level) / 2], axis=0)
    rows = []
    for i, term in enumerate(terms):
        for j, kind in enumerate(("direct", "indirect", "total")):
            z = point[i, j] / error[i, j]
            row = {"term": term, "impact": kind, "estimate": point[i, j], "std_error": error[i, j]}
            row |= {"statistic": z, "p_value": 2 * stats.norm.sf(abs(z))}
            rows.append({**row, "conf_low": low[i, j], "conf_high": high[i, j]})
    return pd.DataFrame(rows)


def _layout_of(fit: Estimates) -> Layout:
    at = fit.layout if isinstance(fit, SpatialEstimates) else None
    if at is None:
        raise InputError(f"this needs a spatial_panel() estimate; found {fit.method!r}.")
    return at


def _draw(fit: SpatialEstimates, at: Layout, draws: int, seed: Any) -> Array:
    rng = np.random.default_rng(seed)
    root = np.linalg.cholesky(fit.covariance.matrix)
    low, high = at.bounds()
    kept: list[Array] = []
    while sum(map(len, kept)) < draws:
        sample = fit.params + rng.normal(size=(draws, len(root))) @ root.T
        kept.append(sample[(sample[:, -1] > low) & (sample[:, -1] < high)])
    return np.concatenate(kept)[:draws]


def _impacts(params: Array, names: tuple[str, ...], terms: list[str], at: Layout) -> Array:
    """Return impacts (B, K, 3) of coefficients (B, P), from the eigenvalues of W once."""
    roots, vectors = np.linalg.eig(at.W)
    ones = np.ones(len(at.W))
    share = (ones @ vectors) * np.linalg.solve(vectors, ones) / len(at.W)
    gain = 1 / (1 - params[:, -1:] * roots)
    own = np.stack([gain.mean(axis=1), (gain * roots).mean(axis=1)], axis=1).real
    whole = np.stack([gain @ share, (gain * roots) @ share], axis=1).real
    out = np.empty((len(params), len(terms), 3))
    for i, term in enumerate(terms):
        b = params[:, names.index(term)]
        spill = f"W*{term}"
        theta = params[:, names.index(spill)] if spill in names else np.zeros(len(params))
        out[:, i, 0] = b * own[:, 0] + theta * own[:, 1]
        out[:, i, 2] = b * whole[:, 0] + theta * whole[:, 1]
    out[:, :, 1] = out[:, :, 2] - out[:, :, 0]
    return out
