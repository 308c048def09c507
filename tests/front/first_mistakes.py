"""What people do first with a new package, in the words of Stata, R, pandas, pyfixest and PySAL.

Each mistake is a call as such a user writes it, and words that the message must hold: the
argument or the thing at fault, what was found, and what to write instead.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import agglometrics as ag
from tests.front.calls import cells, pilot, plants, points, policy, rows


@dataclass(frozen=True)
class Mistake:
    """A call that cannot be answered.

    Attributes
    ----------
    name : what the user did
    call : the call
    words : texts that the message holds, each literally
    """

    name: str
    call: Callable[[], object]
    words: tuple[str, ...]


R = rows()
C = cells()
ONE = C[C["time"] == 2000].drop(columns="time")
PIVOT = ONE.pivot(index="region", columns="industry", values="jobs")
YEARS = C.pivot_table(index=["region", "industry"], columns="time", values="jobs").reset_index()
KEYS = {"entity": "i", "time": "t"}
LQ = ag.location_quotient(C, value="jobs", time="time")


def measure(table: object, **options: object) -> Callable[[], object]:
    return functools.partial(ag.concentration, table, **{"value": "jobs", **options})


def regress(formula: object, table: object = R, **options: object) -> Callable[[], object]:
    return functools.partial(ag.panel, formula, table, **options)


def of(function: Callable[..., object], *arguments: object, **options: object):
    return functools.partial(function, *arguments, **options)


TABLES = (
    ("the path of a CSV file", measure("jobs.csv"), "cells", "path 'jobs.csv'",
     "read_csv('jobs.csv')"),
    ("the path of an Excel file", measure("j.xlsx"), "cells", "read_excel('j.xlsx')", "openpyxl"),
    ("the path of a Stata file", regress("y ~ x", "d.dta"), "data", "read_stata('d.dta')"),
    ("a Path to a Parquet file", measure(Path("j.parquet")), "cells", "read_parquet('j.parquet')"),
    ("the path of a map", measure("map.gpkg"), "geopandas.read_file('map.gpkg')"),
    ("the name of the frame", measure("frame"), "cells", "str 'frame'", "Pass the frame itself"),
    ("a dict", measure({"jobs": [1]}), "cells", "dict", "pandas.DataFrame(...)"),
    ("records", measure([{"jobs": 1}]), "cells", "list", "pandas.DataFrame(...)"),
    ("an array", measure(ONE.to_numpy()), "cells", "ndarray", "pandas.DataFrame(array, columns="),
    ("a Series", measure(ONE.set_index(["region", "industry"])["jobs"]), "cells", "Series",
     ".reset_index()"),
    ("a grouped table", measure(ONE.groupby("region")), "cells", "DataFrameGroupBy",
     "as it was before groupby()"),
    ("None, from a method with inplace=True", measure(None), "cells", "NoneType", "inplace=True"),
    ("the class", measure(pd.DataFrame), "cells", "Pass cells as a frame"),
    ("a function that loads", measure(ag.datasets.load_io_industries), "cells",
     "load_io_industries()"),
    ("a wide table", measure(PIVOT), "['region', 'industry', 'jobs']",
     ".reset_index().melt(id_vars=['region'], var_name='industry', value_name='jobs')"),
    ("a wide table with keys", measure(PIVOT.reset_index()),
     ".melt(id_vars=['region'], var_name='industry', value_name='jobs')"),
    ("years in columns", measure(YEARS), "value= asks for 'jobs'",
     ".melt(id_vars=['region', 'industry'], var_name='time', value_name='jobs')"),
    ("years in columns, growth",
     of(ag.shift_share, YEARS, value="2002", time="year", start=2000, end=2002),
     "time= asks for 'year'", "var_name='year'"),
    ("years in columns with a word before them",
     measure(YEARS.rename(columns=lambda c: f"jobs_{c}" if isinstance(c, int) else c),
             time="year"), "value= asks for 'jobs'",
     ".melt(id_vars=['region', 'industry'], value_vars=[c for c in frame if "
     "c.startswith('jobs_')], var_name='year', value_name='jobs')", ".str[-4:].astype(int)"),
    ("keys in the index", measure(ONE.set_index(["region", "industry"])),
     "The index is named ['region', 'industry']", ".reset_index()"),
    ("keys of a panel in the index", regress("y ~ x", R.set_index(["i", "t"]), absorb="i"),
     "absorb= asks for 'i'", ".reset_index()"),
    ("columns of two levels", measure(C.groupby(["region", "industry"])
                                       .agg({"jobs": ["sum", "mean"]}).reset_index()),
     "2 levels", "frame.columns = ['_'.join"),
    ("no rows", measure(ONE.iloc[:0]), "no rows", "one row per cell"),
    ("a column twice", measure(pd.concat([ONE, ONE[["jobs"]]], axis=1)), "['jobs']",
     "frame.columns.duplicated()"),
    ("a row twice", measure(pd.concat([ONE, ONE])), "12 repeats", "collapse()"),
    ("periods without time=", measure(C), "24 repeats", "time="),
    ("a key that is unknown", measure(ONE.assign(region=[None, *ONE["region"][1:]])),
     "key 'region' is missing in 1 of 12 rows", "drop these rows"),
    ("one column for two keys", measure(ONE, region="industry"), "must differ",
     "different column for each"),
)  # fmt: skip

COLUMNS = (
    ("a misspelt column", measure(ONE, value="job"), "value= asks for 'job'", "mean 'jobs'"),
    ("another case", measure(ONE, value="Jobs"), "value= asks for 'Jobs'", "mean 'jobs'"),
    ("a blank in a heading", measure(ONE.rename(columns={"jobs": " jobs"})), "mean ' jobs'"),
    ("a misspelt key", measure(ONE, region="regoin"), "region= asks for 'regoin'", "'region'"),
    ("keys of other names", measure(ONE.rename(columns={"region": "city", "industry": "nace"})),
     "region= was left at 'region'", "industry= was left at 'industry'",
     "region='city', industry='nace'"),
    ("a list for a text", measure(ONE, value=["jobs"]), "value must be a text", "value='jobs'"),
    ("two values", measure(ONE, value=["jobs", "n"]), "value must be a text", "a call for each"),
    ("values for a name", measure(ONE, value=ONE["jobs"]), "value must be a text", "a Series",
     "value='jobs'"),
    ("a year for the column of years", measure(C, time=2000), "time must be a text", "2000"),
    ("weights as values", regress("y ~ x", weights=R["w"]), "weights must be a text",
     "weights='w'"),
    ("a misspelt regressor", regress("y ~ coutn"), "formula= asks for 'coutn'", "'count'"),
    ("a misspelt effect", regress("y ~ x", absorb="firm"), "absorb= asks for 'firm'",
     "Name a column that is there"),
    ("effects joined by a plus", regress("y ~ x", absorb="i + t"), "absorb= asks for 'i + t'",
     "['i', 't']"),
    ("absorb=True", regress("y ~ x", absorb=True), "absorb must be", "True"),
    ("a cluster that is not there", regress("y ~ x", cov=ag.Cluster("state")),
     "cov= asks for 'state'", "Name a column that is there"),
    ("a period that is not there", of(ag.shift_share, C, value="jobs", start=1999, end=2002),
     "start=1999", "2000, 2001, 2002"),
    ("periods as texts", of(ag.shift_share, C, value="jobs", start="2000", end="2002"),
     "start='2000'", "2000, 2001, 2002"),
    ("periods exchanged", of(ag.shift_share, C, value="jobs", start=2002, end=2000),
     "start must come before end", "Exchange"),
    ("points as degrees", of(ag.duranton_overman, points().rename(columns={"x": "lon"}),
                             industry="industry", target="A"), "x= was left at 'x'", "x='lon'"),
)  # fmt: skip

VALUES = (
    ("thousands separators", measure(ONE.assign(jobs="1,200")), "'jobs'", "'1,200'",
     "thousands separators", ".astype(float)"),
    ("per cent signs", measure(ONE.assign(jobs="12%")), "'jobs'", "'12%'", "/ 100"),
    ("decimal commas", measure(ONE.assign(jobs="12,5")), "'jobs'", "'12,5'", "decimal=','"),
    ("currency signs", measure(ONE.assign(jobs="$12")), "'jobs'", "'$12'", "money"),
    ("a word for unknown", measure(ONE.assign(jobs=["n.a.", *["12"] * 11])), "'jobs'", "'n.a.'",
     "na_values=['n.a.']"),
    ("numbers held as text", measure(ONE.assign(jobs="12")), "'jobs'", "pandas.to_numeric("),
    ("truth values", measure(ONE.assign(jobs=True)), "'jobs'", "bool", ".astype(float)"),
    ("negative values", measure(ONE.assign(jobs=-1.0)), "'jobs'", "12 negative cells"),
    ("unknown values", measure(ONE.assign(jobs=[np.nan, *[1.0] * 11])), "'jobs'", "NaN",
     "missing='zero'"),
    ("a regressor with separators", regress("y ~ x", R.assign(x="1,200")), "'x'", "'1,200'",
     "thousands separators"),
    ("a regressor in per cent", regress("y ~ x", R.assign(x="12%")), "'x'", "'12%'", "/ 100"),
    ("an outcome in per cent", regress("y ~ x", R.assign(y="12%")), "'y'", "'12%'", "/ 100"),
    ("an outcome held as text", regress("y ~ x", R.assign(y=R["y"].astype(str))), "'y'",
     "pandas.to_numeric("),
    ("a constant outcome", regress("y ~ x", R.assign(y=3.0)), "outcome 'y'", "3 in all 72 rows"),
    ("a constant outcome, instruments", of(ag.iv, "y ~ [x ~ z]", R.assign(y=3.0)),
     "outcome 'y'", "3 in all 72 rows"),
    ("a constant outcome, counts", of(ag.poisson, "y ~ x", R.assign(y=3.0)), "outcome 'y'",
     "3 in all 72 rows"),
    ("a regressor that effects explain", regress("y ~ g", absorb="i"), "'g'", "absorbed effects"),
    ("negative counts", of(ag.poisson, "y ~ x", R), "'y'", "must not be negative", "panel()"),
    ("one region, growth", of(ag.shift_share, C[C["region"] == "a"], value="jobs", start=2000,
                              end=2002), "one active region, 'a'", "reference="),
    ("one region, growth against the others",
     of(ag.shift_share, C[C["region"] == "a"], value="jobs", start=2000, end=2002,
        reference="excluding"), "one active region, 'a'", "reference="),
    ("one region, quotients", of(ag.location_quotient, ONE[ONE["region"] == "a"], value="jobs"),
     "active region", "reference="),
    ("one industry", of(ag.specialization, ONE[ONE["industry"] == "x"], value="jobs"),
     "one industry, 'x'", "reference="),
    ("a base without a region", of(ag.location_quotient, ONE, value="jobs", undefined=0),
     "undefined=0", "'nan'"),
    ("missing=0", of(ag.location_quotient, ONE, value="jobs", missing=0), "missing=0", "'zero'"),
    ("periods as words", of(ag.dynamic_index,
                            C.assign(time=C["time"].map({2000: "b", 2001: "c", 2002: "a"})),
                            value="jobs", time="time", start="b", end="a"), "'time'",
     "pandas.Categorical("),
)  # fmt: skip

FORMULAS = (
    ("a formula and a table exchanged", regress(R, "y ~ x"), "formula= and data=", "'y ~ x'"),
    ("no formula", of(ag.panel, R), "formula must be a text", "'y ~ x'"),
    ("no table", of(ag.panel, "y ~ x"), "missing a required argument: 'data'"),
    ("a list of names", regress(["y", "x"]), "formula must be a text", "list"),
    ("Stata's order", regress("y x q"), "'y ~ x + q'"),
    ("Stata's command", regress("reg y x q"), "'y ~ x + q'"),
    ("an equals sign", regress("y = x + q"), "'y ~ x + q'"),
    ("R's arrow", regress("y <- x"), "'y ~ x'"),
    ("Stata's instruments", of(ag.iv, "y q (x = z)", R), "'y ~ q + [x ~ z]'"),
    ("Stata's instruments in panel", regress("ivregress 2sls y q (x = z)"),
     "iv('y ~ q + [x ~ z]', data)"),
    ("R's instruments", of(ag.iv, "y ~ x + q | z + q", R), "'y ~ q + [x ~ z]'"),
    ("pyfixest's instruments", of(ag.iv, "y ~ q | i | x ~ z", R),
     "iv('y ~ q + [x ~ z]', data, absorb=['i'])"),
    ("no instruments", of(ag.iv, "y ~ x + z", R), "one bracket", "[x ~ z1 + z2]"),
    ("instruments in panel", regress("y ~ q + [x ~ z]"), "call iv('y ~ q + [x ~ z]', data)"),
    ("effects after a bar", regress("y ~ x | i + t"), "'y ~ x'", "absorb=['i', 't']"),
    ("lme4's random effect", regress("y ~ x + (1|i)"), "RandomEffects()", "absorb='i'"),
    ("linearmodels' effects", regress("y ~ x + EntityEffects"), "'EntityEffects'", "absorb="),
    ("Stata's lag", regress("y ~ L.x", **KEYS), "'L.x'", "lag(x, 1)"),
    ("Stata's second lag", regress("y ~ L2.x", **KEYS), "'L2.x'", "lag(x, 2)"),
    ("Stata's lag of a function", regress("y ~ L.log(w)", **KEYS), "'L.log(w)'",
     "lag(log(w), 1)"),
    ("Stata's lags", regress("y ~ L(1/2).x", **KEYS), "'L(1/2).x'", "lag(x, 1) + lag(x, 2)"),
    ("Stata's lead", regress("y ~ F.x", **KEYS), "'F.x'", "lag(x, -1)"),
    ("Stata's difference", regress("D.y ~ D.x", **KEYS), "'D.y'", "I(y - lag(y, 1))"),
    ("Stata's second difference", regress("y ~ D2.x", **KEYS), "'D2.x'",
     "I(x - 2 * lag(x, 1) + lag(x, 2))"),
    ("Stata's dummies", regress("y ~ x + i.g"), "'i.g'", "C(g)", "absorb='g'"),
    ("Stata's interaction", regress("y ~ c.x#c.q"), "'c.x#c.q'", "Write x:q"),
    ("Stata's full interaction", regress("y ~ c.x##i.g"), "'c.x##i.g'", "Write x*g"),
    ("fixest's lag", regress("y ~ l(x, 1)", **KEYS), "'l(x, 1)'", "lag(x, 1)"),
    ("fixest's lags", regress("y ~ l(x, 1:2)", **KEYS), "'l(x, 1:2)'", "lag(x, 1) + lag(x, 2)"),
    ("fixest's lead", regress("y ~ f(x)", **KEYS), "'f(x)'", "lag(x, -1)"),
    ("fixest's difference", regress("y ~ d(x)", **KEYS), "'d(x)'", "I(x - lag(x, 1))"),
    ("lead()", regress("y ~ lead(x)", **KEYS), "'lead(x)'", "lag(x, -1)"),
    ("diff()", regress("y ~ diff(x)", **KEYS), "'diff(x)'", "I(x - lag(x, 1))"),
    ("plm's range of lags", regress("y ~ lag(x, 1:2)", **KEYS), "lag(x, 1) + lag(x, 2)"),
    ("a list of lags", regress("y ~ lag(x, [1, 2])", **KEYS), "lag(x, 1) + lag(x, 2)"),
    ("pandas' shift", regress("y ~ x.shift(1)", **KEYS), "across units", "lag(x)"),
    ("a lag without keys", regress("y ~ lag(x)"), "entity=", "time="),
    ("csw", regress("y ~ csw(x, q)"), "'csw(x, q)'", "['y ~ x', 'y ~ x + q']"),
    ("csw0", regress("y ~ z + csw0(x, q)"), "['y ~ z + 1', 'y ~ z + x', 'y ~ z + x + q']"),
    ("sw", regress("y ~ sw(x, q)"), "'sw(x, q)'", "['y ~ x', 'y ~ q']"),
    ("R's list of outcomes", regress("c(y, q) ~ x"), "panels('y + q ~ x', data)"),
    ("two outcomes", regress("y + q ~ x"), "one numeric outcome", "panels()"),
    ("ln", regress("y ~ ln(w)"), "'ln('", "log("),
    ("factor", regress("y ~ factor(g)"), "'factor(g)'", "C(g)"),
    ("as.factor", regress("y ~ as.factor(g)"), "'as.factor(g)'", "C(g)"),
    ("a caret", regress("y ~ x + x^2"), "'x^2'", "I(x**2)"),
    ("a bare function of numpy", regress("y ~ sqrt(w)"), "np.sqrt"),
    ("all columns", regress("y ~ ."), "from_columns("),
    ("a name with blanks", regress("y ~ GDP per head", R.rename(columns={"x": "GDP per head"})),
     "`GDP per head`"),
    ("a comma", regress("y ~ x, q"), "','", "y ~ x + z"),
    ("a comparison", regress("y ~ x > 1"), "'>'", "I(x > 1)"),
    ("a reference that is no value", regress("y ~ i(t, x, ref=99)"), "ref=99", "0, 1, 2, 3, 4"),
)  # fmt: skip

ARGUMENTS = (
    ("a value by place", of(ag.concentration, ONE, "jobs"), "['cells']", "value='jobs'"),
    ("no value", of(ag.concentration, ONE), "missing a required argument: 'value'"),
    ("values=", of(ag.concentration, ONE, values="jobs"), "'values'", "Did you mean value=?"),
    ("year=", of(ag.location_quotient, C, value="jobs", year="time"), "'year'", "time="),
    ("sector=", of(ag.location_quotient, ONE, value="jobs", sector="industry"), "industry="),
    ("data=", of(ag.concentration, data=ONE, value="jobs"), "'data'", "cells=frame"),
    ("vcov=", regress("y ~ x", vcov="HC1"), "'vcov'", "cov=Robust()"),
    ("cluster=", regress("y ~ x", cluster="i"), "'cluster'", "cov=Cluster("),
    ("robust=True", regress("y ~ x", robust=True), "'robust'", "cov=Robust()"),
    ("fe=", regress("y ~ x", fe=["i"]), "'fe'", "absorb=["),
    ("entity_effects=True", regress("y ~ x", entity_effects=True), "'entity_effects'", "absorb=["),
    ("index=", regress("y ~ x", index=["i", "t"]), "'index'", "entity='region', time='year'"),
    ("cov='HC1'", regress("y ~ x", cov="HC1"), "cov must be", "'HC1'", "cov=Robust()"),
    ("cov='robust'", regress("y ~ x", cov="robust"), "cov must be", "cov=Robust()"),
    ("cov='clustered'", regress("y ~ x", cov="clustered"), "cov must be", "cov=Cluster("),
    ("a dict for cov", regress("y ~ x", cov={"CRV1": "i"}), "cov must be", "cov=Cluster('i')"),
    ("a column for cov", regress("y ~ x", cov="i"), "cov must be", "cov=Cluster('i')"),
    ("the class for cov", regress("y ~ x", cov=ag.Robust), "the class Robust", "cov=Robust(...)"),
    ("values for a cluster", lambda: ag.Cluster(R["i"]), "names of columns", "Cluster('i')"),
    ("estimator='fe'", regress("y ~ x", estimator="fe"), "estimator", "'fe'", "LeastSquares()"),
    ("level=95", lambda: ag.panel("y ~ x", R).tidy(level=95), "level", "95", "level=0.95"),
    ("a term that is not there", lambda: ag.panel("y ~ x", R).interval(term="q"), "'q'",
     "['Intercept', 'x']"),
    ("a method's name for a function", of(ag.leave_one_out, "concentration", cells=ONE,
                                          leave="region", value="jobs"), "measure",
     "without quotes"),
    ("a classic method", of(ag.shift_share, C, value="jobs", start=2000, end=2002,
                            method="classic"), "method='classic'", "Dunn()"),
    ("reference='national'", of(ag.shift_share, C, value="jobs", start=2000, end=2002,
                                reference="national"), "reference='national'", "'including'"),
    ("a column for groups", of(ag.theil_decomposition, ONE, value="jobs", groups="region"),
     "groups", "'region'"),
    ("groups that lack regions", of(ag.theil_decomposition, ONE, value="jobs",
                                    groups={"a": "N"}), "'b', 'c', 'd'", "groups="),
    ("weights='queen'", of(ag.moran, ONE[ONE["industry"] == "x"], value="jobs", weights="queen",
                           region="region"), "spatial weights", "libpysal"),
    ("weights of other labels", of(ag.moran, ONE[ONE["industry"] == "x"], value="jobs",
                                   weights={"A": ["B"], "B": ["A"]}, region="region"),
     "lack 4 of 4 regions", "Label the weights"),
    ("value= for plants", of(ag.ellison_glaeser, plants(), value="emp"), "'value'", "size="),
    ("an average of plants", of(ag.collapse, plants(), by=["region"], value="emp", agg="mean"),
     "'agg'", "['plants', 'by', 'value', 'output']"),
    ("the names of another event study", of(ag.event_study, pilot(), yname="y", idname="i",
                                            tname="t", gname="d"), "'yname'", "outcome="),
    ("the year of treatment", of(ag.event_study, pilot().query("g == 'a'").assign(first=3),
                                 outcome="y", unit="i", time="t", treated="first"),
     "'first'", "0/1"),
    ("the treated unit", of(ag.synthetic_control, policy(), outcome="y", unit="i", time="t",
                            treated=0), "treated must be a text", "0"),
)  # fmt: skip

REPORTS = (
    ("an estimate as a table", lambda: ag.to_markdown(ag.panel("y ~ x", R)), "compare(fit)"),
    ("one format for all", of(ag.to_markdown, ONE, formats=".2f"), "formats", "'.2f'",
     "formats={'lq': '.2f'}"),
    ("digits=", of(ag.to_markdown, ONE, digits=2), "'digits'", "'formats'"),
    ("a file name", of(ag.to_latex, ONE, "table.tex"), "['data']"),
    ("a format for no column", of(ag.to_markdown, ONE, formats={"job": ".2f"}), "['job']",
     "'jobs'"),
    ("a list as labels", of(ag.to_markdown, ONE, labels=["Jobs"]), "labels", "list",
     "labels={'lq':"),
    ("a Series as a table", of(ag.to_markdown, ONE["jobs"]), "Series", ".reset_index()"),
    ("a picture of all periods", lambda: ag.plot_heat_map(LQ), "3 values of 'time'",
     "frame[frame['time'] == 2002]"),
    ("quotients without their names", lambda: ag.plot_heat_map(LQ.rename(
        columns={"region": "county", "industry": "branch"}).query("time == 2000")),
     "region='county'", "industry='branch'"),
    ("region= for a picture of parts", of(ag.plot_components, ag.shift_share(
        C, value="jobs", start=2000, end=2002, time="time"), region="region"), "by='region'"),
    ("a frame among estimates", lambda: ag.compare(ag.panel("y ~ x", R).tidy()), "'DataFrame'",
     "to_markdown"),
)  # fmt: skip

NAMES = (
    ("ag.gini", lambda: ag.gini, "'gini'", "concentration(...)"),
    ("ag.lq", lambda: ag.lq, "'lq'", "location_quotient(...)"),
    ("ag.feols", lambda: ag.feols, "'feols'", "panel("),
    ("ag.location_quotients", lambda: ag.location_quotients, "location_quotient?"),
    ("fit.coef", lambda: ag.panel("y ~ x", R).coef, "'coef'", "params"),
    ("fit.bse", lambda: ag.panel("y ~ x", R).bse, "'bse'", "std_errors"),
    ("fit.pvalues", lambda: ag.panel("y ~ x", R).pvalues, "'pvalues'", "tidy()['p_value']"),
    ("fit.params.loc", lambda: ag.panel("y ~ x", R).params.loc["x"], "'loc'", "params['x']"),
    ("fit.se()", lambda: ag.panel("y ~ x", R).se(), "'se'", "std_errors['x']"),
    ("fit.coef()['x']", lambda: ag.panel("y ~ x", R).coef()["x"], "params['x']"),
    ("fit.tstat()", lambda: ag.panel("y ~ x", R).tstat(), "tidy()['statistic']"),
    ("fit.conf_int()", lambda: ag.panel("y ~ x", R).conf_int(), "confint(level=0.95)"),
    ("fit.rsquared", lambda: ag.panel("y ~ x", R).rsquared, "statistics['r2']"),
    ("fit.nobs", lambda: ag.panel("y ~ x", R).nobs, "n_obs"),
    ("ag.Kdhat", lambda: ag.Kdhat, "'Kdhat'", "duranton_overman("),
    ("ag.ml_lag", lambda: ag.ml_lag, "'ml_lag'", "spatial_panel("),
    ("ag.coefplot", lambda: ag.coefplot, "'coefplot'", "plot_coefficients("),
    ("fit.vcov", lambda: ag.panel("y ~ x", R).vcov("HC1"), "'vcov'", "with_cov(Robust())"),
)

TERMS = (
    ("fit.params['z']", lambda: ag.panel("y ~ x", R).params["z"], "'z'", "['Intercept', 'x']"),
    ("fit.std_errors['z']", lambda: ag.panel("y ~ x", R).std_errors["z"], "'z'", "Choose one"),
)

FIT = ag.panel("y ~ x", R)
QUOTIENTS = LQ.query("time == 2000")
STATES = ONE.rename(columns={"industry": "nace"})
EVENT = {"outcome": "y", "unit": "i", "time": "t", "treated": "d"}

PICTURES = (
    (
        "region= for ranked bars",
        of(ag.plot_ranked_bars, QUOTIENTS, value="lq", region="region"),
        "'region'",
        "key='region'",
    ),
    (
        "by= for ranked dots",
        of(ag.plot_ranked_dots, QUOTIENTS, value="lq", by="region"),
        "'by'",
        "key='region'",
    ),
    ("key= for Theil bars", of(ag.plot_theil, QUOTIENTS, key="industry"), "industry='industry'"),
    (
        "time= for a picture of one period",
        of(ag.plot_heat_map, LQ, time="time"),
        "'time'",
        "frame[frame['year'] == 2020]",
    ),
    ("two estimates by place", of(ag.plot_coefficients, FIT, FIT), "{'main': fit"),
    (
        "bars of several industries",
        of(ag.plot_ranked_bars, QUOTIENTS, value="lq"),
        "3 values of 'industry'",
        "frame[frame['industry'] == 'z']",
    ),
    (
        "bars of several industries and periods",
        of(ag.plot_ranked_bars, LQ, value="lq"),
        "3 values of 'time' and 3 values of 'industry'",
        "(frame['time'] == 2002) & (frame['industry'] == 'z')",
    ),
    (
        "pairs of other names",
        lambda: ag.plot_relatedness(ag.proximity(STATES, value="jobs", industry="nace")),
        "'nace_a'",
        "industry='nace'",
    ),
    (
        "lines of other names",
        of(ag.plot_trajectories, LQ.rename(columns={"region": "state", "time": "YR"}), value="lq"),
        "time='YR', series='state'",
    ),
    (
        "too many bins",
        of(ag.binned_scatter, "y ~ g", R.assign(g=R["t"] % 3), x="g", bins=20),
        "20 bins",
        "3 different values in 72 rows",
        "Pass bins=",
    ),
    (
        "a figure and its file exchanged",
        of(ag.save_figure, "a.png", {}),
        "path",
        "save_figure(figure, 'figure.png')",
    ),
    ("lang='cn'", of(ag.plot_heat_map, QUOTIENTS, lang="cn"), "'cn'", "'zh'"),
)

HABITS = (
    (
        "a wide table of numbers",
        of(
            ag.location_quotient,
            pd.DataFrame(
                {"state": list("abc"), "code": list("ABC"), "YR": 2000, "road": 1.0, "rail": 2.0}
            ),
            value="road",
        ),
        "region='state'",
        "melt(id_vars=['state'",
        "value='value'",
    ),
    (
        "the text of groups",
        of(ag.theil_decomposition, ONE, value="jobs", groups="macro"),
        "'macro'",
        "frame[['region', 'macro']].drop_duplicates()",
    ),
    ("a table of Word by place", of(ag.to_docx, ONE, "a.docx"), "Path('a.docx').write_bytes("),
    ("no start", of(ag.shift_share, C, value="jobs"), "'start'", "start=2010"),
    (
        "no instruments of a dynamic panel",
        of(ag.dynamic_panel, "y ~ lag(y, 1)", R, **KEYS),
        "'gmm'",
        "Gmm('y')",
    ),
    ("stars=True", of(ag.compare, FIT, stars=True), "True", "Stars("),
    ("names of models", of(ag.compare, FIT, model_names=["a"]), "'model_names'", "names=["),
    ("keep=", of(ag.compare, FIT, keep=["x"]), "'keep'", "terms=['x']"),
    ("labels in a list", of(ag.compare, FIT, labels=["a"]), "labels", "labels={"),
    (
        "coordinates of other names",
        regress("y ~ x", cov=ag.Conley(km=100)),
        "'lon'",
        "cov=Conley(..., lon='column')",
    ),
    ("cutoff=", lambda: ag.Conley(cutoff=100), "'cutoff'", "km=100"),
    (
        "clusters of two columns in one text",
        regress("y ~ x", cov=ag.Cluster("i + t")),
        "['i', 't']",
    ),
    ("Stata's pairs of effects", regress("y ~ x", absorb="i#t"), "'i#t'", "'i^t'"),
    ("formulaic's pairs of effects", regress("y ~ x", absorb="i:t"), "'i:t'", "'i^t'"),
    ("a factor among effects", regress("y ~ x", absorb="C(i)"), "'C(i)'", "'i'"),
    (
        "weights in an array",
        regress("y ~ x", weights=np.ones(72)),
        "frame.assign(weights=values)",
        "weights='weights'",
    ),
    ("subset=", regress("y ~ x", subset="x > 0"), "'subset'", "frame[frame['x'] > 0]"),
    ("no periods for Driscoll and Kraay", regress("y ~ x", cov=ag.DriscollKraay(1)), "time='year'"),
    ("a combination by place", of(ag.lincom, FIT, "x - 1"), "answer='x - 1'"),
    ("a term for confint", lambda: FIT.confint(0.95, "x"), "['level']", "Use only these"),
    (
        "base=",
        of(ag.location_quotient, ONE, value="jobs", base="national"),
        "'base'",
        "reference='including'",
    ),
    ("index='gini'", measure(ONE, index="gini"), "'index'", "answer['gini']"),
    (
        "longitude and latitude by a switch",
        of(ag.duranton_overman, points(), industry="industry", target="A", lonlat=True),
        "'lonlat'",
        "lon='lon', lat='lat'",
    ),
    (
        "model='sar'",
        of(ag.spatial_panel, "y ~ x", R, weights=np.eye(12), model="sar", **KEYS),
        "'sar'",
        "SpatialLag()",
    ),
    (
        "estimator='cs'",
        of(ag.event_study, pilot(), estimator="cs", **EVENT),
        "'cs'",
        "CallawaySantAnna()",
    ),
    (
        "control_group=",
        of(ag.event_study, pilot(), control_group="never", **EVENT),
        "'control_group'",
        "NotYetTreated()",
    ),
    (
        "treated_unit=",
        of(ag.synthetic_control, policy(), treated_unit=0, **EVENT),
        "'treated_unit'",
        "treated='policy'",
    ),
    (
        "vce='placebo'",
        of(ag.synthetic_did, policy(), vce="placebo", **EVENT),
        "'vce'",
        "PlaceboVariance()",
    ),
    ("one estimate for Hausman", of(ag.hausman, FIT), "'random'", "RandomEffects()"),
    (
        "a list of a period",
        of(ag.shift_share, C, value="jobs", start=[2000], end=2002),
        "start=[2000]",
        "2000, 2001, 2002",
    ),
    ("a folder", of(ag.datasets.read_table, Path(__file__).parent), "is a folder"),
    (
        "an address",
        of(ag.datasets.read_table, "https://example.org/jobs.csv"),
        "addresses",
        "pandas.read_csv(",
    ),
    ("sep=", of(ag.datasets.read_table, __file__, sep=";"), "'sep'", "pandas.read_csv("),
    (
        "an unknown region, plants",
        of(ag.collapse, plants().assign(emp=np.nan), by=["region"], value="emp"),
        "'emp'",
        "frame.dropna(subset=['emp'])",
    ),
)

MISTAKES = tuple(
    Mistake(name, call, tuple(words))
    for group in (TABLES, COLUMNS, VALUES, FORMULAS, ARGUMENTS, REPORTS, TERMS, PICTURES, HABITS)
    for name, call, *words in group
)
WRONG_NAMES = tuple(Mistake(name, call, tuple(words)) for name, call, *words in NAMES)
