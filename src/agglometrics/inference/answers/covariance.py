"""`Covariance`: a matrix, its name, and the distribution of its tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agglometrics.inference.answers.interval import Interval
from agglometrics.notation import Array


@dataclass(frozen=True)
class Covariance:
    """An estimated covariance of coefficients.

    Attributes
    ----------
    matrix : (K, K)
    name : the convention, as a reader should see it, for example ``"cluster (state), 48"``
    df : degrees of freedom of the t distribution; None for the normal
    statistics : numbers that belong to it (number of clusters, condition number)
    spec : the value that asked for it, for example ``Cluster("state")``
    dfs : (K,) degrees of freedom where terms have their own; `df` is then the smallest
    tail : the distribution of t where it is neither Student's nor normal (`fixed_b`)
    p_values : (K,) for coefficients of zero, where a test is not estimate / standard error
    confidence_set : from (term, level) to an `Interval`, where it is not estimate +- c * se
    """

    matrix: Array
    name: str
    df: float | None = None
    statistics: Mapping[str, float] = field(default_factory=dict)
    spec: Any = None
    dfs: Array | None = field(default=None, repr=False, compare=False)
    tail: Any = field(default=None, repr=False, compare=False)
    p_values: Array | None = field(default=None, repr=False, compare=False)
    confidence_set: Callable[[str, float], Interval] | None = field(
        default=None, repr=False, compare=False
    )
