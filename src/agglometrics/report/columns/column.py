"""`Column`: one model of a regression table, whatever package estimated it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.models.formulas import CONSTANT

KNOWN_CONSTANTS = ("const", "(Intercept)")  # what other packages call it


@dataclass(frozen=True)
class Column:
    """What a regression table prints of one model.

    Attributes
    ----------
    coefficients : one row per term (the index): estimate, std_error, p_value
    facts : what the rows below the coefficients hold, by machine name
    effects : names of the effects that were absorbed
    first_stage_f : F of the excluded instruments by endogenous term; empty without instruments
    """

    coefficients: pd.DataFrame
    facts: Mapping[str, Any]
    effects: tuple[str, ...] = ()
    first_stage_f: Mapping[str, float] = field(default_factory=dict)


def coefficients(
    terms: Sequence[object], estimate: object, std_error: object, p_value: object
) -> pd.DataFrame:
    """Return the coefficients of a `Column`; the constant has one name, whoever estimated."""
    names = [str(term) for term in terms]
    if CONSTANT not in names:
        names = [CONSTANT if name in KNOWN_CONSTANTS else name for name in names]
    values = {"estimate": estimate, "std_error": std_error, "p_value": p_value}
    columns = {name: np.asarray(value, dtype=np.float64) for name, value in values.items()}
    return pd.DataFrame(columns, index=pd.Index(names, name="term"))


def known(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts without those that are unknown."""
    return {name: value for name, value in facts.items() if not _unknown(value)}


def _unknown(value: Any) -> bool:
    return value is None or (isinstance(value, float) and np.isnan(value))


def clustered(columns: Sequence[str], counts: Sequence[int] = ()) -> str:
    """Return the name of a clustered covariance as this package writes it.

    >>> clustered(["firm", "year"], [12, 6])
    'cluster (firm, year), 12, 6'
    """
    number = f", {', '.join(f'{n:,}' for n in counts)}" if counts else ""
    return f"cluster ({', '.join(columns)}){number}" if columns else f"cluster{number}"
