"""The wild restricted efficient bootstrap of one instrumented coefficient, as a table."""

from __future__ import annotations

import pandas as pd

from agglometrics.inference.specifications import WildBootstrap
from agglometrics.inference.wild_bootstrap import draw_weights
from agglometrics.models.iv import IVRegression, system_of
from agglometrics.models.wild_iv_bootstrap import bounds, forms, p_value, require_one, sample_t
from agglometrics.tables.arguments import checked
from agglometrics.tables.codes import n_levels


@checked
def wild_iv(
    fit: IVRegression, spec: WildBootstrap, *, null: float = 0.0, level: float = 0.95
) -> pd.DataFrame:
    """Return the wild restricted efficient bootstrap of the one endogenous coefficient.

    Parameters
    ----------
    fit : an `iv` estimate with one endogenous term
    spec : clusters, draws, weights and seed
    null : the value tested
    level : nominal coverage of the bounds, found by inverting the test outward from the
        estimate; infinite where no value is rejected

    Returns
    -------
    DataFrame
        term, estimate, std_error (by cluster, no small-sample factor), null, statistic,
        p_value, conf_low, conf_high, draws.

    Raises
    ------
    InputError
        With several endogenous terms.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import Cluster, WildBootstrap, iv, wild_iv
    >>> z, e = np.random.default_rng(3).normal(size=(2, 200))
    >>> data = pd.DataFrame({"g": np.arange(200) % 20, "z": z, "x": z + e, "y": z + 3 * e})
    >>> fit = iv("y ~ [x ~ z]", data, cov=Cluster("g"))
    >>> wild_iv(fit, WildBootstrap("g", draws=499), null=1.0)[["term", "null", "p_value"]].round(3)
      term  null  p_value
    0    x   1.0    0.671
    """
    system = system_of(fit)
    require_one(system)
    codes = system.design.sample.codes(spec.column)
    f = forms(system, codes)
    v, _ = draw_weights(spec, n_levels(codes))
    t, estimate, error = sample_t(f, null)
    low, high = bounds(f, v, level)
    row = {
        "term": system.endogenous[0],
        "estimate": estimate,
        "std_error": error,
        "null": null,
        "statistic": t,
        "p_value": p_value(f, null, v),
        "conf_low": low,
        "conf_high": high,
        "draws": v.shape[1],
    }
    return pd.DataFrame([row])
