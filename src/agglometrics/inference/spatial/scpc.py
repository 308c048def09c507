"""SCPC: inference robust to spatial correlation, by spatial correlation principal components."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from agglometrics.errors import caution
from agglometrics.inference.estimates import Covariance, Interval
from agglometrics.inference.linear_fit import LinearFit, refuse_two_steps
from agglometrics.inference.sandwich import covariance
from agglometrics.inference.small_sample import SmallSample
from agglometrics.inference.spatial.locations import coordinates
from agglometrics.inference.spatial.principal_components import Components, components, omegas
from agglometrics.inference.spatial.rejection import critical_value, root_of, worst_case
from agglometrics.inference.specifications import SCPC
from agglometrics.linalg.demeaning import demean
from agglometrics.linalg.groups import cluster_sums
from agglometrics.notation import Array, Codes
from agglometrics.tables.codes import n_levels

MIXED = 1e-8  # coordinates of one cluster that differ by more are not one place


@covariance.register
def _scpc(spec: SCPC, fit: LinearFit, rule: SmallSample) -> Covariance:
    refuse_two_steps(fit, "SCPC")
    where = coordinates("SCPC", spec.lat, spec.lon, spec.x, spec.y)
    points = where.of(fit.sample)
    place = np.arange(len(points)) if spec.cluster is None else fit.sample.codes(spec.cluster)
    at = _one_point_each(points, place, spec.cluster)
    distances, unit = where.distances(at)
    test = SpatialTest.of(fit, place, distances, components(distances, spec.avc))
    parts = test.components
    what = "places" if spec.cluster is None else f"clusters ({spec.cluster})"
    statistics = {
        "n_places": float(len(at)),
        "q": float(parts.q),
        "critical_value": parts.critical,
        "c0": float(parts.decays[0]) / unit,
        "avc": spec.avc,
    }
    return Covariance(
        test.matrix,
        f"SCPC, average correlation up to {spec.avc:g}, {len(at)} {what}",
        float(parts.q),
        statistics,
        p_values=test.p_values(),
        confidence_set=test.interval,
    )


def _one_point_each(points: Array, place: Codes, cluster: str | None) -> Array:
    """Return the coordinates of each place's first row, (P, 2); warn where its rows differ."""
    first = np.unique(place, return_index=True)[1]
    at = points[first]
    mixed = n_levels(place[np.abs(points - at[place]).max(axis=1) > MIXED])
    if mixed:
        caution(
            f"coordinates vary within clusters of {cluster!r}: each cluster stands where its first "
            "row does, so that the order of rows matters. Give each cluster one place beforehand."
        )
    return at


def influence(fit: LinearFit) -> Array:
    """Return R (N, K) that maps errors to coefficients: b - beta = R' u."""
    return fit.X @ fit.bread


def residual_map(fit: LinearFit, values: Array) -> Array:
    """Return the residuals (N, M) of the regression where `values` (N, M) are its outcomes.

    Fixed effects are taken out first; in two stages v - X (bread Xhat' v).
    """
    root = np.ones(len(values)) if fit.sqrt_w is None else fit.sqrt_w
    if fit.counts.absorbed:
        values = demean(values / root[:, None], fit.counts.absorbed, root**2) * root[:, None]
    X = fit.X if fit.regressors is None else fit.regressors
    return np.asarray(values - X @ (fit.bread @ (fit.X.T @ values)))


def conditional_weights(fit: LinearFit, place: Codes, W: Array) -> Array:
    """Return the weights of each coefficient's test given the regressors, (K, P, q + 1).

    Mueller and Watson (2023), as their programs compute it. Let r_i be the influence of row i on
    the coefficient (R' u = b - beta), and s_i = r_i / (sum of r^2 over the rows of its place)^{1/2}
    the sign of r_i where a place has one row. At place p ::

        column 0    w_p0 sum_{i in p} s_i r_i
        column j    sum_{i in p} r_i e_ij,  e_j the residuals of the regression of s_i w_{p(i) j}

    so that the estimated coefficients, which residuals leave out of the denominator, and regressors
    whose spread differs from place to place, are allowed for.

    W : (P, q + 1)    place : (N,)
    """
    out = []
    for r in influence(fit).T:
        norm = np.sqrt(np.bincount(place, r * r))[place]
        s = np.divide(r, norm, out=np.zeros_like(r), where=norm > 0)
        rest = residual_map(fit, W[place, 1:] * s[:, None])
        out.append(
            np.column_stack(
                [W[:, 0] * np.bincount(place, s * r), cluster_sums(rest * r[:, None], place)]
            )
        )
    return np.stack(out)


@dataclass(frozen=True)
class SpatialTest:
    """SCPC's t tests of K coefficients.

    Attributes
    ----------
    terms, params : names and values of the K coefficients
    matrix : (K, K) covariance
    components : the weights and unconditional cases
    conditional : (C, K, q + 1, q + 1) roots of Omega given the regressors
    """

    terms: tuple[str, ...]
    params: Array
    matrix: Array
    components: Components
    conditional: Array = field(repr=False)

    @classmethod
    def of(cls, fit: LinearFit, place: Codes, distances: Array, parts: Components) -> SpatialTest:
        """Return the tests of a fit whose rows lie at `place` (N,); distances : (P, P)."""
        W = parts.W
        projected = W[:, 1:].T @ cluster_sums(fit.scores @ fit.bread, place)
        matrix = len(W) * (projected.T @ projected) / parts.q
        given = omegas(distances, parts.decays, conditional_weights(fit, place, W))
        params = fit.bread @ (fit.X.T @ fit.y)
        return cls(fit.terms, params, matrix, parts, root_of(given))

    def tau(self) -> Array:
        """Return the t statistics of zero coefficients, (K,)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.params / np.sqrt(np.diag(self.matrix)))

    def p_values(self) -> Array:
        """Return the larger of the conditional and the unconditional p-value, (K,)."""
        kappas = np.abs(self.tau()) / np.sqrt(self.components.q)
        return np.array([self._p_value(k, kappa) for k, kappa in enumerate(kappas)])

    def _p_value(self, k: int, kappa: float) -> float:
        if not np.isfinite(kappa):
            return float("nan") if np.isnan(kappa) else 0.0
        both = (self.components.roots, self.conditional[:, k])
        return max(worst_case(roots, kappa)[0] for roots in both)

    def critical(self, k: int, level: float) -> float:
        """Return the critical value of coefficient k for a confidence set of `level`."""
        size = 1 - level
        plain = critical_value(self.components.roots, size)
        return max(plain, critical_value(self.conditional[:, k], size))

    def interval(self, term: str, level: float) -> Interval:
        """Return the confidence set of `term`."""
        k = self.terms.index(term)
        half = self.critical(k, level) * float(np.sqrt(self.matrix[k, k]))
        b = float(self.params[k])
        return Interval(((b - half, b + half),), level, "SCPC")
