"""The national run against all buildings at once on one machine; killed, resumed, on two workers."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box
from shapely.affinity import translate
from typer.testing import CliRunner

from national_country import (
    EAST,
    NORTH,
    SET,
    WAIT_S,
    assert_same,
    at_once,
    hang_in_run,
    made_outlines,
    store_country,
    terrace_country,
)
from screening import areas, cli, communities, pipeline, register, workbench
from screening.communities import Tiling
from screening.errors import InputFileError, ScreeningError

shell = CliRunner()
SHELL = ["--workers", "1", "--tile-km", "0.05", "--assumptions", "cowi-2022", "--data-dir"]
SMALL = Tiling(50.0, EAST, NORTH)


@pytest.fixture
def country(tmp_path):
    rows = terrace_country()
    store_country(tmp_path, rows)
    return tmp_path, rows, made_outlines(rows, tmp_path / "bygning.gpkg")


def run_small(folder, outlines, **more):
    return workbench.national_communities(
        data_dir=folder, outlines=outlines, assumptions=SET, tiling=SMALL, **more
    )


place = st.one_of(st.integers(0, 20).map(lambda n: 10.0 * n), st.floats(0, 200))
building = st.tuples(
    place,
    place,
    st.one_of(st.just(10.0), st.floats(4, 25), st.just(120.0)),
    st.floats(4, 15),
    st.one_of(st.floats(20, 300), st.floats(300, 3000), st.just(8000.0), st.none()),  # the largest: 150 m
    st.sampled_from(["131", "140", "120"]),
    st.sampled_from(["0101", "0217", "0253"]),
    st.booleans(),
)


@settings(max_examples=10)
@given(
    st.lists(building, min_size=1, max_size=25),
    st.sampled_from([40.0, 100.0, 10_000.0]),
    st.sampled_from([0.0, EAST, EAST + 3.0]),
)
def test_any_layout_tiles_and_municipalities_give_what_one_machine_gives(rows, size_m, east_m):
    names = ["x", "y", "width", "depth", "area_m2", "use_code", "code", "is_mapped"]
    table = pd.DataFrame(rows, columns=names).assign(is_gas=True)
    table["area_m2"] = table["area_m2"].astype(float)
    table["id"] = [f"b{n:03d}" for n in np.random.default_rng(len(rows)).permutation(len(rows))]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store_country(folder, table)
        outlines = None
        if table["is_mapped"].any():
            outlines = made_outlines(table[table["is_mapped"]], folder / "bygning.gpkg")
        run = workbench.national_communities(
            data_dir=folder, outlines=outlines, assumptions=SET, tiling=Tiling(size_m, east_m, NORTH)
        )
        assert_same(run, at_once(folder, outlines))
        counts = run.municipalities.sum()
        takes_part = table["use_code"] != "120"
        unknown = table["area_m2"].isna()
        assert counts["building_count"] == len(table)
        assert counts["demand_unknown_count"] == (takes_part & unknown).sum()
        assert counts["outline_estimated_count"] == (takes_part & ~unknown & ~table["is_mapped"]).sum()
        assert counts["in_community_count"] == run.communities["building_count"].sum()


def test_communities_across_the_borders_of_municipalities_and_tiles(country):
    folder, rows, outlines = country
    run = run_small(folder, outlines)
    assert_same(run, at_once(folder, outlines))
    # Three rows of 20 houses, a few of them without gas; 160 m long: four tiles, three municipalities.
    assert run.communities["municipality_codes"].tolist() == ["0101,0217,0253"] * 3
    members = run.members()
    joined = members[members["community_id"] == 0].join(rows.set_index("id")[["x", "code"]])
    assert joined["x"].max() - joined["x"].min() > 100
    assert (joined["municipality_code"] == joined["code"]).all()
    assert run.municipalities["community_count"].tolist() == [3, 3, 3]
    assert run.uses.set_index("use_code").loc["421", "building_count"] == 3


def test_the_density_grid_is_that_of_all_buildings_at_once(country):
    folder, _, outlines = country
    run = run_small(folder, outlines, cell_m=25.0)
    buildings = pipeline.add_heat(workbench.building_store(folder).read_many(), SET)
    grid, transform, _ = areas.density_grid(buildings, cell_m=25.0)
    density = run.density()
    assert density.transform == transform
    np.testing.assert_allclose(density.heat_mwh, grid, rtol=1e-12)
    assert density.heat_mwh.sum() == pytest.approx(run.municipalities["heated_mwh"].sum(), rel=1e-12)


def test_two_workers_give_what_one_gives(country, tmp_path):
    folder, rows, outlines = country
    one = run_small(folder, outlines)
    other = tmp_path / "other"
    store_country(other, rows)
    two = run_small(other, outlines, workers=2)
    for name in (
        "41_communities.parquet",
        "40_members.parquet",
        "12_municipalities.parquet",
        "33_density.tif",
    ):
        assert (one.folder / name).read_bytes() == (two.folder / name).read_bytes(), name


def stop_at(moment, folder, outlines, signal):
    """Kill a run in the middle."""
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=hang_in_run, args=(str(folder), str(outlines), moment, str(signal)))
    process.start()
    end = time.monotonic() + WAIT_S
    while not signal.exists() and process.is_alive() and time.monotonic() < end:
        time.sleep(0.02)
    assert signal.exists()
    process.kill()
    process.join()


def test_a_killed_run_goes_on_where_it_was(country):
    folder, _, outlines = country
    stop_at("in a tile", folder, outlines, folder / "signal")
    with pytest.raises(InputFileError, match="holds no national run"):
        workbench.load_national(folder)
    tiles = folder / "processed" / "national" / "pieces" / "tiles"
    done = {path.name: path.stat().st_mtime_ns for path in tiles.glob("[!.]*")}
    assert len(done) == 2
    run = run_small(folder, outlines)
    assert_same(run, at_once(folder, outlines))
    after = {path.name: path.stat().st_mtime_ns for path in tiles.iterdir()}
    assert len(after) > 2
    assert done.items() <= after.items()  # not done again, and nothing half done is left
    assert not list(folder.glob("processed/national/pieces/*/.partial*"))


def test_killed_before_the_result_is_in_place_the_old_one_stays(country):
    folder, rows, outlines = country
    before = run_small(folder, outlines)
    store_country(folder, rows[rows["code"] != "0101"].iloc[:-3])
    stop_at("before the end", folder, outlines, folder / "signal")
    kept = workbench.load_national(folder)
    assert kept.facts == before.facts
    pd.testing.assert_frame_equal(kept.members(), before.members())
    assert_same(run_small(folder, outlines), at_once(folder, outlines))


def test_only_what_a_change_touches_is_done_again(country):
    folder, rows, outlines = country
    run_small(folder, outlines)
    work = folder / "processed" / "national" / "pieces"
    before = {p: p.stat().st_mtime_ns for p in work.glob("*/*")}
    run_small(folder, outlines)
    assert {p: p.stat().st_mtime_ns for p in work.glob("*/*") if p.is_dir()} == {
        p: t for p, t in before.items() if p.is_dir()
    }
    east = (rows["code"] == "0217") & (rows["x"] > 150)  # the last house of each row
    store_country(folder, rows[(rows["code"] == "0217") & ~east])
    assert_same(run_small(folder, outlines), at_once(folder, outlines))
    kept = {p.name for p in before} & {p.name for p in work.glob("*/*")}
    assert {name[:4] for name in kept if name.startswith("0")} >= {"0101", "0253"}
    assert not [p for p in work.glob("select/0217*") if p in before]
    assert [name for name in kept if name.startswith("0_")]  # the westernmost tiles


def test_a_failing_tile_names_itself_and_the_others_are_kept(country, monkeypatch):
    folder, _, outlines = country
    label_tile, seen = communities.label_tile, []

    def label(geometry, reach_m):
        seen.append(geometry)
        if len(seen) == 2:
            raise MemoryError("no room")
        return label_tile(geometry, reach_m)

    monkeypatch.setattr(communities, "label_tile", label)
    with pytest.raises(
        ScreeningError, match=r"1 of \d+ pieces .*'tiles' failed: tile \d, \d \(municip.*no room"
    ):
        run_small(folder, outlines)
    count = len(seen)
    assert_same(run_small(folder, outlines), at_once(folder, outlines))
    assert len(seen) == count + 1


def test_a_building_in_two_municipalities_counts_where_the_register_is_newer(tmp_path):
    rows = terrace_country()
    twice = rows[rows["code"] == "0101"].head(2).assign(code="0253")
    store_country(tmp_path, pd.concat([rows, twice]), {"0253": "2026-06-01"})
    run = run_small(tmp_path, None)
    assert run.municipalities["moved_count"].to_dict() == {"0101": 2, "0217": 0, "0253": 0}
    assert run.members().loc[twice["id"], "municipality_code"].tolist() == ["0253", "0253"]
    assert run.members().index.is_unique
    # Grid, uses and counts are those of the country without the older two.
    once = tmp_path / "once"
    store_country(once, pd.concat([rows[~rows["id"].isin(twice["id"])], twice]))
    expected = run_small(once, None)
    assert expected.municipalities["moved_count"].sum() == 0
    columns = run.municipalities.columns.drop("moved_count")
    pd.testing.assert_frame_equal(run.municipalities[columns], expected.municipalities[columns])
    assert run.municipalities["building_count"].sum() == len(rows)
    told = " ".join(shell.invoke(cli.app, ["national-communities", *SHELL, str(tmp_path)]).output.split())
    assert f"buildings, each counted once │ {len(rows):,} │" in told
    assert "not counted: in a newer file of another municipality │ 2 │" in told
    pd.testing.assert_frame_equal(run.uses, expected.uses)
    np.testing.assert_allclose(run.density().heat_mwh, expected.density().heat_mwh, rtol=1e-12)


def test_a_building_that_the_newer_register_heats_otherwise_is_not_chosen(tmp_path):
    rows = terrace_country()
    first = rows[rows["code"] == "0101"].head(1)
    assert first["is_gas"].all()
    store_country(
        tmp_path, pd.concat([rows, first.assign(code="0253", use_code="120")]), {"0253": "2026-06-01"}
    )
    run = run_small(tmp_path, None)
    assert first["id"].iloc[0] not in run.members().index


def test_a_municipality_whose_every_building_moved_counts_nothing(tmp_path):
    rows = terrace_country()
    twice = rows[rows["code"] == "0101"].assign(code="0253")
    store_country(tmp_path, pd.concat([rows, twice]), {"0253": "2026-06-01"})
    run = run_small(tmp_path, None)
    nothing = run.municipalities.loc["0101"]
    assert nothing["moved_count"] == len(twice)
    assert nothing[["building_count", "heated_count", "heated_mwh", "placed_count"]].sum() == 0
    assert run.municipalities["building_count"].sum() == len(rows)


def test_outlines_in_pieces_and_files_of_each_kind(country):
    folder, rows, outlines = country
    expected = run_small(folder, outlines).communities
    half = folder / "half"
    half.mkdir()
    made_outlines(rows.iloc[:31], half / "a.parquet")
    made_outlines(rows.iloc[31:], half / "b.fgb")
    again = run_small(folder, half)
    pd.testing.assert_frame_equal(pd.DataFrame(again.communities), pd.DataFrame(expected))
    assert again.municipalities["outline_estimated_count"].sum() == 0
    whole = register.read_outlines(outlines)
    pieces = list(register.stream_outlines([outlines], whole.index[:40], batch_rows=7))
    assert len(pieces) > 5
    assert sum(map(len, pieces)) == 40
    joined = register.join_parts(pd.concat(pieces, ignore_index=True))
    assert joined.geometry.geom_equals_exact(whole.geometry.loc[joined.index], 0).all()


def test_a_building_of_several_polygons_is_put_together(tmp_path):
    shapes = [box(0, 0, 5, 5), box(9, 9, 12, 12), box(5, 0, 10, 5)]
    shapes = [translate(shape, EAST, NORTH) for shape in shapes]
    table = gpd.GeoDataFrame({"BBRUUID": ["A1", "b", " a1"]}, geometry=shapes, crs="EPSG:25832")
    table.to_parquet(tmp_path / "o.parquet")
    pieces = list(register.stream_outlines([tmp_path / "o.parquet"], pd.Index(["a1"]), batch_rows=1))
    assert len(pieces) == 2
    joined = register.join_parts(pd.concat(pieces, ignore_index=True))
    assert joined.geometry.area.to_dict() == {"a1": 50.0}
    assert joined["part_count"].tolist() == [2]


def test_faults_are_named(country, tmp_path):
    folder, rows, outlines = country
    with pytest.raises(InputFileError, match="holds no municipality"):
        workbench.national_communities(data_dir=tmp_path / "empty")
    with pytest.raises(InputFileError, match="codes names no municipality"):
        run_small(folder, outlines, codes=[])
    with pytest.raises(InputFileError, match="do not exist"):
        run_small(folder, tmp_path / "no.gpkg")
    (tmp_path / "none").mkdir()
    with pytest.raises(InputFileError, match="has no outlines"):
        run_small(folder, tmp_path / "none")
    mapped = gpd.read_file(outlines)
    mapped.rename(columns={"BBRUUID": "code"}).to_parquet(tmp_path / "nameless.parquet")
    with pytest.raises(InputFileError, match="no column with the BBR id"):
        run_small(folder, tmp_path / "nameless.parquet")
    mapped.set_crs("EPSG:25833", allow_override=True).to_parquet(tmp_path / "far.parquet")
    with pytest.raises(InputFileError, match="EPSG:25833; expected EPSG:25832"):
        run_small(folder, tmp_path / "far.parquet")
    pd.DataFrame({"BBRUUID": rows["id"]}).to_parquet(tmp_path / "plain.parquet")
    with pytest.raises(InputFileError, match="no GeoParquet"):
        run_small(folder, tmp_path / "plain.parquet")
    mapped.set_geometry([Point(EAST, NORTH)] * len(mapped)).to_parquet(tmp_path / "points.parquet")
    with pytest.raises(InputFileError, match="Point where polygons"):
        run_small(folder, tmp_path / "points.parquet")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(InputFileError, match="no map file"):
        run_small(folder, tmp_path / "bad.parquet")
    with pytest.raises(ScreeningError, match="9999"):
        run_small(folder, outlines, codes=["9999"])


def test_a_country_without_a_single_chosen_building(tmp_path):
    store_country(tmp_path, terrace_country().assign(use_code="120"))
    run = run_small(tmp_path, None)
    assert run.communities.empty
    assert run.members().empty
    assert run.municipalities["placed_count"].sum() == 0


def test_the_real_cut(real_data, tmp_path):
    bbr = real_data / "bbr"
    workbench.store_register(bbr / "BBR_Bygning_2020-04-18.csv", data_dir=tmp_path)
    outlines = bbr / "GeoDanmark_Bygning.gpkg"
    codes = ["0155", "0253", "0461"]
    # With single-family houses and longer reaches: hundreds of members instead of a score.
    longer = SET.replace(community_single_family_is_included=1, community_service_line_dkk_per_m_year=60)
    for chosen, tiling in ((SET, Tiling()), (longer, Tiling(500.0, 50.0, 70.0))):
        run = workbench.national_communities(
            data_dir=tmp_path, codes=codes, outlines=outlines, assumptions=chosen, tiling=tiling
        )
        assert_same(run, at_once(tmp_path, outlines, chosen, codes))
        assert run.municipalities.index.tolist() == codes
    assert run.municipalities["in_community_count"].sum() > 100


def test_the_shell_runs_it(country, tmp_path):
    folder, _, outlines = country
    written = tmp_path / "found.gpkg"
    options = {
        "--data-dir": folder,
        "--outlines": outlines,
        "--workers": 1,
        "--tile-km": 0.05,
        "--assumptions": "cowi-2022",
        "--out": written,
    }
    words = [str(word) for pair in options.items() for word in pair]
    made = shell.invoke(cli.app, ["national-communities", *words])
    assert made.exit_code == 0, made.output
    _, found = at_once(folder, outlines)
    assert f"{len(found)} communities" in made.output
    assert gpd.read_file(written)["building_count"].tolist() == found["building_count"].tolist()
