"""How far estimates depend on one group: estimated again without each in turn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from agglometrics.errors import InputError, caution
from agglometrics.inference.estimates import Estimates
from agglometrics.inference.jackknife import left_without, without_each_cluster
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.linalg.least_squares import identified, least_squares, well_conditioned
from agglometrics.models.regression import Regression, fitted
from agglometrics.notation import Array, Codes
from agglometrics.tables import listed, require_columns
from agglometrics.tables.arguments import checked

TINY = 1e-9  # of a term's largest estimate: below it an estimate is no more than rounding error


def leave_one_out(
    estimate: Callable[[pd.DataFrame], Estimates], data: pd.DataFrame, *, by: str, term: str
) -> pd.DataFrame:
    """Return the estimate of `term` without each group of `by`: a sensitivity range.

    Cost: as many regressions as there are groups.

    Parameters
    ----------
    estimate : from a table to its estimates
    data : the table of the full regression
    by : column of the groups
    term : the coefficient to follow

    Returns
    -------
    DataFrame
        ``left_out``, ``estimate``, ``std_error``, ``p_value``, ``n_obs``, by group.

    Raises
    ------
    InputError
        If `term` is not estimated, or there are fewer than two groups.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import Homoskedastic, panel
    >>> data = pd.DataFrame({"g": [1, 1, 2, 2, 3, 3], "x": [0, 1, 0, 1, 0, 1],
    ...                      "y": [0.0, 1, 0.1, 2.1, 0, 3]})
    >>> fit = lambda table: panel("y ~ x", table, cov=Homoskedastic())
    >>> leave_one_out(fit, data, by="g", term="x")["estimate"].round(3).tolist()
    [2.5, 2.0, 1.5]
    """
    require_columns(data, [by])
    groups = sorted(data[by].unique())
    if len(groups) < 2:
        raise InputError(
            f"leaving out needs two groups of {by!r}; found {len(groups)}. "
            "Choose a column with more groups."
        )
    rows = []
    for group in groups:
        found = estimate(data.loc[data[by] != group])
        if term not in found.terms:
            raise InputError(
                f"term {term!r} is not estimated without {by} {listed([group])}; terms are "
                f"{list(found.terms)}. Name one of these, or merge groups."
            )
        row = found.tidy().set_index("term").loc[term, ["estimate", "std_error", "p_value"]]
        rows.append({"left_out": group, **row, "n_obs": found.n_obs})
    return pd.DataFrame(rows)


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
        column, term, estimate: one row per group left out and term; NaN, with a warning, where a
        term varies in the group left out alone.

    Raises
    ------
    InputError
        If the estimate is not by least squares, or the column has one group.

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
    if len(labels) < 2:
        raise InputError(
            f"column {column!r} has one group, {listed(labels)}: without it no row is left. Name a "
            "column of several groups."
        )
    found = without_each_cluster(arrays, codes)
    _mark_lost(arrays, codes, found, [f"{column} {label}" for label in labels])
    table = {
        column: np.repeat(labels, len(fit.terms)),
        "term": np.tile(np.array(fit.terms), len(labels)),
        "estimate": found.ravel(),
    }
    return pd.DataFrame(table)


def _mark_lost(fit: LinearFit, codes: Codes, found: Array, groups: list[str]) -> None:
    """Set to NaN what is not identified without a group, in `found` (G, K), and say so.

    The shortest solution shows a zero there, or a share of another term's coefficient.
    """
    units = np.sqrt((fit.X**2).sum(axis=0))
    scaled = fit.X / units
    gram, size = scaled.T @ scaled, np.abs(found).max(axis=0)
    lost: dict[str, list[str]] = {}
    for g, group in enumerate(groups):
        out = codes == g
        part = scaled[out]
        if well_conditioned(gram - part.T @ part) and (np.abs(found[g]) > TINY * size).all():
            continue
        values = left_without(fit, out)
        kept, why = identified(values[:, 1:], fit.X[~out])
        if why:
            found[g] = np.nan
            found[g, kept] = least_squares(values[:, 1:][:, kept], values[:, 0])[0]
            for k in why:
                lost.setdefault(fit.terms[k], []).append(group)
    for term, without in lost.items():
        caution(
            f"{term!r} cannot be estimated without {', '.join(without[:5])}, where alone it "
            "varies: the estimate is unknown there (NaN). Its estimate rests on that group."
        )
