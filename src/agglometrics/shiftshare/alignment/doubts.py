"""Shares that a user should check: incomplete, idle, negative, or more than one in total."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from agglometrics.shiftshare.alignment.keys import (
    Keys,
)
from agglometrics.tables import listed

COMPLETE = 1e-6  # shares add up to one within this


def notes_on_shares(
    locations: pd.DataFrame, sectors: pd.DataFrame, W: sparse.csr_array, keys: Keys
) -> tuple[str, ...]:
    """Return what a user should know about the shares."""
    filled = W.astype(bool)  # a row of the table may hold a share of zero
    empty = locations.loc[filled.sum(axis=1) == 0, keys.of_locations].to_dict("records")
    idle = sectors.loc[filled.sum(axis=0) == 0, keys.of_sectors].to_dict("records")
    notes = []
    if empty:
        notes.append(f"{len(empty)} locations have no shares: {listed(empty)}")
    if idle:
        notes.append(f"{len(idle)} shocks have no shares: {listed(idle)}")
    notes += doubtful_shares(W)
    sums = np.asarray(W.sum(axis=1)).ravel()
    if sums.max() <= 1 + COMPLETE and sums.min() < 1 - COMPLETE:
        notes.append(
            f"shares are incomplete: they add up to between {sums.min():.4g} and {sums.max():.4g}"
        )
    return tuple(notes)


def doubtful_shares(W: sparse.csr_array) -> list[str]:
    """Return in words what is wrong with shares that are negative, or exceed one in total."""
    sums = np.asarray(W.sum(axis=1)).ravel()
    above = int((sums > 1 + COMPLETE).sum())
    found = []
    if (W.data < 0).any():
        found.append(f"{int((W.data < 0).sum())} shares are negative")
    if above:
        found.append(
            f"sums of shares exceed one in {above} of {len(sums)} locations: they add up to "
            f"between {sums.min():.4g} and {sums.max():.4g}"
        )
    return found
