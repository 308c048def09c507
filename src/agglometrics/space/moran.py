"""Moran's I with its test under randomisation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from agglometrics.errors import InputError, caution
from agglometrics.notation import Array
from agglometrics.space.weights import islands, weights_matrix
from agglometrics.tables import listed, numeric, require_columns, require_keys, to_frame
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
    data : a table, one row per region (and period)
    value, region, time : columns
    weights : a frame, dict, long frame, sparse matrix, array, or libpysal ``W`` or ``Graph``
        (see `agglometrics.space.weights.weights_matrix`)

    Returns
    -------
    DataFrame
        [time], ``moran``, ``expected``, ``std_error``, ``statistic``, ``p_value`` (two-sided).

    Raises
    ------
    InputError
        For fewer than four regions, values that do not differ or are unknown, and weights that
        are all zero or do not fit the regions.

    Warns
    -----
    AgglometricsWarning
        If some regions have no neighbour: they count in N and in the variance of the values,
        and are permuted like the others, but are in no pair.

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
    W, regions = None, list[Any]()
    for period, part in groups:
        part = part.sort_values(region)
        x: Array = np.array(numeric(part, value), dtype=np.float64)
        if np.isnan(x).any():
            raise InputError(f"value {value!r} is unknown in some regions. Leave them out of both.")
        here = list(part[region])
        if W is None or here != regions:
            W, regions = weights_matrix(weights, here), here
        alone = part[region][islands(W)]
        if 0 < len(alone) < len(part):
            caution(
                f"{len(alone)} of {len(part)} regions have no neighbour: {listed(alone)}. They are "
                "in no pair, but count in N. Link them, or leave them out of the table."
            )
        index, expected, variance = moran_moments(x, W)
        z = (index - expected) / np.sqrt(variance)
        row = {} if time is None else {time: period}
        row |= {"moran": index, "expected": expected, "std_error": np.sqrt(variance)}
        rows.append({**row, "statistic": z, "p_value": 2 * stats.norm.sf(abs(z))})
    return pd.DataFrame(rows)


def moran_moments(x: Array, W: sparse.csr_array | Array) -> tuple[float, float, float]:
    """Return Moran's I, its expectation and variance under randomisation. x : (N,), W : (N, N).

    ``E I = -1 / (N - 1)``; the variance is that of Cliff and Ord (1981, eq. 1.44), with
    ``S0 = sum w_ij``, ``S1 = sum (w_ij + w_ji)^2 / 2``, ``S2 = sum_i (w_i. + w_.i)^2``.
    """
    n = len(x)
    if n < 4:
        raise InputError(
            f"Moran's I has a variance from four regions on; found {n}. "
            "Pass a table of at least four regions."
        )
    if not np.ptp(x):
        raise InputError(
            "Moran's I needs values that differ between regions; all are equal. "
            "Choose a variable that varies."
        )
    z = x - x.mean()
    z = z / np.abs(z).max()
    w: Any = sparse.csr_array(W)
    if not w.sum():
        raise InputError("Moran's I needs weights; all are zero. Link regions that are neighbours.")
    w = w / w.data.max()  # neither the index nor its variance depends on the weights' scale
    S0 = w.sum()
    S1 = ((w + w.T).power(2)).sum() / 2
    S2 = ((w.sum(axis=1) + w.sum(axis=0)) ** 2).sum()
    index = n / S0 * (z @ (w @ z)) / (z @ z)
    kurtosis = n * (z**4).sum() / (z @ z) ** 2
    expected = -1 / (n - 1)
    a = n * ((n * n - 3 * n + 3) * S1 - n * S2 + 3 * S0**2)
    b = kurtosis * ((n * n - n) * S1 - 2 * n * S2 + 6 * S0**2)
    variance = (a - b) / ((n - 1) * (n - 2) * (n - 3) * S0**2) - expected**2
    return float(index), expected, float(variance)
