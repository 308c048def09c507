"""Readers of published archives and of licensed firm files, and small example tables.

The study's own tables are not part of the library: a clone of the repository reads them with the
package `hunan`.
"""

from agglometrics.datasets.archives import read_adh, read_bhj, read_gpss, read_gpss_canonical
from agglometrics.datasets.examples import (
    load_growth_design,
    load_io_industries,
    load_plants,
    with_names,
)
from agglometrics.datasets.firm_layouts import ASIF, ECONOMIC_CENSUS, Break, Layout
from agglometrics.datasets.microdata import firm_problems, read_firms
from agglometrics.datasets.own import read_table

__all__ = [
    "ASIF",
    "ECONOMIC_CENSUS",
    "Break",
    "Layout",
    "firm_problems",
    "load_growth_design",
    "load_io_industries",
    "load_plants",
    "read_adh",
    "read_bhj",
    "read_firms",
    "read_gpss",
    "read_gpss_canonical",
    "read_table",
    "with_names",
]

MOVED = frozenset(
    {
        "city_gdp_breaks",
        "city_gdp_sources",
        "city_source_disagreements",
        "coverage_by_province",
        "crosswalk_evidence",
        "employment_blanks",
        "employment_suspects",
        "gdp_vintages",
        "growth_sample",
        "industry_links",
        "io_against_customs",
        "io_against_gdp",
        "io_against_nation",
        "io_flow_imbalances",
        "io_imbalances",
        "io_masks",
        "io_negative_flows",
        "io_repairs",
        "load_city_gdp",
        "load_city_panel",
        "load_city_values",
        "load_claims",
        "load_co2",
        "load_co2_sectors",
        "load_co2_totals",
        "load_concordance",
        "load_employment",
        "load_industries",
        "load_io_flows",
        "load_io_national_sectors",
        "load_io_sector_names",
        "load_io_sectors",
        "load_national_zones",
        "load_neighbours",
        "load_panel_defects",
        "load_panel_sources",
        "load_panel_variables",
        "load_pilots",
        "load_plant_blocks",
        "load_plant_divisions",
        "load_prefecture_changes",
        "load_prefecture_codes",
        "load_prefectures",
        "load_province_panel",
        "load_province_values",
        "load_provinces",
        "load_size_brackets",
        "load_wages",
        "load_zone_industries",
        "load_zone_terms",
        "load_zones",
        "province_sample",
        "raw_folder",
        "share_sample",
        "study_names",
        "supply_rates",
        "verify",
        "zone_counts",
        "zone_date_disagreements",
        "zone_repairs",
    }
)


def __getattr__(name: str) -> object:
    if name in MOVED:
        raise ImportError(
            f"agglometrics.datasets.{name} is a part of the study and moved to hunan.{name}, which "
            "a clone of the repository has and the installed library lacks. Work in a clone, or "
            "use an example table: load_io_industries, load_plants, load_growth_design."
        )
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
