"""`Estimates`: the frozen answer of every estimator."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from scipy import special

from agglometrics.errors import InputError
from agglometrics.inference.answers.covariance import Covariance as Covariance
from agglometrics.inference.answers.interval import Interval as Interval
from agglometrics.inference.answers.tails import two_sided
from agglometrics.inference.display import maketables
from agglometrics.inference.display.by_term import ByTerm, by_term
from agglometrics.inference.display.summary import confidence, summary_text
from agglometrics.labels import PLAIN, Labels, Lang, as_labels
from agglometrics.notation import Array
from agglometrics.tables.advice.names import unknown_attribute
from agglometrics.tables.arguments import checked

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Estimates:
    """Coefficients with their covariance; what every estimator of the package returns.

    Attributes
    ----------
    terms : names of the K coefficients
    params : (K,) coefficients, in the order of terms or by name: ``fit.params["x"]``
    covariance : their `Covariance`
    outcome, method : what was explained, and how
    n_obs : number of observations used
    statistics : other numbers (R squared, first-stage F, number of groups)
    notes : what the user should know (dropped terms, singletons)
    recompute : from a covariance specification to a `Covariance` of the same coefficients
    confidence_set : the same as the covariance's, where it does not depend on the covariance
    first : from (treatment, covariance specification) to the `Estimates` of a first stage
    effects : names of the effects that were absorbed
    """

    terms: tuple[str, ...]
    params: ByTerm
    covariance: Covariance
    outcome: str
    method: str
    n_obs: int
    statistics: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    recompute: Callable[[Any], Covariance] | None = field(default=None, repr=False, compare=False)
    confidence_set: Callable[[str, float], Interval] | None = field(
        default=None, repr=False, compare=False
    )
    first: Callable[[str | None, Any], Estimates] | None = field(
        default=None, repr=False, compare=False
    )
    effects: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "params", by_term(self.params, self.terms))

    @checked
    def with_cov(self, spec: Any) -> Self:
        """Return the same coefficients with the covariance that `spec` describes."""
        if self.recompute is None:
            raise InputError(
                f"{self.method} has one covariance, {self.covariance.name!r}; "
                "choose another where it is estimated."
            )
        return replace(self, covariance=self.recompute(spec), confidence_set=None)

    @checked
    def first_stage(self, treatment: str | None = None) -> Estimates:
        """Return the first stage of `treatment` (default: the only one), same covariance."""
        if self.first is None:
            raise InputError(
                f"{self.method} has no first stage; name a treatment where it is estimated."
            )
        return self.first(treatment, self.covariance.spec)

    def first_stage_f(self) -> dict[str, float]:
        """Return the F of the excluded instruments by endogenous term, under this covariance.

        Empty without instruments.
        """
        if self.first is None:
            return {}
        stages = {term: self.first_stage(term) for term in self.terms}
        return {term: stage.covariance.statistics["F"] for term, stage in stages.items()}

    @property
    def std_errors(self) -> ByTerm:
        """(K,) standard errors, in the order of terms or by name: ``fit.std_errors["x"]``."""
        return by_term(np.sqrt(np.diag(self.covariance.matrix)), self.terms)

    @checked
    def interval(self, level: float = 0.95, term: str | None = None) -> Interval:
        """Return the confidence set of `term` (default: the first one)."""
        name = (self.terms or ("(none)",))[0] if term is None else term
        if name not in self.terms:
            raise InputError(
                f"term {name!r} was not estimated; terms are {list(self.terms)}. "
                "Choose one of these."
            )
        special = self.confidence_set or self.covariance.confidence_set
        if special is not None:
            return special(name, level)
        k = self.terms.index(name)
        half = self._critical(level)[k] * self.std_errors[k]
        piece = (float(self.params[k] - half), float(self.params[k] + half))
        return Interval((piece,), level, self.covariance.name)

    def _critical(self, level: float) -> Array:
        upper = 0.5 + level / 2
        df, tail = self._df(), self.covariance.tail
        if tail is not None:
            return np.full(len(self.terms), tail.critical(level))
        one = special.ndtri(upper) if df is None else special.stdtrit(df, upper)
        return np.broadcast_to(np.asarray(one, dtype=np.float64), len(self.terms))

    def _df(self) -> float | Array | None:
        own = self.covariance.dfs
        return self.covariance.df if own is None else own

    @checked
    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row per term: estimate, std_error, statistic, p_value, conf_low, conf_high.

        A further column, df, where terms have degrees of freedom of their own (`CR2`).
        """
        se = self.std_errors
        with np.errstate(divide="ignore", invalid="ignore"):
            statistic = self.params / se
        given = self.covariance.p_values
        low, high = self._hulls(level)
        frame = pd.DataFrame(
            {
                "term": self.terms,
                "estimate": self.params,
                "std_error": se,
                "statistic": statistic,
                "p_value": self._p_values(statistic) if given is None else given,
                "conf_low": low,
                "conf_high": high,
            }
        )
        own = self.covariance.dfs
        return frame if own is None else frame.assign(df=own)

    def _p_values(self, statistic: Array) -> Array:
        if self.covariance.tail is not None:
            return np.asarray(self.covariance.tail.p_value(statistic))
        return two_sided(statistic, self._df())

    def _hulls(self, level: float) -> tuple[Array, Array]:
        """Return the ends of each term's confidence set; two rays reach from -inf to inf."""
        if self.confidence_set is None and self.covariance.confidence_set is None:
            half = self._critical(level) * self.std_errors
            return self.params - half, self.params + half
        pieces = [self.interval(level, term).pieces for term in self.terms]
        low = np.array([min((low for low, _ in sets), default=np.nan) for sets in pieces])
        return low, np.array([max((high for _, high in sets), default=np.nan) for sets in pieces])

    @checked
    def plot(
        self,
        *,
        terms: Sequence[str] | None = None,
        level: float = 0.95,
        unit: str = "",
        lang: Lang = "en",
        labels: Labels | Mapping[Any, Any] = PLAIN,
    ) -> Figure:
        """Draw the coefficients with their intervals; `plot_coefficients` draws several estimates.

        Parameters
        ----------
        terms : which, in this order; default all but the intercept
        level : of the intervals
        unit : unit of the coefficients, for the axis
        lang, labels : language, and labels of the terms
        """
        labels = as_labels(labels)
        from agglometrics.plotting.pictures.coefficients import gathered, plot_coefficients

        table = gathered({self.method: self}, terms, level)
        return plot_coefficients(table, key="term", highlight=list(table["term"]), unit=unit,
                                 lang=lang, labels=labels)  # fmt: skip

    def glance(self) -> pd.DataFrame:
        """Return one row about the whole estimate."""
        row = {
            "outcome": self.outcome,
            "method": self.method,
            "covariance": self.covariance.name,
            "n_obs": self.n_obs,
            **self.statistics,
            **self.covariance.statistics,
        }
        return pd.DataFrame([row])

    @checked
    def confint(self, level: float = 0.95) -> pd.DataFrame:
        """Return the ends of each term's confidence set: term, conf_low, conf_high.

        Two rays reach from minus infinity to infinity; `interval` has their pieces.
        """
        return confidence(self.tidy(level))

    @checked
    def summary(self, level: float = 0.95) -> None:
        """Print the estimate as text: method, coefficients with intervals, numbers and notes."""
        df = self._df()
        law = "normal" if df is None else "t, degrees of freedom by term"
        if df is not None and np.ndim(df) == 0:
            law = f"t, {df:.6g} degrees of freedom"
        head = {
            "Method": self.method,
            "Outcome": self.outcome,
            "Observations": f"{self.n_obs:,}",
            "Standard errors": self.covariance.name,
            "Distribution": law if self.covariance.tail is None else "of its own",
        }
        first = {f"first-stage F of {term}": F for term, F in self.first_stage_f().items()}
        facts = {**self.statistics, **self.covariance.statistics, **first}
        print(summary_text(head, self.tidy(level), level, facts, self.notes), end="")

    @property
    def __maketables_coef_table__(self) -> pd.DataFrame:
        return maketables.coefficient_table(self.tidy())

    @property
    def __maketables_depvar__(self) -> str:
        return self.outcome

    @property
    def __maketables_fixef_string__(self) -> str | None:
        return "+".join(self.effects) or None

    @property
    def __maketables_vcov_info__(self) -> dict[str, str]:
        return {"vcov_type": self.covariance.name}

    @property
    def __maketables_default_stat_keys__(self) -> list[str]:
        return maketables.default_keys(self._facts(), self.first_stage_f())

    def __maketables_stat__(self, key: str) -> Any:
        return maketables.statistic(key, self.n_obs, self._facts(), self.first_stage_f())

    def _facts(self) -> dict[str, Any]:
        return {str(name): value for name, value in self.glance().iloc[0].items()}

    if not TYPE_CHECKING:  # else every attribute would pass as one

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            raise AttributeError(unknown_attribute(name, type(self).__name__, dir(type(self))))

    def __repr__(self) -> str:
        head = (
            f"{self.method}: {self.outcome}, n = {self.n_obs}; "
            f"standard errors: {self.covariance.name}"
        )
        table = self.tidy().round(6).to_string(index=False)
        return "\n".join([head, table, *self.notes])

    def _repr_html_(self) -> str:
        head = html.escape(repr(self).split("\n", 1)[0])
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        return f"<p>{head}</p>{self.tidy().to_html(index=False)}{notes}"
