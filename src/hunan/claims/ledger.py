"""A ledger of published claims: each judged against a computed value, by rules fixed beforehand.

A claim is judged on two axes. *Testability* says what the open data allow: ``same`` concept,
a ``proxy``, an ``internal`` check against the text's other numbers, ``none``, or a
``definition``, ``event`` or ``proposition``. *Agreement* says how the computed value compares.
"""

from __future__ import annotations

import math

import pandas as pd

from agglometrics.errors import InputError
from agglometrics.tables import listed
from hunan.claims.agreement import Agreement, Bound, Tolerance, agreement

TESTABILITY = ("same", "proxy", "internal", "none", "definition", "event", "proposition")
FLAGS = ("misdated", "internal tension", "several readings", "proxy only")


def build_ledger(claims: pd.DataFrame, evidence: pd.DataFrame) -> pd.DataFrame:
    """Join claims with the evidence on them, one row per claim, and judge each.

    Parameters
    ----------
    claims : claim_id, testability, relation, value (as printed), ...
    evidence : claim_id, computed, tolerance (a `Tolerance` or `Bound`), base, date,
        flags, evidence; a claim without a row has no evidence

    Returns
    -------
    `claims` with agreement, flags, computed, tolerance, base, date and evidence

    Raises
    ------
    InputError
        For evidence on an unknown claim or twice on one, an unknown testability or flag.
    """
    _check(claims, evidence)
    ledger = claims.merge(evidence, on="claim_id", how="left", validate="one_to_one")
    ledger["agreement"] = [
        _judge(str(value), str(relation), computed, tolerance)
        for value, relation, computed, tolerance in zip(
            ledger["value"],
            ledger["relation"],
            ledger["computed"].astype("float64"),
            ledger["tolerance"],
            strict=True,
        )
    ]
    texts = ["flags", "base", "date", "evidence", "tolerance"]
    ledger[texts] = ledger[texts].map(lambda cell: "" if _unknown(cell) else str(cell))
    return ledger


def _judge(printed: str, relation: str, computed: float, tolerance: object) -> Agreement:
    """Judge where a tolerance was fixed; elsewhere there is nothing to compare."""
    if not isinstance(tolerance, Tolerance | Bound):
        return "not applicable"
    return agreement(printed, relation, computed, tolerance)


def _unknown(cell: object) -> bool:
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def _check(claims: pd.DataFrame, evidence: pd.DataFrame) -> None:
    unknown = sorted(set(evidence["claim_id"]) - set(claims["claim_id"]))
    if unknown:
        raise InputError(f"evidence on claims that the table of claims lacks: {listed(unknown)}.")
    twice = sorted(evidence.loc[evidence["claim_id"].duplicated(), "claim_id"])
    if twice:
        raise InputError(f"evidence given twice on {listed(twice)}; a claim has one judgement.")
    odd = sorted(set(claims["testability"]) - set(TESTABILITY))
    if odd:
        raise InputError(f"testability {listed(odd)} is unknown; choose from {TESTABILITY}.")
    flags = {flag for cell in evidence["flags"] for flag in str(cell).split("; ") if flag}
    if flags - set(FLAGS):
        raise InputError(f"flags {listed(sorted(flags - set(FLAGS)))} are unknown; use {FLAGS}.")
