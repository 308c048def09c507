"""Blocks of shocks that are permuted as wholes: which blocks are exchangeable, and their order.

A cluster keeps its shocks together. Two clusters can change places only if they are alike: as
many sectors, with the same periods each. Sectors of a cluster come in no order, so that they
are put in a random one within the cluster; their periods stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.errors import InputError
from agglometrics.notation import Codes
from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign
from agglometrics.shiftshare.alignment.keys import Columns
from agglometrics.tables.codes import combine, n_levels, nested_in


@dataclass(frozen=True)
class Blocks:
    """Where each shock (I,) belongs, as codes.

    Attributes
    ----------
    pool : group of clusters that are exchangeable: alike, and within one group
    cluster : the cluster
    kind : which periods the shock's sector has in its cluster
    sector : the sector in its cluster
    period : the period; zero where a cluster has one period only
    """

    pool: Codes
    cluster: Codes
    kind: Codes
    sector: Codes
    period: Codes

    @property
    def places(self) -> Codes:
        """(I,) codes of the places among which a shock moves."""
        return combine([self.pool, self.kind, self.period])

    def home(self) -> NDArray[np.intp]:
        """Return the order of the shocks as they are: places of one code in a row."""
        keys = (self.period, self.sector, self.kind, self.cluster, self.pool)
        return np.asarray(np.lexsort(keys), dtype=np.intp)

    def shuffled(self, rng: np.random.Generator) -> NDArray[np.intp]:
        """Return the order with clusters, and the sectors in each, at random."""
        sector = rng.random(n_levels(self.sector))[self.sector]
        cluster = rng.random(n_levels(self.cluster))[self.cluster]
        keys = (self.period, sector, self.kind, cluster, self.pool)
        return np.asarray(np.lexsort(keys), dtype=np.intp)


def blocks(design: AlignedDesign, within: str | None, cluster: Columns | None) -> Blocks:
    """Return the blocks of a design's shocks.

    Raises
    ------
    InputError
        For groups that split a cluster, and where no two clusters are alike.
    """
    count = len(design.sectors)
    groups = design.sector_groups(within)
    pool = np.zeros(count, dtype=np.intp) if groups is None else groups
    codes = design.shock_groups(cluster)
    codes = np.arange(count) if codes is None else codes
    if not nested_in(codes, pool):
        raise InputError(
            f"groups of {within!r} split clusters of {list(design.clusters(cluster))}, whose "
            f"shocks change places together. Pass cluster={design.keys.of_sectors} to permute "
            "each shock on its own, or a cluster that lies within the groups."
        )
    sector = combine([codes, _codes(design.sectors[design.keys.sector])])
    period = _periods(design, codes)
    kind, alike = _alike(codes, sector, period)
    pool = combine([pool, alike])
    if n_levels(combine([pool, codes])) == n_levels(pool):
        raise InputError(
            "no two clusters of shocks are alike (as many sectors, with the same periods), so "
            "that none can change places. Pass a finer cluster=, or a coarser within=."
        )
    return Blocks(pool, codes, kind, sector, period)


def _periods(design: AlignedDesign, cluster: Codes) -> Codes:
    if design.keys.time is None:
        return np.zeros(len(cluster), dtype=np.intp)
    period = _codes(design.sectors[design.keys.time])
    return np.zeros_like(period) if nested_in(cluster, period) else period


def _alike(cluster: Codes, sector: Codes, period: Codes) -> tuple[Codes, Codes]:
    """Return the kind of each shock's sector and the likeness of its cluster, as codes (I,)."""
    kind = _contents(sector, period)
    owner, of_sector = np.zeros((2, n_levels(sector)), dtype=np.intp)
    owner[sector], of_sector[sector] = cluster, kind
    likeness = np.zeros(n_levels(cluster), dtype=np.intp)
    likeness[owner] = _contents(owner, of_sector)
    return kind, likeness[cluster]


def _contents(groups: Codes, values: Codes) -> Codes:
    """Return a code per row (its group's) of the set of values in the group."""
    order = np.lexsort((values, groups))
    sizes = np.bincount(groups)
    if (sizes == sizes[0]).all():
        rows, row = np.unique(values[order].reshape(len(sizes), -1), axis=0, return_inverse=True)
        rank = np.argsort(np.argsort(np.array([each.tobytes() for each in rows], dtype=object)))
        return np.asarray(rank[row.ravel()][groups], dtype=np.intp)
    parts = np.split(values[order], np.flatnonzero(np.diff(groups[order])) + 1)
    names = {part.tobytes(): part for part in parts}
    ranks = {name: rank for rank, name in enumerate(sorted(names))}
    of_group = np.array([ranks[part.tobytes()] for part in parts], dtype=np.intp)
    return of_group[groups]


def _codes(values: Any) -> Codes:
    return np.asarray(pd.factorize(values, sort=True)[0], dtype=np.intp)
