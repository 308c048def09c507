"""Fitted values, and predictions for new rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from agglometrics.errors import InputError
from agglometrics.linalg.demeaning import group_mean
from agglometrics.models.design import Design
from agglometrics.models.postestimation.reading import read_regressors, remembered
from agglometrics.models.regression import Regression
from agglometrics.notation import Array, Codes
from agglometrics.tables import require_columns, to_frame
from agglometrics.tables.arguments import checked
from agglometrics.tables.codes import n_levels


@checked
def predict(fit: Regression, newdata: object = None) -> pd.Series[float]:
    """Return fitted values, or what the fit predicts for the rows of another table.

    Parameters
    ----------
    fit : estimates of `panel` by least squares
    newdata : a table with the columns of the formula's right side and of the absorbed effects;
        None for the rows used

    Returns
    -------
    Series
        ``prediction`` on the index of the table, effects included: x'b and the effects of the
        row's groups, so that prediction and `residuals()` add up to the outcome. NaN where a
        value is unknown, a group was not in the sample, or the effects of a row's groups are
        not comparable (no unit links the groups; only the first two effects are looked at).

    Raises
    ------
    InputError
        For other estimators, absent columns, categories that were not in the sample, and new
        rows where slopes are absorbed.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import Homoskedastic, panel, predict
    >>> data = pd.DataFrame({"firm": [1, 1, 1, 2, 2, 2], "x": [1.0, 2, 4, 2, 5, 9],
    ...                      "y": [3.0, 5, 8, 9, 16, 23]})
    >>> fit = panel("y ~ x", data, absorb=["firm"], cov=Homoskedastic())
    >>> predict(fit).round(2).tolist()
    [2.76, 4.69, 8.55, 9.56, 15.36, 23.08]
    >>> predict(fit, pd.DataFrame({"firm": [2], "x": [3.0]})).round(2).tolist()
    [11.49]
    """
    design = remembered(fit)
    at_hand = fitted_values(fit, design)
    if newdata is None:
        index = design.sample.frame.index[design.sample.rows]
        return pd.Series(at_hand, index=index, name="prediction")
    table = to_frame(newdata)
    if design.slopes:
        raise InputError(
            f"absorbed slopes {list(design.slopes)} are not kept for new rows. Write them as "
            "terms, C(group):x, to predict with newdata=."
        )
    out = np.zeros(len(table))
    if fit.terms:
        out = read_regressors(fit, table) @ fit.params
    if design.effects:
        out = out + _effects_of(design, at_hand - _explained(fit, design), table)
    return pd.Series(out, index=table.index, name="prediction")


def fitted_values(fit: Regression, design: Design) -> Array:
    """Return the (N,) outcome less the residuals, effects included."""
    return np.asarray(design.y - fit.residuals().to_numpy(), dtype=np.float64)


def _explained(fit: Regression, design: Design) -> Array:
    """Return x'b (N,) at the rows used."""
    columns = [design.terms.index(term) for term in fit.terms]
    return np.asarray(design.X[:, columns] @ fit.params, dtype=np.float64)


def _effects_of(design: Design, sums: Array, table: pd.DataFrame) -> Array:
    """Return the sums of effects of the groups of new rows, from those (N,) of the sample."""
    levels = level_effects(design.effects, sums)
    codes = [
        _codes_of(design, name, known, table)
        for name, known in zip(design.effect_names, design.effects, strict=True)
    ]
    out = np.zeros(len(table))
    for effect, code in zip(levels, codes, strict=True):
        out += np.where(code >= 0, effect[code], np.nan)
    if len(codes) > 1:
        first, second = components(design.effects[0], design.effects[1])
        apart = first[codes[0]] != second[codes[1]]
        out[apart] = np.nan
    return out


def level_effects(effects: tuple[Codes, ...], sums: Array) -> list[Array]:
    """Return an effect for each level such that the effects of row i add up to sums_i (N,).

    Of several effects one solution among many, the shortest: comparable sums are the same in all.
    """
    if len(effects) == 1:
        return [group_mean(sums[:, None], effects[0])[:, 0]]
    rows = np.arange(len(sums))
    D = sparse.hstack([sparse.csr_array((np.ones(len(sums)), (rows, codes))) for codes in effects])
    scale = float(np.abs(sums).max()) or 1.0
    solved = sparse.linalg.lsmr(D, sums / scale, atol=1e-14, btol=1e-14, conlim=0, maxiter=100_000)
    ends = np.cumsum([n_levels(codes) for codes in effects])[:-1]
    return list(np.split(np.asarray(solved[0]) * scale, ends))


def components(a: Codes, b: Codes) -> tuple[Codes, Codes]:
    """Return the connected component of each level of two effects."""
    A, B = n_levels(a), n_levels(b)
    links = sparse.coo_matrix((np.ones(len(a)), (a, A + b)), shape=(A + B, A + B))
    found = sparse.csgraph.connected_components(links, directed=False)[1]
    labels: Codes = found.astype(np.intp)
    return labels[:A], labels[A:]


def _codes_of(design: Design, name: str, known: Codes, table: pd.DataFrame) -> Codes:
    """Return the codes of an effect's groups in a table, minus one for groups not in the sample."""
    parts = name.split("^")
    require_columns(table, parts)
    sample = design.sample
    labels = sample.frame[parts].iloc[sample.rows].reset_index(drop=True).assign(code=known)
    labels = labels.drop_duplicates(parts)
    try:
        found = table[parts].merge(labels, on=parts, how="left", validate="many_to_one")["code"]
    except ValueError as failure:
        raise InputError(
            f"groups {parts} have another type in the new table than in the sample: {failure}. "
            "Convert them to the sample's type."
        ) from failure
    return found.fillna(-1).to_numpy(dtype=np.intp)
