"""The papers that are computed again, in the order in which they are shown."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from published.comparison import Paper, compare
from published.papers import (
    arellano_bond,
    baltagi_griffin,
    basque,
    becker_boll_voth,
    california,
    callaway_santanna,
    cornwell_trumbull,
    duranton_turner,
    grunfeld,
    location_quotients,
    millo_piras,
    mueller_watson,
    munnell,
    papke,
    sun_abraham,
    wooldridge,
)

PAPERS: tuple[Paper, ...] = (
    duranton_turner.PAPER,
    papke.PAPER,
    wooldridge.PAPER,
    grunfeld.PAPER,
    munnell.PAPER,
    arellano_bond.PAPER,
    cornwell_trumbull.PAPER,
    baltagi_griffin.PAPER,
    california.PAPER,
    basque.PAPER,
    mueller_watson.PAPER,
    becker_boll_voth.PAPER,
    callaway_santanna.PAPER,
    sun_abraham.PAPER,
    millo_piras.PAPER,
    location_quotients.PAPER,
)


def compare_all(folder: Path) -> pd.DataFrame:
    """Return one row per printed number of each paper whose data are in `folder`."""
    frames = []
    for paper in PAPERS:
        try:
            frames.append(compare(paper, folder))
        except FileNotFoundError:  # the reader has other archives: `absent` names what is missing
            continue
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"paper": []})


def absent(compared: pd.DataFrame) -> list[str]:
    """Return the registered papers that `compare_all` found no data of."""
    return [paper.name for paper in PAPERS if paper.name not in set(compared["paper"])]
