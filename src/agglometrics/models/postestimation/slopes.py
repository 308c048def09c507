"""Average slopes: what a small change of a variable does to the outcome, on average."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.inference.estimates import Estimates
from agglometrics.models.postestimation.lincom import combined
from agglometrics.models.postestimation.reading import read_regressors, remembered
from agglometrics.models.regression import Regression
from agglometrics.notation import Array
from agglometrics.tables import require_columns
from agglometrics.tables.arguments import checked

STEP = 1e-4  # of the variable's range, as in marginaleffects


@checked
def avg_slopes(
    fit: Regression, variables: Sequence[str] | str | None = None, *, by: str | None = None
) -> Estimates:
    """Return the average derivative of the outcome in each variable, over the rows used.

    With x_i(v) the regressors of row i, the slope in v is the mean over i of
    dx_i / dv ' b, the derivative by central differences; its standard error is that of this
    linear combination of coefficients (the delta method, exact here), regressors as given. It
    is what powers, logs, splines and interactions of v do together; a lag of v moves with v.

    Parameters
    ----------
    fit : estimates of `panel` by least squares
    variables : numeric columns; default all that the formula holds outside C() and i()
    by : a column: one slope for each of its groups

    Returns
    -------
    Estimates
        Terms ``x``, with `by` ``x[group]``. Rows count alike, whatever their weights.

    Raises
    ------
    InputError
        For variables that are not in the formula or not numeric, and other estimators.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import Robust, avg_slopes, panel
    >>> x, e = np.random.default_rng(2).normal(size=(2, 300))
    >>> data = pd.DataFrame({"x": x, "y": x + x**2 + e})
    >>> fit = panel("y ~ x + I(x**2)", data, cov=Robust())
    >>> slope = avg_slopes(fit, "x").params[0]
    >>> bool(np.isclose(slope, fit.params[1] + 2 * fit.params[2] * x.mean()))
    True
    """
    design = remembered(fit)
    frame, rows = design.sample.frame, design.sample.rows
    names = (variables,) if isinstance(variables, str) else variables or _numeric(fit)
    groups: list[tuple[str, Array]] = [("", np.ones(len(rows), dtype=bool))]
    if by is not None:
        require_columns(frame, [by])
        values = frame[by].iloc[rows].to_numpy()
        _refuse_unknown(by, frame[by].iloc[rows])
        groups = [(f"[{level}]", values == level) for level in np.unique(values)]
    terms, L = [], []
    for name in names:
        change = _derivative(fit, frame, name)[rows]
        for label, members in groups:
            terms.append(f"{name}{label}")
            L.append(change[members].mean(axis=0))
    return combined(fit, tuple(terms), np.array(L), "average slope")


def _refuse_unknown(by: str, groups: pd.Series[Any]) -> None:
    """Raise `InputError` for rows without a group."""
    lost = int(groups.isna().sum())
    if lost:
        raise InputError(
            f"by={by!r} is missing in {lost} of the {len(groups)} rows used. Fill it in, or drop "
            f"these rows before the estimate: frame.dropna(subset=[{by!r}])."
        )


def _derivative(fit: Regression, frame: pd.DataFrame, name: str) -> Array:
    """Return the derivative of the regressors (n, K) in a column, by central differences."""
    require_columns(frame, [name])
    values = frame[name]
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        raise InputError(
            f"avg_slopes needs numeric variables; {name!r} is {values.dtype}. Compare levels with "
            "lincom(fit, ...) instead."
        )
    spread = float(values.max() - values.min())
    step = STEP * (spread if spread > 0 else 1.0)
    up, down = (
        read_regressors(fit, frame.assign(**{name: values + sign * step})) for sign in (1, -1)
    )
    change = (up - down) / (2 * step)
    if not np.nan_to_num(change).any():
        raise InputError(
            f"{name!r} moves no term of {list(fit.terms)}. Pass variables of the formula."
        )
    return np.asarray(change, dtype=np.float64)


def _numeric(fit: Regression) -> list[str]:
    """Return the numeric columns of the right side that are not made categories."""
    design = remembered(fit)
    right = design.formula.partition("~")[2]
    apart = re.sub(r"\b[Ci]\([^()]*\)", " ", right)
    words = re.findall(r"`([^`]+)`|([A-Za-z_]\w*)", apart)
    found = dict.fromkeys(quoted or word for quoted, word in words)
    frame = design.sample.frame
    return [
        name
        for name in found
        if name in frame.columns
        and pd.api.types.is_numeric_dtype(frame[name])
        and not pd.api.types.is_bool_dtype(frame[name])
    ]
