from dataclasses import replace
from inspect import signature

import numpy as np
import pytest

from agglometrics import InputError
from agglometrics.inference.estimates import Covariance, Estimates
from agglometrics.labels import as_labels
from agglometrics.report.columns.terms import term_text
from agglometrics.report.compare import Stars, compare


def fit(terms, params, errors, **statistics):
    covariance = Covariance(np.diag(np.square(errors)), "robust")
    return Estimates(terms, np.array(params), covariance, "output", "OLS", 1722, statistics)


ONE = fit(("x", "z"), [-0.5961, 2.0], [0.1141, 1.5])
TWO = fit(("x", "w"), [0.25, 1.0], [0.1, 0.5], r_squared=0.4567)


def test_by_hand():
    # x: -.5961 (.1141) |t| 5.2; z: 2 (1.5) 1.33; x in two: 2.5, p .0124; w: 2, p .0455
    table = compare(ONE, TWO, stars=Stars(), fmt=".2f", statistics=["n_obs", "r_squared"])
    assert table.columns == ("", "(1)", "(2)")
    assert table.rows == (
        ("x", "−0.60***", "0.25**"),
        ("", "(0.11)", "(0.10)"),
        ("z", "2.00", ""),
        ("", "(1.50)", ""),
        ("w", "", "1.00**"),
        ("", "", "(0.50)"),
        ("Observations", "1,722", "1,722"),
        ("r_squared", "", "0.46"),
    )
    assert table.notes == (
        "Standard errors in parentheses.",
        "* p < 0.1, ** p < 0.05, *** p < 0.01",
    )


def test_no_stars_unless_asked():
    table = compare(ONE, TWO)
    assert not any("*" in cell for row in table.rows for cell in row)
    assert table.notes == ("Standard errors in parentheses.",)


def test_terms_in_order_of_appearance_or_as_asked():
    assert [row[0] for row in compare(ONE, TWO).rows[:6:2]] == ["x", "z", "w"]
    assert [row[0] for row in compare(ONE, TWO, terms=["w", "x"]).rows[:4:2]] == ["w", "x"]


def test_a_rule_stands_above_the_statistics():
    table = compare(ONE, TWO)
    assert table.rules == (6,)
    assert table.rows[6] == ("Outcome", "output", "output")


def test_the_same_numbers_as_tidy():
    table = compare(TWO, fmt=".17g")
    tidy = TWO.tidy()
    shown = [float(row[1]) for row in table.rows[0:4:2]]
    assert shown == tidy["estimate"].tolist()
    assert [float(row[1].strip("()")) for row in table.rows[1:4:2]] == tidy["std_error"].tolist()


def test_chinese():
    assert "观测数" in [row[0] for row in compare(ONE, lang="zh").rows]


def test_a_list_of_estimates_is_taken_apart():
    assert compare([ONE, TWO], names=["a", "b"]) == compare(ONE, TWO, names=["a", "b"])


def test_labels_are_no_part_of_the_signature():
    assert len(str(signature(compare))) < 500


@pytest.mark.parametrize("wrong", [ONE.tidy(), [ONE, ONE.tidy()], Estimates, "fit"])
def test_what_is_no_estimate_is_refused_with_the_way_out(wrong):
    with pytest.raises(InputError, match=r"compare takes estimates, such as compare\(fit\).*found"):
        compare(wrong)


@pytest.mark.parametrize("stars", [[0.1], True, Stars])
def test_stars_are_asked_for_by_name(stars):
    with pytest.raises(InputError, match=r"stars must be Stars\(\.\.\.\), such as.*found"):
        compare(ONE, stars=stars)


def test_errors():
    with pytest.raises(InputError, match="at least one estimate"):
        compare()
    with pytest.raises(InputError, match="names must be 2, one for each model; found 1"):
        compare(ONE, TWO, names=["a"])
    with pytest.raises(InputError, match=r"terms \['q'\] are in no estimate; there are 'x', 'z'"):
        compare(ONE, terms=["q"])
    with pytest.raises(InputError, match=r"statistics \['aic'\] are in no estimate"):
        compare(ONE, statistics=["aic"])
    with pytest.raises(InputError, match=r"effects \['i'\].*there are none. Leave effects= out"):
        compare(ONE, effects=["i"])


def test_what_is_usual_for_each_kind_of_model():
    facts = {"n_instruments": 15.0, "hansen": 5.99, "hansen_p": 0.74, "m1_p": 0.09, "m2_p": 0.22}
    shown = compare(fit(("x",), [1.0], [0.5], r2=0.25), fit(("x",), [1.0], [0.5], **facts))
    found = {row[0]: row[1:] for row in shown.rows[2:]}
    assert found == {
        "Outcome": ("output", "output"),
        "Standard errors": ("robust", "robust"),
        "Observations": ("1,722", "1,722"),
        "R-squared": ("0.250", ""),
        "Instruments": ("", "15"),
        "Hansen test (p)": ("", "0.740"),
        "AR(1) test (p)": ("", "0.090"),
        "AR(2) test (p)": ("", "0.220"),
    }


def test_effects_are_yes_or_no_in_the_order_asked_for():
    both = [replace(ONE, effects=("firm", "year")), replace(TWO, effects=("year",)), ONE]
    rows = compare(both, labels={"firm": "Firm"}, statistics=[]).rows[6:]
    assert rows == (("Firm effects", "Yes", "No", "No"), ("year effects", "Yes", "Yes", "No"))
    assert compare(both, effects=["year"], statistics=[]).rows[6:] == rows[1:]
    assert compare(both, effects=[], statistics=[]).rows[6:] == ()
    assert compare(both, lang="zh", effects=["year"]).rows[7] == ("year固定效应", "是", "是", "否")


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("Intercept", "Constant"),
        ("C(year)[T.2001]", "Year = 2001"),
        ("C(year, contr.treatment(base=2000))[T.2001]", "Year = 2001"),
        ("year[T.2001]", "Year = 2001"),
        ("year::2001", "Year = 2001"),
        ("x:z", "x × z"),
        ("C(year)[T.2001]:log(x)", "Year = 2001 × log(x)"),
        ("i(year, treated, ref=-1)[2]", "Year = 2 × treated"),
        ("i(year, ref=-1)[-2]", "Year = -2"),
        ("`R&D: all`", "R&D: all"),
        ("x[low]", "x[low]"),
        ("lag(x, 2)", "lag(x, 2)"),
    ],
)
def test_terms_in_words(term, text):
    assert term_text(term, "en", as_labels({"year": "Year"})) == text


def test_a_label_of_the_whole_term_comes_first():
    labels = as_labels({"x:z": "Interaction", "x": "Output"})
    assert term_text("x:z", "en", labels) == "Interaction"
    assert term_text("x:q", "en", labels) == "Output × q"
