"""Formulas on tables as they come: names, types, lags, and what no number can be made of."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agglometrics import Gmm, Homoskedastic, dynamic_panel, from_columns, panel, predict
from agglometrics.errors import InputError


def table(seed: int = 0, n: int = 30) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x, z, e = rng.normal(size=(3, n))
    unit, time = np.divmod(np.arange(n), 5)
    return pd.DataFrame({"unit": unit, "time": time, "x": x, "z": z, "y": x - z + e})


def params(formula: str, data: object, **said: object) -> np.ndarray:
    return panel(formula, data, cov=Homoskedastic(), **said).params


@pytest.mark.parametrize("name", ["first.treat", "R&D", "GDP per head", "sec.x.y"])
def test_any_name_of_a_column_will_do(name):
    data = table()
    renamed = data.rename(columns={"x": name})
    assert params(from_columns("y", [name, "z"]), renamed) == pytest.approx(
        params("y ~ x + z", data), rel=1e-12
    )
    holes = renamed.assign(**{name: renamed[name].where(data.index > 3)})
    assert panel(from_columns("y", [name]), holes).n_obs == 26


def test_numbers_are_numbers_whatever_holds_them():
    polars = pytest.importorskip("polars")
    data = table()
    truth = params("y ~ x + z", data, absorb="unit")
    shapes = [data.astype(object), data.convert_dtypes(), polars.from_pandas(data)]
    shapes += [data.convert_dtypes(dtype_backend="pyarrow"), data.set_index(data.index // 2)]
    shapes += [data.sample(frac=1, random_state=0), data.assign(unit="u" + data.unit.astype(str))]
    shapes += [data.assign(unit=data.unit.astype("category"))]
    for shape in shapes:
        assert params("y ~ x + z", shape, absorb="unit") == pytest.approx(truth, rel=1e-12)


def test_what_no_number_can_be_made_of_is_refused_in_words_alone():
    data = table().assign(w=lambda d: np.abs(d.x) + 1)
    data.loc[[4, 7], "w"] = -1.0
    data.loc[9, "w"] = np.nan
    keys = {"entity": "unit", "time": "time"}
    two = r"gives no number in 2 rows whose values are known .* first at positions 4, 7\."
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for formula in ("y ~ log(w)", "y ~ np.sqrt(w)", "log(w) ~ x", "y ~ lag(log(w))"):
            with pytest.raises(InputError, match=two):
                panel(formula, data, **keys)
        with pytest.raises(InputError, match=two):
            dynamic_panel("y ~ lag(y)", data, gmm=[Gmm("log(w)")], **keys)
        with pytest.raises(InputError, match=r"'log\(w\)' is infinite in 1 rows .* positions 5\."):
            panel("y ~ log(w)", data.assign(w=data.w.abs().where(data.index != 5, 0.0)))
    assert panel("y ~ log(w)", data.assign(w=data.w.where(data.w > 0))).n_obs == 27


def test_lags_of_lags_and_of_unknown_values_are_left_out():
    data = table()
    keys = {"entity": "unit", "time": "time", "cov": Homoskedastic()}
    twice = panel("y ~ lag(lag(x)) + z", data, **keys)
    once = panel("y ~ lag(x, 2) + z", data, **keys)
    assert twice.params == pytest.approx(once.params, rel=1e-12)
    assert twice.n_obs == 18
    # x of 2 is unknown at time 1: its lag at time 2 too, beside the six first periods
    unknown = panel("y ~ lag(x)", data.assign(x=data.x.where(data.index != 11)), **keys)
    assert unknown.n_obs == 30 - 6 - 1


def test_errors_say_what_to_do():
    data = table()
    with pytest.raises(InputError, match=r"cannot be read: .* name 'lg' is not defined"):
        panel("y ~ lg(x)", data)
    with pytest.raises(InputError, match=r"columns \['q'\] are not in the table"):
        panel("y ~ log(q)", data)
    with pytest.raises(InputError, match="must have one numeric outcome; found 'y', 'z'"):
        panel("y + z ~ x", data)


def strange() -> pd.DataFrame:
    """Return columns that can be no regressor as they stand, beside two that can."""
    x = np.random.default_rng(3).normal(size=12)
    days = pd.Timestamp("2000-01-01") + pd.to_timedelta(np.arange(12), unit="D")
    return pd.DataFrame(
        {"y": x**2, "x": x, "x.1": x**3, "dates": days, "lengths": days - days[0],
         "months": pd.PeriodIndex(days, freq="M"), "waves": x + 1j, "lists": [[1, 2]] * 12,
         "days": [day.date() for day in days], "Intercept": x}
    )  # fmt: skip


@pytest.mark.parametrize("name", ["dates", "lengths", "months", "waves", "lists", "days"])
def test_columns_that_are_no_numbers_are_refused_by_name(name):
    with pytest.raises(InputError, match=rf"column '{name}' of .* must be numeric or text; found"):
        panel(f"y ~ {name}", strange(), cov=Homoskedastic())


def test_a_column_named_like_the_constant_is_refused():
    with pytest.raises(InputError, match=r"'Intercept' .* name of the constant\. Rename"):
        panel("y ~ Intercept", strange(), cov=Homoskedastic())


@pytest.mark.parametrize("formula", ["y ~ `x.1`", "y ~ x.1"])
def test_a_name_with_a_point_beside_its_beginning(formula):
    plain = strange().assign(cube=lambda d: d["x.1"])
    found = panel(formula, plain, cov=Homoskedastic())
    assert found.terms == ("Intercept", "x.1")
    assert found.params == pytest.approx(panel("y ~ cube", plain, cov=Homoskedastic()).params)
    both = panel(f"{formula} + x", plain, cov=Homoskedastic())
    assert both.params == pytest.approx(panel("y ~ cube + x", plain, cov=Homoskedastic()).params)


def test_a_column_with_a_point_does_not_drop_rows_of_a_formula_without_it():
    holes = strange().assign(**{"x.1": np.nan})
    assert panel("y ~ x", holes, cov=Homoskedastic()).n_obs == 12


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("y ~ 1/x", r"'1/x' .* no division.*Write I\(1 / x\)"),
        ("y ~ x + 2 / x", r"'2 / x' .* no division"),
        ("y ~ x:x", r"'x:x' .* itself.*I\(x\*\*2\)"),
        ("y ~ x + x * x", r"'x \* x' .* itself.*I\(x\*\*2\)"),
        ("y ~ x^0.5", r"'x\^0\.5' .*Write I\(x\*\*0\.5\)"),
        ("y ~ C(lists)", r"cannot be evaluated on this table: TypeError.*one value per row"),
    ],
)
def test_terms_that_would_vanish_are_refused(formula, words):
    with pytest.raises(InputError, match=words):
        panel(formula, strange(), cov=Homoskedastic())


@pytest.mark.parametrize("formula", ["y ~ x + I(1 / x)", "y ~ x:xx", "y ~ x*xx", "y ~ xx/x"])
def test_terms_that_look_like_these_are_read(formula):
    data = strange().assign(xx=lambda d: d.x**2)
    assert len(panel(formula, data, cov=Homoskedastic()).terms) > 1


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ x - z",
        "y ~ x - lag(x)",
        "y ~ -x",
        "y ~ z + (x - z)",
        "y ~ z - x + x",
        "y ~ 1 - x",
        "y ~ x - C(time)",
        "y - lag(y) ~ x",
        "y - 1 ~ x",
        "-y ~ x",
    ],
)
def test_a_minus_that_is_no_difference_is_refused(formula):
    # '-' takes terms away: y ~ x - z was read as y ~ x, and y - lag(y) ~ x as y ~ x
    with pytest.raises(InputError, match=r"Write '?I\("):
        panel(formula, table(), entity="unit", time="time")


@given(st.lists(st.tuples(st.sampled_from("+-"), st.sampled_from(["x", "z", "x:z", "1"]))))
@settings(max_examples=40, deadline=None)
def test_signed_sums_are_read_as_sets_or_refused(parts):
    held, lost = {"1": None, "z": None}, False
    for sign, term in parts:
        if sign == "+":
            held[term] = None
        else:
            lost |= term != "1" and term not in held
            held.pop(term, None)
    formula = "y ~ 1 + z" + "".join(f" {sign} {term}" for sign, term in parts)
    if lost:
        with pytest.raises(InputError, match="does not stand before it"):
            panel(formula, table())
    elif held:
        names = {"Intercept" if term == "1" else term for term in held}
        assert set(panel(formula, table(), cov=Homoskedastic()).terms) == names


def test_differences_and_dropped_terms_are_read():
    data = table().assign(d=lambda t: t.x - t.z)
    assert params("y ~ I(x - z)", data) == pytest.approx(params("y ~ d", data), rel=1e-12)
    assert params("y ~ x*z - x:z", data) == pytest.approx(params("y ~ x + z", data), rel=1e-12)
    assert panel("y ~ x + z - 1", data).terms == ("x", "z")
    assert panel("y ~ `a-b`", data.rename(columns={"x": "a-b"})).terms == ("Intercept", "a-b")


def test_an_outcome_that_explains_itself_and_lags_of_texts_are_refused():
    data = table().assign(f=list("ab") * 15)
    with pytest.raises(InputError, match=r"both sides.*write lag\(y\)"):
        panel("y ~ x + y", data)
    with pytest.raises(InputError, match=r"column of numbers; found 'a'.*get_dummies"):
        panel("y ~ lag(f)", data, entity="unit", time="time")


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "int64", "Int8"])
@pytest.mark.parametrize(
    "right", ["I(q**2)", "I(q * 200)", "I(q - 90)", "q:2", "x + q:q2", "np.square(q)", "I(q**9)"]
)
def test_whole_numbers_of_few_bits_are_computed_with_as_floats(dtype, right):
    # of 8 bits 100**2 wraps round to 16: files of Stata hold them
    data = table().assign(q=lambda d: 80.0 + d.unit * 5 + d.time, q2=lambda d: d.time + 100.0)
    whole = data.assign(q=data.q.astype(dtype), q2=data.q2.astype(dtype))
    expected = params(f"y ~ {right}", data)
    assert params(f"y ~ {right}", whole) == pytest.approx(expected, rel=1e-9)
    fit = panel(f"y ~ {right}", whole)
    assert predict(fit, whole.head(4)).to_numpy() == pytest.approx(
        predict(fit, data.head(4)).to_numpy(), rel=1e-9
    )


def test_categories_and_bits_of_whole_numbers_stay_whole():
    data = table().assign(q=lambda d: (d.time + 100).astype("int8"))
    assert panel("y ~ C(q)", data).terms[1] == "C(q)[T.101]"
    assert panel("y ~ I(q & 1)", data).terms[1] == "I(q & 1)"


def test_numbers_with_a_word_among_them_are_no_categories():
    data = table().assign(k=lambda d: [*d.time[:-1], "n/a"])
    with pytest.raises(InputError, match=r"numbers and texts \(first 'n/a'\).*to_numeric"):
        panel("y ~ k", data)
    assert len(panel("y ~ C(k)", data.assign(k=data.k.astype(str))).terms) == 6
