"""Event studies against printed and computed results of other programs."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import agglometrics as ag

pytestmark = pytest.mark.external
COUNTIES = {"outcome": "lemp", "unit": "countyreal", "time": "year", "treated": "on"}
STAGGERED = {"outcome": "y", "unit": "id", "time": "year", "treated": "on"}


@pytest.fixture(scope="module")
def mpdta(reference) -> pd.DataFrame:
    data = pd.read_csv(reference / "panel/mpdta.csv")
    return data.assign(on=((data["first.treat"] > 0) & (data["year"] >= data["first.treat"])) * 1)


@pytest.fixture(scope="module")
def base_stagg(reference) -> pd.DataFrame:
    data = pd.read_csv(reference / "panel/base_stagg.csv")
    return data.assign(on=(data["year"] >= data["year_treated"]) * 1)


def table(fit: ag.EventStudy) -> pd.DataFrame:
    return fit.tidy().set_index("term")


def test_callaway_santanna_as_did_prints(mpdta, reference) -> None:
    """did 2.1.2, did-basics.html: group-time effects and their average by event time."""
    printed = json.loads((reference / "panel/expected.json").read_text())["mpdta_callaway_santanna"]
    fit = ag.event_study(mpdta, estimator=ag.CallawaySantAnna(base=ag.VaryingBase()), **COUNTIES)
    cells = fit.cells.set_index(["cohort", "year"])["estimate"]
    assert len(cells) == len(printed["att_gt"])
    for pair, effect in printed["att_gt"].items():
        g, t = map(int, pair.split(":"))
        assert cells[g, t] == pytest.approx(effect, abs=5.1e-5)
    found = table(fit)["estimate"]
    for e, effect in printed["dynamic"].items():
        assert found[f"event {e}"] == pytest.approx(effect, abs=5.1e-5)
    after = [found[f"event {e}"] for e in range(4)]
    assert sum(after) / 4 == pytest.approx(printed["dynamic_overall"], abs=5.1e-5)


@pytest.mark.parametrize(("estimator", "expected"), [
    (ag.CallawaySantAnna(), {
        "att": (-0.03995127515517632, 0.012034012770185423),
        "event 0": (-0.019931816789259302, 0.011826364058058179),
        "event 1": (-0.050957367065193895, 0.016893476268677994),
        "event 2": (-0.1372587388894032, 0.0364356642876865),
        "event 3": (-0.10081136308540416, 0.034359225834673233)}),
    (ag.CallawaySantAnna(base=ag.VaryingBase()), {
        "event -3": (0.03050665558329281, 0.01503356028013004),
        "event -2": (-0.0005630846263854398, 0.013291644736549993),
        "event -1": (-0.024458744971169562, 0.01423640221051932)}),
    (ag.CallawaySantAnna(controls=ag.NotYetTreated()), {
        "att": (-0.039763625623043676, 0.012052424787341894),
        "event -4": (0.0033063566925123355, 0.024451872943931748),
        "event -3": (0.026956587658868207, 0.01757966826016036),
        "event -2": (0.024268903414507558, 0.014463681675801922),
        "event 0": (-0.018922199083424893, 0.012044568689269064),
        "event 2": (-0.13627434632867794, 0.03540338496891006)}),
    (ag.Imputation(), {
        "att": (-0.04770991827781727, 0.013222488650016436),
        "event 0": (-0.031066927191940524, 0.013577249746179961),
        "event 1": (-0.052234856747866425, 0.01881242682276271),
        "event 2": (-0.13607811443998677, 0.03534197213337396),
        "event 3": (-0.10470747157562328, 0.033765853357791635)}),
])  # fmt: skip
def test_mpdta_as_diff_diff(mpdta, estimator, expected) -> None:
    """diff-diff 3.13.0: CallawaySantAnna (analytic errors, base and controls to match), ImputationDiD."""  # noqa: E501
    found = table(ag.event_study(mpdta, estimator=estimator, **COUNTIES))
    for term, (estimate, error) in expected.items():
        assert found.loc[term, "estimate"] == pytest.approx(estimate, rel=1e-9)
        assert found.loc[term, "std_error"] == pytest.approx(error, rel=1e-8)


def test_doubly_robust_as_csdid_prints(mpdta) -> None:
    """csdid lemp lpop, ivar(countyreal) time(year) gvar(first_treat) method(dripw), Stata.

    Printed on the page "CSDID: Difference in Differences with Multiple periods estimators" of its
    author (F. Rios-Avila): cells, `estat simple` and `estat event`.
    """
    fit = ag.event_study(
        mpdta, estimator=ag.CallawaySantAnna(base=ag.VaryingBase()), controls=["lpop"], **COUNTIES
    )
    cells = fit.cells.set_index(["cohort", "year"])["estimate"]
    for g, t, effect in [
        (2004, 2004, -0.0145297), (2004, 2005, -0.0764219), (2004, 2006, -0.1404483),
        (2004, 2007, -0.1069039), (2006, 2004, -0.0004721), (2006, 2005, -0.0062025),
        (2006, 2006, 0.0009606), (2006, 2007, -0.0412939), (2007, 2004, 0.0267278),
        (2007, 2005, -0.0045766), (2007, 2006, -0.0284475), (2007, 2007, -0.0287814),
    ]:  # fmt: skip
        assert cells[g, t] == pytest.approx(effect, abs=5.1e-8)
    found = table(fit)
    for term, effect, error in [
        ("att", -0.0417518, 0.0115028), ("event -3", 0.0267278, 0.0140657),
        ("event -2", -0.0036165, 0.0129283), ("event -1", -0.023244, 0.0144851),
        ("event 0", -0.0210604, 0.0114942), ("event 1", -0.0530032, 0.0163465),
        ("event 2", -0.1404483, 0.0353782), ("event 3", -0.1069039, 0.0328865),
    ]:  # fmt: skip
        assert found.loc[term, "estimate"] == pytest.approx(effect, abs=5.1e-8)
        assert found.loc[term, "std_error"] == pytest.approx(error, abs=5.1e-8)
    weights = fit.weights.merge(mpdta, on=["countyreal", "year"])
    assert (weights["weight"] * weights["lemp"]).sum() == pytest.approx(fit.params[-1])


def test_sun_abraham_as_fixest_prints(base_stagg) -> None:
    """feols(y ~ sunab(year_treated, year) | id + year, base_stagg): lrberge/fixest issue 287."""
    found = table(ag.event_study(base_stagg, estimator=ag.SunAbraham(), **STAGGERED))
    for e, estimate, error, p in [
        (-9, 2.343297, 1.122482, 0.039539), (-8, -0.866391, 1.186767, 0.467179),
        (-7, -0.345837, 0.713641, 0.629082), (-6, -0.471113, 0.731894, 0.521343),
        (-5, -0.796544, 0.527162, 0.134142), (-4, -0.280033, 0.429222, 0.515723),
        (-3, -0.315766, 0.528401, 0.551552), (-2, 0.241325, 0.457825, 0.599357),
    ]:  # fmt: skip
        row = found.loc[f"event {e}"]
        assert row["estimate"] == pytest.approx(estimate, abs=5.1e-7)
        assert row["std_error"] == pytest.approx(error, abs=5.1e-7)
        assert row["p_value"] == pytest.approx(p, abs=5.1e-7)


def test_sun_abraham_with_a_control_as_fixest_prints(base_stagg) -> None:
    """summary(feols(y ~ x1 + sunab(year_treated, year) | id + year), agg = "att"), a printed page:
    ATT -1.133749 (0.205070), t -5.52858, p 2.882e-07; year::-9:cohort::10 0.351766 (0.359073).
    """
    fit = ag.event_study(base_stagg, estimator=ag.SunAbraham(), controls=["x1"], **STAGGERED)
    row = table(fit).loc["att"]
    assert row["estimate"] == pytest.approx(-1.133749, abs=5.1e-7)
    assert row["std_error"] == pytest.approx(0.205070, abs=5.1e-7)
    assert row["p_value"] == pytest.approx(2.882e-07, rel=2e-4)
    first = table(fit).loc["event -9"]  # one cohort is seen nine periods before
    assert first["estimate"] == pytest.approx(0.351766, abs=5.1e-7)
    assert first["std_error"] == pytest.approx(0.359073, abs=5.1e-7)
    cells = fit.cells.set_index(["cohort", "event_time"])["estimate"]
    assert cells[9, -8] == pytest.approx(0.033914, abs=5.1e-7)
    assert cells[10, -8] == pytest.approx(-0.191932, abs=5.1e-7)
    assert cells[8, -7] == pytest.approx(-0.589387, abs=5.1e-7)


def test_base_stagg_truth(base_stagg) -> None:
    """The table holds its true effects: the heterogeneous estimators lie near, two-way does not."""
    truth = base_stagg.loc[base_stagg["on"] == 1, "treatment_effect_true"].mean()
    for estimator in (ag.SunAbraham(), ag.Imputation()):
        fit = ag.event_study(base_stagg, estimator=estimator, controls=["x1"], **STAGGERED)
        assert abs(fit.params[-1] - truth) < 2 * fit.std_errors[-1]
    two_way = ag.event_study(base_stagg, estimator=ag.TwoWay(), controls=["x1"], **STAGGERED)
    assert abs(two_way.params[-1] - truth) > 5 * two_way.std_errors[-1]
