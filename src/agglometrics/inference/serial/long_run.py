"""Covariances of errors that are correlated over time: Newey-West, Driscoll-Kraay."""

from __future__ import annotations

import numpy as np

from agglometrics.errors import InputError, caution
from agglometrics.inference.clusters import FEW_CLUSTERS
from agglometrics.inference.estimates import Covariance
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.inference.sandwich import covariance, t_df
from agglometrics.inference.serial.fixed_b import fixed_b
from agglometrics.inference.small_sample import SmallSample, factor, parameters
from agglometrics.inference.specifications import DriscollKraay, NeweyWest
from agglometrics.linalg.groups import cluster_sums
from agglometrics.notation import Array, Codes
from agglometrics.tables.periods import Calendar


def _warn_of_few_periods(T: int) -> None:
    if T < FEW_CLUSTERS:
        caution(
            f"{T} periods: Driscoll-Kraay standard errors need many periods and are too small for "
            "few, for all the fixed-b critical values. Consider Cluster or Conley."
        )


def _check_bandwidth(bandwidth: int, T: int) -> None:
    if not (isinstance(bandwidth, (int, np.integer)) and 0 <= bandwidth < T):
        raise InputError(
            f"bandwidth must be whole, from 0 to the number of periods minus one ({T - 1}); "
            f"found {bandwidth!r}. For example bandwidth={int(np.floor(T**0.25))}."
        )


def serial_meat(scores: Array, unit: Codes, period: Codes, lags: int) -> Array:
    """Return the Bartlett-weighted meat over the periods of each unit.

    scores : (N, K)    unit, period : (N,), at most one row per unit and period
    """
    span = int(period.max(initial=0)) + 1 + lags
    key = unit.astype(np.int64) * span + period
    order = np.argsort(key)
    key, S = key[order], scores[order]
    meat = np.asarray(S.T @ S)
    for lag in range(1, lags + 1):
        place = np.searchsorted(key, key - lag).clip(max=len(key) - 1)
        match = key[place] == key - lag
        cross = S[match].T @ S[place[match]]
        meat = meat + (1 - lag / (lags + 1)) * (cross + cross.T)
    return meat


def period_note(found: Calendar) -> str:
    """Return the words on what was taken for a period, to follow a covariance's name."""
    return f" ({found.note})" if found.note else ""


@covariance.register
def _newey_west(spec: NeweyWest, fit: LinearFit, rule: SmallSample) -> Covariance:
    entity = spec.entity or fit.sample.entity
    if entity is None:
        raise InputError("NeweyWest needs the column of units. Pass entity='...'.")
    unit, found = fit.sample.codes(entity), fit.sample.calendar(spec.time)
    period = found.codes
    T = len(np.unique(period))
    _check_bandwidth(spec.bandwidth, T)
    K = parameters(rule, fit.counts)
    meat = serial_meat(fit.influence, unit, period, spec.bandwidth)
    meat = meat * factor(rule, fit.counts, K, T)
    name = f"Newey-West ({entity}), {spec.bandwidth} lags" + period_note(found)
    return Covariance(meat, name, t_df(fit, rule, T - 1))


@covariance.register
def _driscoll_kraay(spec: DriscollKraay, fit: LinearFit, rule: SmallSample) -> Covariance:
    found = fit.sample.calendar(spec.time)
    period = found.codes
    T = len(np.unique(period))
    _check_bandwidth(spec.bandwidth, T)
    _warn_of_few_periods(T)
    K = parameters(rule, fit.counts)
    sums = cluster_sums(fit.influence, period)
    one = np.zeros(len(sums), dtype=np.intp)
    meat = serial_meat(sums, one, np.arange(len(sums)), spec.bandwidth)
    meat = meat * factor(rule, fit.counts, K, T)
    name = f"Driscoll-Kraay, {spec.bandwidth} lags, {T} periods" + period_note(found)
    df = t_df(fit, rule, T - 1)
    tail = None if df is None or rule.df != "clusters" else fixed_b(T, int(spec.bandwidth))
    return Covariance(meat, name, df, tail=tail)
