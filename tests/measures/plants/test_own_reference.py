"""An industry inside its own reference: the bias, and the reference that has none."""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics.errors import IdentificationError, InputError

R = 60
X = np.linspace(0.5, 1.5, R) / R


def plants(rng, share, n):
    """Plants of industry A by the dartboard, a `share` of all activity; the rest follows X."""
    own = pd.DataFrame({"industry": "A", "region": rng.choice(R, n, p=X), "emp": 1.0})
    rest = pd.DataFrame({"industry": "B", "region": range(R), "emp": X * n * (1 - share) / share})
    return pd.concat([own, rest], ignore_index=True)


def test_bias_of_an_own_share_and_none_without():
    rng, a, n = np.random.default_rng(2), 0.3, 20
    H, draws = 1 / n, 60
    found = np.array(
        [
            [
                ag.ellison_glaeser(table, size="emp", reference=reference)["gamma"][0]
                for reference in (None, "excluding")
            ]
            for table in (plants(rng, a, n) for _ in range(draws))
        ]
    )
    bias, error = ((1 - a) ** 2 * H - H) / (1 - H), found.std(axis=0, ddof=1) / np.sqrt(draws)
    assert bias == pytest.approx(-0.027, abs=5e-4)
    assert found[:, 0].mean() == pytest.approx(bias, abs=4 * error[0] + 2e-3)
    assert found[:, 1].mean() == pytest.approx(0.0, abs=4 * error[1])


def test_excluding_is_the_table_of_the_others():
    table = plants(np.random.default_rng(5), 0.2, 25)
    others = table[table["industry"] == "B"].groupby("region")["emp"].sum()
    for index in (ag.ellison_glaeser, ag.maurel_sedillot):
        inside = index(table, size="emp", reference="excluding").set_index("industry").loc["A"]
        outside = index(table, size="emp", reference=others).set_index("industry").loc["A"]
        for column in ("gamma", "g", "x2", "expected_g", "variance_g", "p_value"):
            assert inside[column] == pytest.approx(outside[column], rel=1e-10), column
        assert inside["own_share"] == 0
    whole = ag.ellison_glaeser(table, size="emp").set_index("industry")
    assert whole.loc["A", "own_share"] == pytest.approx(0.2)
    assert "reference='excluding'" in whole.loc["A", "note"]


def test_cells_and_bounds_take_it_too():
    table = plants(np.random.default_rng(6), 0.25, 30)
    cells = ag.collapse(table, by=["region", "industry"], value="emp")
    full = ag.ellison_glaeser(table, size="emp", reference="excluding")
    short = ag.ellison_glaeser_cells(cells, value="emp", reference="excluding")
    assert short["gamma"].to_numpy() == pytest.approx(full["gamma"].to_numpy())
    bounds = ag.gamma_bounds(cells, value="emp", plants="n", reference="excluding")
    assert (bounds["gamma_low"] <= full["gamma"] + 1e-12).all()
    assert (bounds["gamma_high"] >= full["gamma"] - 1e-12).all()


def test_refusals():
    alone = pd.DataFrame({"industry": "A", "region": list("xy"), "emp": [1.0, 2.0]})
    with pytest.raises(IdentificationError, match="needs other industries; there are none beside"):
        ag.ellison_glaeser(alone, size="emp", reference="excluding")
    with pytest.raises(InputError, match="has no meaning here"):
        ag.devereux_griffith_simpson(alone, size="emp", reference="excluding")


def test_regions_of_another_year_do_not_count():
    table = pd.DataFrame(
        {
            "industry": "A",
            "region": list("xyxyzw"),
            "year": [1, 1, 2, 2, 2, 2],
            "emp": [1.0, 3, 1, 1, 1, 1],
        }
    )
    both = ag.devereux_griffith_simpson(table, size="emp", time="year").set_index("year")
    alone = ag.devereux_griffith_simpson(table[table["year"] == 1], size="emp")
    assert both.loc[1, "n_regions"] == 2 and both.loc[2, "n_regions"] == 4
    assert both.loc[1, "alpha"] == pytest.approx(alone["alpha"][0])
    # by hand: sum s^2 = 10/16, 1/K = 1/2, H = 10/16, 1/N = 1/2
    assert both.loc[1, "alpha"] == pytest.approx(0.0)


@pytest.mark.parametrize("unit", [1e-150, 1e150])
def test_sizes_of_any_unit_keep_z_and_p(unit):
    table = plants(np.random.default_rng(7), 0.2, 15)
    base = ag.ellison_glaeser(table, size="emp")
    scaled = ag.ellison_glaeser(table.assign(emp=table["emp"] * unit), size="emp")
    pd.testing.assert_frame_equal(scaled, base, rtol=1e-9)
    assert base[["z", "p_value"]].notna().all(axis=None)


def test_a_tenth_of_the_own_reference_gets_the_note():
    def notes(others):
        rows = [("a", r, 1.0) for r in (0, 0, 1, 2, 0)] + [("b", r, 1.0) for r in range(others)]
        table = pd.DataFrame(rows, columns=["industry", "region", "emp"])
        return ag.ellison_glaeser(table, size="emp").set_index("industry")["note"]

    assert notes(45)["a"] != ""  # 5 of 50
    assert notes(46)["a"] == ""


@pytest.mark.parametrize(("rest", "said"), [(90, True), (91, False)])
def test_the_note_begins_at_ten_percent(rest, said):
    table = pd.DataFrame({"industry": list("AABB"), "region": list("pqpq"),
                          "emp": [4, 6, 40, rest - 40]})  # fmt: skip
    found = ag.ellison_glaeser(table, size="emp").set_index("industry").loc["A"]
    assert found["own_share"] == 10 / (10 + rest)
    assert ("10 percent or more of its own reference" in found["note"]) == said
