"""What the default municipality is made after: published figures first, then what is invented.

Published: the 15 areas of table 1 and the 36 energy communities of the note named in ``SOURCE``. Town
centres are read off a map, good to a kilometre. Everything else here (directions of streets, sizes of
plots, shares of heating forms, faults) is invented so that the map looks like Danish towns.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = [
    "AREAS",
    "COMMUNITIES",
    "MUNICIPALITY_CODE",
    "NAME",
    "REGISTER_DATE",
    "SHARES",
    "SOURCE",
    "AreaPlan",
    "Business",
    "CommunityPlan",
    "Shares",
]

NAME = "Helsingør 2022 (replica)"
MUNICIPALITY_CODE = "0217"
REGISTER_DATE = "2022-10-01"
SOURCE = (
    "Syntetiske data, lavet af værktøjets egen kode med fast frø: antal og summer følger tabel 1 i COWI,"
    " Kortlægning af lokalvarme og energifællesskaber, Helsingør Kommune, v2.0, 26-10-2022; ingen bygning,"
    " vej eller grænse er virkelig."
)


@dataclass(frozen=True)
class Shares:
    """Invented shares and sizes that hold for every area."""

    oil: float = 0.25  # of the oil and gas buildings
    two_boilers: float = 0.04  # boilers with two firing units, of the oil and gas buildings
    house_mwh: float = 17.0  # mean heat of a house that does not count [MWh/year]
    summer_house_m2: tuple[float, float] = (48.0, 96.0)  # heated area of summer houses [m2]
    house_spread: float = 0.28  # spread of house sizes (of the logarithm)
    house_uses: tuple[float, float, float] = (0.97, 0.02, 0.01)  # use codes 120, 110, 190
    year_missing: float = 0.04  # year of construction unknown, of the houses
    garage: float = 0.62  # detached houses with garage or carport
    shed: float = 0.45  # detached houses with a shed
    outline_missing: float = 0.02  # houses without a mapped outline
    upper_case_id: float = 0.02
    code_without_zero: float = 0.03
    total_area_missing: float = 0.45  # byg038 empty or 0 though the dwelling area is known
    negative_total: float = 0.002
    negative_garage: float = 0.003
    old_code: float = 0.3  # of the buildings whose use has a code of the older generation
    other_status: float = 0.08  # rows of buildings demolished, planned or entered by mistake
    ended_version: float = 0.01
    repeated: float = 0.002
    farms: int = 90
    nowhere: float = 0.02  # standing buildings without coordinates
    unlinked_outline: float = 0.03  # outlines without a building in the register


SHARES = Shares()


@dataclass(frozen=True)
class CommunityPlan:
    """A published community: how many buildings share how much heat, and where it is placed here.

    Parameters
    ----------
    number
        Id in the published table.
    area
        Area it is placed in (invented).
    building_count
        Buildings. [1]
    heat_mwh
        Heat demand. [MWh/year]
    """

    number: int
    area: str
    building_count: int
    heat_mwh: float


@dataclass(frozen=True)
class Business:
    """Large single buildings with a boiler (invented).

    Parameters
    ----------
    use_code
        BBR use code.
    heat_mwh
        Heat demand of each. [MWh/year]
    count
        How many. [1]
    is_fossil
        Whether heated by oil or gas; else by straw, wood or electricity.
    """

    use_code: str
    heat_mwh: float
    count: int = 1
    is_fossil: bool = True


@dataclass(frozen=True)
class AreaPlan:
    """One area: the published row of table 1, and the invented look of the place.

    Parameters
    ----------
    name, town
        Area, and the town it is a part of.
    individual_count, oil_gas_count, heat_pump_count
        Published counts. [1]
    individual_heat_mwh, oil_gas_heat_mwh
        Published sums. [MWh/year]
    density_kwh_per_m2
        Published density of the oil and gas buildings' heat over the trimmed area. [kWh/m2]
    latitude, longitude
        Where the streets start: the middle of a whole town, the common corner of a town's parts. [degrees]
    bearing
        Direction of the main street, counterclockwise from east. [degrees]
    aspect
        Length of the town over its width. [1]
    quadrant
        Signs of the half-planes that a part keeps to, along and across the main street; 0 is both.
    spare_share
        Houses in the built-up part that do not count, over those that do: summer houses, block heating,
        no heating registered. [1]
    outskirt_share
        The same for the quarter outside the built-up part. [1]
    summer_share
        Of the houses that do not count, how many are summer houses. [1]
    is_coastal
        Whether the streets follow the coast.
    year
        Typical year of construction. [calendar year]
    businesses
        Large single buildings.
    shift_m
        How far the origin is moved across the main street, away from its border. [m]
    """

    name: str
    town: str
    individual_count: int
    oil_gas_count: int
    individual_heat_mwh: float
    oil_gas_heat_mwh: float
    density_kwh_per_m2: float
    heat_pump_count: int
    latitude: float
    longitude: float
    bearing: float
    aspect: float
    year: int
    quadrant: tuple[int, int] = (0, 0)
    spare_share: float = 0.06
    outskirt_share: float = 0.12
    summer_share: float = 0.2
    is_coastal: bool = False
    businesses: tuple[Business, ...] = field(default=())
    shift_m: float = 0.0

    @property
    def trimmed_m2(self) -> float:
        """Trimmed area, in m2, that the published density implies."""
        return 1000.0 * self.oil_gas_heat_mwh / self.density_kwh_per_m2


# The published row first: name, town, n_ind, n_og, MWh_ind, MWh_og, density, heat pumps.
AREAS: tuple[AreaPlan, ...] = (
    AreaPlan(
        "Havreholm", "Havreholm", 15, 9, 492, 303, 10.3, 3, 56.0405, 12.4380, 70, 1.3, 1925,
        outskirt_share=0.5, businesses=(Business("110", 45), Business("223", 60), Business("331", 85,
        is_fossil=False)),
    ),
    AreaPlan(
        "Hellebæk", "Hellebæk", 246, 191, 6982, 5884, 18.0, 10, 56.0711, 12.5570, -43, 1.5, 1938,
        quadrant=(0, -1), is_coastal=True, summer_share=0.4,
        businesses=(Business("413", 60), Business("223", 48), Business("334", 42, is_fossil=False)),
    ),
    AreaPlan(
        "Horserød", "Horserød", 7, 5, 433, 187, 5.5, 1, 56.0290, 12.4930, 35, 1.2, 1930,
        spare_share=0.6, outskirt_share=0.8, summer_share=0.0,
        businesses=(Business("110", 62), Business("223", 50), Business("444", 225, is_fossil=False)),
    ),
    AreaPlan(
        "Kvistgård1", "Kvistgård", 179, 142, 3990, 3337, 15.2, 18, 55.9985, 12.5000, 68, 1.2, 1968,
        quadrant=(1, 1),
        businesses=(Business("421", 310), Business("323", 130), Business("334", 75), Business("223", 95)),
    ),
    AreaPlan(
        "Kvistgård2", "Kvistgård", 71, 61, 6892, 6440, 17.6, 1, 55.9985, 12.5000, 68, 1.3, 1974,
        quadrant=(1, -1), spare_share=0.1, outskirt_share=0.0, summer_share=0.0,
        businesses=(
            Business("222", 470, 3), Business("221", 350, 2), Business("323", 210, 7),
            Business("229", 140, 6), Business("223", 90, 9),
            Business("222", 75, 6), Business("323", 105, is_fossil=False),
            Business("223", 80, 2, is_fossil=False),
        ),
    ),
    AreaPlan(
        "Kvistgård3", "Kvistgård", 124, 104, 2123, 1791, 11.1, 9, 55.9985, 12.5000, 68, 1.2, 1976,
        quadrant=(-1, 1), businesses=(Business("414", 70), Business("223", 45)),
    ),
    AreaPlan(
        "Kvistgård4", "Kvistgård", 63, 58, 5671, 5505, 17.9, 1, 55.9985, 12.5000, 68, 1.3, 1979,
        quadrant=(-1, -1), spare_share=0.1, outskirt_share=0.0, summer_share=0.0,
        businesses=(
            Business("222", 420, 3), Business("323", 190, 8), Business("229", 130, 7),
            Business("223", 85, 10), Business("323", 70, is_fossil=False),
        ),
    ),
    AreaPlan(
        "Langesø", "Langesø", 5, 4, 102, 89, 2.9, 1, 56.0330, 12.5120, -20, 1.4, 1955,
        spare_share=4.0, outskirt_share=22.0, summer_share=0.97,
    ),
    AreaPlan(
        "Nygård", "Nygård", 49, 32, 1149, 899, 13.7, 8, 56.0160, 12.5250, 80, 1.2, 1955,
        spare_share=0.0, outskirt_share=0.25, businesses=(Business("441", 95), Business("223", 55)),
    ),
    AreaPlan(
        "Saunte", "Saunte", 86, 62, 2389, 1930, 11.5, 7, 56.0490, 12.4880, 15, 1.6, 1935,
        outskirt_share=0.2,
        businesses=(Business("421", 260), Business("110", 48, 3), Business("223", 62), Business("415", 55)),
    ),
    AreaPlan(
        "Skibstrup", "Skibstrup", 11, 10, 359, 352, 15.1, 0, 56.0570, 12.5160, -60, 1.3, 1915,
        spare_share=0.1, outskirt_share=0.6, summer_share=0.0,
        businesses=(Business("110", 52, 2), Business("223", 64)),
    ),
    AreaPlan(
        "Stenstrup", "Stenstrup", 240, 53, 3264, 782, 2.5, 101, 56.0830, 12.4970, -4, 1.5, 1972,
        spare_share=0.1, outskirt_share=1.3, summer_share=0.97,
    ),
    AreaPlan(
        "Ålsgårde1", "Ålsgårde", 473, 368, 8675, 7099, 12.2, 44, 56.0824, 12.5325, -34, 1.4, 1961,
        quadrant=(-1, -1), is_coastal=True, summer_share=0.7, outskirt_share=0.2,
        businesses=(Business("415", 60), Business("223", 45, 2)),
    ),
    AreaPlan(
        "Ålsgårde2", "Ålsgårde", 768, 613, 15750, 13419, 14.6, 54, 56.0824, 12.5325, -34, 1.2, 1957,
        quadrant=(1, -1), is_coastal=True, summer_share=0.5,
        businesses=(
            Business("421", 420), Business("414", 110), Business("334", 60, 2), Business("223", 65, 3),
            Business("323", 85), Business("533", 230),
        ),
    ),
    AreaPlan(
        "Ålsgårde3", "Ålsgårde", 175, 128, 3836, 2886, 10.4, 21, 56.0761, 12.5249, -34, 1.4, 1971,
        quadrant=(-1, -1), outskirt_share=0.2, businesses=(Business("441", 85), Business("223", 50)),
    ),
)  # fmt: skip

# Published list (id, buildings, MWh/year); which area each is placed in is invented.
COMMUNITIES: tuple[CommunityPlan, ...] = tuple(
    CommunityPlan(*row)
    for row in (
        (0, "Kvistgård1", 12, 115), (1, "Ålsgårde3", 18, 675), (2, "Ålsgårde2", 7, 123),
        (3, "Ålsgårde2", 13, 395), (4, "Ålsgårde1", 6, 49), (5, "Kvistgård3", 8, 124),
        (6, "Hellebæk", 5, 72), (7, "Ålsgårde3", 6, 196), (8, "Hellebæk", 6, 72),
        (9, "Kvistgård3", 11, 116), (10, "Hellebæk", 6, 63), (11, "Ålsgårde2", 21, 203),
        (12, "Kvistgård3", 7, 60), (13, "Ålsgårde1", 19, 777), (14, "Ålsgårde2", 5, 42),
        (15, "Kvistgård3", 17, 159), (16, "Ålsgårde3", 8, 120), (17, "Ålsgårde1", 7, 104),
        (18, "Ålsgårde2", 6, 88), (19, "Kvistgård1", 14, 307), (20, "Ålsgårde1", 5, 212),
        (21, "Ålsgårde3", 5, 87), (22, "Ålsgårde3", 7, 105), (23, "Ålsgårde1", 8, 120),
        (24, "Ålsgårde2", 6, 115), (25, "Ålsgårde1", 9, 86), (26, "Hellebæk", 52, 3024),
        (27, "Ålsgårde2", 5, 100), (28, "Ålsgårde1", 7, 105), (29, "Kvistgård1", 14, 202),
        (30, "Kvistgård4", 16, 491), (31, "Ålsgårde1", 5, 53), (32, "Ålsgårde2", 7, 257),
        (33, "Kvistgård2", 8, 515), (34, "Ålsgårde2", 27, 2493), (35, "Kvistgård1", 7, 188),
    )
)  # fmt: skip

# A fringe of the large town next door, all on district heating, outside the 15 areas (invented).
FRINGE = AreaPlan(
    "Helsingør vest", "Helsingør", 0, 0, 0.0, 0.0, 1.0, 0, 56.0545, 12.5760, -44, 1.5, 1964,
    quadrant=(0, -1), summer_share=0.0,
)  # fmt: skip
FRINGE_HOUSES = 420
FRINGE_PLOT_M2 = 860.0
SUPPLY_NAME = "Helsingør fjernvarme (syntetisk)"
SUPPLY_MARGIN_M = 250.0  # the supply area reaches this far beyond the fringe

# Country roads from one main street to another, by name; the last ones lead out of the municipality.
ROAD_LINKS: tuple[tuple[str, str], ...] = (
    ("Stenstrup", "Ålsgårde1"), ("Ålsgårde1", "Ålsgårde2"), ("Ålsgårde2", "Hellebæk"),
    ("Hellebæk", "Helsingør vest"), ("Ålsgårde3", "Skibstrup"),
    ("Skibstrup", "Saunte"), ("Skibstrup", "Langesø"), ("Saunte", "Havreholm"), ("Saunte", "Stenstrup"),
    ("Saunte", "Horserød"), ("Horserød", "Langesø"), ("Langesø", "Helsingør vest"), ("Langesø", "Nygård"),
    ("Nygård", "Kvistgård2"), ("Horserød", "Kvistgård1"), ("Kvistgård1", "Kvistgård2"),
    ("Kvistgård1", "Kvistgård3"), ("Kvistgård2", "Kvistgård4"),
)  # fmt: skip
FARM_REGION: tuple[tuple[float, float], ...] = (
    (56.0900, 12.4500), (56.0700, 12.5600), (56.0450, 12.5900), (56.0050, 12.5600), (55.9880, 12.5200),
    (55.9900, 12.4750), (56.0200, 12.4200), (56.0600, 12.4150),
)  # fmt: skip
