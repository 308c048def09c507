"""Tables that carry their totals: what is named, what is not, and that it is said once."""

import itertools
import warnings

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics.tables import to_cube
from agglometrics.tables.totals.parts import Parts
from agglometrics.tables.totals.warn import totals_named_once, warn_totals

PARTS = np.random.default_rng(3).integers(10, 900, (3, 6, 5)).astype(float)


def table(values, regions=None, industries=None):
    T, R, I = values.shape  # noqa: E741
    labels = [
        range(2001, 2001 + T),
        regions or [f"r{k}" for k in range(R)],
        industries or [f"i{k}" for k in range(I)],
    ]
    keys = pd.MultiIndex.from_product(labels, names=["time", "region", "industry"])
    return pd.DataFrame({"v": values.ravel()}, index=keys).reset_index()


def with_rows(*rows):
    return np.concatenate([PARTS, *(row[:, None, :] for row in rows)], axis=1)


def said(frame):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        to_cube(frame, value="v", time="time")
    return [str(entry.message) for entry in caught]


NATION = PARTS.sum(axis=1)


def test_a_table_of_parts_only_is_not_suspected():
    assert said(table(PARTS)) == []


@pytest.mark.parametrize("axis", ["region", "industry"])
def test_the_sum_of_all_others_is_named_with_the_remedy(axis):
    values = with_rows(NATION)
    if axis == "industry":
        values = values.transpose(0, 2, 1)
        frame = table(values, industries=[*"abcdef", "all industries"])
    else:
        frame = table(values, regions=[*"abcdef", "Insgesamt"])
    name = "all industries" if axis == "industry" else "Insgesamt"
    (message,) = said(frame)
    assert f"{axis} {name!r} is the sum of all others" in message
    assert "leave these rows out" in message


def test_two_parts_and_their_total():
    two = PARTS[:, :2]
    (message,) = said(table(np.concatenate([two, two.sum(axis=1, keepdims=True)], axis=1)))
    assert "region 'r2' is the sum of all others" in message
    assert said(table(two)) == said(table(PARTS[:, :3])) == []


def test_a_part_that_is_almost_a_sum_is_a_part_still():
    # r2 is r0 + r1 but for a hundredth; r3 is r2 + r0. All are small beside r4 to r8
    r0, r1 = PARTS[:, 0] * 100, PARTS[:, 1] * 100
    r2 = r0 + r1 + np.where(np.arange(5) % 2, 1, -1) * np.rint((r0 + r1) / 100)
    small = np.stack([r0, r1, r2, r2 + r0], axis=1)
    large = np.random.default_rng(5).integers(1_000_000, 9_000_000, (3, 5, 5)).astype(float)
    (message,) = said(table(np.concatenate([small, large], axis=1)))
    assert "region 'r3' is the sum of 2 others, 'r0', 'r2'" in message
    assert "region 'r2'" not in message


def test_figures_of_every_period_that_do_not_add_up_clear_a_label():
    other = NATION.copy()
    other[:, :2] += 25  # two of five figures, in each of three periods
    assert said(table(with_rows(other))) == []


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1 / 3, 1e9])
def test_one_figure_that_was_revised_does_not_clear_a_label(unit):
    other = NATION.copy()
    other[1, 2] += 25
    (message,) = said(table(with_rows(other) * unit))
    assert "region 'r6' is the sum of all others in 93.3 percent of the figures" in message


def test_a_total_that_is_published_from_a_certain_year_on():
    late, part = NATION.copy(), PARTS[:, :3].sum(axis=1)
    late[0] = part[0] = 0
    (nation,) = said(table(with_rows(late)))
    assert "region 'r6' is the sum of all others in 2 of 3 periods. Shares" in nation
    # the years before are not rows of zero but have no row
    frame = table(with_rows(late))
    (same,) = said(frame[frame["v"] > 0])
    assert same == nation
    (macro,) = said(table(with_rows(part)))
    assert "region 'r6' is the sum of 3 others" in macro
    assert "in 2 of 3 periods" in macro


def test_a_total_beside_parts_that_are_published_later():
    values = with_rows(NATION)
    values[0, :-1] = 0
    (message,) = said(table(values))
    assert "region 'r6' is the sum of all others in 2 of 3 periods" in message


def test_a_late_and_revised_total_by_its_code():
    total = PARTS[:, :4].sum(axis=1)
    total[0], total[2, 3] = 0, total[2, 3] + 7
    codes = [430101, 430102, 430201, 430202, 440101, 440102, 430000]
    (message,) = said(table(with_rows(total), regions=codes))
    assert "region 430000 is the sum of 4 others of its code" in message
    assert "in 2 of 3 periods (in 90 percent of the figures there)" in message


def test_a_total_of_suppressed_parts():
    values = np.random.default_rng(8).integers(10, 900, (4, 9, 12)).astype(float)
    nation = values.sum(axis=1, keepdims=True)
    values[np.random.default_rng(9).random(values.shape) < 0.01] = 0
    (message,) = said(table(np.concatenate([values, nation], axis=1)))
    assert "region 'r9' is the sum of all others in" in message


def test_a_revised_macro_region_without_a_code():
    values = np.random.default_rng(8).integers(10, 900, (4, 9, 12)).astype(float)
    north = values[:, [1, 4, 6]].sum(axis=1)
    north[2, 5] += 11
    (message,) = said(table(np.concatenate([values, north[:, None]], axis=1)))
    assert "region 'r9' is the sum of 3 others" in message
    assert "in 97.9 percent of the figures" in message


def random_tables(draws):
    """Yield tables of many shapes: few or many figures, sparse, skewed, alike in all periods."""
    rng = np.random.default_rng(0)
    for k in range(draws):
        shape = tuple(rng.integers([1, 2, 1], [7, 13, 9]).tolist())
        by_region, by_industry = rng.lognormal(4, 1, shape[1:2]), rng.lognormal(1, 1, shape[2:])
        yield (
            rng.integers(0, 6, shape),
            rng.integers(0, 100, shape),
            np.rint(rng.lognormal(5, 1.5, shape)),
            rng.lognormal(3, 2, shape),
            rng.integers(1, 50, shape) * (rng.random(shape) < 0.3),
            np.rint(np.outer(by_region, by_industry) * rng.uniform(0.9, 1.1, shape)),
            np.repeat(rng.integers(0, 100, (1, *shape[1:])), shape[0], axis=0),
        )[k % 7].astype(float)


def test_random_tables_are_not_suspected():
    rng = np.random.default_rng(1)
    found = []
    for k, values in enumerate(random_tables(1000)):
        # in half of them labels come and go
        some = rng.random((*values.shape[:2], 1)) < (0.8 if k % 2 else 1.0)
        if (values * some).any():
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                axes = [pd.Index([f"{key}{j}" for j in range(values.shape[axis])])
                        for axis, key in ((1, "r"), (2, "i"))]  # fmt: skip
                warn_totals(values * some, [("region", axes[0], 1), ("industry", axes[1], 2)])
            found += [str(entry.message) for entry in caught]
    assert found == []


def test_a_total_rounded_on_its_own_is_found():
    exact = PARTS + np.random.default_rng(1).uniform(-0.5, 0.5, PARTS.shape)
    values = np.round(np.concatenate([exact, exact.sum(axis=1, keepdims=True)], axis=1))
    assert (values[:, -1] != values[:, :-1].sum(axis=1)).any()
    (message,) = said(table(values))
    assert "region 'r6' is the sum of all others" in message


@pytest.mark.parametrize("scale", [1e-3, 100.0, 1e9])
def test_a_total_of_single_floats_is_found(scale):
    parts = (scale * np.random.default_rng(3).gamma(1, size=(12, 8))).astype(np.float32)
    total = parts.astype(float).sum(axis=0).astype(np.float32)
    assert not (parts.astype(float).sum(axis=0) == total).all()
    (message,) = said(table(np.vstack([parts, total])[None]))
    assert "region 'r12' is the sum of all others" in message
    assert said(table(parts[None])) == []
    almost = np.vstack([parts, total * np.float32(1 + 1e-5)])
    assert said(table(almost[None])) == []


def test_nation_and_macro_regions():
    north, south = PARTS[:, :2].sum(axis=1), PARTS[:, 2:].sum(axis=1)
    (message,) = said(table(with_rows(north, south, NATION)))
    assert "region 'r8' is the sum of the others, 2 times over" in message
    assert "region 'r6' is the sum of 2 others" in message
    assert "region 'r7' is the sum of 4 others" in message


def test_a_macro_region_alone_by_algebra_and_by_search():
    north = PARTS[:, :3].sum(axis=1)
    (by_algebra,) = said(table(with_rows(north)))
    assert "region 'r6' is the sum of 3 others" in by_algebra
    # three figures a region for seven regions: too few for algebra
    values = with_rows(north)[:1, :, :3] * 7919.0
    (by_search,) = said(table(values + 0.0))
    assert "region 'r6' is the sum of 3 others" in by_search


def test_codes_that_begin_others():
    provinces = [PARTS[:, :4].sum(axis=1), PARTS[:, 4:].sum(axis=1)]
    codes = [430101, 430102, 430201, 430202, 440101, 440102, 430000, 440000]
    (message,) = said(table(with_rows(*provinces), regions=codes))
    assert "region 430000 is the sum of 4 others of its code" in message
    assert "region 440000 is the sum of 2 others of its code" in message
    (short,) = said(
        table(with_rows(PARTS[:, :3].sum(axis=1)), ["10.1", "10.2", "10.3", "11", "12", "13", "10"])
    )
    assert "region '10' is the sum of 3 others of its code" in short


def test_labels_that_differ_by_blanks_only():
    (message,) = said(table(PARTS, regions=["a", "a ", "\u3000b", "b", "c d", "cd"]))
    for pair in ("'a', 'a '", "'b', '\\u3000b'", "'c d', 'cd'"):
        assert f"{pair} differ by blanks only" in message


@pytest.mark.parametrize("other", ["R0", "r0\u200b", "\uff520"])
def test_labels_that_differ_by_case_or_coding_only(other):
    (message,) = said(table(PARTS[:, :2], regions=["r0", other]))
    assert "differ by case, blanks or the coding of characters only" in message


def test_many_such_labels_are_counted():
    names = [f"r{k}" for k in range(20)]
    values = np.random.default_rng(0).integers(10, 900, (1, 40, 3)).astype(float)
    (message,) = said(table(values, regions=names + [f"{name} " for name in names]))
    assert message.count("differ by blanks only") == 5
    assert "and 15 more such groups" in message


@pytest.mark.parametrize("unit", [1e-9, 1e-6, 1.0, 1e6, 1e9])
@pytest.mark.parametrize("decimals", [0, 1])
def test_a_total_with_fewer_decimals_than_its_parts_is_found_in_any_unit(decimals, unit):
    parts = np.round(PARTS + np.random.default_rng(1).uniform(-0.5, 0.5, PARTS.shape), 2)
    total = np.round(parts.sum(axis=1, keepdims=True), decimals)
    (message,) = said(table(np.concatenate([parts, total], axis=1) * unit))
    assert "region 'r6' is the sum of all others" in message


def test_small_tables_add_up_by_chance_and_are_not_suspected():
    rng = np.random.default_rng(0)
    found = [
        said(table(rng.integers(0, 6, (1, 3 + k % 4, 1 + k % 2)).astype(float))) for k in range(200)
    ]
    assert sum(map(len, found)) <= 2


def test_said_once_a_call_and_never_inside():
    frame = table(with_rows(NATION))
    frame["firms"] = 1
    for call in (
        lambda: ag.concentration(frame, value="v", time="time"),
        lambda: ag.externalities(frame, value="v", firms="firms", time="time"),
        lambda: ag.leave_one_out(ag.concentration, frame, leave="industry", value="v", time="time"),
    ):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            call()
        totals = [entry for entry in caught if "carry its totals" in str(entry.message)]
        assert len(totals) == 1
    with totals_named_once(), warnings.catch_warnings():
        warnings.simplefilter("error")
        to_cube(frame, value="v", time="time")


def test_a_sparse_table_is_searched_too():
    frame = table(with_rows(NATION))
    with pytest.warns(ag.AgglometricsWarning, match="region 'r6' is the sum of all others"):
        ag.location_quotient(frame, value="v", time="time", rows="existing")


def test_what_is_named_does_not_depend_on_the_order_of_rows():
    frame = table(with_rows(NATION, PARTS[:, :3].sum(axis=1)))
    messages = [said(frame.sample(frac=1, random_state=k)) for k in range(3)]
    assert all(a == b for a, b in itertools.pairwise(messages))
    assert len(messages[0]) == 1


@pytest.mark.parametrize(
    ("figures", "step"),
    [
        ([4000.0, 7000.0], 1000.0),
        ([4000.0, 7100.0], 100.0),
        ([4.0, 7.0], 1.0),
        ([0.1 + 0.2, 7.0], 0.1),
        ([1e7 + 0.1 + 0.2, 7.0], 0.1),  # off by 2e-9 in a double
        ([0.25, 3.0], 0.01),
        ([np.pi, 3.0], 0.0),
        ([2.0 / 3, 1.0 / 3], 0.0),
    ],
)
def test_the_unit_of_figures_by_hand(figures, step):
    X = np.array(figures)[:, None]
    parts = Parts(X[:, :, None], np.zeros(2, dtype=bool))
    assert parts.step == pytest.approx(step, rel=1e-12)


def test_a_label_that_is_twice_another_hides_no_total_among_as_many_figures_as_labels():
    # the second is twice the first by chance; the fourth is the second and the third
    a = np.array([1234567.0, 7654321, 2468013, 9753124])
    c = np.array([8642975.0, 1357924, 5791346, 3264178])
    X = np.array([a, 2 * a, c, 2 * a + c])
    found = list(Parts(X[:, None], np.zeros(4, dtype=bool)).groups(np.array([], dtype=int)))
    assert [(k, sorted(members)) for k, members, _ in found] == [(3, [1, 2])]


@pytest.mark.parametrize("unit", [1e-320, 1e-300, 1e-290, 1e290])
def test_figures_of_any_size_are_searched_without_an_exception(unit):
    lq = ag.location_quotient(table(PARTS * unit), value="v", time="time")["lq"]
    right = ag.location_quotient(table(PARTS), value="v", time="time")["lq"]
    assert lq.to_numpy() == pytest.approx(right.to_numpy(), rel=1e-2)
