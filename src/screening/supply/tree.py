"""A network as a tree of pipes: who feeds whom, walked level by level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from screening.errors import TableError

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.intp]

__all__ = ["STREET", "Tree", "read_tree"]

STREET = "street"
_KINDS = {STREET, "service"}
_NUMBERS = ("length_m", "building_count", "heat_demand_mwh")
_SHOWN = 3  # edges named in an error


@dataclass(frozen=True)
class Tree:
    """Pipes in the order of their table.

    Parameters
    ----------
    parent
        Row of the pipe that feeds each; -1 at the plant.
    depth
        Pipes between it and the plant. [1]
    """

    parent: Ints
    depth: Ints

    @property
    def levels(self) -> list[Ints]:
        """Rows by depth, from the plant outwards."""
        order = np.argsort(self.depth, kind="stable")
        ends = np.cumsum(np.bincount(self.depth)) if len(order) else np.zeros(0, int)
        return np.split(order, ends[:-1]) if len(order) else []

    def gather(self, values: Floats) -> Floats:
        """Sum over each pipe and all it feeds.

        Parameters
        ----------
        values
            Of each pipe; of any unit.

        Returns
        -------
        numpy.ndarray
            In the same unit.
        """
        found = values.astype(float).copy()
        for rows in reversed(self.levels[1:]):
            np.add.at(found, self.parent[rows], found[rows])
        return found

    def highest(self, values: Floats) -> Floats:
        """Find the greatest value of each pipe and all it feeds.

        Parameters
        ----------
        values
            Of each pipe; of any unit.

        Returns
        -------
        numpy.ndarray
            In the same unit.
        """
        found = values.astype(float).copy()
        for rows in reversed(self.levels[1:]):
            np.maximum.at(found, self.parent[rows], found[rows])
        return found


def read_tree(edges: pd.DataFrame) -> Tree:
    """Check a table of pipes and find its order.

    Parameters
    ----------
    edges
        edge_id, parent_edge_id (-1 at the plant), kind ("street" or "service"), length_m, building_count and
        heat_demand_mwh of all that each pipe feeds.

    Returns
    -------
    Tree
        In the order of the table.

    Raises
    ------
    TableError
        Naming all faults: columns missing, numbers missing or below zero, an id given twice, an unknown
        parent, pipes that feed one another in a ring, a pipe that carries less than those it feeds.
    """
    missing = [c for c in ("edge_id", "parent_edge_id", "kind", *_NUMBERS) if c not in edges]
    if missing:
        raise TableError(f"edges: column {', '.join(missing)} is missing.")
    ids, parents = edges["edge_id"].to_numpy(), edges["parent_edge_id"].to_numpy()
    numbers = edges[list(_NUMBERS)].to_numpy(float)
    where = {edge: row for row, edge in enumerate(ids)}
    parent = np.array([where.get(edge, -1) for edge in parents], np.intp)
    depth, in_ring = _depth(parent)
    faults = {
        "edge_id given twice": np.asarray(edges["edge_id"].duplicated(), bool),
        "parent_edge_id that is no edge": (parent < 0) & np.asarray(parents != -1, bool),
        "pipes that feed one another in a ring": in_ring,
        f"kind other than {' or '.join(sorted(_KINDS))}": ~edges["kind"].isin(_KINDS).to_numpy(),
        f"{', '.join(_NUMBERS)} missing, infinite or below zero": ~(
            np.isfinite(numbers) & (numbers >= 0)
        ).all(axis=1),
    }
    _refuse(faults, ids)
    tree = Tree(parent, depth)
    fed = np.zeros_like(numbers)
    has_parent = parent >= 0
    np.add.at(fed, parent[has_parent], numbers[has_parent])
    allowed = numbers[:, 1:] * (1 + 1e-9) + 1e-6
    short = np.asarray((fed[:, 1:] > allowed).any(axis=1), bool)
    _refuse({"less heat or fewer buildings than the pipes it feeds": short}, ids)
    return tree


def _refuse(faults: dict[str, npt.NDArray[np.bool_]], ids: npt.NDArray[np.generic]) -> None:
    told = [
        f"{rule} (edges {', '.join(map(str, ids[rows][:_SHOWN]))}{' ...' if rows.sum() > _SHOWN else ''})"
        for rule, rows in faults.items()
        if rows.any()
    ]
    if told:
        raise TableError(f"edges: {'; '.join(told)}.")


def _depth(parent: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Count the steps to the plant by doubling the stride; what never arrives is in a ring."""
    depth = (parent >= 0).astype(np.intp)
    ancestor = parent.copy()
    for _ in range(max(len(parent), 1).bit_length() + 1):
        further = ancestor >= 0
        depth[further] += depth[ancestor[further]]
        ancestor[further] = ancestor[ancestor[further]]
    return np.where(ancestor >= 0, 0, depth), ancestor >= 0
