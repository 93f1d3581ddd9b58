"""BBR code lists, both generations, and what a code means for heat: group, customer, boiler, relevance.

The lists are facts of the official BBR code lists (version 2021-03-22, with the wording of 2017 and 2019
where it differs); the English labels, use groups and customer types are our own.
"""

from __future__ import annotations

import functools
from importlib import resources

import pandas as pd

__all__ = [
    "code_list",
    "customer_type",
    "describe",
    "is_edge_case",
    "is_gas",
    "is_heat_pump",
    "is_individually_heated",
    "is_listed",
    "is_oil",
    "is_phased_out",
    "is_relevant",
    "use_group",
]

UNKNOWN = "unknown"
_LISTS = (
    "use",
    "heating_installation",
    "heating_fuel",
    "supplementary_heating",
    "status",
    "outcome",  # our own: names in RegisterReport.counts
    "repair",  # our own: names in RegisterReport.repairs
    "check",  # our own: the register checks
    "installation",  # the classes of technical installations that tell of heating
    "tank_content",
)
_TEXT_COLUMNS = (
    "label_da",
    "label_en",
    "label_da_old",
    "use_group",
    "customer_type",
    "severity",
    "effect",
    "evidence",
    "scope",
)
_HEAT_PUMP = "5"
_STOVE_OR_RADIATOR = ("3", "8")


@functools.cache
def _read(name: str) -> pd.DataFrame:
    entry = resources.files("screening.register") / "codes" / f"{name}.csv"
    with resources.as_file(entry) as path:
        table = pd.read_csv(path, dtype=str, keep_default_na=False).set_index("code")
    for column in table.columns.difference(list(_TEXT_COLUMNS)):
        table[column] = table[column] == "1"
    return table


def code_list(name: str) -> pd.DataFrame:
    """Give one of the packaged code lists.

    Parameters
    ----------
    name
        "use", "heating_installation", "heating_fuel", "supplementary_heating" or "status"; "outcome" and
        "repair", the names that the register report uses; "check", the register checks; "installation" and
        "tank_content", technical installations that tell of heating.

    Returns
    -------
    pandas.DataFrame
        Indexed by code: ``label_da``, ``label_en``, ``label_da_old`` (an older generation's wording where
        it differs) and the list's own flags.

    Raises
    ------
    KeyError
        If there is no such list.

    Examples
    --------
    >>> code_list("heating_installation").loc["2", "label_en"]
    'Central heating with one boiler (firing unit)'
    """
    if name not in _LISTS:
        raise KeyError(f"No code list {name!r}; known: {', '.join(_LISTS)}.")
    return _read(name).copy()


def describe(codes: pd.Series, name: str, language: str = "da") -> pd.Series:
    """Label of each code, "Ukendt kode" or "Ikke oplyst" where there is none.

    Parameters
    ----------
    codes
        BBR codes as text.
    name
        The code list, see ``code_list``.
    language
        "da", or "en" for the English labels.

    Returns
    -------
    pandas.Series
        Labels on the same index.

    Examples
    --------
    >>> describe(pd.Series(["7", "x", None]), "heating_fuel").tolist()
    ['Naturgas', 'Ukendt kode x', 'Ikke oplyst']
    >>> describe(pd.Series(["7", None]), "heating_fuel", "en").tolist()
    ['Natural gas', 'Not stated']
    """
    english = language == "en"
    labels = codes.map(_read(name)["label_en" if english else "label_da"]).astype(object)
    unlisted = labels.isna() & codes.notna()
    told = "Unknown code " if english else "Ukendt kode "
    labels = labels.mask(unlisted, told + codes.astype(object).fillna("").astype(str))
    return labels.fillna("Not stated" if english else "Ikke oplyst")


def is_listed(codes: pd.Series, name: str) -> pd.Series:
    """Tell whether each code stands on the code list.

    Parameters
    ----------
    codes
        BBR codes as text.
    name
        The code list, see ``code_list``.

    Returns
    -------
    pandas.Series
        Booleans on the same index; False where the code is missing.
    """
    return codes.isin(_read(name).index)


def is_phased_out(use_codes: pd.Series) -> pd.Series:
    """Tell whether each use code is one of the sixteen that are being phased out.

    Parameters
    ----------
    use_codes
        BBR byg021.

    Returns
    -------
    pandas.Series
        Booleans on the same index.
    """
    return _flag(use_codes, "use", "is_phased_out", missing=False)


def is_relevant(use_codes: pd.Series) -> pd.Series:
    """Tell whether buildings of this use belong in the screening.

    Left out are summer houses and other seasonal dwellings (510, 540, 585) and outbuildings (910 to 990).
    A missing or unlisted code and 999 (unknown building) stay in: what is not known is not left out.

    Parameters
    ----------
    use_codes
        BBR byg021, either generation.

    Returns
    -------
    pandas.Series
        Booleans on the same index.

    Examples
    --------
    >>> is_relevant(pd.Series(["120", "510", "930", None])).tolist()
    [True, False, False, True]
    """
    return _flag(use_codes, "use", "is_relevant", missing=True)


def use_group(use_codes: pd.Series) -> pd.Series:
    """Group of each use for the heat demand; "unknown" for 999, a missing or an unlisted code.

    Parameters
    ----------
    use_codes
        BBR byg021, either generation.

    Returns
    -------
    pandas.Series
        Group names on the same index: detached_house, terraced_house, apartment, institution,
        office_retail, industry, storage_transport, energy_supply, farm_production, culture,
        public_service, sport, leisure, holiday_house, unheated, unknown.

    Examples
    --------
    >>> use_group(pd.Series(["120", "130", "321", "777"])).tolist()
    ['detached_house', 'terraced_house', 'office_retail', 'unknown']
    """
    return use_codes.map(_read("use")["use_group"]).astype(object).fillna(UNKNOWN)


def customer_type(use_codes: pd.Series) -> pd.Series:
    """Kind of customer: "dwelling", "business", "public", or "unknown" (outbuildings, unlisted codes).

    Parameters
    ----------
    use_codes
        BBR byg021, either generation.

    Returns
    -------
    pandas.Series
        Names on the same index.

    Examples
    --------
    >>> customer_type(pd.Series(["120", "322", "421", "910"])).tolist()
    ['dwelling', 'business', 'public', 'unknown']
    """
    return use_codes.map(_read("use")["customer_type"]).astype(object).fillna(UNKNOWN)


def is_oil(installation: pd.Series, fuel: pd.Series) -> pd.Series:
    """Tell which buildings have an oil boiler: central heating (byg056 2 or 6) on liquid fuel (byg057 3).

    An oil stove (byg056 3) is no boiler: it has no water-borne system. ``is_edge_case`` finds those.

    Parameters
    ----------
    installation
        BBR byg056.
    fuel
        BBR byg057.

    Returns
    -------
    pandas.Series
        Booleans on the same index.

    Examples
    --------
    >>> is_oil(pd.Series(["2", "6", "3", "2"]), pd.Series(["3", "3", "3", "7"])).tolist()
    [True, True, False, False]
    """
    return _has_boiler(installation) & _flag(fuel, "heating_fuel", "is_oil", missing=False)


def is_gas(installation: pd.Series, fuel: pd.Series) -> pd.Series:
    """Tell which buildings have a gas boiler: central heating (byg056 2 or 6) on gas (byg057 7 or 2).

    Parameters
    ----------
    installation
        BBR byg056.
    fuel
        BBR byg057.

    Returns
    -------
    pandas.Series
        Booleans on the same index.

    Examples
    --------
    >>> is_gas(pd.Series(["2", "6", "8", "1"]), pd.Series(["7", "2", "7", "7"])).tolist()
    [True, True, False, False]
    """
    return _has_boiler(installation) & _flag(fuel, "heating_fuel", "is_gas", missing=False)


def is_edge_case(installation: pd.Series, fuel: pd.Series) -> pd.Series:
    """Tell which buildings burn oil or gas without a boiler: stoves (byg056 3) and gas radiators (8).

    Parameters
    ----------
    installation
        BBR byg056.
    fuel
        BBR byg057.

    Returns
    -------
    pandas.Series
        Booleans on the same index; none of them is in ``is_oil`` or ``is_gas``.
    """
    fossil = _flag(fuel, "heating_fuel", "is_oil", missing=False) | _flag(
        fuel, "heating_fuel", "is_gas", missing=False
    )
    return installation.isin(_STOVE_OR_RADIATOR) & fossil


def is_individually_heated(installation: pd.Series) -> pd.Series:
    """Tell which buildings heat themselves: byg056 2, 3, 5, 6, 7 or 8, not district heating, not none.

    Parameters
    ----------
    installation
        BBR byg056.

    Returns
    -------
    pandas.Series
        Booleans on the same index.
    """
    return _flag(installation, "heating_installation", "is_individual", missing=False)


def is_heat_pump(installation: pd.Series) -> pd.Series:
    """Tell which buildings have a heat pump as main heating (byg056 5).

    Parameters
    ----------
    installation
        BBR byg056.

    Returns
    -------
    pandas.Series
        Booleans on the same index.
    """
    return installation.isin([_HEAT_PUMP])


def _has_boiler(installation: pd.Series) -> pd.Series:
    return _flag(installation, "heating_installation", "is_boiler", missing=False)


def _flag(codes: pd.Series, name: str, column: str, *, missing: bool) -> pd.Series:
    """Look a flag up; ``missing`` is the answer for codes on no list."""
    table = _read(name)
    chosen = codes.isin(table.index[table[column]])
    return chosen | ~codes.isin(table.index) if missing else chosen
