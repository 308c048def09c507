"""From a formula's rows to a balanced panel on its map, and its identified regressors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import IdentificationError, InputError
from agglometrics.linalg.least_squares import identified
from agglometrics.models.design import Design, refuse_empty
from agglometrics.models.formulas import CONSTANT
from agglometrics.models.spatial.jacobian import jacobian
from agglometrics.models.spatial.layout import Layout
from agglometrics.models.spatial.specifications import SpatialDurbin, SpatialModel
from agglometrics.notation import Array, Codes
from agglometrics.space.weights import islands, row_standardized, weights_matrix
from agglometrics.tables import listed


def balanced(
    design: Design, weights: object, entity: str, time: str, order: Codes
) -> tuple[Layout, Array]:
    """Return the balanced panel on its map, and its regressors (T, N, K) before demeaning."""
    sample = design.sample
    regions = sorted(sample.column(entity).unique())
    N, T = len(regions), sample.column(time).nunique()
    _require_balanced(sample.column(entity), N, T)
    W = weights_matrix(weights, regions)
    units, periods = entity in design.effect_names, time in design.effect_names
    within = partial(_within, units, periods)
    spatial_lag = partial(_within_lag, units, periods, W)
    y = design.y[order].reshape(T, N)
    X = design.X[order].reshape(T, N, -1)
    at = Layout(within(y), within(X), spatial_lag(y), jacobian(W), T - units, periods, spatial_lag)
    return at, X


def _within(units: bool, periods: bool, v: Array) -> Array:
    """Return v (T, N, ...) less its means over time and over regions, as asked."""
    v = v - v.mean(axis=0, keepdims=True) if units else v
    return v - v.mean(axis=1, keepdims=True) if periods else v


def _within_lag(units: bool, periods: bool, W: Any, v: Array) -> Array:
    return _within(units, periods, _lagged(W, v))


def _lagged(W: Any, v: Array) -> Array:
    """Return W v over the regions of v (T, N, ...)."""
    turned = np.moveaxis(v, 1, 0)
    lagged = W @ turned.reshape(len(turned), -1)
    return np.moveaxis(lagged.reshape(turned.shape), 0, 1)


def _require_balanced(entity: pd.Series[Any], N: int, T: int) -> None:
    if len(entity) != N * T:
        counts = entity.value_counts()
        short = counts[counts < T]
        raise InputError(
            f"a spatial panel must be balanced: {N} regions x {T} periods need {N * T} rows; "
            f"found {len(entity)}. Incomplete: {listed(short.index)}. Leave out these regions "
            "(and their weights) or those periods."
        )
    if T < 2:
        raise IdentificationError(
            "a spatial panel needs at least two periods; found one. Add periods to the table."
        )


def check_effects(names: Sequence[str], entity: str, time: str) -> None:
    """Raise `InputError` for effects other than those of regions and periods."""
    other = [name for name in names if name not in (entity, time)]
    if other:
        raise InputError(
            f"absorb= takes {entity!r} and {time!r} here; found {other}. Write others as C(...) "
            "in the formula."
        )


def check_rows(at: Layout, model: SpatialModel) -> None:
    """Raise `InputError` for period effects with weights whose rows do not sum to one."""
    if at.both and model.parameters and not row_standardized(at.W):
        raise InputError(
            "period effects need weights whose rows sum to one. Use row_standardize(weights), and "
            "leave out regions without neighbours. (NoDependence() takes any weights.)"
        )


def identify(
    at: Layout, raw: Array, terms: tuple[str, ...], model: SpatialModel
) -> tuple[Layout, tuple[str, ...], tuple[str, ...]]:
    """Return the layout with the model's identified regressors, their names, and notes."""
    X, own_terms = at.X, terms
    if isinstance(model, SpatialDurbin):
        own = [k for k, term in enumerate(terms) if term != CONSTANT]
        X = np.concatenate([X, at.spatial_lag(raw[:, :, own])], axis=2)
        raw = np.concatenate([raw, _lagged(at.W, raw[:, :, own])], axis=2)
        terms = terms + tuple(f"W*{terms[k]}" for k in own)
    _refuse_reserved(own_terms, model)
    kept, why = identified(X.reshape(-1, X.shape[2]), raw.reshape(-1, X.shape[2]))
    reasons = {terms[k]: reason for k, reason in why.items()}
    names = tuple(terms[k] for k in kept)
    refuse_empty(names, reasons)
    notes = tuple(f"term {name!r} left out: it {reason}" for name, reason in reasons.items())
    alone = int(islands(at.W).sum())
    if alone and model.parameters:
        notes += (f"{alone} of {at.y.shape[1]} regions have no neighbour: their lag is zero",)
    return replace(at, X=X[:, :, kept]), names, notes


def _refuse_reserved(terms: Sequence[str], model: SpatialModel) -> None:
    """Raise `InputError` for a term with the name of a spatial lag or of the parameter."""
    taken = [term for term in terms if term in model.parameters or term.startswith("W*")]
    if taken:
        raise InputError(
            f"term {taken[0]!r} has a name that this model gives to its spatial lags or its "
            "parameter. Rename the column."
        )
