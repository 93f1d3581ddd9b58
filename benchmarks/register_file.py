"""A made-up building register of any length in the real file's form: 60 columns, as JSON and as CSV.

Nothing in it is from the register but the names of the fields and how much of each is empty: ids are random,
houses stand in made-up towns, one row in seven is not standing and one in a hundred is an older version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PIECE_ROWS = 100_000
MUNICIPALITIES = 98
UNITS_OF_AREA = [
    "byg042ArealIndbyggetGarage",
    "byg043ArealIndbyggetCarport",
    "byg044ArealIndbyggetUdhus",
    "byg045ArealIndbyggetUdestueEllerLign",
    "byg046SamletArealAfLukkedeOverdækningerPåBygningen",
    "byg047ArealAfAffaldsrumITerrænniveau",
    "byg048AndetAreal",
    "byg049ArealAfOverdækketAreal",
    "byg050ArealÅbneOverdækningerPåBygningenSamlet",
    "byg051Adgangsareal",
]
MOSTLY_EMPTY = [
    "byg052BeregningsprincipCarportAreal",
    "byg055AfvigendeEtager",
    "byg030Vandforsyning",
    "byg031Afløbsforhold",
    "byg034SupplerendeYdervæggensMateriale",
    "byg070Fredning",
]


def pieces(rows: int, seed: int = 1) -> Iterator[pa.Table]:
    """Give the register in tables of text; a missing value is null."""
    rng = np.random.default_rng(seed)
    towns = np.column_stack(
        [
            rng.uniform(460_000, 880_000, 40 * MUNICIPALITIES),
            rng.uniform(6_060_000, 6_390_000, 40 * MUNICIPALITIES),
        ]
    )
    for first in range(0, rows, PIECE_ROWS):
        yield piece(min(PIECE_ROWS, rows - first), rng, towns)


def piece(n: int, rng: np.random.Generator, towns: np.ndarray) -> pa.Table:
    """One table of the register."""
    town = rng.integers(0, len(towns), n)
    place = towns[town] + rng.normal(0, 400, (n, 2))
    house = rng.random(n) < 0.45
    use = np.where(
        house,
        rng.choice(["120", "120", "120", "130", "131", "140", "110", "321", "510", "220"], n),
        rng.choice(["910", "920", "930", "930", "970", "290"], n),
    )
    heating = np.where(house, rng.choice(["1", "1", "1", "2", "2", "5", "7", "3", "99"], n), "")
    fuel = np.where(np.isin(heating, ["2", "3"]), rng.choice(["3", "7", "7", "4", ""], n), "")
    dwelling = np.where(house, rng.integers(60, 240, n), 0)
    total = np.where(rng.random(n) < 0.5, "", np.maximum(dwelling, 12).astype(str))
    year = np.where(
        rng.random(n) < 0.16, rng.choice(["", "0", "1000"], n), rng.integers(1750, 2026, n).astype(str)
    )
    days = rng.integers(0, 3_000, n)
    moment = np.datetime64("2017-06-02T12:29:37.123") + days.astype("m8[D]")
    time = np.char.add(np.datetime_as_string(moment, unit="ms"), "Z")
    columns = {
        "forretningshændelse": text("Bygning", n),
        "forretningsområde": text("54.15.05.05", n),
        "forretningsproces": digits(rng.integers(0, 5, n)),
        "id_namespace": text("http://data.gov.dk/bbr/bygning", n),
        "id_lokalId": ids(n, rng),
        "kommunekode": pa.array(np.char.zfill((101 + town % MUNICIPALITIES).astype(str), 4)),
        "registreringFra": pa.array(time),
        "registreringsaktør": text("BBR", n),
        "virkningFra": pa.array(time),
        "virkningsaktør": text("Konvertering2017", n),
        "virkningTil": ended(rng.random(n) < 0.01, time),
        "status": pa.array(np.where(rng.random(n) < 0.15, rng.choice(["9", "10", "11", "3"], n), "6")),
        "byg007Bygningsnummer": digits(rng.integers(1, 9, n)),
        "byg021BygningensAnvendelse": filled(use),
        "byg024AntalLejlighederMedKøkken": digits(house.astype(int)),
        "byg025AntalLejlighederUdenKøkken": text("0", n),
        "byg026Opførelsesår": filled(year),
        "byg027OmTilbygningsår": text("0", n),
        "byg032YdervæggensMateriale": digits(rng.integers(1, 9, n)),
        "byg033Tagdækningsmateriale": digits(rng.integers(1, 9, n)),
        "byg037KildeTilBygningensMaterialer": digits(rng.integers(1, 6, n)),
        "byg038SamletBygningsareal": filled(total),
        "byg039BygningensSamledeBoligAreal": digits(dwelling),
        "byg040BygningensSamledeErhvervsAreal": text("0", n),
        "byg041BebyggetAreal": digits(rng.integers(8, 300, n)),
        **{name: few(rng, n) for name in UNITS_OF_AREA},
        "byg053BygningsarealerKilde": digits(rng.integers(1, 6, n)),
        "byg054AntalEtager": digits(rng.integers(0, 4, n)),
        "byg056Varmeinstallation": filled(heating),
        "byg057Opvarmningsmiddel": filled(fuel),
        "byg058SupplerendeVarme": filled(np.where(house, rng.choice(["", "0", "2", "1"], n), "")),
        "byg069Sikringsrumpladser": text("0", n),
        "byg094Revisionsdato": pa.array(time),
        "byg130ArealAfUdvendigEfterisolering": text("0", n),
        "byg133KildeTilKoordinatsæt": pa.array(rng.choice(["K", "M", "E"], n)),
        "byg134KvalitetAfKoordinatsæt": pa.array(rng.choice(["1", "1", "1", "2", "3"], n)),
        "byg135SupplerendeOplysningOmKoordinatsæt": text("11", n),
        "byg136PlaceringPåSøterritorie": text("0", n),
        "byg302Tilflytterkommune": text("0", n),
        "byg404Koordinat": points(place, rng),
        "byg406Koordinatsystem": text("5", n),
        "jordstykke": digits(rng.integers(100_000, 99_999_999, n)),
        "husnummer": ids(n, rng),
        "grund": ids(n, rng),
        "registreringTil": ended(rng.random(n) < 0.01, time),
        **{name: filled(np.where(rng.random(n) < 0.05, "1", "")) for name in MOSTLY_EMPTY},
    }
    return pa.table({name: column.cast(pa.string()) for name, column in columns.items()})


NUMBERS = {
    "byg007Bygningsnummer",
    "byg024AntalLejlighederMedKøkken",
    "byg025AntalLejlighederUdenKøkken",
    "byg026Opførelsesår",
    "byg027OmTilbygningsår",
    "byg038SamletBygningsareal",
    "byg039BygningensSamledeBoligAreal",
    "byg040BygningensSamledeErhvervsAreal",
    "byg041BebyggetAreal",
    *UNITS_OF_AREA,
    "byg054AntalEtager",
    "byg069Sikringsrumpladser",
    "byg130ArealAfUdvendigEfterisolering",
    "byg302Tilflytterkommune",
}


def text(value: str, n: int) -> pa.Array:
    """The same text n times."""
    return pa.array([value]).take(pa.array(np.zeros(n, np.int32)))


def digits(values: np.ndarray) -> pa.Array:
    """Whole numbers as text."""
    return pa.array(values).cast(pa.string())


def filled(values: np.ndarray) -> pa.Array:
    """Text, empty as missing."""
    return pa.array(values.astype(object), pa.string(), mask=values == "")


def few(rng: np.random.Generator, n: int) -> pa.Array:
    """Areas of which nine in ten are zero."""
    return digits(np.where(rng.random(n) < 0.9, 0, rng.integers(1, 60, n)))


def ended(is_ended: np.ndarray, time: np.ndarray) -> pa.Array:
    """Times where a version has ended, else missing."""
    return pa.array(time.astype(object), pa.string(), mask=~is_ended)


def ids(n: int, rng: np.random.Generator) -> pa.Array:
    """Random ids in the form of a UUID."""
    letters = np.frombuffer(b"0123456789abcdef", np.uint8)[rng.integers(0, 16, (n, 36), dtype=np.uint8)]
    letters[:, [8, 13, 18, 23]] = ord("-")
    return pa.array(letters.view("S36").ravel()).cast(pa.string())


def points(place: np.ndarray, rng: np.random.Generator) -> pa.Array:
    """Points as text; one in two hundred is missing."""
    x, y = (pa.array(np.round(place[:, axis], 2)).cast(pa.string()) for axis in (0, 1))
    given = pc.binary_join_element_wise("POINT (", x, " ", y, ")", "")
    return pc.if_else(pa.array(rng.random(len(place)) < 0.005), pa.scalar(None, pa.string()), given)


def write(path: Path, rows: int, seed: int = 1) -> None:
    """Write the register as .csv or .json, by the ending of the name."""
    with path.open("wb") as stream:
        for number, table in enumerate(pieces(rows, seed)):
            if path.suffix == ".csv":
                stream.write(as_csv(table, header=number == 0))
            else:
                stream.write((b"," if number else b"[") + as_json(table))
        if path.suffix == ".json":
            stream.write(b"]")


def as_csv(table: pa.Table, *, header: bool) -> bytes:
    """Lines of the table; nothing in it needs quotation marks."""
    columns = [pc.fill_null(column, "") for column in table.columns]
    lines = pc.binary_join_element_wise(*columns, ",").to_pylist()
    first = [",".join(table.column_names)] if header else []
    return "".join(line + "\n" for line in [*first, *lines]).encode()


def as_json(table: pa.Table) -> bytes:
    """Records of the table, empty fields as null."""
    parts = []
    for number, name in enumerate(table.column_names):
        column = table.column(name)
        if name not in NUMBERS:
            column = pc.binary_join_element_wise('"', column, '"', "")
        key = ("{" if number == 0 else ",") + f'"{name}":'
        parts += [pa.scalar(key), pc.fill_null(column, "null")]
    records = pc.binary_join_element_wise(*parts, "}", "").to_pylist()
    return ",".join(records).encode()
