"""Spatial weights of any common form as one matrix in the order of the regions."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.tables import listed, require_columns, require_keys

Links = list[tuple[Any, Any, float]]


@runtime_checkable
class HasNeighbors(Protocol):
    """Weights in the manner of libpysal's W."""

    neighbors: Mapping[Hashable, Sequence[Hashable]]
    weights: Mapping[Hashable, Sequence[float]]


@runtime_checkable
class HasAdjacency(Protocol):
    """Weights in the manner of libpysal's Graph."""

    adjacency: pd.Series[float]


def weights_matrix(weights: object, regions: pd.Index[Any]) -> Array:
    """Return spatial weights as a matrix (R, R), row r holding the weights of r's neighbours.

    Parameters
    ----------
    weights : a libpysal W or Graph; a dict ``{region: [neighbours]}`` or
        ``{region: {neighbour: weight}}``; a square frame labelled by regions on both axes;
        a long frame with columns ``focal``, ``neighbor``, ``weight``; or an array (R, R) whose
        rows and columns follow the sorted region labels
    regions : (R,) labels

    Raises
    ------
    InputError
        If labels do not match the regions, a weight is negative or not a number, or a region
        has no neighbour.
    """
    W = _by_position(weights, regions) if _is_array(weights) else _by_label(weights, regions)
    if not np.isfinite(W).all() or (W < 0).any():
        raise InputError(
            "spatial weights must be finite and not negative; found "
            f"{int((~np.isfinite(W)).sum())} that are not finite and {int((W < 0).sum())} negative."
        )
    islands = regions[W.sum(axis=1) == 0]
    if len(islands):
        raise InputError(
            f"every region needs a neighbour; none have {listed(islands)}. Link them (to the "
            "nearest region, say) or leave them out of cells and weights."
        )
    return W


def _is_array(weights: object) -> bool:
    return hasattr(weights, "shape") and not isinstance(weights, pd.DataFrame | pd.Series)


def _by_position(weights: Any, regions: pd.Index[Any]) -> Array:
    dense = weights.toarray() if hasattr(weights, "toarray") else weights
    W: Array = np.asarray(dense, dtype=np.float64)
    if W.shape != (len(regions), len(regions)):
        raise InputError(
            f"an array of weights must be {len(regions)} x {len(regions)}, in the order of the "
            f"sorted regions; found shape {W.shape}. Give a frame or a dict to align by label."
        )
    return W


def _by_label(weights: object, regions: pd.Index[Any]) -> Array:
    links, rows = _links(weights)
    named = pd.Index([*rows, *(to for _, to, _ in links)]).unique()
    strange, lacking = named.difference(regions), regions.difference(pd.Index(rows))
    if len(strange) or len(lacking):
        raise InputError(
            f"the labels of the spatial weights must be the regions; not regions are "
            f"[{listed(strange)}], and regions without weights are [{listed(lacking)}]. "
            "Rename or subset the weights."
        )
    W = np.zeros((len(regions), len(regions)))
    rows_at = regions.get_indexer(pd.Index([focal for focal, _, _ in links]))
    columns_at = regions.get_indexer(pd.Index([to for _, to, _ in links]))
    np.add.at(W, (rows_at, columns_at), [weight for _, _, weight in links])
    return W


def _links(weights: object) -> tuple[Links, list[Any]]:
    """Return (focal, neighbour, weight) triples and the focal labels."""
    if isinstance(weights, HasNeighbors):
        weights = {
            focal: dict(zip(near, weights.weights[focal], strict=True))
            for focal, near in weights.neighbors.items()
        }
    if isinstance(weights, HasAdjacency):
        weights = weights.adjacency
    if isinstance(weights, Mapping):
        return _links_of_mapping(weights)
    if isinstance(weights, pd.Series):
        weights = weights.rename_axis(["focal", "neighbor"]).rename("weight").reset_index()
    if isinstance(weights, pd.DataFrame):
        return _links_of_frame(weights)
    raise InputError(
        f"spatial weights must be a libpysal W or Graph, a dict, a frame or an array; "
        f"found {type(weights).__name__}."
    )


def _links_of_mapping(weights: Mapping[Any, Any]) -> tuple[Links, list[Any]]:
    links: Links = []
    for focal, near in weights.items():
        pairs = near.items() if isinstance(near, Mapping) else [(to, 1.0) for to in near]
        links.extend((focal, to, float(weight)) for to, weight in pairs)
    return links, list(weights)


def _links_of_frame(frame: pd.DataFrame) -> tuple[Links, list[Any]]:
    if frame.index.sort_values().equals(frame.columns.sort_values()):
        square = frame.rename_axis(index="focal", columns="neighbor")
        return _links_of_frame(square.reset_index().melt("focal", value_name="weight"))
    require_columns(frame, ["focal", "neighbor", "weight"])
    require_keys(frame, ["focal", "neighbor"])
    triples = frame[["focal", "neighbor", "weight"]].itertuples(index=False, name=None)
    return list(triples), list(frame["focal"].unique())
