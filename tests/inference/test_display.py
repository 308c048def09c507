"""`summary`, `confint`, and what maketables reads."""

import numpy as np
import pandas as pd
import pytest

from agglometrics import (
    CR2,
    Cluster,
    Homoskedastic,
    InputError,
    Robust,
    WildBootstrap,
    iv,
    panel,
    poisson,
    simulate_shift_share,
)

rng = np.random.default_rng(5)
E, Z, Q = rng.normal(size=(3, 72))
DATA = pd.DataFrame({"firm": np.repeat(range(12), 6), "year": np.tile(range(6), 12)}).assign(
    z=Z, q=Q, x=Z + E, y=2 * Z + 3 * E, c=rng.poisson(3, 72)
)


def within():
    return panel("y ~ x + q", DATA, absorb=["firm", "year"], cov=Cluster("firm"))


def test_confint_is_the_interval_of_each_term():
    fit = within()
    frame = fit.confint(0.9)
    assert list(frame.columns) == ["term", "conf_low", "conf_high"]
    for row in frame.itertuples():
        assert (row.conf_low, row.conf_high) == fit.interval(0.9, row.term).pieces[0]
    width = frame.conf_high - frame.conf_low
    assert (width < fit.confint().eval("conf_high - conf_low")).all()


def test_confint_refuses_a_level_in_percent():
    with pytest.raises(InputError, match="level must lie between 0 and 1; found 95"):
        within().confint(95)


def test_summary_prints_every_number_of_tidy_and_glance(capsys):
    fit = within()
    assert fit.summary() is None
    text = capsys.readouterr().out
    for row in fit.tidy().itertuples():
        line = next(line for line in text.splitlines() if line.startswith(row.term))
        shown = [float(word) for word in line.replace("< ", "").split()[1:]]
        expected = [row.estimate, row.std_error, row.statistic, row.p_value,
                    row.conf_low, row.conf_high]  # fmt: skip
        assert shown == pytest.approx(expected, rel=1e-4, abs=1e-4)
    for expected in ("cluster (firm), 12", "t, 11 degrees of freedom", "95% low", "r2_within"):
        assert expected in text
    assert "firm and year effects" in text
    assert f"{fit.statistics['r2']:.5g}" in text


def test_summary_names_the_level_the_law_and_the_notes(capsys):
    poisson("c ~ x", DATA, cov=Robust()).summary(0.9)
    assert "90% low" in (text := capsys.readouterr().out)
    assert "Distribution     normal" in text
    panel("y ~ x", DATA, cov=CR2("firm")).summary()
    assert "degrees of freedom by term" in capsys.readouterr().out
    panel("y ~ x + x1", DATA.assign(x1=DATA.x), cov=Robust()).summary()
    assert "Note: term 'x1' left out" in capsys.readouterr().out


def test_summary_of_instruments_has_the_first_stage(capsys):
    fit = iv("y ~ q + [x ~ z]", DATA, absorb="firm")
    fit.summary()
    text = capsys.readouterr().out
    stage = fit.first_stage()
    t = stage.params[0] / stage.std_errors[0]
    assert f"first-stage F of x  {t**2:.5g}" in text


def test_first_stage_f_of_a_shift_share_design():
    design = simulate_shift_share(1, per_cluster=3).design
    fit = design.fit("y", "x")
    F = fit.first_stage().covariance.statistics["F"]
    assert fit.first_stage_f() == {"x": F}
    assert fit.first_stage().first_stage_f() == {}


def test_a_bootstrap_has_no_first_stage_f():
    fit = iv("y ~ [x ~ z]", DATA, cov=WildBootstrap("firm", draws=99))
    assert fit.first_stage_f() == {}


def test_effects_are_remembered_by_every_estimator_that_absorbs():
    assert within().effects == ("firm", "year")
    assert iv("y ~ [x ~ z]", DATA, absorb="firm").effects == ("firm",)
    assert poisson("c ~ x", DATA, absorb="firm").effects == ("firm",)
    assert panel("y ~ x", DATA, absorb=["firm[z]"]).effects == ("firm", "firm[z]")
    assert panel("y ~ x", DATA).effects == ()
    assert within().with_cov(Robust()).effects == ("firm", "year")


def test_maketables_sets_ours_beside_pyfixests():
    maketables, pf = pytest.importorskip("maketables"), pytest.importorskip("pyfixest")
    ours = panel("y ~ x + q", DATA, absorb=["firm", "year"], cov=Homoskedastic())
    # without blanks: maketables 0.2 prints no mark for an effect that stands beside one
    theirs = pf.feols("y ~ x + q | firm+year", DATA, vcov="iid")
    frame = maketables.ETable([theirs, ours], show_se_type=False).df
    left, right = (frame.iloc[:, k].tolist() for k in range(2))
    assert left == right
    assert sum("(" in str(cell) for cell in left) == 2
    assert left.count("x") == 2


def test_maketables_reads_names_statistics_and_the_first_stage():
    extractors = pytest.importorskip("maketables.extractors")
    fit = iv("y ~ q + [x ~ z]", DATA, absorb="firm", cov=Cluster("firm"))
    reader = extractors.get_extractor(fit)
    table = reader.coef_table(fit)
    assert list(table.columns[:4]) == ["b", "se", "t", "p"]
    np.testing.assert_array_equal(table["b"], fit.params)
    np.testing.assert_array_equal(table["se"], fit.std_errors)
    assert table.index.tolist() == list(fit.terms)
    assert reader.depvar(fit) == "y"
    assert reader.fixef_string(fit) == "firm"
    assert reader.vcov_info(fit)["vcov_type"] == "cluster (firm), 12"
    assert reader.default_stat_keys(fit) == ["N", "fstat_1st"]
    assert reader.stat(fit, "N") == 72
    assert reader.stat(fit, "n_clusters") == 12
    assert reader.stat(fit, "fstat_1st") == fit.first_stage_f()["x"]
    assert reader.stat(fit, "aic") is None
    assert reader.stat(within(), "r2_within") == within().statistics["r2_within"]
