"""The register's own file: rows in the spelling of the BBR Fildownload CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from screening.register import customer_type
from screening.synthetic.plan import MUNICIPALITY_CODE, REGISTER_DATE, SHARES

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["COLUMNS", "make_ids", "spell", "write_csv"]

ObjectArray = npt.NDArray[np.object_]

# Field names and their order in the public download (BBR Bygning, version 2.4.4).
COLUMNS: tuple[str, ...] = (
    "forretningshændelse", "forretningsområde", "forretningsproces", "id_namespace", "id_lokalId", "kommunekode",
    "registreringFra", "registreringsaktør", "virkningFra", "virkningsaktør", "virkningTil", "status",
    "byg007Bygningsnummer", "byg021BygningensAnvendelse", "byg024AntalLejlighederMedKøkken",
    "byg025AntalLejlighederUdenKøkken", "byg026Opførelsesår", "byg027OmTilbygningsår",
    "byg032YdervæggensMateriale", "byg033Tagdækningsmateriale", "byg034SupplerendeYdervæggensMateriale",
    "byg035SupplerendeTagdækningsMateriale", "byg037KildeTilBygningensMaterialer", "byg038SamletBygningsareal",
    "byg039BygningensSamledeBoligAreal", "byg040BygningensSamledeErhvervsAreal", "byg041BebyggetAreal",
    "byg042ArealIndbyggetGarage", "byg043ArealIndbyggetCarport", "byg044ArealIndbyggetUdhus",
    "byg045ArealIndbyggetUdestueEllerLign", "byg046SamletArealAfLukkedeOverdækningerPåBygningen",
    "byg047ArealAfAffaldsrumITerrænniveau", "byg048AndetAreal", "byg049ArealAfOverdækketAreal",
    "byg050ArealÅbneOverdækningerPåBygningenSamlet", "byg051Adgangsareal", "byg053BygningsarealerKilde",
    "byg054AntalEtager", "byg056Varmeinstallation", "byg057Opvarmningsmiddel", "byg069Sikringsrumpladser",
    "byg094Revisionsdato", "byg130ArealAfUdvendigEfterisolering", "byg133KildeTilKoordinatsæt",
    "byg134KvalitetAfKoordinatsæt", "byg135SupplerendeOplysningOmKoordinatsæt", "byg136PlaceringPåSøterritorie",
    "byg302Tilflytterkommune", "byg404Koordinat", "byg406Koordinatsystem", "byg151Frihøjde", "jordstykke",
    "husnummer", "grund", "registreringTil", "byg058SupplerendeVarme", "byg052BeregningsprincipCarportAreal",
    "byg122Gyldighedsdato", "byg055AfvigendeEtager", "byg030Vandforsyning", "byg031Afløbsforhold",
    "byg113Byggeskadeforsikringsselskab", "byg121OmfattetAfByggeskadeforsikring", "byg119Udledningstilladelse",
    "byg114DatoForByggeskadeforsikring", "byg036AsbestholdigtMateriale", "byg070Fredning",
    "byg029DatoForMidlertidigOpførtBygning",
)  # fmt: skip

_ALWAYS_ZERO = (
    "byg024AntalLejlighederMedKøkken", "byg025AntalLejlighederUdenKøkken", "byg043ArealIndbyggetCarport",
    "byg046SamletArealAfLukkedeOverdækningerPåBygningen", "byg047ArealAfAffaldsrumITerrænniveau",
    "byg048AndetAreal", "byg050ArealÅbneOverdækningerPåBygningenSamlet", "byg051Adgangsareal",
    "byg069Sikringsrumpladser", "byg130ArealAfUdvendigEfterisolering", "byg136PlaceringPåSøterritorie",
    "byg302Tilflytterkommune", "byg151Frihøjde",
)  # fmt: skip
_FIRST_DATE = "2017-06-02"


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
        ``building_id``, ``plot_id``, ``use_code``, ``year_built``, ``area_m2``, ``footprint_m2``, ``floor_count``,
        ``installation_code``, ``fuel_code``, ``x_m``, ``y_m``.
    rng
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        ``COLUMNS``; missing values are empty text.
    """
    count = len(buildings)
    use = buildings["use_code"].astype(object)
    is_dwelling = ((customer_type(use) == "dwelling") | (use == "510")).to_numpy()
    is_outbuilding = use.str.startswith("9").to_numpy()
    area = buildings["area_m2"].round().fillna(0).astype(int).to_numpy()
    dwelling = np.where(is_dwelling & ~is_outbuilding, area, 0)
    business = np.where(~is_dwelling & ~is_outbuilding, area, 0)
    stamps = _stamps(count, rng)
    rows = pd.DataFrame("", index=range(count), columns=list(COLUMNS), dtype=object)
    rows["forretningshændelse"] = "Bygning"
    rows["forretningsområde"] = "54.15.05.05"
    rows["forretningsproces"] = rng.choice(["25", "4", "2", "9", "3"], count, p=[0.6, 0.24, 0.08, 0.05, 0.03])
    rows["id_namespace"] = "http://data.gov.dk/bbr/bygning"
    rows["id_lokalId"] = buildings["building_id"].to_numpy(dtype=object)
    rows["kommunekode"] = MUNICIPALITY_CODE
    rows["registreringFra"] = stamps
    rows["registreringsaktør"] = "BBR"
    rows["virkningFra"] = stamps
    rows["virkningsaktør"] = rng.choice(
        ["EksterntSystem", "Konvertering2017", "Registerfører"], count, p=[0.55, 0.3, 0.15]
    )
    rows["status"] = "6"
    rows["byg007Bygningsnummer"] = (
        (buildings.groupby("plot_id").cumcount() + 1).astype(str).to_numpy(dtype=object)
    )
    rows["byg021BygningensAnvendelse"] = use.to_numpy()
    rows["byg026Opførelsesår"] = _years(buildings["year_built"], rng)
    rows["byg027OmTilbygningsår"] = "0"
    rows["byg032YdervæggensMateriale"] = rng.choice(["1", "5", "2", "4"], count, p=[0.72, 0.2, 0.05, 0.03])
    rows["byg033Tagdækningsmateriale"] = rng.choice(
        ["3", "5", "2", "4", "1"], count, p=[0.35, 0.25, 0.15, 0.13, 0.12]
    )
    rows["byg037KildeTilBygningensMaterialer"] = rng.choice(["1", "2", "5"], count)
    rows["byg038SamletBygningsareal"] = _total(dwelling + business, rng)
    rows["byg039BygningensSamledeBoligAreal"] = dwelling.astype(str).astype(object)
    rows["byg040BygningensSamledeErhvervsAreal"] = business.astype(str).astype(object)
    rows["byg041BebyggetAreal"] = (
        buildings["footprint_m2"].round().astype(int).astype(str).to_numpy(dtype=object)
    )
    for column in (*_ALWAYS_ZERO, "byg042ArealIndbyggetGarage", "byg044ArealIndbyggetUdhus",
                   "byg045ArealIndbyggetUdestueEllerLign", "byg049ArealAfOverdækketAreal"):  # fmt: skip
        rows[column] = "0"
    rows["byg044ArealIndbyggetUdhus"] = np.where(
        rng.random(count) < 0.05, rng.integers(5, 20, count).astype(str), "0"
    )
    rows["byg053BygningsarealerKilde"] = rng.choice(["1", "2", "5"], count)
    floors = buildings["floor_count"].fillna(0).astype(int).astype(str).to_numpy(dtype=object)
    rows["byg054AntalEtager"] = np.where(is_outbuilding, "0", floors)
    rows["byg056Varmeinstallation"] = buildings["installation_code"].fillna("").to_numpy(dtype=object)
    rows["byg057Opvarmningsmiddel"] = buildings["fuel_code"].fillna("").to_numpy(dtype=object)
    heated = rows["byg056Varmeinstallation"].isin(["2", "5", "6", "7"]).to_numpy()
    extra = rng.choice(["90", "2", "5", "1", "80"], count, p=[0.6, 0.32, 0.04, 0.02, 0.02])
    rows["byg058SupplerendeVarme"] = np.where(heated & (rng.random(count) < 0.55), extra, "")
    rows["byg094Revisionsdato"] = np.where(rng.random(count) < 0.85, _stamps(count, rng), "")
    rows["byg133KildeTilKoordinatsæt"] = rng.choice(["K", "M", "E"], count, p=[0.65, 0.3, 0.05])
    rows["byg134KvalitetAfKoordinatsæt"] = rng.choice(["1", "2", "3"], count, p=[0.76, 0.2, 0.04])
    rows["byg135SupplerendeOplysningOmKoordinatsæt"] = rng.choice(["11", "21"], count, p=[0.7, 0.3])
    space = np.where(rng.random(count) < 0.9, " ", "")
    rows["byg404Koordinat"] = [
        f"POINT{gap}({x:.2f} {y:.2f})"
        for gap, x, y in zip(space, buildings["x_m"], buildings["y_m"], strict=True)
    ]
    rows["byg406Koordinatsystem"] = "5"
    plots = buildings["plot_id"].to_numpy(dtype=object)
    known = {plot: n for n, plot in enumerate(dict.fromkeys(plots))}
    houses, grounds = make_ids(len(known), rng), make_ids(len(known), rng)
    number = np.array([known[plot] for plot in plots])
    rows["jordstykke"] = (9_000_000 + number).astype(str)  # far above the numbers in use
    rows["husnummer"], rows["grund"] = houses[number], grounds[number]
    return rows


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
