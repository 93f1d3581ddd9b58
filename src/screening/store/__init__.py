"""What is kept on disk: a municipality's numbered files, and the buildings of the whole country."""

from screening.store.buildings import BuildingStore
from screening.store.catalogue import Entry
from screening.store.municipality import (
    IMPORT_MANIFEST,
    SCREEN_MANIFEST,
    read_assumptions,
    read_layers,
    read_manifest,
    read_screening,
    remove_manifest,
    write_layers,
    write_manifest,
    write_screening,
)
from screening.store.raster import read_density, write_density
from screening.store.spool import ImportWriter
from screening.store.spread import map_partitions
from screening.store.whole import digest_files, digest_table, program_fingerprint, write_text, write_whole

__all__ = [
    "IMPORT_MANIFEST",
    "SCREEN_MANIFEST",
    "BuildingStore",
    "Entry",
    "ImportWriter",
    "digest_files",
    "digest_table",
    "map_partitions",
    "program_fingerprint",
    "read_assumptions",
    "read_density",
    "read_layers",
    "read_manifest",
    "read_screening",
    "remove_manifest",
    "write_density",
    "write_layers",
    "write_manifest",
    "write_screening",
    "write_text",
    "write_whole",
]
