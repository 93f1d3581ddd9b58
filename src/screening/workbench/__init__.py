"""What notebooks and the shell call: read, run the stages, write; the same functions for both."""

from screening.workbench.chain import (
    DEFAULT_MUNICIPALITY,
    Workspace,
    assumption_name,
    economics_table,
    load,
    load_overview,
    load_town,
    make_default,
    run_screening,
)
from screening.workbench.country import Stored, building_store, store_register
from screening.workbench.importing import import_register, municipalities

__all__ = [
    "DEFAULT_MUNICIPALITY",
    "Stored",
    "Workspace",
    "assumption_name",
    "building_store",
    "economics_table",
    "import_register",
    "load",
    "load_overview",
    "load_town",
    "make_default",
    "municipalities",
    "run_screening",
    "store_register",
]
