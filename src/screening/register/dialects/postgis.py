"""A municipality's own register table in a PostGIS database, read by COPY in one read-only transaction.

The address names server, database and table:
``postgresql://user@host:5432/database?table=schema.table``. The password may stand in it, but is better kept
where libpq looks for it (PGPASSWORD, a pgpass file); it is never shown.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg
import pyarrow as pa
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pyarrow import csv as arrow_csv

from screening.errors import InputFileError, near_misses
from screening.register.dialects.raw import clean_text
from screening.register.dialects.typed_table import TypedReading, TypedTable
from screening.register.dialects.vocabulary import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = ["address_identity", "is_address", "open_address", "without_password"]

# An address that went through a Path has lost one slash.
_ADDRESS = re.compile(r"(?i)^postgres(?:ql)?:/{1,2}(?=[^/])")
_TABLE = re.compile(r"([?&])table=")
_PLACE_OF_TABLE = "fallback_application_name"  # lets libpq decode the table's name with the rest
_CONNECT_SECONDS = "10"
_DEAD_AFTER = {"keepalives_idle": "15", "keepalives_interval": "5", "keepalives_count": "3"}
_SILENT_SECONDS = 300.0  # a view may take minutes to sort before it gives its first row
_PIECE_BYTES = 4 << 20
_NUMBERS = {"float4", "float8", "numeric"}
_TIMES = {"timestamp": "", "timestamptz": "Z"}
_SHAPES = {"geometry", "geography"}
_EXAMPLE = "postgresql://user@host:5432/database?table=schema.table"

_FIND_TABLE = "SELECT to_regclass(%s)::oid"
_LIST_TABLES = """
    SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    ORDER BY 1"""
_LIST_COLUMNS = """
    SELECT a.attname, t.typname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""


class _Impatient(psycopg.Connection[Any]):
    """A connection that gives up a server that has said nothing for too long."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for an answer."""
        try:
            return super().wait(gen, interval, _SILENT_SECONDS if timeout is None else timeout)
        except psycopg.errors._WaitTimeout:  # noqa: SLF001 (has no public name)
            self.close()
            raise psycopg.OperationalError("timeout in the middle of an answer") from None


@dataclass(frozen=True)
class _Address:
    """Where a table is; ``connection`` may hold a password and is therefore not in the repr."""

    shown: str
    table: str
    connection: str = field(repr=False)
    password: str = field(repr=False)

    def identifier(self) -> sql.Identifier:
        return sql.Identifier(*self.table.split(".", 1))


def is_address(source: str | Path) -> bool:
    """Tell whether a source is the address of a database table rather than a file.

    Parameters
    ----------
    source
        As the user names it.

    Returns
    -------
    bool
        True for postgresql://...

    Examples
    --------
    >>> is_address("postgresql://reader@gis/kommune?table=bbr.bygning"), is_address("Bygning.csv")
    (True, False)
    """
    return _ADDRESS.match(str(source)) is not None


def without_password(source: str | Path) -> str:
    """Write an address so that it can be shown.

    Parameters
    ----------
    source
        The address.

    Returns
    -------
    str
        User, host, port, database and table.

    Raises
    ------
    InputFileError
        If it is no address of a table; does not repeat it.

    Examples
    --------
    >>> without_password("postgresql://reader:secret@gis/kommune?table=bbr.bygning")
    'postgresql://reader@gis/kommune?table=bbr.bygning'
    """
    return _parse(source).shown


def address_identity(source: str | Path) -> str:
    """Tell what stands in a table now, short: how many rows, and the newest registration.

    Parameters
    ----------
    source
        The address.

    Returns
    -------
    str
        Text that changes when rows are added, removed or registered anew.

    Raises
    ------
    InputFileError
        If the table cannot be read.
    """
    with _connected(_parse(source)) as (address, connection):
        names = [name for name, _ in _columns(connection, address)]
        newest = next((n for n in names if n.casefold() == FIELDS["registered_from"].casefold()), None)
        latest = sql.SQL("max({})::text").format(sql.Identifier(newest)) if newest else sql.SQL("NULL")
        query = sql.SQL("SELECT count(*), {} FROM {}").format(latest, address.identifier())
        rows, registered = connection.execute(query).fetchone() or (0, None)
    return f"{rows} rows, newest registration {registered or 'unknown'}"


@contextlib.contextmanager
def open_address(source: str | Path) -> Iterator[TypedReading]:
    """Open a table in a database and begin to read it.

    Parameters
    ----------
    source
        ``postgresql://user@host:port/database?table=schema.table``; a view will do. The shape is taken from
        the geometry column.

    Yields
    ------
    TypedReading
        The rows in pieces; read it before the block ends.

    Raises
    ------
    InputFileError
        If the server does not answer or refuses, the table does not exist (names near ones) or is not the
        register's, or the connection breaks off. No text holds the password.
    """
    with _connected(_parse(source)) as (address, connection):
        yield TypedReading(_table(connection, address))


def _parse(source: str | Path) -> _Address:
    text = _ADDRESS.sub("postgresql://", str(source))
    refusal = InputFileError(
        f"The address of the database is not readable; expected {_EXAMPLE}. Write special signs in a password"
        " as %40 for @, %2F for /, %3A for :."
    )
    # psycopg repeats what it cannot read, which may be the password.
    try:
        parts = conninfo_to_dict(_TABLE.sub(rf"\1{_PLACE_OF_TABLE}=", text))
    except psycopg.Error:
        raise refusal from None
    if not _is_plain(parts):
        raise refusal
    table = str(parts.pop(_PLACE_OF_TABLE, "") or "")
    password = str(parts.get("password", "") or "")
    shown = _shown(text)
    if not table:
        raise InputFileError(f"{shown} names no table; add ?table=schema.table, as in {_EXAMPLE}.")
    settings = {"connect_timeout": _CONNECT_SECONDS, **_DEAD_AFTER, "client_encoding": "UTF8"}
    return _Address(shown, table, make_conninfo("", **settings | parts), password)


def _shown(address: str) -> str:
    """Leave the passwords out of an address that libpq can read, and nothing else."""
    place, _, query = address.removeprefix("postgresql://").partition("?")
    user, at, server = place.rpartition("@")
    kept = "&".join(part for part in query.split("&") if "password" not in part.partition("=")[0].lower())
    return f"postgresql://{user.partition(':')[0]}{at}{server}" + (f"?{kept}" if kept else "")


def _is_plain(parts: Mapping[str, Any]) -> bool:
    """Tell whether no part can hold a piece of a password in which special signs were not written as %.."""
    host, port, database = (str(parts.get(name) or "") for name in ("host", "port", "dbname"))
    has_signs = re.search(r"[@/?#]", database) or re.search(r"[@?#:](?![0-9a-f:]*$)", host)
    return not has_signs and re.fullmatch(r"[\d,]*", port) is not None


@contextlib.contextmanager
def _connected(address: _Address) -> Iterator[tuple[_Address, psycopg.Connection[Any]]]:
    """Connect for reading; whatever the server says becomes one sentence without the password."""
    reason = ""
    try:
        with _Impatient.connect(address.connection) as connection:
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ  # all queries see one state
            yield address, connection
            return
    except psycopg.errors.InsufficientPrivilege:
        reason = "the user may not read the table: ask for the right to SELECT from it"
    except psycopg.OperationalError as error:
        reason = _connection_fault(str(error))
    except psycopg.Error as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    if address.password:
        reason = reason.replace(address.password, "***")
    raise InputFileError(f"{address.shown} cannot be read: {reason}.") from None


def _connection_fault(text: str) -> str:
    """Say what is wrong with a connection, and the remedy."""
    faults = (
        ("no password supplied", "it needs a password: set PGPASSWORD or keep it in a pgpass file"),
        ("password authentication failed", "the user or the password is wrong"),
        ("timeout", "the server does not answer; check host, port and firewall"),
        ("refused", "nothing listens there: is the server running, and host and port right"),
        ("resolve host", "there is no such host; check the name and the network"),
        ("translate host", "there is no such host; check the name and the network"),
    )
    for sign, told in faults:
        if sign in text:
            return told
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    last = lines[-1] if lines else "the connection broke off"
    return f"the connection failed or broke off ({last.rstrip('.')}); try again"


def _columns(connection: psycopg.Connection[Any], address: _Address) -> list[tuple[str, str]]:
    """Column names and types of the table, or an error that names near tables."""
    name = address.identifier().as_string(connection)
    oid = (connection.execute(_FIND_TABLE, [name]).fetchone() or [None])[0]
    if oid is None:
        tables = [row[0] for row in connection.execute(_LIST_TABLES)]
        bare = {table.split(".", 1)[1]: table for table in tables}
        known = tables if "." in address.table else list(bare)
        raise InputFileError(
            f"{address.shown}: there is no table {address.table}. {near_misses(address.table, known)}"
        )
    return [(str(column), str(kind)) for column, kind in connection.execute(_LIST_COLUMNS, [oid])]


def _table(connection: psycopg.Connection[Any], address: _Address) -> TypedTable:
    columns = _columns(connection, address)
    kinds = {name: kind for name, kind in columns if kind not in _SHAPES}
    drawn = [name for name, kind in columns if kind in _SHAPES]
    if len(drawn) > 1:
        raise InputFileError(
            f"{address.shown} has {len(drawn)} geometry columns ({', '.join(drawn)}); make a view with one."
        )

    def read(names: list[str], geometry: bool) -> Iterator[pa.Table]:
        parts = [_as_csv_text(name, kinds[name], address.shown) for name in names]
        parts += [sql.SQL("{}::text").format(sql.Identifier(drawn[0]))] if geometry else []
        labels = [*names, "geometry"] if geometry else names
        # A table has no order of its own; sorted, the same rows have the same numbers each time.
        order = sql.SQL(", ").join(sql.SQL(str(place)) for place in range(1, len(names) + 1))
        query = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT (FORMAT csv)").format(
            sql.SQL(", ").join(parts), address.identifier(), order
        )
        with connection.cursor() as cursor, cursor.copy(query) as copy:
            for piece in _pieces(copy):
                yield _typed(_taken_apart(piece, labels), {n: kinds[n] for n in names}, geometry)

    what = address.shown
    return TypedTable("PostGIS", what, tuple(kinds), read, bool(drawn), None)


def _as_csv_text(name: str, kind: str, what: str) -> sql.Composable:
    """Ask for a column as the register's text; an infinite time is an open end."""
    column = sql.Identifier(name)
    if kind == "bool":
        raise InputFileError(
            f"{what} has true/false values in the column {name} where text or numbers were expected."
        )
    if kind in _TIMES:
        zoned = sql.SQL(" AT TIME ZONE 'UTC'") if kind == "timestamptz" else sql.SQL("")
        # Of a fraction only the digits that say something.
        return sql.SQL(
            "CASE WHEN isfinite({0}) THEN rtrim(rtrim(to_char({0}{1}, {2}), '0'), '.') || {3} END"
        ).format(column, zoned, sql.Literal('YYYY-MM-DD"T"HH24:MI:SS.US'), sql.Literal(_TIMES[kind]))
    if kind == "date":
        return sql.SQL("CASE WHEN isfinite({0}) THEN to_char({0}, 'YYYY-MM-DD') END").format(column)
    return sql.SQL("{}::text").format(column)


def _pieces(rows: Iterable[Any]) -> Iterator[bytes]:
    """Put rows together to pieces worth taking apart; libpq gives whole rows."""
    waiting: list[bytes] = []
    size = 0
    for row in rows:
        waiting.append(bytes(row))
        size += len(row)
        if size >= _PIECE_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def _taken_apart(piece: bytes, labels: list[str]) -> pa.Table:
    return arrow_csv.read_csv(
        pa.BufferReader(piece),
        read_options=arrow_csv.ReadOptions(column_names=labels, use_threads=False, block_size=len(piece) + 1),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(labels, pa.string()), null_values=[""], strings_can_be_null=True
        ),
    )


def _typed(piece: pa.Table, kinds: dict[str, str], geometry: bool) -> pa.Table:
    """Give numbers and shapes their types back, so that they are written as everywhere."""
    columns = {
        name: clean_text(piece.column(name)).cast(pa.float64()) if kind in _NUMBERS else piece.column(name)
        for name, kind in kinds.items()
    }
    if geometry:
        columns["geometry"] = piece.column("geometry")
    return pa.table(columns)
