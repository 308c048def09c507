"""Absorbed slopes: ``absorb=["region[time]"]``, an effect and a slope in time for each region.

The slopes are regressors like others, in front of those of the formula, so that they enter every
covariance and the count of parameters; they are only not reported.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from agglometrics.errors import InputError
from agglometrics.inference.display.by_term import by_term
from agglometrics.inference.estimates import Covariance
from agglometrics.models.design import Design, build
from agglometrics.models.regression import Regression
from agglometrics.tables import to_frame
from agglometrics.tables.codes import n_levels

MOST_SLOPES = 2000
SLOPE = re.compile(r"(?P<group>[^\[\]]+)\[(?P<slope>[^\[\]]+)\]")


def split_slopes(
    absorb: Sequence[str] | str | None, columns: Sequence[str]
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return the effects and the slopes (group, variable) that ``absorb=`` names.

    ``region[time]`` includes the effects of region too, as in fixest; a column of exactly that
    name counts as a column.
    """
    names = () if absorb is None else (absorb,) if isinstance(absorb, str) else tuple(absorb)
    effects: list[str] = [name for name in names if name in columns or not SLOPE.fullmatch(name)]
    slopes = []
    for name in names:
        found = SLOPE.fullmatch(name)
        if found is None or name in columns:
            continue
        slopes.append((found["group"], found["slope"]))
        if found["group"] not in effects:
            effects.append(found["group"])
    return tuple(effects), tuple(slopes)


def build_with_slopes(
    formula: str, data: object, *, absorb: Sequence[str] | str | None, extra: Sequence[str] = (),
    **keys: Any,
) -> Design:  # fmt: skip
    """Return the design of a formula, absorbed slopes among its terms and named in `hidden`."""
    frame = to_frame(data)
    effects, slopes = split_slopes(absorb, list(frame.columns))
    more = [*extra, *(variable for _, variable in slopes)]
    design = build(formula, frame, absorb=effects or None, extra=more, **keys)
    return with_slopes(design, slopes) if slopes else design


def with_slopes(design: Design, slopes: Sequence[tuple[str, str]]) -> Design:
    """Return the design with a column for the slope of each group in front."""
    columns, names = [], []
    for group, variable in slopes:
        codes = design.sample.codes(group)
        values = design.sample.numbers(variable)
        G = n_levels(codes)
        if G > MOST_SLOPES:
            raise InputError(
                f"absorb= takes slopes of at most {MOST_SLOPES} groups; {group!r} has {G}. Use "
                "coarser groups, or FirstDifference() for unit trends."
            )
        mean = np.bincount(codes, values) / np.bincount(codes)
        columns.append(np.where(codes[:, None] == np.arange(G), (values - mean[codes])[:, None], 0))
        names += [f"{group}[{g}]:{variable}" for g in range(G)]
    X = np.column_stack([*columns, design.X])
    said = tuple(f"{group}[{variable}]" for group, variable in slopes)
    terms, sources = (*names, *design.terms), ("",) * len(names) + design.sources
    return replace(design, X=X, terms=terms, slopes=said, hidden=frozenset(names), sources=sources)


def hide(fit: Regression, hidden: frozenset[str]) -> Regression:
    """Return the regression without the terms and notes of absorbed slopes."""
    if not hidden:
        return fit
    keep = [k for k, term in enumerate(fit.terms) if term not in hidden]
    quiet = {f"term {name!r}" for name in hidden}
    return replace(
        fit,
        terms=tuple(fit.terms[k] for k in keep),
        params=by_term(fit.params[keep], [fit.terms[k] for k in keep]),
        covariance=_shown(fit.covariance, keep),
        statistics={k: v for k, v in fit.statistics.items() if k != "r2_within"},
        notes=tuple(note for note in fit.notes if not any(note.startswith(q) for q in quiet)),
        recompute=partial(_recomputed, fit.recompute, keep),
    )


def _recomputed(recompute: Any, keep: list[int], spec: Any) -> Covariance:
    return _shown(recompute(spec), keep)


def _shown(covariance: Covariance, keep: list[int]) -> Covariance:
    def part(values: Any) -> Any:
        return None if values is None else values[keep]

    return replace(
        covariance,
        matrix=covariance.matrix[np.ix_(keep, keep)],
        dfs=part(covariance.dfs),
        p_values=part(covariance.p_values),
    )
