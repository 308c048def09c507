"""The only bridge between long tables and arrays: checks, the cube of cells, plants to cells.

Kernels see numpy arrays in the symbols of `agglometrics.notation`; users see long frames.
"""

from agglometrics.notation import Array
from agglometrics.tables.cells import Missing
from agglometrics.tables.checks import (
    listed,
    numeric,
    ratio,
    require_columns,
    require_keys,
    to_frame,
)
from agglometrics.tables.collapse import collapse
from agglometrics.tables.cube import Cube, to_cube

__all__ = [
    "Array",
    "Cube",
    "Missing",
    "collapse",
    "listed",
    "numeric",
    "ratio",
    "require_columns",
    "require_keys",
    "to_cube",
    "to_frame",
]
