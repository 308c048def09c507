"""The panel of the pilot: outcomes as the plan says, donors without other pilots, no gap filled."""

import numpy as np
import pandas as pd
import pytest

import hunan
from agglometrics.errors import InputError
from hunan.samples.pilot import (
    FIRST_TREATED,
    HUBEI,
    HUNAN,
    LAST,
    LOW_CARBON,
    OTHER_PILOTS,
    OUTCOMES,
    design,
    pilot_sample,
)


@pytest.fixture(scope="module")
def sample() -> pd.DataFrame:
    return pilot_sample()


def test_outcomes_are_logs_of_the_panel(sample):
    panel = hunan.load_province_panel("revised").set_index(["region", "time"])
    rows = sample.set_index(["region", "time"])
    place = (HUNAN, 2007)
    gdp, share = panel.loc[place, "gdp_nominal"], panel.loc[place, "secondary_share"]
    assert rows.loc[place, "secondary_gdp"] == pytest.approx(np.log(gdp * share))
    assert rows.loc[place, "secondary_share"] == pytest.approx(100 * share)
    assert rows.loc[place, "energy_intensity"] == pytest.approx(
        np.log(panel.loc[place, "energy_tce"] / gdp)
    )
    assert not np.isinf(sample.drop(columns=["region"]).to_numpy(dtype=float)).any()


def test_other_pilots_are_those_of_the_table():
    # comprehensive pilots that began from 2005 to 2011, by province; Yiwu is one county-level city
    pilots = hunan.load_pilots("comprehensive_reform")
    began = pilots["approved"].astype(str).str[:4].astype(int)
    of_time = pilots[began.between(2005, 2011) & (pilots["name_zh"] != "义乌")]
    regions = set(of_time["unit"].astype(str).str[:2] + "0000") - {HUNAN, HUBEI}
    assert regions - {"350000"} == set(OTHER_PILOTS)  # Xiamen: a departure that the plan lists
    batch = hunan.load_pilots("low_carbon").query("group == 'batch_1' and level == 'province'")
    beside = set(batch["unit"].astype(str)) - set(OTHER_PILOTS) - {HUBEI}
    assert beside == set(LOW_CARBON)


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: outcome.name)
def test_designs_are_balanced_and_hold_no_other_pilot(sample, outcome):
    panel, gaps = design(
        sample,
        outcome.name,
        treated=outcome.treated,
        excluded=outcome.excluded,
        first_year=outcome.first_year,
    )
    years = LAST - outcome.first_year + 1
    assert (panel.groupby("region").size() == years).all()
    assert panel["outcome"].notna().all()
    donors = set(panel["region"]) - set(outcome.treated)
    assert not donors & {HUNAN, HUBEI, *OTHER_PILOTS, *gaps}
    assert 19 <= len(donors) <= 22
    on = panel[panel["treated"] == 1]
    assert set(on["region"]) == set(outcome.treated)
    assert on["time"].min() == FIRST_TREATED


def test_a_treated_province_without_a_year_is_named(sample):
    said = {"treated": (HUNAN,), "excluded": set(), "first_year": 1985}
    with pytest.raises(InputError, match=r"treated \['430000'\] is unknown in a year from 1985"):
        design(sample, "energy_intensity", **said)
