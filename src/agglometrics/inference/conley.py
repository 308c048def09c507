"""Conley's (1999) spatial covariance, on the sphere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from agglometrics.errors import InputError
from agglometrics.inference.estimates import Covariance
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.inference.sandwich import covariance, t_df
from agglometrics.inference.serial import serial_meat
from agglometrics.inference.small_sample import SmallSample, factor, parameters, residual_df
from agglometrics.inference.specifications import Conley
from agglometrics.linalg.groups import cluster_sums
from agglometrics.linalg.symmetric import nearest_psd
from agglometrics.notation import Array, Codes
from agglometrics.space.globe import unit_vectors
from agglometrics.tables.codes import n_levels

BLOCK = 256  # places handled at once


def conley_meat(scores: Array, xyz: Array, angle: float, bartlett: bool) -> Array:
    """Return sum over places p, q and periods t of k(d_pq) s_pt s_qt' (Conley 1999, eq. 3.5).

    scores : (P, T, K)    xyz : (P, 3), by ascending latitude    angle : the cut-off in radians

    Only the band of latitudes within the cut-off is looked at: cost P times the places in
    a band, in blocks of one buffer (fresh pages cost more than the arithmetic).
    """
    P, T, K = scores.shape
    flat = scores.reshape(P, T * K)
    lat = np.arcsin(xyz[:, 2].clip(-1, 1))
    first = np.searchsorted(lat, lat - angle * (1 + 1e-9))
    last = np.searchsorted(lat, lat + angle * (1 + 1e-9), side="right")
    starts = range(0, P, BLOCK)
    width = max(int(last[min(s + BLOCK, P) - 1] - first[s]) for s in starts)
    buffer, smoothed = np.empty(BLOCK * width), np.empty_like(flat)
    for start in starts:
        stop = min(start + BLOCK, P)
        band = slice(int(first[start]), int(last[stop - 1]))
        rows, columns = stop - start, band.stop - band.start
        kernel = buffer[: rows * columns].reshape(rows, columns)
        np.matmul(xyz[start:stop], xyz[band].T, out=kernel)
        (_bartlett if bartlett else _uniform)(kernel, angle)
        own = np.arange(rows)
        kernel[own, own + start - band.start] = 1.0  # arccos is off by 0.1 km at distance zero
        np.matmul(kernel, flat[band], out=smoothed[start:stop])
    return np.asarray(np.einsum("ptk,ptl->kl", scores, smoothed.reshape(P, T, K), optimize=True))


def _uniform(cosine: Array, angle: float) -> None:
    """Turn cosines into weights of one within the cut-off, in place."""
    limit = np.cos(min(angle, np.pi)) - 1e-15  # rounding must not lose a place on the edge
    np.greater_equal(cosine, limit, out=cosine)


def _bartlett(cosine: Array, angle: float) -> None:
    """Turn cosines into weights that fall to zero at the cut-off, in place."""
    np.clip(cosine, -1, 1, out=cosine)
    np.arccos(cosine, out=cosine)
    cosine *= -1 / angle
    cosine += 1
    np.maximum(cosine, 0, out=cosine)


@covariance.register
def _conley(spec: Conley, fit: LinearFit, rule: SmallSample) -> Covariance:
    lon, lat = fit.sample.numbers(spec.lon), fit.sample.numbers(spec.lat)
    _check_coordinates(spec, lon, lat)
    place, where = _places(lon, lat)
    P = len(where)
    xyz = unit_vectors(where[:, 0], where[:, 1])
    reach = (spec.km / spec.radius, type(spec.kernel).__name__ == "Bartlett")
    K = parameters(rule, fit.counts)
    if spec.time is None:
        sums = cluster_sums(fit.influence, place)
        meat = conley_meat(sums[:, None, :], xyz, *reach)
    else:
        meat = _conley_panel_meat(fit, spec, place, xyz, reach)
    meat = meat * factor(replace(rule, clusters=False), fit.counts, K, None)
    own = fit.influence
    matrix, fixed = nearest_psd(meat, np.sqrt((own * own).sum(axis=0)))
    name = f"Conley, {spec.km:g} km, {P} places" + fixed
    left = residual_df(fit.counts, K)
    return Covariance(matrix, name, t_df(fit, rule, left), {"n_places": float(P)})


def _conley_panel_meat(
    fit: LinearFit, spec: Conley, place: Codes, xyz: Array, reach: tuple[float, bool]
) -> Array:
    """Return Hsiang's (2010) meat: near places within a period, and each place over its lags."""
    # without lags periods only have to differ: their order and gaps do not matter
    period = fit.sample.periods(spec.time) if spec.lags else fit.sample.codes(str(spec.time))
    T, P = n_levels(period), len(xyz)
    cell = place * T + period
    cube: Array = np.zeros((P * T, fit.X.shape[1]))
    for k, column in enumerate(fit.influence.T):
        cube[:, k] = np.bincount(cell, column, minlength=P * T)
    meat = conley_meat(cube.reshape(P, T, -1), xyz, *reach)
    if not spec.lags:
        return meat
    unit, when = np.divmod(np.arange(P * T), T)
    return meat + serial_meat(cube, unit, when, spec.lags) - cube.T @ cube


def _places(lon: Array, lat: Array) -> tuple[Codes, Array]:
    """Return codes of the different places, in order of latitude, and their coordinates (P, 2)."""
    pairs = lat + 1j * lon
    where, place = np.unique(pairs, return_inverse=True)
    return place, np.column_stack([where.imag, where.real])


def _check_coordinates(spec: Conley, lon: Array, lat: Array) -> None:
    if np.abs(lat).max() > 90 or np.abs(lon).max() > 360:
        raise InputError(
            f"Conley needs degrees: {spec.lat!r} within 90 and {spec.lon!r} within 360; found "
            f"up to {np.abs(lat).max():g} and {np.abs(lon).max():g}. Project back to longitude and "
            "latitude, and check their order."
        )
