"""The ledger: agreement by fixed rules, evidence joined once, undated shares searched."""

import numpy as np
import pandas as pd
import pytest

from agglometrics.errors import InputError
from hunan.claims.agreement import Bound, Tolerance, agreement, rounding_unit
from hunan.claims.dates import best_dates, date_search
from hunan.claims.ledger import build_ledger
from hunan.claims.propositions import fact_verdict, proposition_answer, sign_verdict

POINT = Tolerance(1.0)
FIVE_PERCENT = Tolerance(0.05, relative=True)


@pytest.mark.parametrize(
    ("printed", "relation", "computed", "tolerance", "expected"),
    [
        ("14.62", "=", 14.6249, POINT, "within rounding"),
        ("14.62", "=", 14.6151, POINT, "within rounding"),
        ("14.62", "=", 14.6251, POINT, "within tolerance"),
        ("14.62", "=", 13.63, POINT, "within tolerance"),
        ("14.62", "=", 13.61, POINT, "not"),
        ("6600", ">", 6599.6, FIVE_PERCENT, "within rounding"),
        ("6600", ">", 6699.4, FIVE_PERCENT, "within rounding"),
        ("6600", ">", 6806.0, FIVE_PERCENT, "within tolerance"),
        ("6600", ">", 7100.0, FIVE_PERCENT, "not"),
        ("6600", ">", 6500.0, FIVE_PERCENT, "within tolerance"),
        ("7", "=", 5.8, Bound("lower"), "consistent with a bound"),
        ("7", "=", 7.4, Bound("lower"), "consistent with a bound"),
        ("7", "=", 7.6, Bound("lower"), "not"),
        ("200", ">=", 896.9, Bound("upper"), "consistent with a bound"),
        ("200", ">=", 150.0, Bound("upper"), "not"),
        ("6600", ">", 6000.0, FIVE_PERCENT, "not"),
        ("4", "<", 3.2, POINT, "within rounding"),
        ("4", "<", 5.2, POINT, "not"),
        ("20-30", "range", 25.0, POINT, "within rounding"),
        ("20-30", "range", 31.0, POINT, "within tolerance"),
        ("20-30", "range", 18.0, POINT, "not"),
        ("37", "=", float("nan"), POINT, "not applicable"),
    ],
)
def test_agreement(
    printed: str, relation: str, computed: float, tolerance: Tolerance | Bound, expected: str
) -> None:
    assert agreement(printed, relation, computed, tolerance) == expected


def test_agreement_refuses_an_unknown_relation() -> None:
    with pytest.raises(InputError, match="relation 'about' is unknown; choose one of"):
        agreement("37", "about", 37.0, POINT)


def test_rounding_unit_is_half_of_the_last_printed_digit() -> None:
    assert rounding_unit("9.4") == pytest.approx(0.05)
    assert rounding_unit("1441") == pytest.approx(0.5)


@pytest.fixture
def claims() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "claim_id": ["C1", "C2", "P1"],
            "testability": ["same", "none", "proposition"],
            "relation": ["=", "=", "claim"],
            "value": ["37", "12", "positive"],
        }
    )


@pytest.fixture
def evidence() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "claim_id": ["C1"],
            "computed": [36.7],
            "tolerance": [POINT],
            "base": ["city GDP over province GDP"],
            "date": ["2007"],
            "flags": ["several readings"],
            "evidence": ["city_gdp"],
        }
    )


def test_ledger_has_every_claim_once_and_judges_those_with_evidence(
    claims: pd.DataFrame, evidence: pd.DataFrame
) -> None:
    ledger = build_ledger(claims, evidence).set_index("claim_id")
    assert list(ledger.index) == ["C1", "C2", "P1"]
    assert list(ledger["agreement"]) == ["within rounding", "not applicable", "not applicable"]
    assert ledger.loc["C1", "tolerance"] == "1"
    assert list(ledger.loc[["C2", "P1"], "evidence"]) == ["", ""]


def test_ledger_refuses_unknown_and_repeated_claims_and_flags(
    claims: pd.DataFrame, evidence: pd.DataFrame
) -> None:
    with pytest.raises(InputError, match="lacks: 'C9'"):
        build_ledger(claims, evidence.assign(claim_id="C9"))
    with pytest.raises(InputError, match="twice on 'C1'"):
        build_ledger(claims, pd.concat([evidence, evidence]))
    with pytest.raises(InputError, match="flags 'wrong' are unknown"):
        build_ledger(claims, evidence.assign(flags="wrong"))
    with pytest.raises(InputError, match="testability 'maybe' is unknown"):
        build_ledger(claims.assign(testability="maybe"), evidence)


def test_date_search_finds_the_true_date_and_leaves_out_incomplete_ones() -> None:
    claimed = pd.Series({"a": 50.0, "b": 30.0, "c": 20.0})
    shares = {2001: [49.0, 31.0, 20.0], 2002: [50.0, 30.0, 20.0], 2003: [30.0, 40.0, 30.0]}
    rows = [
        {"source": "s", "time": time, "region": region, "share": share}
        for time, values in shares.items()
        for region, share in zip("abc", values, strict=True)
    ]
    rows.append({"source": "s", "time": 2004, "region": "a", "share": 50.0})
    search = date_search(claimed, pd.DataFrame(rows))
    assert list(search["time"]) == [2001, 2002, 2003]
    assert list(search["ranks_agree"]) == [True, True, False]
    # by hand for 2001: differences -1, 1, 0
    assert search["rms_difference"].iloc[0] == pytest.approx(np.sqrt(2 / 3))
    assert search["largest_difference"].iloc[0] == pytest.approx(1.0)
    assert search["gap_to_first"].iloc[0] == pytest.approx(
        np.sqrt(((31 / 49 - 0.6) ** 2 + (20 / 49 - 0.4) ** 2) / 3)
    )
    assert (best_dates(search)["time"] == 2002).all()


def test_date_search_names_a_region_that_no_candidate_has() -> None:
    candidates = pd.DataFrame({"source": ["s"], "time": [1], "region": ["a"], "share": [1.0]})
    with pytest.raises(InputError, match="claimed regions 'b'"):
        date_search(pd.Series({"a": 1.0, "b": 2.0}), candidates)


@pytest.mark.parametrize(
    ("estimate", "p_value", "expected", "sturdy", "answer"),
    [
        (0.3, 0.01, 1, True, "found"),
        (0.3, 0.01, 1, False, "found, not in every variant"),
        (0.3, 0.01, -1, True, "the opposite found"),
        (-0.3, 0.01, -1, True, "found"),
        (-0.3, 0.05, -1, True, "not found"),
    ],
)
def test_propositions_are_answered_by_a_rule(
    estimate: float, p_value: float, expected: int, sturdy: bool, answer: str
) -> None:
    found = proposition_answer(estimate, p_value, expected=expected, sturdy=sturdy)  # type: ignore[arg-type]
    assert found == answer


def test_a_proposition_needs_an_estimate() -> None:
    with pytest.raises(InputError, match="answered by an estimate and its p-value"):
        proposition_answer(float("nan"), 0.1, expected=1, sturdy=True)


FOUND, WITHIN, NOT = "found", "none within the bounds", "not found"


@pytest.mark.parametrize(
    ("answers", "turned", "expected"),
    [
        ([FOUND, FOUND], [], "holds"),
        ([FOUND, FOUND], ["1"], "cannot be told"),
        ([FOUND, WITHIN], [], "holds in part"),
        ([FOUND, WITHIN], ["0"], "cannot be told"),
        ([FOUND, NOT], [], "cannot be told"),
        ([FOUND, "found, not in every variant"], [], "cannot be told"),
        ([WITHIN, WITHIN], [], "does not hold"),
        (["the opposite found", WITHIN], [], "does not hold"),
        (["the opposite found", NOT], [], "cannot be told"),
        ([NOT], [], "cannot be told"),
    ],
)
def test_verdicts_on_signs(answers: list[str], turned: list[str], expected: str) -> None:
    by_outcome = {str(n): words for n, words in enumerate(answers)}
    assert sign_verdict(by_outcome, turned) == expected
    backwards = dict(reversed(by_outcome.items()))
    assert sign_verdict(backwards, turned[::-1]) == expected


def test_a_verdict_on_a_sign_needs_the_answers_that_it_names() -> None:
    with pytest.raises(InputError, match=r"answers on \[\]"):
        sign_verdict({})
    with pytest.raises(InputError, match=r"turned \['wages'\]"):
        sign_verdict({"growth": FOUND}, ["wages"])


def test_verdicts_on_facts() -> None:
    assert fact_verdict({"2007": True, "2017": True}) == "holds"
    assert fact_verdict({"2007": True, "2017": False}) == "holds in part"
    assert fact_verdict({"2007": False, "2017": False}) == "does not hold"
    with pytest.raises(InputError, match="found none"):
        fact_verdict({})
