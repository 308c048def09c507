"""Results travel: pickled or deep-copied, they answer as they did (to a worker, to a file)."""

import copy
import dataclasses
import functools
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from tests.front.calls import calls, points, rows
from tests.front.test_checked import MADE_FOR_THE_USER

CALLS = calls()
CALLS["lincom"] = (ag.lincom, {**CALLS["lincom"][1], "total": {"x": 1, "q": 1}})
CALLS["duranton_overman, all"] = (
    ag.duranton_overman,
    {"points": points(), "industry": "industry", "bandwidth": 1.0, "simulations": 19, "seed": 1},
)
ANSWERED = sorted(set(CALLS) - {"ShiftShareDesign.shock_overidentification"})  # needs two shocks


@functools.cache
def answer(name):
    function, call = CALLS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(**call)


def same(one, other):
    """Return whether two answers are equal, arrays and frames inside them too."""
    if isinstance(one, pd.DataFrame | pd.Series | pd.Index):
        return one.equals(other)
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if dataclasses.is_dataclass(one) and not isinstance(one, type):
        return type(one) is type(other) and all(
            same(getattr(one, f.name), getattr(other, f.name)) for f in dataclasses.fields(one)
        )
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float):
        return one == other or (np.isnan(one) and np.isnan(other))
    return one == other if isinstance(one, str | int | bool | type(None)) else True


@pytest.mark.parametrize("name", ANSWERED)
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))],
                         ids=["deepcopy", "pickle"])  # fmt: skip
def test_every_answer_can_be_copied(name, copied):
    assert same(answer(name), copied(answer(name)))


ESTIMATES = {
    "panel": lambda: ag.panel("y ~ x + q", rows(), absorb="i", cov=ag.Cluster("i")),
    "wild": lambda: ag.panel("y ~ x", rows(), cov=ag.WildBootstrap("i", draws=99)),
    "random effects": lambda: ag.panel(
        "y ~ x", rows(), estimator=ag.RandomEffects(), entity="i", time="t"
    ),
    "spline": lambda: ag.panel("y ~ bs(x, df=4) + i(g, ref=0) + lag(q)", rows(), entity="i",
                               time="t"),
    "iv": lambda: ag.iv("y ~ q + [x ~ z]", rows(), cov=ag.Cluster("i")),
    "poisson": lambda: ag.poisson("count ~ x", rows(), absorb="i"),
    "control function": lambda: ag.poisson("count ~ q + [x ~ z]", rows(), cov=ag.Cluster("i"),
                                           estimator=ag.ControlFunction()),
}  # fmt: skip


@pytest.mark.parametrize("name", ESTIMATES)
def test_a_copied_estimate_still_works(name):
    """It gives another covariance, a wider interval and predictions as the original does."""
    fit = ESTIMATES[name]()
    again = pickle.loads(pickle.dumps(fit))
    pd.testing.assert_frame_equal(fit.tidy(0.9), again.tidy(0.9))
    other = fit.with_cov(ag.Homoskedastic() if name == "random effects" else ag.Cluster("g"))
    pd.testing.assert_frame_equal(
        other.tidy(),
        again.with_cov(other.covariance.spec).tidy(),
    )
    if name == "panel":
        pd.testing.assert_series_equal(ag.predict(fit, rows()), ag.predict(again, rows()))


def types_in(answer):
    """Yield the types of an answer and of what its fields hold."""
    if isinstance(answer, tuple | list | dict):
        for each in answer.values() if isinstance(answer, dict) else answer:
            yield from types_in(each)
    elif dataclasses.is_dataclass(answer) and not isinstance(answer, type):
        yield type(answer).__name__
        for field in dataclasses.fields(answer):
            yield from types_in(getattr(answer, field.name))


def test_every_result_class_is_among_the_answers():
    """A result class that no call of the table makes is not forgotten."""
    made = {kind for name in ANSWERED for kind in types_in(answer(name))}
    made |= {kind for fit in ESTIMATES.values() for kind in types_in(fit())}
    results = {name for name in MADE_FOR_THE_USER if not name.endswith(("Error", "Warning"))}
    assert results - made == set()
