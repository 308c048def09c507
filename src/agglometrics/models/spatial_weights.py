"""Spatial weights as a checked matrix, and Moran's test on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.tables import Array, listed, numeric, require_columns, require_keys, to_frame


@runtime_checkable
class HasFull(Protocol):
    """Weights of libpysal: ``full()`` returns the matrix and the ids of its rows."""

    def full(self) -> tuple[Any, Sequence[Any]]:
        """Return the matrix and its ids."""


def weights_matrix(weights: object, labels: Sequence[Any]) -> Array:
    """Return spatial weights as a matrix (N, N) in the order of `labels`.

    Parameters
    ----------
    weights : a DataFrame labelled by region in rows and columns, a libpysal ``W``, or a plain
        matrix already in the sorted order of the regions
    labels : the N regions

    Raises
    ------
    InputError
        For regions without weights, a wrong shape, negative, unknown or own weights.
    """
    if isinstance(weights, HasFull):
        full, ids = weights.full()
        weights = pd.DataFrame(full, index=list(ids), columns=list(ids))
    if isinstance(weights, pd.DataFrame):
        absent = [a for a in labels if a not in weights.index or a not in weights.columns]
        if absent:
            raise InputError(
                f"weights lack {len(absent)} of {len(labels)} regions: {listed(absent)}. "
                "Label rows and columns as the table's regions are."
            )
        weights = weights.loc[list(labels), list(labels)]
    W = np.asarray(weights, dtype=np.float64)
    if W.shape != (len(labels), len(labels)):
        raise InputError(f"weights must be {len(labels)} x {len(labels)}; found {W.shape}.")
    if not np.isfinite(W).all() or (W < 0).any() or np.diag(W).any():
        raise InputError(
            "weights must be known, not negative, and zero on the diagonal (no region is its own "
            "neighbour). Correct the matrix."
        )
    return W


def row_standardized(W: Array) -> bool:
    """Return whether every region's weights sum to one."""
    return bool(np.allclose(W.sum(axis=1), 1.0, atol=1e-8))


def row_standardize(weights: pd.DataFrame) -> pd.DataFrame:
    """Return weights divided by their row sums; regions without neighbours keep zeros.

    Examples
    --------
    >>> import pandas as pd
    >>> row_standardize(pd.DataFrame([[0, 1, 1], [1, 0, 0], [1, 0, 0]])).to_numpy().tolist()
    [[0.0, 0.5, 0.5], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
    """
    sums = weights.sum(axis=1)
    return weights.div(sums.where(sums > 0, 1.0), axis=0)


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
