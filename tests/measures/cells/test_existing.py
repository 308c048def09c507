"""Cells that exist only: the same numbers as the grid, in memory linear in the cells."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics.errors import IdentificationError, InputError


def sparse(R, I, N, seed=0):  # noqa: E741
    rng = np.random.default_rng(seed)
    at = rng.choice(R * I, N, replace=False)
    return pd.DataFrame({"region": at // I, "industry": at % I, "v": rng.integers(1, 99, N)})


@pytest.mark.parametrize("function", [ag.location_quotient, ag.regional_shares])
def test_the_same_as_the_rows_of_the_grid(function):
    years = [sparse(12, 9, 60, seed).assign(time=2000 + seed) for seed in range(2)]
    table = pd.concat(years).sample(frac=1, random_state=1)
    few = function(table, value="v", time="time", rows="existing")
    grid = function(table, value="v", time="time", undefined="nan")
    keys = ["time", "region", "industry"]
    expected = table[keys].merge(grid, on=keys).sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(few, expected, check_dtype=False)


def test_with_totals_from_outside():
    table = sparse(12, 9, 60)
    nation = table.groupby("industry")["v"].sum() * 3.0
    few = ag.location_quotient(table, value="v", rows="existing", reference=nation)
    own = ag.location_quotient(table, value="v", rows="existing")
    assert few["lq"].to_numpy() == pytest.approx(own["lq"].to_numpy())
    assert set(few["reference"]) == {"external"}


def test_memory_is_linear_in_the_cells():
    table = sparse(3000, 10000, 40000)  # 30 million pairs: 240 MB as one array
    tracemalloc.start()
    ag.location_quotient(table, value="v", rows="existing")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30e6


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rows": "some"}, "rows='some' is unknown; choose 'all' or 'existing'"),
        ({"rows": "existing", "variants": True}, r"cannot be combined with \['variants'\]"),
        ({"rows": "existing", "reference": "excluding"}, "takes reference='including' or a table"),
    ],
)
def test_refusals(options, message):
    with pytest.raises(InputError, match=message):
        ag.location_quotient(sparse(5, 4, 15), value="v", **options)


def test_one_region_is_refused():
    table = sparse(5, 4, 15)
    with pytest.raises(IdentificationError, match="fewer than two active region"):
        ag.regional_shares(table[table["region"] == 2], value="v", rows="existing")


def test_a_grid_that_does_not_fit_is_refused_with_its_size(monkeypatch):
    monkeypatch.setattr("agglometrics.tables.cube.memory_limit", lambda: 10**6)
    with pytest.raises(InputError) as error:
        ag.concentration(sparse(300, 200, 900), value="v")
    text = str(error.value)
    assert "1 periods x" in text and "rows='existing'" in text
    grid = 285 * 198
    assert "bytes" in text and "this process may use 1000000" in text and grid
