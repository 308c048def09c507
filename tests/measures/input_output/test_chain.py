import numpy as np
import pandas as pd
import pytest

from agglometrics import InputError, location_quotient
from agglometrics.measures.input_output.chain import chain_completeness

CELLS = pd.DataFrame(
    {
        "region": ["N"] * 3 + ["S"] * 3,
        "industry": ["cars", "steel", "glass"] * 2,
        "jobs": [60, 30, 10, 20, 50, 30],
    }
)
# The nation's input mix of cars: 20 cars, 50 steel, 30 glass, from two regions.
FLOWS = pd.DataFrame(
    {
        "region": ["N", "N", "S", "S"],
        "supplier": ["cars", "steel", "steel", "glass"],
        "user": "cars",
        "value": [20.0, 40, 10, 30],
    }
)


def test_by_hand():
    # LQ in N: cars 60/80 * 2 = 1.5, steel 30/80 * 2, glass 10/40 * 2; in S .5, 1.25, 1.5.
    answer = chain_completeness(FLOWS, CELLS, value="jobs").set_index("region")
    assert answer["completeness"].tolist() == pytest.approx([0.2, 0.8])
    assert answer["completeness_others"].tolist() == pytest.approx([0.0, 1.0])
    graded = [0.2 + 0.5 * 0.75 + 0.3 * 0.5, 0.2 * 0.5 + 0.8]
    assert answer["graded"].tolist() == pytest.approx(graded)


def test_the_ends_of_the_threshold():
    low = chain_completeness(FLOWS, CELLS, value="jobs", threshold=1e-9)
    high = chain_completeness(FLOWS, CELLS, value="jobs", threshold=1e9)
    assert (low["completeness"] == 1).all()
    assert (high["completeness"] == 0).all()


def test_against_location_quotients_and_a_loop():
    rng = np.random.default_rng(0)
    labels = [(r, i, t) for r in range(6) for i in range(5) for t in (2007, 2017)]
    cells = pd.DataFrame(labels, columns=["region", "industry", "time"])
    cells["jobs"] = rng.gamma(1.0, size=len(cells))
    flows = pd.DataFrame(
        [(r, i, j, t) for r, i, t in labels for j in range(4)],
        columns=["region", "supplier", "user", "time"],
    )
    flows["value"] = rng.gamma(1.0, size=len(flows))
    answer = chain_completeness(flows, cells, value="jobs", time="time", threshold=0.9)
    answer = answer.set_index(["time", "region", "user"])
    lq = location_quotient(cells, value="jobs", time="time")
    lq = lq.set_index(["time", "region", "industry"])["lq"]
    needs = flows.groupby(["time", "user", "supplier"])["value"].sum()
    for (time, region, user), row in answer.iterrows():
        mix = needs.loc[time, user]
        strong = lq.loc[time, region].reindex(mix.index) >= 0.9
        assert row["completeness"] == pytest.approx(mix[strong].sum() / mix.sum(), rel=1e-12)
        others = mix.drop(user)
        expected = others[strong.drop(user)].sum() / others.sum()
        assert row["completeness_others"] == pytest.approx(expected, rel=1e-12)


def test_the_region_of_a_flow_and_its_unit_do_not_matter():
    one = chain_completeness(FLOWS, CELLS, value="jobs")
    moved = FLOWS.groupby(["supplier", "user"])["value"].sum().mul(7).reset_index()
    other = chain_completeness(moved.assign(region="S"), CELLS, value="jobs")
    pd.testing.assert_frame_equal(one, other, rtol=1e-14)


@pytest.mark.parametrize(
    ("flows", "options", "words"),
    [
        (FLOWS.assign(supplier="rubber"), {}, r"no cells for supplier 'rubber'"),
        (FLOWS.assign(value=-1.0), {}, r"0 unknown and 4 negative"),
        (FLOWS.assign(value=np.nan), {}, r"4 unknown and 0 negative"),
        (FLOWS, {"threshold": 0}, r"threshold must be positive; found 0"),
    ],
)
def test_errors(flows, options, words):
    with pytest.raises(InputError, match=words):
        chain_completeness(flows, CELLS, value="jobs", **options)
