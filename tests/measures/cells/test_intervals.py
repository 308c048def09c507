import numpy as np
import pandas as pd
import pytest
from scipy import stats

from agglometrics import Exact, InputError, Moineddin, PlantSizes, location_quotient
from agglometrics.inference.multiple_testing import holm
from agglometrics.measures.cells.intervals.proportions import (
    binomial_limits,
    binomial_p_value,
    delta_std_error,
    wilson_limits,
)


def test_limits_and_p_value_equal_scipy():
    # scipy 1.17 binomtest().proportion_ci("exact"); the p-value from the two binomial tails.
    for k, n, p in [(0, 20, 0.1), (3, 20, 0.3), (20, 20, 0.9), (155, 1000, 0.2)]:
        low, high = binomial_limits(np.array([k]), np.array([n]), 0.9)
        expected = stats.binomtest(k, n).proportion_ci(0.9, method="exact")
        np.testing.assert_allclose([low[0], high[0]], [expected.low, expected.high], rtol=1e-10)
        tails = min(stats.binom.cdf(k, n, p), stats.binom.sf(k - 1, n, p))
        p_value = binomial_p_value(np.array([k]), np.array([n]), np.array([p]))
        assert p_value[0] == pytest.approx(min(1, 2 * tails), rel=1e-10)


def test_exact_by_hand(jobs):
    # Nobody of C's 195 is in R3, which has 80 of 500: the upper limit solves (1 - s)^195 = .025.
    answer = location_quotient(jobs, value="emp", interval=Exact(unit="persons"))
    row = answer[(answer["region"] == "R3") & (answer["industry"] == "C")].iloc[0]
    assert row["conf_low"] == 0
    assert row["conf_high"] == pytest.approx((1 - 0.025 ** (1 / 195)) / (80 / 500), rel=1e-10)
    assert row["p_value"] == pytest.approx(2 * (420 / 500) ** 195, rel=1e-9)
    assert row["std_error"] == 0
    assert row["experiment"] == "exact binomial, persons drawn, reference given"


def test_exact_p_value_and_interval_agree(jobs):
    answer = location_quotient(jobs, value="emp", interval=Exact(unit="persons", level=0.99))
    outside = (answer["conf_low"] > 1) | (answer["conf_high"] < 1)
    np.testing.assert_array_equal(outside, answer["p_value"] < 0.01)
    assert answer["lq"].between(answer["conf_low"], answer["conf_high"]).all()


def test_exact_against_a_nation_draws_within_the_region():
    cells = pd.DataFrame({"region": "r", "industry": ["i", "j"], "plants": [9, 21]})
    nation = pd.DataFrame({"industry": ["i", "j"], "plants": [1000, 9000]})
    answer = location_quotient(
        cells, value="plants", reference=nation, interval=Exact(unit="plants")
    )
    expected = stats.binomtest(9, 30).proportion_ci(0.95, method="exact")
    assert answer["conf_low"][0] == pytest.approx(expected.low / 0.1, rel=1e-10)
    assert answer["conf_high"][0] == pytest.approx(expected.high / 0.1, rel=1e-10)


@pytest.mark.parametrize("p", [0.01, 0.1, 0.37, 0.8])
def test_exact_covers_at_least_at_its_level(p):
    # Enumerated, not simulated: the probability of all counts whose interval holds p.
    n = np.full(61, 60)
    k = np.arange(61)
    low, high = binomial_limits(k, n, 0.95)
    covered = stats.binom.pmf(k, 60, p)[(low <= p) & (p <= high)].sum()
    assert covered >= 0.95


def test_moineddin_covers_in_its_design():
    # Twelve regions of 300 to 900 plants draw among four industries with their own mixes.
    # 4,000 draws: Monte Carlo standard error sqrt(.95 .05 / 4000) = .0034 a cell.
    rng = np.random.default_rng(11)
    plants = np.linspace(300, 900, 12).astype(int)
    q = rng.dirichlet([20, 20, 20, 40], 12)
    truth = q / (plants @ q / plants.sum())
    E = np.stack([rng.multinomial(n, mix, size=4000) for n, mix in zip(plants, q, strict=True)], 1)
    covered = np.zeros((12, 4))
    for counts in E.astype(float):
        lq = counts / counts.sum(1, keepdims=True) / (counts.sum(0) / counts.sum())
        covered += np.abs(lq - truth) <= 1.959963984540054 * delta_std_error(counts)
    coverage = covered / 4000
    assert coverage.min() > 0.93 and coverage.max() < 0.97
    assert 0.94 < coverage.mean() < 0.96


def test_dartboard_test_has_its_size():
    # 60 plants of an industry fall on 8 regions by the regions' shares, which other industries
    # of 20,000 plants set; 2,000 draws, Monte Carlo standard error .005 at .05.
    rng = np.random.default_rng(5)
    x = np.array([0.3, 0.2, 0.15, 0.1, 0.1, 0.08, 0.05, 0.02])
    k = rng.multinomial(60, x, size=2000).astype(float)
    p_value = binomial_p_value(k, np.full_like(k, 60), np.broadcast_to(x, k.shape))
    size = (p_value < 0.05).mean(axis=0)
    assert (size < 0.05 + 3 * 0.005).all()
    assert size.max() > 0.01


def test_moineddin_by_hand():
    # Two regions of 100: q = (1/2, 1/10), p = 3/10, w = 1/2; LQ = 5/3 and 1/3.
    # v = (1/400, 9/10000); sum w^2 v = (25 + 9) / 40000 = 34/40000.
    # var LQ_1 = (25/9) [v/q^2 + spread/p^2 - 2 w v/(q p)] = (25/9) (.01 + .0094444 - .0166667).
    cells = pd.DataFrame(
        {"region": list("aabb"), "industry": list("ijij"), "plants": [50, 50, 10, 90]}
    )
    answer = location_quotient(cells, value="plants", interval=Moineddin(unit="plants"))
    variance = 25 / 9 * (0.01 + 34 / 40000 / 0.09 - 2 * 0.5 * 0.0025 / (0.5 * 0.3))
    assert answer["std_error"][0] == pytest.approx(np.sqrt(variance), rel=1e-12)
    z = (5 / 3 - 1) / np.sqrt(variance)
    assert answer["p_value"][0] == pytest.approx(2 * stats.norm.sf(z), rel=1e-10)
    half = stats.norm.ppf(0.975) * np.sqrt(variance)
    assert answer["conf_high"][0] == pytest.approx(5 / 3 + half, rel=1e-12)


def test_moineddin_knows_no_variance_at_zero(jobs):
    answer = location_quotient(jobs, value="emp", interval=Moineddin(unit="persons"))
    zero = answer["lq"] == 0
    assert answer.loc[zero, ["std_error", "p_value", "p_adjusted"]].isna().all(axis=None)
    assert answer.loc[~zero, ["std_error", "p_value", "p_adjusted"]].notna().all(axis=None)


def test_holm_by_hand():
    # In order: 4 x .005, 3 x .01, 2 x .03, 1 x .04, each at least its forerunner.
    adjusted = holm(np.array([0.01, 0.04, np.nan, 0.03, 0.005]))
    np.testing.assert_allclose(adjusted, [0.03, 0.06, np.nan, 0.06, 0.02], rtol=1e-12)


def test_values_that_are_no_counts_are_refused(jobs):
    output = jobs.assign(emp=jobs["emp"] + 0.5)
    with pytest.raises(InputError, match=r"12 cells are not counts.*Money values have no interval"):
        location_quotient(output, value="emp", interval=Exact(unit="plants"))


def test_experiments_name_the_references_they_know(jobs):
    for interval, allowed in (
        (Exact(unit="plants"), "'including' or a table"),
        (Moineddin(unit="plants"), "it needs 'including'"),
    ):
        with pytest.raises(InputError, match=allowed):
            location_quotient(jobs, value="emp", interval=interval, reference="excluding")


@pytest.mark.parametrize(("unit", "level"), [("", 0.95), (3, 0.95), ("plants", 1.0)])
def test_bad_statements_are_refused(unit, level):
    for interval in (Exact, Moineddin):
        with pytest.raises(InputError, match=r"unit= must name|level must lie"):
            interval(unit=unit, level=level)


def test_intervals_leave_the_quotients_alone(jobs):
    plain = location_quotient(jobs, value="emp")
    for interval in (Exact(unit="persons"), Moineddin(unit="persons")):
        answer = location_quotient(jobs, value="emp", interval=interval)
        pd.testing.assert_frame_equal(answer[plain.columns], plain)


# --- Plants of different sizes --------------------------------------------------------------------


def test_plants_of_one_size_give_the_wilson_interval(jobs):
    # statsmodels proportion_confint(method="wilson") with 1 / H = 50 draws, A in R1: 100 of 155.
    from statsmodels.stats.proportion import proportion_confint

    H = pd.Series({"A": 1 / 50, "B": 1 / 20, "C": 1 / 40})
    answer = location_quotient(jobs, value="emp", interval=PlantSizes(herfindahl=H))
    low, high = proportion_confint(100 / 155 * 50, 50, method="wilson")
    assert answer["conf_low"][0] == pytest.approx(low / 0.3, rel=1e-12)
    assert answer["conf_high"][0] == pytest.approx(high / 0.3, rel=1e-12)
    # R1 has 150 of 500: sqrt(H (1 - x) / x).
    assert answer["std_error"][0] == pytest.approx(np.sqrt(0.7 / 0.3 / 50), rel=1e-14)
    z = (100 / 155 / 0.3 - 1) / np.sqrt(0.7 / 0.3 / 50)
    assert answer["p_value"][0] == pytest.approx(2 * stats.norm.sf(z), rel=1e-10)


def test_plant_sizes_p_value_and_interval_agree(jobs):
    H = pd.DataFrame({"industry": list("ABCD"), "herfindahl": [0.02, 0.05, 0.3, 0.1]})
    answer = location_quotient(jobs, value="emp", interval=PlantSizes(herfindahl=H))
    outside = (answer["conf_low"] > 1) | (answer["conf_high"] < 1)
    np.testing.assert_array_equal(outside, answer["p_value"] < 0.05)
    assert 0 < outside.sum() < len(outside)


def test_plant_sizes_have_their_size_on_a_dartboard():
    # 200 log-normal plants (H about .013) choose among six regions by x; 4,000 draws, Monte Carlo
    # standard error .0034 at .05. Normal approximation: between 3.5 and 6.5 percent where x > .1.
    rng = np.random.default_rng(8)
    x = np.array([0.3, 0.25, 0.15, 0.12, 0.1, 0.08])
    size = rng.lognormal(0, 0.9, 200)
    z = size / size.sum()
    H = z @ z
    where = rng.choice(6, size=(4000, 200), p=x)
    s = np.stack([((where == r) * z).sum(axis=1) for r in range(6)], axis=1)
    low, high = wilson_limits(s, np.asarray(H), stats.norm.ppf(0.975))
    rejected = ((low > x) | (high < x)).mean(axis=0)
    assert ((rejected > 0.035) & (rejected < 0.065)).all()
    # Persons as units would reject far too often: 200 plants of 50 persons each on average.
    persons = binomial_p_value(np.rint(s * 10_000), np.full_like(s, 10_000), x)
    assert (persons < 0.05).mean() > 0.5


def test_bad_herfindahls_are_refused(jobs):
    for H, text in (
        (pd.Series({"A": 0.1, "B": 0.1}), "the Herfindahl table lacks industry 'C'"),
        (pd.Series({"A": 0.1, "B": 0.1, "C": 1.5}), r"lies in \(0, 1\].*'C'"),
        (pd.Series({"A": 0.1, "B": 0.1, "C": 0.0}), r"lies in \(0, 1\].*'C'"),
        (pd.Series({"A": 0.1, "B": 0.1, "C": np.nan}), "must be known"),
        (0.1, "must be a table"),
    ):
        with pytest.raises(InputError, match=text):
            location_quotient(jobs, value="emp", interval=PlantSizes(herfindahl=H))
    with pytest.raises(InputError, match="level must lie"):
        PlantSizes(herfindahl=pd.Series({"A": 0.1}), level=95)


@pytest.mark.parametrize("interval", ["exact", Exact, 0.95, True])
def test_what_is_no_interval_is_refused_with_the_ways_out(jobs, interval):
    words = (
        r"interval must be Exact.*, Moineddin.*, PlantSizes.* or RelativeStandardErrors.*; found"
    )
    with pytest.raises(InputError, match=words):
        location_quotient(jobs, value="emp", interval=interval)


@pytest.mark.parametrize("experiment", [Exact, Moineddin])
def test_only_plants_and_persons_are_drawn(experiment):
    with pytest.raises(InputError, match="'plants' or 'persons'; found 'jobs'"):
        experiment("jobs")
