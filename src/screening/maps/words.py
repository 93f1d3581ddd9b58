"""Words of the maps, Danish and English."""

from __future__ import annotations

from screening.errors import UnknownNameError

__all__ = ["WORDS", "words"]

WORDS: dict[str, dict[str, str]] = {
    "da": {
        "map": "Kort",
        "legend": "Signaturer",
        "whole": "Vis hele området",
        "zoom_in": "Zoom ind",
        "zoom_out": "Zoom ud",
        "town_subtitle": "Lokalvarme og energifællesskaber",
        "overview_subtitle": "Kan det betale sig at bygge lokalvarme?",
        "synthetic": "Syntetiske data",
        "original": "Byområde",
        "trimmed": "Afgrænset område",
        "oil": "Oliefyr",
        "gas": "Gasfyr",
        "heat_pump": "Varmepumpe",
        "other": "Anden egen varmeforsyning",
        "outline": "Øvrige bygninger",
        "road": "Veje",
        "density": "Varmetæthed, kWh/m² jord om året",
        "density_criterion": "Kriterium for lokalvarme: {limit} kWh/m²",
        "density_contour": "Mindst {limit} kWh/m² i gennemsnit inden for {radius} m",
        "community_small": "Energifællesskab, højst {limit} kW",
        "community_large": "Energifællesskab over {limit} kW",
        "community": "Energifællesskab {number}",
        "members": "Bygninger i fællesskab",
        "part": "Dele på højst {limit} kW (forslag)",
        "part_number": "Fællesskab {number}, del {part}",
        "cut_link": "Forbindelse, der ikke lægges rør i",
        "left_out": "Bygning uden for delene",
        "lost": "Tab ved at skære her",
        "gain": "Gevinst",
        "distance": "Afstand",
        "site": "Mulig plads til anlægget (forslag)",
        "noise": "Støj over grænsen: {distance} m",
        "site_number": "Plads {number}",
        "site_dwelling": "Til nærmeste bolig",
        "site_edge": "Til det afgrænsede område",
        "site_heat": "Til varmens tyngdepunkt",
        "supply": "Fjernvarmeområde",
        "unknown": "ukendt",
        "use": "Anvendelse",
        "year": "Opført",
        "heated_area": "Opvarmet areal",
        "heating": "Opvarmning",
        "demand": "Varmebehov (beregnet)",
        "measured": "målt – vises ikke",
        "heat": "Varmebehov",
        "oil_gas_heat": "Varmebehov, olie og gas",
        "per_year": "MWh/år",
        "buildings": "Bygninger",
        "capacity": "Effekt",
        "collective_supply": "Kollektiv forsyning",
        "yes": "ja",
        "no": "nej",
        "is_viable": "Ja, lokalvarme kan betale sig",
        "is_not_viable": "Nej",
        "verdict": "Svar",
        "individual": "Bygninger med egen varmeforsyning",
        "oil_gas": "Heraf med olie- eller gasfyr",
        "density_short": "Varmetæthed",
        "saving": "Brugerpris, fjernvarme",
        "price_unit": "kr./år",
        "open": "Åbn rapporten",
        "source": "Bygninger: BBR",
        "extract": "udtræk af {date}",
        "no_basemap": "uden baggrundskort",
        "basemap_missing": "uden baggrundskort (kilden svarede ikke)",
        "north": "N",
    },
    "en": {
        "map": "Map",
        "legend": "Legend",
        "whole": "Show the whole area",
        "zoom_in": "Zoom in",
        "zoom_out": "Zoom out",
        "town_subtitle": "Local heating and energy communities",
        "overview_subtitle": "Does local heating pay?",
        "synthetic": "Synthetic data",
        "original": "Town",
        "trimmed": "Trimmed area",
        "oil": "Oil boiler",
        "gas": "Gas boiler",
        "heat_pump": "Heat pump",
        "other": "Other individual heating",
        "outline": "Other buildings",
        "road": "Roads",
        "density": "Heat density, kWh/m² of ground a year",
        "density_criterion": "Criterion for local heating: {limit} kWh/m²",
        "density_contour": "At least {limit} kWh/m² on average within {radius} m",
        "community_small": "Energy community, at most {limit} kW",
        "community_large": "Energy community above {limit} kW",
        "community": "Energy community {number}",
        "members": "Buildings in a community",
        "part": "Parts of at most {limit} kW (proposal)",
        "part_number": "Community {number}, part {part}",
        "cut_link": "Link without a pipe",
        "left_out": "Building in no part",
        "lost": "Loss by cutting here",
        "gain": "Gain",
        "distance": "Distance",
        "site": "Possible site of the plant (proposal)",
        "noise": "Noise above the limit: {distance} m",
        "site_number": "Site {number}",
        "site_dwelling": "To the nearest dwelling",
        "site_edge": "To the trimmed area",
        "site_heat": "To the centre of the heat",
        "supply": "District heating area",
        "unknown": "unknown",
        "use": "Use",
        "year": "Built",
        "heated_area": "Heated area",
        "heating": "Heating",
        "demand": "Heat demand (modelled)",
        "measured": "measured – not shown",
        "heat": "Heat demand",
        "oil_gas_heat": "Heat demand, oil and gas",
        "per_year": "MWh/year",
        "buildings": "Buildings",
        "capacity": "Capacity",
        "collective_supply": "Collective supply",
        "yes": "yes",
        "no": "no",
        "is_viable": "Yes, local heating pays",
        "is_not_viable": "No",
        "verdict": "Answer",
        "individual": "Individually heated buildings",
        "oil_gas": "Of these with oil or gas boiler",
        "density_short": "Heat density",
        "saving": "User price, district heating",
        "price_unit": "DKK/year",
        "open": "Open the report",
        "source": "Buildings: BBR",
        "extract": "extract of {date}",
        "no_basemap": "no basemap",
        "basemap_missing": "no basemap (the source did not answer)",
        "north": "N",
    },
}


def words(language: str) -> dict[str, str]:
    """Words of a language.

    Parameters
    ----------
    language
        "da" or "en".

    Returns
    -------
    dict of str to str
        Text by key; the keys are the same in both languages.

    Raises
    ------
    UnknownNameError
        For any other language.
    """
    if language not in WORDS:
        raise UnknownNameError("language", language, WORDS)
    return WORDS[language]
