"""Properties over what the fixed tables beside this file do not sample: hypothesis draws them.

Units of every column at once, ties, zeros, blocks of files of any number and kind of key. The draws
are the same in every run (derandomised).
"""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import agglometrics as ag

drawn = settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
UNITS = st.floats(-9, 9).map(lambda power: 10.0**power)
KEYS = st.sampled_from(["int64", "float64", "str", "category"])
# few different figures, so that ties and zeros are common
FIGURES = st.sampled_from([0.0, 1.0, 2.0, 2.0, 3.0, 7.5, 40.0])
SEEDS = st.integers(0, 2**32 - 1)


@st.composite
def plants(draw: st.DrawFn) -> pd.DataFrame:
    n = draw(st.integers(3, 40))
    codes = st.lists(st.integers(1, 12), min_size=n, max_size=n)
    sizes = st.lists(FIGURES, min_size=n, max_size=n)
    return pd.DataFrame({"region": draw(codes), "industry": draw(codes), "size": draw(sizes)})


@st.composite
def cells(draw: st.DrawFn) -> pd.DataFrame:
    R, I = draw(st.integers(2, 6)), draw(st.integers(2, 5))  # noqa: E741
    keys = pd.MultiIndex.from_product([range(1, R + 1), range(8, 8 + I)])
    frame = keys.set_names(["region", "industry"]).to_frame(index=False)
    # one unit in the corner of each row and column, so that none is empty
    values = np.array(draw(st.lists(FIGURES, min_size=R * I, max_size=R * I)))
    frame["v"] = values + ((frame["region"] + frame["industry"]) % min(R, I) == 0)
    frame.loc[frame["region"].eq(1) | frame["industry"].eq(8), "v"] += 1.0
    return frame


def quietly(function, *arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ag.AgglometricsWarning)
        return function(*arguments, **options)


def sorted_as_text(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    out = frame.copy()
    for key in keys:
        out[key] = out[key].astype(float).astype(int).astype(str)
    return out.sort_values(keys, ignore_index=True)


def in_type(frame: pd.DataFrame, dtype: str) -> pd.DataFrame:
    keys = {"region", "industry"} & {*frame.columns}
    kind = "str" if dtype == "category" else dtype
    return frame.astype(dict.fromkeys(keys, kind)).astype(dict.fromkeys(keys, dtype))


@drawn
@given(table=plants(), parts=st.integers(1, 6), seed=SEEDS)
def test_a_folder_of_files_however_it_is_split(table, parts, seed):
    """Any split of the rows over files, empty ones among them, in any order."""
    rng = np.random.default_rng(seed)
    home = rng.integers(parts, size=len(table))
    rows = rng.permutation(len(table))
    by = ["region", "industry"]
    whole = ag.collapse(table, by=by, value="size")
    with tempfile.TemporaryDirectory() as folder:
        for part in range(parts):
            own = table.iloc[rows[home[rows] == part]]
            own.to_parquet(Path(folder) / f"part-{rng.integers(10**9)}-{part}.parquet")
        found = ag.collapse(folder, by=by, value="size")
    pd.testing.assert_frame_equal(
        found.sort_values(by, ignore_index=True), whole.sort_values(by, ignore_index=True),
        check_dtype=False, rtol=1e-12,
    )  # fmt: skip


@drawn
@given(table=cells(), unit=UNITS, dtype=KEYS, seed=SEEDS)
@pytest.mark.parametrize("measure", [ag.location_quotient, ag.concentration, ag.specialization])
def test_measures_of_cells(measure, table, unit, dtype, seed):
    """Units, order of rows and type of keys at once, where ties and zeros are common."""
    keys = [k for k in ("region", "industry") if k in quietly(measure, table, value="v").columns]
    base = sorted_as_text(quietly(measure, table, value="v"), keys)
    moved = in_type(table.assign(v=table["v"] * unit), dtype)
    found = quietly(measure, moved.sample(frac=1, random_state=seed), value="v")
    found = sorted_as_text(found, keys)
    for column in base.columns.drop(keys):
        if pd.api.types.is_float_dtype(base[column]):
            np.testing.assert_allclose(found[column], base[column], rtol=1e-9, atol=1e-12)
        else:
            assert (found[column].astype(str) == base[column].astype(str)).all(), column


@drawn
@given(table=cells(), unit=UNITS)
def test_advantage_is_decided_alike_in_any_unit(table, unit):
    """LQ >= 1 where it is 1 in exact arithmetic, whatever rounding makes of it."""
    base = quietly(ag.proximity, table, value="v")
    found = quietly(ag.proximity, table.assign(v=table["v"] * unit), value="v")
    pd.testing.assert_frame_equal(found, base)


@drawn
@given(units=st.tuples(UNITS, UNITS, UNITS), seed=SEEDS, dtype=KEYS)
def test_regressions(units, seed, dtype):
    """Each column in a unit of its own, rows in any order, clusters of any type."""
    rng = np.random.default_rng(7)
    i = np.repeat(np.arange(1, 11), 6)
    x, z, e = rng.normal(size=(3, 60))
    data = pd.DataFrame({"region": i, "x": x + z, "z": z, "y": x + e + i / 5})
    of = {"absorb": "region", "cov": ag.Cluster("region")}
    base = quietly(ag.panel, "y ~ x + z", data, **of)
    a, b, c = units
    moved = in_type(data.assign(y=data.y * a, x=data.x * b, z=data.z * c), dtype)
    found = quietly(ag.panel, "y ~ x + z", moved.sample(frac=1, random_state=seed), **of)
    powers = np.array([a / b, a / c])
    np.testing.assert_allclose(found.params, base.params * powers, rtol=1e-7)
    np.testing.assert_allclose(found.std_errors, base.std_errors * powers, rtol=1e-7)


@drawn
@given(table=cells(), units=UNITS, growth=st.floats(-0.5, 2.0))
def test_decompositions_add_up_in_any_unit(table, units, growth):
    """The parts add up to the change, and follow its unit."""
    later = table.assign(v=table["v"] * (1 + growth) + table["region"] % 3, time=1)
    both = pd.concat([table.assign(time=0), later])
    base = quietly(ag.shift_share, both, value="v", start=0, end=1)
    found = quietly(ag.shift_share, both.assign(v=both["v"] * units), value="v", start=0, end=1)
    parts = ["national", "industry_mix", "competitive"]
    np.testing.assert_allclose(found[parts].sum(axis=1), found["change"],
                               rtol=1e-9, atol=1e-9 * units)  # fmt: skip
    np.testing.assert_allclose(found[parts] / units, base[parts], rtol=1e-9, atol=1e-9)
