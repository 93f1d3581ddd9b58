"""Times as the register writes them: ISO text, with any number of decimals."""

from __future__ import annotations

import pandas as pd

__all__ = ["read_times"]

_LONGEST = len("2017-06-02T12:29:37.123456Z")


def read_times(text: pd.Series) -> pd.Series:
    """Read times; text that is none is missing.

    Decimals beyond the sixth are cut: with them all times read together would be kept in nanoseconds, which
    do not reach beyond the years 1677 to 2262, and a time would depend on which others it is read with.

    Parameters
    ----------
    text
        ISO 8601, with or without a zone (then UTC).

    Returns
    -------
    pandas.Series
        Times in UTC to the microsecond, on the same index.
    """
    is_long = text.str.len() > _LONGEST
    if is_long.any():
        cut = text[is_long].str.replace(r"(\.[0-9]{6})[0-9]+", r"\1", regex=True)
        text = text.mask(is_long, cut)
    times = pd.to_datetime(text, utc=True, format="ISO8601", errors="coerce")
    return times.astype("datetime64[us, UTC]")
