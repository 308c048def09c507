"""A caution points at the line of whoever called the package, however deep it was said."""

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics.errors import AgglometricsWarning


def jobs_with_their_total() -> pd.DataFrame:
    cells = pd.DataFrame(
        [(r, i, 3.0 + 2 * r + (r * i) % 5) for r in range(4) for i in range(4)],
        columns=["region", "industry", "jobs"],
    )
    whole = cells.groupby("industry", as_index=False)["jobs"].sum().assign(region=99)
    return pd.concat([cells, whole])


def panel_of_few_clusters() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"state": np.repeat(["a", "b", "c", "d"], 10)})
    return data.assign(x=rng.normal(size=40), y=rng.normal(size=40))


def quotients() -> object:
    return ag.location_quotient(jobs_with_their_total(), value="jobs")


def regression() -> object:
    return ag.panel("y ~ x", panel_of_few_clusters(), cov=ag.Cluster("state"))


@pytest.mark.parametrize("call", [quotients, regression])
def test_a_caution_names_the_callers_line(call: Callable[[], object]) -> None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        call()
    ours = [warning for warning in said if warning.category is AgglometricsWarning]
    assert ours
    first = call.__code__.co_firstlineno
    assert {(warning.filename, warning.lineno - first) for warning in ours} == {(__file__, 1)}
