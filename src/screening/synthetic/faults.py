"""Faults as the real register has them: in rows that count, but harmless; and rows that must not count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from screening.communities import decide
from screening.register import use_group
from screening.synthetic.plan import SHARES
from screening.synthetic.register_file import make_ids

if TYPE_CHECKING:
    from screening.assumptions import Assumptions

__all__ = ["add_rows", "blemish", "phase_out", "spoil"]

# Today's code -> one that is being phased out and still common.
_OLD_CODES = {
    "131": "130", "216": "210", "219": "210", "221": "220", "222": "220", "223": "220", "229": "290",
    "321": "320", "322": "320", "323": "310", "331": "330", "334": "330", "421": "420", "441": "440",
    "449": "490", "533": "530",
}  # fmt: skip

_NO_AREA = {
    "byg038SamletBygningsareal": "",
    "byg039BygningensSamledeBoligAreal": "0",
    "byg040BygningensSamledeErhvervsAreal": "",
}
_AREA_FROM_TOTAL = 12  # buildings with the total area alone
# What is written over a row, and in how many rows.
_SPOILERS: tuple[tuple[dict[str, str], int], ...] = (
    ({"byg021BygningensAnvendelse": ""}, 6),
    ({"byg021BygningensAnvendelse": "999"}, 4),
    ({"byg021BygningensAnvendelse": "777"}, 2),
    ({"byg056Varmeinstallation": "3", "byg057Opvarmningsmiddel": "3"}, 5),  # oil stove: no boiler
    ({"byg056Varmeinstallation": "8", "byg057Opvarmningsmiddel": "7"}, 3),  # gas radiators: no boiler
    ({"byg056Varmeinstallation": "4"}, 2),  # a code that is on no list
    ({"byg026Opførelsesår": "9999"}, 2),
    ({"byg038SamletBygningsareal": "-85", "byg039BygningensSamledeBoligAreal": "-85"}, 2),
    (_NO_AREA, 10),
    (_NO_AREA | {"byg041BebyggetAreal": "0"}, 4),  # the outline tells
    ({"byg404Koordinat": "", "byg406Koordinatsystem": ""}, 8),  # the outline tells
    ({"byg404Koordinat": "POINT (6217000.00 721000.00)"}, 2),  # axes exchanged
)


def phase_out(use_codes: pd.Series, assumptions: Assumptions, rng: np.random.Generator) -> pd.Series:
    """Give some buildings the old code of their use, where it means the same to the models.

    Parameters
    ----------
    use_codes
        Today's codes.
    assumptions
        The set with the rules of the communities.
    rng
        Source of randomness.

    Returns
    -------
    pandas.Series
        Codes of both generations.
    """
    old = use_codes.map(_OLD_CODES).astype(object)
    chosen = old.notna() & (rng.random(len(use_codes)) < SHARES.old_code)
    old = old.where(old.notna(), use_codes)
    same = (use_group(old) == use_group(use_codes)) & (
        decide(old, assumptions) == decide(use_codes, assumptions)
    )
    return use_codes.mask(chosen & same, old)


def blemish(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Spell some identifiers in upper case, drop the zero of some codes, write some negative areas.

    Parameters
    ----------
    rows
        Rows in the register's spelling.
    rng
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        The same buildings, harder to read.
    """
    count = len(rows)
    faulty = rows.copy()
    upper = rng.random(count) < SHARES.upper_case_id
    faulty.loc[upper, "id_lokalId"] = faulty.loc[upper, "id_lokalId"].str.upper()
    short = rng.random(count) < SHARES.code_without_zero
    faulty.loc[short, "kommunekode"] = faulty.loc[short, "kommunekode"].str.lstrip("0")
    garage = rng.random(count) < SHARES.negative_garage
    faulty.loc[garage, "byg042ArealIndbyggetGarage"] = "-46"
    return faulty


def spoil(
    rows: pd.DataFrame, may_spoil: pd.Series, has_outline: pd.Series, rng: np.random.Generator
) -> pd.DataFrame:
    """Write faults that change what the models make of a building.

    Parameters
    ----------
    rows
        Rows in the register's spelling.
    may_spoil
        Rows that no published figure counts.
    has_outline
        Rows whose building has a mapped outline.
    rng
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        The same rows, some of them spoiled; none twice.
    """
    spoiled = rows.copy()
    unmapped = rows.index[(may_spoil & ~has_outline).to_numpy()]
    for column, value in (_NO_AREA | {"byg041BebyggetAreal": "0"}).items():
        spoiled.loc[unmapped, column] = value  # nothing tells how large these are
    candidates = rng.permutation(rows.index[(may_spoil & has_outline).to_numpy()])
    for columns, count in _SPOILERS:
        chosen, candidates = candidates[:count], candidates[count:]
        for column, value in columns.items():
            spoiled.loc[chosen, column] = value
    chosen = candidates[:_AREA_FROM_TOTAL]
    area = ["byg039BygningensSamledeBoligAreal", "byg040BygningensSamledeErhvervsAreal"]
    spoiled.loc[chosen, "byg038SamletBygningsareal"] = (
        rows.loc[chosen, area].astype(int).sum(axis=1).astype(str).astype(object)
    )
    spoiled.loc[chosen, area] = "0"
    return spoiled


def add_rows(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add rows that no count may contain: other states, ended versions, repetitions, buildings nowhere.

    Parameters
    ----------
    rows
        Rows of standing buildings in the register's spelling.
    rng
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        All rows, shuffled.
    """
    extra = [
        _other_status(_pick(rows, SHARES.other_status, rng), rng),
        _ended(_pick(rows, SHARES.ended_version, rng), rng),
        _pick(rows, SHARES.repeated, rng),
        _nowhere(_pick(rows, SHARES.nowhere, rng), rng),
    ]
    return pd.concat([rows, *extra]).sample(frac=1, random_state=rng).reset_index(drop=True)


def _pick(rows: pd.DataFrame, share: float, rng: np.random.Generator) -> pd.DataFrame:
    return rows.sample(n=round(share * len(rows)), random_state=rng)


def _other_status(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    states = rng.choice(["9", "10", "11", "2", "3", "12"], len(rows), p=[0.46, 0.28, 0.12, 0.1, 0.03, 0.01])
    return rows.assign(status=states, id_lokalId=make_ids(len(rows), rng))


def _ended(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Make earlier versions of buildings that still stand."""
    by_registration = rng.random(len(rows)) < 0.6
    end = rows["registreringFra"].to_numpy(dtype=object)
    return rows.assign(
        registreringTil=np.where(by_registration, end, ""),
        virkningTil=np.where(by_registration, "", end),
        registreringFra="2017-06-02T12:29:37Z",
        virkningFra="2017-06-02T12:29:37Z",
    )


def _nowhere(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Make standing buildings of which the register does not say where they are."""
    spelling = rng.choice(["", "POINT(0 0)", "GEOMETRYCOLLECTION EMPTY"], len(rows), p=[0.3, 0.2, 0.5])
    return rows.assign(
        byg404Koordinat=spelling, byg406Koordinatsystem="", id_lokalId=make_ids(len(rows), rng)
    )
