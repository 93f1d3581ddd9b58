"""Views of towns as they come and as they hardly ever come, with economics worked out by the stage itself."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from factories import CRS, join_in_a_row, make_overview, make_town
from screening import economics
from screening.report import chapters, page
from screening.report.texts import LANGUAGES

if TYPE_CHECKING:
    from screening.views import Overview, Town

COUNTS = pd.Series(
    {
        "rows_read": 131,
        "kept": 112,
        "dropped_status_not_standing": 14,
        "dropped_version_ended": 5,
        "dropped_no_coordinate": 0,
    },
    name="rows",
)
HOSTILE = '<script>alert("x")</script> & Søn'


def with_economics(town: Town, key_figures: pd.DataFrame | None = None) -> Town:
    """The town with tables that the economics stage made from its key figures (index area)."""
    if key_figures is None:
        key_figures = town.key_figures.to_frame().T.set_axis([town.area]).rename_axis("area").infer_objects()
    table = key_figures.reset_index()
    made = economics.screen_areas(table, town.assumptions)
    tables = {
        "investments": economics.investments,
        "company": economics.company_economy,
        "user": economics.user_economy,
        "society": economics.society_economy,
        "bills": economics.bills_by_year,
        "house_prices": economics.house_prices,
        "cash_flow": economics.cash_flow,
        "reconciliation": economics.reconciliation,
        "sensitivity": economics.sensitivity,
        "break_even": economics.break_even,
    }
    drawn = economics.simulate(table, town.assumptions, draw_count=128)
    rows_of = {name: make(table, town.assumptions) for name, make in tables.items()}
    rows_of |= {"uncertainty": drawn.summary().reset_index(), "drivers": drawn.drivers()}
    cut = {}
    for name, rows in rows_of.items():
        cut[name] = rows[rows["area"] == town.area].reset_index(drop=True)
    types = economics.typical_houses(town.buildings, table, town.assumptions)
    cut["typical_houses"] = types[types["area"] == town.area].reset_index(drop=True)
    cut["area_groups"], cut["joining"] = join_in_a_row(table.assign(town=town.town))
    return replace(
        town,
        register_counts=COUNTS,
        key_figures=key_figures.loc[town.area],
        economics=made.loc[town.area],
        parts=key_figures.join(made),
        **cut,
    )


def large(town: Town) -> Town:
    """Key figures of a town of 191 customers, as dense as such towns are."""
    figures = {
        "individual_count": 246,
        "oil_gas_count": 191,
        "individual_heat_mwh": 6982.0,
        "oil_gas_heat_mwh": 5884.0,
        "area_km2": 5884 / 18.0 / 1000,
        "density_kwh_per_m2": 18.0,
        "oil_gas_share": 0.84,
        "heat_pump_count": 10,
        "heat_pump_share": 0.04,
        "oil_count": 23,
        "gas_count": 168,
    }
    row = pd.DataFrame([figures], index=pd.Index([town.area], name="area"))
    return with_economics(town, row)


def without_boilers(town: Town) -> Town:
    """All heated by heat pumps: nothing to trim to, nothing to sell to."""
    buildings = town.buildings.assign(is_oil=False, is_gas=False, is_oil_gas=False, is_in_trimmed=False)
    buildings["heating_installation_code"] = "5"
    buildings["heating_fuel_code"] = "1"
    figures = town.key_figures.copy()
    figures[["oil_gas_count", "oil_count", "gas_count"]] = 0
    figures[["oil_gas_heat_mwh", "area_km2", "oil_gas_share"]] = 0.0
    figures["density_kwh_per_m2"] = np.nan
    nothing = gpd.GeoDataFrame(
        {"area": [town.area], "area_km2": [0.0], "original_km2": town.trimmed["original_km2"]},
        geometry=[shapely.Polygon()],
        crs=CRS,
    )
    changed = replace(
        town, buildings=buildings, key_figures=figures, trimmed=nothing,
        communities=town.communities.iloc[:0],
        members=pd.Series(pd.NA, index=buildings.index, dtype="Int64"), supply_areas=None,
    )  # fmt: skip
    return with_economics(changed)


def without_gas(town: Town) -> Town:
    """Every boiler burns oil."""
    buildings = town.buildings.assign(is_oil=town.buildings["is_oil_gas"], is_gas=False)
    figures = town.key_figures.copy()
    figures["oil_count"], figures["gas_count"] = figures["oil_gas_count"], 0
    return with_economics(replace(town, buildings=buildings, key_figures=figures))


def with_gaps(town: Town) -> Town:
    """Missing numbers wherever a table allows them, no date, no neighbours."""
    buildings = town.buildings.assign(
        year_built=np.nan, area_m2=np.nan, heat_demand_mwh=np.nan, heat_demand_source="unknown"
    )
    figures = town.key_figures.copy()
    figures[["oil_gas_share", "heat_pump_share"]] = np.nan
    checks = town.register_checks.assign(share=np.nan, heat_demand_mwh=np.nan)
    return with_economics(
        replace(
            town,
            buildings=buildings,
            key_figures=figures,
            register_checks=checks,
            municipality=replace(town.municipality, register_date="", is_synthetic=False),
            supply_areas=town.supply_areas.iloc[:0],
        )
    )


def unknown_demand(town: Town) -> Town:
    """Boilers there are, but the register knows the area of none of them."""
    figures = town.key_figures.copy()
    figures[["oil_gas_heat_mwh", "individual_heat_mwh", "density_kwh_per_m2"]] = 0.0
    figures["oil_gas_share"] = np.nan
    buildings = town.buildings.assign(heat_demand_mwh=np.nan, heat_demand_source="unknown")
    return with_economics(replace(town, buildings=buildings, key_figures=figures))


def hostile(town: Town) -> Town:
    """Names that would run as code if they were not escaped."""
    table = {"area": [HOSTILE], "town": [HOSTILE]}
    named = replace(
        town,
        area=HOSTILE,
        town=HOSTILE,
        municipality=replace(town.municipality, name=HOSTILE, register_date=HOSTILE),
        original=gpd.GeoDataFrame(table, geometry=town.original.geometry.to_numpy(), crs=CRS),
        supply_areas=town.supply_areas.assign(supply_name=HOSTILE),
    )
    return with_economics(named)


def in_parts(town: Town) -> Town:
    """Four parts of one town, one of them without boilers."""
    figures = pd.DataFrame([large(town).key_figures] * 4)
    figures.index = pd.Index([town.area, "Nordby 2", "Nordby 3", "Nordby 4"], name="area")
    figures.loc["Nordby 3", ["oil_gas_count", "oil_count", "gas_count"]] = [61, 20, 41]
    figures.loc["Nordby 4", ["oil_gas_count", "oil_count", "gas_count"]] = 0
    figures.loc["Nordby 4", ["oil_gas_heat_mwh", "area_km2"]] = 0.0
    figures.loc["Nordby 4", "density_kwh_per_m2"] = np.nan
    return with_economics(replace(town, town="Nordby"), figures)


def bare(town: Town) -> Town:
    """A polygon in which the register has no building."""
    none = without_boilers(town)
    figures = none.key_figures.copy()
    figures[["individual_count", "heat_pump_count"]] = 0
    figures["individual_heat_mwh"] = 0.0
    figures[["oil_gas_share", "heat_pump_share"]] = np.nan
    return with_economics(
        replace(
            none,
            key_figures=figures,
            buildings=none.buildings.iloc[:0],
            outlines=none.outlines.iloc[:0],
            members=none.members.iloc[:0],
            register_checks=none.register_checks.assign(building_count=0, share=np.nan, heat_demand_mwh=0.0),
            register_doubt=none.register_doubt.iloc[:0],
            corrections=none.corrections.iloc[:0],
        )
    )


KINDS = {
    "usual": with_economics,
    "large": large,
    "without_boilers": without_boilers,
    "without_gas": without_gas,
    "with_gaps": with_gaps,
    "unknown_demand": unknown_demand,
    "hostile": hostile,
    "in_parts": in_parts,
    "bare": bare,
}


@pytest.fixture(scope="session")
def towns() -> dict[str, Town]:
    """Every kind of town by name."""
    return {name: make(make_town()) for name, make in KINDS.items()}


def renamed(table: pd.DataFrame, area: str) -> pd.DataFrame:
    """The table with a hostile name for an area, in groups too."""
    texts = table[table.columns.intersection(["area", "group", "members"])]
    return table.assign(**{name: texts[name].str.replace(area, HOSTILE, regex=False) for name in texts})


@pytest.fixture(scope="session")
def overviews() -> dict[str, Overview]:
    """The municipality as it comes, and as it hardly ever comes, by name."""
    usual = make_overview(register_counts=COUNTS)
    areas = usual.areas
    north = areas.assign(town=["Nordby", "Nordby", *areas["area"].iloc[2:]])
    return {
        "usual": usual,
        "in_parts": replace(usual, areas=north),
        "none_viable": replace(
            usual, areas=areas.assign(is_viable=False), communities=usual.communities.iloc[:0]
        ),
        "all_viable": replace(usual, areas=areas.assign(is_viable=True, advice="viable")),
        "hostile": replace(
            usual,
            areas=areas.assign(
                area=[HOSTILE, *areas["area"].iloc[1:]], user_price_district_heating_dkk_per_year=np.nan
            ),
            area_groups=renamed(usual.area_groups, areas["area"].iloc[0]),
            joining=renamed(usual.joining, areas["area"].iloc[0]),
            municipality=replace(usual.municipality, name=HOSTILE),
            failures={HOSTILE: HOSTILE},
        ),
    }


class Page(HTMLParser):
    """What a browser would see of a page, and every fault of its form."""

    VOID = frozenset(
        ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
    )

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        self.faults += [f"<{tag}> is not closed" for tag in self._open]

    @property
    def text(self) -> str:
        """Visible text, one blank between words."""
        return re.sub(r"\s+", " ", " ".join(self.words))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"<{tag}> has an attribute twice")
        given = {name: value or "" for name, value in attrs}
        self.elements.append((tag, given))
        if "id" in given:
            self.ids.append(given["id"])
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self._open[-3:]}")
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self._open):
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        """Attributes of every element of a kind."""
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(scope="session")
def read_page() -> type[Page]:
    """Reader of a page: visible text, elements, ids, faults."""
    return Page


@pytest.fixture(scope="session")
def rendered(towns: dict[str, Town]) -> dict[tuple[str, str], dict[str, str]]:
    """HTML of every chapter by kind of town and language."""
    return {
        (kind, language): {
            key: make(town, language).html.replace("\N{NO-BREAK SPACE}", " ")
            for key, make in chapters.CHAPTERS.items()
        }
        for kind, town in towns.items()
        for language in LANGUAGES
    }


@pytest.fixture(scope="session")
def pages(
    towns: dict[str, Town], rendered: dict[tuple[str, str], dict[str, str]]
) -> dict[tuple[str, str], str]:
    """Whole page by kind of town and language."""
    return {
        (kind, language): page.assemble(parts.values(), towns[kind], language)
        for (kind, language), parts in rendered.items()
    }


@pytest.fixture(scope="session")
def overview_pages(overviews: dict[str, Overview]) -> dict[tuple[str, str], str]:
    """Whole overview by kind and language."""
    return {
        (kind, language): page.assemble(
            [make(view, language).html for make in chapters.OVERVIEW_CHAPTERS.values()], view, language
        )
        for kind, view in overviews.items()
        for language in LANGUAGES
    }
