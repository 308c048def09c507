"""Dynamic panels: by hand, by identity, against printed tables, in simulation, and errors."""

import numpy as np
import pandas as pd
import pytest

from agglometrics import Gmm, Homoskedastic, Robust, Windmeijer, dynamic_panel
from agglometrics.errors import AgglometricsWarning, IdentificationError, InputError

KEYS = {"entity": "firm", "time": "year"}


def simulated(seed=0, N=100, T=7, rho=0.5, beta=1.0):
    rng = np.random.default_rng(seed)
    effect, rows = rng.normal(size=N), []
    x = rng.normal(size=N)
    y = effect / (1 - rho) + rng.normal(size=N)
    for t in range(-10, T):
        x = 0.5 * x + rng.normal(size=N) + 0.3 * effect
        y = rho * y + beta * x + effect + rng.normal(size=N) * (1 + (np.arange(N) % 2))
        if t >= 0:
            rows.append(pd.DataFrame({"firm": np.arange(N), "year": 2000 + t, "x": x, "y": y}))
    return pd.concat(rows, ignore_index=True)


def test_one_instrument_by_hand():
    # Anderson and Hsiao's estimate: with three periods b = sum y0 (y2 - y1) / sum y0 (y1 - y0)
    data = pd.DataFrame(
        {"firm": [1, 1, 1, 2, 2, 2], "year": [1, 2, 3] * 2, "y": [1.0, 3, 4, 2, 3, 5]}
    )
    fit = dynamic_panel("y ~ lag(y)", data, gmm=[Gmm("y")], time_effects=False, **KEYS)
    b = (1 * 1 + 2 * 2) / (1 * 2 + 2 * 1)
    assert fit.params == pytest.approx([b])
    # robust: sum (y0 u)^2 / (sum y0 dy1)^2, u = 1 - 2b and 2 - b
    assert fit.std_errors == pytest.approx([np.hypot(1 - 2 * b, 2 * (2 - b)) / 4])
    assert fit.statistics["overid_df"] == 0


def test_one_instrument_needs_no_list():
    data = simulated(N=30)
    one = dynamic_panel("y ~ lag(y)", data, gmm=Gmm("y"), **KEYS)
    assert one.params == pytest.approx(
        dynamic_panel("y ~ lag(y)", data, gmm=[Gmm("y")], **KEYS).params
    )


def test_exactly_identified_ignores_weights():
    data = simulated(T=4)
    spec = [Gmm("y", 2, 2, collapse=True)]
    one = dynamic_panel("y ~ lag(y) + x", data, gmm=spec, **KEYS)
    two = dynamic_panel("y ~ lag(y) + x", data, gmm=spec, steps=2, **KEYS)
    assert two.params == pytest.approx(one.params, rel=1e-8)
    assert two.std_errors == pytest.approx(one.std_errors, rel=1e-6)


def test_order_of_rows_and_level_of_units_do_not_matter():
    data = simulated(N=60)
    base = dynamic_panel("y ~ lag(y) + x", data, gmm=[Gmm("y")], **KEYS)
    shuffled = dynamic_panel("y ~ lag(y) + x", data.sample(frac=1), gmm=[Gmm("y")], **KEYS)
    assert shuffled.params == pytest.approx(base.params, rel=1e-9)
    scaled = dynamic_panel("y2 ~ lag(y2) + x", data.assign(y2=3 * data.y), gmm=[Gmm("y2")], **KEYS)
    assert scaled.params[0] == pytest.approx(base.params[0], rel=1e-8)
    assert scaled.params[1] == pytest.approx(3 * base.params[1], rel=1e-8)


def test_instruments_are_counted():
    # T = 7: equations of periods 2 to 6 have 1 + 2 + 3 + 4 + 5 lags; x and 5 period effects
    data = simulated()
    fit = dynamic_panel("y ~ lag(y) + x", data, gmm=[Gmm("y")], **KEYS)
    assert fit.statistics["n_instruments"] == 15 + 1 + 5
    assert fit.statistics["overid_df"] == 21 - 7
    few = dynamic_panel("y ~ lag(y) + x", data, gmm=[Gmm("y", 2, 3)], **KEYS)
    assert few.statistics["n_instruments"] == 1 + 4 * 2 + 6
    flat = dynamic_panel("y ~ lag(y) + x", data, gmm=[Gmm("y", collapse=True)], **KEYS)
    assert flat.statistics["n_instruments"] == 5 + 6
    # the system adds one lagged difference a period (2 to 6) and the constant
    system = dynamic_panel("y ~ lag(y) + x", data, gmm=[Gmm("y")], system=True, **KEYS)
    assert system.statistics["n_instruments"] == 15 + 5 + 1 + 6


def test_gaps_are_respected_and_said():
    data = simulated(N=40)
    gapped = data[~((data.firm == 3) & (data.year == 2003))]
    fit = dynamic_panel("y ~ lag(y) + x", gapped, gmm=[Gmm("y")], **KEYS)
    assert "1 units have gaps in time" in fit.notes[0]
    # firm 3 loses the differences of 2003, 2004 and, through the lag, of 2005
    assert fit.n_obs == 40 * 5 - 3


def test_covariances_belong_to_steps():
    data = simulated()
    one = dynamic_panel("y ~ lag(y) + x", data, gmm=[Gmm("y")], **KEYS)
    two = dynamic_panel("y ~ lag(y) + x", data, gmm=[Gmm("y")], steps=2, **KEYS)
    assert one.covariance.name == "robust"
    assert two.covariance.name == "two-step, Windmeijer"
    assert (two.with_cov(Robust()).std_errors[:2] < two.std_errors[:2]).all()
    with pytest.raises(InputError, match="does not fit 1-step GMM"):
        one.with_cov(Windmeijer())
    assert one.with_cov(Homoskedastic()).covariance.name == "homoskedastic"


def test_errors_say_what_to_do():
    data = simulated(N=30)
    with pytest.raises(InputError, match="must be numbers, dates, pandas periods or ordered"):
        dynamic_panel(
            "y ~ lag(y)", data.assign(year="y" + data.year.astype(str)), gmm=[Gmm("y")], **KEYS
        )
    with pytest.raises(InputError, match="gmm= must hold instruments"):
        dynamic_panel("y ~ lag(y)", data, gmm=[], **KEYS)
    with pytest.raises(InputError, match="found 'y'"):
        dynamic_panel("y ~ lag(y)", data, gmm="y", **KEYS)
    with pytest.raises(IdentificationError, match="need as many instruments"):
        dynamic_panel("y ~ lag(y) + lag(y, 2)", data, gmm=[Gmm("y", 6)], time_effects=False, **KEYS)
    with pytest.raises(InputError, match="1 <= first <= last"):
        Gmm("y", 3, 2)
    with pytest.raises(InputError, match="do not identify rows"):
        dynamic_panel("y ~ lag(y)", pd.concat([data, data]), gmm=[Gmm("y")], **KEYS)
    with pytest.warns(AgglometricsWarning, match="21 instruments for 12 units"):
        dynamic_panel("y ~ lag(y) + x", data[data.firm < 12], gmm=[Gmm("y")], **KEYS)


@pytest.mark.slow
def test_size_and_coverage():
    # 150 panels, truth rho = .5, beta = 1: Monte Carlo error of a coverage of .95 is .018;
    # uncorrected two-step errors cover less; a bias of order 1 / N remains
    found, covered, naive, j = [], 0, 0, 0
    for seed in range(150):
        fit = dynamic_panel(
            "y ~ lag(y) + x", simulated(seed, N=300), gmm=[Gmm("y", 2, 4)], steps=2, **KEYS
        )
        found.append(fit.params[:2])
        covered += 0.5 in fit.interval(0.95, "lag(y)")
        naive += 0.5 in fit.with_cov(Robust()).interval(0.95, "lag(y)")
        j += fit.statistics["hansen_p"] < 0.05
    error = np.std(found, axis=0) / np.sqrt(150)
    assert np.all(np.abs(np.mean(found, axis=0) - [0.5, 1.0]) < [0.03, 0.03])
    assert error.max() < 0.01
    assert 0.88 < covered / 150 < 0.995
    assert naive < covered
    assert j / 150 < 0.11


# ---- against other programs: Arellano and Bond (1991), employment in 140 British firms -------

A1 = (
    "log(emp) ~ lag(log(emp)) + lag(log(emp), 2) + log(wage) + lag(log(wage)) + log(capital)"
    " + lag(log(capital)) + lag(log(capital), 2) + log(output) + lag(log(output))"
    " + lag(log(output), 2)"
)


@pytest.fixture(scope="module")
def firms(reference):
    return pd.read_csv(reference / "panel" / "EmplUK.csv")


@pytest.mark.external
def test_arellano_bond_a1(firms):
    # R 4.2.2, plm 2.6-2, Table 4 column a1 (expected.json); m1, m2 as printed
    fit = dynamic_panel(A1, firms, gmm=[Gmm("log(emp)")], **KEYS)
    coef = [0.686226, -0.085358, -0.607821, 0.392623, 0.356846]
    coef += [-0.058001, -0.019948, 0.608506, -0.711164, 0.105798]
    se = [0.144594, 0.056016, 0.178205, 0.167993, 0.05902]
    se += [0.07318, 0.032713, 0.172531, 0.231716, 0.141202]
    assert fit.params[:10] == pytest.approx(coef, abs=6e-7)
    assert fit.std_errors[:10] == pytest.approx(se, abs=6e-7)
    assert fit.n_obs == 611
    found = fit.statistics
    assert (found["m1"], found["m2"]) == pytest.approx((-3.600, -0.516), abs=5e-4)
    assert (found["n_instruments"], found["overid_df"]) == (41, 25)


@pytest.mark.external
def test_plm_sargan_at_one_step_is_of_one_step_residuals_with_two_step_weights(firms):
    # plm 2.6-2 prints 48.75 with 25 degrees of freedom
    from agglometrics.models.dynamic import gmm
    from agglometrics.models.dynamic.instruments import build_moments, on_calendar, read_grid

    grid, unit, period = read_grid(A1, firms, "firm", "year")
    spec = Gmm("log(emp)")
    values = [on_calendar(spec, firms, "firm", "year", unit, period)]
    m = build_moments(grid, [spec], values, False, True)[0]
    first = gmm.first_step(m)
    second = gmm.second_step(m, first)
    assert gmm.overidentifying(m, first.u, second.W) == pytest.approx(48.75, abs=5e-3)


@pytest.mark.external
def test_arellano_bond_a2(firms):
    # Arellano and Bond (1991), Table 4 column a2, as printed: two steps, errors not corrected
    fit = dynamic_panel(A1, firms, gmm=[Gmm("log(emp)")], steps=2, cov=Robust(), **KEYS)
    coef = [0.629, -0.065, -0.526, 0.311, 0.278, 0.014, -0.040, 0.592, -0.566, 0.101]
    se = [0.090, 0.027, 0.054, 0.094, 0.045, 0.053, 0.026, 0.116, 0.140, 0.113]
    assert fit.params[:10] == pytest.approx(coef, abs=6e-4)
    assert fit.std_errors[:10] == pytest.approx(se, abs=6e-4)
    assert fit.statistics["hansen"] == pytest.approx(31.4, abs=0.05)


@pytest.mark.external
def test_arellano_bond_b_with_corrected_errors(firms):
    # Arellano and Bond (1991), Table 4 column b, two steps, as plm's vignette prints it
    # (Croissant and Millo 2008, J. Stat. Software 27(2)): Windmeijer's errors, Sargan, m1, m2
    formula = (
        "log(emp) ~ lag(log(emp)) + lag(log(emp), 2) + log(wage) + lag(log(wage)) + log(capital)"
        " + log(output) + lag(log(output))"
    )
    fit = dynamic_panel(formula, firms, gmm=Gmm("log(emp)"), steps=2, **KEYS)
    coef = [0.474151, -0.052967, -0.513205, 0.224640, 0.292723, 0.609775, -0.446373]
    se = [0.185398, 0.051749, 0.145565, 0.141950, 0.062627, 0.156263, 0.217302]
    assert fit.params[:7] == pytest.approx(coef, abs=6e-7)
    assert fit.std_errors[:7] == pytest.approx(se, abs=6e-7)
    found = fit.statistics
    assert (found["hansen"], found["overid_df"]) == pytest.approx((30.11247, 25), abs=5e-6)
    assert (found["m1"], found["m2"]) == pytest.approx((-1.53845, -0.2796829), abs=5e-6)


@pytest.mark.external
def test_system_as_plm(firms):
    # R 4.2.2, plm 2.6-2 (expected.json)
    fit = dynamic_panel(
        "log(emp) ~ lag(log(emp)) + log(wage) + lag(log(wage)) + log(capital) + lag(log(capital))",
        firms,
        gmm=[Gmm("log(emp)"), Gmm("log(wage)"), Gmm("log(capital)")],
        system=True,
        **KEYS,
    )
    assert fit.params[:5] == pytest.approx(
        [0.93561, -0.63098, 0.48262, 0.48393, -0.42439], abs=6e-6
    )
    se = [0.026295, 0.118054, 0.136887, 0.053867, 0.058479]
    assert fit.std_errors[:5] == pytest.approx(se, abs=6e-7)
