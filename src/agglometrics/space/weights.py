"""Spatial weights of any common form as one checked sparse matrix in the order of the regions.

One treatment everywhere. A region is not its own neighbour: weights on the diagonal are
refused. An island, a region without neighbours, is a row of zeros, and allowed; what needs a
neighbour refuses islands by name (`require_neighbours`). Regions that the table lacks are left
out with a warning, which reports what that did to the sums of the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from agglometrics.errors import InputError, caution
from agglometrics.notation import Array
from agglometrics.space.weight_forms import Labelled, read_weights
from agglometrics.tables import listed
from agglometrics.tables.arguments import checked

ROW_SUM = 1e-8  # how far from one a row sum may be and count as one


def weights_matrix(weights: object, regions: Sequence[Any] | pd.Index[Any]) -> sparse.csr_array:
    """Return spatial weights as a sparse matrix (R, R) in the order of `regions`.

    Row r holds the weights of r's neighbours. Cost: linear in the number of links.

    Parameters
    ----------
    weights : any of these forms

        - a square frame with the regions in rows and columns
        - a dict ``{region: [neighbours]}`` or ``{region: {neighbour: weight}}``
        - a long frame with columns ``focal``, ``neighbor``, ``weight``, or a Series of weights
          with an index of these two levels
        - a libpysal ``W`` or ``Graph``
        - a scipy sparse matrix or an array, whose rows and columns follow the sorted regions

        In a long form an island is a link of a region to itself with weight zero (as in
        ``Graph``), in a dict an empty list.
    regions : (R,) the table's regions; sorted, if the weights carry no labels

    Raises
    ------
    InputError
        For regions without a row of weights, labels of another type than the table's, a wrong
        shape, a link given twice, and weights that are negative, unknown, infinite or a region's
        own.

    Warns
    -----
    AgglometricsWarning
        If the weights hold regions that the table lacks, and where weights without labels are
        matched to regions that are not 0, 1, 2, ...

    Examples
    --------
    >>> weights_matrix({"a": ["b"], "b": {"a": 1, "c": 3}, "c": []}, ["a", "b", "c"]).toarray()
    array([[0., 1., 0.],
           [1., 0., 3.],
           [0., 0., 0.]])
    """
    labels = pd.Index(regions)
    found = read_weights(weights)
    W = _by_label(found, labels) if isinstance(found, Labelled) else _by_position(found, labels)
    _check_values(W, labels)
    W.eliminate_zeros()
    W.sort_indices()
    return W


def _by_position(W: sparse.csr_array, regions: pd.Index[Any]) -> sparse.csr_array:
    R = len(regions)
    if W.shape != (R, R):
        raise InputError(
            f"weights must be {R} x {R}, in the order of the sorted regions; found {W.shape}. Pass "
            "a labelled frame or a dict to have them matched by label."
        )
    if list(regions) != list(range(R)):
        _warn(
            f"the weights carry no labels: their rows are taken to be {listed(regions)}, the "
            "sorted regions. Pass a labelled frame, a dict or a libpysal Graph to be sure."
        )
    return W.copy()


def _by_label(found: Labelled, regions: pd.Index[Any]) -> sparse.csr_array:
    at = found.labels[found.rows].get_indexer(regions)  # rows come first among the labels
    if (at < 0).any():
        _refuse_lacking(found.labels, regions, regions[at < 0])
    beyond = np.ones(len(found.labels), dtype=bool)
    beyond[at] = False
    W = sparse.csr_array(found.W[at][:, at])
    if beyond.any():
        _warn_of_subset(found.W[at], W, regions, found.labels[beyond])
    return W


def _refuse_lacking(labels: pd.Index[Any], regions: pd.Index[Any], lacking: pd.Index[Any]) -> None:
    text = f"weights lack {len(lacking)} of {len(regions)} regions: {listed(lacking)}. "
    alike = {_as_text(label) for label in labels} & {_as_text(region) for region in lacking}
    if alike:
        raise InputError(
            text + f"The weights are labelled {_kind(labels)} ({listed(labels, 1)}), the table's "
            f"regions are {_kind(regions)} ({listed(regions, 1)}). Convert one of them with "
            "astype(...), so that both are of one type."
        )
    strange = labels.difference(regions, sort=False)
    named = f" They are labelled {listed(strange)}." if len(strange) else ""
    raise InputError(
        text + "Label the weights as the table's regions are; a region without neighbours is an "
        f"empty list, a row of zeros, or a link to itself of weight 0.{named}"
    )


def _as_text(label: object) -> str:
    whole = isinstance(label, float | np.floating) and float(label).is_integer()
    return str(int(label) if whole else label).strip()  # type: ignore[call-overload]


def _kind(labels: pd.Index[Any]) -> str:
    return {
        "string": "as text",
        "integer": "as whole numbers",
        "floating": "as decimal numbers",
    }.get(pd.api.types.infer_dtype(labels), f"with type {labels.dtype}")


def _warn_of_subset(
    rows: sparse.csr_array, W: sparse.csr_array, regions: pd.Index[Any], beyond: pd.Index[Any]
) -> None:
    before, after = _sums(rows), _sums(W)
    broken = regions[_near_one(before) & ~_near_one(after)]
    text = f"the weights hold {len(beyond)} regions that the table lacks ({listed(beyond)}); they "
    text += "and their links are left out. "
    if len(broken):
        text += (
            f"Rows that summed to one no longer do in {len(broken)} regions ({listed(broken)}): "
            "standardise what is left with row_standardize(...), if that is meant."
        )
    elif (before != after).any():
        text += "Rows did not all sum to one before, and some now sum to less."
    else:
        text += "No row of the others changed."
    _warn(text)


def _warn(text: str) -> None:
    caution(text)


def _check_values(W: sparse.csr_array, regions: pd.Index[Any]) -> None:
    unknown, negative = int((~np.isfinite(W.data)).sum()), int((W.data < 0).sum())
    if unknown or negative:
        raise InputError(
            f"spatial weights must be finite and not negative; found {unknown} that are not finite "
            f"and {negative} negative. Correct them; no neighbour is weight zero."
        )
    own = regions[W.diagonal() != 0]
    if len(own):
        raise InputError(
            "weights must be zero on the diagonal, as no region is its own neighbour; found own "
            f"weights of {listed(own)}. Set the diagonal to zero, or leave a region out of its "
            "own list."
        )


def _sums(W: sparse.csr_array) -> Array:
    return np.asarray(W.sum(axis=1), dtype=np.float64).ravel()


def _near_one(sums: Array) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.less_equal(np.abs(sums - 1), ROW_SUM)


def islands(W: sparse.csr_array) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return which regions have no neighbour, (R,)."""
    return np.equal(_sums(W), 0)


def require_neighbours(W: sparse.csr_array, regions: Sequence[Any] | pd.Index[Any]) -> None:
    """Raise `InputError` naming the regions that have no neighbour."""
    alone = pd.Index(regions)[islands(W)]
    if len(alone):
        raise InputError(
            f"every region needs a neighbour; none have {listed(alone)}. Link them (to the nearest "
            "region, for example), or leave them out of the table and the weights."
        )


def row_standardized(W: sparse.csr_array) -> bool:
    """Return whether every region's weights sum to one."""
    return bool(_near_one(_sums(W)).all())


@checked
def row_standardize(weights: Any) -> Any:
    """Return weights divided by their row sums; regions without neighbours keep zeros.

    Parameters
    ----------
    weights : any form that `weights_matrix` takes

    Returns
    -------
    DataFrame, csr_array or ndarray
        A frame for labelled weights of a square frame; the array or sparse matrix for those
        without labels; a dict ``{region: {neighbour: weight}}`` for every other form.

    Examples
    --------
    >>> import pandas as pd
    >>> row_standardize(pd.DataFrame([[0, 1, 1], [1, 0, 0], [1, 0, 0]])).to_numpy().tolist()
    [[0.0, 0.5, 0.5], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
    >>> row_standardize({"a": ["b", "c"], "b": ["a"], "c": []})
    {'a': {'b': 0.5, 'c': 0.5}, 'b': {'a': 1.0}, 'c': {}}
    """
    found = read_weights(weights)
    if isinstance(weights, pd.DataFrame) and not {"focal", "neighbor"} <= set(weights.columns):
        total = weights.sum(axis=1)
        return weights.div(total.where(total > 0, 1.0), axis=0)
    W = found.W if isinstance(found, Labelled) else found
    sums = _sums(W)
    scaled = sparse.csr_array(sparse.diags_array(1 / np.where(sums > 0, sums, 1.0)) @ W)
    scaled.sort_indices()
    if not isinstance(found, Labelled):
        return scaled if sparse.issparse(weights) else scaled.toarray()
    return _as_dict(scaled, found)


def _as_dict(W: sparse.csr_array, found: Labelled) -> dict[Any, dict[Any, float]]:
    out = {}
    for r in range(int(found.rows.sum())):
        part = slice(W.indptr[r], W.indptr[r + 1])
        links = zip(W.indices[part], W.data[part], strict=True)
        out[found.labels[r]] = {found.labels[j]: float(w) for j, w in links if w}
    return out
