"""Moran's I with its test under randomisation."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.space.weights import weights_matrix
from agglometrics.tables import numeric, require_columns, require_keys, to_frame
from agglometrics.tables.arguments import checked


@checked
def moran(
    data: object, *, value: str, weights: object, region: str = "region", time: str | None = None
) -> pd.DataFrame:
    """Return Moran's I of a variable, period by period, with its test under randomisation.

    ``I = (N / S0) z' W z / z' z`` with its moments under random permutation of the values
    over the regions (Cliff and Ord 1981, eq. 1.44). The null: no spatial association.

    Parameters
    ----------
    data : a table, one row a region (and period)
    value, region, time : columns
    weights : see `weights_matrix`

    Returns
    -------
    DataFrame
        [time], ``moran``, ``expected``, ``std_error``, ``statistic``, ``p_value`` (two-sided).

    Examples
    --------
    >>> import pandas as pd
    >>> line = pd.DataFrame([[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]],
    ...                     index=list("abcd"), columns=list("abcd"))
    >>> data = pd.DataFrame({"region": list("abcd"), "x": [1.0, 2, 3, 4]})
    >>> moran(data, value="x", weights=line)["moran"].round(4).item()   # 4/6 x 2.5 / 5
    0.3333
    """
    from scipy import stats

    frame = to_frame(data)
    keys = [region] if time is None else [time, region]
    require_columns(frame, [*keys, value])
    require_keys(frame, keys)
    groups = [(None, frame)] if time is None else list(frame.groupby(time, sort=True))
    rows = []
    for period, part in groups:
        part = part.sort_values(region)
        x: Array = np.array(numeric(part, value), dtype=np.float64)
        if np.isnan(x).any():
            raise InputError(f"value {value!r} is unknown in some regions. Leave them out of both.")
        index, expected, variance = moran_moments(x, weights_matrix(weights, list(part[region])))
        z = (index - expected) / np.sqrt(variance)
        row = {} if time is None else {time: period}
        row |= {"moran": index, "expected": expected, "std_error": np.sqrt(variance)}
        rows.append({**row, "statistic": z, "p_value": 2 * stats.norm.sf(abs(z))})
    return pd.DataFrame(rows)


def moran_moments(x: Array, W: Array) -> tuple[float, float, float]:
    """Return Moran's I, its expectation and variance under randomisation. x : (N,), W : (N, N)."""
    n, z = len(x), x - x.mean()
    if not z.any():
        raise InputError("Moran's I needs values that differ.")
    S0 = W.sum()
    S1 = ((W + W.T) ** 2).sum() / 2
    S2 = ((W.sum(axis=1) + W.sum(axis=0)) ** 2).sum()
    index = n / S0 * (z @ W @ z) / (z @ z)
    kurtosis = n * (z**4).sum() / (z @ z) ** 2
    expected = -1 / (n - 1)
    a = n * ((n * n - 3 * n + 3) * S1 - n * S2 + 3 * S0**2)
    b = kurtosis * ((n * n - n) * S1 - 2 * n * S2 + 6 * S0**2)
    variance = (a - b) / ((n - 1) * (n - 2) * (n - 3) * S0**2) - expected**2
    return float(index), expected, float(variance)
