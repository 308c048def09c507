import numpy as np
import pandas as pd
import pytest

from agglometrics import IdentificationError, specialization
from agglometrics.errors import AgglometricsWarning

# econcomplex 1.0.1: krugman_index, herfindahl(normalize=False), shannon_entropy (bits),
# hachman_index.
ECONCOMPLEX = {
    "krugman": [0.7133333333333334, 1.0, 0.78, 1.0435294117647058],
    "herfindahl": [0.5022222222222222, 0.6600000000000001, 0.5, 0.8356401384083044],
    "shannon": np.log(2)
    * np.array([1.2419460322060458, 0.9219280948873623, 1.0, 0.5115779700152474]),
    "hachman": [0.6267568314824202, 0.45636418541446466, 0.6098360655737705, 0.4660046947104485],
}


@pytest.mark.parametrize("measure", ECONCOMPLEX)
def test_equals_econcomplex(jobs, measure):
    answer = specialization(jobs, value="emp")
    np.testing.assert_allclose(answer[measure], ECONCOMPLEX[measure], rtol=1e-12)


def test_equals_reat(jobs):
    # REAT 3.0.3 spec(): H is half of krugman, G the Gini of quotients, K against the mean of
    # the other regions.
    answer = specialization(jobs, value="emp")
    hoover = [0.356666666666667, 0.5, 0.39, 0.521764705882353]
    gini = [0.365980600898983, 0.495073054706082, 0.33879781420765, 0.568819791473873]
    np.testing.assert_allclose(answer["krugman"] / 2, hoover, rtol=1e-12)
    np.testing.assert_allclose(answer["gini_lq"], gini, rtol=1e-12)
    others = specialization(jobs, value="emp", reference="mean_of_others")
    krugman = [0.913725490196078, 1.13856209150327, 0.807843137254902, 1.62352941176471]
    np.testing.assert_allclose(others["krugman"], krugman, rtol=1e-12)


def test_by_hand():
    # N: q = (3/5, 2/5), S: (1/5, 4/5), p = (2/5, 3/5).
    cells = pd.DataFrame(
        {
            "region": ["N", "N", "S", "S"],
            "industry": ["cars", "cloth"] * 2,
            "jobs": [60, 40, 20, 80],
        }
    )
    north = specialization(cells, value="jobs").iloc[0]
    assert north["krugman"] == pytest.approx(2 / 5)
    assert north["herfindahl"] == pytest.approx(13 / 25)
    assert north["shannon"] == pytest.approx(-0.6 * np.log(0.6) - 0.4 * np.log(0.4))
    assert north["hachman"] == pytest.approx(1 / (0.36 / 0.4 + 0.16 / 0.6))
    # Lorenz curve of q against p, cloth (LQ 2/3) first: through (3/5, 2/5); the triangle
    # between it and the diagonal has area 1/2 (3/5 - 2/5) = 1/10.
    assert north["gini"] == pytest.approx(1 / 5)
    # Quotients 3/2 and 2/3: (3/2 - 2/3) / (2 (3/2 + 2/3)).
    assert north["gini_lq"] == pytest.approx((5 / 6) / (2 * 13 / 6))
    assert north["gini_shares"] == pytest.approx(1 / 10)
    assert north["theil"] == pytest.approx(0.6 * np.log(1.5) + 0.4 * np.log(2 / 3))


def test_published_gini_against_a_nation():
    # REAT 3.0.3 gini.spec() on the example of Farhauer and Kroell (2013): .6222222.
    industries = list("abcde")
    cells = pd.DataFrame(
        {"region": "r", "industry": industries, "emp": [700, 600, 500, 10000, 40000]}
    )
    nation = pd.DataFrame({"industry": industries, "emp": [30000, 15000, 10000, 60000, 50000]})
    answer = specialization(cells, value="emp", reference=nation)
    assert answer["gini_lq"].item() == pytest.approx(0.622222222222222, rel=1e-12)


def test_published_krugman_against_the_mean_of_others():
    # REAT 3.0.3 krugman.spec2() on the example of Farhauer and Kroell (2013): .1595.
    wide = pd.DataFrame(
        {
            "this": [45000, 15000, 32000, 10000, 30000],
            "Norway": [35000, 12000, 30000, 8000, 22000],
            "Denmark": [40000, 10000, 25000, 9000, 18000],
            "Finland": [30000, 11000, 18000, 3000, 13000],
            "Iceland": [40000, 6000, 11000, 2000, 12000],
        }
    ).rename_axis("industry")
    cells = wide.melt(ignore_index=False, var_name="region", value_name="emp").reset_index()
    answer = specialization(cells, value="emp", reference="mean_of_others").set_index("region")
    assert answer.loc["this", "krugman"] == pytest.approx(0.159501792268597, rel=1e-12)


def test_disjoint_regions_differ_by_two():
    # REAT 3.0.3 krugman.spec() of two regions without a common industry: 2.
    cells = pd.DataFrame(
        {
            "region": ["a"] * 3 + ["b"] * 2,
            "industry": list("uvwxy"),
            "emp": [20, 10, 70, 60, 40],
        }
    )
    with pytest.warns(AgglometricsWarning, match="reference is zero"):
        answer = specialization(cells, value="emp", reference="excluding")
    np.testing.assert_allclose(answer["krugman"], 2, rtol=1e-14)
    assert np.isinf(answer["theil"]).all()
    assert (answer["hachman"] == 0).all()


def test_concentration_of_the_transpose(jobs):
    from agglometrics import concentration

    answer = specialization(jobs, value="emp", region="industry", industry="region")
    expected = concentration(jobs, value="emp")
    for measure in ("krugman", "gini", "gini_lq", "gini_shares", "herfindahl", "theil"):
        np.testing.assert_allclose(answer[measure], expected[measure], rtol=1e-13)


def test_an_industry_without_activity_counts_as_absent_if_allowed(jobs):
    empty = pd.concat([jobs, pd.DataFrame({"region": ["R1"], "industry": ["@"], "emp": [0.0]})])
    with pytest.raises(IdentificationError, match="no activity in industry '@'"):
        specialization(empty, value="emp")
    answer = specialization(empty, value="emp", undefined="nan")
    pd.testing.assert_frame_equal(answer, specialization(jobs, value="emp"), rtol=1e-13)


def test_a_region_without_activity_answers_nan_if_allowed(jobs):
    empty = pd.concat([jobs, pd.DataFrame({"region": ["R5"], "industry": ["A"], "emp": [0.0]})])
    answer = specialization(empty, value="emp", undefined="nan")
    assert answer.iloc[-1].drop(["region", "reference"]).isna().all()


def test_one_region_needs_a_nation(jobs):
    one = jobs[jobs["region"] == "R1"]
    with pytest.raises(IdentificationError, match=r"two at least.*reference="):
        specialization(one, value="emp")


def test_one_industry_is_refused(jobs):
    with pytest.raises(IdentificationError, match="one industry, 'A'"):
        specialization(jobs[jobs["industry"] == "A"], value="emp")
