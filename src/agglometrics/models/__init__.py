"""Regressions of cluster effects, and the answer they share."""

from agglometrics.models.bootstrap_iv import wild_iv
from agglometrics.models.covariance import (
    CR3,
    Bartlett,
    Cluster,
    Conley,
    DriscollKraay,
    Homoskedastic,
    NeweyWest,
    Rademacher,
    Robust,
    Uniform,
    Webb,
    WildBootstrap,
)
from agglometrics.models.estimates import Covariance, Estimates, Interval
from agglometrics.models.hausman import hausman, robust_hausman
from agglometrics.models.iv import IVRegression, iv
from agglometrics.models.panel import (
    Between,
    FirstDifference,
    LeastSquares,
    Mundlak,
    RandomEffects,
    panel,
)
from agglometrics.models.poisson import poisson
from agglometrics.models.regression import Regression
from agglometrics.models.rules import (
    FixestRules,
    LinearmodelsRules,
    PlmRules,
    SmallSample,
    StataAregRules,
    StataXtregRules,
)
from agglometrics.models.weak_iv import (
    anderson_rubin,
    anderson_rubin_test,
    overidentification,
    weak_instruments,
)

__all__ = [
    "CR3",
    "Bartlett",
    "Between",
    "Cluster",
    "Conley",
    "Covariance",
    "DriscollKraay",
    "Estimates",
    "FirstDifference",
    "FixestRules",
    "Homoskedastic",
    "IVRegression",
    "Interval",
    "LeastSquares",
    "LinearmodelsRules",
    "Mundlak",
    "NeweyWest",
    "PlmRules",
    "Rademacher",
    "RandomEffects",
    "Regression",
    "Robust",
    "SmallSample",
    "StataAregRules",
    "StataXtregRules",
    "Uniform",
    "Webb",
    "WildBootstrap",
    "anderson_rubin",
    "anderson_rubin_test",
    "hausman",
    "iv",
    "overidentification",
    "panel",
    "poisson",
    "robust_hausman",
    "weak_instruments",
    "wild_iv",
]
