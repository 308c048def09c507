"""The page of invariances is what the tables of the tests say, and leaves out no function."""

from __future__ import annotations

from tests.invariance import test_models
from tests.invariance.statement import PAGE, functions, page, statements

# what these names do is said at the tests named
ELSEWHERE = {
    **test_models.ELSEWHERE,
    "cite": "writes references; tests/report/test_cite",
    "compare": "a table of estimates, each of which is in the page; tests/report",
    "compare_covariances": "standard errors of one estimate, each in the page; tests/inference",
    "row_standardize": "a matrix keeps the order of its labels; tests/space",
    "simulate_shift_share": "makes tables; tests/shiftshare/test_coverage",
}


def test_the_page_is_up_to_date():
    assert PAGE.read_text("utf-8") == page(), "run python -m tests.invariance.statement"


def test_no_function_is_left_out():
    said = {one.name.split(":")[0] for one in statements()}
    assert functions() - said == {name for name in ELSEWHERE if not name.startswith("plot_")}


def test_powers_are_read_from_the_tables():
    said = {one.name: one for one in statements()}
    assert "x s^-1" in said["density"].units
    assert said["shift_share"].units.startswith("`cells.v`: `change")
    assert said["Exact"].units.startswith("`cells.n`: changes")
    assert said["panel: absorbed"].labels == "identical"
    assert said["wild_iv"].labels != "identical"
