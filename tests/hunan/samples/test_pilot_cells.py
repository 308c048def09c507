"""Cells of the pilot: sectors of the plan, sums of the table, no gap filled."""

import numpy as np
import pytest

from hunan.data.dimensions import load_industries
from hunan.data.io_tables import load_io_industries
from hunan.samples.pilot import HUBEI, HUNAN, OTHER_PILOTS
from hunan.samples.pilot_cells import HEAVY, LISTS, NAMED, pilot_cells

YEARS = [(2002, 2007), (2007, 2012), (2007, 2017)]


def test_the_lists_name_industrial_sectors_of_the_tables():
    industries = load_industries().set_index("industry")["industrial"]
    for names in (HEAVY, NAMED):
        assert len(set(names)) == len(names)
        assert industries[list(names)].all()


@pytest.mark.parametrize("of", LISTS, ids=lambda of: of.name)
@pytest.mark.parametrize("years", YEARS)
def test_cells_add_up_to_industrial_output(of, years):
    cells, gaps = pilot_cells(of, *years)
    assert cells.groupby(["region", "time"]).size().eq(2).all()
    assert not cells["region"].isin([*OTHER_PILOTS, "540000", *gaps]).any()
    assert set(of.treated) <= set(cells["region"])
    assert (HUBEI in set(cells["region"])) == (HUBEI in of.treated)
    table = load_io_industries("industrial")
    whole = table[table["time"].isin(years)].groupby(["region", "time"])["gross_output"].sum()
    found = np.exp(cells.set_index(["region", "time"])["outcome"]).groupby(["region", "time"]).sum()
    np.testing.assert_allclose(found, whole.loc[found.index], rtol=1e-12)


@pytest.mark.parametrize("of", LISTS, ids=lambda of: of.name)
def test_treated_is_the_listed_group_after(of):
    cells, _ = pilot_cells(of, 2007, 2012)
    on = cells[cells["treated"] == 1]
    assert set(on["region"]) == set(of.treated)
    assert set(on["group"]) == {"listed"}
    assert set(on["time"]) == {2012}
    assert HUNAN in set(on["region"])
