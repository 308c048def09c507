from . import datasets, notation
from .decomposition.allocation import allocation_types
from .decomposition.cell_bootstrap import CellBootstrap
from .decomposition.methods import (
    Arcelus,
    Dunn,
    Dynamic,
    EstebanMarquillas,
    Gerfin,
    Spatial,
    Stochastic,
)
from .decomposition.plots import plot_components, plot_quadrant
from .decomposition.shift_share import shift_share, shift_share_path
from .decomposition.stochastic import stochastic_shift_share
from .decomposition.totals import component_totals
from .distance.adjustments import BenjaminiHochberg, WestfallYoung
from .distance.corrections import Isotropic, Translation, Uncorrected
from .distance.density.bands import (
    DroppedSimulationBands,
    DurantonOvermanBands,
    ExtremeRankBands,
)
from .distance.density.bandwidths import SheatherJones, Silverman
from .distance.density.curves import DensityCurve
from .distance.density.industries import IndustryCurves
from .distance.detection.local import local_concentration
from .distance.detection.scan import scan_clusters
from .distance.duranton_overman import duranton_overman
from .distance.goodness_of_fit import IntegratedSquare, MaximumDeviation, goodness_of_fit
from .distance.lang_marcon_puech import lang_marcon_puech
from .distance.marcon_puech import marcon_puech
from .distance.nulls import (
    PopulationIndependence,
    RandomLocation,
    RandomPosition,
    ShuffledLabels,
)
from .distance.ripley import ripley
from .errors import (
    AgglometricsError,
    AgglometricsWarning,
    ConvergenceError,
    IdentificationError,
    InputError,
)
from .evaluation.bacon import BaconDecomposition, bacon_decomposition
from .evaluation.event.cells import CallawaySantAnna, UniversalBase, VaryingBase
from .evaluation.event.cohorts import NeverTreated, NotYetTreated
from .evaluation.event.imputation import Imputation
from .evaluation.event.regression import SunAbraham, TwoWay
from .evaluation.event_study import event_study
from .evaluation.exposure import ExposureRings, exposure_rings
from .evaluation.honest import HonestBounds, honest_bounds
from .evaluation.matching import Outcomes, Predictor, Predictors, Ridge
from .evaluation.permutation import permutation_test
from .evaluation.permuting.over import PermuteDates, PermuteSets, PermuteUnits
from .evaluation.pretrends import PretrendPower, pretrend_power
from .evaluation.restrictions import RelativeMagnitudes, Smoothness
from .evaluation.results.events import EventStudy
from .evaluation.results.permutation import PermutationTest
from .evaluation.results.synthetic_control import SyntheticControl
from .evaluation.results.synthetic_did import SyntheticDID
from .evaluation.synthetic.variances import BootstrapVariance, JackknifeVariance, PlaceboVariance
from .evaluation.synthetic_control import synthetic_control
from .evaluation.synthetic_did import synthetic_did
from .evaluation.triple import triple_difference
from .inference.comparison import compare_covariances
from .inference.estimates import Covariance, Estimates, Interval
from .inference.small_sample import (
    FixestRules,
    LinearmodelsRules,
    PlmRules,
    ShiftShareSERules,
    SmallSample,
    StataAregRules,
    StataXtregRules,
)
from .inference.specifications import (
    CR2,
    CR3,
    SCPC,
    Bartlett,
    Cluster,
    Conley,
    DriscollKraay,
    Homoskedastic,
    NeweyWest,
    Rademacher,
    Robust,
    ShiftShare,
    Uniform,
    Webb,
    WildBootstrap,
    Windmeijer,
)
from .measures.cells.concentration import concentration
from .measures.cells.density import CicconeHall, density
from .measures.cells.dynamics import dynamic_index
from .measures.cells.externalities import externalities, variety
from .measures.cells.intervals.exact import Exact
from .measures.cells.intervals.moineddin import Moineddin
from .measures.cells.intervals.plant_sizes import PlantSizes
from .measures.cells.intervals.relative_errors import RelativeStandardErrors
from .measures.cells.quotients import location_quotient
from .measures.cells.regional_shares import regional_shares
from .measures.cells.relabelling import RandomLabelling
from .measures.cells.relatedness import proximity, relatedness_density
from .measures.cells.sensitivity.leave_one_out import leave_one_out
from .measures.cells.sensitivity.measurement_error import measurement_error
from .measures.cells.sensitivity.zonings import over_zonings
from .measures.cells.specialization import specialization
from .measures.cells.theil import theil_decomposition
from .measures.clusters.cluster_stars import cluster_stars
from .measures.clusters.cutoff_rules import BootstrapCutoff, NormalCutoff
from .measures.clusters.cutoffs import cluster_cutoff
from .measures.clusters.entropy import entropy_index
from .measures.clusters.litzenberger_sternberg import litzenberger_sternberg
from .measures.clusters.maturity import cluster_maturity
from .measures.clusters.maturity_rules import MaturityRules
from .measures.clusters.maturity_sensitivity import maturity_sensitivity
from .measures.clusters.policy_alignment import policy_alignment
from .measures.input_output.chain import chain_completeness
from .measures.input_output.linkages import linkages
from .measures.input_output.local_share import Trade, local_share
from .measures.input_output.local_supply import local_flows, local_supply_rate
from .measures.input_output.multipliers import multipliers
from .measures.plants.coagglomeration import coagglomeration
from .measures.plants.colocation import colocation
from .measures.plants.dartboard_draws import dartboard_draws
from .measures.plants.ellison_glaeser import ellison_glaeser, ellison_glaeser_cells
from .measures.plants.gamma_bounds import gamma_bounds
from .measures.plants.inference.dartboard import Dartboard
from .measures.plants.inference.location_choice import LocationChoice, NaturalAdvantage, Spillover
from .measures.plants.inference.plant_choice import PlantChoice
from .measures.plants.maurel_sedillot import devereux_griffith_simpson, maurel_sedillot
from .measures.plants.size_brackets import herfindahl_bounds
from .models.binned_scatter import binned_scatter
from .models.checks.anderson_rubin import anderson_rubin, anderson_rubin_test
from .models.checks.cluster_diagnostics import ClusterDiagnostics, cluster_diagnostics
from .models.checks.detectable_effect import detectable_effect
from .models.checks.hausman import hausman, robust_hausman
from .models.checks.leave_one_out import without_each
from .models.checks.oster import oster
from .models.checks.oster_bootstrap import PairsBootstrap
from .models.checks.overidentification import overidentification
from .models.checks.spatial.conley_cutoff import conley_cutoff
from .models.checks.spatial.unit_roots import (
    lbm_gls,
    spatial_stationarity_test,
    spatial_unit_root_test,
)
from .models.checks.tf import tf
from .models.checks.u_shape import u_test
from .models.checks.weak_instruments import weak_instruments
from .models.checks.wild_anderson_rubin import wild_anderson_rubin, wild_anderson_rubin_test
from .models.checks.wild_iv import wild_iv
from .models.counts.control_function import ControlFunction, ControlFunctionRegression
from .models.dynamic.dynamic_panel import dynamic_panel
from .models.dynamic.instruments import Gmm
from .models.estimators import LeastSquares
from .models.formulas import from_columns
from .models.iv import IVRegression, iv
from .models.k_class import Fuller, Liml, TwoStage
from .models.panel import panel
from .models.poisson import poisson
from .models.postestimation.lincom import lincom
from .models.postestimation.predict import predict
from .models.postestimation.slopes import avg_slopes
from .models.random_effects import Mundlak, RandomEffects
from .models.regression import Regression
from .models.several import panels
from .models.spatial.impacts import impacts
from .models.spatial.lagrange_multipliers import lagrange_multipliers
from .models.spatial.spatial_panel import SpatialEstimates, spatial_panel
from .models.spatial.specifications import (
    NoDependence,
    SpatialDurbin,
    SpatialError,
    SpatialLag,
)
from .models.thresholds.picture import plot_threshold
from .models.thresholds.regression import ThresholdRegression, threshold_panel
from .models.transformed import Between, FirstDifference
from .plotting.pictures.bars import plot_ranked_bars, plot_theil
from .plotting.pictures.coefficients import plot_coefficients, plot_impacts
from .plotting.pictures.curves import plot_confidence_curve
from .plotting.pictures.dots import plot_ranked_dots
from .plotting.pictures.gaps import plot_gaps
from .plotting.pictures.lines import plot_binned_scatter, plot_trajectories
from .plotting.pictures.maps import plot_map
from .plotting.pictures.ranges import plot_ranges
from .plotting.pictures.relatedness import plot_network, plot_relatedness
from .plotting.pictures.sensitivity import plot_sensitivity, plot_without_each, plot_zonings
from .plotting.pictures.specifications import plot_specification_curve
from .plotting.pictures.stages import plot_maturity
from .plotting.pictures.tiles import plot_heat_map, plot_tile_map
from .plotting.style import save_figure
from .report.citations.cite import cite
from .report.compare import Stars, compare
from .report.tables import to_docx, to_html, to_latex, to_markdown, to_typst
from .shiftshare.design import ShiftShareDesign
from .shiftshare.diagnostics.rotemberg_panels import rotemberg_panels
from .shiftshare.inference.akm import AKM, akm_std_error
from .shiftshare.inference.akm0 import AKM0, akm0_set
from .shiftshare.inference.counterfactuals import Permutation, SignFlips
from .shiftshare.inference.randomization import RandomizationTest
from .shiftshare.inference.shock_jackknife import ShockJackknife, shock_jackknife_std_error
from .shiftshare.inference.shock_level import ShockLevel, shock_level_std_error
from .shiftshare.inference.shock_level0 import ShockLevel0
from .shiftshare.inference.studentized import Studentized, Unstudentized
from .shiftshare.leave_one_out_growth import leave_one_out_growth
from .shiftshare.plots import plot_first_stage, plot_leave_one_out, plot_rotemberg, plot_shocks
from .shiftshare.simulate import simulate_shift_share
from .space.moran import moran
from .space.weights import row_standardize
from .tables import collapse

__version__: str

__all__ = [
    "AKM",
    "AKM0",
    "CR2",
    "CR3",
    "SCPC",
    "AgglometricsError",
    "AgglometricsWarning",
    "Arcelus",
    "BaconDecomposition",
    "Bartlett",
    "BenjaminiHochberg",
    "Between",
    "BootstrapCutoff",
    "BootstrapVariance",
    "CallawaySantAnna",
    "CellBootstrap",
    "CicconeHall",
    "Cluster",
    "ClusterDiagnostics",
    "Conley",
    "ControlFunction",
    "ControlFunctionRegression",
    "ConvergenceError",
    "Covariance",
    "Dartboard",
    "DensityCurve",
    "DriscollKraay",
    "DroppedSimulationBands",
    "Dunn",
    "DurantonOvermanBands",
    "Dynamic",
    "EstebanMarquillas",
    "Estimates",
    "EventStudy",
    "Exact",
    "ExposureRings",
    "ExtremeRankBands",
    "FirstDifference",
    "FixestRules",
    "Fuller",
    "Gerfin",
    "Gmm",
    "Homoskedastic",
    "HonestBounds",
    "IVRegression",
    "IdentificationError",
    "Imputation",
    "IndustryCurves",
    "InputError",
    "IntegratedSquare",
    "Interval",
    "Isotropic",
    "JackknifeVariance",
    "LeastSquares",
    "Liml",
    "LinearmodelsRules",
    "LocationChoice",
    "MaturityRules",
    "MaximumDeviation",
    "Moineddin",
    "Mundlak",
    "NaturalAdvantage",
    "NeverTreated",
    "NeweyWest",
    "NoDependence",
    "NormalCutoff",
    "NotYetTreated",
    "Outcomes",
    "PairsBootstrap",
    "Permutation",
    "PermutationTest",
    "PermuteDates",
    "PermuteSets",
    "PermuteUnits",
    "PlaceboVariance",
    "PlantChoice",
    "PlantSizes",
    "PlmRules",
    "PopulationIndependence",
    "Predictor",
    "Predictors",
    "PretrendPower",
    "Rademacher",
    "RandomEffects",
    "RandomLabelling",
    "RandomLocation",
    "RandomPosition",
    "RandomizationTest",
    "Regression",
    "RelativeMagnitudes",
    "RelativeStandardErrors",
    "Ridge",
    "Robust",
    "SheatherJones",
    "ShiftShare",
    "ShiftShareDesign",
    "ShiftShareSERules",
    "ShockJackknife",
    "ShockLevel",
    "ShockLevel0",
    "ShuffledLabels",
    "SignFlips",
    "Silverman",
    "SmallSample",
    "Smoothness",
    "Spatial",
    "SpatialDurbin",
    "SpatialError",
    "SpatialEstimates",
    "SpatialLag",
    "Spillover",
    "Stars",
    "StataAregRules",
    "StataXtregRules",
    "Stochastic",
    "Studentized",
    "SunAbraham",
    "SyntheticControl",
    "SyntheticDID",
    "ThresholdRegression",
    "Trade",
    "Translation",
    "TwoStage",
    "TwoWay",
    "Uncorrected",
    "Uniform",
    "UniversalBase",
    "Unstudentized",
    "VaryingBase",
    "Webb",
    "WestfallYoung",
    "WildBootstrap",
    "Windmeijer",
    "akm0_set",
    "akm_std_error",
    "allocation_types",
    "anderson_rubin",
    "anderson_rubin_test",
    "avg_slopes",
    "bacon_decomposition",
    "binned_scatter",
    "chain_completeness",
    "cite",
    "cluster_cutoff",
    "cluster_diagnostics",
    "cluster_maturity",
    "cluster_stars",
    "coagglomeration",
    "collapse",
    "colocation",
    "compare",
    "compare_covariances",
    "component_totals",
    "concentration",
    "conley_cutoff",
    "dartboard_draws",
    "datasets",
    "density",
    "detectable_effect",
    "devereux_griffith_simpson",
    "duranton_overman",
    "dynamic_index",
    "dynamic_panel",
    "ellison_glaeser",
    "ellison_glaeser_cells",
    "entropy_index",
    "event_study",
    "exposure_rings",
    "externalities",
    "from_columns",
    "gamma_bounds",
    "goodness_of_fit",
    "hausman",
    "herfindahl_bounds",
    "honest_bounds",
    "impacts",
    "iv",
    "lagrange_multipliers",
    "lang_marcon_puech",
    "lbm_gls",
    "leave_one_out",
    "leave_one_out_growth",
    "lincom",
    "linkages",
    "litzenberger_sternberg",
    "local_concentration",
    "local_flows",
    "local_share",
    "local_supply_rate",
    "location_quotient",
    "marcon_puech",
    "maturity_sensitivity",
    "maurel_sedillot",
    "measurement_error",
    "moran",
    "multipliers",
    "notation",
    "oster",
    "over_zonings",
    "overidentification",
    "panel",
    "panels",
    "permutation_test",
    "plot_binned_scatter",
    "plot_coefficients",
    "plot_components",
    "plot_confidence_curve",
    "plot_first_stage",
    "plot_gaps",
    "plot_heat_map",
    "plot_impacts",
    "plot_leave_one_out",
    "plot_map",
    "plot_maturity",
    "plot_network",
    "plot_quadrant",
    "plot_ranges",
    "plot_ranked_bars",
    "plot_ranked_dots",
    "plot_relatedness",
    "plot_rotemberg",
    "plot_sensitivity",
    "plot_shocks",
    "plot_specification_curve",
    "plot_theil",
    "plot_threshold",
    "plot_tile_map",
    "plot_trajectories",
    "plot_without_each",
    "plot_zonings",
    "poisson",
    "policy_alignment",
    "predict",
    "pretrend_power",
    "proximity",
    "regional_shares",
    "relatedness_density",
    "ripley",
    "robust_hausman",
    "rotemberg_panels",
    "row_standardize",
    "save_figure",
    "scan_clusters",
    "shift_share",
    "shift_share_path",
    "shock_jackknife_std_error",
    "shock_level_std_error",
    "simulate_shift_share",
    "spatial_panel",
    "spatial_stationarity_test",
    "spatial_unit_root_test",
    "specialization",
    "stochastic_shift_share",
    "synthetic_control",
    "synthetic_did",
    "tf",
    "theil_decomposition",
    "threshold_panel",
    "to_docx",
    "to_html",
    "to_latex",
    "to_markdown",
    "to_typst",
    "triple_difference",
    "u_test",
    "variety",
    "weak_instruments",
    "wild_anderson_rubin",
    "wild_anderson_rubin_test",
    "wild_iv",
    "without_each",
]
