"""Local supply rate 本地配套率: how much of what an industry uses its own region supplies."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.measures.input_output.flow_tables import table_keys, warn_negative
from agglometrics.measures.input_output.local_share import Trade, local_share, refuse
from agglometrics.tables import listed, numeric, ratio, require_columns, require_keys, to_frame
from agglometrics.tables.arguments import checked


@checked
def local_supply_rate(
    flows: object,
    sectors: object,
    *,
    flow: str = "value",
    output: str = "gross_output",
    trade: Trade | None = None,
    hauling: float = 1.0,
    minimum_coverage: float = 0.8,
    supplier: str = "supplier",
    user: str = "user",
    industry: str = "industry",
    region: str | None = "region",
    time: str | None = None,
) -> pd.DataFrame:
    """Local supply rate of each user: the mean of `local_share` over its inputs, by flow.

    R_j = sum_i z_ij r_i / sum_i z_ij, under *proportionality*: every user buys a product from
    outside in the same proportion as the region does (the assumption of import-proportional
    tables; Chenery 1953, Moses 1955). ``low`` and ``high`` keep it and bound r_i for
    cross-hauling, as in `local_share`. ``allocation_low`` and ``allocation_high`` keep
    recorded trade and drop proportionality: user j takes all purchases of i that it can first
    (max(0, z_ij - M_i) local), or all local supply first (min(z_ij, GO_i - X_i)). They hold for
    one user at a time: not all can be at their bound. These are identified sets, not confidence
    intervals.

    Parameters
    ----------
    flows : table, one row per (supplier, user[, region, time]), supplies from outside included
        Users may be labelled in another classification than suppliers. Select suppliers first
        for the rate of some inputs only, such as manufactured ones.
    sectors, output, trade, hauling, industry, region, time : as in `local_share`; every supplier
        has a row
    minimum_coverage : share of inputs whose r_i must be known, below which ``rate`` is NaN

    Returns
    -------
    DataFrame
        [region], [time], user, ``inputs`` (their sum), ``coverage`` (share of inputs whose
        r_i is known), ``rate`` (over these), ``low``, ``high``, ``allocation_low``,
        ``allocation_high``: in the bounds an unknown r_i is 0 and 1.

    Raises
    ------
    InputError
        As `local_share`; for flows that are unknown or have a supplier without row. A negative
        flow counts as no purchase, with a warning.
    IdentificationError
        As `local_share`.

    Examples
    --------
    >>> import pandas as pd
    >>> sectors = pd.DataFrame({
    ...     "industry": ["cars", "steel"], "gross_output": [100.0, 80], "exports": [10.0, 0],
    ...     "outflow": [40.0, 20], "imports": [5.0, 30], "inflow": [25.0, 10]})
    >>> flows = pd.DataFrame({
    ...     "supplier": ["cars", "steel"], "user": "cars", "value": [20.0, 60]})
    >>> answer = local_supply_rate(flows, sectors, region=None)
    >>> answer[["user", "rate", "low", "high", "allocation_low", "allocation_high"]].round(4)
       user    rate     low  high  allocation_low  allocation_high
    0  cars  0.6062  0.3625  0.85            0.25              1.0
    """
    by = table_keys(region, time)
    shares = local_share(
        sectors, output=output, trade=trade, hauling=hauling,
        industry=industry, region=region, time=time,
    )  # fmt: skip
    joined = _with_shares(flows, shares, flow, [*by, supplier, user], [*by, industry])
    z = numeric(joined, flow)
    warn_negative(joined, np.asarray(z), [*by, supplier, user], flow, "counted as no purchase")
    parts = _parts(joined, z.clip(lower=0.0))
    sums = pd.concat([joined[[*by, user]], parts], axis=1).groupby([*by, user], sort=True).sum()
    inputs = sums["inputs"].to_numpy()
    coverage = ratio(sums["known"], inputs)
    rate = ratio(sums["rate"], sums["known"])
    answer = pd.DataFrame({"inputs": inputs, "coverage": coverage}, index=sums.index)
    answer["rate"] = np.where(coverage >= minimum_coverage, rate, np.nan)
    for bound in ("low", "high", "allocation_low", "allocation_high"):
        answer[bound] = ratio(sums[bound], inputs)
    return answer.reset_index()


@checked
def local_flows(
    flows: object,
    sectors: object,
    *,
    flow: str = "value",
    output: str = "gross_output",
    trade: Trade | None = None,
    supplier: str = "supplier",
    user: str = "user",
    industry: str = "industry",
    region: str | None = "region",
    time: str | None = None,
) -> pd.DataFrame:
    """Flows from local suppliers only, r_i z_ij, for `linkages` within the region.

    Parameters
    ----------
    flows, sectors, ... : as in `local_supply_rate`, with its assumption of proportionality

    Returns
    -------
    DataFrame
        The keys of the flows and the column `flow`; NaN where r_i is unknown.

    Raises
    ------
    InputError, IdentificationError
        As `local_supply_rate`.

    Examples
    --------
    >>> import pandas as pd
    >>> sectors = pd.DataFrame({
    ...     "industry": ["cars"], "gross_output": [100.0], "exports": [10.0], "outflow": [40.0],
    ...     "imports": [5.0], "inflow": [25.0]})
    >>> flows = pd.DataFrame({"supplier": ["cars"], "user": ["cars"], "value": [20.0]})
    >>> local_flows(flows, sectors, region=None)["value"].tolist()
    [12.5]
    """
    by = table_keys(region, time)
    shares = local_share(
        sectors, output=output, trade=trade, industry=industry, region=region, time=time
    )
    joined = _with_shares(flows, shares, flow, [*by, supplier, user], [*by, industry])
    local = numeric(joined, flow) * joined["_rate"]
    return joined[[*by, supplier, user]].assign(**{flow: local})


def _with_shares(
    flows: object, shares: pd.DataFrame, flow: str, keys: list[str], share_keys: list[str]
) -> pd.DataFrame:
    """Return the flows with the share and trade of their supplier, in columns with underscore."""
    frame = to_frame(flows)
    require_columns(frame, [*keys, flow])
    require_keys(frame, keys)
    values = numeric(frame, flow)
    refuse(frame, keys, np.asarray(values.isna()), f"flow {flow!r} is NaN (unknown)")
    right = shares.rename(columns={name: f"_{name}" for name in ("use", "rate", "low", "high")})
    joined = frame.merge(
        right.assign(_found=True), left_on=keys[:-1], right_on=share_keys, how="left"
    )
    lacking = joined["_found"].isna()
    if lacking.any():
        suppliers = joined.loc[lacking, keys[:-1]].drop_duplicates().to_dict("records")
        raise InputError(
            f"no row of sectors for the suppliers {listed(suppliers)}. Every supplier needs one. "
            "Add the missing rows to sectors=."
        )
    return joined


def _parts(joined: pd.DataFrame, z: pd.Series[float]) -> pd.DataFrame:
    """Return what each flow adds to the sums of its user."""
    known = joined["_rate"].notna()
    local, outside = joined["_use"] * joined["_rate"], joined["_use"] * (1 - joined["_rate"])
    return pd.DataFrame(
        {
            "inputs": z,
            "known": z.where(known, 0.0),
            "rate": (z * joined["_rate"]).where(known, 0.0),
            "low": (z * joined["_low"]).where(known, 0.0),
            "high": (z * joined["_high"]).where(known, z),
            "allocation_low": (z - outside).clip(lower=0.0).where(known, 0.0),
            "allocation_high": z.where(z < local, local).where(known, z),
        }
    )
