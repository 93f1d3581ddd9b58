"""GraphQL answers in several files: which page comes last, and whether all are there."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from screening.errors import InputFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["chain", "order", "page_info"]

_UTF8_BOM = b"\xef\xbb\xbf"
_READ_BYTES = 1 << 20
_LONGEST_INFO = 4096
_INFO = re.compile(rb'"(hasNextPage|endCursor)"\s*:\s*(true|false|null|"[^"]*")')
_NUMBER = re.compile(r"(\d+)(?!.*\d)")


def page_info(stream: BinaryIO) -> list[tuple[str, str]]:
    """Find what the pages of a file say of themselves.

    Parameters
    ----------
    stream
        JSON text, from its first byte.

    Returns
    -------
    list of tuple
        Each "hasNextPage" and "endCursor" with its value as written, in their order.
    """
    found = []
    buffer = b""
    while part := stream.read(_READ_BYTES):
        buffer += part
        end = 0
        for info in _INFO.finditer(buffer):
            found.append((info[1].decode(), info[2].decode("utf-8", "replace")))
            end = info.end()
        buffer = buffer[max(end, len(buffer) - _LONGEST_INFO) :]
    return found


def order(pages: Mapping[str, list[tuple[str, str]]], what: str) -> list[str]:
    """Put files of pages in the order in which to read them: the last page last.

    Parameters
    ----------
    pages
        What the pages of each file say of themselves, by file name.
    what
        The source's name, for error texts.

    Returns
    -------
    list of str
        File names.

    Raises
    ------
    InputFileError
        If a page is missing, is there twice or does not say whether it is the last.
    """
    names = sorted(pages, key=_natural)
    flags = {name: [value for key, value in pages[name] if key == "hasNextPage"] for name in names}
    if silent := [name for name in names if not flags[name]]:
        raise InputFileError(
            f"{what}: {_listed(silent)} does not say whether more pages follow; ask for pageInfo"
            " { hasNextPage endCursor } in the query and fetch the pages again."
        )
    last = [name for name in names for value in flags[name] if value == "false"]
    if not last:
        raise InputFileError(
            f"{what} is not the whole answer: all {len(names)} pages say that more follow, so the last is"
            " missing. Fetch the remaining pages and put all into the .zip."
        )
    if len(last) > 1:
        raise InputFileError(
            f"{what}: {_listed(last)} each say that they are the last page; give the pages of one query, each"
            " once."
        )
    _refuse_repeated(pages, what)
    _refuse_gaps(names, what)
    return [*(name for name in names if name != last[0]), last[0]]


def _refuse_repeated(pages: Mapping[str, list[tuple[str, str]]], what: str) -> None:
    ends: dict[str, str] = {}
    for name, info in pages.items():
        for key, value in info:
            if key != "endCursor" or value in {"null", '""'}:
                continue
            if value in ends:
                raise InputFileError(
                    f"{what}: {ends[value]} and {name} are the same page (both end at {value}); fetch the"
                    " page after it, or remove one."
                )
            ends[value] = name


def _refuse_gaps(names: list[str], what: str) -> None:
    """Refuse pages that are numbered by their file names and not all there."""
    if not all(_NUMBER.search(name) for name in names):
        return
    if len({_NUMBER.sub("", name) for name in names}) > 1:
        return
    numbers = {int(found[1]) for name in names if (found := _NUMBER.search(name))}
    count = max(numbers) - min(1, *numbers) + 1
    if count > 2 * len(names):  # dates or times, not numbers of pages
        return
    missing = [str(n) for n in range(min(1, *numbers), max(numbers)) if n not in numbers]
    if missing:
        raise InputFileError(
            f"{what} is not the whole answer: by the file names ({_listed(names)}) page {', '.join(missing)}"
            " is missing. Fetch it and put all pages into the .zip."
        )


def _natural(name: str) -> tuple[object, ...]:
    return tuple(int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name))


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


class _Pages(io.RawIOBase):
    """Several texts, one after the other."""

    def __init__(self, opened: Iterator[BinaryIO]) -> None:
        super().__init__()
        self._opened = opened
        self._page: BinaryIO | None = None

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer; 0 at the end of the last text."""
        part = b""
        if self._page is None:
            self._page = next(self._opened, None)
            if self._page is None:
                return 0
            part = self._page.read(len(_UTF8_BOM)).removeprefix(_UTF8_BOM)
        part = part or self._page.read(len(buffer))
        if not part:
            self._page.close()
            self._page = None
            part = b"\n"
        buffer[: len(part)] = part
        return len(part)


def chain(names: list[str], opener: Callable[[str], BinaryIO]) -> BinaryIO:
    """Give files as one stream, each opened when it is its turn.

    Parameters
    ----------
    names
        In the order in which to read them.
    opener
        Opens one.

    Returns
    -------
    BinaryIO
        Their texts, a line end between two.
    """
    return io.BufferedReader(_Pages(opener(name) for name in names), _READ_BYTES)
