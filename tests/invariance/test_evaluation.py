"""What each evaluation of a policy does when units, order, labels or donors change.

The table CASES says, for every public function of `agglometrics.evaluation`, by which power each
answer follows the unit of the outcome ("y") and of a covariate ("x"), and what a further donor
without activity does. Whatever the table does not name must leave every answer as it is.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag

SCALES = (1e-9, 1e-6, 1e6, 1e9)
KEYS = {"outcome": "y", "unit": "i", "time": "t", "treated": "d"}
Answers = dict[str, np.ndarray]


@dataclass(frozen=True)
class Case:
    """A call, how its answers follow units, and what a donor more does.

    powers : for a name of the answer (a regular expression) the power of each unit in it
    changes : a change -> why it moves the answer
    stays : names of the answer that even then stay
    """

    run: Callable[[pd.DataFrame], list[pd.DataFrame]]
    powers: Mapping[str, Mapping[str, int]]
    changes: Mapping[str, str] = field(default_factory=dict)
    stays: str = "$."


def table(cohorts: tuple[int, ...]) -> pd.DataFrame:
    """Return eighteen units over nine periods; as many are treated as there are starts."""
    rng = np.random.default_rng(12)
    N, T = 18, 9
    loading, factor = rng.uniform(0.5, 2, (N, 2)), rng.normal(size=(2, T)).cumsum(axis=1)
    y = 20 + loading @ factor + 0.4 * rng.normal(size=(N, T))
    i, t = np.divmod(np.arange(N * T), T)
    first = np.r_[cohorts, np.full(N - len(cohorts), T)]
    on = t >= first[i]
    return pd.DataFrame({"i": i, "t": 2000 + t, "y": (y.ravel() + on), "d": on.astype(int),
                         "x": np.repeat(loading[:, 0] + rng.normal(size=N), T)})  # fmt: skip


ONE, SOME = (6,), (4, 4, 4, 5, 5, 5, 6, 6, 6)


def links(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a circle of the units, in the order of the covariate."""
    names = frame.groupby("i")["x"].first().sort_values().index.to_numpy()
    return pd.DataFrame({"region": names, "neighbour": np.roll(names, 1)})


def fitted(function: Callable[..., object], *parts: str, **options: object) -> object:
    """Return a call that gives `tidy` and other parts of what the function answers."""

    def run(frame: pd.DataFrame) -> list[pd.DataFrame]:
        fit = function(frame, **KEYS, **options)
        found = []
        for name in ("tidy", *parts):
            part = getattr(fit, name)
            found.append(part() if callable(part) else part)
        return found

    return run


def events(estimator: object, *parts: str, controls: tuple[str, ...] = ()) -> object:
    return fitted(ag.event_study, *parts, estimator=estimator, controls=controls)


def rings(frame: pd.DataFrame) -> list[pd.DataFrame]:
    around = links(frame)
    names = sorted(frame["i"].unique(), key=str)
    W = pd.DataFrame(0.0, index=names, columns=names)
    for a, b in around.itertuples(index=False):
        W.loc[a, b] = W.loc[b, a] = 1.0
    return [ag.exposure_rings(frame, weights=W, draws=199, **KEYS).tidy()]


def bounds(frame: pd.DataFrame) -> list[pd.DataFrame]:
    fit = ag.event_study(frame, **KEYS)
    return [ag.honest_bounds(fit).tidy()]


def power(frame: pd.DataFrame) -> list[pd.DataFrame]:
    return [ag.pretrend_power(ag.event_study(frame, **KEYS)).tidy()]


def triple(frame: pd.DataFrame) -> list[pd.DataFrame]:
    other = frame.assign(g="b", d=0, y=frame["y"].to_numpy() * 0.5 + frame["x"].to_numpy() * 0)
    both = pd.concat([frame.assign(g="a"), other])
    return [ag.triple_difference(both, group="g", **KEYS).tidy()]


NAMES = "estimate|std_error|conf_low|conf_high|rmspe_before|rmspe_after|two_by_two|cell|band_.*"
LIKE_Y = {NAMES: {"y": 1}}
MORE = {"idle donor": "it is one unit more that could have been treated"}
AMONG = {"idle donor": "it is one control more"}
CASES: dict[str, tuple[tuple[int, ...], Case]] = {
    "synthetic_control": (ONE, Case(
        fitted(ag.synthetic_control, "placebos", "weights"), LIKE_Y, MORE, "0.estimate")),
    "synthetic_control: conformal": (ONE, Case(
        fitted(ag.synthetic_control, "conformal"), LIKE_Y, MORE, "0.estimate|1.*")),
    "synthetic_control: Ridge": (ONE, Case(
        fitted(ag.synthetic_control, augment=ag.Ridge()), LIKE_Y, MORE)),
    "synthetic_control: Predictors": (ONE, Case(
        fitted(ag.synthetic_control, match=ag.Predictors(["x", "y"])), LIKE_Y, MORE)),
    "synthetic_did": (ONE, Case(
        fitted(ag.synthetic_did, "weights", "methods", "rank_test"), LIKE_Y, AMONG)),
    "synthetic_did: starts": (SOME, Case(
        fitted(ag.synthetic_did, "effects", variance=ag.JackknifeVariance()), LIKE_Y, AMONG)),
    "permutation_test": (ONE, Case(fitted(ag.permutation_test), LIKE_Y, AMONG)),
    "permutation_test: draws": (SOME, Case(
        fitted(ag.permutation_test, over=ag.PermuteUnits(draws=299)), LIKE_Y, AMONG)),
    "exposure_rings": (ONE, Case(rings, LIKE_Y, AMONG)),
    "event_study": (SOME, Case(
        events(ag.CallawaySantAnna(), "bands", "cells"), LIKE_Y, AMONG)),
    "event_study: doubly robust": (SOME, Case(
        events(ag.CallawaySantAnna(controls=ag.NotYetTreated()), "bands", controls=("x",)),
        LIKE_Y, AMONG)),
    "event_study: SunAbraham": (SOME, Case(events(ag.SunAbraham()), LIKE_Y, AMONG)),
    "event_study: Imputation": (SOME, Case(events(ag.Imputation()), LIKE_Y, AMONG)),
    "event_study: TwoWay": (SOME, Case(events(ag.TwoWay()), LIKE_Y, AMONG)),
    "bacon_decomposition": (SOME, Case(
        fitted(ag.bacon_decomposition, "comparisons"), LIKE_Y, AMONG)),
    "triple_difference": (SOME, Case(triple, LIKE_Y, AMONG)),
    "honest_bounds": (SOME, Case(bounds, LIKE_Y, AMONG)),
    "pretrend_power": (SOME, Case(
        power, {"estimate|std_error|trend|mean_after_pass": {"y": 1}}, AMONG)),
}  # fmt: skip


def answers(case: Case, frame: pd.DataFrame) -> Answers:
    """Return every numeric column of the parts, values ascending: labels may move the rows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parts = case.run(frame)
    found = {}
    for k, part in enumerate(parts):
        for name in part.select_dtypes("number").columns.difference(["label", "treated", "unit"]):
            values = part[name].to_numpy(dtype=float, na_value=np.nan)
            found[f"{k}.{name}"] = np.sort(values)
    return found


@cache
def before(name: str) -> Answers:
    cohorts, case = CASES[name]
    return answers(case, table(cohorts))


def assert_same(after: Answers, expected: Answers) -> None:
    assert after.keys() == expected.keys()
    for key, values in expected.items():
        finite = values[np.isfinite(values)]
        size = np.abs(finite).max() if len(finite) else 1.0
        np.testing.assert_allclose(after[key], values, rtol=1e-6, atol=1e-7 * size, err_msg=key)


@pytest.mark.parametrize("name", CASES)
def test_units(name: str) -> None:
    """The outcome and the covariate take each scale in turn, never the same one together."""
    cohorts, case = CASES[name]
    for y, x in zip(SCALES, np.roll(SCALES, 1), strict=True):
        frame = table(cohorts)
        after = answers(case, frame.assign(y=y * frame["y"], x=x * frame["x"]))
        expected = {}
        for key, values in before(name).items():
            powers = [moves for pattern, moves in case.powers.items()
                      if re.fullmatch(pattern, key.split(".", 1)[1])]  # fmt: skip
            moves = powers[0] if powers else {}
            expected[key] = values * y ** moves.get("y", 0) * x ** moves.get("x", 0)
        assert_same(after, expected)


@pytest.mark.parametrize("name", CASES)
def test_order_index_and_labels(name: str) -> None:
    cohorts, case = CASES[name]
    frame = table(cohorts)
    mixed = frame.sample(frac=1, random_state=3).set_axis([f"r{k}" for k in range(len(frame))])
    assert_same(answers(case, mixed), before(name))
    renamed = mixed.assign(i=mixed["i"].map(lambda i: f"u{(int(i) * 7 + 5) % 18:02d}"))
    assert_same(answers(case, renamed), before(name))


@pytest.mark.parametrize("name", CASES)
def test_a_donor_without_activity(name: str) -> None:
    """A unit at zero throughout is far from all others: what it moves is what the table says."""
    cohorts, case = CASES[name]
    frame = table(cohorts)
    idle = frame[frame["i"] == frame["i"].max()].assign(i=99, y=0.0, d=0)
    after = answers(case, pd.concat([frame, idle]))
    moved = after.keys() != before(name).keys() or any(
        len(after[key]) != len(values) or not np.allclose(after[key], values, equal_nan=True)
        for key, values in before(name).items()
    )
    assert moved == ("idle donor" in case.changes)
    for key, values in before(name).items():
        if re.fullmatch(case.stays, key):
            np.testing.assert_allclose(after[key], values, rtol=1e-6, err_msg=key)


LONGER = "each outcome is one period longer"


@pytest.mark.parametrize("name", CASES)
def test_a_further_period_is_a_longer_outcome(name: str) -> None:
    """A year more, before all others, is part of every comparison: the answer moves with it."""
    cohorts, case = CASES[name]
    frame = table(cohorts)
    rng = np.random.default_rng(5)
    first = frame[frame["t"] == 2000]
    earlier = first.assign(t=1999, y=first["y"] + rng.normal(size=len(first)), d=0)
    after = answers(case, pd.concat([earlier, frame]))
    assert after.keys() != before(name).keys() or any(
        len(after[key]) != len(values) or not np.allclose(after[key], values, equal_nan=True)
        for key, values in before(name).items()
    )


def test_every_public_function_of_the_room_is_asked() -> None:
    import agglometrics.evaluation as room

    public = {name for name in dir(ag) if callable(getattr(ag, name, None))
              and getattr(getattr(ag, name), "__module__", "").startswith(room.__name__)
              and getattr(ag, name).__class__.__name__ == "function"}  # fmt: skip
    assert public <= {name.split(":")[0] for name in CASES}
    assert len(public) >= 8
