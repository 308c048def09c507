"""Regressions of cluster effects, and the answer they share.

Estimators: `panel`, `poisson`, `iv`, `dynamic_panel`, `spatial_panel`. Each returns `Estimates`;
its covariance is a value (`Cluster("region")`, `Conley(km=200)`) and can be changed afterwards,
``fit.with_cov(DriscollKraay(2))``. The small-sample rule, and how those of other programs differ,
are in `agglometrics.models.rules`.

After an estimate: `hausman`, `robust_hausman`; `weak_instruments`, `anderson_rubin`,
`overidentification`, `wild_iv`; `impacts`, `lagrange_multipliers`; `detectable_effect`,
`without_each`, `oster`, `u_test`.
"""

from agglometrics.models.binned_scatter import binned_scatter
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
    ShiftShare,
    Uniform,
    Webb,
    WildBootstrap,
    Windmeijer,
)
from agglometrics.models.dynamic import dynamic_panel
from agglometrics.models.entropy import entropy_index
from agglometrics.models.estimates import Covariance, Estimates, Interval
from agglometrics.models.formulas import from_columns
from agglometrics.models.hausman import hausman, robust_hausman
from agglometrics.models.instruments import Gmm
from agglometrics.models.iv import IVRegression, iv
from agglometrics.models.oster import oster
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
from agglometrics.models.robust_sets import anderson_rubin, anderson_rubin_test
from agglometrics.models.rules import (
    FixestRules,
    LinearmodelsRules,
    PlmRules,
    SmallSample,
    StataAregRules,
    StataXtregRules,
)
from agglometrics.models.sensitivity import detectable_effect, without_each
from agglometrics.models.spatial import (
    SpatialDurbin,
    SpatialError,
    SpatialEstimates,
    SpatialLag,
    spatial_panel,
)
from agglometrics.models.spatial_tests import impacts, lagrange_multipliers
from agglometrics.models.spatial_weights import moran, row_standardize
from agglometrics.models.threshold import ThresholdRegression, threshold_panel
from agglometrics.models.u_shape import u_test
from agglometrics.models.weak_iv import overidentification, weak_instruments

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
    "Gmm",
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
    "ShiftShare",
    "SmallSample",
    "SpatialDurbin",
    "SpatialError",
    "SpatialEstimates",
    "SpatialLag",
    "StataAregRules",
    "StataXtregRules",
    "ThresholdRegression",
    "Uniform",
    "Webb",
    "WildBootstrap",
    "Windmeijer",
    "anderson_rubin",
    "anderson_rubin_test",
    "binned_scatter",
    "detectable_effect",
    "dynamic_panel",
    "entropy_index",
    "from_columns",
    "hausman",
    "impacts",
    "iv",
    "lagrange_multipliers",
    "moran",
    "oster",
    "overidentification",
    "panel",
    "poisson",
    "robust_hausman",
    "row_standardize",
    "spatial_panel",
    "threshold_panel",
    "u_test",
    "weak_instruments",
    "wild_iv",
    "without_each",
]
