"""Against ShiftShareSE 1.1.0 (R 4.2.2) on the data that come with it, and where it fails.

The data are those of Autor, Dorn and Hanson as Adao, Kolesar and Morales (2019) use them.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from agglometrics.datasets.archives import read_adh, read_bhj
from agglometrics.errors import IdentificationError, InputError
from agglometrics.inference.small_sample import ShiftShareSERules
from agglometrics.inference.specifications import Cluster, Homoskedastic, Robust
from agglometrics.shiftshare.design import ShiftShareDesign
from agglometrics.shiftshare.inference.akm import AKM
from agglometrics.shiftshare.inference.akm0 import AKM0

pytestmark = pytest.mark.external


@pytest.fixture(scope="module")
def adh(reference: Path) -> ShiftShareDesign:
    return read_adh(reference / "shift_share")


@pytest.fixture(scope="module")
def expected(reference: Path) -> dict[str, Any]:
    return json.loads((reference / "shift_share" / "akm_results.json").read_text())["results"]


def close(theirs: float) -> Any:
    """Return what equals `theirs` to 1e-10 of it, or of .001 where it is smaller."""
    return pytest.approx(theirs, rel=1e-10, abs=1e-13)


@pytest.mark.parametrize("kind", ["reg", "iv"])
@pytest.mark.parametrize("method", ["Homoscedastic", "EHW", "Reg. cluster", "AKM", "AKM0"])
def test_every_fit(adh: ShiftShareDesign, expected: dict[str, Any], kind: str, method: str) -> None:
    cases = {key: value for key, value in expected.items() if key.startswith(kind)}
    assert len(cases) >= 24
    for key, theirs in cases.items():
        _, outcome, controls, weights, clusters = key.split("|")
        sector = None if clusters == "nocl" else clusters
        cov = {
            "Homoscedastic": Homoskedastic(),
            "EHW": Robust(),
            "Reg. cluster": Cluster("statefip"),
            "AKM": AKM(sector),
            "AKM0": AKM0(sector),
        }[method]
        row = adh.fit(
            outcome,
            "shock" if kind == "iv" else None,
            controls=[] if controls == "1" else [controls],
            weights="weights" if weights == "w" else None,
            cov=cov,
            rule=ShiftShareSERules(),
        ).tidy()
        ours = row.iloc[0]
        assert ours["estimate"] == close(theirs["beta"]), key
        assert ours["std_error"] == close(theirs["se"][method]), key
        assert ours["p_value"] == close(theirs["p"][method]), key
        assert ours["conf_low"] == close(theirs["ci_l"][method]), key
        assert ours["conf_high"] == close(theirs["ci_r"][method]), key


def test_shuffled_instrument_is_refused(adh: ShiftShareDesign) -> None:
    # ShiftShareSE takes X and W by position and computes on
    locations = adh.locations.assign(IV=adh.locations["IV"].to_numpy()[::-1])
    wrong = ShiftShareDesign(
        locations, adh.shares, adh.shocks, location="row", sector="col", share="w", instrument="IV"
    )
    with pytest.raises(InputError, match="not a sum of shares times shocks"):
        wrong.fit("d_sh_empl", cov=AKM())


def test_akm_is_refused_on_collinear_shares(reference: Path) -> None:
    # on these shares ShiftShareSE gives a standard error of 609.7, or of 53.5 with the columns
    # reversed; the shock-level route .107
    design = read_bhj(reference / "shift_share")
    for cov in (AKM(), AKM0()):
        with pytest.raises(IdentificationError, match=r"condition number \d.*ShockLevel"):
            design.fit("y", "x", controls=["t2"], weights="wei", cov=cov)
