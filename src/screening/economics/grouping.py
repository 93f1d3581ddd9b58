"""Part neighbours into connected groups: the best of all ways, or merging two by two where they are many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy.typing as npt

    BoolArray = npt.NDArray[np.bool_]
    IntArray = npt.NDArray[np.int64]
    FloatArray = npt.NDArray[np.float64]
    Score = tuple[int, int, int, int]

__all__ = ["best_partition", "greedy_partition", "spanning_links"]


def spanning_links(
    member: BoolArray, first: IntArray, second: IntArray, gap_m: FloatArray
) -> tuple[IntArray, FloatArray]:
    """Join the areas of each group by the shortest links there are.

    Parameters
    ----------
    member
        A row per group, a column per area. [1]
    first, second, gap_m
        Pairs of neighbours, shortest gap first. [1, 1, m]

    Returns
    -------
    tuple of numpy.ndarray
        Number of links and their length; a group hangs together when it has one link less than areas.
        [1, m]

    Examples
    --------
    >>> triangle = np.array([0, 1, 0]), np.array([1, 2, 2]), np.array([10.0, 20.0, 30.0])
    >>> count, length = spanning_links(np.array([[True, True, True], [True, False, True]]), *triangle)
    >>> count.tolist(), length.tolist()
    ([2, 1], [30.0, 30.0])
    """
    label = np.tile(np.arange(member.shape[1]), (len(member), 1))
    link_count, link_m = np.zeros(len(member), dtype=np.int64), np.zeros(len(member))
    for a, b, gap in zip(first, second, gap_m, strict=True):
        joins = np.flatnonzero(member[:, a] & member[:, b] & (label[:, a] != label[:, b]))
        link_count[joins] += 1
        link_m[joins] += gap
        part = label[joins]
        label[joins] = np.where(part == part[:, [b]], part[:, [a]], part)
    return link_count, link_m


def best_partition(member: BoolArray, scores: Sequence[Score]) -> list[int]:
    """Choose groups that hold every area once and score most together.

    Parameters
    ----------
    member
        A row per group, a column per area; every area also by itself. [1]
    scores
        Of each group; added up, the first number counts before the second.

    Returns
    -------
    list of int
        Rows of the groups chosen.

    Notes
    -----
    For every set of areas the best is that of the group of its first area and the best of the rest: no
    grouping is left out, and none is looked at twice.
    """
    bits = member @ (1 << np.arange(member.shape[1], dtype=np.int64))
    row_of = {int(mask): row for row, mask in enumerate(bits)}
    everything = (1 << member.shape[1]) - 1
    best: dict[int, tuple[Score, int]] = {0: ((0, 0, 0, 0), 0)}
    for areas in range(1, everything + 1):
        lowest = areas & -areas
        rest = areas ^ lowest
        found: tuple[Score, int] | None = None
        for others in _subsets(rest):
            group = others | lowest
            if group not in row_of:
                continue
            total = _added(scores[row_of[group]], best[areas ^ group][0])
            if found is None or total > found[0]:
                found = total, group
        assert found is not None  # an area by itself is always a group
        best[areas] = found
    chosen = []
    while everything:
        group = best[everything][1]
        chosen.append(row_of[group])
        everything ^= group
    return chosen


def greedy_partition(
    areas: Sequence[int],
    first: IntArray,
    second: IntArray,
    score: Callable[[list[frozenset[int]]], list[Score]],
) -> list[frozenset[int]]:
    """Merge the two neighbouring groups that gain most by it, until none do.

    Parameters
    ----------
    areas
        The areas that hang together.
    first, second
        Pairs of neighbours, of these areas or others. [1]
    score
        Gives the scores of groups.

    Returns
    -------
    list of frozenset
        The groups.
    """
    home = {area: frozenset([area]) for area in areas}
    pairs = [(int(a), int(b)) for a, b in zip(first, second, strict=True) if int(a) in home]
    while True:
        joined = {home[a] | home[b]: (home[a], home[b]) for a, b in pairs if home[a] != home[b]}
        if not joined:
            break
        wanted = sorted(joined, key=sorted)
        parts = sorted(set(home.values()), key=sorted)
        scores = dict(zip(parts + wanted, score(parts + wanted), strict=True))
        gains = [_less(scores[group], _added(*(scores[part] for part in joined[group]))) for group in wanted]
        best = max(range(len(wanted)), key=gains.__getitem__)
        if gains[best] <= (0, 0, 0, 0):
            break
        home |= dict.fromkeys(wanted[best], wanted[best])
    return sorted(set(home.values()), key=sorted)


def _subsets(mask: int) -> Iterable[int]:
    """All subsets of a set of bits, itself and the empty one too."""
    part = mask
    while True:
        yield part
        if not part:
            return
        part = (part - 1) & mask


def _added(one: Score, other: Score) -> Score:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3]


def _less(one: Score, other: Score) -> Score:
    return one[0] - other[0], one[1] - other[1], one[2] - other[2], one[3] - other[3]
