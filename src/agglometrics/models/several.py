"""One specification for several outcomes."""

from __future__ import annotations

from typing import Any

from agglometrics.errors import InputError
from agglometrics.models.formulas import bare, check_formula
from agglometrics.models.panel import panel
from agglometrics.models.regression import Regression
from agglometrics.tables.arguments import checked


@checked
def panels(formula: str, data: object, **options: Any) -> dict[str, Regression]:
    """Estimate one equation for each of several outcomes.

    Parameters
    ----------
    formula : ``"y1 + log(y2) ~ x1 + x2"``, the outcomes joined by a plus
    data : a long table
    options : as in `panel`

    Returns
    -------
    dict
        From outcome to its `Regression`, in the order of the formula. Each uses the rows in
        which its own outcome is known; `compare` sets them side by side.

    Raises
    ------
    InputError
        For a repeated outcome, and as `panel`.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import Robust, panels
    >>> x, e = np.random.default_rng(2).normal(size=(2, 300))
    >>> data = pd.DataFrame({"x": x, "a": x + e, "b": 2 * x - e})
    >>> {name: fit.params.round(2).tolist() for name, fit in
    ...  panels("a + b ~ x", data, cov=Robust()).items()}
    {'a': [-0.06, 1.01], 'b': [0.06, 1.99]}
    """
    check_formula(formula)
    at = bare(formula).index("~")
    outcomes = _outcomes(formula[:at])
    twice = sorted({name for name in outcomes if outcomes.count(name) > 1})
    if twice:
        raise InputError(f"outcomes {twice} are named more than once. Name each outcome once.")
    return {name: panel(f"{name} ~ {formula[at + 1 :]}", data, **options) for name in outcomes}


def _outcomes(left: str) -> list[str]:
    """Return the parts of a formula's left side between pluses outside brackets and quotes."""
    parts, depth, start = [], 0, 0
    for position, sign in enumerate(bare(left)):
        depth += (sign == "(") - (sign == ")")
        if sign == "+" and depth == 0:
            parts.append(left[start:position])
            start = position + 1
    return [part.strip() for part in [*parts, left[start:]]]
