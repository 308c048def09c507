"""Which figures of the input-output tables cannot be right: repaired, masked, never silently.

A *repair* replaces a figure whose right value follows from the table itself. A *mask* makes
unknown a figure that cannot be what its column is called. The rules are functions from the
sectors' table to cells, one rule each; what they find is a table, `io_repairs` and `io_masks`.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

ROW = ["region", "time", "sector"]
CELL = [*ROW, "variable"]
BETWEEN_PROVINCES = ["outflow", "inflow"]
ABROAD = ["exports", "imports"]
MANUFACTURES = {2002: (6, 22), 2007: (6, 22), 2012: (6, 24), 2017: (6, 23)}  # first, last sector
NEGLIGIBLE = 1e-3  # of the sector's gross output
RESIDUE = 1.0  # 10,000 yuan: what rounding leaves

Rule = Callable[[pd.DataFrame], pd.DataFrame]


def _cells(
    sectors: pd.DataFrame, rows: pd.Series[bool], variables: list[str], rule: str, reason: str
) -> pd.DataFrame:
    found = sectors.loc[rows, [*ROW, *variables]]
    long = found.melt(ROW, var_name="variable", value_name="value")
    return long.assign(rule=rule, reason=reason)


# ---- repairs -----------------------------------------------------------------------------------
def _residue_of_output(sectors: pd.DataFrame) -> pd.DataFrame:
    output = sectors["gross_output"]
    rows = (sectors["total_input"] == 0) & (output != 0) & (output.abs() < RESIDUE)
    reason = "no input and no value added: the balance of uses left a rounding error"
    return _cells(sectors, rows, ["gross_output"], "residue_of_output", reason)


def _residue_of_inflow(sectors: pd.DataFrame) -> pd.DataFrame:
    rows = (sectors["inflow"] < 0) & (sectors["inflow"] > -RESIDUE)
    reason = "a residue of floating-point arithmetic: an inflow cannot be negative"
    return _cells(sectors, rows, ["inflow"], "residue_of_inflow", reason)


def _blank_surplus(sectors: pd.DataFrame) -> pd.DataFrame:
    others = sectors[["labour_compensation", "net_production_tax", "depreciation"]].sum(axis=1)
    complete = (others - sectors["value_added"]).abs() < RESIDUE
    rows = sectors["operating_surplus"].isna() & complete
    reason = "blank, and the three other parts make up value added"
    return _cells(sectors, rows, ["operating_surplus"], "blank_surplus", reason)


# ---- masks -------------------------------------------------------------------------------------
def _negative_value_added(sectors: pd.DataFrame) -> pd.DataFrame:
    reason = "negative: a loss beyond wages, no measure of the size of an industry"
    rows = sectors["value_added"] < 0
    return _cells(sectors, rows, ["value_added"], "negative_value_added", reason)


def _outflow_exceeds_output(sectors: pd.DataFrame) -> pd.DataFrame:
    reason = "exports and outflow together exceed gross output: goods of others pass through"
    apart = sectors["exports"] + sectors["outflow"] > sectors["gross_output"]
    joint = sectors["outflow_and_exports"] > sectors["gross_output"]
    rule = "outflow_exceeds_output"
    return pd.concat(
        [
            _cells(sectors, apart, ["exports", "outflow"], rule, reason),
            _cells(sectors, joint, ["outflow_and_exports"], rule, reason),
        ]
    )


def _tables_without(sectors: pd.DataFrame, variables: list[str]) -> pd.Series[bool]:
    """Return the rows of tables in which all `variables` are published and all are nil."""
    nil = (sectors[variables].abs() < RESIDUE / 1e4).all(axis=1)
    whole: pd.Series[bool] = nil.groupby([sectors["region"], sectors["time"]]).transform("all")
    return whole


def _no_trade_between_provinces(sectors: pd.DataFrame) -> pd.DataFrame:
    reason = (
        "outflow and inflow are nil in every sector of the table: trade with other provinces "
        "stands under exports and imports, which exceed what the customs counted several times"
    )
    rows = _tables_without(sectors, BETWEEN_PROVINCES)
    variables = [*BETWEEN_PROVINCES, *ABROAD]
    return _cells(sectors, rows, variables, "no_trade_between_provinces", reason)


def _no_trade_abroad(sectors: pd.DataFrame) -> pd.DataFrame:
    reason = (
        "exports and imports are nil in every sector of the table: foreign trade stands under "
        "outflow and inflow"
    )
    rows = _tables_without(sectors, ABROAD)
    variables = [*ABROAD, *BETWEEN_PROVINCES]
    return _cells(sectors, rows, variables, "no_trade_abroad", reason)


def _netted_table(sectors: pd.DataFrame) -> pd.DataFrame:
    reason = "no sector of the table both buys and sells outside: purchases net of sales"
    both = (sectors[BETWEEN_PROVINCES] > RESIDUE).all(axis=1)
    any_both = both.groupby([sectors["region"], sectors["time"]]).transform("any")
    published = sectors[BETWEEN_PROVINCES].notna().all(axis=1)
    return _cells(sectors, published & ~any_both, BETWEEN_PROVINCES, "netted_table", reason)


def _negligible_inflow(sectors: pd.DataFrame) -> pd.DataFrame:
    reason = "a manufacture of which less than .1 percent of output comes in: too little to believe"
    first, last = (
        sectors["time"].map({t: ends[k] for t, ends in MANUFACTURES.items()}) for k in (0, 1)
    )
    manufacture = sectors["sector"].astype("int64").between(first, last)
    rows = manufacture & (sectors["inflow"] < NEGLIGIBLE * sectors["gross_output"])
    return _cells(sectors, rows, ["inflow"], "negligible_inflow", reason)


REPAIRS: tuple[Rule, ...] = (_residue_of_output, _residue_of_inflow, _blank_surplus)
MASKS: tuple[Rule, ...] = (
    _negative_value_added,
    _outflow_exceeds_output,
    _no_trade_between_provinces,
    _no_trade_abroad,
    _netted_table,
    _negligible_inflow,
)


def _found(sectors: pd.DataFrame, rules: tuple[Rule, ...]) -> pd.DataFrame:
    every = pd.concat([rule(sectors) for rule in rules])
    return every.drop_duplicates(CELL).sort_values(CELL).reset_index(drop=True)


def repairs(sectors: pd.DataFrame) -> pd.DataFrame:
    """Return the cells of `sectors` whose right value is known; it is 0 in every one."""
    found = _found(sectors, REPAIRS)
    found.insert(5, "repaired", 0.0)
    return found


def masks(sectors: pd.DataFrame) -> pd.DataFrame:
    """Return the cells of `sectors` that cannot be what their column is called."""
    return _found(sectors, MASKS)


def _set(sectors: pd.DataFrame, cells: pd.DataFrame, value: float) -> pd.DataFrame:
    out = sectors.set_index(ROW)
    for variable, part in cells.groupby("variable"):
        out.loc[pd.MultiIndex.from_frame(part[ROW]), str(variable)] = value
    return out.reset_index()


def suspect_applied(sectors: pd.DataFrame) -> pd.DataFrame:
    """Return `sectors` with its repairs made (to 0) and its masks set to NaN."""
    repaired = _set(sectors, repairs(sectors), 0.0)
    return _set(repaired, masks(repaired), float("nan"))
