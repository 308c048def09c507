from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from agglometrics import IdentificationError, InputError
from agglometrics.measures.clusters.policy_alignment import policy_alignment

LISTINGS = pd.DataFrame(
    {
        "zone": ["a", "a", "b", "c", "d"],
        "region": ["N", "N", "N", "S", "S"],
        "industry": ["cars", "cloth", "cars", "cloth", "glass"],
    }
)
SCORES = pd.DataFrame(
    {
        "region": ["N"] * 3 + ["S"] * 3,
        "industry": ["cars", "cloth", "glass"] * 2,
        "lq": [1.5, 0.7, 0.8, 0.4, 1.4, 1.2],
    }
)


def made_up(rng, zones=40, regions=4, industries=6, follow=0.0):
    """Zones that list two industries, with odds that rise with the score by `follow`."""
    lq = rng.lognormal(sigma=0.5, size=(regions, industries))
    home = np.arange(zones) % regions
    rows = []
    for zone, r in enumerate(home):
        odds = lq[r] ** follow
        chosen = rng.choice(industries, size=2, replace=False, p=odds / odds.sum())
        rows += [(zone, r, i) for i in chosen]
    listings = pd.DataFrame(rows, columns=["zone", "region", "industry"])
    r, i = (axis.reshape(-1) for axis in np.indices(lq.shape))
    return listings, pd.DataFrame({"region": r, "industry": i, "lq": lq.reshape(-1)})


def test_means_by_hand():
    answer = policy_alignment(LISTINGS, SCORES, draws=99, seed=1).set_index("region")
    assert answer.loc["N", "observed"] == pytest.approx((1.5 + 0.7 + 1.5) / 3)
    assert answer.loc["S", "observed"] == pytest.approx((1.4 + 1.2) / 2)
    assert answer.loc["all", "observed"] == pytest.approx((1.5 + 0.7 + 1.5 + 1.4 + 1.2) / 5)
    assert answer["zones"].tolist() == [2, 2, 4]
    assert answer["listings"].tolist() == [3, 2, 5]


def test_p_value_and_expectation_against_all_deals():
    # Four zones, two a region: 4! orders; each zone's sum of scores in N and S.
    sums = {"a": (2.2, 1.8), "b": (1.5, 0.4), "c": (0.7, 1.4), "d": (0.8, 1.2)}
    means = [
        (sums[w][0] + sums[x][0] + sums[y][1] + sums[z][1]) / 5 for w, x, y, z in permutations(sums)
    ]
    observed = (2.2 + 1.5 + 1.4 + 1.2) / 5
    exact = np.mean(np.array(means) >= observed - 1e-12)
    draws = 20_000
    answer = policy_alignment(LISTINGS, SCORES, draws=draws, seed=2).set_index("region").loc["all"]
    error = np.sqrt(exact * (1 - exact) / draws)
    assert abs(answer["p_value"] - exact) < 4 * error
    assert answer["expected"] == pytest.approx(np.mean(means), abs=4 * np.std(means) / draws**0.5)


def test_what_is_popular_everywhere_is_no_alignment():
    # Every zone lists cars, in which N is strong: no deal differs from what is seen.
    listings = pd.DataFrame({"zone": range(6), "region": list("NNNSSS"), "industry": "cars"})
    answer = policy_alignment(listings, SCORES, draws=99, seed=3)
    assert (answer["p_value"] == 1).all()
    np.testing.assert_allclose(answer["observed"], answer["expected"], rtol=1e-12)


def test_same_seed_same_answer_and_order_does_not_matter():
    rng = np.random.default_rng(4)
    listings, scores = made_up(rng)
    one = policy_alignment(listings, scores, draws=500, seed=5)
    other = policy_alignment(
        listings.sample(frac=1, random_state=0), scores.sample(frac=1, random_state=1),
        draws=500, seed=5,
    )  # fmt: skip
    pd.testing.assert_frame_equal(one, other, rtol=1e-12)


def rejections(follow, runs, seed):
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(runs):
        answer = policy_alignment(*made_up(rng, follow=follow), draws=199, seed=rng)
        found.append(answer["p_value"].to_numpy() <= 0.05)
    return np.mean(found, axis=0)


def test_size_is_five_percent():
    # 200 runs: Monte Carlo standard error .015; the test is exact.
    runs = 200
    rates = rejections(0.0, runs, seed=6)
    assert (np.abs(rates - 0.05) < 3.5 * np.sqrt(0.05 * 0.95 / runs)).all()


def test_power_where_zones_follow_advantage():
    rates = rejections(1.0, 100, seed=7)
    assert rates[-1] > 0.9


def test_the_detectable_effect_has_power_of_eighty_percent():
    # Shift the observed mean by what is called detectable: a normal null is exceeded 80 percent.
    rng = np.random.default_rng(8)
    excess = []
    for _ in range(150):
        answer = policy_alignment(*made_up(rng), draws=199, seed=rng).iloc[-1]
        shifted = answer["observed"] + answer["detectable"]
        sd = answer["detectable"] / (1.6449 + 0.8416)
        excess.append((shifted - answer["expected"]) / sd > 1.6449)
    # Monte Carlo standard error .033.
    assert np.mean(excess) == pytest.approx(0.8, abs=0.1)


@pytest.mark.parametrize(
    ("listings", "scores", "error", "words"),
    [
        (LISTINGS.assign(region="N"), SCORES, IdentificationError, r"nothing to reassign"),
        (LISTINGS.assign(region=list("NSNSS")), SCORES, InputError, r"'a' lie in more than one"),
        (LISTINGS, SCORES.iloc[1:], InputError, r"unknown for \('N', 'cars'\): every listed"),
        (LISTINGS.iloc[[0, 0]], SCORES, InputError, r"do not identify rows"),
    ],
)
def test_errors(listings, scores, error, words):
    with pytest.raises(error, match=words):
        policy_alignment(listings, scores)


def test_errors_of_draws():
    with pytest.raises(InputError, match="draws must be a whole number from 1"):
        policy_alignment(LISTINGS, SCORES, draws=0)
