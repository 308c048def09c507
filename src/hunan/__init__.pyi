from .audits.coverage import coverage_by_province
from .audits.io_audit import (
    io_against_customs,
    io_against_gdp,
    io_against_nation,
    io_flow_imbalances,
    io_imbalances,
    io_masks,
    io_negative_flows,
    io_repairs,
)
from .data.city_panel import (
    city_gdp_breaks,
    city_gdp_sources,
    city_source_disagreements,
    load_city_gdp,
    load_city_panel,
    load_city_values,
)
from .data.claims import load_claims
from .data.dimensions import (
    load_concordance,
    load_industries,
    load_neighbours,
    load_provinces,
    with_names,
)
from .data.emissions import load_co2, load_co2_sectors, load_co2_totals
from .data.employment import employment_blanks, employment_suspects, load_employment, load_wages
from .data.io_tables import (
    load_io_flows,
    load_io_industries,
    load_io_national_sectors,
    load_io_sector_names,
    load_io_sectors,
)
from .data.panel_dimensions import load_panel_defects, load_panel_sources, load_panel_variables
from .data.plants import load_plant_blocks, load_plant_divisions, load_plants, load_size_brackets
from .data.policy import (
    load_national_zones,
    load_pilots,
    load_zone_industries,
    load_zone_terms,
    load_zones,
    zone_counts,
    zone_date_disagreements,
    zone_repairs,
)
from .data.power_plants import load_power_fuels, load_power_plants, power_plant_sites
from .data.prefectures import (
    crosswalk_evidence,
    load_prefecture_changes,
    load_prefecture_codes,
    load_prefectures,
)
from .data.province_panel import gdp_vintages, load_province_panel, load_province_values
from .data.store import raw_folder, study_names, verify
from .labels import STUDY
from .samples.growth import growth_sample
from .samples.industry_links import industry_links
from .samples.pilot import pilot_sample
from .samples.provinces import province_sample
from .samples.shares import share_sample
from .samples.supply_rates import supply_rates
