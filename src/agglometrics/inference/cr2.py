"""The bias-reduced cluster variance (CR2) and the degrees of freedom of each of its t statistics.

Bell and McCaffrey (2002), as Pustejovsky and Tipton (2018, eq. 6-8 and section 4.1) define it for
models with many effects. With H the projection on *all* regressors, absorbed effects among them,
and B = inv(X'X) of the regressors X with the effects partialled out::

    V = B sum_g X_g' A_g u_g u_g' A_g X_g B,    A_g = pinv((I - H)_gg)^(1/2)
    df = (sum_g P_gg)^2 / sum_gh P_gh^2,        P_gh = p_g'p_h,  p_g = (I - H)_g' A_g X_g B c

for the coefficient c'b. V is unbiased, and df is Satterthwaite's, where errors are independent with
one variance. Effects nested in the clusters may be left out of A_g (the corrected Theorem 2): this
holds without weights, the case offered here. Other effects enter H as dummies.
"""

from __future__ import annotations

import numpy as np

from agglometrics.errors import IdentificationError, InputError, caution
from agglometrics.inference.cluster_leverage import warn_of_concentrated
from agglometrics.inference.clusters import count_clusters
from agglometrics.inference.estimates import Covariance
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.inference.sandwich import covariance
from agglometrics.inference.small_sample import SmallSample
from agglometrics.inference.specifications import CR2
from agglometrics.linalg.demeaning import demean
from agglometrics.linalg.least_squares import identified
from agglometrics.notation import Array, Codes
from agglometrics.tables import listed
from agglometrics.tables.codes import n_levels, nested_in

FITTED = 1e-9  # one minus the leverage in a direction that a cluster fits by itself


def crossing_effects(fit: LinearFit, codes: Codes) -> Array:
    """Return an orthonormal basis (N, J) of effects that cross clusters, the nested ones out."""
    inside = [effect for effect in fit.counts.absorbed if nested_in(effect, codes)]
    across = [effect for effect in fit.counts.absorbed if not nested_in(effect, codes)]
    if not across:
        return np.zeros((len(codes), 0))
    dummies = [(e[:, None] == np.arange(n_levels(e))).astype(float) for e in across]
    raw = np.column_stack(dummies)
    within = demean(raw, inside)
    return np.asarray(np.linalg.qr(within[:, identified(within, raw)[0]])[0])


def bias_reduced(Q: Array, C: Array, u: Array, bread: Array, codes: Codes) -> tuple[Array, Array]:
    """Return V (K, K) and the degrees of freedom (K,).

    Q : (N, J) orthonormal basis of the regressors, nested effects partialled out, with X = Q C
    u : (N,) residuals    codes : (N,) clusters

    With Q_g'Q_g = E diag(l) E', A_g X_g = Q_g E diag(1 - l)^(-1/2) E' C: the square root is one
    of J x J whatever the size of the cluster.
    """
    K, G = len(bread), n_levels(codes)
    meat, own, moved = np.zeros((K, K)), np.zeros((G, K)), np.zeros((G, len(C), K))
    order = np.argsort(codes, kind="stable")
    pieces = np.split(order, np.cumsum(np.bincount(codes))[:-1])
    towards = C @ bread
    for g, rows in enumerate(pieces):
        q = Q[rows]
        leverage, E = np.linalg.eigh(q.T @ q)
        left = 1 - leverage
        # a direction that the cluster fits by itself has no residual: pseudo-inverse
        root = np.where(left > FITTED, 1 / np.sqrt(np.maximum(left, FITTED)), 0.0)
        score = C.T @ (E @ (root * (E.T @ (q.T @ u[rows]))))
        meat += np.outer(score, score)
        along = E.T @ towards
        own[g] = ((root**2 * leverage)[:, None] * along**2).sum(axis=0)
        moved[g] = E @ ((root * leverage)[:, None] * along)
    df = np.array([_satterthwaite(own[:, k], moved[:, :, k]) for k in range(K)])
    return bread @ meat @ bread, df


def _satterthwaite(own: Array, moved: Array) -> float:
    """Return (tr P)^2 / tr(P P) of P = diag(own) - moved moved', own (G,), moved (G, J)."""
    P = np.diag(own) - moved @ moved.T
    total = np.sum(P * P)
    return float(np.trace(P) ** 2 / total) if total else np.nan


@covariance.register
def _cr2(spec: CR2, fit: LinearFit, rule: SmallSample) -> Covariance:
    if not fit.least_squares or fit.sqrt_w is not None:
        raise InputError(
            "CR2 is defined here for panel() by least squares without weights. Use CR3 with "
            "weights, Cluster or WildBootstrap elsewhere."
        )
    codes = fit.sample.codes(spec.column)
    G = count_clusters([spec.column], [codes])[0]
    warn_of_concentrated([spec.column], [codes], fit)
    own, R = np.linalg.qr(fit.X)
    across = crossing_effects(fit, codes)
    Q = np.column_stack([across, own])
    C = np.vstack([np.zeros((across.shape[1], len(R))), R])
    matrix, dfs = bias_reduced(Q, C, fit.u, fit.bread, codes)
    df = _smallest(dfs, fit.terms, spec.column)
    name = f"CR2 ({spec.column}), {G}"
    return Covariance(matrix, name, df, {"n_clusters": float(G), "df_min": df}, dfs=dfs)


def _smallest(dfs: Array, terms: tuple[str, ...], column: str) -> float:
    """Return the smallest degrees of freedom (K,); say of which terms there are none."""
    exact = [term for term, df in zip(terms, dfs, strict=True) if np.isnan(df)]
    words = f"clusters of {column!r} fit {listed(exact)} exactly: no residual is left to judge by"
    if len(exact) == len(terms):
        raise IdentificationError(f"{words}. Cluster by a column that each term varies within.")
    if exact:
        caution(
            f"{words}, the standard error is zero, and there is no p-value. Compare with placebo "
            "regions or times, as permutation_test does."
        )
    return float(np.nanmin(dfs))
