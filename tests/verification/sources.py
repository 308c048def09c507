"""Which tests compare with what stands outside the package, and with which version of it.

The page of verifications is written from the numbers that these tests compare when they run
(`tests.verification.plugin`): nothing here says that a comparison holds.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parents[1]
# programs that a comparison's name would say
SAYS = re.compile(
    r"_(as|against|equals?|of)_(\w*_)?(reat|dbmss|spatstat|plm|fixest|linearmodels|statsmodels|spreg|"
    r"splm|spatialreg|esda|binsreg|scpc_python|spur_python|diff_diff|did_prints|utest|baltagi|scipy)"
)
# tests whose names say a program and compare no number of it
NO_NUMBERS = {"test_tidy_with_t_equals_scipy"}
APART = {"verification", "hunan", "project", "front", "site"}


@dataclass(frozen=True)
class Source:
    """An outside reference of one or more tests.

    Attributes
    ----------
    file, tests : the file below ``tests``, and the test functions
    what : what is compared
    against : the program or the printed table
    version : of the program whose stored numbers the tests hold; "" for a printed table, and
        for a program that runs beside ours, whose version is read when it runs
    runs : the distribution that runs beside ours, or ""
    differs : why the numbers are not equal, where they are not; the test then holds the difference
    calls : the public names that are verified
    """

    file: str
    tests: tuple[str, ...]
    what: str
    against: str
    version: str = ""
    runs: str = ""
    differs: str = ""
    calls: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        return TESTS / self.file


def source(
    file: str, tests: str, what: str, against: str, version: str = "", **more: object
) -> Source:
    """Return a `Source`; the tests and `calls` are separated by blanks."""
    calls = tuple(str(more.pop("calls", "")).split())
    return Source(file, tuple(tests.split()), what, against, version, calls=calls, **more)  # type: ignore[arg-type]


REAT = "REAT (R)"
DBMSS = "dbmss (R)"
PLM = "plm (R)"
CELLS, PLANTS, EVENT = "measures/cells", "measures/plants", "evaluation"

SOURCES = (
    # ---- areal measures
    source(
        f"{CELLS}/test_quotients.py",
        "test_by_hand test_equals_reat_and_econcomplex",
        "location quotient",
        REAT,
        "3.0.3",
        calls="location_quotient",
    ),
    source(
        f"{CELLS}/test_quotients.py",
        "test_standardized_quotient_equals_brute_force_not_reat",
        "standardised location quotient",
        REAT,
        "3.0.3",
        calls="location_quotient",
        differs="locq2 subtracts means of regions where those of industries are meant",
    ),
    source(
        f"{CELLS}/test_areal_published.py",
        "test_location_quotients_of_the_laender",
        "location quotients of the German Laender",
        REAT,
        "3.0.3",
        calls="location_quotient",
    ),
    source(
        f"{CELLS}/test_areal_published.py",
        "test_reat_standardizes_with_the_wrong_means",
        "standardised quotients of the Laender",
        REAT,
        "3.0.3",
        calls="location_quotient",
        differs="locq2 subtracts the wrong means; its numbers are reproduced from them",
    ),
    source(
        f"{CELLS}/test_areal_published.py",
        "test_gross_product_against_population",
        "Hoover, Gini and Herfindahl of the Laender",
        REAT,
        "3.0.3",
        calls="concentration",
    ),
    source(
        f"{CELLS}/test_areal_published.py",
        "test_specialization_of_freiburg",
        "specialisation of Freiburg",
        REAT,
        "3.0.3",
        calls="specialization",
    ),
    source(
        f"{CELLS}/test_concentration.py",
        "test_mean_of_others_equals_reat "
        "test_published_gini_of_quotients test_published_krugman_against_the_mean_of_others "
        "test_published_gini_and_herfindahl_of_shares",
        "concentration indices",
        REAT,
        "3.0.3",
        calls="concentration",
    ),
    source(
        f"{CELLS}/test_specialization.py",
        "test_equals_reat "
        "test_published_gini_against_a_nation test_published_krugman_against_the_mean_of_others "
        "test_disjoint_regions_differ_by_two",
        "specialisation indices",
        REAT,
        "3.0.3",
        calls="specialization",
    ),
    source(
        f"{CELLS}/test_intervals.py",
        "test_limits_and_p_value_equal_scipy",
        "exact binomial limits",
        "scipy",
        "1.17",
        calls="Exact location_quotient",
    ),
    source(
        f"{CELLS}/test_intervals.py",
        "test_plants_of_one_size_give_the_wilson_interval",
        "Wilson's interval",
        "statsmodels",
        runs="statsmodels",
        calls="PlantSizes location_quotient",
    ),
    source(
        f"{CELLS}/test_relative_errors.py",
        "test_quotients_that_the_bureau_of_labor_statistics_publishes",
        "location quotients of occupations (two decimals)",
        "Bureau of Labor Statistics, OEWS, May 2025",
        calls="location_quotient RelativeStandardErrors",
    ),
    # ---- plants
    source(
        f"{PLANTS}/test_ellison_glaeser.py",
        "test_against_reat",
        "Ellison and Glaeser's gamma",
        REAT,
        "3.0.3",
        calls="ellison_glaeser",
    ),
    source(
        f"{PLANTS}/test_ellison_glaeser.py",
        "test_reference_cases",
        "Ellison and Glaeser's gamma, independent sums",
        "independent sums, and REAT (R)",
        calls="ellison_glaeser",
    ),
    source(
        f"{PLANTS}/test_coagglomeration.py",
        "test_pairs_against_independent_sums test_group_of_all_against_independent_sums",
        "coagglomeration of pairs and groups",
        REAT,
        "3.0.3",
        calls="coagglomeration",
        differs="ellison.c2 and ellison.c answer other numbers; ours are the direct sums",
    ),
    source(
        f"{PLANTS}/test_coagglomeration.py",
        "test_colocation_of_the_article test_colocation_against_reat_and_a_loop",
        "colocation of industries",
        REAT,
        "3.0.3",
        calls="colocation",
    ),
    source(
        f"{PLANTS}/test_coagglomeration.py",
        "test_cluster_index_of_the_textbook",
        "cluster index of Litzenberger and Sternberg",
        REAT,
        "3.0.3",
        calls="litzenberger_sternberg",
    ),
    # ---- distances
    source(
        "distance/test_duranton_overman.py",
        "test_against_dbmss_on_few_points test_against_dbmss",
        "K_d and its bandwidth",
        DBMSS,
        "2.11.0",
        calls="duranton_overman",
        differs="dbmss interpolates in a grid of 512 points; its bandwidth agrees",
    ),
    source(
        "distance/test_marcon_puech.py",
        "test_ties_and_same_sites test_against_dbmss test_local_envelope_against_dbmss",
        "M and its envelope",
        DBMSS,
        "2.11.0",
        calls="marcon_puech",
    ),
    source(
        "distance/test_detection.py",
        "test_individual_values_against_dbmss",
        "M around each plant",
        DBMSS,
        "2.11.0",
        calls="local_concentration",
    ),
    source(
        "distance/test_ripley.py",
        "test_against_spatstat",
        "Ripley's K",
        DBMSS,
        "2.11.0",
        calls="ripley",
    ),
    source(
        "distance/test_polygons.py",
        "test_k_where_a_circle_touches_the_edge",
        "Ripley's K at the edge of a window",
        "spatstat.explore (R)",
        "3.0-6",
        calls="ripley",
    ),
    source(
        "distance/test_relative.py",
        "test_benjamini_hochberg_as_r",
        "adjusted p-values",
        "R p.adjust",
        "4.2.2",
        calls="BenjaminiHochberg",
    ),
    # ---- decompositions
    source(
        "decomposition/test_reference.py",
        "test_dunn_equals_reat test_esteban_marquillas_equals_reat "
        "test_gerfin_equals_reat test_dunn_industries_equal_reat "
        "test_an_external_nation_equals_reat test_freiburg_equals_reat",
        "Dunn, Esteban-Marquillas, Gerfin",
        REAT,
        "3.0.3",
        calls="shift_share",
    ),
    source(
        "decomposition/test_reference.py",
        "test_allocation_of_an_industry_is_not_the_zero_that_reat_prints",
        "allocation effect of industries",
        REAT,
        "3.0.3",
        calls="shift_share",
        differs="shifti answers zero for every industry; the parts then do not add up",
    ),
    source(
        "decomposition/test_reference.py",
        "test_every_cell_equals_an_independent_implementation",
        "every cell of four methods",
        "independent numpy code",
        calls="shift_share",
    ),
    source(
        "decomposition/test_stochastic.py",
        "test_differences_of_effects_equal_statsmodels "
        "test_the_national_effect_and_its_error_equal_statsmodels "
        "test_a_competitive_effect_and_its_error_equal_statsmodels "
        "test_robust_covariances_with_the_national_effect_equal_statsmodels "
        "test_variance_function_is_koenkers_test",
        "two-way regression of growth",
        "statsmodels",
        runs="statsmodels",
        calls="stochastic_shift_share",
    ),
    # ---- shift-share designs
    source(
        "shiftshare/test_akm_reference.py",
        "test_every_fit",
        "AKM, AKM0, robust and clustered errors of Autor, Dorn and Hanson",
        "ShiftShareSE (R)",
        "1.1.0",
        calls="ShiftShareDesign AKM AKM0",
    ),
    source(
        "shiftshare/test_bhj_reference.py",
        "test_columns_1_and_2_to_the_stored_digits test_table_1 test_check_walks_both_roads",
        "shock-level estimates and shock summaries",
        "Borusyak, Hull and Jaravel (2022), Tables 1 and 4, archive of the article",
        calls="ShiftShareDesign ShockLevel",
    ),
    source(
        "shiftshare/test_gpss_reference.py",
        "test_weights_and_estimates",
        "Rotemberg weights",
        "bartik.weight (R)",
        calls="ShiftShareDesign rotemberg_panels",
    ),
    source(
        "shiftshare/test_reporting.py",
        "test_two_stage_least_squares_against_linearmodels "
        "test_overidentification_against_linearmodels",
        "2SLS, LIML and their tests",
        "linearmodels",
        runs="linearmodels",
        calls="ShiftShareDesign",
    ),
    # ---- panels
    source(
        "models/test_panel.py",
        "test_grunfeld_as_plm test_produc_as_plm",
        "within and random effects",
        PLM,
        "2.6-2",
        calls="panel RandomEffects",
    ),
    source(
        "models/test_panel.py",
        "test_unbalanced_random_effects_as_plm",
        "random effects, unbalanced",
        "vignette of plm (R)",
        calls="RandomEffects",
    ),
    source(
        "models/test_panel.py",
        "test_gasoline_as_baltagi",
        "gasoline demand",
        "Baltagi, Econometrics (5th ed.), tables 12.1-12.4",
        calls="panel Between RandomEffects",
    ),
    source(
        "models/checks/test_hausman.py",
        "test_grunfeld_as_plm",
        "Hausman tests",
        PLM,
        "2.6-2",
        calls="hausman robust_hausman",
    ),
    source(
        "inference/test_covariance.py",
        "test_grunfeld_as_fixest",
        "covariances of a panel",
        "fixest (R)",
        "0.14.2",
        calls="panel Cluster DriscollKraay NeweyWest",
    ),
    source(
        "inference/test_covariance.py",
        "test_grunfeld_as_plm",
        "covariances of a panel",
        PLM,
        "2.6-2",
        calls="panel PlmRules",
    ),
    source(
        "inference/test_covariance.py",
        "test_presets_of_linearmodels",
        "standard errors under its conventions",
        "linearmodels",
        runs="linearmodels",
        calls="panel LinearmodelsRules",
    ),
    source(
        "inference/test_covariance.py",
        "test_three_conventions_of_driscoll_kraay",
        "Driscoll-Kraay under three conventions",
        "fixest, plm and linearmodels",
        calls="DriscollKraay",
        differs="factors of small samples; each program's is reproduced",
    ),
    source(
        "inference/test_covariance.py",
        "test_linearmodels_counts_effects_nested_in_the_clusters",
        "clustered errors with nested effects",
        "linearmodels",
        runs="linearmodels",
        calls="Cluster",
        differs="linearmodels counts all nested effects or none",
    ),
    source(
        "inference/test_covariance.py",
        "test_pyfixest_counts_effects_as_its_hash_seed_has_it",
        "clustered errors with nested effects",
        "pyfixest",
        runs="pyfixest",
        calls="Cluster FixestRules",
        differs="pyfixest's count of nested effects depends on Python's hash seed",
    ),
    source(
        "inference/test_covariance.py",
        "test_jackknife_of_pyfixest_is_larger",
        "jackknife over clusters",
        "pyfixest",
        runs="pyfixest",
        calls="CR3",
        differs="pyfixest leaves out the factor (G - 1) / G of the article",
    ),
    source(
        "inference/test_few_clusters.py",
        "test_alone_in_its_cluster_it_is_hc2_with_the_degrees_of_imbens_and_kolesar",
        "HC2 and its degrees of freedom",
        "statsmodels; Imbens and Kolesar (2016)",
        "0.14",
        calls="CR2",
    ),
    source(
        "inference/test_fixed_b.py",
        "test_limit_is_the_table_of_kiefer_and_vogelsang",
        "fixed-b critical values",
        "Kiefer and Vogelsang (2005), Table 1",
        calls="DriscollKraay",
    ),
    source(
        "inference/spatial/test_scpc.py",
        "test_as_scpc_python test_commuting_zones_as_scpc_python "
        "test_the_plane_as_scpc_python_within_its_search",
        "SCPC standard errors",
        "scpc-python",
        "0.1.2",
        calls="SCPC",
    ),
    source(
        "models/test_poisson.py",
        "test_equals_statsmodels",
        "Poisson regression",
        "statsmodels",
        runs="statsmodels",
        calls="poisson",
    ),
    source(
        "models/test_control_function.py",
        "test_points_as_statsmodels_second_step test_covariance_as_statsmodels_gmm",
        "control function of a Poisson regression",
        "statsmodels",
        runs="statsmodels",
        calls="ControlFunction poisson",
    ),
    source(
        "models/test_poisson.py",
        "test_trade_as_fixest",
        "PPML with effects",
        "fixest (R)",
        "0.14.2",
        calls="poisson",
    ),
    source(
        "models/test_iv.py",
        "test_equals_linearmodels",
        "2SLS",
        "linearmodels",
        runs="linearmodels",
        calls="iv",
    ),
    source(
        "models/test_iv.py",
        "test_mroz_first_stage_of_linearmodels_is_no_f",
        "first-stage F",
        "linearmodels",
        runs="linearmodels",
        calls="iv",
        differs="its f.stat of a robust fit is a chi-square, not divided by the instruments",
    ),
    source(
        "models/test_iv.py",
        "test_crime_as_baltagi",
        "crime in North Carolina",
        "Baltagi (2006)",
        calls="iv",
    ),
    source(
        "models/test_k_class.py",
        "test_liml_and_fuller_are_those_of_linearmodels",
        "LIML and Fuller",
        "linearmodels",
        "7.1",
        calls="Liml Fuller",
    ),
    source(
        "models/dynamic/test_dynamic_panel.py",
        "test_arellano_bond_a1 test_system_as_plm",
        "Arellano-Bond and system GMM",
        PLM,
        "2.6-2",
        calls="dynamic_panel",
    ),
    source(
        "models/dynamic/test_dynamic_panel.py",
        "test_plm_sargan_at_one_step_is_of_one_step_residuals_with_two_step_weights",
        "Sargan test after one step",
        PLM,
        "2.6-2",
        calls="dynamic_panel",
        differs="plm weighs one-step residuals by two-step weights",
    ),
    source(
        "models/dynamic/test_dynamic_panel.py",
        "test_arellano_bond_a2 test_arellano_bond_b_with_corrected_errors",
        "employment equations",
        "Arellano and Bond (1991), Table 4",
        calls="dynamic_panel",
    ),
    source(
        "models/spatial/test_spatial_panel.py",
        "test_munnell_error_model_as_splm",
        "spatial error model",
        "Millo and Piras (2012), splm (R)",
        calls="spatial_panel SpatialError",
    ),
    source(
        "models/spatial/test_spatial_panel.py",
        "test_munnell_lag_model_as_spreg_but_for_its_likelihood",
        "spatial lag model",
        "spreg",
        runs="spreg",
        calls="spatial_panel SpatialLag",
        differs="coefficients agree; spreg's log-likelihood is not that of its own estimate",
    ),
    source(
        "models/spatial/test_spatial_panel.py",
        "test_lagrange_multipliers_as_spreg",
        "Lagrange multiplier tests",
        "spreg",
        runs="spreg",
        calls="lagrange_multipliers",
        differs="spreg divides residual squares by n - k, the articles by n",
    ),
    source(
        "models/test_spatial_durbin_reference.py",
        "test_estimates_as_spatialreg "
        "test_likelihood_as_spatialreg test_impacts_as_spatialreg "
        "test_munnell_with_state_effects_as_spatialreg",
        "spatial Durbin panel and impacts",
        "spatialreg (R)",
        "1.2-6",
        calls="spatial_panel SpatialDurbin impacts",
    ),
    source(
        "models/test_spatial_durbin_reference.py",
        "test_estimates_as_spreg",
        "spatial Durbin panel",
        "spreg",
        runs="spreg",
        calls="spatial_panel SpatialDurbin",
    ),
    source(
        "models/test_spatial_durbin_reference.py",
        "test_cigarettes_as_sdpdmod_given_its_rho",
        "spatial Durbin panel of cigarettes",
        "SDPDmod",
        calls="spatial_panel SpatialDurbin",
    ),
    source(
        "models/checks/test_spatial_unit_roots.py",
        "test_commuting_zones_as_spur_python test_lbm_gls_as_spur_python",
        "spatial unit roots",
        "spur-python",
        calls="spatial_unit_root_test spatial_stationarity_test lbm_gls",
    ),
    source(
        "models/test_moran_reference.py",
        "test_directed_weights_as_esda_and_spdep test_columbus_as_esda",
        "Moran's I",
        "esda",
        "2.9.0",
        calls="moran",
    ),
    source(
        "space/test_moran.py",
        "test_against_esda_formula_of_pysal",
        "Moran's I, its moments",
        "libpysal's sums of weights",
        runs="libpysal",
        calls="moran",
    ),
    source(
        "models/test_binned_scatter_reference.py",
        "test_points_as_binsreg test_standard_errors_as_binsreg_but_for_the_mean",
        "binned scatter",
        "binsreg",
        "3.2.1",
        calls="binned_scatter",
    ),
    source(
        "models/test_entropy_reference.py",
        "test_weights_as_scikit_criteria",
        "entropy weights",
        "scikit-criteria",
        "0.10",
        calls="entropy_index",
    ),
    source(
        "models/test_entropy_reference.py",
        "test_entropy_is_that_of_scipy",
        "entropy",
        "scipy",
        runs="scipy",
        calls="entropy_index",
    ),
    source(
        "models/test_oster_reference.py",
        "test_houses_as_robomit_and_psacalc_print "
        "test_houses_as_statspai test_frontier_coefficients_as_regsensitivity "
        "test_frontier_at_equal_selection_has_two_solutions_as_regsensitivity "
        "test_delta_of_a_zero_coefficient_as_regsensitivity",
        "Oster's bounds",
        "psacalc, robomit, StatsPAI, regsensitivity",
        calls="oster",
    ),
    source(
        "models/test_threshold_reference.py",
        "test_estimates_as_pyxthreg "
        "test_f_divides_by_n_times_periods_less_one "
        "test_likelihood_ratio_divides_by_n_times_periods_less_one",
        "threshold regression",
        "pyxthreg",
        "0.0.3",
        calls="threshold_panel",
        differs="pyxthreg divides sums of squares by other numbers; the tests hold the factors",
    ),
    source(
        "models/test_u_test_reference.py",
        "test_slopes_tests_and_turning_set_as_utest test_as_utest_prints_in_stata",
        "U test",
        "utest (R)",
        "0.4.0",
        calls="u_test",
    ),
    source(
        "models/test_u_test_reference.py",
        "test_slopes_as_statsmodels",
        "slopes of the U test",
        "statsmodels",
        runs="statsmodels",
        calls="u_test",
    ),
    source(
        "models/test_postestimation.py",
        "test_linear_combinations_against_statsmodels",
        "linear combinations",
        "statsmodels",
        runs="statsmodels",
        calls="lincom",
    ),
    # ---- policies
    source(
        f"{EVENT}/test_event_study_reference.py",
        "test_callaway_santanna_as_did_prints",
        "group-time effects",
        "did (R)",
        "2.1.2",
        calls="event_study CallawaySantAnna",
    ),
    source(
        f"{EVENT}/test_event_study_reference.py",
        "test_mpdta_as_diff_diff",
        "event study of minimum wages",
        "diff-diff",
        calls="event_study",
    ),
    source(
        f"{EVENT}/test_event_study_reference.py",
        "test_sun_abraham_as_fixest_prints test_sun_abraham_with_a_control_as_fixest_prints",
        "Sun and Abraham",
        "fixest (R), printed",
        calls="event_study SunAbraham",
    ),
    source(
        f"{EVENT}/test_bacon.py",
        "test_mpdta_as_diff_diff",
        "Goodman-Bacon's decomposition",
        "diff-diff",
        "3.13.0",
        calls="bacon_decomposition",
    ),
    source(
        f"{EVENT}/test_pretrends.py",
        "test_he_and_wang_as_stata_pretrends_prints",
        "power of a pre-test",
        "stata-pretrends",
        calls="pretrend_power",
    ),
    source(
        f"{EVENT}/test_synthetic_control.py",
        "test_basque_country_with_predictors",
        "weights of the Basque Country",
        "Synth (R), as the tests of pysyncon hold",
        calls="synthetic_control",
    ),
    source(
        f"{EVENT}/test_synthetic_did.py",
        "test_proposition_99",
        "California's tobacco programme",
        "Arkhangelsky et al. (2021), synthdid (R)",
        calls="synthetic_did",
    ),
)


def files() -> list[str]:
    """Return the files of the list, as pytest's arguments."""
    return sorted({f"tests/{source.file}" for source in SOURCES})


def functions(path: Path) -> list[str]:
    """Return the names of the functions of a module."""
    body = ast.parse(path.read_text("utf-8")).body
    return [node.name for node in body if isinstance(node, ast.FunctionDef)]


def unlisted(folder: Path = TESTS) -> list[str]:
    """Return tests whose names say that they compare with a program, and that are not listed."""
    listed = {(source.file, test) for source in SOURCES for test in source.tests}
    found = []
    for path in sorted(folder.rglob("test_*.py")):
        name = path.relative_to(folder).as_posix()
        if name.split("/")[0] in APART:
            continue
        says = [test for test in functions(path) if SAYS.search(test) and test not in NO_NUMBERS]
        found += [f"{name}::{test}" for test in says if (name, test) not in listed]
    return found
