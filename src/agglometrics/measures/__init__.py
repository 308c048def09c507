"""Measures of agglomeration: from cells and from plants."""

from agglometrics.measures.concentration import concentration
from agglometrics.measures.dynamics import dynamic_index
from agglometrics.measures.intervals import Exact, Moineddin
from agglometrics.measures.quotients import location_quotient, regional_shares
from agglometrics.measures.specialization import specialization
from agglometrics.measures.theil import theil_decomposition

__all__ = [
    "Exact",
    "Moineddin",
    "concentration",
    "dynamic_index",
    "location_quotient",
    "regional_shares",
    "specialization",
    "theil_decomposition",
]
