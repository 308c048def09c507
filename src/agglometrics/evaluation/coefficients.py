"""Coefficients before and after the reference of an event study, with their covariance."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from agglometrics.errors import IdentificationError, InputError
from agglometrics.evaluation.event.cells import CallawaySantAnna, VaryingBase
from agglometrics.evaluation.event.imputation import Imputation
from agglometrics.evaluation.results.events import EventStudy
from agglometrics.notation import Array, Codes


@dataclass(frozen=True)
class EventCoefficients:
    """Coefficients before and after the reference, and their covariance.

    Attributes
    ----------
    at : (P + Q,) event times less the reference: P negative ones, then Q positive ones
    b : (P + Q,) coefficients
    S : (P + Q, P + Q) covariance
    events : (P + Q,) event times
    """

    at: Array
    b: Array = field(repr=False)
    S: Array = field(repr=False)
    events: Codes

    @property
    def P(self) -> int:  # noqa: N802, a count in the article's notation
        """Coefficients before the reference."""
        return int((self.at < 0).sum())


def event_coefficients(fit: EventStudy) -> EventCoefficients:
    """Return the coefficients of an event study whose reference is one period.

    Raises
    ------
    InputError
        For coefficients that are not relative to one reference period (imputation, varying base).
    IdentificationError
        Without a coefficient before the reference, or without standard errors.
    """
    estimator, pieces = fit.estimator, fit.pieces
    varying = isinstance(estimator, CallawaySantAnna) and isinstance(estimator.base, VaryingBase)
    if pieces is None or varying or isinstance(estimator, Imputation):
        raise InputError(
            f"coefficients before treatment must be relative to one reference period; those of "
            f"{estimator!r} are not. Use CallawaySantAnna() with UniversalBase(), SunAbraham() or "
            "TwoWay()."
        )
    at = np.asarray(pieces.events + 1 + estimator.anticipation, dtype=np.float64)
    if not (at < 0).any():
        raise IdentificationError(
            "no coefficient lies before the reference period: nothing is known of trends before "
            "treatment. Add earlier periods."
        )
    S = fit.covariance.matrix[:-1, :-1]
    if np.isnan(S).any():
        raise IdentificationError(
            "the event study has no standard errors (one or two treated units). Use "
            "permutation_test."
        )
    return EventCoefficients(at, fit.params[:-1], S, pieces.events)
