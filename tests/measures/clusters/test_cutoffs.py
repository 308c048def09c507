"""Cut-offs of location quotients: O'Donoghue and Gleave (2004), and by resampling regions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from agglometrics import (
    BootstrapCutoff,
    IdentificationError,
    InputError,
    NormalCutoff,
    cluster_cutoff,
    location_quotient,
)
from agglometrics.measures.clusters.cutoff_rules import drawn_quantiles, exceedance


def cells(q: np.ndarray) -> pd.DataFrame:
    """Regions of 1000 workers with a share q, (T, R), in industry ``a``: LQ is q / mean(q)."""
    T, R = q.shape
    t, r = np.divmod(np.arange(T * R), R)
    frame = pd.DataFrame({"time": t, "region": r, "a": 1000 * q.ravel()})
    frame["b"] = 1000 - frame["a"]
    return frame.melt(["time", "region"], var_name="industry", value_name="jobs")


def industry_a(q: np.ndarray, rule: object) -> pd.DataFrame:
    found = cluster_cutoff(cells(q), value="jobs", time="time", rule=rule)  # type: ignore[arg-type]
    return found[found["industry"] == "a"].reset_index(drop=True)


SHARES = np.array([[0.18, 0.19, 0.20, 0.21, 0.22, 0.19, 0.20, 0.21, 0.17, 0.25]])


def test_by_hand() -> None:
    # mean q = 0.202, so LQ = q / 0.202 with mean 1; the sum of (q - 0.202)^2 is 0.00456
    found = industry_a(SHARES, NormalCutoff(critical=1.645)).iloc[0]
    std = (0.00456 / 9) ** 0.5 / 0.202
    assert found["scale"] == "lq"
    assert found["mean"] == pytest.approx(1, rel=1e-14)
    assert found["std"] == pytest.approx(std, rel=1e-12)
    assert found["lq_cutoff"] == pytest.approx(1 + 1.645 * std, rel=1e-12)
    assert found["n_clusters"] == 1  # 0.25 / 0.202 = 1.238 > 1.183
    assert found["p_normal"] == pytest.approx(stats.shapiro(SHARES[0]).pvalue, rel=1e-6)


@pytest.mark.parametrize("c", [0.3, 1.2, 1.5, 2.0])  # of four values no z-score exceeds 1.5
def test_what_is_above_a_score_and_what_is_above_its_negative_is_one(c: float) -> None:
    assert exceedance(c, 4) + exceedance(-c, 4) == pytest.approx(1, rel=1e-14)


def test_it_counts_the_standardised_quotients_above_the_cutoff() -> None:
    rng = np.random.default_rng(3)
    q = rng.lognormal(-3, 0.6, (6, 40))
    for rule, column in ((NormalCutoff(1.645), "slq_log"), (BootstrapCutoff(seed=1), "slq")):
        found = industry_a(q, rule)
        lq = location_quotient(cells(q), value="jobs", time="time", variants=True)
        lq = lq[lq["industry"] == "a"].set_index("time")[column]
        chosen = found["scale"] == column.replace("s", "", 1)
        assert chosen.sum() >= 4
        for t in found.index[chosen]:
            assert found.loc[t, "n_clusters"] == (lq.loc[t] > found.loc[t, "cutoff"]).sum()


def test_logarithms_where_only_they_are_normal_and_nothing_where_neither_is() -> None:
    rng = np.random.default_rng(4)
    skewed = np.exp(rng.normal(-4, 0.8, (1, 60)))
    found = industry_a(skewed, NormalCutoff()).iloc[0]
    assert found["scale"] == "lq_log"
    assert found["p_normal"] < 0.05 <= found["p_normal_log"]
    logs = np.log(skewed[0] / skewed[0].mean())
    assert found["lq_cutoff"] == pytest.approx(
        np.exp(logs.mean() + 1.96 * logs.std(ddof=1)), rel=1e-12
    )
    two_kinds = np.where(np.arange(60) < 30, 0.1, 0.3)[None] + rng.uniform(0, 0.001, (1, 60))
    found = industry_a(two_kinds, NormalCutoff()).iloc[0]
    assert found["scale"] == ""
    assert np.isnan(found["lq_cutoff"])
    assert pd.isna(found["n_clusters"])
    assert max(found["p_normal"], found["p_normal_log"]) < 0.05


def test_regions_without_the_industry_count_for_lq_not_for_its_logarithm() -> None:
    rng = np.random.default_rng(5)
    q = np.exp(rng.normal(-4, 0.8, (1, 60)))
    q[0, :20] = 0
    found = industry_a(q, NormalCutoff()).iloc[0]
    assert (found["scale"], found["n_regions"]) == ("lq_log", 40)
    assert industry_a(q, BootstrapCutoff(seed=1)).loc[0, "n_regions"] == 60


@pytest.mark.parametrize(("n", "c"), [(8, 1.645), (8, 1.96), (31, 1.645), (31, 1.96)])
def test_exceedance_is_exact(n: int, c: float) -> None:
    # 20,000 samples; Monte Carlo error from the spread of their shares
    x = np.random.default_rng(6).normal(size=(20_000, n))
    z = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, ddof=1, keepdims=True)
    share = (z > c).mean(axis=1)
    error = share.std(ddof=1) / np.sqrt(len(share))
    assert error < 0.0007
    assert exceedance(c, n) == pytest.approx(share.mean(), abs=3.5 * error)


def test_exceedance_has_an_end_and_a_limit() -> None:
    # The largest z-score of n values is (n - 1) / sqrt(n) (Shiffler 1988)
    end = 7 / np.sqrt(8)
    assert exceedance(end + 1e-9, 8) == 0
    assert 0 < exceedance(end - 0.1, 8) < 0.001
    assert exceedance(1.645, 10**6) == pytest.approx(stats.norm.sf(1.645), rel=1e-4)


def test_size_of_the_normal_rule() -> None:
    """Normal quotients without clusters: regions above the cut-off are as many as `size` says."""
    q = np.random.default_rng(7).normal(0.2, 0.02, (400, 31))
    found = industry_a(q, NormalCutoff(critical=1.645))
    kept = found[found["scale"] == "lq"]
    assert 0.92 < len(kept) / 400 < 0.98  # the test of normality refuses 5 percent
    share = kept["n_clusters"].astype(float) / 31
    error = share.std(ddof=1) / np.sqrt(len(share))
    assert error < 0.002
    assert kept["size"].iloc[0] == pytest.approx(share.mean(), abs=3.5 * error)


def test_a_strong_cluster_takes_the_normal_cutoff_away() -> None:
    """One region 3 or 5 standard deviations out, of 31: the stronger is found less often."""
    found, without = {}, {}
    for distance in (3, 5):
        q = np.random.default_rng(9).normal(0.2, 0.02, (400, 31))
        q[:, 0] = 0.2 + 0.02 * distance
        answer = industry_a(q, NormalCutoff(critical=1.96))
        found[distance] = (q[:, 0] / q.mean(axis=1) > answer["lq_cutoff"]).mean()
        without[distance] = (answer["scale"] == "").mean()
    # Measured: found 0.97 and 0.49, without a cut-off 0.03 and 0.51; Monte Carlo error 0.025
    assert found[3] > 0.9 > 0.6 > found[5]
    assert without[3] < 0.1 < 0.4 < without[5]
    assert found[5] + without[5] == pytest.approx(1, abs=0.01)


def test_bootstrap_cutoff_is_a_quantile_whatever_the_distribution() -> None:
    """Exponential quotients: near 5 percent of the regions are above it."""
    q = np.random.default_rng(8).exponential(0.02, (60, 200))
    found = industry_a(q, BootstrapCutoff(seed=2, draws=199))
    share = found["n_clusters"].astype(float) / 200
    assert share.mean() == pytest.approx(0.05, abs=0.005)
    # For the exponential the 95 percent point of (x - mean) / sd is ln 20 - 1 = 1.996
    error = found["cutoff"].std(ddof=1) / np.sqrt(60)
    assert error < 0.03
    assert found["cutoff"].mean() == pytest.approx(np.log(20) - 1, abs=4 * error)


@pytest.mark.parametrize("level", [0.95, 0.9, 0.5])
def test_quantiles_are_those_of_samples_drawn_in_full(level: float) -> None:
    """Order statistics of uniform numbers against plain resampling: the same distribution."""
    z = np.sort(np.random.default_rng(10).exponential(size=12))
    short = drawn_quantiles(z, level, 20_000, np.random.default_rng(11))
    samples = z[np.random.default_rng(12).integers(12, size=(20_000, 12))]
    full = np.quantile(samples, level, axis=1)
    error = np.sqrt((short.var() + full.var()) / 20_000)
    assert short.mean() == pytest.approx(full.mean(), abs=3.5 * error)
    assert stats.ks_2samp(short.round(9), full.round(9)).pvalue > 0.001


def test_bootstrap_of_the_largest_has_its_exact_mean() -> None:
    # E max of R draws with replacement = sum z_(k) ((k / R)^R - ((k - 1) / R)^R)
    found = industry_a(SHARES, BootstrapCutoff(level=1e-12, draws=20_000, seed=1)).iloc[0]
    z = np.sort(stats.zscore(SHARES[0], ddof=1))
    k = np.arange(1, 11)
    weights = (k / 10) ** 10 - ((k - 1) / 10) ** 10
    exact = weights @ z
    assert found["cutoff"] == pytest.approx(exact, abs=4 * found["cutoff_error"] / 20_000**0.5)
    assert found["cutoff_error"] == pytest.approx(np.sqrt(weights @ (z - exact) ** 2), rel=0.03)


def test_seed_and_streams() -> None:
    q = np.random.default_rng(9).uniform(0.1, 0.2, (2, 12))
    rule = BootstrapCutoff(seed=5, draws=99)
    both = industry_a(q, rule)
    pd.testing.assert_frame_equal(both, industry_a(q, rule))
    pd.testing.assert_frame_equal(both.head(1), industry_a(q[:1], rule))
    shuffled = cells(q).sample(frac=1, random_state=1)
    found = cluster_cutoff(shuffled, value="jobs", time="time", rule=rule)
    pd.testing.assert_frame_equal(both, found[found["industry"] == "a"].reset_index(drop=True))
    tripled = cells(q).assign(jobs=lambda f: 3 * f["jobs"])
    found = cluster_cutoff(tripled, value="jobs", time="time", rule=rule)
    pd.testing.assert_frame_equal(both, found[found["industry"] == "a"].reset_index(drop=True))
    other = industry_a(q, BootstrapCutoff(seed=6, draws=99))
    assert (other["cutoff"] != both["cutoff"]).all()


def test_equal_quotients_have_no_cutoff() -> None:
    found = industry_a(np.full((1, 9), 0.3), NormalCutoff()).iloc[0]
    assert (found["scale"], found["n_regions"]) == ("", 9)
    assert pd.isna(found["n_clusters"])


def test_messages() -> None:
    with pytest.raises(InputError, match="needs 8 of them; found 7"):
        industry_a(SHARES[:, :7], None)
    with pytest.raises(InputError, match="rule must be NormalCutoff"):
        industry_a(SHARES, "normal")
    alone = cells(np.where(np.arange(10) == 3, 0.2, 0.0)[None])
    with pytest.raises(InputError, match=r"infinite quotient.*reference='including'"):
        cluster_cutoff(alone, value="jobs", time="time", reference="excluding")
    with pytest.raises(InputError, match="critical must be positive"):
        NormalCutoff(critical=-1)
    with pytest.raises(InputError, match="draws at least 2"):
        BootstrapCutoff(draws=1)
    with pytest.raises(IdentificationError, match="one industry"):
        cluster_cutoff(cells(SHARES).query("industry == 'a'"), value="jobs")


def test_an_industry_or_region_left_undefined_takes_no_part() -> None:
    frame = cells(np.random.default_rng(13).uniform(0.1, 0.2, (1, 12)))
    empty = frame[frame["industry"] == "a"].assign(industry="c", jobs=0.0)
    gone = pd.DataFrame({"time": 0, "region": 99, "industry": ["a", "b"], "jobs": 0.0})
    rule = BootstrapCutoff(seed=1)
    found = cluster_cutoff(
        pd.concat([frame, empty, gone]), value="jobs", time="time", rule=rule, undefined="nan"
    )
    whole = cluster_cutoff(frame, value="jobs", time="time", rule=rule)
    pd.testing.assert_frame_equal(found.head(2), whole)
    assert (found.loc[2, "scale"], found.loc[2, "n_regions"]) == ("", 0)
