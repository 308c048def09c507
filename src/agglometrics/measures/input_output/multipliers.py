"""The input and output coefficients of Leontief and Ghosh, and the inverses: their multipliers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import IdentificationError, caution
from agglometrics.measures.input_output.flow_tables import FlowTables, to_tables
from agglometrics.notation import Array
from agglometrics.tables import listed, ratio
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import above


def input_coefficients(Z: Array, x: Array) -> Array:
    """Leontief's technical coefficients a_ij = z_ij / x_j; 0 where nothing is made.

    Z : (..., I, I) from supplier i to user j    x : (..., I)    -> (..., I, I)
    """
    return np.nan_to_num(ratio(Z, x[..., None, :]))


def output_coefficients(Z: Array, x: Array) -> Array:
    """Ghosh's allocation coefficients b_ij = z_ij / x_i; 0 where nothing is made.

    Z : (..., I, I) from supplier i to user j    x : (..., I)    -> (..., I, I)
    """
    return np.nan_to_num(ratio(Z, x[..., :, None]))


def multiplier_matrix(A: Array) -> Array:
    """Return (1 - A)^-1: Leontief's inverse of input, Ghosh's of output coefficients.

    x = (1 - A)^-1 f for final demand f (Leontief 1936); x' = v' (1 - B)^-1 for primary inputs v
    (Ghosh 1958).

    A : (..., I, I) with spectral radius below one -> (..., I, I)
    """
    return np.asarray(np.linalg.inv(np.eye(A.shape[-1]) - A))


@checked
def multipliers(
    flows: object,
    outputs: object,
    *,
    flow: str = "value",
    output: str = "gross_output",
    supplier: str = "supplier",
    user: str = "user",
    industry: str = "industry",
    region: str | None = "region",
    time: str | None = None,
) -> pd.DataFrame:
    """Coefficients and inverses of Leontief and Ghosh, pair by pair.

    Parameters
    ----------
    flows, outputs, flow, output, supplier, user, industry, region, time : as in `linkages`

    Returns
    -------
    DataFrame
        [region], [time], supplier, user (every pair), ``input_coefficient`` (a_ij),
        ``leontief`` (l_ij: output of i per unit of final demand for j; Leontief 1936),
        ``output_coefficient`` (b_ij), ``ghosh`` (g_ij; Ghosh 1958).

    Raises
    ------
    InputError, IdentificationError
        As `linkages`.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame({
    ...     "supplier": [1, 1, 2, 2], "user": [1, 2, 1, 2], "value": [150, 500, 200, 100]})
    >>> outputs = pd.DataFrame({"industry": [1, 2], "gross_output": [1000, 2000]})
    >>> multipliers(flows, outputs, region=None)[["supplier", "user", "leontief"]].round(4)
       supplier  user  leontief
    0         1     1    1.2541
    1         1     2    0.3300
    2         2     1    0.2640
    3         2     2    1.1221
    """
    tables = to_tables(
        flows, outputs, flow=flow, output=output, supplier=supplier, user=user,
        industry=industry, region=region, time=time,
    )  # fmt: skip
    require_productive(tables)
    A, B = input_coefficients(tables.Z, tables.x), output_coefficients(tables.Z, tables.x)
    return tables.tidy_pairs(
        supplier,
        user,
        input_coefficient=A,
        leontief=multiplier_matrix(A),
        output_coefficient=B,
        ghosh=multiplier_matrix(B),
    )


def require_productive(tables: FlowTables) -> None:
    """Raise where the rounds of inputs do not converge (Hawkins and Simon 1949)."""
    A = input_coefficients(tables.Z, tables.x)
    radius = np.abs(np.linalg.eigvals(A)).max(axis=-1)
    wrong = np.flatnonzero(radius >= 1)
    if len(wrong):
        which = tables.tables.iloc[wrong].to_dict("records")
        where = listed(which) if tables.tables.columns.size else "the table"
        raise IdentificationError(
            f"the input coefficients of {where} have spectral radius {radius[wrong[0]]:.3f}, not "
            "below 1: industries use more than they make, and no multiplier exists. Check that "
            "flows and outputs are in one unit, and that rows are suppliers."
        )
    _warn_costly(tables, A)


def _warn_costly(tables: FlowTables, A: Array) -> None:
    """Warn, naming them, of industries that buy more inputs than they make: a suspect output.

    The table can still be productive, if nobody buys from them; but their multiplier is huge,
    and so is the mean that all linkages are compared with.
    """
    n, j = np.nonzero(above(A.sum(axis=-2), 1.0))
    if len(n):
        caution(
            f"inputs exceed output in {tables.named(n, j)}: their linkages, and the mean that "
            "others are compared with, are unreliable. Correct these outputs, set "
            "negligible ones to zero, or merge the industry with another"
        )
