"""The building store on one process: what is written is read, and nothing else is touched."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import screening
from screening import store
from screening.errors import InputFileError, TableError, UnknownNameError
from screening.register import read_buildings
from screening.store import BuildingStore, catalogue
from screening.tables import BUILDINGS, check
from store_tables import CODES, assert_same, facts, make_buildings

PUBLIC = [
    "digest_files",
    "digest_table",
    "program_fingerprint",
    "read_assumptions",
    "read_density",
    "read_layers",
    "read_manifest",
    "read_screening",
    "remove_manifest",
    "write_density",
    "write_layers",
    "write_manifest",
    "write_screening",
    "write_text",
    "write_whole",
    "IMPORT_MANIFEST",
    "SCREEN_MANIFEST",
]


@pytest.fixture
def register(tmp_path):
    return BuildingStore(tmp_path / "register")


def files_of(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def identity(path):
    status = path.stat()
    return status.st_ino, status.st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_name_of_the_former_module_is_still_there():
    assert [name for name in PUBLIC if not hasattr(store, name)] == []


def test_the_fingerprint_covers_the_whole_program():
    folder = screening.__path__[0]
    listed = subprocess.run(
        ["find", ".", "-type", "f", "-not", "-path", "*/__pycache__/*"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    names = sorted((name[2:] for name in listed if name), key=lambda name: name.split("/"))
    whole = hashlib.sha256()
    for name in names:
        whole.update(name.encode() + Path(folder, name).read_bytes())
    assert {"tables.py", "store/whole.py", "assumptions/data/common/register.csv"} <= set(names)
    store.program_fingerprint.cache_clear()
    assert store.program_fingerprint() == whole.hexdigest()


def test_a_municipality_is_read_as_it_was_written(register):
    buildings = make_buildings("0217", 40)
    register.replace("0217", buildings.sample(frac=1, random_state=1), facts())
    got = register.read("0217")
    assert_same(got, buildings)
    check(got, BUILDINGS, "read")
    with_types = check(buildings, BUILDINGS, "made")
    assert {c: got[c].dtype for c in ("area_m2", "is_gas")} == {"area_m2": float, "is_gas": bool}
    assert set(with_types.columns) == set(got.columns)


def test_columns_can_be_chosen(register):
    buildings = make_buildings("0217", 7)
    register.replace("0217", buildings, facts())
    few = register.read("0217", ["area_m2", "use_code"])
    assert list(few.columns) == ["area_m2", "use_code"]
    assert few["area_m2"].to_dict() == buildings["area_m2"].to_dict()
    assert isinstance(register.read("0217", ["geometry"]), gpd.GeoDataFrame)
    with pytest.raises(UnknownNameError, match="Did you mean area_m2"):
        register.read("0217", ["area_m"])
    assert list(register.read_many(columns=["use_code"]).columns) == ["use_code"]


def test_an_unknown_municipality_is_named(register):
    register.replace("0217", make_buildings("0217", 1), facts())
    with pytest.raises(UnknownNameError, match=r"0271.*Did you mean 0217"):
        register.read("0271")
    with pytest.raises(UnknownNameError):
        register.read("../0217")


def test_an_empty_store_gives_an_empty_table(register):
    table = register.read_many()
    assert len(table) == 0
    assert list(check(table, BUILDINGS, "empty").columns) == [*BUILDINGS.columns, "geometry"]
    assert register.codes() == []
    assert len(register.catalogue()) == 0
    assert register.partitions() == {}


def test_others_are_not_touched(register):
    for code in CODES:
        register.replace(code, make_buildings(code, 12), facts())
    others = [p for p in files_of(register.folder) if "0217" not in str(p.relative_to(register.folder))]
    assert len([p for p in others if p.suffix == ".parquet"]) == 2
    before = {path: identity(path) for path in others}
    register.replace("0217", make_buildings("0217", 13, mark=1), facts(1))
    assert {path: identity(path) for path in others} == before
    assert len(register.read("0217")) == 13
    assert len(list(register.partition("0217").iterdir())) == 1  # the superseded file is gone


def test_the_catalogue_holds_what_was_told(register):
    buildings = make_buildings("0217", 3)
    told = facts(
        source_sha256="ab" * 32,
        dialect="fildownload-csv",
        generation="123",
        read_at="2026-11-01T10:00:00Z",
        kept=np.int64(3),
        dropped_duplicate=96,
        repairs=pd.Series({"year_unknown": 2}),
    )
    register.replace("0217", buildings, told)
    register.replace("0101", make_buildings("0101", 2), facts())
    raw = json.loads((register.folder / "catalogue" / "0217.json").read_text(encoding="utf-8"))
    file = register.partition("0217") / raw["file"]
    assert raw["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert raw["facts"] == told | {"kept": 3, "repairs": {"year_unknown": 2}}
    table = register.catalogue()
    assert list(table.index) == ["0101", "0217"]
    assert table.index.name == "municipality_code"
    row = table.loc["0217"]
    assert (row["rows"], row["kept"], row["repairs_year_unknown"]) == (3, 3, 2)
    assert row["program"] == store.program_fingerprint()
    assert row["read_at"] == "2026-11-01T10:00:00Z"
    assert register.partitions() == {
        "0101": register.partition("0101") / table.loc["0101", "file"],
        "0217": file,
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda b: b.assign(municipality_code=["0217", "0101"]), "1 rows belong elsewhere, e.g. '0101'"),
        (lambda b: b.assign(area_m2=-1.0), "area_m2: 2 rows break"),
        (lambda b: b.set_index(pd.Index(["a", "a"], name="building_id")), "2 rows break field_uniqueness"),
        (lambda b: b.drop(columns="is_oil"), "column is_oil is missing"),
        (lambda b: b.to_crs("EPSG:4326"), "EPSG:25832"),
        (lambda b: b.set_geometry(b.buffer(1)), "2 rows have no point"),
        (lambda b: b.set_geometry([shapely.Point(), None], crs=b.crs), "2 rows have no point"),
        (lambda b: pd.DataFrame(b.drop(columns="geometry")), "no geometry"),
    ],
)
def test_a_wrong_table_is_refused_and_changes_nothing(register, change, words):
    register.replace("0217", make_buildings("0217", 5), facts())
    before = {path: identity(path) for path in files_of(register.folder)}
    with pytest.raises(TableError, match=words):
        register.replace("0217", change(make_buildings("0217", 2)), facts())
    assert {path: identity(path) for path in files_of(register.folder)} == before


@pytest.mark.parametrize("code", ["217", "02170", "../1", "", "021a", "0217\n"])
def test_a_code_is_four_digits(register, code):
    with pytest.raises(TableError, match="four digits"):
        register.replace(code, make_buildings("0217", 1), facts())
    assert not register.folder.exists()


def test_a_missing_code_is_that_of_the_partition(register):
    register.replace("0217", make_buildings("0217", 3).assign(municipality_code=None), facts())
    assert list(register.read("0217")["municipality_code"]) == ["0217"] * 3


@pytest.mark.parametrize(
    ("told", "words"),
    [({"kept": 4}, "say that 4 .* has 3"), ({"x": float("nan")}, "JSON"), ({"x": {1}}, "set")],
)
def test_facts_must_fit(register, told, words):
    with pytest.raises(TableError, match=words):
        register.replace("0217", make_buildings("0217", 3), told)
    assert register.codes() == []


def _cut(path):
    path.write_bytes(path.read_bytes()[:-20])


def _flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [_cut, _flip, lambda p: p.write_bytes(b""), lambda p: p.unlink()])
def test_a_damaged_partition_is_named_and_can_be_mended(register, harm):
    register.replace("0217", make_buildings("0217", 30), facts())
    path = register.partitions()["0217"]
    harm(path)
    with pytest.raises(InputFileError, match=r"(?s)damaged.*Import the municipality again") as caught:
        register.read("0217")
    assert str(path) in str(caught.value)
    register.replace("0217", make_buildings("0217", 30), facts())
    assert len(register.read("0217")) == 30


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", None])
def test_a_damaged_entry_is_named_and_can_be_mended(register, text):
    register.replace("0217", make_buildings("0217", 3), facts())
    path = register.folder / "catalogue" / "0217.json"
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace('"file": "', '"file": "../') if text is None else text, encoding="utf-8")
    with pytest.raises(InputFileError, match=r"0217\.json is damaged"):
        register.read("0217")
    register.replace("0217", make_buildings("0217", 4), facts())
    assert len(register.read("0217")) == 4


def test_a_reader_overtaken_by_a_writer_reads_the_new_table(register, monkeypatch):
    register.replace("0217", make_buildings("0217", 3), facts())
    read_entry, overtaken = catalogue.read_entry, []

    def overtake(folder, code):
        entry = read_entry(folder, code)
        if len(overtaken) < 3:  # the writer itself does not look into the catalogue
            overtaken.append(entry.file)
            register.replace("0217", make_buildings("0217", 4 + len(overtaken), 1), facts())
        return entry

    monkeypatch.setattr(catalogue, "read_entry", overtake)
    assert len(register.read("0217")) == 7
    assert len(set(overtaken)) == 3


def test_a_file_in_use_as_on_windows_is_removed_by_a_later_write(register, monkeypatch):
    register.replace("0217", make_buildings("0217", 3), facts())
    in_use, unlink = register.partitions()["0217"], Path.unlink

    def refuse(path, missing_ok=False):
        if path == in_use:
            raise PermissionError(13, "in use", str(path))
        unlink(path, missing_ok=missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        register.replace("0217", make_buildings("0217", 4), facts())
    assert in_use.exists()
    assert len(register.read("0217")) == 4
    register.replace("0217", make_buildings("0217", 5), facts())
    assert not in_use.exists()


def test_an_entry_in_use_as_on_windows_is_replaced_a_moment_later(register, monkeypatch):
    register.replace("0217", make_buildings("0217", 3), facts())
    replace, refused = Path.replace, []

    def refuse(path, target):
        if Path(target).suffix == ".json" and len(refused) < 3:
            refused.append(target)
            raise PermissionError(13, "in use", str(target))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    register.replace("0217", make_buildings("0217", 4), facts())
    assert len(refused) == 3
    assert len(register.read("0217")) == 4
    assert [path.name for path in (register.folder / "catalogue").iterdir()] == ["0217.json"]


def test_a_write_that_fails_leaves_nothing_behind(register, monkeypatch):
    register.replace("0217", make_buildings("0217", 3), facts())
    before = {path: identity(path) for path in files_of(register.folder)}

    def full(_path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("screening.store.partition.flush", full)
    with pytest.raises(OSError, match="No space left"):
        register.replace("0217", make_buildings("0217", 4), facts())
    assert {path: identity(path) for path in files_of(register.folder)} == before


def test_other_tools_read_a_partition(register):
    buildings = make_buildings("0217", 25).assign(supplementary_heating_code=None)
    register.replace("0217", buildings.iloc[::-1], facts())
    path = register.partitions()["0217"]
    plain = pq.ParquetFile(path)
    kinds = {field.name: str(field.type) for field in plain.schema_arrow}
    codes = [name for name in kinds if name.endswith(("_code", "_source"))] + ["building_id"]
    assert "supplementary_heating_code" in codes
    assert {kinds[name] for name in codes} <= {"string", "large_string"}
    assert (kinds["area_m2"], kinds["is_oil"], kinds["geometry"]) == ("double", "bool", "binary")
    rows = plain.read().to_pylist()
    assert [row["building_id"] for row in rows] == [f"0217-{n:06d}" for n in range(25)]
    assert shapely.from_wkb(rows[3]["geometry"]) == shapely.Point(700_003, 6_200_006)
    geo = json.loads(plain.schema_arrow.metadata[b"geo"])
    assert geo["primary_column"] == "geometry"
    assert geo["columns"]["geometry"]["encoding"] == "WKB"
    assert geo["columns"]["geometry"]["geometry_types"] == ["Point"]
    assert geo["columns"]["geometry"]["crs"]["id"] == {"authority": "EPSG", "code": 25832}
    assert_same(gpd.read_parquet(path), buildings)


def test_all_partitions_are_one_dataset(register):
    for code in CODES:
        register.replace(code, make_buildings(code, 10), facts())
    whole = ds.dataset([str(path) for path in register.partitions().values()]).to_table()
    assert sorted(set(whole["municipality_code"].to_pylist())) == sorted(CODES)
    assert whole.num_rows == 30
    assert len(list(register.folder.glob("municipality_code=*/*.parquet"))) == 3


steps = st.lists(
    st.tuples(
        st.sampled_from(CODES), st.integers(0, 6), st.integers(0, 3), st.randoms(use_true_random=False)
    ),
    max_size=6,
)


@settings(max_examples=25)
@given(steps)
def test_any_sequence_of_writes_is_a_dictionary(sequence):
    folder = tempfile.mkdtemp()
    try:
        register, model = BuildingStore(folder), {}
        for code, count, mark, chance in sequence:
            model[code] = make_buildings(code, count, float(mark))
            order = chance.sample(range(count), count)
            register.replace(code, model[code].iloc[order], facts())
        assert register.codes() == sorted(model)
        for code, expected in model.items():
            assert_same(register.read(code), expected)
        if model:
            assert_same(register.read_many(), pd.concat([model[code] for code in sorted(model)]))
            backwards = sorted(model, reverse=True)
            assert_same(register.read_many(backwards), pd.concat([model[code] for code in backwards]))
        assert len(list(register.folder.glob("*/*.parquet"))) == len(model)
    finally:
        shutil.rmtree(folder)


def test_the_store_loads_no_dask():
    code = "import sys, screening.store; sys.exit(bool({'dask', 'distributed'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_real_register_file(register, real_data):
    (path,) = (real_data / "bbr").glob("BBR_Bygning_*.csv")
    buildings, report = read_buildings(path)
    for code, part in buildings.groupby("municipality_code"):
        register.replace(code, part, {"source": report.source, "kept": len(part)})
    assert register.catalogue()["rows"].sum() == report.counts["kept"]
    assert register.catalogue().loc["0253", "rows"] == (buildings["municipality_code"] == "0253").sum()
    expected = pd.concat([part for _, part in buildings.groupby("municipality_code")])
    assert_same(register.read_many(), expected[register.read_many().columns])
