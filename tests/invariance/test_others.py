"""The public functions of tables that the other tables of this folder have no row for.

POWERS says by which power each column of numbers follows the unit of the values. Names of keys,
an idle row and the split of the rows must leave all others as they are.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag

SCALES = (1e-9, 1e-6, 1e6, 1e9)


@dataclass(frozen=True)
class Case:
    """A call, and how its answers follow the unit of ``v``.

    powers : column of the answer -> power
    idle : what a region without activity, of which the answer shows nothing else, does
    period : what a further period does
    """

    run: Callable[[pd.DataFrame], pd.DataFrame]
    powers: Mapping[str, int]
    idle: str
    period: str


def table() -> pd.DataFrame:
    """Return six regions on a ring with three industries in two periods, a row per cell."""
    rng = np.random.default_rng(9)
    keys = pd.MultiIndex.from_product([list("abcdef"), list("xyz"), [1, 2]])
    frame = keys.to_frame(index=False, name=["region", "industry", "time"])
    return frame.assign(v=rng.integers(1, 400, len(frame)) / 4)


def collapsed(cells: pd.DataFrame) -> pd.DataFrame:
    return ag.collapse(cells, by=["region", "time"], value="v")


def growth(cells: pd.DataFrame) -> pd.DataFrame:
    found = ag.leave_one_out_growth(cells, value="v", start=1, end=2)
    return found[found["region"].isin([*"abcdef", *"ABCDEF"])]


def morans(cells: pd.DataFrame) -> pd.DataFrame:
    totals = cells.groupby(["region", "time"], as_index=False)["v"].sum()
    names = sorted(totals["region"].unique())
    ring = pd.DataFrame(0.0, index=names, columns=names)
    for k in range(6):  # a region after the sixth is an island
        ring.iloc[k, (k + 1) % 6] = ring.iloc[(k + 1) % 6, k] = 1.0
    return ag.moran(totals, value="v", weights=ring, time="time")


CASES = {
    "collapse": Case(
        collapsed, {"v": 1, "v_squared": 2}, "changes: a row of zero of its own", "invariant"
    ),
    "leave_one_out_growth": Case(growth, {}, "invariant", "invariant"),
    "moran": Case(
        morans, {}, "changes: an island counts in N and in the variance of the values", "invariant"
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _islands_are_known() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ag.AgglometricsWarning)
        yield


def numbers(name: str, cells: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of numbers of an answer."""
    return CASES[name].run(cells).select_dtypes("number").reset_index(drop=True)


names = pytest.mark.parametrize("name", CASES)


@names
@pytest.mark.parametrize("s", SCALES)
def test_units(name, s):
    expected = numbers(name, table())
    for column, power in CASES[name].powers.items():
        expected[column] = expected[column] * s**power
    found = numbers(name, table().assign(v=table()["v"] * s))
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-9)


@names
def test_names_of_keys(name):
    renamed = table().assign(region=table()["region"].str.upper(), industry="?")
    renamed["industry"] = table()["industry"].map({"x": "steel", "y": "toys", "z": "wool"})
    pd.testing.assert_frame_equal(numbers(name, renamed), numbers(name, table()))


def idle(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the table with a region that has nothing."""
    return pd.concat([cells, cells[cells["region"] == "a"].assign(region="g", v=0.0)])


def later(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the table with a further period."""
    return pd.concat([cells, cells[cells["time"] == 2].assign(time=3, v=cells["v"].mean() + 1)])


def differ(found: pd.DataFrame, base: pd.DataFrame) -> bool:
    return len(found) != len(base) or not np.allclose(found, base, rtol=1e-9, equal_nan=True)


@names
def test_an_idle_region(name):
    moved = differ(numbers(name, idle(table())), numbers(name, table()))
    assert moved == CASES[name].idle.startswith("changes")


@names
def test_a_further_period(name):
    """It has rows of its own; those of the other periods stay."""
    cells = later(table())
    if name == "moran":
        cells.loc[cells["time"] == 3, "v"] += np.arange(18)  # values that do not differ are refused
    answer = CASES[name].run(cells)
    old = answer[answer["time"] < 3] if "time" in answer else answer
    kept = old.select_dtypes("number").reset_index(drop=True)
    assert not differ(kept, numbers(name, table()))


def test_however_plants_are_split_over_files(tmp_path):
    cells = table().sample(frac=1, random_state=2)
    for parts in (1, 2, 5):
        folder = tmp_path / str(parts)
        folder.mkdir()
        for k in range(parts):
            cells.iloc[k::parts].to_parquet(folder / f"{k}.parquet")
        found = ag.collapse(folder, by=["region", "time"], value="v")
        pd.testing.assert_frame_equal(found, collapsed(table()), check_dtype=False, rtol=1e-12)
