"""Do the instruments agree: Sargan and Hansen."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.inference.estimates import Estimates
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.inference.sandwich import covariance
from agglometrics.inference.small_sample import SmallSample
from agglometrics.inference.specifications import Homoskedastic
from agglometrics.linalg.symmetric import scaled_inverse
from agglometrics.models.iv import IVRegression, system_of
from agglometrics.models.systems import System
from agglometrics.notation import Array
from agglometrics.tables.arguments import checked


@checked
def overidentification(fit: IVRegression) -> pd.DataFrame:
    """Return Hansen's J test that all instruments are exogenous (Sargan's, if homoskedastic).

    J is at the two-step efficient GMM estimate, its weights from the estimate's covariance.
    Columns: statistic, df, p_value.

    Raises
    ------
    InputError
        If the instruments just identify the coefficients.
    IdentificationError
        If the covariance of the moments is singular: more instruments than clusters.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import Robust, iv, overidentification
    >>> z1, z2, e = np.random.default_rng(3).normal(size=(3, 200))
    >>> data = pd.DataFrame({"z1": z1, "z2": z2, "x": z1 + z2 + e, "y": z1 + z2 + 3 * e})
    >>> fit = iv("y ~ [x ~ z1 + z2]", data, cov=Robust())
    >>> overidentification(fit).round(3)
       statistic  df  p_value
    0      0.645   1    0.422
    """
    from scipy import stats

    system = system_of(fit)
    y, X, Z = system.partial()
    L, K = Z.shape[1], X.shape[1]
    if L == K:
        raise InputError(
            f"{L} instruments just identify {K} coefficients: nothing is left to test. "
            "Add an instrument, or argue for those you have."
        )
    u = y - X @ fit.params[:K]
    S = _moment_covariance(system, Z, u, fit)
    XZ, Zy = X.T @ Z, Z.T @ y
    weight = scaled_inverse(S, f"the covariance of the {L} moments")
    b = scaled_inverse(XZ @ weight @ XZ.T, "the matrix of moments") @ (XZ @ (weight @ Zy))
    g = Zy - XZ.T @ b
    J = float(g @ weight @ g)
    return pd.DataFrame([{"statistic": J, "df": L - K, "p_value": stats.chi2.sf(J, L - K)}])


def _moment_covariance(system: System, Z: Array, u: Array, fit: Estimates) -> Array:
    spec = fit.covariance.spec
    if isinstance(spec, Homoskedastic):
        return np.asarray(Z.T @ Z * (u @ u) / len(u))
    plain = SmallSample(observations=False, clusters=False)
    moments = LinearFit(
        tuple(map(str, range(Z.shape[1]))),
        Z,
        u,
        u,
        np.eye(Z.shape[1]),
        system.counts(Z.shape[1]),
        system.design.sample,
        system.sqrt_w,
        least_squares=False,
    )
    return covariance(spec, moments, plain).matrix
