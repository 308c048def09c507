"""A formula of plain numeric columns is read as formulaic would, without evaluating it."""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics.models.formulas import _evaluated, matrices_of
from agglometrics.models.terms.plain import numbers_of, plain_columns

PLAIN = [
    "y ~ x + k",
    "y ~ 1",
    "y ~ 0 + x",
    "y ~ x - 1",
    "y ~ x + x",
    "y ~ y + x",
    "`GDP per head` ~ `1` + x + single",
    "k ~ `first.treat` + `1`",
]


@pytest.fixture
def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    names = ["y", "x", "GDP per head", "1", "first.treat"]
    table = pd.DataFrame(rng.normal(size=(12, 5)), columns=names, index=list("abcdefghijkl"))
    table["single"] = table["x"].astype("float32")
    table["k"] = np.arange(12)
    table.loc["d", "x"] = np.nan
    return table


@pytest.mark.parametrize("formula", PLAIN)
@pytest.mark.parametrize("absorbed", [False, True])
@pytest.mark.parametrize("unknown", ["drop", "ignore"])
def test_it_is_what_formulaic_gives(
    formula: str, absorbed: bool, unknown: str, table: pd.DataFrame
) -> None:
    assert plain_columns(formula) is not None
    arguments = (formula, table, None, None, absorbed, unknown)
    direct, evaluated = matrices_of(*arguments), _evaluated(*arguments)
    for ours, theirs in zip(direct, evaluated, strict=True):
        if isinstance(ours, np.ndarray):
            np.testing.assert_array_equal(ours, theirs)
        else:
            assert ours == theirs


@pytest.mark.parametrize("formula", ["y ~ log(x)", "y ~ x:k", "y ~ x * k", "log(y) ~ x", "y ~ ("])
def test_what_must_be_evaluated_is_left_to_formulaic(formula: str) -> None:
    assert plain_columns(formula) is None


@pytest.mark.parametrize(
    "values", [list("ab") * 6, [True, False] * 6, pd.Categorical(list("ab") * 6), [1, None] * 6]
)
def test_a_column_that_is_not_of_plain_numbers_is_left_to_formulaic(
    values: object, table: pd.DataFrame
) -> None:
    named = plain_columns("y ~ z")
    assert named is not None
    whole = table.assign(z=pd.Series(values, index=table.index).convert_dtypes())
    assert numbers_of(named, whole, "drop") is None


def test_by_hand() -> None:
    """y = 1 + 2 x, with an unknown row that is left out and said."""
    data = pd.DataFrame({"x": [0, 1, 2, 5], "y": [1.0, 3.5, 4.5, np.nan]})
    fit = ag.panel("y ~ x", data)
    assert fit.params["Intercept"] == pytest.approx(1.25)
    assert fit.params["x"] == pytest.approx(1.75)
    assert any("1 of 4 rows left out" in note for note in fit.notes)


def test_a_formula_read_before_keeps_nothing_of_its_first_table() -> None:
    for shift in (0.0, 100.0):
        data = pd.DataFrame({"y": [0.0, 1, 3, 2], "x": np.array([1.0, 2, 4, 5]) + shift})
        X = matrices_of("y ~ center(x)", data, None, None, False)[1]
        np.testing.assert_allclose(X[:, 1], [-2.0, -1, 1, 2])
