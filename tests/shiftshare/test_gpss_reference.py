"""Rotemberg weights against bartik.weight (R) on its data, and where it fails."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from agglometrics.datasets.archives import read_bhj, read_gpss, read_gpss_canonical
from agglometrics.errors import IdentificationError
from agglometrics.shiftshare.design import ShiftShareDesign
from agglometrics.shiftshare.diagnostics.rotemberg_panels import RotembergPanels, rotemberg_panels

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


# ---- the authors' own summary --------------------------------------------------------------
# output/rotemberg_summary_adh.tex of github.com/paulgp/bartik-weight: the shares and shocks of
# Borusyak, Hull and Jaravel, the controls of Autor, Dorn and Hanson, clusters of commuting zones
@pytest.fixture(scope="module")
def panels(reference: Path) -> RotembergPanels:
    design = read_bhj(reference / "shift_share")
    controls = ["t2", "l_shind_manuf_cbp", "l_sh_popedu_c", "l_sh_popfborn", "l_sh_empl_f"]
    controls += ["l_sh_routine33", "l_task_outsource"]
    controls += [c for c in design.locations if c.startswith("reg_")]
    options = {"controls": controls, "weights": "wei", "cluster": "czone"}
    by_sector = design.rotemberg("y", "x", **options, by="sic87dd")
    by_period = design.rotemberg("y", "x", **options)
    return rotemberg_panels(by_sector, by_period, sector="sic87dd", time="year")


def test_panels_a_c_e(panels: RotembergPanels) -> None:
    signs = panels.signs.set_index("sign").round(3)
    assert signs[["sum", "share"]].to_numpy().tolist() == [[-0.067, 0.059], [1.067, 0.941]]
    assert signs.loc["positive", "mean"] == 0.004
    assert panels.periods["sum"].round(3).tolist() == [0.017, 0.983]
    estimates = panels.estimates[["alpha_weighted_sum", "share", "mean"]].round(3)
    assert estimates.to_numpy().tolist() == [[-0.014, 0.024, -0.036], [-0.582, 0.976, -1.170]]


def test_panel_b(panels: RotembergPanels) -> None:
    below = panels.correlations.to_numpy()[np.tril_indices(5, -1)]
    printed = [0.430, 0.003, -0.320, 0.192, 0.027, 0.017, 0.102, -0.141, 0.157, 0.229]
    assert below.round(3).tolist() == printed


def test_panel_d(panels: RotembergPanels) -> None:
    leaders = panels.sectors.set_index("sic87dd").loc[[3571, 3944, 3651, 3661, 3577]]
    assert panels.sectors["sic87dd"].tolist()[:5] == leaders.index.tolist()
    assert leaders["alpha"].round(3).tolist() == [0.183, 0.138, 0.085, 0.066, 0.060]
    assert leaders["shock"].round(3).tolist() == [186.231, 243.794, 187.718, 92.922, 34.982]
    assert leaders["beta"].round(3).tolist() == [-0.619, -0.126, 0.174, -0.315, -0.303]
    # their sets are the points of a grid with steps of 0.1 that are not rejected; telephone: N/A,
    # for it reaches beyond the grid
    assert leaders["conf_pieces"].tolist() == [1, 1, 1, 2, 1]
    ends = leaders[leaders["conf_pieces"] == 1][["conf_low", "conf_high"]].to_numpy()
    printed = np.array([[-1.50, -0.20], [-0.60, 0.30], [-0.20, 1.80], [-1.20, -0.20]])
    outside = (printed - ends) * [1, -1]  # a point of the grid is inside, the next one not
    assert (outside > -0.01).all()  # they take critical values of t (721), ours are normal
    assert (outside < 0.1).all()
