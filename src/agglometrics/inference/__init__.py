"""Estimates and their uncertainty: one of each for every estimator of the package.

A covariance is a value (`specifications`); `sandwich.covariance` makes it a matrix.
"""

# importing these registers their specifications on `sandwich.covariance`
from agglometrics.inference import (
    clusters,
    conley,
    cr2,
    jackknife,
    sandwich,
    wild_bootstrap,
)
from agglometrics.inference.serial import long_run
from agglometrics.inference.spatial import scpc

__all__ = [
    "clusters",
    "conley",
    "cr2",
    "jackknife",
    "long_run",
    "sandwich",
    "scpc",
    "wild_bootstrap",
]
