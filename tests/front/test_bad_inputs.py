"""Bad inputs, generated: public name x argument x kind of fault. Each is refused in words.

A raw exception of pandas, numpy or Python tells the user where the package stumbled. A domain
error names the argument, the rule, what was found and the way out; each case states the words.
"""

import datetime
import re
import warnings

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics.errors import AgglometricsError
from agglometrics.tables.arguments import OWN_WORDS
from tests.front.calls import calls, parameters, rows

CALLS = calls()
WAY_OUT = re.compile(
    r"(?i)for example|pass |name |convert|write |keep |correct|fill|drop|choose|rename|remove|use |"
    r"reset_index|set |sum them|wrap|give |put |add |check|say |see |\(\.\.\.\)"
)

# what is no text, and what the message says it found
NO_TEXT = [(["a"], "list"), (5, "5"), (np.array([1.0]), "ndarray"),
           (ag.Cluster, "the class Cluster"), (pd.Series(["a"]), "Series")]  # fmt: skip
NO_LEVEL = [(95, "95"), (0, "0"), (1.0, "1.0"), ("a", "'a'"), (float("nan"), "nan"),
            (True, "True"), ([0.9], "list")]  # fmt: skip
NO_DRAWS = [(10**20, "100000000000000000000"), (-1, "-1"), (99.5, "99.5"), ("many", "'many'"),
            (True, "True"), ([9], "list")]  # fmt: skip
NO_SEED = [(-1, "-1"), (1.5, "1.5"), ("a", "'a'"), (2**64, "18446744073709551616")]
NO_TABLE = [({"a": 1}, "dict"), (5, "int"), ("text", "str"), (pd.DataFrame, "type")]
NO_OBJECT = [("robust", "'robust'"), (1, "1"), (ag.Webb, "the class Webb")]

TEXTS = {
    "value", "region", "industry", "time", "entity", "size", "flow", "output", "supplier", "user",
    "x", "y", "weight", "weights", "low", "high", "area", "population", "offset", "by", "term",
    "treatment", "outcome", "column", "count", "squared", "plants", "formula", "linear", "square",
    "variable", "unit", "cluster", "zone", "score", "firms",
}  # fmt: skip
TABLES = {"cells", "data", "points", "plants", "flows", "outputs", "sectors", "listings"}
OBJECTS = {"cov", "rule", "estimator", "model", "inference", "interval", "trade", "rules", "fit",
           "fixed", "random", "spec", "gmm", "index", "mechanism", "measure"}  # fmt: skip


def faults():
    """Yield (public name, argument, bad value, words) systematically."""
    for public, (function, _) in CALLS.items():
        for name, parameter in parameters(function).items():
            if name == "level" or name in ("range_level", "power"):
                bad = [(v, rf"{name} must lie between 0 and 1; found .*{f}.*") for v, f in NO_LEVEL]
            elif name in ("draws", "simulations"):
                bad = [(v, rf"{name} must be a whole number from . to .*; found .*{f}")
                       for v, f in NO_DRAWS]  # fmt: skip
            elif name == "seed":
                bad = [(v, rf"{name} must be a whole number .*; found {f}") for v, f in NO_SEED]
            elif (
                name in TABLES
                and (public, name) != ("variety", "sectors")
                and parameter.annotation == "object"
            ):
                bad = [(v, rf"must be a table .*; found {f}") for v, f in NO_TABLE
                       if (f != "str" or name != "plants")]  # fmt: skip
            elif (
                name in TEXTS - OWN_WORDS
                and public != "component_totals"
                and str(parameter.annotation).startswith("str")
            ):
                lists = "Sequence" in str(parameter.annotation)
                bad = [(v, rf"{name} must be a text.*; found .*{f}") for v, f in NO_TEXT
                       if not lists or f not in ("list", "Series")]  # fmt: skip
            elif name in OWN_WORDS or "Cutoff" in str(parameter.annotation):
                words = rf"{name}.* must|is unknown"  # the function names the choices
                bad = [(v, words) for v, _ in NO_OBJECT if name in OBJECTS]
            elif name in OBJECTS and parameter.annotation not in ("object", "Any"):
                bad = [(v, rf"{name} (must be|needs) an? .*; found {f}") for v, f in NO_OBJECT]
            else:
                bad = []
            for value, words in bad:
                yield public, name, value, words


CASES = list(faults())


def refused(function, call):
    with warnings.catch_warnings(), pytest.raises(AgglometricsError) as failure:
        warnings.simplefilter("ignore")
        function(**call)
    return str(failure.value)


def test_there_are_enough_cases():
    assert len(CASES) >= 300
    assert len({public for public, *_ in CASES}) >= 60


@pytest.mark.parametrize("public", sorted({public for public, *_ in CASES}))
def test_bad_arguments(public):
    function, call = CALLS[public]
    for _, name, value, words in (case for case in CASES if case[0] == public):
        said = refused(function, {**call, name: value})
        assert re.search(words, said, re.S), (name, value, said)
        assert WAY_OUT.search(said), (name, value, said)


# ---- tables -----------------------------------------------------------------------------------


def columns_of(function, call):
    """Return (argument, table, column, its role) for each column that a call names."""
    for argument, table in call.items():
        if argument in TABLES and isinstance(table, pd.DataFrame):
            of_cells = "cells" in call and argument != "cells"  # its keys are other columns
            for role in (
                ()
                if of_cells
                else (
                    "value",
                    "size",
                    "region",
                    "industry",
                    "time",
                    "flow",
                    "supplier",
                    "entity",
                )
            ):
                if isinstance(call.get(role), str) and call[role] in table:
                    yield argument, table, call[role], role
                elif role in table and role not in call and default_of(function, role) == role:
                    yield argument, table, role, role


def default_of(function, name):
    parameter = parameters(function).get(name)
    return None if parameter is None else parameter.default


def twice(table, column):
    return pd.concat([table, table[[column]]], axis=1)


def complexes(table, column):
    return table.assign(**{column: np.arange(len(table)) + 1j})


def infinite(table, column):
    return table.assign(**{column: np.r_[np.inf, np.arange(1.0, len(table))]})


def lists(table, column):
    return table.assign(**{column: pd.Series([[1]] * len(table), dtype=object, index=table.index)})


def dates(table, column):
    return table.assign(**{column: pd.Timestamp("2020-01-01")})


def absent(table, column):
    return table.drop(columns=column)


def in_the_index(table, column):
    return table.set_index(column)


SPOILT = {
    twice: "more than once",
    complexes: "complex|must be numeric|not a period",
    infinite: "infinite|must be finite|not a period",
    lists: "one label per row|must be numeric",
    absent: "not in the table",
    in_the_index: r"index is named .* reset_index|not in the table",
}


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__)
@pytest.mark.parametrize("public", sorted(CALLS))
def test_spoilt_tables(public, spoil):
    function, call = CALLS[public]
    for argument, table, column, _ in columns_of(function, call):
        said = refused(function, {**call, argument: spoil(table, column)})
        assert re.search(SPOILT[spoil], said), (argument, column, said)
        assert WAY_OUT.search(said), said


@pytest.mark.parametrize("public", sorted(CALLS))
def test_a_value_that_is_no_number(public):
    function, call = CALLS[public]
    for argument, table, column, role in columns_of(function, call):
        if role in ("value", "size", "flow"):
            said = refused(function, {**call, argument: dates(table, column)})
            assert re.search("must be numeric; found .*datetime", said), said


@pytest.mark.parametrize("public", ["concentration", "panel", "ellison_glaeser", "collapse"])
def test_an_index_named_like_a_key_changes_nothing(public):
    function, call = CALLS[public]
    for argument, table, column, _ in columns_of(function, call):
        named = table.rename_axis(index=column)
        got, right = function(**{**call, argument: named}), function(**call)
        if public == "panel":
            got, right = got.tidy(), right.tidy()
        pd.testing.assert_frame_equal(got, right)


# ---- formulas ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("y ~ ", "empty right side.*for example"),
        (" ~ x", "empty left side.*for example"),
        ("y", "must read 'outcome ~ terms'"),
        ("y ~ x ~ q", "must read 'outcome ~ terms'"),
        ("", "must read 'outcome ~ terms'"),
        ("when ~ x", "'when' must be numeric; found datetime"),
        ("y ~ nowhere", "not in the table"),
        ("y ~ x + (q", "cannot be read"),
    ],
)
@pytest.mark.parametrize("public", ["panel", "iv", "poisson", "oster", "threshold_panel"])
def test_formulas(public, formula, words):
    function, call = CALLS[public]
    data = rows().assign(when=datetime.datetime(2020, 1, 1))
    if public == "iv" and formula.count("~") == 1 and formula.strip() != "y ~":
        formula += " [x ~ z]" if formula.endswith(" ") else " + [x ~ z]"
    said = refused(function, {**call, "formula": formula, "data": data})
    assert said.strip()
    if public == "panel":
        assert re.search(words, said), said


@pytest.mark.parametrize("name", ["log", "C", "exp", "I"])
def test_a_column_named_like_a_function(name):
    """It does not hide the function; called for both, it is refused with the way out."""
    data = rows().assign(x=lambda d: d["x"].abs() + 1, **{name: 2.0})
    call = {"log": "log(x)", "C": "C(g)", "exp": "exp(q)", "I": "I(x**2)"}[name]
    got = ag.panel(f"y ~ {call}", data).params
    np.testing.assert_array_equal(got, ag.panel(f"y ~ {call}", data.drop(columns=name)).params)
    said = refused(ag.panel, {"formula": f"y ~ {call} + `{name}`", "data": data})
    assert re.search(rf"column {name!r} has the name of a function.*Rename", said), said
