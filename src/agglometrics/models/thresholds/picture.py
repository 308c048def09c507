"""The picture of a threshold: the likelihood ratio of each candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from agglometrics.errors import InputError
from agglometrics.labels import PLAIN, Labels, Lang, as_labels
from agglometrics.models.thresholds.regression import ThresholdRegression
from agglometrics.models.thresholds.search import critical_ratio
from agglometrics.plotting.pictures.evidence import draw_profile
from agglometrics.tables.arguments import checked

if TYPE_CHECKING:
    from collections.abc import Mapping


@checked
def plot_threshold(
    fit: ThresholdRegression,
    *,
    unit: str = "",
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw the likelihood ratio of each candidate threshold; below the dashed line it is accepted.

    A set of several pieces, or one that reaches an end of the candidates, is seen at once.

    Parameters
    ----------
    fit : what `threshold_panel` returns
    unit : unit of the threshold variable, for the axis
    lang, labels : language, and what to print for the threshold variable

    Returns
    -------
    Figure
        A matplotlib figure.

    Raises
    ------
    InputError
        For an estimate that keeps no candidates.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import threshold_panel
    >>> unit, time = np.divmod(np.arange(200), 10)
    >>> x, q, e = np.random.default_rng(0).normal(size=(3, 200))
    >>> data = pd.DataFrame({"i": unit, "t": time, "x": x, "q": q})
    >>> data["y"] = np.where(q > 0, 2, 1) * x + e
    >>> said = {"by": "q", "varying": ["x"], "entity": "i", "time": "t"}
    >>> fit = threshold_panel("y ~ x", data, draws=19, **said)
    >>> plot_threshold(fit).axes[0].get_ylabel()
    'Likelihood ratio'
    """
    if fit.profile is None or fit.threshold_set is None:
        raise InputError(
            "this estimate keeps no candidates; found none to draw. Estimate it with "
            "threshold_panel(...)."
        )
    by = str(fit.profile.columns[0])
    return draw_profile(
        fit.profile[by].to_numpy(),
        fit.profile["likelihood_ratio"].to_numpy(),
        critical=critical_ratio(fit.threshold_set.level),
        threshold=fit.threshold,
        named=(by, lang, as_labels(labels)),
        unit=unit,
    )
