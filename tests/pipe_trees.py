"""Small networks written down by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd


def tree(parents: list[int], own_heat: list[float], lengths: list[float] | None = None) -> pd.DataFrame:
    """Pipes numbered from 0, each with the heat of a customer of its own (0: none) at its end."""
    heat, count = np.array(own_heat, float), (np.array(own_heat) > 0).astype(int)
    for row in range(len(parents) - 1, -1, -1):  # children stand behind their parents
        if parents[row] >= 0:
            heat[parents[row]] += heat[row]
            count[parents[row]] += count[row]
    is_leaf = [row not in parents for row in range(len(parents))]
    return pd.DataFrame(
        {
            "edge_id": range(len(parents)),
            "parent_edge_id": parents,
            "kind": np.where(is_leaf, "service", "street"),
            "length_m": [100.0] * len(parents) if lengths is None else lengths,
            "surface": [None if leaf else "Lokalvej-Tertiær" for leaf in is_leaf],
            "building_count": count,
            "heat_demand_mwh": heat,
        }
    )
