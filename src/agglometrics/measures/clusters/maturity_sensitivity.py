"""How the stages of clusters depend on the thresholds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.measures.clusters.maturity_rules import (
    MEASURES,
    STAGES,
    UNDECIDED,
    MaturityRules,
    require_rules,
    stage_names,
)
from agglometrics.tables import (
    require_columns,
    to_frame,
)
from agglometrics.tables.arguments import checked


@checked
def maturity_sensitivity(
    maturity: object, variants: Sequence[MaturityRules], *,
    region: str = "region", industry: str = "industry",
) -> pd.DataFrame:  # fmt: skip
    """How the sorting depends on its thresholds: the share of rules that put a cell in a stage.

    Parameters
    ----------
    maturity : the answer of `cluster_maturity`
    variants : rules, such as ``MaturityRules().around()``

    Returns
    -------
    DataFrame
        region, industry, ``stage`` (as sorted first), ``none``, ``crowding``, ``growing``,
        ``mature``, ``undecided`` (shares of the variants, which add up to one) and
        ``agreement`` (the share that agrees with the first sorting).

    Raises
    ------
    InputError
        If the table is not one of `cluster_maturity`, or there is no variant.

    Examples
    --------
    >>> import pandas as pd
    >>> sorted_once = pd.DataFrame({
    ...     "region": ["N"], "industry": ["cars"], "size": [1.5], "lq": [1.1], "growth": [0.3],
    ...     "local_supply": [0.7], "supporting": [float("nan")], "stage": ["mature"]})
    >>> answer = maturity_sensitivity(sorted_once, MaturityRules().around())
    >>> answer[["mature", "growing", "agreement"]].round(3).values.tolist()
    [[0.667, 0.333, 0.667]]
    """
    frame = to_frame(maturity)
    require_columns(frame, [region, industry, *MEASURES, "stage"])
    if not len(variants):
        raise InputError("variants must hold at least one MaturityRules; see .around().")
    for rules in variants:
        require_rules(rules)
    names = np.stack([stage_names(frame, rules) for rules in variants])
    answer = frame[[region, industry, "stage"]].reset_index(drop=True)
    for stage in (*STAGES, UNDECIDED):
        answer[stage] = (names == stage).mean(axis=0)
    answer["agreement"] = (names == frame["stage"].to_numpy()).mean(axis=0)
    return answer
