import numpy as np
import pandas as pd
import pytest

from agglometrics import (
    InputError,
    concentration,
    dynamic_index,
    leave_one_out,
    location_quotient,
    measurement_error,
    over_zonings,
)

MACRO = {"R1": "N", "R2": "N", "R3": "S", "R4": "S"}


def test_leaving_one_region_out_equals_doing_it(jobs):
    answer = leave_one_out(concentration, jobs, leave="region", value="emp")
    one = answer.set_index(["industry", "statistic"]).loc[("A", "theil")]
    by_hand = {
        region: concentration(jobs[jobs["region"] != region], value="emp")["theil"][0]
        for region in MACRO
    }
    assert one["value"] == concentration(jobs, value="emp")["theil"][0]
    assert one["low"] == min(by_hand.values())
    assert one["high"] == max(by_hand.values())
    assert by_hand[one["low_without"]] == one["low"]
    assert by_hand[one["high_without"]] == one["high"]
    assert one["n_undefined"] == 0


def test_a_quotient_is_asked_only_of_tables_that_have_it(jobs):
    answer = leave_one_out(location_quotient, jobs, leave="industry", value="emp")
    row = answer.set_index(["region", "industry"]).loc[("R1", "A")]
    # Without B: 100 of 130 against 155 of 350; without C: 100 of 120 against 155 of 305.
    lqs = [100 / 130 / (155 / 350), 100 / 120 / (155 / 305)]
    np.testing.assert_allclose([row["low"], row["high"]], sorted(lqs), rtol=1e-14)
    assert (row["low_without"], row["high_without"]) == ("C", "B")


def test_a_region_leaves_the_reference_too(jobs, regions):
    reference = regions[["region", "pop"]]
    answer = leave_one_out(concentration, jobs, leave="region", value="emp", reference=reference)
    without = concentration(jobs[jobs["region"] != "R4"], value="emp", reference=reference[:3])[
        "hoover"
    ]
    hoover = answer[answer["statistic"] == "hoover"].reset_index(drop=True)
    assert ((hoover["low"] <= without) & (without <= hoover["high"])).all()
    series = leave_one_out(
        concentration, jobs, leave="region", value="emp",
        reference=reference.set_index("region")["pop"],
    )  # fmt: skip
    pd.testing.assert_frame_equal(series, answer)


def test_what_becomes_undefined_is_counted(jobs):
    only = jobs[(jobs["industry"] != "C") | (jobs["region"] == "R4")]
    answer = leave_one_out(concentration, only, leave="region", value="emp", undefined="nan")
    one = answer.set_index(["industry", "statistic"]).loc[("C", "hoover")]
    assert one["n_undefined"] == 1
    assert np.isfinite(one["low"])


def test_dynamic_index_can_be_asked_too(jobs):
    both = pd.concat([jobs.assign(year=2002), jobs.assign(year=2007, emp=jobs["emp"] * 2 + 5)])
    answer = leave_one_out(
        dynamic_index, both, leave="region", value="emp", time="year", start=2002, end=2007
    )
    index = answer[answer["statistic"] == "dynamic_index"].dropna()
    assert (index["low"] <= index["value"]).any()
    assert set(answer["statistic"]) >= {"growth", "dynamic_index", "rank"}


def test_zonings_equal_merging_by_hand(jobs):
    merged = jobs.replace({"region": MACRO}).groupby(["region", "industry"], as_index=False).sum()
    answer = over_zonings(concentration, jobs, {"macro": MACRO}, value="emp")
    assert list(answer["zoning"]) == ["as given"] * 3 + ["macro"] * 3
    expected = concentration(merged, value="emp")["theil"]
    np.testing.assert_array_equal(answer["theil"][3:], expected)
    # Merging regions cannot add to a relative Theil: what it loses is within the zones.
    assert (answer["theil"][:3].to_numpy() >= answer["theil"][3:].to_numpy()).all()


def test_zones_with_an_unknown_cell_are_unknown(jobs):
    unknown = jobs.assign(emp=jobs["emp"].where(jobs["emp"] > 0))
    with pytest.raises(InputError, match="NaN"):
        over_zonings(concentration, unknown, {"macro": MACRO}, value="emp")
    with pytest.warns(UserWarning, match="left out"):
        left = over_zonings(
            concentration, unknown, {"macro": MACRO}, value="emp", missing="drop_industry"
        )
    assert list(left["industry"]) == ["A", "B"] * 2
    zero = over_zonings(concentration, unknown, {"macro": MACRO}, value="emp", missing="zero")
    pd.testing.assert_frame_equal(
        zero, over_zonings(concentration, jobs, {"macro": MACRO}, value="emp")
    )


def test_error_ranges_widen_with_the_error_and_repeat_with_the_seed(jobs):
    width = []
    for relative in (0.01, 0.1):
        answer = measurement_error(
            concentration, jobs, relative=relative, draws=60, seed=1, value="emp"
        )
        again = measurement_error(
            concentration, jobs.iloc[::-1], relative=relative, draws=60, seed=1, value="emp"
        )
        pd.testing.assert_frame_equal(answer, again)
        width.append((answer["high"] - answer["low"])[answer["statistic"] == "theil"])
    assert (width[1] > 3 * width[0]).all()


def test_error_ranges_have_the_size_of_the_delta_method():
    cells = pd.DataFrame(
        {"region": list("aabb"), "industry": list("ijij"), "emp": [70.0, 30.0, 30.0, 70.0]}
    )
    answer = measurement_error(
        location_quotient, cells, relative=0.02, draws=400, seed=3, value="emp"
    )
    lq = answer[answer["statistic"] == "lq"].iloc[0]
    # Gradient of ln LQ = ln E_ri - ln E_r - ln E_i + ln E_tot in the logs of the four cells.
    gradient = np.array([1 - 0.7 - 0.7 + 0.35, -0.3 + 0.15, -0.3 + 0.15, 0.35])
    sd = 1.4 * 0.02 * np.sqrt(gradient @ gradient)
    # 5 and 95 percent quantiles of 400 draws: the Monte Carlo standard error of their distance is
    # 5 percent of it.
    assert (lq["high"] - lq["low"]) / (2 * 1.6449 * sd) == pytest.approx(1, abs=0.15)


def test_bad_arguments_are_refused(jobs):
    with pytest.raises(InputError, match="leave='year' is unknown"):
        leave_one_out(concentration, jobs, leave="year", value="emp")
    with pytest.raises(InputError, match="no zone for region 'R4'"):
        over_zonings(concentration, jobs, {"z": {"R1": 1, "R2": 1, "R3": 2}}, value="emp")
    with pytest.raises(InputError, match="relative must be positive"):
        measurement_error(concentration, jobs, relative=0, value="emp")
