"""The claims of the paper that the study tests: numbers and propositions, in our own words."""

from __future__ import annotations

import pandas as pd

from hunan.data.store import read_raw

CODES = ["claim_id", "section", "region", "value"]


def load_claims() -> pd.DataFrame:
    """Return what Hong Yan's paper on Hunan's clusters states, one claim per row.

    91 numbers (``C01`` to ``C91``) and 8 propositions (``P1`` to ``P8``). The wording is ours;
    nothing is quoted.

    Returns
    -------
    pandas.DataFrame
        ``claim_id``; ``section`` of the paper; ``topic``; ``entity``, and ``region``, the code
        of the province or prefecture it lies in (missing where it is none); ``period``
        (``"undated"`` where the paper gives no date); ``quantity``; ``relation`` (``=``, ``>``,
        ``>=``, ``<``, ``range``, ``parts``, ``event``, ``asserts``); ``value``, text as printed,
        since its digits fix what agreement within rounding means; ``value_low`` and
        ``value_high``, numbers, the bounds that the relation sets (equal for ``=``, one missing
        for an inequality); ``unit``; ``testability`` (``same`` concept in open data, ``proxy``,
        ``internal``, ``none``, ``definition``, ``event``, ``proposition``).

    Examples
    --------
    >>> from hunan.data.claims import load_claims
    >>> claims = load_claims().set_index("claim_id")
    >>> claims.loc["C38", ["region", "relation", "value", "unit"]].tolist()
    ['430000', '=', '1.96', 'percent']
    """
    return read_raw("claims.csv", codes=CODES)
