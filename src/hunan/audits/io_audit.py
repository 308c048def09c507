"""The input-output tables compared with themselves, the national table and published GDP."""

from __future__ import annotations

import pandas as pd

from hunan.data.io_checks import ROW, masks, repairs
from hunan.data.io_tables import load_io_flows, load_io_national_sectors, load_io_sectors
from hunan.data.province_panel import load_province_panel, load_province_values

TOLERANCE = 1e-6  # of the figure that a difference is compared with
ROUNDING, FLOWS_ROUNDING = 2.0, 5.0  # 10,000 yuan: one rounded figure, a sum of rounded flows
TEN_THOUSAND_PER_HUNDRED_MILLION = 1e4
YUAN_PER_DOLLAR = {2012: 6.3125, 2017: 6.7518}  # annual averages, China Statistical Yearbook
PARTS = ["labour_compensation", "net_production_tax", "depreciation", "operating_surplus"]
CONSUMPTION = ["rural_consumption", "urban_consumption", "government_consumption"]
SALES_OUTSIDE = ["exports", "outflow", "net_outflow", "outflow_and_exports"]
PURCHASES_OUTSIDE = ["imports", "inflow", "inflow_and_imports"]


def io_repairs() -> pd.DataFrame:
    """Return the cells of the input-output tables that `load_io_industries` repairs.

    Each is a rounding error or a blank whose value follows from the table, and becomes 0.

    Returns
    -------
    pandas.DataFrame
        ``region``, ``time``, ``sector``, ``variable``, ``value`` (as published), ``repaired``,
        ``rule``, ``reason``.

    Examples
    --------
    >>> from hunan.audits.io_audit import io_repairs
    >>> io_repairs().query("value < 0 and variable == 'gross_output'")["region"].tolist()
    ['430000', '630000']
    """
    return repairs(load_io_sectors())


def io_masks() -> pd.DataFrame:
    """Return the cells of the input-output tables that `load_io_industries` makes unknown.

    Returns
    -------
    pandas.DataFrame
        ``region``, ``time``, ``sector``, ``variable``, ``value`` (as published), ``rule``,
        ``reason``. A cell that breaks several rules is listed under the first.

    Examples
    --------
    >>> from hunan.audits.io_audit import io_masks
    >>> io_masks().query("rule == 'negative_value_added'")["region"].tolist()
    ['150000', '220000', '460000', '650000']
    """
    return masks(load_io_sectors())


def io_negative_flows() -> pd.DataFrame:
    """Return the negative intermediate flows, as published; nothing is done about them.

    Examples
    --------
    >>> from hunan.audits.io_audit import io_negative_flows
    >>> len(io_negative_flows())
    10
    """
    flows = load_io_flows()
    return flows.loc[flows["value"] < 0].reset_index(drop=True)


def identities(sectors: pd.DataFrame) -> dict[str, pd.Series]:
    """Return, by identity, by how much its left side exceeds its right side, row by row."""
    known = sectors.fillna(0.0)
    final = known[[*CONSUMPTION, "capital_formation", *SALES_OUTSIDE]].sum(axis=1)
    uses = known["intermediate_use"] + known["final_uses"] - known[PURCHASES_OUTSIDE].sum(axis=1)
    return {
        "input + value added = total input": known["intermediate_input"]
        + known["value_added"]
        - known["total_input"],
        "total input = gross output": known["total_input"] - known["gross_output"],
        "parts = value added": known[PARTS].sum(axis=1) - known["value_added"],
        "consumption + capital + sales outside = final uses": final - known["final_uses"],
        "uses - purchases outside + error = gross output": uses
        + known["statistical_error"]
        - known["gross_output"],
    }


def io_imbalances(sectors: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the sectors in which an accounting identity fails by more than its rounding.

    Parameters
    ----------
    sectors : table like that of `load_io_sectors`; that table by default

    Returns
    -------
    pandas.DataFrame
        ``region``, ``time``, ``sector``, ``identity``, ``difference`` (10,000 yuan).

    Examples
    --------
    >>> from hunan.audits.io_audit import io_imbalances
    >>> io_imbalances()[["region", "time", "sector"]].values.tolist()
    [['320000', 2002, '37'], ['320000', 2002, '38']]
    """
    table = load_io_sectors() if sectors is None else sectors
    allowed = ROUNDING + TOLERANCE * table["gross_output"].abs()
    parts = []
    for name, gap in identities(table).items():
        rows = gap.abs() > allowed
        parts.append(table.loc[rows, ROW].assign(identity=name, difference=gap.loc[rows]))
    return pd.concat(parts).sort_values([*ROW, "identity"]).reset_index(drop=True)


def io_flow_imbalances(
    flows: pd.DataFrame | None = None, sectors: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the sectors whose flows do not add up to intermediate input, or use.

    In one: Fujian's other social services of 2002. Both sums fall short by the same amount, so
    its flow to itself is too small.

    Parameters
    ----------
    flows, sectors : tables like those of `load_io_flows` and `load_io_sectors`; these by default

    Returns
    -------
    pandas.DataFrame
        ``region``, ``time``, ``sector``, ``identity``, ``difference`` (10,000 yuan).

    Examples
    --------
    >>> from hunan.audits.io_audit import io_flow_imbalances
    >>> io_flow_imbalances()["difference"].round(1).tolist()
    [-6876.2, -6876.2]
    """
    flows = load_io_flows() if flows is None else flows
    table = (load_io_sectors() if sectors is None else sectors).set_index(ROW)
    parts = []
    for side, total in (("user", "intermediate_input"), ("supplier", "intermediate_use")):
        sums = flows.groupby(["region", "time", side])["value"].sum().rename_axis(ROW)
        gap = sums.reindex(table.index, fill_value=0.0) - table[total]
        off = gap.loc[gap.abs() > FLOWS_ROUNDING + TOLERANCE * table[total].abs()]
        parts.append(off.rename("difference").reset_index().assign(identity=f"flows = {total}"))
    return pd.concat(parts, ignore_index=True)[[*ROW, "identity", "difference"]]


def io_against_nation() -> pd.DataFrame:
    """Return the provinces' sum against the national table, over all 42 sectors.

    Returns
    -------
    pandas.DataFrame
        ``time``, ``variable``, ``provinces``, ``nation`` (10,000 yuan), ``excess`` (provinces
        over nation, minus 1). Tibet has no table in 2002 and 2007; 2017 has no national table
        here.

    Examples
    --------
    >>> from hunan.audits.io_audit import io_against_nation
    >>> excess = io_against_nation().set_index(["time", "variable"])["excess"]
    >>> round(float(excess[2012, "value_added"]) * 100, 1)
    8.6
    """
    variables = ["gross_output", "value_added"]
    sums = [
        frame.groupby("time")[variables].sum().melt(ignore_index=False, value_name=name)
        for name, frame in (
            ("provinces", load_io_sectors()),
            ("nation", load_io_national_sectors()),
        )
    ]
    keyed = [part.set_index("variable", append=True) for part in sums]
    out = keyed[0].join(keyed[1], how="inner").reset_index()
    return out.assign(excess=out["provinces"] / out["nation"] - 1)


def io_against_gdp(vintage: str = "revised") -> pd.DataFrame:
    """Return each table's value added against the province's GDP.

    The tables of 2002 are drawn to the first release, those of 2012 and 2017 to the revised one,
    and those of 2007 stand between: an excess can be a difference of vintages. Hubei's of 2002,
    18 percent over revised GDP, equals the first release.

    Parameters
    ----------
    vintage : as in `load_province_panel`

    Returns
    -------
    pandas.DataFrame
        ``region``, ``time``, ``value_added``, ``gdp`` (10,000 yuan), ``excess`` (value added
        over GDP, minus 1).

    Examples
    --------
    >>> from hunan.audits.io_audit import io_against_gdp
    >>> worst = io_against_gdp().sort_values("excess").iloc[-1]
    >>> worst["region"], int(worst["time"]), round(float(worst["excess"]), 2)
    ('420000', 2002, 0.18)
    """
    keys = ["region", "time"]
    added = load_io_sectors().groupby(keys)["value_added"].sum().reset_index()
    gdp = load_province_panel(vintage)[[*keys, "gdp_nominal"]]
    out = added.merge(gdp, on=keys, validate="one_to_one").rename(columns={"gdp_nominal": "gdp"})
    out["gdp"] *= TEN_THOUSAND_PER_HUNDRED_MILLION
    return out.assign(excess=out["value_added"] / out["gdp"] - 1)


def io_against_customs() -> pd.DataFrame:
    """Return each table's exports against what the customs recorded of the province's firms.

    The tables' exports hold services too and go by place of production, so the two need not
    agree; a ratio of 4 or 18 says that the column holds trade with other provinces.

    Returns
    -------
    pandas.DataFrame
        ``region``, ``time`` (2012, 2017), ``exports``, ``customs`` (10,000 yuan), ``ratio``.
        Tibet has no customs figure here.

    Examples
    --------
    >>> from hunan.audits.io_audit import io_against_customs
    >>> ratio = io_against_customs().set_index(["region", "time"])["ratio"].round(1)
    >>> ratio[("630000", 2012)], ratio[("430000", 2017)]
    (np.float64(18.2), np.float64(1.3))
    """
    keys = ["region", "time"]
    sectors = load_io_sectors()
    years = sectors.loc[sectors["time"].isin(list(YUAN_PER_DOLLAR))]
    exports = years.groupby(keys)["exports"].sum().reset_index()
    recorded = load_province_values().query("variable == 'exports_usd'")
    out = exports.merge(recorded[[*keys, "value"]], on=keys, validate="one_to_one")
    out["customs"] = out.pop("value") * out["time"].map(YUAN_PER_DOLLAR)
    return out.assign(ratio=out["exports"] / out["customs"])
