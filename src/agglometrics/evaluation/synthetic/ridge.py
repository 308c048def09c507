"""The ridge augmentation of synthetic control weights: negative weights where the fit needs them.

Ben-Michael, Feller and Rothstein (2021): with the donors' outcomes before treatment, less their
means, as X0 (J, T) and x1 (T,), the augmented weights are
``w + X0 (X0'X0 + lambda I)^-1 (x1 - X0'w)``. They sum to one, and need not be positive.
"""

from __future__ import annotations

import numpy as np

from agglometrics.evaluation.synthetic.simplex import simplex_weights
from agglometrics.notation import Array

STEPS = 20
"""Steps of the grid of lambda, from the largest squared singular value of X0 down."""

SMALLEST = 1e-8
"""The smallest lambda of the grid, as a share of the largest."""


def augmented_weights(A: Array, b: Array, w: Array, penalty: float) -> Array:
    """Return the ridge-augmented weights (J,).

    A : (T, J) donors before treatment    b : (T,) the treated unit    w : (J,) simplex weights
    """
    level = A.mean(axis=1)
    X, x = (A - level[:, None]).T, b - level
    gram = X.T @ X + penalty * np.eye(len(b))
    return np.asarray(w + X @ np.linalg.solve(gram, x - X.T @ w))


def grid(A: Array) -> Array:
    """Return the penalties that cross-validation tries, descending; A : (T, J)."""
    top = float(np.linalg.norm(A - A.mean(axis=1)[:, None], 2)) ** 2
    return np.asarray((top or 1.0) * np.geomspace(1.0, SMALLEST, STEPS + 1))


def chosen_penalty(A: Array, b: Array) -> float:
    """Return the penalty that predicts left-out periods best, within one standard error.

    Each period before treatment is left out in turn, and predicted by weights from the others;
    of the penalties whose mean squared error is within one standard error of the least, the
    largest is taken: the rule of one standard error. A : (T, J)    b : (T,)
    """
    penalties = grid(A)
    errors = np.empty((len(b), len(penalties)))
    for t in range(len(b)):
        keep = np.arange(len(b)) != t
        w = simplex_weights(A[keep], b[keep])
        errors[t] = (b[t] - A[t] @ w - A[t] @ _corrections(A[keep], b[keep], w, penalties)) ** 2
    mean = errors.mean(axis=0)
    least = int(np.argmin(mean))
    bar = mean[least] + errors[:, least].std(ddof=1) / np.sqrt(len(b))
    return float(penalties[int(np.argmax(mean <= bar))])


def _corrections(A: Array, b: Array, w: Array, penalties: Array) -> Array:
    """Return what each penalty adds to the weights, (J, number of penalties), by one SVD."""
    X = (A - A.mean(axis=1)[:, None]).T
    U, s, V = np.linalg.svd(X, full_matrices=False)
    along = V @ (b - A @ w)
    return np.asarray(U @ (along[:, None] * s[:, None] / (s[:, None] ** 2 + penalties)))
