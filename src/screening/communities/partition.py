"""Divide a community into parts: best cuts of many trees of pipes, near ones tried again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from screening.communities.problem import OUTSIDE, shortest_forest
from screening.communities.tree_cut import cut_tree

if TYPE_CHECKING:
    from screening.communities.problem import FloatArray, IntArray, Problem

__all__ = ["divide"]

_LEAST_DKK = 0.01  # a gain below one øre is rounding
# Buildings in the trees of all tries together: bounds the time, whatever the clock says.
_WORK = 40_000
_PATIENCE = 4_000  # of these without anything better; the search then ends
_TRIES = 6  # trees tried at one place before it is left
_SPREADS = (0.3, 1.0, 4.0)  # how far the costs of the pipes are shaken to get another tree, as exponents
_WHOLE_COUNT = 80  # a community of at most so many buildings is also tried as a whole
_SEED = 1  # the same tries every time


def divide(problem: Problem) -> IntArray:
    """Divide the buildings into connected parts that fit: as many buildings as possible, then the cheapest.

    The shortest tree of pipes is cut in the best way. Then neighbouring parts are taken together, two or
    three at a time, with the buildings left outside next to them, and divided again along other trees. What
    is better stays. The tries are the same each time.

    Parameters
    ----------
    problem
        Buildings in a fixed order, links, limit and costs.

    Returns
    -------
    numpy.ndarray
        Part of each building, numbered from 0 by first building, or OUTSIDE.
    """
    search = _Search(problem, cut_tree(problem, shortest_forest(problem)))
    while problem.count and search.work > 0 and search.patience > 0:
        search.round()
    return _tidy(search.label)


class _Search:
    """A division that gets better, and the work left."""

    def __init__(self, problem: Problem, label: IntArray) -> None:
        self.problem = problem
        self.label = label
        self.work = max(_WORK, 2 * problem.count)
        self.patience = self.patient = max(_PATIENCE, 15 * problem.count)
        self.draws = np.random.default_rng(_SEED)

    def round(self) -> None:
        """Try every part with its neighbours once."""
        if self.problem.count <= _WHOLE_COUNT:
            self.again(np.arange(self.problem.count))
        starts = [int(rows[0]) for rows in _groups(self.label)]
        for start in starts:
            if self.work <= 0:
                break
            self.again(self.around(start))

    def around(self, start: int) -> IntArray:
        """Rows of a building's part, of one or two parts next to it, and of what lies outside there."""
        key = self._keys()
        chosen = {int(key[start])}
        for _ in range(int(self.draws.integers(1, 3))):
            near = self._next_to(key, chosen)
            parts = near[near < self.problem.count]
            if len(parts):
                chosen.add(int(self.draws.choice(parts)))
        outside = self._next_to(key, chosen)
        chosen.update(int(k) for k in outside[outside >= self.problem.count])
        return np.flatnonzero(np.isin(key, list(chosen)))

    def _keys(self) -> IntArray:
        """Part of each building; one outside is a key of its own, from the number of buildings up."""
        rows = np.arange(self.problem.count)
        return np.where(self.label == OUTSIDE, self.problem.count + rows, self.label)

    def _next_to(self, key: IntArray, chosen: set[int]) -> IntArray:
        first, second = key[self.problem.first], key[self.problem.second]
        is_first, is_second = np.isin(first, list(chosen)), np.isin(second, list(chosen))
        return np.unique(np.concatenate([second[is_first & ~is_second], first[is_second & ~is_first]]))

    def again(self, rows: IntArray) -> None:
        """Divide some buildings anew along other trees; keep the best of them if it is better."""
        part = self.problem.part_of(rows)
        label = self.label[rows]
        before = best = part.value(label)
        for attempt in range(_TRIES):
            if self.work <= 0:
                break
            self.work -= len(rows)
            self.patience -= len(rows)
            tree = shortest_forest(part, cost=self._shaken(part, label, _SPREADS[attempt % len(_SPREADS)]))
            tried = cut_tree(part, tree)
            value = part.value(tried)
            if value > best + _LEAST_DKK:
                best, label = value, tried
        if best == before:
            return
        self.patience = self.patient
        fresh = self.label.max(initial=0) + 1
        self.label = self.label.copy()
        self.label[rows] = np.where(label == OUTSIDE, OUTSIDE, label + fresh)
        self.label = _tidy(self.label)

    def _shaken(self, part: Problem, label: IntArray, spread: float) -> FloatArray:
        """Costs shaken at random; every other time the pipes of the present parts go first."""
        shaken = (part.pipe_dkk + 1.0) * np.exp(spread * self.draws.standard_normal(len(part.pipe_dkk)))
        if self.draws.random() < 0.5:
            held = self.draws.random(label.max(initial=0) + 1) < 0.5
            same = (label[part.first] == label[part.second]) & (label[part.first] >= 0)
            shaken[same & held[label[part.first]]] *= 1e-3
        return np.asarray(shaken, dtype=np.float64)


def _groups(label: IntArray) -> list[IntArray]:
    """Rows of each part, and of each building outside, by first row."""
    keys = np.where(label == OUTSIDE, len(label) + np.arange(len(label)), label)
    _, first = np.unique(keys, return_index=True)
    return [np.flatnonzero(keys == keys[row]) for row in np.sort(first)]


def _tidy(label: IntArray) -> IntArray:
    """Give the parts numbers from 0 by their first building."""
    inside = label >= 0
    parts, first, code = np.unique(label[inside], return_index=True, return_inverse=True)
    rank = np.empty(len(parts), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(parts))
    tidy = np.full(len(label), OUTSIDE)
    tidy[inside] = rank[code]
    return tidy
