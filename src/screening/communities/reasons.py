"""Why a building is in no part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from screening.communities.problem import OUTSIDE, components

if TYPE_CHECKING:
    import pandas as pd

    from screening.communities.problem import BoolArray, IntArray, Problem

__all__ = ["REASONS", "reason_words", "why_outside"]

# Code -> what it means for one building and for several; {limit} in kW and {fewest} buildings.
REASONS = {
    "too_large": ("needs more than {limit} kW by itself", "need more than {limit} kW each"),
    "cut_off": (
        "is left in a group of fewer than {fewest} without those that are too large",
        "are left in groups of fewer than {fewest} without those that are too large",
    ),
    "no_fit": (
        "is above {limit} kW in every connected group of {fewest}",
        "are above {limit} kW in every connected group of {fewest}",
    ),
    "too_few": (
        "finds no place: there are too few buildings for as many parts of {fewest} as {limit} kW would take",
        "find no place: there are too few buildings for as many parts of {fewest} as {limit} kW would take",
    ),
    "no_room": (
        "could stand in a part, but no division found has room for it as well",
        "could stand in a part, but no division found has room for them as well",
    ),
}
_STEPS = 20_000  # groups looked at before the search for one that fits is given up


def why_outside(problem: Problem, label: IntArray) -> list[str]:
    """Name the reason of each building outside, an empty text for the others.

    ``too_large``, ``cut_off``, ``no_fit`` and ``too_few`` hold for every division: the last says that some
    must be left out, not which. ``no_room`` holds for the one found, and for a building whose groups are too
    many to be looked at.
    """
    too_large = problem.capacity_kw > problem.room_kw
    piece = components(problem, ~too_large)
    size = np.bincount(piece[piece >= 0], minlength=problem.count)
    neighbours = _neighbours(problem, ~too_large)
    reasons = [""] * problem.count
    for row in np.flatnonzero(label == OUTSIDE).tolist():
        if too_large[row]:
            reasons[row] = "too_large"
        elif size[piece[row]] < problem.min_count:
            reasons[row] = "cut_off"
        else:
            reasons[row] = "no_room" if _may_fit(problem, row, neighbours) else "no_fit"
    left = np.array([reason in {"", "no_room"} for reason in reasons], dtype=bool)
    for row in np.flatnonzero(np.isin(piece, _short_pieces(problem, left, piece))).tolist():
        reasons[row] = reasons[row].replace("no_room", "too_few")
    return reasons


def _short_pieces(problem: Problem, left: BoolArray, piece: IntArray) -> IntArray:
    """Pieces of which all parts that so many buildings can make have too little room for them."""
    pieces, size = np.unique(piece[left], return_counts=True)
    asked_kw = np.array([problem.capacity_kw[left & (piece == number)].sum() for number in pieces])
    return pieces[size // problem.min_count * problem.room_kw < asked_kw]


def reason_words(codes: pd.Series, limit_kw: float, min_count: int) -> str:
    """Tell how many buildings are outside for which reason; empty where none is."""
    counts = codes[codes != ""].value_counts()
    told = []
    for code, forms in REASONS.items():
        count = int(counts.get(code, 0))
        if count:
            words = forms[count > 1].format(limit=f"{limit_kw:g}", fewest=min_count)
            told.append(f"{count} building{'s' if count > 1 else ''} {words}")
    return "; ".join(told)


def _neighbours(problem: Problem, keep: BoolArray) -> list[list[int]]:
    """Neighbours of each building, the one that asks least first."""
    neighbours: list[list[int]] = [[] for _ in range(problem.count)]
    for one, other in zip(problem.first.tolist(), problem.second.tolist(), strict=True):
        if keep[one] and keep[other]:
            neighbours[one].append(other)
            neighbours[other].append(one)
    return [sorted(near, key=lambda row: float(problem.capacity_kw[row])) for near in neighbours]


def _may_fit(problem: Problem, row: int, neighbours: list[list[int]]) -> bool:
    """Whether some connected group of the fewest buildings holds this one and fits, or there are too many.

    A larger group that fits holds such a group. Each group is seen once: a neighbour passed over is not taken
    later on the same way.
    """
    least_kw = float(problem.capacity_kw.min())
    stack: list[tuple[tuple[int, ...], float, tuple[int, ...], frozenset[int]]] = [
        ((row,), float(problem.capacity_kw[row]), tuple(neighbours[row]), frozenset([row, *neighbours[row]]))
    ]
    for _ in range(_STEPS):
        if not stack:
            return False
        group, kw, ways, seen = stack.pop()
        if kw + (problem.min_count - len(group)) * least_kw > problem.room_kw:
            continue
        if len(group) >= problem.min_count:
            return True
        if not ways:
            continue
        taken, later = ways[0], ways[1:]
        stack.append((group, kw, later, seen))
        fresh = tuple(near for near in neighbours[taken] if near not in seen)
        wider = kw + float(problem.capacity_kw[taken])
        stack.append(((*group, taken), wider, later + fresh, seen | set(fresh)))
    return True
