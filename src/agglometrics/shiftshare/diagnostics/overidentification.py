"""All shares as instruments, and tests that they agree with one another.

Goldsmith-Pinkham, Sorkin and Swift (2020): under exogenous shares and constant effects
the shift-share estimate, 2SLS with all shares, its bias-corrected version and LIML estimate the
same number, and over-identification tests do not reject.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import linalg, special

from agglometrics.errors import IdentificationError
from agglometrics.notation import Array
from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign, HasAligned
from agglometrics.shiftshare.alignment.partialling import COLLINEAR
from agglometrics.shiftshare.alignment.specification import Specification, specification
from agglometrics.tables.arguments import checked


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
            f"(the latter for controls); found {n}. Group the sectors, or take the path of the "
            "shocks."
        )


@checked
def overidentification(
    self: HasAligned,
    outcome: str,
    treatment: str,
    *,
    controls: str | Sequence[str] = (),
    weights: str | None = None,
    fixed_effects: str | Sequence[str] = (),
) -> pd.DataFrame:
    """Return estimates with all shares as instruments, and tests that they agree.

    Returns
    -------
    pandas.DataFrame
        ``estimator`` (``bartik``, ``tsls``, ``mbtsls``, ``liml``), ``estimate``,
        ``std_error`` (robust), and ``statistic, df, p_value`` of the test that all shares
        are valid instruments where there is one (Sargan for tsls; Anderson and Rubin's
        likelihood ratio for liml; both homoskedastic).

    Notes
    -----
    Goldsmith-Pinkham, Sorkin and Swift (2020): estimates far apart are evidence against
    exogenous shares. The null is that every share is exogenous and effects are constant.

    Examples
    --------
    >>> from agglometrics.shiftshare.simulate import simulate_shift_share
    >>> design = simulate_shift_share(1, per_cluster=3).design
    >>> design.overidentification("y", "x")["estimator"].tolist()
    ['bartik', 'tsls', 'mbtsls', 'liml']
    """
    spec = specification(controls, fixed_effects, weights, None)
    return overidentified(self.aligned, outcome, treatment, spec)
