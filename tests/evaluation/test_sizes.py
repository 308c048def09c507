"""Every result says its size and power, and what it says is true where the truth is known."""

import warnings

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from tests.evaluation.examples import NAMES, factor_panel
from tests.evaluation.panels import KEYS, long, staggered

SAID = ("smallest p-value", "effect found")


def quiet(function, *arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ag.AgglometricsWarning)
        return function(*arguments, **options)


def one(n=14, **options):
    return factor_panel(3, n=n, **options)


RESULTS = {
    "synthetic_control": lambda: ag.synthetic_control(one(), **NAMES),
    "synthetic_control, pairs": lambda: ag.synthetic_control(one(9, treated=(0, 1)), **NAMES),
    "synthetic_control, Ridge": lambda: ag.synthetic_control(one(), augment=ag.Ridge(), **NAMES),
    "synthetic_did, placebo": lambda: ag.synthetic_did(one(), **NAMES),
    "synthetic_did, jackknife": lambda: ag.synthetic_did(
        one(treated=(0, 1, 2)), variance=ag.JackknifeVariance(), **NAMES),
    "synthetic_did, bootstrap": lambda: ag.synthetic_did(
        one(10, treated=(0, 1)), variance=ag.BootstrapVariance(draws=9), **NAMES),
    "permutation_test, units": lambda: ag.permutation_test(one(), **NAMES),
    "permutation_test, dates": lambda: ag.permutation_test(
        one(), over=ag.PermuteDates(), **NAMES),
    "permutation_test, sets": lambda: ag.permutation_test(
        one(treated=(0, 1)), over=ag.PermuteSets([(k, k + 1) for k in range(12)]), **NAMES),
    "exposure_rings": lambda: ag.exposure_rings(
        one(treated=(5,)), weights={k: [k - 1, k + 1] if 0 < k < 13 else [abs(k - 1)]
                                    for k in range(14)}, **NAMES),
}  # fmt: skip


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_prints_its_size_and_power(name):
    fit = RESULTS[name]()
    text = str(fit)
    assert all(words in text for words in SAID), text
    assert 0 < fit.size.smallest_p <= 1
    assert fit.size.detectable > 0
    assert fit.size.tidy()["rejected"].between(0, 1).all()
    assert "rejects" in text


ESTIMATORS = [ag.CallawaySantAnna(), ag.CallawaySantAnna(controls=ag.NotYetTreated()),
              ag.SunAbraham(), ag.Imputation(), ag.TwoWay()]  # fmt: skip


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=repr)
def test_an_event_study_prints_its_size_and_power(estimator):
    Y, first = staggered(4, sizes=(12, 12, 40), starts=(3, 5, 8))
    fit = ag.event_study(long(Y, first), estimator=estimator, **KEYS)
    row = fit.size.iloc[0]
    text = str(fit)
    assert f"rejects {row['size']:.3f} at 0.05" in text
    assert f"at level 0.95: {row['detectable_effect']:.4g}" in text
    assert f"permutation test: {row['smallest_p_value']:.4g}" in text
    assert row["draws"] == 199 and row["detectable_effect"] > 0


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=repr)
def test_placebos_of_an_event_study_are_the_draws_behind_its_size(estimator):
    Y, first = staggered(4, sizes=(6, 6, 20), starts=(3, 5, 8))
    fit = ag.event_study(long(Y, first), estimator=estimator, **KEYS)
    placebos, size = fit.placebos, fit.size.iloc[0]
    assert placebos["true"].tolist() == [True] + [False] * 199
    assert placebos["estimate"][0] == fit.params["att"]
    assert placebos["std_error"][0] == pytest.approx(fit.std_errors["att"])
    drawn = placebos[~placebos["true"]]
    assert drawn["estimate"].std() == pytest.approx(size["placebo_sd"])
    critical = (fit.tidy()["conf_high"].iloc[-1] - fit.params["att"]) / fit.std_errors["att"]
    if fit.covariance.df is None:  # degrees of freedom of placements are those of fewer units
        rejected = drawn["estimate"].abs() > critical * drawn["std_error"]
        assert rejected.mean() == pytest.approx(size["size"])
    # one placement by hand: the units named, treated at the starts of the truth, the rest never
    names = [int(name) for name in drawn["reassigned"].iloc[7].split(", ")]
    assert len(set(names)) == 12 and min(names) >= 12
    other = np.full(len(first), 8)
    other[names] = first[:12]
    again = ag.event_study(long(Y[12:], other[12:]), estimator=estimator, **KEYS)
    assert again.params["att"] == pytest.approx(drawn["estimate"].iloc[7])
    assert again.std_errors["att"] == pytest.approx(drawn["std_error"].iloc[7])


def test_placebos_of_few_treated_have_no_standard_errors():
    Y, first = staggered(9, sizes=(2, 9), starts=(4, 8))
    fit = quiet(ag.event_study, long(Y, first), **KEYS)
    assert fit.placebos["std_error"].isna().all() and fit.placebos["estimate"].notna().all()
    Y, first = staggered(9, sizes=(5, 5), starts=(4, 8))
    with pytest.raises(ag.InputError, match="7 are needed to stand in for 5"):
        _ = quiet(ag.event_study, long(Y, first), **KEYS).placebos


def test_a_triple_difference_has_the_size_of_its_gap():
    Y, first = staggered(5, sizes=(12, 30), starts=(4, 8))
    gap = long(Y, first)
    zero = gap.assign(g="b", y=0.0, on=0)
    fit = ag.triple_difference(pd.concat([gap.assign(g="a"), zero]), group="g", **KEYS)
    alone = ag.event_study(gap, **KEYS)
    pd.testing.assert_frame_equal(fit.size, alone.size)
    assert "effect found with probability 0.8" in str(fit)


def test_without_enough_untreated_units_a_result_still_prints():
    few = factor_panel(6, n=5, treated=(0, 1, 2))
    test = ag.permutation_test(few, **NAMES)
    assert "No size on donors" in str(test) and np.isinf(test.size.detectable)
    Y, first = staggered(7, sizes=(10, 11), starts=(4, 8))
    assert "size unknown: size is calibrated on units" in str(
        ag.event_study(long(Y, first), **KEYS)
    )
    Y, first = staggered(16, sizes=(1, 19), starts=(4, 8))
    text = str(quiet(ag.event_study, long(Y, first), **KEYS))
    assert "1 treated: no test by unit" in text and "permutation test: 0.05" in text
    assert "probability" not in text
    control = ag.synthetic_control(factor_panel(6, n=4, treated=(0, 1)), **NAMES)
    assert "smallest p-value: 0.1667" in str(control)


def noisy_if_large(seed, n=30, T=14):
    """Return a panel whose noise grows with the level; one unit of middle size is treated."""
    rng = np.random.default_rng(seed)
    level = np.r_[10.0, np.linspace(1, 20, n - 1)]
    Y = 10 * level[:, None] + level[:, None] * rng.normal(size=(n, T))
    return long(Y, np.r_[10, np.full(n - 1, T)])


def test_large_and_noisy_regions_are_found_too_often_by_a_rank_of_differences():
    """Noise in proportion to size: a rank of ten percent is never reached by the smallest third.

    Of 29 donors two are the extreme ones, and both are among the largest: sizes of the thirds are
    0, 0 and about 2 of 9, the whole at most a tenth. The ratio of a synthetic control has the
    scale of each unit in its denominator and is less unequal.
    """
    found = []
    for seed in range(10):
        test = ag.permutation_test(noisy_if_large(seed), level=0.9, **KEYS)
        found.append(test.size.tidy().set_index("test")["rejected"])
    mean = np.mean([[f[f"donors, {k} third"] for k in ("smallest", "middle", "largest")]
                    for f in found], axis=0)  # fmt: skip
    assert mean[0] == 0.0
    assert mean[2] > 0.12 > mean[1]
    assert all(f["donors"] <= 0.1 + 1e-9 for f in found)


def test_every_donor_stands_in_once():
    table = ag.permutation_test(one(), **NAMES).size.tidy().set_index("test")
    assert table.loc["donors", "placebos"] == 13
    thirds = table.filter(like="third", axis=0)
    assert sorted(thirds["placebos"]) == [4, 4, 5]


def test_pairs_are_sorted_into_thirds_by_their_mean():
    fit = ag.synthetic_control(factor_panel(8, n=9, treated=(0, 1)), level=0.9, **NAMES)
    table = fit.size.tidy().set_index("test")
    assert table.loc["rank of RMSPE ratio", "placebos"] == 21
    thirds = table.filter(like="third", axis=0)
    assert thirds["placebos"].tolist() == [7, 7, 7]
    whole = table.loc["rank of RMSPE ratio", "rejected"]
    assert thirds["rejected"].mean() == pytest.approx(whole)


def test_one_period_before_has_no_pseudo_date_and_no_row_of_it():
    frame = one()
    late = frame[frame["t"] >= 2011]
    table = ag.permutation_test(late, **NAMES).size.tidy()
    assert "the treated at pseudo-dates" not in set(table["test"])
    assert table["test"][0] == "donors"


def test_nothing_to_compare_with_is_said_alike():
    together = one().assign(d=lambda t: (t["t"] >= 2012).astype(int))
    for call in (ag.bacon_decomposition, ag.event_study):
        with pytest.raises(ag.IdentificationError, match="there is nothing to compare with"):
            call(together, **NAMES)
    with pytest.raises(ag.IdentificationError, match="there is nothing to compare with"):
        ag.event_study(together, estimator=ag.TwoWay(), **NAMES)
    with pytest.raises(ag.IdentificationError, match="at least 1 unit must be never treated"):
        ag.permutation_test(together, **NAMES)
    line = {k: [k - 1, k + 1] if 0 < k < 13 else [abs(k - 1)] for k in range(14)}
    with pytest.raises(ag.IdentificationError, match="all are treated"):
        ag.exposure_rings(together, weights=line, **NAMES)
