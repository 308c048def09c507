"""The table of simulations as a page: what each method claims, and what it did."""

from __future__ import annotations

import pandas as pd

HEAD = """# What the intervals and tests do in simulations

Written by `make simulations`, which draws every experiment anew; do not edit. Each block is one
experiment with a known truth: the share of samples in which an interval covers it, or in which a
test rejects a true null, with its Monte Carlo error (one standard deviation). The seed is {seed};
the samples in the last column are those of a full run. Read a difference of less than three Monte
Carlo errors as none. A method with its fault in brackets stands beside the others for contrast.
"""

STATED = "In a design that the methods are meant for."
STRESS = "Outside the designs that they are meant for, to show how far they fail."


def page(table: pd.DataFrame) -> str:
    """Return the page, one block per experiment, in the order of the table."""
    blocks = [HEAD.format(seed=table["seed"].iloc[0])]
    for name, rows in table.groupby("experiment", sort=False):
        blocks.append(_block(str(name), rows))
    return "\n".join(blocks)


def _block(name: str, rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    design = f"{first['design'][0].upper()}{first['design'][1:]}."
    kind = "Rejections of a true null" if first["quantity"] == "size" else "Coverage"
    lines = [
        f"## {name[0].upper()}{name[1:]}",
        "",
        f"{design} {STRESS if first['stress'] else STATED}",
        "",
        f"| Method | {kind} | Claimed | Monte Carlo error | Samples |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {row.method} | {row.simulated:.3f} | {row.claimed:.2f} | {row.monte_carlo_error:.3f} | "
        f"{row.samples} |"
        for row in rows.itertuples(index=False)
    ]
    return "\n".join([*lines, ""])
