"""What maketables asks an estimate for (its plug-in format, version 0.2).

maketables sets the fits of several packages in one table. A class takes part by the attributes
``__maketables_coef_table__``, ``__maketables_depvar__``, ``__maketables_fixef_string__``,
``__maketables_vcov_info__``, ``__maketables_default_stat_keys__`` and the method
``__maketables_stat__``; `Estimates` has them, and computes them here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

KEYS = {
    "r2": "r2",
    "r2_within": "r2_within",
    "pseudo_r2": "pseudo_r2",
    "n_clusters": "n_clusters",
    "log_likelihood": "ll",
    "deviance": "deviance",
}
"""Names of our statistics and the keys that maketables has for them."""
SHOWN = ("r2", "r2_within", "pseudo_r2")


def coefficient_table(tidy: pd.DataFrame) -> pd.DataFrame:
    """Return coefficients by term, in maketables' columns b, se, t, p, ci95l, ci95u."""
    names = {
        "estimate": "b",
        "std_error": "se",
        "statistic": "t",
        "p_value": "p",
        "conf_low": "ci95l",
        "conf_high": "ci95u",
    }
    table = tidy.set_index("term")[list(names)].rename(columns=names)
    return table.rename_axis("Coefficient")


def statistic(key: str, n_obs: int, facts: Mapping[str, Any], first: Mapping[str, float]) -> Any:
    """Return the statistic that maketables calls `key`, or None if the estimate has none.

    facts : the row of ``glance()``    first : first-stage F by endogenous term
    """
    ours = {theirs: name for name, theirs in KEYS.items()}
    if key == "N":
        return n_obs
    if key == "se_type":
        return facts["covariance"]
    if key == "fstat_1st":
        return next(iter(first.values())) if len(first) == 1 else None
    value = facts.get(ours.get(key, key))
    return int(value) if key == "n_clusters" and value is not None else value


def default_keys(facts: Mapping[str, Any], first: Mapping[str, float]) -> list[str]:
    """Return the keys to show: observations, R squared, the F of a single first stage."""
    f = ["fstat_1st"] if len(first) == 1 else []
    return ["N", *(name for name in SHOWN if name in facts), *f]
