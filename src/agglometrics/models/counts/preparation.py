"""The rows and terms that a Poisson regression can use, and notes on the others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from agglometrics.errors import IdentificationError, InputError
from agglometrics.linalg.demeaning import demean
from agglometrics.linalg.least_squares import judge
from agglometrics.models.counts.separation import keep_without_zero_groups, separated_rows
from agglometrics.models.design import Design, refuse_empty, refuse_no_terms
from agglometrics.models.estimators import dropped_notes, imprecise_notes, level_of
from agglometrics.tables.codes import recode


def _select(design: Design, keep: np.ndarray[Any, Any], note: str) -> Design:
    """Return `design` at the rows to keep, with a note on the others."""
    if keep.all():
        return design
    at = np.flatnonzero(keep)
    return replace(
        design,
        y=design.y[at],
        X=design.X[at],
        weights=None if design.weights is None else design.weights[at],
        effects=tuple(recode(codes[at]) for codes in design.effects),
        sample=design.sample.take(at),
        notes=(*design.notes, f"{len(keep) - len(at)} rows left out: {note}"),
    )


def _check_outcome(design: Design) -> None:
    negative = int((design.y < 0).sum())
    if negative:
        raise InputError(
            f"outcome {design.outcome!r} must not be negative; found {negative} negative rows. "
            "Poisson models counts and other non-negative amounts: use panel() for this one."
        )
    if not design.y.any():
        raise IdentificationError(
            f"outcome {design.outcome!r} is zero in every row used. "
            "Choose rows in which something is counted."
        )


def prepare(design: Design) -> tuple[Design, tuple[str, ...]]:
    """Return the design without separated rows and without terms that are not identified."""
    _check_outcome(design)
    refuse_no_terms(design)
    while True:
        stay = keep_without_zero_groups(design.y, design.effects)
        design = _select(design, stay, "an absorbed group's outcomes are all zero (separation)")
        within, level = demean(design.X, design.effects), level_of(design, design.X, None)
        raw = design.X if design.effects else None
        found = judge(within, raw, level)
        kept = found.kept
        separated = separated_rows(design.y, design.X[:, kept], design.effects)
        if not separated.any():
            break
        which = "the terms and effects" if design.effects else "the terms"
        note = f"{which} predict their zeros perfectly (separation)"
        design = _select(design, ~separated, note)
    reasons = {design.terms[k]: reason for k, reason in found.why.items()}
    terms = tuple(design.terms[k] for k in kept)
    refuse_empty(terms, reasons)
    notes = dropped_notes(reasons) + imprecise_notes(terms, found.times[kept])
    return replace(design, X=design.X[:, kept], terms=terms), notes
