"""Estimation samples: kernels by hand, identities, the rules of each sample on the real tables."""

import numpy as np
import pandas as pd
import pytest

from agglometrics.errors import InputError
from agglometrics.linalg.demeaning import demean
from hunan.data.employment import load_employment
from hunan.data.province_panel import load_province_panel
from hunan.samples.growth import growth_sample
from hunan.samples.industry_links import (
    industry_links,
    linkage_weights,
    related_of_cells,
    related_strength,
)
from hunan.samples.provinces import own_share, province_sample
from hunan.samples.shares import share_sample
from hunan.samples.supply_rates import supply_rates

HUNAN, TIBET = "430000", "540000"


@pytest.fixture(scope="module")
def growth() -> pd.DataFrame:
    return growth_sample(2005, 2012)


@pytest.fixture(scope="module")
def shares() -> pd.DataFrame:
    return share_sample()


@pytest.fixture(scope="module")
def provinces() -> pd.DataFrame:
    return province_sample()


# ---- kernels --------------------------------------------------------------------------------

E = np.array([[10.0, 20, 30], [30.0, 20, 10]])
MEMBER = np.array([[1.0, 0], [1, 0], [0, 1]])  # industries 0 and 1 are group a, 2 is group b


def test_linkages_add_both_directions() -> None:
    F = np.array([[2.0, 1], [3, 4]])  # a: 2 + 2 with itself, 1 + 3 with b; b: 8 with itself
    np.testing.assert_allclose(linkage_weights(F), [[0.5, 0.5], [1 / 3, 2 / 3]])


def test_related_strength_by_hand() -> None:
    """Industry 0 in region 0: the others are 20 in group a and 30 in b, of 40 and 40.

    LQ of a: (20 / 50) / (40 / 80) = .8, of b: (30 / 50) / (40 / 80) = 1.2; weights .75 and .25
    give .9. Industry 2 has no other member of its group: b weighs nothing, a has LQ 1.
    """
    omega = np.array([[0.75, 0.25], [0.4, 0.6]])
    S = related_strength(E, MEMBER, omega)
    # region 1, industry 0: 20 of 30 in a, 10 in b; LQ 4/3 and 2/3
    assert S[0, 0] == pytest.approx(0.9)
    assert S[1, 0] == pytest.approx(0.75 * 4 / 3 + 0.25 * 2 / 3)
    np.testing.assert_allclose(S[:, 2], 1.0)


def test_related_strength_does_not_know_its_own_cell() -> None:
    omega = np.array([[0.75, 0.25], [0.4, 0.6]])
    other = E.copy()
    other[0, 1] *= 100
    np.testing.assert_allclose(
        related_strength(other, MEMBER, omega)[:, 1], related_strength(E, MEMBER, omega)[:, 1]
    )
    assert not np.allclose(
        related_strength(other, MEMBER, omega), related_strength(E, MEMBER, omega)
    )


def test_related_strength_is_one_where_regions_are_alike() -> None:
    alike = np.outer([1.0, 5, 2], [3.0, 7, 4])
    S = related_strength(alike, MEMBER, np.array([[0.75, 0.25], [0.4, 0.6]]))
    np.testing.assert_allclose(S, 1.0)


def test_own_share_by_hand() -> None:
    # region 0: 1/6 of its jobs in an industry of which it has 1/4, 1/3 with 1/2, 1/2 with 3/4
    np.testing.assert_allclose(own_share(E)[0], 1 / 6 / 4 + 1 / 3 / 2 + 1 / 2 * 3 / 4)


def test_own_share_averages_to_the_share_where_regions_are_alike() -> None:
    np.testing.assert_allclose(own_share(np.outer([1.0, 3], [2.0, 5, 7])), [0.25, 0.75])


# ---- links ----------------------------------------------------------------------------------


def test_links_are_shares_of_what_an_industry_trades() -> None:
    links = industry_links()
    assert len(links) == 23 * 23
    np.testing.assert_allclose(links.groupby("industry")["weight"].sum(), 1.0)
    clothes = links.query("industry == 'apparel_leather'").set_index("related")["weight"]
    assert clothes.drop("apparel_leather").idxmax() == "textiles"


def test_a_year_without_tables_is_refused() -> None:
    with pytest.raises(InputError, match="no input-output tables of 2005"):
        industry_links(2005)


def test_related_strength_of_the_nation_is_about_one() -> None:
    """Weighted with the region's other jobs, the mean of a group's LQ is one by definition."""
    cells = load_employment(blanks="zero").query("time == 2007")
    table = related_of_cells(cells).merge(cells, on=["region", "industry"])
    table["others"] = table.groupby("region")["employment"].transform("sum") - table["employment"]
    top = (table["related"] * table["others"]).groupby(table["industry"]).sum()
    mean = top / table.groupby("industry")["others"].sum()
    np.testing.assert_allclose(mean, 1.0, rtol=1e-12)


# ---- growth ---------------------------------------------------------------------------------


def test_a_growth_rate_is_that_of_the_raw_figures(growth: pd.DataFrame) -> None:
    jobs = load_employment().set_index(["region", "industry", "time"])["employment"]
    cell = growth.set_index(["region", "industry"]).loc[(HUNAN, "35")]
    ratio = jobs[HUNAN, "35", 2012] / jobs[HUNAN, "35", 2005]
    assert cell["growth"] == pytest.approx(np.log(ratio))
    assert cell["employment"] == jobs[HUNAN, "35", 2005]


def test_specialisation_and_size_are_one_thing_within_industry_and_province(
    growth: pd.DataFrame,
) -> None:
    """ln LQ = ln E_ri - ln E_r - ln E_i + ln E: effects take all but the cell's own size."""
    effects = [pd.factorize(growth[key])[0] for key in ("industry", "region")]
    both = np.column_stack([growth["specialization"], np.log(growth["employment"])])
    within = demean(both, effects)
    assert within.std() > 0.5
    np.testing.assert_allclose(within[:, 0], within[:, 1], atol=1e-8)


def test_only_reported_cells_are_in(growth: pd.DataFrame) -> None:
    jobs = load_employment(blanks="unknown").query("time in [2005, 2012]")
    wide = jobs.pivot(index=["region", "industry"], columns="time", values="employment")
    assert len(growth) == int((wide > 0).all(axis=1).sum())
    assert np.isfinite(
        growth.drop(columns=["region", "industry", "wage_growth", "wage", "output_lq"])
    ).all(axis=None)
    xinjiang = growth.loc[growth["region"] == "650000", "wage_growth"]
    assert xinjiang.isna().all()  # no wage table in 2012


def test_output_of_2002_is_that_of_the_common_industry(growth: pd.DataFrame) -> None:
    # the location quotient of transport equipment in Hunan, output of 2002, of the industrial
    # base: 1.04 (rank 11)
    cell = growth.query("region == @HUNAN and industry == '36+37'")["output_lq"].item()
    assert np.exp(cell) == pytest.approx(1.04, abs=0.005)
    assert growth.loc[growth["region"] == TIBET, "output_lq"].isna().all()


def test_a_suspect_year_marks_its_cells() -> None:
    marked = growth_sample(2007, 2011).query("suspect")
    assert (HUNAN, "16") in set(zip(marked["region"], marked["industry"], strict=True))
    assert (
        not growth_sample(2007, 2010)
        .query("region == @HUNAN and industry == '16'")["suspect"]
        .any()
    )


@pytest.mark.parametrize(
    ("years", "message"),
    [
        ((2005, 2014), "crosses 2013"),
        ((2012, 2013), "crosses 2013"),
        ((2012, 2005), "years must be in order"),
        ((2004, 2007), "years must be in order"),
        ((2007, 2012, 2008), "base=2008"),
    ],
)
def test_years_that_mean_nothing_are_refused(years: tuple[int, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        growth_sample(*years)


# ---- shares ---------------------------------------------------------------------------------


def test_quotients_are_five_years_old(shares: pd.DataFrame) -> None:
    # the location quotient of transport equipment in Hunan, output of 2007: .68 (rank 16)
    cell = shares.query("region == @HUNAN and industry == 'transport_equipment' and time == 2012")
    assert np.exp(cell["specialization"].item()) == pytest.approx(0.68, abs=0.005)


def test_shares_are_those_of_the_tables(shares: pd.DataFrame) -> None:
    # Hunan 2007, transport equipment, as published (10,000 yuan)
    from hunan.data.io_tables import load_io_industries

    key = "region == @HUNAN and industry == 'transport_equipment' and time == 2007"
    row, cell = load_io_industries().query(key).iloc[0], shares.query(key).iloc[0]
    assert cell["labour_share"] == row["labour_compensation"] / row["value_added"]
    assert cell["value_added_rate"] == row["value_added"] / row["gross_output"]
    assert np.isnan(cell["export_share"])


def test_provinces_without_a_table_before_are_out(shares: pd.DataFrame) -> None:
    assert set(shares.loc[shares["region"] == TIBET, "time"]) == {2017}
    assert shares.loc[shares["region"] == TIBET, "co2"].isna().all()
    assert set(shares["time"]) == {2007, 2012, 2017}


def test_the_local_supply_rate_is_that_of_the_table_before(shares: pd.DataFrame) -> None:
    assert shares.loc[shares["time"] == 2007, "local_supply"].isna().all()
    earlier = supply_rates(2012).set_index(["region", "industry"])["rate"]
    later = shares.query("time == 2017").set_index(["region", "industry"])["local_supply"].dropna()
    assert len(later) > 400
    np.testing.assert_array_equal(later, earlier.loc[later.index])


def test_net_tables_have_no_local_supply_rate() -> None:
    with pytest.raises(InputError, match="no local supply rate of 2002"):
        supply_rates(2002)


# ---- provinces ------------------------------------------------------------------------------


def test_one_vintage_of_gdp(provinces: pd.DataFrame) -> None:
    # Hunan 2007: 9,439.6 revised, 9,200.0 first released (1e8 yuan)
    row = provinces.query("region == @HUNAN and time == 2007").iloc[0]
    assert np.exp(row["gdp"]) == pytest.approx(9439.6, abs=0.05)
    first = province_sample("first_release").query("region == @HUNAN and time == 2007").iloc[0]
    assert np.exp(first["gdp"]) == pytest.approx(9200.0, abs=0.05)
    assert first["specialization"] == row["specialization"]


def test_units_of_the_intensities(provinces: pd.DataFrame) -> None:
    panel = load_province_panel("revised").query("region == @HUNAN and time == 2007").iloc[0]
    row = provinces.query("region == @HUNAN and time == 2007").iloc[0]
    # 223.3 Mt (CEADs) over 9,439.6e8 yuan: 2.37 t per 10,000 yuan
    assert np.exp(row["co2_intensity"]) == pytest.approx(223.3e6 / 9439.6e4, rel=1e-3)
    per_worker = panel["gdp_nominal"] * 1e8 / (panel["employment"] * 1e4) / 1e4
    assert np.exp(row["gdp_per_worker"]) == pytest.approx(per_worker)


UNKNOWN_IN_TIBET = [
    "rd_share", "inventions", "co2_intensity", "co2_panel", "energy_intensity", "industry_co2"
]  # fmt: skip


def test_the_panel_is_whole_but_for_tibet(provinces: pd.DataFrame) -> None:
    assert len(provinces) == 31 * 12
    lacking = provinces[provinces["co2_intensity"].isna()]
    assert set(lacking["region"]) == {TIBET}
    assert provinces.drop(columns=UNKNOWN_IN_TIBET).notna().all(axis=None)
    assert set(provinces.query("time > 2012")["regime"]) == {"2013-2016"}


def test_the_first_release_has_no_industry_base() -> None:
    sample = province_sample("first_release")
    assert set(sample["time"]) == {2005, *range(2007, 2014)}
    assert sample["industry_co2"].isna().all()


def test_a_vintage_without_these_years_is_refused() -> None:
    with pytest.raises(InputError, match="vintage 'latest'"):
        province_sample("latest")
