"""A municipality's own file: which files came in, under which name; and finding them in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyogrio
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from screening.areas import DEFAULT_METHOD
from screening.errors import InputFileError, near_misses
from screening.register import PLACE_NAMES, is_address, is_building_file, side_file_kind, without_password

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = [
    "FILE_NAME",
    "LAYER_KEYS",
    "STORED",
    "ProjectFile",
    "discover",
    "is_elsewhere",
    "read_project",
    "write_project",
]

FILE_NAME = "municipality.yaml"
STORED = "register:"  # and a municipality code: the buildings kept in the building store
_TEXT_SUFFIXES = {".csv", ".json", ".xml", ".zip"}
_LAYER_SUFFIXES = {".gpkg", ".geojson", ".shp"}
_TABLE_SUFFIXES = {".gpkg", ".geojson", ".shp", ".fgb", ".tab", ".parquet"}
LAYER_KEYS = (
    "buildings",
    "outlines",
    "roads",
    "areas",
    "places",
    "supply_areas",
    "measured_demand",
    "units",
    "installations",
    "gas_areas",
)


class ProjectFile(BaseModel):
    """Content of ``municipality.yaml``; file names are relative to the file's own folder.

    Parameters
    ----------
    name
        Name as readers see it.
    municipality_code
        Four digits; empty when the data cross municipalities.
    is_synthetic
        Whether the data are made up; every page says so.
    register_date
        Date of the register extract (ISO); empty takes the newest registration in the file.
    buildings
        BBR building file in any dialect, or the address of a PostGIS table
        (``postgresql://user@host:port/database?table=schema.table``).
    areas
        Polygons of the towns: a column ``area`` (or navn, name, by), optionally ``town``. Left out, the
        tool finds the towns from the buildings.
    area_method, places
        How it finds them ("triangles", "circles" or "density"), and optional place names for them.
    outlines, roads, supply_areas, measured_demand
        Optional layers.
    units, installations, gas_areas
        Optional: BBR Enhed, BBR TekniskAnlæg and areas with a gas network, evidence for the register checks.
    assumptions
        Assumption set or path of a file of your own.
    source
        Where the data come from, one sentence.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    municipality_code: str = ""
    is_synthetic: bool = False
    register_date: str = ""
    buildings: str = Field(repr=False)  # an address may hold a password
    areas: str | None = None
    area_method: Literal["triangles", "circles", "density"] = DEFAULT_METHOD
    places: str | None = None
    outlines: str | None = None
    roads: str | None = None
    supply_areas: str | None = None
    measured_demand: str | None = None
    units: str | None = None
    installations: str | None = None
    gas_areas: str | None = None
    assumptions: str = "cowi-2022"
    source: str = ""


def is_elsewhere(name: str) -> bool:
    """Tell whether buildings are named that are in no file: a database table, or the building store."""
    return is_address(name) or name.startswith(STORED)


def read_project(folder: Path) -> ProjectFile:
    """Read the municipality file of a folder.

    Parameters
    ----------
    folder
        data/raw/<municipality>.

    Returns
    -------
    ProjectFile
        The checked content, file names made absolute.

    Raises
    ------
    InputFileError
        If the file is missing, no YAML, has an unknown key (names the near ones) or names a file
        that does not exist.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        raise InputFileError(f"{path} does not exist. Run: screening import-register <folder with the files>")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        project = ProjectFile.model_validate(content)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputFileError(f"{path} is not readable as YAML: {str(error).splitlines()[0]}") from error
    except ValidationError as error:
        raise InputFileError(f"{path}: {_explain(error)}") from error
    found = {key: _resolve(folder, getattr(project, key)) for key in LAYER_KEYS}
    files = {key: name for key, name in found.items() if name and not is_elsewhere(name)}
    missing = [f"{key}: {name}" for key, name in files.items() if not Path(name).is_file()]
    if missing:
        raise InputFileError(f"{path} names files that do not exist: {'; '.join(missing)}.")
    return project.model_copy(update=found)


def write_project(folder: Path, project: ProjectFile) -> Path:
    """Write the municipality file, file names relative to the folder where they lie in it, no password.

    Parameters
    ----------
    folder
        data/raw/<municipality>; made when missing.
    project
        The content.

    Returns
    -------
    pathlib.Path
        The file written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    content = project.model_dump(exclude_none=True)
    for key in LAYER_KEYS:
        if is_address(content.get(key, "")):
            content[key] = without_password(content[key])
        elif key in content and not is_elsewhere(content[key]):
            path = Path(content[key]).resolve()
            inside = path.is_relative_to(folder.resolve())
            content[key] = str(path.relative_to(folder.resolve())) if inside else str(path)
    path = folder / FILE_NAME
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def discover(folder: Path, given: Collection[str] = ()) -> dict[str, str]:
    """Find by content which file of a folder is which layer.

    Parameters
    ----------
    folder
        A folder with a BBR building file and, where at hand, area polygons, outlines and roads.
    given
        Layer keys that are given otherwise and need not be found.

    Returns
    -------
    dict
        Layer key -> absolute path.

    Raises
    ------
    InputFileError
        If there is no building file, or more than one candidate.
    """
    registers = [p for p in sorted(folder.iterdir()) if p.suffix.lower() in _TEXT_SUFFIXES]
    candidates: dict[str, list[Path]] = {}
    for path in registers:
        if kind := side_file_kind(path):
            candidates.setdefault(kind, []).append(path)
    registers = [p for p in registers if not any(p in paths for paths in candidates.values())]
    tables = [p for p in sorted(folder.iterdir()) if p.suffix.lower() in _TABLE_SUFFIXES]
    candidates["buildings"] = [p for p in [*registers, *tables] if is_building_file(p)]
    for path in [p for p in sorted(folder.iterdir()) if p not in candidates["buildings"]]:
        if path.suffix.lower() in _LAYER_SUFFIXES and (key := _layer_kind(path)):
            candidates.setdefault(key, []).append(path)
    # A file that is called a building file but is not readable as one is taken too: its reader says why.
    known = candidates["buildings"] or registers
    named = [p for p in known if "bygning" in p.name.casefold()]
    candidates["buildings"] = named or candidates["buildings"]
    # Any polygon file with a name column may be the areas; a file that says so wins.
    polygons = candidates.get("areas", [])
    candidates["areas"] = [p for p in polygons if "area" in p.name.casefold() or "omr" in p.name.casefold()]
    candidates["areas"] = candidates["areas"] or polygons
    if not candidates["buildings"] and "buildings" not in given:
        raise InputFileError(
            f"{folder} holds no BBR building file. Name it with --buildings FILE; the folder holds:"
            f" {', '.join(sorted(p.name for p in folder.iterdir())) or 'nothing'}."
        )
    several = {key: paths for key, paths in candidates.items() if len(paths) > 1 and key not in given}
    if several:
        told = "; ".join(f"{key}: {', '.join(p.name for p in paths)}" for key, paths in several.items())
        raise InputFileError(
            f"{folder} holds more than one candidate ({told}). Name the one with --<layer> FILE; the pages of"
            " one GraphQL answer go together into one .zip."
        )
    return {key: str(paths[0].resolve()) for key, paths in candidates.items() if paths}


def _layer_kind(path: Path) -> str | None:
    try:
        info = pyogrio.read_info(path)
    except pyogrio.errors.DataSourceError:
        return None
    columns = {str(f).casefold() for f in info["fields"]}
    shape = str(info["geometry_type"])
    is_polygon = "Polygon" in shape
    kinds = {
        "outlines": "bbruuid" in columns,
        "roads": "Line" in shape and bool({"vejklasse", "road_class", "highway"} & columns),
        "places": path.name.casefold().startswith(("sted", "place")) and bool(PLACE_NAMES & columns),
        "gas_areas": is_polygon and path.name.casefold().startswith("gas"),
        "supply_areas": bool({"supply_name", "forsyningsform"} & columns),
        "areas": is_polygon and bool({"area", "område", "omraade", "navn", "name", "by", "town"} & columns),
    }
    return next((kind for kind, fits in kinds.items() if fits), None)


def _resolve(folder: Path, name: str | None) -> str | None:
    return name if name is None or is_elsewhere(name) else str((folder / name).resolve())


def _explain(error: ValidationError) -> str:
    told = []
    for fault in error.errors():
        key = ".".join(str(part) for part in fault["loc"]) or "the file"
        if fault["type"] == "extra_forbidden":
            told.append(f"unknown key {key!r}. {near_misses(key, ProjectFile.model_fields)}")
        elif fault["type"] == "missing":
            told.append(f"key {key!r} is missing")
        else:
            told.append(f"{key}: {fault['msg']}")
    return "; ".join(told)
