"""The entropy-weight index: many indicators in one, weighted by how much they differ."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.tables import listed, numeric, ratio, require_columns, to_frame
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import even


def entropy_weights(X: Array) -> tuple[Array, Array]:
    """Return entropies (K,) and weights (K,) of indicators X (N, K), scaled to [0, 1].

    ``e_k = -sum_n p_nk ln p_nk / ln N`` with p the shares of a column, 0 ln 0 = 0;
    ``w_k = (1 - e_k) / sum (1 - e)`` (Shannon 1948; Zou, Yun and Sun 2006, eq. 3-6).
    """
    p = ratio(X, X.sum(axis=0))
    logs = np.log(np.where(p > 0, p, 1.0))
    entropy = -(p * logs).sum(axis=0) / np.log(len(X))
    return entropy, (1 - entropy) / (1 - entropy).sum()


def scale(X: Array, sign: Array) -> Array:
    """Return each column of X (N, K) on [0, 1], reversed where sign (K,) is negative."""
    low, high = X.min(axis=0), X.max(axis=0)
    share = (X - low) / (high - low)
    return np.asarray(np.where(sign > 0, share, 1 - share), dtype=np.float64)


@checked
def entropy_index(
    data: object, *, positive: Sequence[str], negative: Sequence[str] = ()
) -> tuple[pd.Series[float], pd.DataFrame]:
    """Return the entropy-weight index of each row, and its weights.

    The weights measure dispersion in this table, not importance, and change with its rows:
    compare only indices from one call.

    Parameters
    ----------
    data : a table, one row per observation (all periods together)
    positive, negative : indicators of which more is better, and worse

    Returns
    -------
    index : Series
        (N,) between 0 and 1, on the table's index
    weights : DataFrame
        indicator, direction, entropy, weight

    Raises
    ------
    InputError
        For unknown values, or an indicator that does not vary.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"a": [0, 1, 2], "b": [1.0, 1, 0]})
    >>> index, weights = entropy_index(data, positive=["a"], negative=["b"])
    >>> weights["weight"].round(4).tolist(), index.round(4).tolist()
    ([0.2961, 0.7039], [0.0, 0.148, 1.0])
    """
    frame = to_frame(data)
    names = [*positive, *negative]
    if not names:
        raise InputError("positive and negative name no column. Pass positive=['column'].")
    require_columns(frame, names)
    X: Array = np.column_stack([numeric(frame, name).to_numpy() for name in names])
    unknown = [name for name, column in zip(names, X.T, strict=True) if np.isnan(column).any()]
    if unknown:
        raise InputError(
            f"indicators must be known; found unknown values in {listed(unknown)}. "
            "Drop these rows first."
        )
    constant = [name for name, column in zip(names, X.T, strict=True) if even(column)]
    if constant:
        raise InputError(f"indicators that do not vary: {listed(constant)}. Leave them out.")
    sign = np.array([1.0] * len(positive) + [-1.0] * len(negative))
    scaled = scale(X, sign)
    entropy, w = entropy_weights(scaled)
    index = pd.Series(scaled @ w, index=frame.index, name="index")
    direction = np.where(sign > 0, "positive", "negative")
    table = {"indicator": names, "direction": direction, "entropy": entropy, "weight": w}
    return index, pd.DataFrame(table)
