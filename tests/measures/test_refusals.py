"""What measures refuse, and corners that other tests do not reach."""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag


def panel() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    keys = [(r, i, y) for r in "pqrs" for i in "ABC" for y in (1, 2)]
    table = pd.DataFrame(keys, columns=["region", "industry", "year"])
    return table.assign(emp=rng.integers(1, 50, len(keys)).astype(float))


PANEL = panel()
CELLS = PANEL[PANEL["year"] == 1].drop(columns="year")
POINTS = pd.DataFrame({"x": [0.0, 1, 2, 5], "y": [0.0, 1, 0, 3], "industry": list("AABB")})


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda: ag.duranton_overman(POINTS.head(0), target="A", distances=[1.0]),
            ag.InputError,
            "the table of points has no rows",
        ),
        (
            lambda: ag.density(CELLS.head(0).assign(km2=1.0), value="emp", area="km2"),
            ag.InputError,
            "the table of cells has no rows",
        ),
        (
            lambda: ag.cluster_cutoff(CELLS, value="emp", rule=ag.NormalCutoff()),
            ag.InputError,
            "needs 8 of them; found 4",
        ),
        (
            lambda: ag.location_quotient(
                CELLS,
                value="emp",
                interval=ag.PlantSizes(
                    pd.DataFrame({"industry": list("ABC"), "herfindahl": [0.1, 0.2, 0.3]})
                ),
                reference="excluding",
            ),
            ag.InputError,
            "PlantSizes has no random experiment for reference='excluding'; it needs 'including'",
        ),
        (
            lambda: ag.location_quotient(CELLS.assign(emp=-CELLS["emp"]), value="emp"),
            ag.InputError,
            "must not be negative; found 12 negative cells",
        ),
    ],
)
def test_errors_say_what_was_found(call, error, words):
    with pytest.raises(error, match=words):
        call()


@pytest.mark.parametrize("measure", [ag.dynamic_index, ag.shift_share], ids=lambda f: f.__name__)
def test_nothing_is_left_out_or_said_where_all_is_known(measure, recwarn):
    arguments = {"value": "emp", "time": "year", "start": 1, "end": 2}
    asked = measure(PANEL, **arguments, missing="drop_industry")
    pd.testing.assert_frame_equal(asked, measure(PANEL, **arguments))
    assert not [w for w in recwarn if "left out" in str(w.message)]


def test_cells_take_totals_from_outside_as_plants_do():
    # two plants of half a cell each: the index of the cells is that of the plants
    cells = CELLS.assign(emp_squared=CELLS["emp"] ** 2 / 2, n=2)
    plants = pd.concat([CELLS, CELLS]).assign(emp=lambda t: t["emp"] / 2)
    outside = pd.DataFrame({"region": list("pqrsz"), "emp": [10.0, 20, 30, 40, 50]})
    found = ag.ellison_glaeser_cells(cells, value="emp", reference=outside)
    known = ag.ellison_glaeser(plants, size="emp", reference=outside)
    pd.testing.assert_frame_equal(found, known[found.columns], rtol=1e-12)
    # sum of squares of 1, 2, 3, 4, 5 over 15
    assert found["x2"].to_numpy() == pytest.approx(55 / 225)


def test_leaving_one_out_leaves_totals_that_do_not_know_it_alone():
    # totals by industry have no region to leave out: each answer is that of the cells without it
    totals = pd.DataFrame({"industry": list("ABC"), "emp": [100.0, 50.0, 80.0]})
    found = ag.leave_one_out(
        ag.location_quotient, CELLS, leave="region", value="emp", reference=totals
    )
    p = found[(found["region"] == "p") & (found["industry"] == "A")].iloc[0]
    without = [
        ag.location_quotient(CELLS[CELLS["region"] != r], value="emp", reference=totals)
        .set_index(["region", "industry"])
        .loc[("p", "A"), "lq"]
        for r in "qrs"
    ]
    assert (p["low"], p["high"]) == pytest.approx((min(without), max(without)))
