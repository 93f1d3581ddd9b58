"""The one table that every dialect is brought to: text under canonical names, nothing judged yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from screening.register.dialects.vocabulary import FIELDS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import numpy.typing as npt

__all__ = ["NULLS", "RawTable", "clean_text", "concatenate", "raw_table", "text_columns"]

NULLS = ["", "null", "NULL"]
_NULL_LENGTHS = sorted({len(word) for word in NULLS})
_IS_NO_PLAIN_LETTER = (np.arange(256) <= ord(" ")) | (np.arange(256) >= 128)  # may be a blank to strip


@dataclass(frozen=True)
class RawTable:
    """What every dialect gives: text, nothing judged yet.

    Parameters
    ----------
    rows
        One column of text per key of ``FIELDS``, missing where the source has nothing; the index is the row
        number in the source, the first row of data being 1.
    malformed
        Why a row could not be taken apart, by row number.
    """

    rows: pd.DataFrame
    malformed: pd.Series

    @property
    def row_count(self) -> int:
        """Rows of the source that this table accounts for."""
        return len(self.rows) + len(self.malformed)


def raw_table(
    columns: Mapping[str, pa.Array | pa.ChunkedArray],
    numbers: npt.NDArray[np.int64],
    malformed: Mapping[int, str],
    plain: Collection[str] = (),
) -> RawTable:
    """Bring columns of text to the canonical ones: stripped, missing where nothing stands.

    Parameters
    ----------
    columns
        Text by canonical name; those not given are missing throughout.
    numbers
        Row number of each row. [1]
    malformed
        Why a row could not be taken apart, by row number.
    plain
        Columns known to have nothing to strip or to empty.

    Returns
    -------
    RawTable
        The table.
    """
    nothing = pa.nulls(len(numbers), pa.string())
    texts = {name: columns.get(name, nothing) for name in FIELDS}
    done = {*plain, *(name for name in FIELDS if name not in columns)}
    table = pa.table({name: text if name in done else clean_text(text) for name, text in texts.items()})
    rows = table.to_pandas(types_mapper=text_columns)
    rows.index = pd.Index(numbers, name="row", dtype="int64")
    broken = pd.Series(dict(malformed), dtype=object, name="reason").sort_index()
    broken.index = broken.index.astype("int64")
    return RawTable(rows, broken)


def text_columns(kind: pa.DataType) -> pd.StringDtype | None:
    """Give the type of a column of text in pandas; None for other columns. For ``Table.to_pandas``."""
    return pd.StringDtype(na_value=float("nan")) if kind == pa.string() else None


def clean_text(column: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    """Strip text, and make empty text and the word null missing."""
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    texts = [_cleaned(chunk if chunk.type == pa.string() else chunk.cast(pa.string())) for chunk in chunks]
    return pa.chunked_array(texts) if texts else pa.chunked_array([], pa.string())


def _cleaned(text: pa.StringArray) -> pa.StringArray:
    """Strip and empty only where a look at the letters shows that there is something to do."""
    _, offsets, data = text.buffers()
    letters = np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)
    if _IS_NO_PLAIN_LETTER[letters].any():
        text = pc.utf8_trim_whitespace(text)
        _, offsets, data = text.buffers()
    if not len(text) or offsets is None:
        return text
    ends = np.frombuffer(offsets, np.int32)[text.offset : text.offset + len(text) + 1]
    lengths = np.diff(ends)
    if any((lengths == length).any() for length in _NULL_LENGTHS):
        return pc.if_else(pc.is_in(text, value_set=pa.array(NULLS)), pa.scalar(None, pa.string()), text)
    return text


def concatenate(parts: list[RawTable]) -> RawTable:
    """Put parts of one source together, in their order."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return raw_table({}, pd.Index([], dtype="int64").to_numpy(), {})
    broken = [part.malformed for part in parts if len(part.malformed)]
    return RawTable(
        pd.concat([part.rows for part in parts]), pd.concat(broken) if broken else parts[0].malformed
    )
