from . import datasets, notation
from .distance.duranton_overman import duranton_overman
from .distance.marcon_puech import marcon_puech
from .distance.ripley import ripley
from .errors import (
    AgglometricsError,
    AgglometricsWarning,
    ConvergenceError,
    IdentificationError,
    InputError,
)
from .measures.alignment import policy_alignment
from .measures.chain import chain_completeness
from .measures.clusters import cluster_stars
from .measures.coagglomeration import coagglomeration
from .measures.colocation import colocation
from .measures.concentration import concentration
from .measures.cutoff_rules import BootstrapCutoff, NormalCutoff
from .measures.cutoffs import cluster_cutoff
from .measures.dartboard import Dartboard, LocationChoice, NaturalAdvantage, Spillover
from .measures.density import CicconeHall, density
from .measures.dynamics import dynamic_index
from .measures.ellison_glaeser import ellison_glaeser, ellison_glaeser_cells
from .measures.externalities import externalities, variety
from .measures.gamma_bounds import gamma_bounds
from .measures.intervals import Exact, Moineddin, PlantSizes
from .measures.linkages import linkages, multipliers
from .measures.litzenberger_sternberg import litzenberger_sternberg
from .measures.local_share import Trade, local_share
from .measures.local_supply import local_flows, local_supply_rate
from .measures.maturity import MaturityRules, cluster_maturity, maturity_sensitivity
from .measures.maurel_sedillot import devereux_griffith_simpson, maurel_sedillot
from .measures.quotients import location_quotient, regional_shares
from .measures.relabelling import RandomLabelling
from .measures.relatedness import proximity, relatedness_density
from .measures.sensitivity import leave_one_out, measurement_error, over_zonings
from .measures.size_brackets import herfindahl_bounds
from .measures.specialization import specialization
from .measures.theil import theil_decomposition
from .models import (
    CR3,
    Bartlett,
    Between,
    Cluster,
    Conley,
    Covariance,
    DriscollKraay,
    Estimates,
    FirstDifference,
    FixestRules,
    Gmm,
    Homoskedastic,
    Interval,
    IVRegression,
    LeastSquares,
    LinearmodelsRules,
    Mundlak,
    NeweyWest,
    PlmRules,
    Rademacher,
    RandomEffects,
    Regression,
    Robust,
    ShiftShare,
    SmallSample,
    SpatialDurbin,
    SpatialError,
    SpatialEstimates,
    SpatialLag,
    StataAregRules,
    StataXtregRules,
    ThresholdRegression,
    Uniform,
    Webb,
    WildBootstrap,
    Windmeijer,
    anderson_rubin,
    anderson_rubin_test,
    binned_scatter,
    detectable_effect,
    dynamic_panel,
    entropy_index,
    from_columns,
    hausman,
    impacts,
    iv,
    lagrange_multipliers,
    moran,
    oster,
    overidentification,
    panel,
    poisson,
    robust_hausman,
    row_standardize,
    spatial_panel,
    threshold_panel,
    u_test,
    weak_instruments,
    wild_iv,
    without_each,
)
from .report.compare import Stars, compare
from .report.tables import to_html, to_latex, to_markdown, to_typst
from .shiftshare import (
    Arcelus,
    Dunn,
    Dynamic,
    EstebanMarquillas,
    Gerfin,
    Spatial,
    Stochastic,
    allocation_types,
    component_totals,
    plot_components,
    plot_quadrant,
    shift_share,
    shift_share_path,
    stochastic_shift_share,
)
from .shiftshare.design import ShiftShareDesign
from .shiftshare.inference import AKM, AKM0, ShockLevel, ShockLevel0
from .shiftshare.leave_out import leave_one_out_growth
from .shiftshare.plots import plot_first_stage, plot_leave_one_out, plot_rotemberg
from .shiftshare.recentering import Permutation, RandomizationTest, SignFlips
from .shiftshare.rotemberg import rotemberg_panels
from .shiftshare.simulate import simulate_shift_share
from .tables import collapse

__version__: str
