"""What stands there: buildings from the register, by stated rules, every row accounted for."""

from screening.register.checks.corrections import propose_corrections
from screening.register.checks.table import check_list, check_register, flag_buildings
from screening.register.client.file import check_told
from screening.register.client.http import KEY_VARIABLE, PUBLIC_URL
from screening.register.client.service import (
    ApiKey,
    Connection,
    Download,
    DownloadError,
    Fetched,
    choose_download,
    download,
    fetch_register,
    list_downloads,
)
from screening.register.codes import (
    code_list,
    customer_type,
    describe,
    is_edge_case,
    is_gas,
    is_heat_pump,
    is_individually_heated,
    is_listed,
    is_oil,
    is_phased_out,
    is_relevant,
    use_group,
)
from screening.register.dialects.postgis import address_identity, is_address, without_password
from screening.register.dialects.raw import text_columns
from screening.register.evidence.attach import add_evidence
from screening.register.evidence.installations import (
    attach_gas_areas,
    attach_installations,
    read_gas_areas,
    read_installations,
)
from screening.register.evidence.side_files import SideReport, side_file_kind
from screening.register.evidence.units import read_units, resolve_heating
from screening.register.footprints import attach_outlines, join_parts, read_outlines
from screening.register.layers import (
    PLACE_NAMES,
    read_areas,
    read_places,
    read_roads,
    read_supply_areas,
)
from screening.register.outline_stream import outline_files, stream_outlines
from screening.register.reader import (
    RegisterReport,
    is_building_file,
    read_buildings,
    require_buildings,
    stored_report,
)

__all__ = [
    "KEY_VARIABLE",
    "PLACE_NAMES",
    "PUBLIC_URL",
    "ApiKey",
    "Connection",
    "Download",
    "DownloadError",
    "Fetched",
    "RegisterReport",
    "SideReport",
    "add_evidence",
    "address_identity",
    "attach_gas_areas",
    "attach_installations",
    "attach_outlines",
    "check_list",
    "check_register",
    "check_told",
    "choose_download",
    "code_list",
    "customer_type",
    "describe",
    "download",
    "fetch_register",
    "flag_buildings",
    "is_address",
    "is_building_file",
    "is_edge_case",
    "is_gas",
    "is_heat_pump",
    "is_individually_heated",
    "is_listed",
    "is_oil",
    "is_phased_out",
    "is_relevant",
    "join_parts",
    "list_downloads",
    "outline_files",
    "propose_corrections",
    "read_areas",
    "read_buildings",
    "read_gas_areas",
    "read_installations",
    "read_outlines",
    "read_places",
    "read_roads",
    "read_supply_areas",
    "read_units",
    "require_buildings",
    "resolve_heating",
    "side_file_kind",
    "stored_report",
    "stream_outlines",
    "text_columns",
    "use_group",
    "without_password",
]
