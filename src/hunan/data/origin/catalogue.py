"""Every raw table: how it follows from its origin, or why it does not."""

from __future__ import annotations

from hunan.data.origin import (
    city_panel,
    dimensions,
    emissions,
    employment,
    io_tables,
    pilots,
    plants,
    power_plants,
    province_panel,
    zones,
)
from hunan.data.origin.comparing import Rebuilt

MODULES = (
    dimensions,
    io_tables,
    employment,
    province_panel,
    city_panel,
    pilots,
    zones,
    emissions,
    plants,
    power_plants,
)
REBUILT: tuple[Rebuilt, ...] = tuple(table for module in MODULES for table in module.TABLES)
"""Every table, or part of one, that follows from files of an origin folder."""

OURS = {
    "claims": "read by us in the article examined, which is not ours to hand on",
    "panel_variables": "description of the panels: ours",
    "panel_sources": "citations of the panels: ours",
    "panel_defects": "judgements on cells of the panels: ours",
    "prefecture_codes": "codes of a source that are not of the standard: ours",
    "prefecture_changes": "foundings, abolitions and new codes, from the standard GB/T 2260: ours",
    "plants_divisions": "short names of the divisions of NAF rev. 2: ours",
}
"""Tables that no origin file holds, with the reason."""
