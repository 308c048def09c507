"""Spatial models as values: lag, Durbin, error, and no spatial dependence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from agglometrics.models.spatial.layout import Layout
from agglometrics.models.spatial.likelihood import Solution, fit_error, fit_lag, fit_none
from agglometrics.tables.arguments import checked


class SpatialModel(Protocol):
    """A spatial specification: a frozen value with a name, its parameters' names and a fit."""

    @property
    def method(self) -> str:
        """The name that a reader sees."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the spatial coefficients: one, or none."""

    def fit(self, at: Layout) -> Solution:
        """Return the maximum-likelihood solution."""


@checked
@dataclass(frozen=True)
class SpatialLag:
    """y = rho W y + X b + e."""

    method: str = "spatial lag"
    parameters: tuple[str, ...] = ("rho",)

    def fit(self, at: Layout) -> Solution:
        """Return the lag model's solution."""
        return fit_lag(at)


@checked
@dataclass(frozen=True)
class SpatialDurbin:
    """y = rho W y + X b + W X theta + e; terms ``W*x`` are theta."""

    method: str = "spatial Durbin"
    parameters: tuple[str, ...] = ("rho",)

    def fit(self, at: Layout) -> Solution:
        """Return the lag model's solution, spatial lags of X being among the regressors."""
        return fit_lag(at)


@checked
@dataclass(frozen=True)
class SpatialError:
    """y = X b + u, u = lambda W u + e."""

    method: str = "spatial error"
    parameters: tuple[str, ...] = ("lambda",)

    def fit(self, at: Layout) -> Solution:
        """Return the error model's solution."""
        return fit_error(at)


@dataclass(frozen=True)
class NoDependence:
    """y = X b + e: no spatial dependence; `lagrange_multipliers` tests for it.

    The coefficients are those of `panel`. Weights may be of any kind, with any effects.
    """

    method: str = "no spatial dependence"
    parameters: tuple[str, ...] = ()

    def fit(self, at: Layout) -> Solution:
        """Return least squares, as a likelihood."""
        return fit_none(at)
