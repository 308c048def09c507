"""The tidy tables keep their schemas, and a broken table is told apart by column and rule."""

from collections.abc import Callable

import pandas as pd
import pytest

from agglometrics.errors import InputError
from hunan.audits.schemas import SCHEMAS, validate, validate_flows
from hunan.data.dimensions import load_concordance, load_neighbours, load_provinces
from hunan.data.employment import load_employment, load_wages
from hunan.data.io_tables import load_io_flows, load_io_industries, load_io_sectors

LOADERS: dict[str, Callable[[], pd.DataFrame]] = {
    "concordance": load_concordance,
    "employment": load_employment,
    "io_flows": load_io_flows,
    "io_industries": load_io_industries,
    "io_sectors": load_io_sectors,
    "neighbours": load_neighbours,
    "provinces": load_provinces,
    "wages": load_wages,
}


@pytest.mark.parametrize("name", sorted(LOADERS))
def test_what_is_loaded_is_valid(name: str) -> None:
    table = LOADERS[name]()
    assert validate(name, table) is table


def test_every_table_has_a_schema() -> None:
    assert set(LOADERS) <= set(SCHEMAS)


def test_repeated_keys() -> None:
    table = load_employment()
    with pytest.raises(InputError, match=r"table 'employment'.*'multiple_fields_uniqueness'"):
        validate("employment", pd.concat([table, table.head(1)]))


def test_an_unknown_code() -> None:
    table = load_wages().replace({"region": {"430000": "439999"}})
    rows = 37 * 12
    with pytest.raises(InputError, match=rf"column 'region', rule .*{rows} values, first '439999'"):
        validate("wages", table)


def test_a_figure_out_of_range() -> None:
    table = load_io_industries(suspect="keep")
    with pytest.raises(InputError, match=r"'value_added'.*4 values, first .*-2461\.838"):
        validate("io_industries", table)


def test_a_year_that_has_no_table() -> None:
    table = load_io_sectors().replace({"time": {2017: 2018}})
    with pytest.raises(InputError, match=r"column 'time', rule .*1302 values, first .*2018"):
        validate("io_sectors", table)


def test_a_broken_identity() -> None:
    table = load_io_sectors()
    table.loc[100, "depreciation"] += 50.0
    with pytest.raises(InputError, match=r"rule 'accounting identities.* of the whole table"):
        validate("io_sectors", table)


def test_a_border_in_one_direction() -> None:
    with pytest.raises(InputError, match=r"rule 'every border in both directions'"):
        validate("neighbours", load_neighbours().iloc[1:])


def test_flows_that_do_not_add_up() -> None:
    flows = load_io_flows()
    flows.loc[7, "value"] += 1000.0
    with pytest.raises(InputError, match=r"do not add up in 2 sectors: .*'110000'.*1000\.0"):
        validate_flows(flows, load_io_sectors())


def test_messages() -> None:
    with pytest.raises(
        InputError, match=r"no schema of table 'firms'; there are \[.*'concordance', 'emp"
    ):
        validate("firms", load_provinces())
    with pytest.raises(InputError, match=r"columns \['neighbour'\] are not in the table"):
        validate("neighbours", load_neighbours()[["region"]])
