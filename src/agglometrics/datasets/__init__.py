"""The study tables, and readers of published archives."""

from agglometrics.datasets.archives import read_adh, read_bhj, read_gpss, read_gpss_canonical
from agglometrics.datasets.city_panel import (
    city_gdp_breaks,
    city_gdp_sources,
    city_source_disagreements,
    load_city_gdp,
    load_city_panel,
    load_city_values,
)
from agglometrics.datasets.claims import (
    load_claims,
)
from agglometrics.datasets.coverage import (
    coverage_by_province,
)
from agglometrics.datasets.dimensions import (
    load_concordance,
    load_industries,
    load_neighbours,
    load_provinces,
    with_names,
)
from agglometrics.datasets.emissions import load_co2, load_co2_sectors, load_co2_totals
from agglometrics.datasets.employment import (
    employment_blanks,
    employment_suspects,
    load_employment,
    load_wages,
)
from agglometrics.datasets.estimation import growth_sample, province_sample, share_sample
from agglometrics.datasets.firm_layouts import ASIF, ECONOMIC_CENSUS, Break, Layout
from agglometrics.datasets.industry_links import industry_links
from agglometrics.datasets.io_audit import (
    io_against_customs,
    io_against_gdp,
    io_against_nation,
    io_flow_imbalances,
    io_imbalances,
    io_masks,
    io_negative_flows,
    io_repairs,
)
from agglometrics.datasets.io_tables import (
    load_io_flows,
    load_io_industries,
    load_io_national_sectors,
    load_io_sector_names,
    load_io_sectors,
)
from agglometrics.datasets.microdata import firm_problems, read_firms
from agglometrics.datasets.panel_dimensions import (
    load_panel_defects,
    load_panel_sources,
    load_panel_variables,
)
from agglometrics.datasets.plants import (
    load_plant_blocks,
    load_plant_divisions,
    load_plants,
    load_size_brackets,
)
from agglometrics.datasets.policy import (
    load_national_zones,
    load_pilots,
    load_zone_industries,
    load_zone_terms,
    load_zones,
    zone_counts,
    zone_date_disagreements,
    zone_repairs,
)
from agglometrics.datasets.prefectures import (
    crosswalk_evidence,
    load_prefecture_changes,
    load_prefecture_codes,
    load_prefectures,
)
from agglometrics.datasets.province_panel import (
    gdp_vintages,
    load_province_panel,
    load_province_values,
)
from agglometrics.datasets.store import (
    raw_folder,
    study_names,
    verify,
)
from agglometrics.datasets.supply_rates import supply_rates

__all__ = [
    "ASIF",
    "ECONOMIC_CENSUS",
    "Break",
    "Layout",
    "city_gdp_breaks",
    "city_gdp_sources",
    "city_source_disagreements",
    "coverage_by_province",
    "crosswalk_evidence",
    "employment_blanks",
    "employment_suspects",
    "firm_problems",
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
    "load_io_industries",
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
    "load_plants",
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
    "read_adh",
    "read_bhj",
    "read_firms",
    "read_gpss",
    "read_gpss_canonical",
    "share_sample",
    "study_names",
    "supply_rates",
    "verify",
    "with_names",
    "zone_counts",
    "zone_date_disagreements",
    "zone_repairs",
]
