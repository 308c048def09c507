"""`LinearFit`: an estimator in the form that every covariance reads."""

from __future__ import annotations

from dataclasses import dataclass, field

from agglometrics.errors import InputError
from agglometrics.inference.small_sample import Counts
from agglometrics.notation import Array
from agglometrics.tables.sample import Sample


@dataclass(frozen=True)
class LinearFit:
    """An estimator that solves X' u = 0, in the form that every covariance reads.

    Attributes
    ----------
    terms : names of the K coefficients
    X : (N, K) regressors of the score: demeaned, projected on instruments, times sqrt(w)
    u : (N,) residual, times sqrt(w)
    y : (N,) outcome in the same form (u = y - X b for least squares)
    bread : (K, K) inverse of minus the derivative of the score
    counts : observations and parameters, for the small-sample rule
    sample : the rows used
    sqrt_w : (N,) square roots of the weights, or None
    dispersion : the variance of u where the model fixes it (1 for Poisson), or None
    least_squares : whether u = y - X b and bread = inv(X' X)
    regressors : (N, K) the A in u = y - A b, where it is not X (two stages)
    nuisance : terms that are not reported (absorbed slopes)
    """

    terms: tuple[str, ...]
    X: Array = field(repr=False)
    u: Array = field(repr=False)
    y: Array = field(repr=False)
    bread: Array = field(repr=False)
    counts: Counts
    sample: Sample
    sqrt_w: Array | None = field(default=None, repr=False)
    dispersion: float | None = None
    least_squares: bool = True
    regressors: Array | None = field(default=None, repr=False)
    nuisance: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def scores(self) -> Array:
        """(N, K) contributions to the score."""
        return self.X * self.u[:, None]

    @property
    def influence(self) -> Array:
        """(N, K) contributions to the coefficients' error, bread times score.

        A sandwich is a sum of products of these. Bread times the sum of products of scores is
        the same and loses digits where a regressor is far from zero: its square cancels.
        """
        out = self.bread.T @ self.X.T  # by columns of X: the long axis is the inner one
        out *= self.u
        return out.T


@dataclass(frozen=True)
class TwoStepFit(LinearFit):
    """`LinearFit` of a second step: its scores hold the first step's sampling error.

    Attributes
    ----------
    stacked : (N, K) those scores; X and u are the second step's, zero in rows it does not use
    """

    stacked: Array = field(kw_only=True, repr=False)

    @property
    def scores(self) -> Array:
        """(N, K) contributions to the score of the second step, by either step."""
        return self.stacked

    @property
    def influence(self) -> Array:
        """(N, K) contributions to the coefficients' error."""
        return self.stacked @ self.bread


def refuse_two_steps(fit: LinearFit, name: str) -> None:
    """Raise `InputError` for a second step under a covariance that leaves out the first."""
    if isinstance(fit, TwoStepFit):
        raise InputError(
            f"{name} leaves out the sampling error of the first step; found a control function. "
            "Use Robust(), Cluster(...), Conley(...) or DriscollKraay(...), which have it."
        )
