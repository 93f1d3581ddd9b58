"""The register's own file: rows in the spelling of the BBR Fildownload CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from screening.register import customer_type
from screening.synthetic.plan import MUNICIPALITY_CODE, REGISTER_DATE, SHARES

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["COLUMNS", "make_ids", "spell", "write_csv"]

ObjectArray = npt.NDArray[np.object_]
Spelled = str | list[str] | npt.NDArray[Any]  # one text for all rows, or one for each

# Field names and their order in the public download (BBR Bygning, version 2.4.4).
COLUMNS: tuple[str, ...] = (
    "forretningshændelse", "forretningsområde", "forretningsproces", "id_namespace", "id_lokalId",
    "kommunekode", "registreringFra", "registreringsaktør", "virkningFra", "virkningsaktør", "virkningTil",
    "status", "byg007Bygningsnummer", "byg021BygningensAnvendelse", "byg024AntalLejlighederMedKøkken",
    "byg025AntalLejlighederUdenKøkken", "byg026Opførelsesår", "byg027OmTilbygningsår",
    "byg032YdervæggensMateriale", "byg033Tagdækningsmateriale", "byg034SupplerendeYdervæggensMateriale",
    "byg035SupplerendeTagdækningsMateriale", "byg037KildeTilBygningensMaterialer",
    "byg038SamletBygningsareal", "byg039BygningensSamledeBoligAreal",
    "byg040BygningensSamledeErhvervsAreal", "byg041BebyggetAreal", "byg042ArealIndbyggetGarage",
    "byg043ArealIndbyggetCarport", "byg044ArealIndbyggetUdhus", "byg045ArealIndbyggetUdestueEllerLign",
    "byg046SamletArealAfLukkedeOverdækningerPåBygningen", "byg047ArealAfAffaldsrumITerrænniveau",
    "byg048AndetAreal", "byg049ArealAfOverdækketAreal", "byg050ArealÅbneOverdækningerPåBygningenSamlet",
    "byg051Adgangsareal", "byg053BygningsarealerKilde", "byg054AntalEtager", "byg056Varmeinstallation",
    "byg057Opvarmningsmiddel", "byg069Sikringsrumpladser", "byg094Revisionsdato",
    "byg130ArealAfUdvendigEfterisolering", "byg133KildeTilKoordinatsæt", "byg134KvalitetAfKoordinatsæt",
    "byg135SupplerendeOplysningOmKoordinatsæt", "byg136PlaceringPåSøterritorie", "byg302Tilflytterkommune",
    "byg404Koordinat", "byg406Koordinatsystem", "byg151Frihøjde", "jordstykke", "husnummer", "grund",
    "registreringTil", "byg058SupplerendeVarme", "byg052BeregningsprincipCarportAreal",
    "byg122Gyldighedsdato", "byg055AfvigendeEtager", "byg030Vandforsyning", "byg031Afløbsforhold",
    "byg113Byggeskadeforsikringsselskab", "byg121OmfattetAfByggeskadeforsikring",
    "byg119Udledningstilladelse", "byg114DatoForByggeskadeforsikring", "byg036AsbestholdigtMateriale",
    "byg070Fredning", "byg029DatoForMidlertidigOpførtBygning",
)  # fmt: skip

_ALWAYS_ZERO = (
    "byg024AntalLejlighederMedKøkken", "byg025AntalLejlighederUdenKøkken", "byg043ArealIndbyggetCarport",
    "byg046SamletArealAfLukkedeOverdækningerPåBygningen", "byg047ArealAfAffaldsrumITerrænniveau",
    "byg048AndetAreal", "byg050ArealÅbneOverdækningerPåBygningenSamlet", "byg051Adgangsareal",
    "byg069Sikringsrumpladser", "byg130ArealAfUdvendigEfterisolering", "byg136PlaceringPåSøterritorie",
    "byg302Tilflytterkommune", "byg151Frihøjde", "byg027OmTilbygningsår", "byg042ArealIndbyggetGarage",
    "byg045ArealIndbyggetUdestueEllerLign", "byg049ArealAfOverdækketAreal",
)  # fmt: skip
_FIRST_DATE = "2017-06-02"
_FIRST_PARCEL = 9_000_000  # far above the numbers in use
_SPACED_SHARE = 0.9  # "POINT (x y)"; the rest is written "POINT(x y)"


def make_ids(count: int, rng: np.random.Generator) -> ObjectArray:
    """Random identifiers in the form of UUIDs, version 4.

    Parameters
    ----------
    count
        How many. [1]
    rng
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Lower-case text.
    """
    raw = rng.integers(0, 256, (count, 16), dtype=np.uint8)
    raw[:, 6] = (raw[:, 6] & 0x0F) | 0x40
    raw[:, 8] = (raw[:, 8] & 0x3F) | 0x80
    text = [row.tobytes().hex() for row in raw]
    return np.array([f"{t[:8]}-{t[8:12]}-{t[12:16]}-{t[16:20]}-{t[20:]}" for t in text], dtype=object)


def spell(buildings: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Write buildings in the register's spelling, all as text.

    Parameters
    ----------
    buildings
        ``building_id``, ``plot_id``, ``use_code``, ``year_built``, ``area_m2``, ``footprint_m2``,
        ``floor_count``, ``installation_code``, ``fuel_code``, ``x_m``, ``y_m``.
    rng
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        ``COLUMNS``; missing values are empty text.
    """
    count = len(buildings)
    rows = pd.DataFrame("", index=range(count), columns=list(COLUMNS), dtype=object)
    for part in (_administration(buildings, rng), _substance(buildings, rng), _heat(buildings, rng)):
        for column, value in part.items():
            rows[column] = value
    return rows


def _administration(buildings: pd.DataFrame, rng: np.random.Generator) -> dict[str, Spelled]:
    """Spell identifiers, dates and the place."""
    count = len(buildings)
    stamps = _stamps(count, rng)
    actors = ["EksterntSystem", "Konvertering2017", "Registerfører"]
    plots = buildings["plot_id"].to_numpy(dtype=object)
    known = {plot: n for n, plot in enumerate(dict.fromkeys(plots))}
    number = np.array([known[plot] for plot in plots])
    gaps = np.where(rng.random(count) < _SPACED_SHARE, " ", "")
    return {
        "forretningshændelse": "Bygning",
        "forretningsområde": "54.15.05.05",
        "forretningsproces": rng.choice(["25", "4", "2", "9", "3"], count, p=[0.6, 0.24, 0.08, 0.05, 0.03]),
        "id_namespace": "http://data.gov.dk/bbr/bygning",
        "id_lokalId": buildings["building_id"].to_numpy(dtype=object),
        "kommunekode": MUNICIPALITY_CODE,
        "registreringFra": stamps,
        "registreringsaktør": "BBR",
        "virkningFra": stamps,
        "virkningsaktør": rng.choice(actors, count, p=[0.55, 0.3, 0.15]),
        "status": "6",
        "byg007Bygningsnummer": _text(buildings.groupby("plot_id").cumcount() + 1),
        "byg094Revisionsdato": np.where(rng.random(count) < 0.85, _stamps(count, rng), ""),
        "byg133KildeTilKoordinatsæt": rng.choice(["K", "M", "E"], count, p=[0.65, 0.3, 0.05]),
        "byg134KvalitetAfKoordinatsæt": rng.choice(["1", "2", "3"], count, p=[0.76, 0.2, 0.04]),
        "byg135SupplerendeOplysningOmKoordinatsæt": rng.choice(["11", "21"], count, p=[0.7, 0.3]),
        "byg404Koordinat": [
            f"POINT{gap}({x:.2f} {y:.2f})"
            for gap, x, y in zip(gaps, buildings["x_m"], buildings["y_m"], strict=True)
        ],
        "byg406Koordinatsystem": "5",
        "jordstykke": _text(pd.Series(_FIRST_PARCEL + number)),
        "husnummer": make_ids(len(known), rng)[number],
        "grund": make_ids(len(known), rng)[number],
    }


def _substance(buildings: pd.DataFrame, rng: np.random.Generator) -> dict[str, Spelled]:
    """Spell use, year, materials, areas and floors."""
    count = len(buildings)
    use = buildings["use_code"].astype(object)
    is_outbuilding = use.str.startswith("9").to_numpy()
    is_dwelling = ((customer_type(use) == "dwelling") | (use == "510")).to_numpy() & ~is_outbuilding
    area = buildings["area_m2"].round().fillna(0).astype(int).to_numpy()
    dwelling = np.where(is_dwelling, area, 0)
    business = np.where(is_dwelling | is_outbuilding, 0, area)
    sheds = rng.integers(5, 20, count).astype(str).astype(object)
    zero: dict[str, Spelled] = dict.fromkeys(_ALWAYS_ZERO, "0")
    return zero | {
        "byg021BygningensAnvendelse": use.to_numpy(),
        "byg026Opførelsesår": _years(buildings["year_built"], rng),
        "byg032YdervæggensMateriale": rng.choice(["1", "5", "2", "4"], count, p=[0.72, 0.2, 0.05, 0.03]),
        "byg033Tagdækningsmateriale": rng.choice(["3", "5", "2", "4"], count, p=[0.4, 0.3, 0.17, 0.13]),
        "byg037KildeTilBygningensMaterialer": rng.choice(["1", "2", "5"], count),
        "byg038SamletBygningsareal": _total(dwelling + business, rng),
        "byg039BygningensSamledeBoligAreal": _text(pd.Series(dwelling)),
        "byg040BygningensSamledeErhvervsAreal": _text(pd.Series(business)),
        "byg041BebyggetAreal": _text(buildings["footprint_m2"].round().astype(int)),
        "byg044ArealIndbyggetUdhus": np.where(rng.random(count) < 0.05, sheds, "0"),
        "byg053BygningsarealerKilde": rng.choice(["1", "2", "5"], count),
        "byg054AntalEtager": np.where(
            is_outbuilding, "0", _text(buildings["floor_count"].fillna(0).astype(int))
        ),
    }


def _heat(buildings: pd.DataFrame, rng: np.random.Generator) -> dict[str, Spelled]:
    """Spell the heating."""
    count = len(buildings)
    installation = buildings["installation_code"].fillna("").to_numpy(dtype=object)
    may_have_more = np.isin(installation, ["2", "5", "6", "7"]) & (rng.random(count) < 0.55)
    more = rng.choice(["90", "2", "5", "1", "80"], count, p=[0.6, 0.32, 0.04, 0.02, 0.02])
    return {
        "byg056Varmeinstallation": installation,
        "byg057Opvarmningsmiddel": buildings["fuel_code"].fillna("").to_numpy(dtype=object),
        "byg058SupplerendeVarme": np.where(may_have_more, more, ""),
    }


def _text(numbers: pd.Series) -> ObjectArray:
    return numbers.astype(str).to_numpy(dtype=object)


def write_csv(rows: pd.DataFrame, path: Path) -> None:
    """Write the rows as the register delivers them: UTF-8, comma, quoted only where needed.

    Parameters
    ----------
    rows
        ``COLUMNS``.
    path
        File to write.
    """
    rows[list(COLUMNS)].to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def _stamps(count: int, rng: np.random.Generator) -> ObjectArray:
    first, last = pd.Timestamp(_FIRST_DATE), pd.Timestamp(REGISTER_DATE)
    seconds = rng.integers(0, int((last - first).total_seconds()), count)
    moments = first + pd.to_timedelta(seconds, unit="s")
    return np.asarray(moments.strftime("%Y-%m-%dT%H:%M:%SZ"), dtype=object)


def _years(year_built: pd.Series, rng: np.random.Generator) -> ObjectArray:
    unknown = rng.choice(["0", "1000", ""], len(year_built), p=[0.55, 0.4, 0.05])
    known = year_built.fillna(0).round().astype(int).astype(str).to_numpy(dtype=object)
    return np.where(year_built.isna().to_numpy(), unknown, known)


def _total(area: npt.NDArray[np.int64], rng: np.random.Generator) -> ObjectArray:
    """Total area: often empty, zero, or more than dwelling and business area together; seldom negative."""
    lot = rng.random(len(area))
    text = area.astype(str).astype(object)
    share = SHARES.total_area_missing
    text[lot < share] = "0"
    text[lot < 0.35 * share] = ""
    text[lot > 1 - SHARES.negative_total] = "-12"
    return text
