"""The covariance of a panel regression on a shift-share variable."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from agglometrics.errors import InputError
from agglometrics.inference.estimates import Covariance
from agglometrics.inference.linear_fit import LinearFit, refuse_two_steps
from agglometrics.inference.sandwich import covariance
from agglometrics.inference.small_sample import SmallSample
from agglometrics.inference.specifications import ShiftShare
from agglometrics.linalg.demeaning import demean
from agglometrics.linalg.groups import cluster_sums
from agglometrics.notation import Array
from agglometrics.shiftshare.alignment.keys import label_codes
from agglometrics.shiftshare.inference.akm import akm_scores

SPAN = 1e-6  # relative rest that makes a term no shift-share variable


@covariance.register
def shift_share_covariance(spec: ShiftShare, fit: LinearFit, rule: SmallSample) -> Covariance:
    """Return the covariance of the terms that vary with the design's shocks alone.

    Raises
    ------
    InputError
        If the table lacks the design's keys, or no term is a shift-share variable of it.
    """
    refuse_two_steps(fit, "ShiftShare")
    aligned = spec.design.aligned
    keys = aligned.keys.of_locations
    table = fit.sample.frame.iloc[fit.sample.rows]
    fit.sample.column(keys[0])
    rows = label_codes(table, aligned.tables.locations, keys, "the table", "the design")
    root = np.ones(len(rows)) if fit.sqrt_w is None else fit.sqrt_w
    z = demean(aligned.z[rows], fit.counts.absorbed, root**2) * root[:, None]
    at = [k for k in range(len(fit.terms)) if _is_shift_share(fit.X, k, z)]
    if not at:
        raise InputError(
            f"none of the terms {list(fit.terms)} is {list(aligned.instrument_names)} or "
            "instrumented by it alone. Use another covariance, or the design's fit()."
        )
    W = sparse.csr_array(aligned.W[rows].multiply(root[:, None]))
    scores = akm_scores(fit.X @ fit.bread[:, at], fit.u, W)
    sums = cluster_sums(scores, aligned.shock_groups(spec.cluster))
    matrix = np.full((len(fit.terms), len(fit.terms)), np.nan)
    matrix[np.ix_(at, at)] = sums.T @ sums
    clusters = aligned.clusters(spec.cluster)
    name = "shift-share (AKM)" + (f", clusters {', '.join(clusters)}" if clusters else "")
    return Covariance(matrix, name, statistics={"n_sectors": float(W.shape[1])})


def _is_shift_share(X: Array, k: int, z: Array) -> bool:
    """Return whether term k is the instruments z (N, L) and other terms, and needs z."""
    others = np.delete(X, k, axis=1)

    def rest(on: Array) -> float:
        if not on.shape[1]:
            return 1.0
        left = X[:, k] - on @ np.linalg.lstsq(on, X[:, k])[0]
        return float(np.linalg.norm(left) / np.linalg.norm(X[:, k]))

    return rest(np.column_stack([others, z])) < SPAN <= rest(others)
