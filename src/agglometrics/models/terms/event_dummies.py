"""The formula function ``i(event, by, ref)``: dummies of a variable's values, times another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.tables import listed


def event_dummies() -> Callable[..., Any]:
    """Return the function ``i`` that formulas call, as fixest and pyfixest name it.

    ``i(event, treated, ref=-1)`` has a column for each value of `event` but `ref`, one where the
    event has that value, times `treated` where given: the terms of an event study. The values
    are those of the sample, also when the formula is read from another table.
    """
    from formulaic.utils.stateful_transforms import stateful_transform

    @stateful_transform  # type: ignore[untyped-decorator]
    def i(event: Any, by: Any = None, ref: Any = None, _state: Any = None) -> dict[str, Any]:
        values = pd.Series(np.asarray(event))
        if "levels" not in _state:
            levels = np.unique(values.dropna().to_numpy())
            if ref is not None and ref not in levels:
                raise InputError(
                    f"i(..., ref={ref!r}): no row has that value; values are {listed(levels)}. "
                    "Pass one of them as ref."
                )
            _state["levels"] = [level for level in levels if level != ref]
        times = 1.0 if by is None else np.asarray(by, dtype=np.float64)
        unknown = values.isna().to_numpy()
        return {
            str(level): pd.Series(np.where(unknown, np.nan, (values == level).to_numpy() * times))
            for level in _state["levels"]
        }

    return i  # type: ignore[no-any-return]
