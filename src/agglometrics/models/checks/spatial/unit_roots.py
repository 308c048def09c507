"""Is a variable, or a regression's residual, a spatial unit root, or stationary? And a way out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.inference.spatial.locations import coordinates
from agglometrics.inference.spatial.unit_roots import (
    Field,
    RatioTest,
    lbm_gls_matrix,
    residual_maker,
    stationarity_test,
    unit_root_test,
)
from agglometrics.models.design import Design, build
from agglometrics.notation import Array
from agglometrics.tables import require_columns, to_frame
from agglometrics.tables.arguments import checked
from agglometrics.tables.sample import Sample

Kernel = Callable[[Array, Field, int, Array], RatioTest]


@dataclass(frozen=True)
class SpatialRootTest:
    """A test of a spatial unit root, or of stationarity.

    Attributes
    ----------
    null : the hypothesis tested
    variable : what was tested: a column, or the residuals of a formula
    statistic : likelihood ratio; large values reject the null
    p_value : simulated, with the Monte Carlo standard error of `draws` draws
    critical_values : at 1, 5 and 10 percent
    alternative : the parameter of the alternative that the test points at: the decay c per largest
        distance, or the weight of the unit root
    q, draws, n_places : averages used, simulated draws, places
    """

    null: str
    variable: str
    statistic: float
    p_value: float
    critical_values: tuple[float, float, float]
    alternative: float
    q: int
    draws: int
    n_places: int

    def tidy(self) -> pd.DataFrame:
        """Return one row: null, variable, statistic, p_value, critical_05, alternative, q."""
        row = {
            "null": self.null,
            "variable": self.variable,
            "statistic": self.statistic,
            "p_value": self.p_value,
            "critical_05": self.critical_values[1],
            "alternative": self.alternative,
            "q": self.q,
            "n_places": self.n_places,
        }
        return pd.DataFrame([row])


@checked
def spatial_unit_root_test(
    formula: str,
    data: object,
    *,
    lat: str = "lat",
    lon: str = "lon",
    x: str | None = None,
    y: str | None = None,
    q: int = 15,
    draws: int = 100_000,
    seed: Any = 42,
) -> SpatialRootTest:
    """Test that a variable, or the residual of a regression, has a spatial unit root.

    Where it has one, regressions of such variables on each other find significance that is not
    there, whatever the covariance (`SCPC` too). `lbm_gls` transforms them so that it is gone.

    The null is simulated from a Gaussian walk. At 5 percent the test rejects .040 of such walks
    over 100 places (300 samples, Monte Carlo error .011), but .103 (.018) where the walk's
    independent parts are Student with 3 degrees of freedom: with heavy tails a rejection says less.

    Parameters
    ----------
    formula : a column, ``"income"``, or a regression, ``"income ~ schools + C(state)"``
    data : a table with one row per place
    lat, lon : columns of coordinates in degrees; or `x`, `y` in the plane
    q : number of averages over space that the test is made of
    draws, seed : of the simulated null; 42 is the default of the authors' programs

    Raises
    ------
    InputError
        For fewer than q + 1 places, coordinates that are not degrees, or more than 10,000 places.

    References
    ----------
    Mueller and Watson (2024), Spatial unit roots and spurious regression, Econometrica 92(5);
    Becker, Boll and Voth (2026), Stata Journal. The kernel's docstring has the formulas.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import spatial_unit_root_test
    >>> east, north = np.meshgrid(np.arange(8.0), np.arange(8.0))
    >>> data = pd.DataFrame({"x": east.ravel(), "y": north.ravel()})
    >>> data["noise"] = np.random.default_rng(0).normal(size=64)
    >>> test = spatial_unit_root_test("noise", data, x="x", y="y", q=8, draws=2_000)
    >>> test.p_value < 0.05
    True
    """
    return _test(
        "spatial unit root", unit_root_test, formula, data, (lat, lon, x, y), q, draws, seed
    )


@checked
def spatial_stationarity_test(
    formula: str,
    data: object,
    *,
    lat: str = "lat",
    lon: str = "lon",
    x: str | None = None,
    y: str | None = None,
    q: int = 15,
    draws: int = 100_000,
    seed: Any = 42,
) -> SpatialRootTest:
    """Test that a variable, or the residual of a regression, is stationary over space.

    The null is weak correlation, of an average over all pairs of at most .03.

    Parameters, errors and references as `spatial_unit_root_test`.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import spatial_stationarity_test
    >>> east, north = np.meshgrid(np.arange(8.0), np.arange(8.0))
    >>> data = pd.DataFrame({"x": east.ravel(), "y": north.ravel()})
    >>> data["slope"] = data.x + 0.1 * np.random.default_rng(0).normal(size=64)
    >>> test = spatial_stationarity_test("slope", data, x="x", y="y", q=8, draws=2_000)
    >>> test.p_value < 0.05
    True
    """
    where = (lat, lon, x, y)
    return _test("stationary over space", stationarity_test, formula, data, where, q, draws, seed)


def _test(
    null: str,
    kernel: Kernel,
    formula: str,
    data: object,
    where: tuple[str, str, str | None, str | None],
    q: int,
    draws: int,
    seed: Any,
) -> SpatialRootTest:
    alone = "~" not in formula
    design = build(f"{formula} ~ 1" if alone else formula, data)
    X = _regressors(design)
    P = len(design.y)
    if not 1 <= q < P - X.shape[1] or draws < 100:
        raise InputError(
            f"q must be from 1 to the {P} places minus {X.shape[1] + 1}, draws at least 100; found "
            f"q={q}, draws={draws}. "
            "For example q=10, draws=9999, with places enough."
        )
    d = _shares(
        coordinates(f"a test of {formula!r}", *where).of(design.sample), where[2] is not None
    )
    field = Field(d, residual_maker(X), regressors=X.shape[1] > 1)
    e = np.random.default_rng(seed).standard_normal((q, draws))
    out = kernel(design.y, field, q, e)
    variable = design.outcome if not field.regressors else f"residual of {formula}"
    return SpatialRootTest(
        null,
        variable,
        out.statistic,
        out.p_value,
        out.critical_values,
        out.alternative,
        q,
        draws,
        P,
    )


def _regressors(design: Design) -> Array:
    """Return an orthonormal basis of the regressors, the constant among them, (P, K)."""
    X = np.column_stack([np.ones(len(design.y)), design.X])
    scale = np.sqrt((X**2).sum(axis=0))
    basis, size, _ = np.linalg.svd(X / np.where(scale > 0, scale, 1), full_matrices=False)
    return np.asarray(basis[:, size > 1e-10])


def _shares(points: Array, plane: bool) -> Array:
    """Return distances as shares of the largest, (P, P)."""
    from agglometrics.inference.spatial.locations import Coordinates

    d, _ = Coordinates("", "", plane).distances(points)
    if not d.max() > 0:
        raise InputError("all places are the same point. Pass the columns of different places.")
    return np.asarray(d / d.max())


@checked
def lbm_gls(
    data: object,
    columns: str | Sequence[str],
    *,
    lat: str = "lat",
    lon: str = "lon",
    x: str | None = None,
    y: str | None = None,
) -> pd.DataFrame:
    """Return `data` with columns transformed so that a spatial unit root becomes noise.

    Generalised least squares for Levy's Brownian motion (Mueller and Watson 2024): v becomes
    (M Sigma M)^{-1/2} v, where Sigma_lm = (d_l + d_m - d_lm) / 2 and M takes out the mean. Regress
    transformed columns on each other (the constant is gone), with `SCPC` for what is left.

    Parameters
    ----------
    data : a table with one row per place, no two at the same point
    columns : the columns to transform, outcome and regressors alike
    lat, lon : columns of coordinates in degrees; or `x`, `y` in the plane

    Raises
    ------
    InputError
        For missing columns or values, or coordinates that are not degrees.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import lbm_gls
    >>> data = pd.DataFrame({"x": [0.0, 1, 3], "y": 0.0, "v": [5.0, 7, 6]})
    >>> lbm_gls(data, "v", x="x", y="y").v.sum().round(6)  # no constant is left
    np.float64(0.0)
    """
    frame = to_frame(data)
    names = [columns] if isinstance(columns, str) else list(columns)
    if not names:
        raise InputError("columns names no column to transform. Pass columns=['column'].")
    require_columns(frame, names)
    sample = Sample(frame, np.arange(len(frame)))
    values = np.column_stack([sample.numbers(name) for name in names])
    where = coordinates("lbm_gls", lat, lon, x, y)
    transformed = lbm_gls_matrix(_shares(where.of(sample), where.plane)) @ values
    return frame.assign(**{name: transformed[:, k] for k, name in enumerate(names)})
