"""What a spatial panel implies: direct, indirect and total impacts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import ConvergenceError, InputError
from agglometrics.inference.answers.tails import two_sided
from agglometrics.inference.estimates import Estimates
from agglometrics.models.spatial.gains import gains
from agglometrics.models.spatial.layout import Layout
from agglometrics.models.spatial.spatial_panel import SpatialEstimates
from agglometrics.notation import Array
from agglometrics.tables.arguments import checked

MOST_DRAWS = 1_000_000
ROUNDS = 1000
EDGE = 1e-6  # distance to a singular I - rho W, in units of rho, below which a draw is redrawn


@checked
def impacts(
    fit: SpatialEstimates, *, draws: int = 2000, seed: Any = 0, level: float = 0.95
) -> pd.DataFrame:
    """Return direct, indirect and total impacts of each regressor (LeSage and Pace 2009, ch. 2).

    With ``S_k = inv(I - rho W)(b_k I + theta_k W)``: direct is its mean diagonal, total its
    mean row sum, indirect their difference. Standard errors come from draws of all coefficients
    from their normal distribution, with the covariance of `fit`; draws outside the interval
    where I - rho W is regular are redrawn. The diagonal is ``tr(W inv(I - rho W)) = -d log|I -
    rho W| / d rho`` and the row sums are one linear system per rho, so that 3,000 regions take
    seconds (see `gains`). With clusters, p-values and bounds are those of t with G - 1 degrees
    of freedom.

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
    ConvergenceError
        If hardly any draw lies where I - rho W is regular.

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
    at = layout_of(fit)
    if fit.terms[-1] != "rho":
        raise InputError(
            f"{fit.method} has no feedback: its impacts are its coefficients. "
            "Read them off with fit.tidy()."
        )
    _check(draws)
    terms = [t for t in fit.terms[:-1] if not t.startswith("W*") and t != "Intercept"]
    if not terms:
        raise InputError(
            f"{fit.method} of {fit.outcome!r} has no regressor, so that nothing has an impact. "
            "Estimate it with a term that varies."
        )
    point = _impacts(fit.params[None, :], fit.terms, terms, at)[0]
    sample, heavy = _draw(fit, at, draws, seed)
    error = _impacts(sample, fit.terms, terms, at).std(axis=0, ddof=1)
    simulated = _impacts(heavy, fit.terms, terms, at)
    low, high = np.quantile(simulated, [(1 - level) / 2, (1 + level) / 2], axis=0)
    statistic = point / error
    frame = pd.DataFrame(
        {
            "term": np.repeat(terms, 3),
            "impact": ["direct", "indirect", "total"] * len(terms),
            "estimate": point.ravel(),
            "std_error": error.ravel(),
            "statistic": statistic.ravel(),
        }
    )
    p_value = two_sided(statistic.ravel(), fit.covariance.df)
    return frame.assign(p_value=p_value, conf_low=low.ravel(), conf_high=high.ravel())


def layout_of(fit: Estimates) -> Layout:
    """Return the map of a spatial panel, or raise `InputError` if there is none."""
    at = fit.layout if isinstance(fit, SpatialEstimates) else None
    if at is None:
        found = getattr(fit, "method", type(fit).__name__)
        raise InputError(
            f"this needs a spatial_panel() estimate; found {found!r}. Estimate it with "
            "spatial_panel(formula, data, weights=..., entity=..., time=...)."
        )
    return at


def _check(draws: int) -> None:
    if not isinstance(draws, int | np.integer) or not 2 <= draws <= MOST_DRAWS:
        raise InputError(
            f"draws must be a whole number from 2 to {MOST_DRAWS:,}; found {draws!r}. Pass 2000."
        )


def _draw(fit: SpatialEstimates, at: Layout, draws: int, seed: Any) -> tuple[Array, Array]:
    """Return normal draws of the coefficients (B, P), and the same with tails as heavy as t's."""
    rng = np.random.default_rng(seed)
    root = _root(fit.covariance.matrix)
    df, centre = fit.covariance.df, fit.params
    normal: list[Array] = []
    heavy: list[Array] = []
    for _ in range(ROUNDS):
        steps = rng.normal(size=(draws, len(root))) @ root.T
        normal.append(_regular(centre + steps, at))
        if df is not None:
            steps = steps * np.sqrt(df / rng.chisquare(df, size=(draws, 1)))
            heavy.append(_regular(centre + steps, at))
        if all(sum(map(len, kept)) >= draws for kept in (normal, heavy or normal)):
            sample = np.concatenate(normal)[:draws]
            return sample, np.concatenate(heavy)[:draws] if heavy else sample
    raise ConvergenceError(
        f"of {ROUNDS * draws:,} draws of the coefficients fewer than {draws:,} lie where I - rho W "
        "is regular: rho is too uncertain for impacts. Use more regions or periods."
    )


def _regular(sample: Array, at: Layout) -> Array:
    low, high = at.jacobian.bounds()
    slack = EDGE * at.jacobian.unit
    return sample[(sample[:, -1] > low + slack) & (sample[:, -1] < high - slack)]


def _root(V: Array) -> Array:
    """Return R with R R' = V, which with few clusters may be singular."""
    try:
        return np.asarray(np.linalg.cholesky(V))
    except np.linalg.LinAlgError:
        scale = np.sqrt(np.diag(V))
        values, vectors = np.linalg.eigh(V / np.outer(scale, scale))
        root: Array = scale[:, None] * vectors * np.sqrt(values.clip(min=0))
        return root


def _impacts(params: Array, names: tuple[str, ...], terms: list[str], at: Layout) -> Array:
    """Return impacts (B, K, 3) of coefficients (B, P).

    With the gains g of W inv(I - rho W) they are ``b (1 + rho g) + theta g``, because
    inv(I - rho W) = I + rho W inv(I - rho W).
    """
    rho = params[:, -1]
    own, whole = gains(at.jacobian, rho)
    out = np.empty((len(params), len(terms), 3))
    for i, term in enumerate(terms):
        b = params[:, names.index(term)]
        spill = f"W*{term}"
        theta = params[:, names.index(spill)] if spill in names else np.zeros(len(params))
        out[:, i, 0] = b * (1 + rho * own) + theta * own
        out[:, i, 2] = b * (1 + rho * whole) + theta * whole
    out[:, :, 1] = out[:, :, 2] - out[:, :, 0]
    return out
