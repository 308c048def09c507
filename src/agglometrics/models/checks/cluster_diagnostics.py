"""How much each cluster decides, as a table: leverage, partial leverage, effective numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.inference.cluster_leverage import (
    effective_clusters,
    leverages,
    partial_leverages,
)
from agglometrics.inference.clusters import count_clusters
from agglometrics.inference.jackknife import without_each_cluster
from agglometrics.labels import PLAIN, Labels, Lang, as_labels
from agglometrics.models.regression import Regression, fitted
from agglometrics.tables.arguments import checked

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class ClusterDiagnostics:
    """How the information of a regression is spread over clusters.

    Attributes
    ----------
    clusters : one row per cluster: cluster, n (rows), leverage (they add up to the number of
        terms), and for each term ``partial[term]``, the cluster's share of the term's variation
        given the other terms (they add up to one), and ``without[term]``, the coefficient
        without the cluster
    terms : one row per term: term, n_clusters, effective_clusters (Carter, Schnepel and
        Steigerwald 2017, with uncorrelated rows in a cluster: one over the sum of squared
        partial leverages), largest_share, largest_cluster
    """

    clusters: pd.DataFrame
    terms: pd.DataFrame

    @checked
    def plot(
        self,
        term: str | None = None,
        *,
        most: int = 20,
        lang: Lang = "en",
        labels: Labels | Mapping[Any, Any] = PLAIN,
    ) -> Figure:
        """Draw the clusters' shares of a term's variation, beside the share of equal clusters.

        Parameters
        ----------
        term : default the first one but the intercept
        most : how many clusters are shown, the largest shares first
        lang, labels : language, and what to print for the clusters
        """
        from agglometrics.plotting.pictures.evidence import draw_information

        names = self.terms["term"].tolist()
        first = next((name for name in names if name != "Intercept"), names[0])
        name = first if term is None else term
        if name not in names:
            raise InputError(
                f"term {name!r} was not estimated; terms are {names}. Choose one of these."
            )
        effective = self.terms.set_index("term")["effective_clusters"][name]
        shares = self.clusters[f"partial[{name}]"].to_numpy()
        return draw_information(
            self.clusters["cluster"].tolist(), shares, effective, lang, as_labels(labels), most
        )


@checked
def cluster_diagnostics(fit: Regression, column: str) -> ClusterDiagnostics:
    """Return leverage, partial leverage and effective numbers of clusters.

    MacKinnon, Nielsen and Webb (2023), section 4; effects are partialled out of the regressors
    first. Inference by cluster is doubtful where effective numbers are far below the number of
    clusters, and wrong where one or two clusters hold almost all variation of a term.

    Parameters
    ----------
    fit : a `panel` estimate by least squares
    column : the clustering column

    Raises
    ------
    InputError
        For other estimators.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import Robust, cluster_diagnostics, panel
    >>> data = pd.DataFrame({"g": [1, 1, 2, 2, 3, 3], "x": [0, 2, 0, 1, 0, 1],
    ...                      "y": [0.0, 1, 0.1, 2.1, 0, 3]})
    >>> fit = panel("y ~ x", data, absorb="g", cov=Robust())
    >>> cluster_diagnostics(fit, "g").terms.drop(columns="n_clusters").round(3)
      term  effective_clusters  largest_share  largest_cluster
    0    x                 2.0          0.667                1
    """
    parts = fitted(fit)
    if not parts.least_squares:
        raise InputError(
            f"cluster_diagnostics is for panel() by least squares; found {fit.method!r}. "
            "Estimate the equation with panel(..., estimator=LeastSquares())."
        )
    codes = parts.sample.codes(column)
    G = count_clusters([column], [codes])[0]
    first = np.unique(codes, return_index=True)[1]
    names = parts.sample.column(column).to_numpy()[first]
    shares = partial_leverages(parts.X, parts.bread, codes)
    away = without_each_cluster(parts, codes)
    clusters = pd.DataFrame({"cluster": names, "n": np.bincount(codes)})
    clusters["leverage"] = leverages(parts.X, parts.bread, codes)
    for k, term in enumerate(parts.terms):
        clusters[f"partial[{term}]"] = shares[:, k]
        clusters[f"without[{term}]"] = away[:, k]
    terms = pd.DataFrame({"term": parts.terms, "n_clusters": G})
    terms["effective_clusters"] = effective_clusters(shares)
    terms["largest_share"] = shares.max(axis=0)
    terms["largest_cluster"] = names[shares.argmax(axis=0)]
    return ClusterDiagnostics(clusters, terms)
