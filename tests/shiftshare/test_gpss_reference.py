"""Rotemberg weights against bartik.weight (R) on its data, and where it fails."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from agglometrics.datasets.archives import read_gpss, read_gpss_canonical
from agglometrics.errors import IdentificationError
from agglometrics.shiftshare.design import ShiftShareDesign

pytestmark = pytest.mark.external


@pytest.fixture(scope="module")
def adh(reference: Path) -> ShiftShareDesign:
    return read_gpss(reference / "shift_share")


NAMES = ("d_sh_empl_mfg", "d_tradeusch_pw")


@pytest.mark.parametrize(
    ("file", "full"), [("gpss_adh_rotemberg", True), ("gpss_adh_rotemberg_t2_weighted", False)]
)
def test_weights_and_estimates(
    adh: ShiftShareDesign, reference: Path, file: str, full: bool
) -> None:
    theirs = pd.read_csv(reference / "shift_share" / f"{file}.csv")
    controls = list(adh.locations.columns[5:]) if full else ["t2"]
    ours = adh.rotemberg(*NAMES, controls=controls, weights="timepwt48")
    both = ours.merge(theirs, on=["year", "ind"], suffixes=("", "_r"), validate="1:1")
    assert len(both) == len(theirs) == 780
    np.testing.assert_allclose(both["alpha"], both["alpha_r"], rtol=1e-8, atol=1e-14)
    np.testing.assert_allclose(both["beta"], both["beta_r"], rtol=1e-8)
    # bartik.weight: sum of alpha * beta with all controls, and 2SLS with the period alone
    total = (ours["alpha"] * ours["beta"]).sum()
    assert total == pytest.approx(-0.6154235 if full else -0.7147223, abs=5e-8)


def test_duplicated_control_is_refused(adh: ShiftShareDesign) -> None:
    # bartik.weight returns -.885 instead of -.715
    locations = adh.locations.assign(again=adh.locations["t2"])
    doubled = ShiftShareDesign(
        locations, adh.shares, adh.shocks, "czone", "ind", "year", "sh_ind_", "trade_"
    )
    with pytest.raises(IdentificationError, match="'again' are linear combinations"):
        doubled.rotemberg(*NAMES, controls=["t2", "again"], weights="timepwt48")


def test_order_of_shares_does_not_matter(adh: ShiftShareDesign) -> None:
    # with shuffled columns bartik.weight returns -7.5
    shuffled = ShiftShareDesign(
        adh.locations.sample(frac=1, random_state=1),
        adh.shares.sample(frac=1, random_state=2),
        adh.shocks.sample(frac=1, random_state=3),
        "czone",
        "ind",
        "year",
        "sh_ind_",
        "trade_",
    )
    options = {"controls": ["t2"], "weights": "timepwt48"}
    ours, theirs = (d.rotemberg(*NAMES, **options) for d in (adh, shuffled))
    assert np.array_equal(theirs["alpha"], ours["alpha"])  # to the last bit
    assert (theirs["alpha"] * theirs["beta"]).sum() == pytest.approx(-0.7147223, abs=5e-8)


def test_canonical_shares_of_1980_hold_in_every_period(reference: Path) -> None:
    design = read_gpss_canonical(reference / "shift_share")
    controls = [c for c in design.locations.columns if c.startswith(("t1990", "t2000"))]
    frame = design.rotemberg(
        "wage_ch", "emp_ch", controls=controls, weights="pop1980", fixed_effects=["czone"]
    )
    assert len(frame) == 684
    assert frame["alpha"].sum() == pytest.approx(1)
    # Goldsmith-Pinkham, Sorkin and Swift (2020), Table 3: oil and gas extraction leads
    leader = frame.groupby("ind")["alpha"].sum().idxmax()
    assert leader == 42
