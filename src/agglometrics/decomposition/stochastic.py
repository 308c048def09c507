"""The stochastic shift-share model with its inference: an `Estimates` of growth effects."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from agglometrics.decomposition.cell_bootstrap import CellBootstrap, bootstrapped_f
from agglometrics.decomposition.growth import Growth
from agglometrics.decomposition.history import Names, read_history
from agglometrics.decomposition.periods import check_ends
from agglometrics.decomposition.regression import TwoWay, fit_growth, wald
from agglometrics.errors import IdentificationError, InputError
from agglometrics.inference.display.by_term import by_term
from agglometrics.notation import Array
from agglometrics.tables import Missing, listed, to_frame
from agglometrics.tables.arguments import checked

if TYPE_CHECKING:
    from agglometrics.inference.estimates import Covariance, Estimates


@checked
def stochastic_shift_share(
    cells: object,
    *,
    value: str,
    time: str = "time",
    start: Any,
    end: Any,
    region: str = "region",
    industry: str = "industry",
    missing: Missing = "raise",
    cov: object = None,
) -> Estimates:
    """Estimate national, industry and regional growth effects with standard errors.

    The growth rate of a cell, ``y_ri = D_ri / B_ri``, follows
    ``y_ri = mu + alpha_i + beta_r + e_ri`` with ``sum_i B_i alpha_i = sum_r B_r beta_r = 0``
    (Patterson 1991), so ``mu`` is the growth of the whole and ``beta_r``, the competitive
    effect, is the growth of region r beyond what mix and nation explain.

    Error model: errors are independent with mean zero and variance ``sigma^2 / B_ri``, as if
    each of the B units of a cell grew by itself; least squares weighted by ``B`` is then
    efficient, and t and F statistics are exact if errors are normal. All of this depends on the
    variance function: where it is wrong, the F of regions may reject a true null nearly always.
    ``variance_lm`` tests it against variances that depend on the base in another way.
    ``cov=Robust()`` (HC3) drops it: then t statistics of single effects are approximate, and no
    F is given, because a quadratic form in as many robust variances as effects rejects too
    often. ``cov=CellBootstrap()`` gives it, with a p-value from a wild bootstrap that imposes
    the null: simulated with 31 regions, 18 industries and variances that do not fall with the
    base (300 samples, Monte Carlo error .012) it rejects .043 for regions and .040 for
    industries, where the F above rejects .94 and 1.00; with variance sigma^2 / base .030 and
    .023; with 14 regions and 10 industries .050 and .047 (F: .46 and .29). Complete counts have
    no sampling error: the experiment is the growth process, not the drawing of cells.

    Parameters
    ----------
    cells, value, time, start, end, region, industry, missing :
        as in `shift_share`
    cov : ``Homoskedastic()`` (variance sigma^2 / base; the default), ``Robust()`` or
        ``CellBootstrap()``

    Returns
    -------
    Estimates
        Terms ``national``, ``region[...]``, ``industry[...]``, with Student's t on
        ``df_resid`` degrees of freedom. `glance` holds the F tests that all regions, and all
        industries, have one effect (``f_region``, ``df_region``, ``p_region``; the same for
        industry), but not with ``Robust()``; ``variance_lm`` and ``p_variance`` test the
        variance function. Cells, regions and industries without a base have no growth rate:
        they are not used, and the notes report how many and what they gained.

    Raises
    ------
    InputError
        For bad cells and periods, as `shift_share`, and for another covariance.
    IdentificationError
        If industries do not link the regions, or no degrees of freedom are left.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame(
    ...     {
    ...         "region": ["A"] * 3 + ["B"] * 3 + ["C"] * 3,
    ...         "industry": ["x", "y", "z"] * 3,
    ...         "2002": [90, 20, 60, 60, 30, 40, 250, 100, 300],
    ...         "2012": [100, 40, 55, 85, 55, 35, 255, 115, 390],
    ...     }
    ... ).melt(["region", "industry"], var_name="year", value_name="jobs")
    >>> fit = stochastic_shift_share(cells, value="jobs", time="year", start="2002", end="2012")
    >>> fit.tidy()[["term", "estimate", "std_error"]].round(4).head(4)
            term  estimate  std_error
    0   national    0.1895     0.0967
    1  region[A]   -0.0233     0.2082
    2  region[B]    0.1477     0.2441
    3  region[C]   -0.0235     0.0662
    """
    from agglometrics.inference.estimates import Estimates
    from agglometrics.inference.specifications import Homoskedastic

    frame = to_frame(cells)
    check_ends(frame, time, start, end)
    names = Names(value, time, region, industry)
    history = read_history(frame, [start, end], "including", names, missing)
    (growth,) = history.steps()
    fit, rows, columns = fit_growth(growth)
    _require_spare_cells(fit)
    regions, industries = history.cube.regions[rows], history.cube.industries[columns]
    terms = ["national", *_labelled("region", regions), *_labelled("industry", industries)]
    return Estimates(
        terms=tuple(terms),
        params=by_term(np.concatenate([[fit.mu], fit.effects]), terms),
        covariance=_covariance(fit, len(regions), Homoskedastic() if cov is None else cov),
        outcome=f"growth of {value}, {start} to {end}",
        method="stochastic shift-share (two-way, weighted by base)",
        n_obs=fit.n_obs,
        statistics={"sigma2": fit.rss / fit.df, "r_squared": _r_squared(fit, growth)},
        notes=_notes(growth, history.cube.regions[~rows], history.cube.industries[~columns]),
        recompute=partial(_covariance, fit, len(regions)),
    )


def _require_spare_cells(fit: TwoWay) -> None:
    if fit.df <= 0:
        raise IdentificationError(
            f"{fit.n_obs} cells with a base do not exceed the {len(fit.effects) - 1} parameters, "
            "so standard errors do not exist. Use finer industries or more regions; "
            "shift_share(..., method=Stochastic()) gives the parts alone."
        )


def _labelled(kind: str, labels: Any) -> list[str]:
    return [f"{kind}[{label}]" for label in labels]


def _covariance(fit: TwoWay, n_regions: int, spec: object) -> Covariance:
    from agglometrics.inference.estimates import Covariance
    from agglometrics.inference.specifications import Homoskedastic

    V, name = _matrix(fit, spec)
    lm, p = fit.variance_test()
    numbers = {"df_resid": float(fit.df), "variance_lm": lm, "p_variance": p}
    if isinstance(spec, CellBootstrap):
        found = bootstrapped_f(fit, spec, np.random.default_rng(spec.seed))
        return Covariance(V, name, float(fit.df), numbers | found, spec)
    if not isinstance(spec, Homoskedastic):
        return Covariance(V, name, float(fit.df), numbers, spec)
    beta, alpha = np.split(fit.effects, [n_regions])
    V_beta, V_alpha = V[1:, 1:][:n_regions, :n_regions], V[1:, 1:][n_regions:, n_regions:]
    tests = _f_test("region", beta, V_beta, fit.df) | _f_test("industry", alpha, V_alpha, fit.df)
    return Covariance(V, name, float(fit.df), numbers | tests, spec)


def _matrix(fit: TwoWay, spec: object) -> tuple[Array, str]:
    from agglometrics.inference.specifications import Homoskedastic, Robust

    if isinstance(spec, Homoskedastic):
        return fit.homoskedastic(), "variance sigma^2 / base"
    if isinstance(spec, Robust):
        return fit.robust(), "heteroskedasticity-robust (HC3)"
    if isinstance(spec, CellBootstrap):
        return fit.robust(), f"HC3, F by wild bootstrap of cells, {spec.draws} draws"
    raise InputError(
        f"cov={spec!r} is unknown here. Pass Homoskedastic(), Robust() or CellBootstrap(). A "
        "region's effect absorbs what its cells have in common, so clusters by region add nothing."
    )


def _f_test(kind: str, effects: Array, V: Array, df: int) -> dict[str, float]:
    from scipy import stats

    f, df_effects = wald(effects, V)
    p = float(stats.f.sf(f, df_effects, df))
    return {f"f_{kind}": f, f"df_{kind}": float(df_effects), f"p_{kind}": p}


def _r_squared(fit: TwoWay, growth: Growth) -> float:
    B = growth.start
    rate = np.divide(growth.end - B, B, out=np.zeros_like(B), where=B > 0)
    tss = float((B * (rate - fit.mu) ** 2).sum())
    return 1 - fit.rss / tss if tss > 0 else float("nan")


def _notes(growth: Growth, regions: Any, industries: Any) -> tuple[str, ...]:
    entries = (growth.start == 0) & (growth.end > 0)
    notes = []
    if entries.any():
        gained = float(growth.end[entries].sum())
        notes.append(
            f"{int(entries.sum())} cells without a base have no growth rate and are not used; "
            f"they gained {gained:.6g} of {float(growth.end.sum()):.6g} at the end."
        )
    for kind, labels in (("regions", regions), ("industries", industries)):
        if len(labels):
            notes.append(f"{kind} without a base, which have no effect: {listed(labels)}.")
    return tuple(notes)
