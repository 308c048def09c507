"""Quotients and shares of the cells that exist, without the grid of all pairs.

Sums over rows, never an array over regions and industries: time and memory are linear in the cells
of the table (and in regions plus industries), however many pairs there could be.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import IdentificationError, InputError
from agglometrics.measures.cells.references import aligned, constant
from agglometrics.measures.cells.rules import require_two_industries
from agglometrics.notation import Array, Codes
from agglometrics.tables import Missing, listed, ratio
from agglometrics.tables.cells import Cells, read_cells
from agglometrics.tables.rounding import ROUNDING, one_if_even
from agglometrics.tables.totals.warn import warn_sparse_totals


def require_rows(rows: object, reference: object, others: dict[str, bool]) -> bool:
    """Return whether only existing cells are wanted; refuse what needs pairs without activity.

    others : argument to whether it was given
    """
    if rows not in ("all", "existing"):
        raise InputError(f"rows={rows!r} is unknown; choose 'all' or 'existing'.")
    if rows == "all":
        return False
    given = [name for name, said in others.items() if said]
    if given:
        raise InputError(
            f"rows='existing' cannot be combined with {given}, which need every pair of region and "
            "industry. Leave them out, or pass rows='all'."
        )
    if isinstance(reference, str) and reference != "including":
        raise InputError(
            f"rows='existing' takes reference='including' or a table of totals; found "
            f"{reference!r}. Pass rows='all' for another."
        )
    return True


def sums(cells: Cells, *axes: Codes) -> Array:
    """Return, beside each cell, the sum over the cells that agree with it on `axes`, (N,)."""
    place, size = _place(cells, axes)
    return np.asarray(np.bincount(place, cells.values, size)[place])


def _place(cells: Cells, axes: tuple[Codes, ...]) -> tuple[Codes, int]:
    place, size = np.zeros(len(cells.values), dtype=np.intp), 1
    for codes in axes:
        width = int(codes.max()) + 1
        place, size = place * width + codes, size * width
    return place, size


def existing_quotients(cells: Cells, reference: object) -> pd.DataFrame:
    """Return the location quotients of the cells of the table, sorted by their keys."""
    E_r, total = sums(cells, cells.t, cells.r), sums(cells, cells.t)
    if isinstance(reference, str):
        _require_two_regions(cells)
        p, name = ratio(sums(cells, cells.t, cells.i), total), reference
    else:
        table = aligned(cells, reference, "industry", "the reference table")
        known = table.to_numpy(dtype=np.float64)
        known = ratio(known, known.sum(axis=1, keepdims=True))
        p = known[cells.t, table.columns.get_indexer(cells.industries)[cells.i]]
        name = "external"
        _require_reference(cells, p)
    lq = one_if_even(ratio(ratio(cells.values, E_r), p))
    return constant(_sorted(cells, lq=lq), "reference", name)


def existing_shares(cells: Cells) -> pd.DataFrame:
    """Return the regional shares of the cells of the table, sorted by their keys."""
    _require_two_regions(cells)
    s = ratio(cells.values, sums(cells, cells.t, cells.i))
    x = ratio(sums(cells, cells.t, cells.r), sums(cells, cells.t))
    rank = _ranks(s, _place(cells, (cells.t, cells.i))[0])
    return _sorted(cells, share=s, total_share=x, rank=rank)


def _ranks(s: Array, group: Codes) -> pd.Series[int]:
    """Rank shares within groups, 1 the largest; equal within rounding share the best rank."""
    order = np.lexsort((-s, group))
    first = np.ones(len(s), dtype=bool)
    first[1:] = group[order][1:] != group[order][:-1]
    ordered = s[order]
    new = first.copy()
    new[1:] |= ordered[:-1] - ordered[1:] > ROUNDING * np.abs(ordered[:-1])
    at = np.arange(len(s))
    start = np.maximum.accumulate(np.where(first, at, 0))
    best = np.maximum.accumulate(np.where(new, at, 0)) - start + 1
    ranks = np.empty(len(s), dtype=np.float64)
    ranks[order] = best
    column = pd.Series(np.where(np.isnan(s), np.nan, ranks))
    return column.astype("Int64" if column.isna().any() else "int64")


def _sorted(cells: Cells, **columns: Array | pd.Series[int]) -> pd.DataFrame:
    order = np.lexsort((cells.i, cells.r, cells.t))
    return cells.keys().assign(**columns).iloc[order].reset_index(drop=True)


def _require_two_regions(cells: Cells) -> None:
    place, _ = _place(cells, (cells.t, cells.r))
    active = np.unique(place[cells.values > 0]) // (int(cells.r.max()) + 1)
    few = np.bincount(active, minlength=len(cells.times)) < 2
    if few.any():
        when = "" if cells.time is None else f" in {cells.time} {listed(cells.times[few])}"
        raise IdentificationError(
            f"the table has fewer than two active {cells.region}{when}; a comparison of regions "
            "needs two at least. Give the other regions, or totals with reference=."
        )


def _require_reference(cells: Cells, p: Array) -> None:
    wrong = (cells.values > 0) & (p == 0)
    if wrong.any():
        raise InputError(
            f"the reference is zero where there is activity, in {cells.industry} "
            f"{listed(cells.industries[np.unique(cells.i[wrong])])}: that quotient is infinite. "
            "Correct the totals or leave these rows out."
        )


def sparse_cells(
    cells: object, value: str, region: str, industry: str, time: str | None, missing: Missing
) -> Cells:
    """Read cells without a grid, and name the totals that they carry."""
    found = read_cells(
        cells, value=value, region=region, industry=industry, time=time, missing=missing
    )
    if len(found.industries) < 2:
        require_two_industries(found)
    warn_sparse_totals(found)
    return found
