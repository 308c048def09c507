"""How far one estimate hangs on one group: the regression again without each in turn."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from agglometrics.errors import InputError
from agglometrics.inference.estimates import Estimates
from agglometrics.tables import listed, require_columns


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
