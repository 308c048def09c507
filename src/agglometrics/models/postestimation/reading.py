"""The regressors of a fit, read from another table as they were read from its own."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.models.design import Design
from agglometrics.models.formulas import reader
from agglometrics.models.regression import Regression
from agglometrics.notation import Array


def remembered(fit: Regression) -> Design:
    """Return the design of a fit, or raise `InputError` where it keeps none."""
    if fit.design is None:
        raise InputError(
            f"this needs estimates of panel() by least squares; found {fit.method!r}. Estimate "
            "the equation with panel(..., estimator=LeastSquares())."
        )
    return fit.design


def read_regressors(fit: Regression, table: pd.DataFrame) -> Array:
    """Return the regressors (n, K) of the fit's terms in a table, NaN where one is unknown."""
    design = remembered(fit)
    sample = design.sample
    matrix = reader(design.formula, sample.frame, sample.entity, sample.time)(table)
    return np.asarray(matrix[list(fit.terms)].to_numpy(dtype=np.float64))
