"""Long calibrations show a bar, short ones do not."""

import pytest

import agglometrics as ag
from tests.evaluation.examples import NAMES, factor_panel
from tests.evaluation.panels import KEYS, long, staggered


def test_a_bootstrap_of_placebos_shows_a_bar(capsys):
    data = factor_panel(1, n=12, treated=(0, 1), T=8, start=5)
    fit = ag.synthetic_did(data, variance=ag.BootstrapVariance(draws=5), **NAMES)
    capsys.readouterr()
    assert fit.size.smallest_p > 0
    assert "size and power" in capsys.readouterr().err


@pytest.mark.parametrize(("long_from", "shown"), [(10, True), (10**9, False)])
def test_many_placebos_and_draws_show_a_bar(capsys, monkeypatch, long_from, shown):
    from agglometrics.evaluation.synthetic import variances

    monkeypatch.setattr(variances, "LONG", long_from)
    data = factor_panel(1, n=12, treated=(0, 1), T=8, start=5)
    ag.synthetic_did(data, **NAMES)
    assert ("placebos" in capsys.readouterr().err) == shown
    ag.synthetic_did(data, variance=ag.BootstrapVariance(draws=5), **NAMES)
    assert ("bootstrap" in capsys.readouterr().err) == shown


def test_placebos_in_time_with_predictors_show_a_bar(capsys):
    data = factor_panel(2, n=6, T=7, start=5)
    fit = ag.synthetic_control(data, match=ag.Predictors(["y"]), **NAMES)
    capsys.readouterr()
    fit.in_time(3)
    assert "placebos in time" in capsys.readouterr().err
    fit.leave_one_out()
    assert "leaving a donor out" in capsys.readouterr().err
    ag.synthetic_control(data, **NAMES).in_time(3)
    assert not capsys.readouterr().err


@pytest.mark.parametrize(("long_from", "shown"), [(10, True), (10**9, False)])
def test_an_event_study_shows_a_bar_where_it_is_long(capsys, monkeypatch, long_from, shown):
    from agglometrics.evaluation.event import calibration

    monkeypatch.setattr(calibration, "LONG", long_from)
    fit = ag.event_study(long(*staggered(2, sizes=(6, 6, 24), starts=(3, 5, 8))), **KEYS)
    capsys.readouterr()
    fit.calibrate(draws=5)
    assert ("size and power" in capsys.readouterr().err) == shown
