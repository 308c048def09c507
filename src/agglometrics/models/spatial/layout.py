"""`Layout`: a balanced panel on a map, effects absorbed: what every spatial likelihood reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from agglometrics.models.spatial.jacobian import Jacobian
from agglometrics.notation import Array

BLOCK = 256  # regions whose part of W inv(I - rho W) is held at once


@dataclass(frozen=True)
class Layout:
    """A balanced panel on a map, effects absorbed.

    Attributes
    ----------
    y : (T, N) outcome    X : (T, N, K) regressors, both demeaned
    Wy : (T, N) spatial lag of the outcome, demeaned
    jacobian : I - rho W, of weights W (N, N)
    periods : number of periods that carry information: T, minus one if unit effects go
    both : whether period effects go, which takes the root 1 of W out of the likelihood
    spatial_lag : from (T, N, ...) to its demeaned spatial lag
    """

    y: Array
    X: Array
    Wy: Array
    jacobian: Jacobian
    periods: int
    both: bool
    spatial_lag: Callable[[Array], Array] = field(repr=False)

    @property
    def W(self) -> sparse.csr_array:  # noqa: N802 - the symbol of the articles
        """(N, N) weights."""
        return self.jacobian.W

    @property
    def n(self) -> int:
        """Number of independent observations in the likelihood."""
        return int(self.periods * (self.y.shape[1] - self.both))

    def log_det(self, rho: float) -> float:
        """Return the logarithm of the Jacobian of all periods."""
        value = self.jacobian.log_det(rho)
        return float(self.periods * (value - (np.log(1 - rho) if self.both else 0.0)))

    def trace(self, rho: float) -> float:
        """Return minus the derivative of `log_det`: tr(G) over periods, as in `traces`."""
        value = self.jacobian.trace(rho) - (1 / (1 - rho) if self.both else 0.0)
        return self.periods * value

    def log_likelihood(self, rho: float, ssr: float) -> float:
        """Return the log-likelihood at rho with sigma^2 = ssr / n."""
        value = self.log_det(rho) - self.n / 2 * (np.log(2 * np.pi * ssr / self.n) + 1)
        return float(value)

    def blocks(self, rho: float) -> Iterator[tuple[slice, Array, Array]]:
        """Yield G[:, b] and G[b, :]' for blocks b of regions, each (N, B).

        ``G = W inv(I - rho W)``, or J G J with ``J = I - 11'/N`` where period effects go:
        ``J G J = G - 1 h' / N - g 1' / N + (1'g / N^2) 11'`` with g = G 1, h = G'1.
        """
        N, W = self.y.shape[1], self.W
        solve = self.jacobian.solver(rho)
        ones = np.ones((N, 1))
        g, h = W @ solve(ones, "N"), solve(W.T @ ones, "T")
        for start in range(0, N, BLOCK):
            b = slice(start, min(start + BLOCK, N))
            chosen = np.eye(N, b.stop - b.start, -b.start)
            C, R = W @ solve(chosen, "N"), solve(W.T @ chosen, "T")
            if self.both:
                C = C - (g + h[b].T) / N + g.sum() / N**2
                R = R - (h + g[b].T) / N + g.sum() / N**2
            yield b, C, R

    def traces(self, rho: float) -> tuple[float, float]:
        """Return tr(G) and tr(G G + G'G) over periods, G = W inv(I - rho W), projected."""
        tr = tr2 = 0.0
        for b, C, R in self.blocks(rho):
            tr += float(np.trace(C[b]))
            tr2 += float(np.sum(C * (R + C)))
        return self.periods * tr, self.periods * tr2
