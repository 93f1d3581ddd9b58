"""Maps of communities divided into parts."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from factories import make_town
from screening import maps
from screening.communities import split_communities
from screening.maps.style import COLORS, PART_COLORS


@pytest.fixture
def divided():
    """The village with a lower limit: the flats in no part, the terrace in two."""
    town = make_town()
    chosen = town.assumptions.replace(community_collective_supply_kw=30.0)
    outlines = town.outlines.join(town.buildings["heat_demand_mwh"])
    members = town.members.dropna()
    split = split_communities(outlines.loc[outlines.index.intersection(members.index)], chosen, members)
    return replace(
        town,
        assumptions=chosen,
        splits=split.splits,
        community_parts=split.parts,
        part_members=split.members,
        cut_links=split.cut_links,
    )


def test_the_split_map_numbers_the_parts_and_dashes_the_links_cut(divided):
    assert divided.community_parts[["id", "part"]].to_numpy().tolist() == [[1, 1], [1, 2]]
    axes = maps.split_map(divided).axes[0]
    told = {text.get_text() for text in axes.texts}
    assert {"1.1", "1.2"} <= told
    dashed = [c for c in axes.collections if isinstance(c, LineCollection) and c.get_linestyle()[0][1]]
    assert sum(len(c.get_paths()) for c in dashed) == 1
    legend = {text.get_text() for text in maps.split_map(divided, "en").findobj(match=Text)}
    assert "Parts of at most 30 kW (proposal)" in legend


def test_parts_wear_colours_of_the_palette_that_white_numbers_stand_out_on():
    def luminance(color):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    assert set(PART_COLORS) <= set(COLORS.values())
    assert len(set(PART_COLORS)) == len(PART_COLORS) == 8
    # The contrast of large letters: WCAG asks for 3; the light blue that stands for itself elsewhere has 2.7.
    assert min(1.05 / (luminance(color) + 0.05) for color in PART_COLORS) > 2.7


def test_the_interactive_map_holds_parts_and_links_cut(divided):
    layers = {layer["key"]: layer for layer in maps.town_map(divided).told["layers"]}
    assert len(layers["part"]["features"]) == 2
    assert {feature["s"] for feature in layers["part"]["features"]} == {0, 1}
    assert len(layers["cut_link"]["features"]) == 1  # none of the community without parts
    assert not layers["part"]["on"]


def test_without_parts_there_is_no_layer_and_the_whole_area_is_drawn():
    town = make_town()
    assert town.community_parts.empty
    assert len(town.cut_links)
    keys = {layer["key"] for layer in maps.town_map(town).told["layers"]}
    assert not {"part", "cut_link"} & keys
    west, east = maps.split_map(town).axes[0].get_xlim()
    assert isinstance(town.community_parts, gpd.GeoDataFrame)
    assert isinstance(town.splits, pd.DataFrame)
    assert east - west >= town.original.total_bounds[2] - town.original.total_bounds[0]
