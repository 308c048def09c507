"""Spatial weights as a checked matrix, and Moran's test on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.tables import listed
from agglometrics.tables.arguments import checked


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


@checked
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
