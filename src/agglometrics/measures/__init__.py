"""Measures of agglomeration: from cells and from plants."""

from agglometrics.measures.alignment import policy_alignment
from agglometrics.measures.chain import chain_completeness
from agglometrics.measures.clusters import cluster_stars
from agglometrics.measures.coagglomeration import coagglomeration
from agglometrics.measures.colocation import Permutation, colocation
from agglometrics.measures.concentration import concentration
from agglometrics.measures.cutoff_rules import BootstrapCutoff, NormalCutoff
from agglometrics.measures.cutoffs import cluster_cutoff
from agglometrics.measures.dartboard import Dartboard, LocationChoice, NaturalAdvantage, Spillover
from agglometrics.measures.density import CicconeHall, density
from agglometrics.measures.dynamics import dynamic_index
from agglometrics.measures.ellison_glaeser import ellison_glaeser, ellison_glaeser_cells
from agglometrics.measures.externalities import externalities, variety
from agglometrics.measures.gamma_bounds import gamma_bounds
from agglometrics.measures.intervals import Exact, Moineddin, PlantSizes
from agglometrics.measures.linkages import linkages, multipliers
from agglometrics.measures.litzenberger_sternberg import litzenberger_sternberg
from agglometrics.measures.local_share import Trade, local_share
from agglometrics.measures.local_supply import local_flows, local_supply_rate
from agglometrics.measures.maturity import MaturityRules, cluster_maturity, maturity_sensitivity
from agglometrics.measures.maurel_sedillot import devereux_griffith_simpson, maurel_sedillot
from agglometrics.measures.quotients import location_quotient, regional_shares
from agglometrics.measures.relabelling import RandomLabelling
from agglometrics.measures.relatedness import proximity, relatedness_density
from agglometrics.measures.sensitivity import leave_one_out, measurement_error, over_zonings
from agglometrics.measures.size_brackets import herfindahl_bounds
from agglometrics.measures.specialization import specialization
from agglometrics.measures.theil import theil_decomposition

__all__ = [
    "BootstrapCutoff",
    "CicconeHall",
    "Dartboard",
    "Exact",
    "LocationChoice",
    "MaturityRules",
    "Moineddin",
    "NaturalAdvantage",
    "NormalCutoff",
    "Permutation",
    "PlantSizes",
    "RandomLabelling",
    "Spillover",
    "Trade",
    "chain_completeness",
    "cluster_cutoff",
    "cluster_maturity",
    "cluster_stars",
    "coagglomeration",
    "colocation",
    "concentration",
    "density",
    "devereux_griffith_simpson",
    "dynamic_index",
    "ellison_glaeser",
    "ellison_glaeser_cells",
    "externalities",
    "gamma_bounds",
    "herfindahl_bounds",
    "leave_one_out",
    "linkages",
    "litzenberger_sternberg",
    "local_flows",
    "local_share",
    "local_supply_rate",
    "location_quotient",
    "maturity_sensitivity",
    "maurel_sedillot",
    "measurement_error",
    "multipliers",
    "over_zonings",
    "policy_alignment",
    "proximity",
    "regional_shares",
    "relatedness_density",
    "specialization",
    "theil_decomposition",
    "variety",
]
