"""Calls in the words of other programs, and what is written here instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from agglometrics.tables.advice.columns import nearest

KEYWORDS: tuple[tuple[str, str, str], ...] = (
    ("vce se method inference cov", "variance",
     "variance=PlaceboVariance(), BootstrapVariance() or JackknifeVariance()"),
    ("model_names column_labels mtitles titles headers", "names", "names=['short', 'long']"),
    ("keep drop order coef_map coefs vars variables", "terms", "terms=['x'], those to print"),
    ("star asterisks signif_code", "stars", "stars=Stars()"),
    ("cutoff dist_cutoff distance dist bandwidth", "km", "km=100"),
    ("lonlat latlong longlat coords coordinates crs", "lon",
     "lon='lon', lat='lat', the columns of degrees"),
    ("base benchmark national total", "reference",
     "reference='including', or a table of the totals"),
    ("control_group est_method method", "estimator",
     "estimator=CallawaySantAnna(controls=NotYetTreated()) or another value"),
    ("subset if_ where sample query", "data", "data=frame[frame['x'] > 0], the chosen rows"),
    ("subset if_ where sample query", "cells", "cells=frame[frame['x'] > 0], the chosen rows"),
    ("cluster clusters cluster_entity clustervar", "cov", "cov=Cluster('region')"),
    ("robust", "cov", "cov=Robust()"),
    ("vcov se cov_type vce std_errors", "cov", "cov=Robust(), Cluster('region') or another value"),
    ("fe fes fixed_effects fixef effects entity_effects time_effects other_effects", "absorb",
     "absorb=['region', 'year']"),
    ("id unit i panelvar firm idname individual group", "entity", "entity='firm', the units"),
    ("region", "varying", "entity='region', the units"),
    ("region industry by", "key", "key='region', the column of the rows"),
    ("region industry key by", "series", "series='region', one line for each of its values"),
    ("key by", "industry", "industry='industry', the column of the rows"),
    ("region industry key", "by", "by='region', by what the rows are added up"),
    ("id idname i entity panelvar region", "unit", "unit='region', the units"),
    ("year years period date t timevar tname", "time", "time='year', the periods"),
    ("index", "entity", "entity='region', time='year'"),
    ("fml model spec endog exog instruments dependent", "formula", "formula='y ~ x'"),
    ("yname y dep depvar", "outcome", "outcome='y'"),
    ("gname treatment treat first_treat D policy treated_unit treated_units trunit", "treated",
     "treated='policy', a column of 0 and 1"),
    ("emp jobs employment variable column y output", "value", "value='jobs'"),
    ("emp jobs employment value", "size", "size='jobs'"),
    ("city province county state geo area place unit", "region", "region='city'"),
    ("sector naics nace activity product sic", "industry", "industry='sector'"),
    ("data df frame table", "cells", "cells=frame"),
    ("data df frame table", "plants", "plants=frame"),
    ("df dataset frame table", "data", "data=frame"),
    ("w W wmat listw", "weights", "weights=W"),
    ("alpha conf_level ci confidence", "level", "level=0.95"),
    ("reps permutations B nboot n_boot boot nsim", "draws", "draws=999"),
    ("reps permutations B nsim", "simulations", "simulations=999"),
    ("random_state rng set_seed", "seed", "seed=1"),
)  # fmt: skip
"""Keywords of other programs; the argument that takes their place here; how it is written."""

COVARIANCES: Mapping[str, str] = {
    **dict.fromkeys(("robust", "hetero", "hc0", "hc1", "white", "heteroskedastic"), "Robust()"),
    **dict.fromkeys(("iid", "unadjusted", "nonrobust", "homoskedastic", "ols", "conventional"),
                    "Homoskedastic()"),
    **dict.fromkeys(("hc2", "cr2"), "CR2('region')"),
    **dict.fromkeys(("hc3", "crv3", "cr3", "jackknife"), "CR3('region')"),
    **dict.fromkeys(("cluster", "clustered", "crv1", "cr1"), "Cluster('region')"),
    **dict.fromkeys(("hac", "nw", "newey-west", "neweywest", "bartlett"), "NeweyWest(2)"),
    **dict.fromkeys(("kernel", "dk", "driscoll-kraay", "driscollkraay"), "DriscollKraay(2)"),
    **dict.fromkeys(("bootstrap", "boot", "wild", "boottest"), "WildBootstrap('region')"),
    **dict.fromkeys(("conley", "spatial"), "Conley(km=100)"),
}  # fmt: skip
"""Names that other programs give to covariances, and the values that stand for them here."""

ENDINGS = (".tex", ".typ", ".html", ".md", ".docx")
READING = ("sep", "delimiter", "decimal", "header", "skiprows", "usecols", "dtype")
INDICES = ("index", "indices", "method", "measure", "measures", "statistic", "type", "which")
PERIODS = ("time", "year", "period", "date")

EXAMPLES: Mapping[str, str] = {
    "value": "'jobs'",
    "size": "'jobs'",
    "time": "'year'",
    "start": "2010",
    "end": "2020",
    "entity": "'region'",
    "gmm": "[Gmm('y')], the variables whose lagged levels are instruments",
    "groups": "{'a': 'north', 'b': 'south'}",
    "weights": "a labelled matrix or a libpysal W",
    "outcome": "'y'",
    "unit": "'region'",
    "treated": "'policy', a column of 0 and 1",
    "industry": "'industry'",
    "target": "'cars', the industry to measure",
    "by": "'column'",
    "random": "panel(..., estimator=RandomEffects())",
    "fixed": "panel(..., absorb='region')",
    "linear": "'x'",
    "square": "'I(x**2)'",
}
"""What a required argument holds, by its name."""

CHOICES: Mapping[str, str] = {
    "Estimator": "LeastSquares(), RandomEffects(), Mundlak(), Between() or FirstDifference()",
    "IVEstimator": "TwoStage(), Liml() or Fuller()",
    "SpatialModel": "SpatialLag(), SpatialError(), SpatialDurbin() or NoDependence()",
    "EventEstimator": "CallawaySantAnna(), SunAbraham(), Imputation() or TwoWay()",
    "Variance": "PlaceboVariance(), BootstrapVariance() or JackknifeVariance()",
    "SmallSample": "SmallSample(), FixestRules(), StataXtregRules() or StataAregRules()",
}
"""The values that a protocol stands for, which its name does not reveal."""


def unknown_keyword(name: str, takes: Sequence[str]) -> str:
    """Return what to write for a keyword that a call does not take; nothing if none is near.

    >>> unknown_keyword("vcov", ["formula", "data", "cov"])
    "Write cov=Robust(), Cluster('region') or another value."
    >>> unknown_keyword("values", ["cells", "value"])
    'Did you mean value=?'
    """
    if name in PERIODS and "frame" in takes and "lang" in takes:
        return "A picture shows one period: choose its rows, frame[frame['year'] == 2020]."
    if name in READING and "encoding" in takes:
        return "Pass the frame of pandas.read_csv(path, sep=';') where a file is written otherwise."
    if name in INDICES and {"cells", "inference", "undefined"} <= set(takes):
        return "Leave it out: each index is a column of the answer, such as answer['gini']."
    for words, argument, way in KEYWORDS:
        if name in words.split() and argument in takes:
            return f"Write {way}."
    near = nearest(name, takes)
    return f"Did you mean {near}=?" if near else ""


def lacking(failure: str) -> str:
    """Return how the arguments that a call lacks are written, as far as an example is known.

    >>> lacking("missing a required argument: 'start'")
    'start=2010'
    """
    names = [name for name in EXAMPLES if f"'{name}'" in failure]
    written = [f"{name}={EXAMPLES[name]}" for name in names]
    return ", ".join(written) if written else "those it needs by name"


def positional(extra: Sequence[Any], names: Sequence[str], *, name_it: bool = False) -> str:
    """Return how values that were given by place are given by name.

    name_it : whether the call takes any names, as `lincom` does
    """
    if any(hasattr(value, "tidy") for value in extra):
        return "Pass several estimates as one mapping: {'main': fit, 'weighted': other}."
    path = next((v for v in extra if isinstance(v, str | Path) and Path(v).suffix in ENDINGS), None)
    if path is not None:
        kind = "bytes" if Path(path).suffix == ".docx" else "text"
        return f"It answers the file's {kind}: write Path({str(path)!r}).write_{kind}(...)."
    pairs = [f"{name}={value!r}" for name, value in zip(names, extra, strict=False)
             if isinstance(value, str | int | float)]  # fmt: skip
    if not pairs and name_it and isinstance(extra[0], str):
        return f"Give it a name: answer={extra[0]!r}."
    if not names:
        return "Use only these."
    return f"Write {', '.join(pairs)}." if pairs else "Write those it needs by name."


def swapped(name: str, value: Any, given: Mapping[str, Any]) -> str:
    """Return a message if a table and a text have changed places; nothing if they have not."""
    if not isinstance(value, pd.DataFrame):
        return ""
    other = next((n for n, v in given.items() if isinstance(v, str) and n != name), None)
    if other is None or given[other] in value.columns:
        return ""
    return f"{name}= and {other}= have changed places: pass {given[other]!r} as {name}=."


def column_itself(name: str, value: Any) -> str:
    """Return how to pass the name of a column where its values were passed."""
    if isinstance(value, pd.Series) and isinstance(value.name, str):
        return f"Pass the name of the column, not its values: {name}={value.name!r}."
    if getattr(value, "ndim", 0) == 1 and name != "formula":
        return (
            f"Make the values a column, frame = frame.assign({name}=values), and pass its name: "
            f"{name}={name!r}."
        )
    if isinstance(value, list | tuple) and len(value) == 1 and isinstance(value[0], str):
        return f"Pass the text without the list: {name}={value[0]!r}."
    if isinstance(value, list | tuple) and value and all(isinstance(v, str) for v in value):
        return f"Pass one text, as in {name}={value[0]!r}; make a call for each."
    if name == "formula":
        return "Pass one text, as in formula='y ~ x'."
    return ""


def covariance(value: Any, given: Mapping[str, Any]) -> str:
    """Return which covariance a text or a dict of another program stands for."""
    if isinstance(value, Mapping) and value:
        column = next(iter(value.values()))
        kind = COVARIANCES.get(str(next(iter(value))).lower(), "Cluster('region')").split("(")[0]
        return f"Write cov={kind}({column!r})."
    if not isinstance(value, str):
        return ""
    if value.lower() in COVARIANCES:
        return f"Write cov={COVARIANCES[value.lower()]}."
    data = given.get("data")
    if isinstance(data, pd.DataFrame) and value in data.columns:
        return f"Write cov=Cluster({value!r})."
    return ""
