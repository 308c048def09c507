"""Measures of agglomeration: from cells and from plants."""

from agglometrics.measures.clusters import cluster_stars
from agglometrics.measures.concentration import concentration
from agglometrics.measures.dynamics import dynamic_index
from agglometrics.measures.externalities import externalities, variety
from agglometrics.measures.intervals import Exact, Moineddin, PlantSizes
from agglometrics.measures.quotients import location_quotient, regional_shares
from agglometrics.measures.relabelling import RandomLabelling
from agglometrics.measures.relatedness import proximity, relatedness_density
from agglometrics.measures.sensitivity import leave_one_out, measurement_error, over_zonings
from agglometrics.measures.specialization import specialization
from agglometrics.measures.theil import theil_decomposition

__all__ = [
    "Exact",
    "Moineddin",
    "PlantSizes",
    "RandomLabelling",
    "cluster_stars",
    "concentration",
    "dynamic_index",
    "externalities",
    "leave_one_out",
    "location_quotient",
    "measurement_error",
    "over_zonings",
    "proximity",
    "regional_shares",
    "relatedness_density",
    "specialization",
    "theil_decomposition",
    "variety",
]
