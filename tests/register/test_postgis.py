"""A register table in PostGIS: the same rows give the same table as the CSV; nobody sees the password."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading

import pandas as pd
import psycopg
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from psycopg import sql

from postgis_server import PASSWORD
from register_tables import EXTRA, POINT, WHOLE, frame_of
from screening.errors import InputFileError
from screening.register import read_buildings
from screening.register.dialects.postgis import address_identity, is_address, without_password
from screening.register.dialects.sources import open_source

REAL = "bbr/BBR_Bygning_2020-04-18.csv"
TIMES = ("registreringFra", "registreringTil", "virkningFra", "virkningTil")


def assert_same(got, want):
    (buildings, report), (expected, told) = got, want
    assert_geodataframe_equal(buildings, expected)
    pd.testing.assert_series_equal(report.counts, told.counts)
    pd.testing.assert_series_equal(report.repairs, told.repairs)
    # A table has no order, so the number of a row means nothing.
    lists = [r.dropped.drop(columns="row").sort_values(["building_id", "reason"]) for r in (report, told)]
    pd.testing.assert_frame_equal(*(rows.reset_index(drop=True) for rows in lists))
    assert report.register_date == told.register_date


def ewkb(text, srid=25832):
    """Coordinate text as the hexadecimal that PostGIS takes; missing for an empty or missing one."""
    shape = None if text is None else shapely.from_wkt(text)
    if shape is None or shape.is_empty:
        return None
    return shapely.to_wkb(shapely.set_srid(shape, srid), hex=True, include_srid=True)


@pytest.fixture
def keep(postgis):
    """Write rows as a table of a fresh schema; gives the table's address."""

    def _keep(frame, name="bbr.bygning", kinds=None, *, drawn="geometry(Point,25832)", srid=25832):
        kinds = kinds or {}
        columns = {c: kinds.get(c, "text") for c in frame.columns if not (c == POINT and drawn)}
        values = frame[list(columns)].copy()
        if drawn:
            columns["geom"] = drawn
            values["geom"] = [ewkb(text, srid) for text in frame[POINT]]
        table = sql.Identifier(*name.split(".", 1))
        with psycopg.connect(postgis, autocommit=True) as connection:
            connection.execute("DROP SCHEMA IF EXISTS bbr CASCADE")
            connection.execute("CREATE SCHEMA bbr")
            parts = [sql.SQL("{} {}").format(sql.Identifier(c), sql.SQL(k)) for c, k in columns.items()]
            connection.execute(sql.SQL("CREATE TABLE {} ({})").format(table, sql.SQL(", ").join(parts)))
            copy = sql.SQL("COPY {} FROM STDIN").format(table)
            with connection.cursor() as cursor, cursor.copy(copy) as to_table:
                for line in values.itertuples(index=False):
                    to_table.write_row([None if pd.isna(v) else v for v in line])
        return f"{postgis}?table={name}"

    return _keep


@pytest.fixture
def do(postgis):
    """Run SQL on the server."""

    def _do(command, *values):
        with psycopg.connect(postgis, autocommit=True) as connection:
            connection.execute(command, values or None)

    return _do


@pytest.fixture
def rows(row):
    many = [
        row(1, fuel="3"),
        row(2, year=None, total=None, dwelling=None, business=None),
        row(3, point=None, system=None),
        row(4, status="10", registreringFra="2021-06-01T00:00:00Z"),
        row(5, use="999", heating=None, fuel=None, footprint="-3"),
        row(7, point="POINT (1.5 2.25)"),
        row(8, registreringTil="2021-01-01T00:00:00Z"),
        row(8, registreringFra="2019-06-01T08:04:25.3Z"),
        row(8, registreringFra="2020-06-01T08:04:25.35Z", year="1971"),
        row(9, use="x7", point="POINT (583116.47 6139276.92)"),
    ]
    return [r | EXTRA | {"note": 'two\nlines, "quoted" \\. and ;'} for r in many]


def csv_of(rows, write):
    plain = [{k: v for k, v in r.items() if k not in EXTRA and k != "note"} for r in rows]
    return read_buildings(write(plain))


TYPED = (
    dict.fromkeys(WHOLE, "double precision") | dict.fromkeys(TIMES, "timestamptz") | {"id_lokalId": "uuid"}
)
NUMERIC = dict.fromkeys(WHOLE, "numeric(12,2)") | dict.fromkeys(TIMES, "timestamp")
WHOLES = dict.fromkeys(WHOLE, "integer")


@pytest.mark.parametrize("kinds", [{}, TYPED, NUMERIC, WHOLES], ids=["text", "typed", "numeric", "integer"])
def test_any_rows_equal_the_csv(keep, rows, write, kinds):
    got = read_buildings(keep(frame_of(rows), kinds=kinds))
    assert got[1].dialect == "PostGIS"
    assert_same(got, csv_of(rows, write))


def test_the_written_coordinate_serves_where_there_is_no_geometry(keep, rows, write):
    got = read_buildings(keep(frame_of(rows), drawn=""))
    assert_same(got, csv_of(rows, write))


@pytest.mark.parametrize("kinds", [{}, TYPED], ids=["text", "typed"])
def test_the_real_rows_equal_the_csv(keep, real_data, kinds):
    path = real_data / REAL
    frame = frame_of(pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""]))
    want = read_buildings(path)
    got = read_buildings(keep(frame, kinds=kinds))
    assert got[1].rows == 2705
    assert got[1].absent_columns == want[1].absent_columns
    assert_same(got, want)


def test_rows_in_several_pieces_keep_their_numbers(keep, rows, write, monkeypatch):
    from screening.register.dialects import postgis

    monkeypatch.setattr(postgis, "_PIECE_BYTES", 500)
    with open_source(keep(frame_of(rows))) as reading:
        pieces = list(reading)
    assert len(pieces) > 3
    assert [n for piece in pieces for n in piece.rows.index] == list(range(1, len(rows) + 1))
    assert_same(read_buildings(keep(frame_of(rows))), csv_of(rows, write))


def test_a_view_in_lower_case_with_labels_is_read(keep, do, row, write):
    many = [row(1), row(2, fuel="3")]
    address = keep(frame_of(many))
    letters = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
    fuel = "byg057Opvarmningsmiddel"
    parts = [
        f'"{name}" AS {name.lower().translate(letters)}' for name in many[0] if name not in {POINT, fuel}
    ]
    parts += [f"CASE \"{fuel}\" WHEN '7' THEN 'Naturgas' ELSE 'Flydende brændsel' END AS {fuel}_t", "geom"]
    do(f'CREATE VIEW bbr."Byg 2" AS SELECT {", ".join(parts)} FROM bbr.bygning')
    got = read_buildings(address.replace("bbr.bygning", "bbr.Byg%202"))
    assert got[0]["heating_fuel_code"].tolist() == ["7", "3"]
    assert_same(got, read_buildings(write(many)))


def test_infinite_times_are_open_ends(keep, do, row):
    address = keep(frame_of([row(1), row(2)]), kinds=TYPED)
    do("""UPDATE bbr.bygning SET "registreringTil" = 'infinity', "virkningTil" = 'infinity'""")
    assert read_buildings(address)[1].counts["kept"] == 2


# Geometry


def test_other_reference_systems_are_reprojected_row_by_row(keep, do, row):
    address = keep(frame_of([row(1), row(2)]), drawn="geometry")
    do("UPDATE bbr.bygning SET geom = ST_Transform(geom, 4326) WHERE \"id_lokalId\" LIKE '%2'")
    buildings, _ = read_buildings(address)
    assert buildings.geometry.iloc[0] == shapely.Point(720000.5, 6215000.25)
    assert buildings.distance(shapely.Point(720000.5, 6215000.25)).max() < 1e-4


def test_a_polygon_gives_a_point_inside_it(keep, do, row):
    u = "POLYGON ((0 0, 30 0, 30 30, 20 30, 20 5, 10 5, 10 30, 0 30, 0 0))"
    address = keep(frame_of([row(1)]), drawn="geometry(Geometry,25832)")
    do("UPDATE bbr.bygning SET geom = ST_Translate(ST_GeomFromText(%s, 25832), 720000, 6215000)", u)
    buildings, report = read_buildings(address)
    assert report.dialect == "PostGIS, a point inside each polygon"
    point = buildings.geometry.iloc[0]
    assert shapely.from_wkt(u).contains(shapely.Point(point.x - 720000, point.y - 6215000))


@pytest.mark.parametrize(
    ("srid", "told"), [(0, "does not say its coordinate reference system"), (4326, "says degrees")]
)
def test_a_wrong_or_missing_reference_system_is_refused(keep, row, srid, told):
    with pytest.raises(InputFileError, match=told):
        read_buildings(keep(frame_of([row(1)]), drawn="geometry", srid=srid))


def test_two_geometry_columns_are_refused(keep, do, row):
    address = keep(frame_of([row(1)]))
    do("ALTER TABLE bbr.bygning ADD COLUMN outline geometry")
    with pytest.raises(InputFileError, match=r"2 geometry columns \(geom, outline\)"):
        read_buildings(address)


# What is no register table


def test_a_table_that_does_not_exist_is_answered_with_near_ones(keep, row):
    address = keep(frame_of([row(1)]))
    with pytest.raises(InputFileError, match=r"no table bbr\.bygninger\. Did you mean bbr\.bygning\?"):
        read_buildings(address + "er")


def test_a_table_of_something_else_says_what_it_lacks(keep, row):
    frame = frame_of([row(1)]).drop(columns=["byg056Varmeinstallation"])
    with pytest.raises(InputFileError, match="lacks 1 of the 11 columns needed: byg056Varmeinstallation"):
        read_buildings(keep(frame))


def test_an_empty_table_is_refused(keep, row):
    with pytest.raises(InputFileError, match="no buildings"):
        read_buildings(keep(frame_of([row(1)]).iloc[:0]))


def test_true_and_false_are_refused(keep, row):
    frame = frame_of([row(1)]).assign(byg057Opvarmningsmiddel="t")
    with pytest.raises(InputFileError, match="true/false values in the column byg057Opvarmningsmiddel"):
        read_buildings(keep(frame, kinds={"byg057Opvarmningsmiddel": "boolean"}))


def test_an_identifier_is_never_a_command(keep, row, do):
    address = keep(frame_of([row(1)])) + "%22%3BDROP%20TABLE%20bbr.bygning%3B--"
    with pytest.raises(InputFileError, match="there is no table"), open_source(address):
        pass
    do("SELECT 1 FROM bbr.bygning")


def test_the_transaction_cannot_write(keep, row):
    from screening.register.dialects import postgis

    opened = postgis._connected(postgis._parse(keep(frame_of([row(1)]))))
    with pytest.raises(InputFileError, match="read-only transaction"), opened as (_, connection):
        connection.execute("DELETE FROM bbr.bygning")


# Servers that fail, and the password


def faults(address):
    """Give every text that a user could see when reading fails, logs and causes included."""
    with pytest.raises(InputFileError) as told:
        read_buildings(address)
    texts = []
    error = told.value
    while error is not None:
        texts += [str(error), repr(error)]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return str(told.value), texts


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ((PASSWORD, "Forkert-9"), "the user or the password is wrong"),
        (("/postgres?", "/findes_ikke?"), 'database "findes_ikke" does not exist'),
        (("table=bbr.bygning", "table=bbr.ingen"), "there is no table"),
        (("?table=bbr.bygning", ""), "names no table"),
    ],
)
def test_a_refusal_is_one_sentence_without_the_password(keep, row, caplog, capfd, change, told):
    caplog.set_level(logging.DEBUG)
    sentence, texts = faults(keep(frame_of([row(1)])).replace(*change))
    assert told in sentence
    assert "\n" not in sentence
    seen = " ".join([*texts, caplog.text, *capfd.readouterr()])
    assert PASSWORD not in seen
    assert "Forkert-9" not in seen


def test_without_a_password_the_remedy_is_told(keep, row, monkeypatch, tmp_path):
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))
    monkeypatch.delenv("PGPASSWORD", raising=False)
    address = keep(frame_of([row(1)])).replace(f":{PASSWORD}", "")
    sentence, _ = faults(address)
    assert "set PGPASSWORD or keep it in a pgpass file" in sentence
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    assert read_buildings(address)[1].rows == 1


def test_a_table_that_may_not_be_read_says_so(keep, do, row):
    address = keep(frame_of([row(1)]))
    do("DROP ROLE IF EXISTS gaest")
    do("CREATE ROLE gaest LOGIN PASSWORD 'Gæst'")
    do("GRANT USAGE ON SCHEMA bbr TO gaest")
    sentence, _ = faults(address.replace(f"tester:{PASSWORD}", "gaest:G%C3%A6st"))
    assert "ask for the right to SELECT" in sentence


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://tester:p@ss@127.0.0.1:1/db?table=bbr.bygning",
        "postgresql://tester:pa/ss@127.0.0.1:1/db?table=bbr.bygning",
        "postgresql://tester:p@ss:word@127.0.0.1:notaport/db?table=x",
        "postgresql://tester:p%zz@127.0.0.1/db?table=x&pass=1",
    ],
)
def test_an_address_that_is_not_readable_is_not_repeated(address):
    sentence, texts = faults(address)
    assert "is not readable" in sentence
    assert not [text for text in texts if "ss" in text.replace("password", "").replace("address", "")]


def test_the_report_and_the_parsed_address_hold_no_password(keep, row):
    from screening.register.dialects import postgis

    address = keep(frame_of([row(1)]))
    _, report = read_buildings(address)
    assert PASSWORD not in repr(report)
    assert PASSWORD not in repr(postgis._parse(address))
    assert PASSWORD not in without_password(address)
    assert is_address(address)
    assert not is_address("register:0217")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_server_that_is_down_is_told():
    port = free_port()
    sentence, _ = faults(f"postgresql://a:b@127.0.0.1:{port}/db?table=x")
    assert sentence == (
        f"postgresql://a@127.0.0.1:{port}/db?table=x cannot be read: nothing listens there: is the server"
        " running, and host and port right."
    )


@contextlib.contextmanager
def listening(handle):
    """Answer on a port of this machine, each connection in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    client, _ = server.accept()
                    threading.Thread(target=handle, args=(client,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]


def test_a_server_that_never_answers_is_given_up():
    clients = []
    with listening(clients.append) as port:
        sentence, _ = faults(f"postgresql://a:b@127.0.0.1:{port}/db?table=x&connect_timeout=2")
    for client in clients:
        client.close()
    assert "the server does not answer" in sentence


@pytest.mark.parametrize(
    ("stalls", "told"), [(False, "the connection failed or broke off"), (True, "the server does not answer")]
)
def test_a_server_that_dies_in_the_middle_gives_an_error_and_no_half_a_table(
    keep, row, postgis, monkeypatch, stalls, told
):
    """Through a link that passes on 200 kB of the 1 MB and then hangs up, or falls silent."""
    from screening.register.dialects import postgis as reader

    if stalls:
        monkeypatch.setattr(reader, "_SILENT_SECONDS", 1.5)
    done = threading.Event()
    address = keep(frame_of([row(n) for n in range(1, 3001)]))
    port = int(postgis.split("@127.0.0.1:")[1].split("/")[0])

    def cut_off(client):
        with client, socket.create_connection(("127.0.0.1", port)) as server:

            def ask():
                with contextlib.suppress(OSError):
                    while data := client.recv(65536):
                        server.sendall(data)

            threading.Thread(target=ask, daemon=True).start()
            sent = 0
            with contextlib.suppress(OSError):
                while sent < 200_000 and (data := server.recv(16384)):
                    client.sendall(data)
                    sent += len(data)
                if stalls:
                    done.wait(30)
                client.shutdown(socket.SHUT_RDWR)

    with listening(cut_off) as through:
        sentence, _ = faults(address.replace(f":{port}/", f":{through}/") + "&sslmode=disable")
    done.set()
    assert told in sentence
    assert read_buildings(address)[1].counts["kept"] == 3000


# What identifies it


def test_the_identity_of_a_table_changes_with_its_rows(keep, do, row):
    address = keep(frame_of([row(1), row(2, registreringFra="2021-02-03T00:00:00Z")]))
    before = address_identity(address)
    assert PASSWORD not in before
    assert before.endswith("2 rows, newest registration 2021-02-03T00:00:00Z")
    do("DELETE FROM bbr.bygning WHERE \"id_lokalId\" LIKE '%2'")
    assert address_identity(address).endswith("1 rows, newest registration 2020-01-01T00:00:00Z")


def test_an_address_keeps_its_other_settings_when_shown():
    address = "postgres://J%C3%B8rn:x%40y@gis.kommune:5433/k?sslmode=require&sslpassword=x&table=bbr.%C3%B8"
    assert without_password(address) == (
        "postgresql://J%C3%B8rn@gis.kommune:5433/k?sslmode=require&table=bbr.%C3%B8"
    )


def test_a_municipality_whose_buildings_are_a_table_is_imported_and_kept_up(
    keep, do, row, tmp_path, monkeypatch
):
    import geopandas as gpd

    from screening import store, workbench
    from screening.project import read_project

    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    address = keep(frame_of([row(n) for n in range(1, 8)]))
    circle = shapely.Point(720000, 6215000).buffer(500)
    gpd.GeoDataFrame({"area": ["By"]}, geometry=[circle], crs="EPSG:25832").to_file(tmp_path / "omr.gpkg")
    data = tmp_path / "data"
    layers, slug = workbench.import_register(
        address, data_dir=data, name="Prøve", areas=tmp_path / "omr.gpkg"
    )
    assert len(layers.buildings) == 7
    file = data / "raw" / slug / "municipality.yaml"
    shown = without_password(address)
    assert f"buildings: {shown}\n" in file.read_text(encoding="utf-8")
    assert PASSWORD not in file.read_text(encoding="utf-8")
    manifest = store.read_manifest(data / "processed" / slug, store.IMPORT_MANIFEST)
    assert manifest["files"][shown] == "7 rows, newest registration 2020-01-01T00:00:00Z"
    assert PASSWORD not in str(manifest)

    project = read_project(file.parent)
    assert project.buildings == shown
    assert PASSWORD not in repr(project.model_copy(update={"buildings": address}))
    do("DELETE FROM bbr.bygning WHERE \"id_lokalId\" LIKE '%7'")
    assert len(workbench.run_screening(slug, data_dir=data).layers.buildings) == 6


def test_buildings_from_a_table_and_the_rest_from_a_folder(keep, row, tmp_path):
    import geopandas as gpd

    from screening import workbench

    folder = tmp_path / "files"
    folder.mkdir()
    circle = shapely.Point(720000, 6215000).buffer(500)
    gpd.GeoDataFrame({"area": ["By"]}, geometry=[circle], crs="EPSG:25832").to_file(folder / "omr.gpkg")
    address = keep(frame_of([row(1), row(2)]))
    layers, _ = workbench.import_register(folder, data_dir=tmp_path / "data", buildings=address)
    assert len(layers.buildings) == 2
    assert layers.areas["area"].tolist() == ["By"]
