"""Names that other programs use for a function or an attribute, and what is called here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agglometrics.tables.advice.columns import nearest

FUNCTIONS: Mapping[str, str] = {
    **dict.fromkeys(("gini", "locational_gini", "hoover", "krugman", "theil", "herfindahl", "hhi"),
                    "concentration(...) or specialization(...), which have it as a column"),
    **dict.fromkeys(("lq", "LQ", "locq", "quotient"), "location_quotient(...)"),
    **dict.fromkeys(("feols", "reghdfe", "xtreg", "areg", "PanelOLS", "ols", "OLS", "lm", "plm",
                     "felm", "regress", "reg"), "panel('y ~ x', data, absorb=[...])"),
    **dict.fromkeys(("fepois", "ppmlhdfe", "ppml", "glm", "Poisson"), "poisson('y ~ x', data)"),
    **dict.fromkeys(("IV2SLS", "ivregress", "ivreg", "ivreg2", "ivreghdfe", "tsls"),
                    "iv('y ~ w + [x ~ z]', data)"),
    **dict.fromkeys(("etable", "esttab", "outreg2", "modelsummary", "stargazer", "summary_col"),
                    "compare(fit, other)"),
    **dict.fromkeys(("did", "att_gt", "csdid", "did2s", "eventstudyinteract", "sunab"),
                    "event_study(data, outcome=, unit=, time=, treated=)"),
    **dict.fromkeys(("ssaggregate", "bartik", "shift_share_iv", "reg_ss", "ivreg_ss"),
                    "ShiftShareDesign(locations, shares, shocks)"),
    **dict.fromkeys(("shiftshare", "shift", "esteban"), "shift_share(...)"),
    **dict.fromkeys(("ellison_glaeser_index", "eg", "EG", "gamma", "ellison"),
                    "ellison_glaeser(plants, size=...)"),
    **dict.fromkeys(("kd", "Kd", "KdEnvelope", "do_index"), "duranton_overman(points, ...)"),
    **dict.fromkeys(("K", "Kest", "ripley_k", "Lest"), "ripley(points, ...)"),
    **dict.fromkeys(("Moran", "moran_i", "morans_i", "moransi"), "moran(data, value=, weights=)"),
    **dict.fromkeys(("ML_Lag", "ML_Error", "spml", "spautoreg", "lagsarlm", "spreg"),
                    "spatial_panel(...)"),
    **dict.fromkeys(("pgmm", "xtabond", "xtabond2", "xtdpdsys"), "dynamic_panel(...)"),
    **dict.fromkeys(("synth", "Synth", "scm", "augsynth"), "synthetic_control(...)"),
    **dict.fromkeys(("sdid", "synthdid"), "synthetic_did(...)"),
    **dict.fromkeys(("HC1", "HC0", "hetero", "vcovHC", "White"), "Robust()"),
    **dict.fromkeys(("CRV1", "vcovCL", "Clustered"), "Cluster('region')"),
    **dict.fromkeys(("density", "relatedness"), "relatedness_density(...)"),
}  # fmt: skip
"""Functions of other programs and the call that does the same here."""

ATTRIBUTES: Mapping[str, str] = {
    **dict.fromkeys(("coef", "coefs", "coefficients", "beta", "betas", "b"),
                    "params, in the order of terms, or tidy()"),
    **dict.fromkeys(("se", "bse", "std_error", "stderr"), "std_errors, or tidy()['std_error']"),
    **dict.fromkeys(("pvalues", "pvalue", "p_values", "pval"), "tidy()['p_value']"),
    **dict.fromkeys(("tvalues", "tstat", "tstats", "t"), "tidy()['statistic']"),
    **dict.fromkeys(("conf_int", "confint", "ci", "conf_interval"), "tidy(level=0.95)"),
    **dict.fromkeys(("summary", "summary2"), "print(fit), or compare(fit) for a table"),
    **dict.fromkeys(("vcov", "cov", "cov_params", "get_robustcov_results"),
                    "covariance.matrix, or with_cov(Robust()) for another covariance"),
    **dict.fromkeys(("rsquared", "r2", "r_squared", "rsquared_within"), "statistics['r2']"),
    **dict.fromkeys(("nobs", "N", "n"), "n_obs"),
    **dict.fromkeys(("resid", "resids", "residuals"), "residuals() of a panel() estimate"),
    **dict.fromkeys(("predict", "fittedvalues", "fitted_values"), "predict(fit, data)"),
    **dict.fromkeys(("fit", "estimate", "run"), "the estimate itself: the call has fitted it"),
    **dict.fromkeys(("plot", "coefplot", "iplot"), "tidy(), whose columns a plot takes"),
    **dict.fromkeys(("wald_test", "f_test", "t_test"), "wald() of a panel() estimate, or lincom()"),
}  # fmt: skip
"""Attributes of other programs' results and what an estimate has here."""


def unknown_function(name: str, names: Iterable[str]) -> str:
    """Return a message about a name that the package does not have.

    >>> unknown_function("location_quotients", ["location_quotient"])
    "agglometrics has no 'location_quotients'. Did you mean location_quotient?"
    """
    return f"agglometrics has no {name!r}. {_instead(name, FUNCTIONS, names)}".rstrip()


def unknown_attribute(name: str, owner: str, names: Iterable[str]) -> str:
    """Return a message about an attribute that an estimate does not have.

    >>> unknown_attribute("bse", "Regression", ["std_errors"])
    "Regression has no 'bse'. Write std_errors, or tidy()['std_error']."
    """
    return f"{owner} has no {name!r}. {_instead(name, ATTRIBUTES, names)}".rstrip()


def _instead(name: str, words: Mapping[str, str], names: Iterable[str]) -> str:
    if name in words:
        return f"Write {words[name]}."
    near = nearest(name, [each for each in names if not each.startswith("_")])
    return f"Did you mean {near}?" if near else ""
