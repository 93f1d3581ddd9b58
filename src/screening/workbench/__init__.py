"""What notebooks and the shell call: read, run the stages, write; the same functions for both."""

from screening.workbench.area_plants import operate_areas
from screening.workbench.chain import (
    DEFAULT_MUNICIPALITY,
    Workspace,
    assumption_name,
    load,
    load_overview,
    load_town,
    make_default,
    networks,
    run_screening,
)
from screening.workbench.country import Stored, building_store, store_register
from screening.workbench.density import DensityMaps, density_maps
from screening.workbench.finding import compare_area_methods, find_areas
from screening.workbench.house import HouseBill, house_bill
from screening.workbench.importing import import_register, municipalities
from screening.workbench.national import NationalRun, load_national, national_communities
from screening.workbench.operating import Operated, operate
from screening.workbench.operating_figures import plant_figures, years_figure
from screening.workbench.operating_words import plants_told
from screening.workbench.replicating import replication_figure, write_replication
from screening.workbench.series import check_series, fetch_prices, fetch_weather
from screening.workbench.typed_table import TypedScreening, economics_table, screen_typed_table

__all__ = [
    "DEFAULT_MUNICIPALITY",
    "DensityMaps",
    "HouseBill",
    "NationalRun",
    "Operated",
    "Stored",
    "TypedScreening",
    "Workspace",
    "assumption_name",
    "building_store",
    "check_series",
    "compare_area_methods",
    "density_maps",
    "economics_table",
    "fetch_prices",
    "fetch_weather",
    "find_areas",
    "house_bill",
    "import_register",
    "load",
    "load_national",
    "load_overview",
    "load_town",
    "make_default",
    "municipalities",
    "national_communities",
    "networks",
    "operate",
    "operate_areas",
    "plant_figures",
    "plants_told",
    "replication_figure",
    "run_screening",
    "screen_typed_table",
    "store_register",
    "write_replication",
    "years_figure",
]
