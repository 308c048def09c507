"""What a decomposition refuses, and what it says."""

import numpy as np
import pandas as pd
import pytest

from agglometrics import (
    Dunn,
    Dynamic,
    Gerfin,
    Spatial,
    Stochastic,
    component_totals,
    shift_share,
    stochastic_shift_share,
)
from agglometrics.errors import IdentificationError, InputError


@pytest.fixture
def cells() -> pd.DataFrame:
    keys = pd.MultiIndex.from_product(
        [["a", "b", "c"], ["x", "y", "z"], [2000, 2001, 2002, 2004]],
        names=["region", "industry", "time"],
    )
    jobs = np.random.default_rng(4).uniform(10, 50, len(keys))
    return keys.to_frame(index=False).assign(jobs=jobs)


def decompose(cells, method="dunn", start=2000, end=2001, **more):
    return shift_share(cells, value="jobs", start=start, end=end, method=method, **more)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": 1999}, r"start=1999 is not a period of column 'time', which has 2000, 2001"),
        ({"end": 2003}, r"end=2003 is not a period"),
        ({"start": 2001, "end": 2000}, r"start must come before end; found start=2001, end=2000"),
        ({"end": 2000}, r"start must come before end"),
        ({"method": "shapley"}, r"method='shapley' is unknown; choose Dunn\(\)"),
        ({"method": Dunn}, r"method=<class .* is unknown"),
        ({"method": "spatial"}, r"method='spatial' is unknown; .*Spatial\(weights\)"),
        ({"reference": "national"}, r"reference='national' is unknown; choose 'including'"),
        ({"missing": "drop"}, r"missing='drop' is unknown"),
        ({"region": "prov"}, r"columns \['prov'\] are not in the table"),
        ({"method": "dynamic", "end": 2004}, r"steps are 1 except '2002 to 2004'.*periods=\["),
        (
            {"method": Dynamic(periods=(2000, 2003, 2004)), "end": 2004},
            r"periods of Dynamic must lead in order from start=2000 to end=2004; found 2000, 2003",
        ),
        ({"method": Dynamic(periods=(2000, 2002)), "end": 2004}, r"must lead in order"),
        ({"method": Dynamic(periods=(2002, 2000, 2004)), "end": 2004}, r"must lead in order"),
    ],
)
def test_a_wrong_argument_is_named(cells, change, message):
    with pytest.raises(InputError, match=message):
        decompose(cells, **change)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda f: f.assign(jobs=f["jobs"].where(f.index != 4)), r"NaN \(unknown\) in 1 cells"),
        (lambda f: f.assign(jobs=f["jobs"].where(f.index != 4, -1)), r"must not be negative"),
        (lambda f: f.assign(jobs=f["jobs"].astype(str)), r"must be numeric"),
        (lambda f: pd.concat([f, f.iloc[:1]]), r"do not identify rows: 1 repeats.*collapse\(\)"),
        (lambda f: f.assign(time=f["time"].where(f.index != 4)), r"key 'time' is missing in 1"),
        (lambda f: f.assign(region=f["region"].where(f.index != 4)), r"key 'region' is missing"),
        (lambda f: f.drop(columns="time"), r"columns \['time'\] are not in the table"),
        (
            lambda f: f.assign(jobs=f["jobs"].where(f["time"] != 2000, 0)),
            r"reference economy must have activity in its base \(start\)",
        ),
    ],
)
def test_bad_cells_are_named(cells, spoil, message):
    with pytest.raises(InputError, match=message):
        decompose(spoil(cells))


def test_not_a_table():
    with pytest.raises(InputError, match="cells must be a table"):
        decompose([1, 2, 3])


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda n: n[n["time"] != 2001], r"must cover the periods 2000, 2001; it lacks 2001"),
        (lambda n: n[n["industry"] != "y"], r"every industry of the cells.*not there are 'y'"),
        (lambda n: pd.concat([n, n]), r"do not identify rows"),
        (lambda n: n.drop(columns="jobs"), r"columns \['jobs'\] are not in the table"),
        (lambda n: n.assign(jobs=0.0), r"must have activity in its base"),
    ],
)
def test_a_bad_reference_is_named(cells, spoil, message):
    nation = cells.groupby(["industry", "time"], as_index=False)["jobs"].sum()
    with pytest.raises(InputError, match=message):
        decompose(cells, reference=spoil(nation))


def test_excluding_needs_another_region(cells):
    alone = cells[cells["region"] == "a"]
    idle = cells.assign(jobs=cells["jobs"].where(cells["region"] == "a", 0))
    for one in (alone, idle):
        for reference in ("including", "excluding"):
            with pytest.raises(IdentificationError, match=r"one active region, 'a'.*reference="):
                decompose(one, reference=reference)
    nation = cells.groupby(["industry", "time"], as_index=False)["jobs"].sum()
    assert len(decompose(alone, reference=nation)) == 3
    own = (cells["region"] == "a") | (cells["time"] != 2000)
    rest_empty = cells.assign(jobs=cells["jobs"].where(own, 0))
    with pytest.raises(InputError, match=r"it has none for regions 'a', so it has no growth rate"):
        decompose(rest_empty, reference="excluding")


def test_dropping_every_industry_is_refused(cells):
    holes = cells.assign(jobs=cells["jobs"].where(cells["industry"] != "x"))
    holes = holes[(holes["time"] != 2000) | (holes["industry"] == "x")]
    with (
        pytest.warns(UserWarning, match="left out of all periods"),
        pytest.raises(InputError, match="no industry is left in the periods 2000"),
    ):
        decompose(holes, missing="drop_industry")


def test_a_base_is_start_end_or_mean():
    with pytest.raises(InputError, match="weights='middle' is unknown; choose 'start', 'end'"):
        Dunn("middle")


@pytest.mark.parametrize("base", [Gerfin(), Dynamic(), "dunn", Dunn])
def test_dynamic_needs_parts_that_add_up(base):
    with pytest.raises(InputError, match="base of Dynamic must be a method whose parts add up"):
        Dynamic(base)


@pytest.mark.parametrize("base", [Gerfin(), Stochastic(), "dunn"])
def test_spatial_needs_a_partition(base):
    with pytest.raises(InputError, match="base of Spatial must be Dunn"):
        Spatial({"a": ["b"]}, base=base)


def test_gerfin_names_the_regions_that_it_cannot_index(cells):
    new = cells.assign(
        jobs=cells["jobs"].where((cells["region"] != "b") | (cells["time"] > 2000), 0)
    )
    with pytest.raises(IdentificationError, match=r"none in 'b'\. Leave .* use Dunn\(\)"):
        decompose(new, Gerfin())
    only_x = cells[(cells["region"] != "b") | (cells["industry"] == "x")]
    x_ends = only_x.assign(
        jobs=only_x["jobs"].where((only_x["industry"] != "x") | (only_x["time"] == 2000), 0)
    )
    with pytest.raises(IdentificationError, match="lives on in the reference; none in 'b'"):
        decompose(x_ends, Gerfin())


def test_totals_need_parts_that_add_up(cells):
    indices = decompose(cells, Gerfin())
    with pytest.raises(InputError, match="columns after 'change' must be parts that add up"):
        component_totals(indices)
    with pytest.raises(InputError, match=r"columns \['province'\] are not in the table"):
        component_totals(decompose(cells), by="province")
    with pytest.raises(
        InputError, match=r"\['region'\] are not .* keys are \['province', .*by='prov"
    ):
        component_totals(decompose(cells).rename(columns={"region": "province"}))
    with pytest.raises(InputError, match=r"columns \['change'\]"):
        component_totals(cells)


def stochastic(cells, **more):
    return stochastic_shift_share(cells, value="jobs", start=2000, end=2001, **more)


def test_the_stochastic_model_makes_its_own_reference(cells):
    with pytest.raises(InputError, match="leave reference='including'"):
        decompose(cells, Stochastic(), reference="excluding")


def test_the_stochastic_model_needs_linked_regions(cells):
    apart = cells[(cells["region"] == "c") == (cells["industry"] == "z")]
    for call in (stochastic, lambda f: decompose(f, Stochastic())):
        with pytest.raises(IdentificationError, match="'c' share none with 'a', 'b'"):
            call(apart)


def test_the_stochastic_model_needs_spare_cells(cells):
    one_industry = cells[cells["industry"] == "x"]
    with pytest.raises(IdentificationError, match="3 cells with a base do not exceed the 3 param"):
        stochastic(one_industry)
    assert np.abs(decompose(one_industry, Stochastic())["residual"]).max() < 1e-12
    empty = cells.assign(jobs=cells["jobs"].where(cells["time"] > 2000, 0))
    with pytest.raises(IdentificationError, match="no cell has activity at the start"):
        stochastic(empty)


def test_the_stochastic_model_takes_two_covariances(cells):
    with pytest.raises(InputError, match=r"cov='hc3' is unknown here\. Pass Homoskedastic"):
        stochastic(cells, cov="hc3")
