"""Borusyak, Hull and Jaravel (2022), Tables 1 and 4, from the archive of the paper."""

import json
from pathlib import Path
from typing import Any

import pytest

from agglometrics.datasets.archives import read_bhj
from agglometrics.errors import InputError
from agglometrics.shiftshare.design import ShiftShareDesign
from agglometrics.shiftshare.inference.shock_level import ShockLevel
from agglometrics.shiftshare.inference.shock_level0 import ShockLevel0

pytestmark = pytest.mark.external

SIC3 = ShockLevel("sic3")


@pytest.fixture(scope="module")
def manufacturing(reference: Path) -> ShiftShareDesign:
    """397 manufacturing industries in two decades; shares add up to less than one."""
    return read_bhj(reference / "shift_share")


@pytest.fixture(scope="module")
def complete(manufacturing: ShiftShareDesign) -> ShiftShareDesign:
    """The same with all other industries as one with a shock of zero."""
    return manufacturing.with_missing_sector(0, sic3=0, sic2=0)


@pytest.fixture(scope="module")
def stored(reference: Path) -> dict[str, Any]:
    return json.loads((reference / "shift_share" / "bhj_columns_1_2.json").read_text())


NAMES = ("midatl", "encen", "wncen", "satl", "escen", "wscen", "mount", "pacif")
REGIONS = [f"reg_{name}" for name in NAMES]
ADH = [
    "l_sh_popedu_c",
    "l_sh_popfborn",
    "l_sh_empl_f",
    "l_sh_routine33",
    "l_task_outsource",
    "t2",
    *REGIONS,
]
COLUMN_1: dict[str, Any] = {"controls": [*ADH, "l_shind_manuf_cbp"], "weights": "wei"}
COLUMN_2: dict[str, Any] = {"controls": [*ADH, "Lsh_manuf"], "weights": "wei"}


@pytest.mark.parametrize(
    ("case", "shock_controls"), [("col1_const", []), ("col1_period", ["year"]), ("col2", [])]
)
def test_columns_1_and_2_to_the_stored_digits(
    complete: ShiftShareDesign,
    manufacturing: ShiftShareDesign,
    stored: dict[str, Any],
    case: str,
    shock_controls: list[str],
) -> None:
    design, options = (manufacturing, COLUMN_2) if case == "col2" else (complete, COLUMN_1)
    fit = design.fit("y", "x", **options, shock_controls=shock_controls, cov=SIC3)
    theirs, stage = stored["shock_level"][case], fit.first_stage()
    assert fit.params[0] == pytest.approx(theirs["beta"], rel=1e-10)
    assert fit.std_errors[0] == pytest.approx(theirs["se"], rel=1e-10)
    assert stage.params[0] == pytest.approx(theirs["pi"], rel=1e-10)
    assert stage.covariance.statistics["F"] == pytest.approx(theirs["F"], rel=1e-9)
    assert fit.covariance.statistics["n_shock_groups"] == theirs["G"]
    null_imposed = fit.with_cov(ShockLevel0("sic3")).interval()
    assert null_imposed.pieces[0] == pytest.approx(theirs["ci_null"], rel=1e-9)


def test_printed_digits_of_table_4(
    complete: ShiftShareDesign, manufacturing: ShiftShareDesign
) -> None:
    first = complete.fit("y", "x", **COLUMN_1, cov=SIC3)
    second = manufacturing.fit("y", "x", **COLUMN_2, cov=SIC3)
    assert [round(v, 3) for v in (first.params[0], first.std_errors[0])] == [-0.596, 0.114]
    assert [round(v, 3) for v in (second.params[0], second.std_errors[0])] == [-0.489, 0.100]
    f = [e.first_stage().covariance.statistics["F"] for e in (first, second)]
    assert [round(v, 1) for v in f] == [185.6, 166.7]  # x-bar on z-bar by g; on g it is 41


def test_column_3_by_sums_of_shares_in_each_period(manufacturing: ShiftShareDesign) -> None:
    # printed: -.267 (.099)
    design = manufacturing.with_exposure(["year"])
    controls = [*ADH, "sum_of_shares_1990", "sum_of_shares_2000"]
    fit = design.fit("y", "x", controls=controls, weights="wei", shock_controls=["year"], cov=SIC3)
    assert round(fit.params[0], 3) == -0.267
    assert round(fit.std_errors[0], 3) == 0.099


def test_period_effects_without_their_exposure_are_refused(
    manufacturing: ShiftShareDesign, stored: dict[str, Any]
) -> None:
    # the shock-level regression alone would turn -.489 into -.276
    assert round(stored["col2_periodFE"]["beta"], 3) == -0.276
    with pytest.raises(InputError, match=r"-0\.488605 .* -0\.276121 differ.*with_exposure"):
        manufacturing.fit("y", "x", **COLUMN_2, shock_controls=["year"], cov=SIC3)


@pytest.mark.parametrize("column", ["col1", "col2", "col3"])
def test_table_1(
    complete: ShiftShareDesign,
    manufacturing: ShiftShareDesign,
    stored: dict[str, Any],
    column: str,
) -> None:
    design = complete if column == "col1" else manufacturing
    controls = ["year"] if column == "col3" else None
    row = design.shock_summary(weights="wei", clusters=["sic3"], shock_controls=controls).iloc[0]
    theirs = stored["table1"][column]
    if column == "col2":  # printed: 20.92, with the factor 794/793 of Stata's weighted variance
        assert round(row["sd_sample"], 2) == 20.92
    ours = row[["mean", "sd", "iqr", "effective_shocks", "largest_exposure"]].tolist()
    assert ours == pytest.approx(list(theirs.values()), rel=1e-9, abs=1e-12)
    if column != "col3":
        effective, largest = stored["table1"][f"ess_sic3_{column}"]
        assert row["effective_sic3"] == pytest.approx(effective, rel=1e-10)
        assert row["largest_sic3"] == pytest.approx(largest, rel=1e-10)


def test_check_walks_both_roads(manufacturing: ShiftShareDesign) -> None:
    frame = manufacturing.check("y", "x", **COLUMN_2, cluster="sic3").set_index("item")
    assert set(frame["path"]) == {"shocks", "shares"}
    assert frame.loc["effective number of groups of shocks (sic3)", "value"] == pytest.approx(
        58.36379302820173, rel=1e-10
    )
    assert frame.loc["AKM is available", "verdict"] == "no"
    assert frame.loc["exposure-robust first-stage F", "verdict"] == "good"
    uncontrolled = manufacturing.check("y", "x", controls=["t2"], weights="wei")
    verdicts = uncontrolled.set_index("item")["verdict"]
    assert verdicts["exposure to the constant and shock controls is controlled"] == "wrong"
    assert verdicts["locations and shocks give the same estimate"] == "no"
