"""Conley's (1999) spatial covariance, on the sphere.

Cost grows with the pairs of places within the cut-off and with the columns of the scores (terms
times periods): see `agglometrics.inference.spatial.near_pairs`. On one core of 2026 with two
terms, 100,000 places on 15 x 10 degrees take .36 CPU seconds at 100 km (1e8 near pairs; .46 with
Bartlett weights), a million places there 7.7 at 50 km (2.4e9). The loop is compiled once.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from agglometrics.inference.estimates import Covariance
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.inference.sandwich import covariance, t_df
from agglometrics.inference.serial.long_run import serial_meat
from agglometrics.inference.small_sample import SmallSample, factor, parameters, residual_df
from agglometrics.inference.spatial.covariogram import Covariogram, covariogram
from agglometrics.inference.spatial.locations import check_degrees
from agglometrics.inference.spatial.near_pairs import pair_meat
from agglometrics.inference.specifications import Conley
from agglometrics.linalg.groups import cluster_sums
from agglometrics.linalg.symmetric import nearest_psd
from agglometrics.notation import Array, Codes
from agglometrics.space.globe import unit_vectors
from agglometrics.tables.codes import n_levels


@covariance.register
def _conley(spec: Conley, fit: LinearFit, rule: SmallSample) -> Covariance:
    lon, lat = fit.sample.numbers(spec.lon), fit.sample.numbers(spec.lat)
    check_degrees(spec.lon, spec.lat, lon, lat)
    place, where = _places(lon, lat)
    P = len(where)
    xyz = unit_vectors(where[:, 0], where[:, 1])
    km = conley_covariogram(fit, spec).km if spec.km is None else spec.km
    reach = (km / spec.radius, type(spec.kernel).__name__ == "Bartlett")
    K = parameters(rule, fit.counts)
    if spec.time is None:
        sums = cluster_sums(fit.influence, place)
        meat = pair_meat(sums[:, None, :], xyz, *reach)
    else:
        meat = _conley_panel_meat(fit, spec, place, xyz, reach)
    meat = meat * factor(replace(rule, clusters=False), fit.counts, K, None)
    own = fit.influence
    matrix, fixed = nearest_psd(meat, np.sqrt((own * own).sum(axis=0)))
    chosen = " (from the covariogram)" if spec.km is None else ""
    name = f"Conley, {km:.6g} km{chosen}, {P} places" + fixed
    left = residual_df(fit.counts, K)
    return Covariance(matrix, name, t_df(fit, rule, left), {"n_places": float(P), "km": km})


def conley_covariogram(fit: LinearFit, spec: Conley) -> Covariogram:
    """Return the covariogram of the residuals, summed by place, or by place and period."""
    lon, lat = fit.sample.numbers(spec.lon), fit.sample.numbers(spec.lat)
    check_degrees(spec.lon, spec.lat, lon, lat)
    place, where = _places(lon, lat)
    period = np.zeros_like(place) if spec.time is None else fit.sample.periods(spec.time)
    P, T = len(where), n_levels(period)
    residuals = np.bincount(place * T + period, fit.u, minlength=P * T)
    xyz = unit_vectors(where[:, 0], where[:, 1])
    return covariogram(np.asarray(residuals, dtype=np.float64).reshape(P, T), xyz, spec.radius)


def _conley_panel_meat(
    fit: LinearFit, spec: Conley, place: Codes, xyz: Array, reach: tuple[float, bool]
) -> Array:
    """Return Hsiang's (2010) meat: near places within a period, and each place over its lags."""
    # without lags periods only have to differ: their order and gaps do not matter
    period = fit.sample.periods(spec.time) if spec.lags else fit.sample.codes(str(spec.time))
    present, at = np.unique(period, return_inverse=True)
    T, P = len(present), len(xyz)
    cell = place * T + at
    cube: Array = np.zeros((P * T, fit.X.shape[1]))
    for k, column in enumerate(fit.influence.T):
        cube[:, k] = np.bincount(cell, column, minlength=P * T)
    meat = pair_meat(cube.reshape(P, T, -1), xyz, *reach)
    if not spec.lags:
        return meat
    unit, when = np.divmod(np.arange(P * T), T)
    return meat + serial_meat(cube, unit, present[when], spec.lags) - cube.T @ cube


def _places(lon: Array, lat: Array) -> tuple[Codes, Array]:
    """Return codes of the different places, in order of latitude, and their coordinates (P, 2)."""
    order = np.lexsort((lon, lat))
    points = np.column_stack([lon[order], lat[order]])
    new = np.ones(len(points), dtype=bool)
    new[1:] = (points[1:] != points[:-1]).any(axis=1)
    place = np.empty(len(points), dtype=np.intp)
    place[order] = np.cumsum(new) - 1
    return place, points[new]
