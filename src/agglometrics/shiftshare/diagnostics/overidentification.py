"""All shares as instruments, and tests that they agree with one another.

Goldsmith-Pinkham, Sorkin and Swift (2020): under exogenous shares and constant effects
the shift-share estimate, 2SLS with all shares, its bias-corrected version and LIML estimate the
same number, and over-identification tests do not reject.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import linalg, special

from agglometrics.errors import IdentificationError
from agglometrics.linalg.groups import cluster_sums
from agglometrics.notation import Array
from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign
from agglometrics.shiftshare.alignment.partialling import COLLINEAR
from agglometrics.shiftshare.alignment.shock_side import shock_side
from agglometrics.shiftshare.alignment.specification import Specification
from agglometrics.shiftshare.fitting import fit
from agglometrics.shiftshare.inference.shock_level import ShockLevel


def k_class(y: Array, x: Array, fitted_x: Array, kappa: float) -> tuple[float, float]:
    """Return the k-class estimate and its robust standard error.

    y, x, fitted_x : (N,) residuals, and x projected on the instruments. kappa = 0 is least
    squares, 1 is 2SLS.
    """
    return just_identified_iv(y, x, (1 - kappa) * x + kappa * fitted_x)


def just_identified_iv(y: Array, x: Array, instrument: Array) -> tuple[float, float]:
    """Return the IV estimate with one instrument (N,) and its robust standard error."""
    beta = float(instrument @ y / (instrument @ x))
    score = instrument * (y - beta * x)
    return beta, float(np.sqrt(score @ score) / abs(instrument @ x))


def liml_kappa(yx: Array, projected: Array) -> float:
    """Return the smallest root of |V - kappa (V - P)| = 0, V = yx'yx, P = projected'projected."""
    V, P = yx.T @ yx, projected.T @ projected
    return float(1 / (1 - linalg.eigh(P, V, eigvals_only=True)[0]))


def overidentified(
    design: AlignedDesign, outcome: str, treatment: str, spec: Specification
) -> pd.DataFrame:
    """See `ShiftShareDesign.overidentification`."""
    space = design.space(spec)
    yx = np.column_stack([space(design.location_values(c)) for c in (outcome, treatment)])
    basis = _share_basis(space(design.W.toarray()))
    n, L, K = len(yx), space.rank, basis.shape[1]
    _refuse(n, L, K)
    y, x = yx.T
    projected = basis.T @ yx
    fitted = basis @ projected[:, 1]
    bias_corrected = (1 - L / n) / (1 - K / n - L / n)  # Kolesar et al. (2015)
    liml = liml_kappa(yx, projected)
    kappas = {"tsls": 1.0, "mbtsls": bias_corrected, "liml": liml}
    rows = [("bartik", *just_identified_iv(y, x, space(design.z[:, 0])))]
    rows += [(name, *k_class(y, x, fitted, kappa)) for name, kappa in kappas.items()]
    out = pd.DataFrame(rows, columns=["estimator", "estimate", "std_error"])
    e = y - out.loc[1, "estimate"] * x
    sargan = n * float((basis.T @ e) @ (basis.T @ e) / (e @ e))
    statistics = [np.nan, sargan, np.nan, n * np.log(liml)]
    df = K - 1
    out["statistic"] = statistics
    out["df"] = np.where(np.isnan(statistics), np.nan, df)
    out["p_value"] = special.chdtrc(df, out["statistic"])
    return out


def gmm(moment: Array, slope: Array, start: float) -> tuple[float, float, float]:
    """Return the efficient two-step estimate, its standard error, and Hansen's J.

    moment, slope : (G, L) parts of z'y and z'x of independent groups of shocks
    start : the estimate at which the moments' variance is taken
    """
    score = moment - start * slope
    B, A = moment.sum(axis=0), slope.sum(axis=0)
    weighted_A, weighted_B = np.linalg.solve(score.T @ score, np.column_stack([A, B])).T
    beta = float(A @ weighted_B / (A @ weighted_A))
    rest = B - beta * A
    return beta, float((A @ weighted_A) ** -0.5), float(rest @ (weighted_B - beta * weighted_A))


def overidentified_shocks(
    design: AlignedDesign,
    names: tuple[str, str],
    spec: Specification,
    cluster: str | None,
) -> pd.DataFrame:
    """See `ShiftShareDesign.shock_overidentification`."""
    L = len(design.shock_names)
    if L < 2:
        raise IdentificationError(
            f"shocks over-identify one treatment from two on; found {list(design.shock_names)}. "
            "Name them with shock=[...]."
        )
    outcome, treatment = names
    first = fit(design, outcome, (treatment,), spec, ShockLevel(cluster))
    space = design.space(spec)
    side = shock_side(design, space.root**2, spec.shock_controls or ())
    groups = design.shock_groups(cluster)
    kept = None if groups is None else groups[side.used]
    moment, slope = (
        cluster_sums(side.moments(space(design.location_values(name)), space.root), kept)
        for name in names
    )
    beta, error, j = gmm(moment, slope, float(first.params[0]))
    return pd.DataFrame(
        {
            "estimator": ["tsls", "gmm"],
            "estimate": [first.params[0], beta],
            "std_error": [first.std_errors[0], error],
            "statistic": [np.nan, j],
            "df": [np.nan, L - 1],
            "p_value": [np.nan, special.chdtrc(L - 1, j)],
        }
    )


def _share_basis(Z: Array) -> Array:
    """Return orthonormal columns of the shares that add something to one another."""
    length = np.linalg.norm(Z, axis=0)
    kept = Z[:, length > COLLINEAR * length.max()]
    factors = linalg.qr(kept / np.linalg.norm(kept, axis=0), mode="economic", pivoting=True)
    basis, triangle = np.asarray(factors[0], dtype=np.float64), np.asarray(factors[1])
    rank = int((np.abs(np.diag(triangle)) > COLLINEAR).sum())
    return basis[:, :rank]


def _refuse(n: int, L: int, K: int) -> None:
    if n <= K + L or K < 2:
        raise IdentificationError(
            f"over-identification with {K} independent shares needs more than {K} + {L} locations "
            f"(the latter for controls); found {n}. Group the sectors, or take the road of the "
            "shocks."
        )
