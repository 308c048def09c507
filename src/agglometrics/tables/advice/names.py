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
    **dict.fromkeys(("kd", "Kd", "Kdhat", "KdEnvelope", "do_index"),
                    "duranton_overman(points, ...)"),
    **dict.fromkeys(("M", "Mhat", "MEnvelope"), "marcon_puech(points, ...)"),
    **dict.fromkeys(("m", "mhat"), "lang_marcon_puech(points, ...)"),
    **dict.fromkeys(("coefplot", "iplot", "plot_coefs"), "plot_coefficients({'main': fit})"),
    **dict.fromkeys(("K", "Kest", "Khat", "ripley_k", "Lest"), "ripley(points, ...)"),
    **dict.fromkeys(("Moran", "moran_i", "morans_i", "moransi"), "moran(data, value=, weights=)"),
    **dict.fromkeys(("ML_Lag", "ML_Error", "spml", "spautoreg", "lagsarlm", "spreg",
                     "ml_lag", "ml_error", "GM_Lag", "GM_Error", "Panel_FE_Lag", "spxtregress"),
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
    **dict.fromkeys(("coef", "coefs", "coefficients", "beta", "betas", "b", "betahat", "coef_"),
                    "params, which answers to a term: params['x']; or tidy()"),
    **dict.fromkeys(("se", "bse", "std_error", "stderr", "ses", "HC0_se", "HC1_se", "HC3_se"),
                    "std_errors, which answers to a term: std_errors['x']; or "
                    "tidy()['std_error']"),
    **dict.fromkeys(("pvalues", "pvalue", "p_values", "pval", "pvals", "p_value"),
                    "tidy()['p_value']"),
    **dict.fromkeys(("tvalues", "tstat", "tstats", "t", "tvalue", "zstat", "statistic"),
                    "tidy()['statistic']"),
    **dict.fromkeys(("conf_int", "ci", "conf_interval", "conf_ints"),
                    "confint(level=0.95), or interval(term='x') for one term"),
    **dict.fromkeys(("summary2", "print_summary", "etable", "summary_frame"),
                    "summary(), or compare(fit) for a table"),
    **dict.fromkeys(("vcov", "cov", "cov_params", "get_robustcov_results", "vcov_", "cov_type"),
                    "covariance.matrix, or with_cov(Robust()) for another covariance"),
    **dict.fromkeys(("rsquared", "r2", "r_squared"), "statistics['r2'] of a panel() estimate"),
    **dict.fromkeys(("rsquared_within", "r2_within"),
                    "statistics['r2_within'] of a panel() estimate with absorb="),
    **dict.fromkeys(("rsquared_adj", "adj_r2", "rsquared_between", "rsquared_overall"),
                    "statistics, the numbers that there are; this R squared is not among them"),
    **dict.fromkeys(("llf", "loglik", "log_likelihood", "aic", "bic", "deviance"),
                    "statistics, the numbers that there are: a log likelihood after poisson() and "
                    "spatial_panel()"),
    **dict.fromkeys(("nobs", "N", "n", "num_obs"), "n_obs"),
    **dict.fromkeys(("df_resid", "df", "dof"), "covariance.df"),
    **dict.fromkeys(("model", "depvar", "endog", "dependent"),
                    "outcome, the name of what was explained; method says how"),
    **dict.fromkeys(("names", "coefnames", "param_names", "exog_names", "regressors"), "terms"),
    **dict.fromkeys(("resid", "resids", "residuals", "resid_response"),
                    "residuals() of a panel(), poisson() or iv() estimate"),
    **dict.fromkeys(("predict", "fittedvalues", "fitted_values", "fitted", "get_prediction"),
                    "predict(fit, data)"),
    **dict.fromkeys(("fixef", "fixed_effects", "estimated_effects", "ranef"),
                    "effects, the names of the absorbed effects; predict(fit, data) adds the "
                    "effects themselves"),
    **dict.fromkeys(("fit", "estimate", "run"), "the estimate itself: the call has fitted it"),
    **dict.fromkeys(("coefplot", "iplot", "plot_coefs"), "plot()"),
    **dict.fromkeys(("wald_test", "f_test", "t_test", "fvalue", "f_pvalue", "f_statistic",
                     "f_statistic_robust", "test"),
                    "wald() of a panel() or iv() estimate, or lincom()"),
    **dict.fromkeys(("wildboottest", "wildboot"), "with_cov(WildBootstrap('region', seed=1))"),
    **dict.fromkeys(("IV_Diag", "first_stage_diagnostics", "effective_f"),
                    "weak_instruments(fit), and first_stage()"),
    **dict.fromkeys(("sargan", "j_stat", "hansen", "wooldridge_overid", "basmann"),
                    "overidentification(fit)"),
    **dict.fromkeys(("margeff", "get_margeff", "marginal_effects"), "avg_slopes(fit)"),
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

    >>> unknown_attribute("pvalues", "Regression", ["std_errors"])
    "Regression has no 'pvalues'. Write tidy()['p_value']."
    """
    return f"{owner} has no {name!r}. {_instead(name, ATTRIBUTES, names)}".rstrip()


def _instead(name: str, words: Mapping[str, str], names: Iterable[str]) -> str:
    if name in words:
        return f"Write {words[name]}."
    near = nearest(name, [each for each in names if not each.startswith("_")])
    return f"Did you mean {near}?" if near else ""
