"""The forms in which people hold spatial weights, read as one: a matrix with labelled rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast, runtime_checkable

import numpy as np
import pandas as pd
from scipy import sparse

from agglometrics.errors import InputError
from agglometrics.tables import listed, numeric, require_columns

LINK = ("focal", "neighbor", "weight")
FORMS = (
    "a square frame labelled by region, a dict {region: [neighbours]} or {region: {neighbour: "
    "weight}}, a long frame with columns focal, neighbor and weight, a Series indexed by focal "
    "and neighbor, a libpysal W or Graph, a scipy sparse matrix, or an array"
)


@runtime_checkable
class HasNeighbors(Protocol):
    """Weights in the manner of libpysal's ``W``."""

    neighbors: Mapping[Hashable, Sequence[Hashable]]
    weights: Mapping[Hashable, Sequence[float]]


@runtime_checkable
class HasAdjacency(Protocol):
    """Weights in the manner of libpysal's ``Graph``, whose islands are links to themselves of 0."""

    adjacency: pd.Series[float]


@dataclass(frozen=True)
class Labelled:
    """Weights and the regions they are of.

    Attributes
    ----------
    W : (L, L) weights, row r holding the weights of r's neighbours
    labels : (L,) regions
    rows : (L,) whether the region has a row of its own, or is only named as a neighbour
    """

    W: sparse.csr_array
    labels: pd.Index[Any]
    rows: np.ndarray[Any, np.dtype[np.bool_]]


def read_weights(weights: object) -> Labelled | sparse.csr_array:
    """Return weights with their labels, or as a bare matrix where they have none.

    Raises
    ------
    InputError
        For anything else, a link that is given twice, or a frame that is neither
        square nor long.
    """
    if isinstance(weights, pd.DataFrame):
        return _of_long(weights) if set(LINK) <= set(weights.columns) else _of_square(weights)
    if isinstance(weights, pd.Series):
        return _of_series(weights)
    if isinstance(weights, HasNeighbors):
        near = {r: zip(to, weights.weights[r], strict=True) for r, to in weights.neighbors.items()}
        return _of_links(_triples(near), list(near))
    if isinstance(weights, HasAdjacency):
        return _of_series(weights.adjacency)
    if isinstance(weights, Mapping):
        return _of_mapping(weights)
    return _bare(weights)


def _bare(weights: Any) -> sparse.csr_array:
    if sparse.issparse(weights):
        matrix: Any = weights
        return cast("sparse.csr_array", sparse.csr_array(matrix, dtype=np.float64))
    try:
        W = np.asarray(weights, dtype=np.float64)
    except (TypeError, ValueError):
        W = np.empty(0)
    if W.ndim != 2:
        raise InputError(
            f"spatial weights must be {FORMS}; found {type(weights).__name__}. "
            "Convert them to one of these."
        )
    return sparse.csr_array(W)


def _of_square(frame: pd.DataFrame) -> Labelled:
    for axis, labels in (("rows", frame.index), ("columns", frame.columns)):
        if labels.has_duplicates:
            twice = labels[labels.duplicated()].unique()
            raise InputError(
                f"a square frame of weights has one row and one column per region; {axis} repeat "
                f"{listed(twice)}. Leave the repeats out."
            )
    both = frame.index.intersection(frame.columns)
    if not len(both):
        raise InputError(
            "a frame of weights is square, with the regions in rows and columns, or long, with "
            f"columns {list(LINK)}; found columns {listed(frame.columns)} and rows "
            f"{listed(frame.index)}. Name the columns or the index so."
        )
    square = frame if frame.columns.equals(frame.index) else frame.loc[both, both]
    kinds = square.dtypes
    odd = [kind for kind in set(kinds) if not pd.api.types.is_numeric_dtype(kind)]
    text = [column for column, kind in kinds.items() if kind in odd] if odd else []
    if text:
        raise InputError(
            f"weights must be numbers; found text in columns {listed(text)}. Convert them with "
            "pandas.to_numeric(...)."
        )
    W = sparse.csr_array(square.to_numpy(dtype=np.float64))
    return Labelled(W, square.index, np.ones(len(square), dtype=bool))


def _of_long(frame: pd.DataFrame) -> Labelled:
    require_columns(frame, LINK)
    for key in LINK[:2]:
        if frame[key].isna().any():
            raise InputError(
                f"column {key!r} of the weights is missing in {int(frame[key].isna().sum())} rows. "
                "Fill it in, or drop these rows."
            )
    links = zip(frame["focal"], frame["neighbor"], numeric(frame, "weight"), strict=True)
    return _of_links(links, list(frame["focal"].unique()))


def _of_series(series: pd.Series[Any]) -> Labelled:
    if series.index.nlevels != 2:
        raise InputError(
            "a Series of weights has an index of two levels, the region and its neighbour; found "
            f"{series.index.nlevels}. Set it with set_index(['focal', 'neighbor'])."
        )
    return _of_long(series.rename_axis(list(LINK[:2])).rename(LINK[2]).reset_index())


def _of_mapping(weights: Mapping[Any, Any]) -> Labelled:
    for region, near in weights.items():
        if isinstance(near, str | bytes) or not isinstance(near, Iterable):
            raise InputError(
                f"a dict of weights gives each region a list or a dict of neighbours; {region!r} "
                f"has {near!r}. Write {{{region!r}: [{near!r}]}}."
            )
    near = {
        region: near.items() if isinstance(near, Mapping) else ((to, 1.0) for to in near)
        for region, near in weights.items()
    }
    return _of_links(_triples(near), list(weights))


def _triples(near: Mapping[Any, Iterable[tuple[Any, Any]]]) -> Iterable[tuple[Any, Any, float]]:
    for focal, links in near.items():
        for to, weight in links:
            try:
                yield focal, to, float(weight)
            except (TypeError, ValueError):
                raise InputError(
                    f"weights must be numbers; that of {focal!r} for {to!r} is {weight!r}. "
                    "Convert it to a number, 0 for no link."
                ) from None


def _of_links(links: Iterable[tuple[Any, Any, float]], rows: list[Any]) -> Labelled:
    """Return the weights of (focal, neighbour, weight) triples; `rows` are the focal regions."""
    triples = list(links)
    own = dict.fromkeys(rows)
    labels = [*own, *dict.fromkeys(to for _, to, _ in triples if to not in own)]
    place = {label: number for number, label in enumerate(labels)}
    at = [(place[focal], place[to]) for focal, to, _ in triples]
    if len(set(at)) < len(at):
        twice = Counter(at).most_common(1)[0][0]
        raise InputError(
            f"each link is given once; {labels[twice[0]]!r} has {labels[twice[1]]!r} as a "
            "neighbour twice. Leave one out, or add up their weights."
        )
    i, j = np.array(at, dtype=np.intp).reshape(-1, 2).T
    values = np.array([weight for *_, weight in triples], dtype=np.float64)
    W = sparse.csr_array((values, (i, j)), shape=(len(labels), len(labels)))
    index = pd.Index(labels, dtype=object).infer_objects()
    return Labelled(W, index, np.arange(len(labels)) < len(own))
