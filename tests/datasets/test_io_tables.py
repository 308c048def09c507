"""Input-output figures, held against values computed from the tables before the package existed."""

import pandas as pd
import pytest

from agglometrics.datasets import load_io_industries
from agglometrics.errors import InputError

# shares of the provincial sum over the 23 industrial sectors in 2007, percent
GROSS_OUTPUT_2007 = {
    "440000": 14.25, "320000": 12.42, "370000": 11.73, "330000": 8.83, "310000": 5.38,
    "430000": 2.20,
}  # fmt: skip
VALUE_ADDED_2007 = {
    "440000": 12.02, "320000": 11.03, "370000": 10.76, "330000": 7.26, "310000": 4.29,
    "430000": 2.70,
}  # fmt: skip


@pytest.mark.parametrize(
    ("variable", "expected"),
    [("gross_output", GROSS_OUTPUT_2007), ("value_added", VALUE_ADDED_2007)],
)
def test_shares_of_the_six_provinces_in_2007(variable: str, expected: dict[str, float]) -> None:
    cells = load_io_industries("industrial", suspect="keep").query("time == 2007")
    totals = cells.groupby("region")[variable].sum()
    shares = totals / totals.sum() * 100
    pd.testing.assert_series_equal(
        shares[list(expected)], pd.Series(expected), check_names=False, atol=0.005, rtol=0
    )


def test_unknown_choices_are_refused() -> None:
    with pytest.raises(InputError, match="base 'all' is not known"):
        load_io_industries("all")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="suspect='drop' is not known"):
        load_io_industries(suspect="drop")  # type: ignore[arg-type]
