"""However the published table is typed, the answer is the same."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening import sheets, workbench
from screening.errors import InputFileError
from sheets.typing_it import DANISH, OWN, PUBLISHED, TABLE_1, VERDICTS, WAYS, Way, Workbook


def written(way, folder, name="table"):
    return way.write(folder / f"{name}{'.xlsx' if isinstance(way, Workbook) else '.csv'}")


@pytest.fixture(scope="module")
def plain(cowi, tmp_path_factory):
    return workbench.screen_typed_table(written(Way(), tmp_path_factory.mktemp("plain")), cowi)


def test_the_table_as_published_is_read_to_the_number(plain):
    inputs = plain.inputs
    assert inputs.index.tolist() == [row[0] for row in TABLE_1]
    assert inputs["oil_gas_count"].tolist() == [row[2] for row in TABLE_1]
    assert inputs["oil_gas_heat_mwh"].tolist() == [row[4] for row in TABLE_1]
    assert inputs["oil_gas_share"].tolist() == [row[6] / 100 for row in TABLE_1]
    assert inputs["area_km2"].tolist() == pytest.approx([row[4] / float(row[5]) / 1000 for row in TABLE_1])
    assert set(inputs["derived_inputs"]) == {"area_km2"}


def test_the_published_verdicts_come_out(plain):
    assert plain.economics["is_viable"].loc[list(VERDICTS)].to_dict() == VERDICTS


@pytest.mark.parametrize("name", WAYS)
def test_every_way_of_typing_gives_the_same(name, cowi, plain, tmp_path):
    way = WAYS[name]
    sheet = way.sheet if isinstance(way, Workbook) else None
    found = workbench.screen_typed_table(written(way, tmp_path), cowi, sheet=sheet)
    pd.testing.assert_frame_equal(found.economics, plain.economics, check_exact=True)
    shared = [c for c in found.inputs if c in plain.inputs and c != "derived_inputs"]
    if name != "only what is needed":
        assert shared == [c for c in plain.inputs if c != "derived_inputs"]
        pd.testing.assert_frame_equal(found.inputs[shared], plain.inputs[shared], check_exact=True)


@pytest.mark.parametrize(
    ("header", "factor", "decimals"),
    [("areal (km2)", 1, 8), ("Areal [ha]", 100, 6), ("Areal m²", 1_000_000, 0), ("area_km2", 1, 4)],
)
def test_the_area_instead_of_the_density_gives_the_same_verdicts(
    header, factor, decimals, cowi, plain, tmp_path
):
    lines = [f"Område;n_og;MWh_og;{header}"]
    for area, _, count, _, heat, density, *_ in TABLE_1:
        size = f"{heat / float(density) / 1000 * factor:.{decimals}f}".replace(".", ",")
        lines.append(f"{area};{count};{heat};{size}")
    path = tmp_path / "areal.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = workbench.screen_typed_table(path, cowi)
    assert found.economics["is_viable"].equals(plain.economics["is_viable"])
    assert found.inputs["area_km2"].tolist() == pytest.approx(plain.inputs["area_km2"].tolist(), rel=3e-3)
    dense = found.inputs["density_kwh_per_m2"].tolist()
    assert dense == pytest.approx([float(row[5]) for row in TABLE_1], rel=3e-3)


@settings(max_examples=25)
@given(
    rows=st.permutations(range(15)),
    columns=st.permutations(range(9)),
    dialect=st.sampled_from([(",", "."), (";", ","), (";", "."), ("\t", ","), ("\t", ".")]),
    headers=st.sampled_from([PUBLISHED, DANISH, OWN]),
    share=st.sampled_from(["{}%", "{} %", "fraction"]),
    thousands=st.sampled_from(["", " ", "\u00a0"]),
)
def test_order_and_dialect_change_nothing(
    plain, cowi, tmp_path_factory, rows, columns, dialect, headers, share, thousands
):
    separator, decimal = dialect
    way = Way(
        headers=headers,
        separator=separator,
        decimal=decimal,
        share=share,
        thousands=thousands,
        rows=tuple(rows),
        columns=tuple(columns),
    )
    typed = sheets.read_typed_table(way.write(tmp_path_factory.getbasetemp() / "permuted.csv"), cowi)
    pd.testing.assert_frame_equal(
        typed.inputs.loc[plain.inputs.index], plain.inputs, check_exact=True, check_like=True
    )
    assert typed.inputs.index.tolist() == [TABLE_1[row][0] for row in rows]


def test_what_was_passed_over_is_told(cowi, tmp_path):
    way = Way(
        separator=";",
        decimal=",",
        before=("Tabel 1",),
        extra=("Bemærkninger", "x"),
        after=("I alt;2512;1840;62107;50903;;;;;", "Kilde: et notat"),
    )
    notes = workbench.screen_typed_table(written(way, tmp_path), cowi).notes
    assert "Passed over above the header: row 1 ('Tabel 1')." in notes
    assert "Passed over below the table: row 19 ('Kilde: et notat')." in notes
    assert "Not an area, but a sum: row 18." in notes
    assert "Not used, since they name no key figure: columns 'Bemærkninger'." in notes
    assert not any(note.startswith("Look at") for note in notes)  # the total is right


def test_a_total_that_is_not_the_sum_is_told(cowi, tmp_path):
    way = Way(after=("Total,2512,1840,62107,50803,,,,",))
    notes = workbench.screen_typed_table(written(way, tmp_path), cowi).notes
    assert "Look at row 17: its 'MWh_og' is 50803, the areas' sum is 50903." in notes


def test_what_is_derived_is_told(cowi, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "Område;oliefyr;gasfyr;Varmebehov olie MWh;Varmebehov gas MWh;areal ha;tæthed\n"
        "Nord;10;90;200;1800;;11,5\nSyd;5;20;100;400;4;\n",
        encoding="utf-8",
    )
    found = workbench.screen_typed_table(path, cowi)
    assert found.inputs["oil_gas_count"].tolist() == [100, 25]
    assert found.inputs["oil_gas_heat_mwh"].tolist() == [2000.0, 500.0]
    assert found.inputs["area_km2"].tolist() == pytest.approx([2000 / 11.5 / 1000, 0.04])
    assert found.inputs["density_kwh_per_m2"].tolist() == pytest.approx([11.5, 12.5])
    assert found.inputs["derived_inputs"].str.contains("oil_gas_count, oil_gas_heat_mwh").all()
    told = " ".join(found.notes)
    assert "area_km2 follows from heat and density in Nord." in told
    assert "density_kwh_per_m2 follows from heat and area in Syd." in told
    assert "heat_pump_count" in told
    assert not any("burn oil" in text for text in found.assumed)


def test_optional_figures_reach_the_economy(cowi, tmp_path):
    base = "area,n_og,MWh_og,area_km2{}\nNord,62,1930,0.1678{}\n"
    plain, rich = tmp_path / "plain.csv", tmp_path / "rich.csv"
    plain.write_text(base.format("", ""), encoding="utf-8")
    rich.write_text(base.format(",opvarmet areal m2", ",9000"), encoding="utf-8")
    first, second = (workbench.economics_table(path, cowi) for path in (plain, rich))
    # Assumed are 1930 x 130 / 18.1 = 13,862 m2; fewer pay less area charge, so the contribution is higher.
    assert second.loc["Nord", "anlaegsbidrag_dkk"] > first.loc["Nord", "anlaegsbidrag_dkk"] + 1000


def test_pipe_lengths_and_heat_price_pass_through(cowi, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "area,n_og,MWh_og,ha,Tracé (m),transmission_m,link_m,Varmeproduktionspris (kr/MWh)\n"
        "Nord,62,1930,16.78,2100,300,0,355.5\n",
        encoding="utf-8",
    )
    figures = sheets.read_typed_table(path, cowi).key_figures
    given = figures[["trench_m", "transmission_m", "link_m", "heat_production_dkk_per_mwh"]]
    assert given.to_numpy().tolist() == [[2100.0, 300.0, 0.0, 355.5]]


def test_a_network_priced_by_hand_reaches_the_economy(cowi, tmp_path):
    """1,000,000 kr dearer, the investment is too; a network in kWh or million kr is refused, not misread."""
    cheap, dear = tmp_path / "cheap.csv", tmp_path / "dear.csv"
    for path, price in ((cheap, 5_000_000), (dear, 6_000_000)):
        header = (
            "område;antal olie/gas;MWh_og;areal (ha);Fordelingsnet (kr);Varmetab i fordelingsnet (MWh/år)"
        )
        path.write_text(f"{header}\nNord;62;1930;16,78;{price};300\n", encoding="utf-8")
    given = sheets.read_typed_table(dear, cowi).key_figures
    assert given[["network_dkk", "network_heat_loss_mwh"]].to_numpy().tolist() == [[6e6, 300.0]]
    by_pipes = cowi.replace(is_network_by_pipes=1)
    first, second = (workbench.economics_table(path, by_pipes) for path in (cheap, dear))
    assert second.loc["Nord", "investment_dkk"] - first.loc["Nord", "investment_dkk"] == pytest.approx(1e6)
    unused, used = (workbench.screen_typed_table(dear, a).assumed for a in (cowi, by_pipes))
    for column in ("network_dkk", "network_heat_loss_mwh"):
        assert any(f"not by {column} (is_network_by_pipes)" in text for text in unused)
        assert not any(f"not by {column}" in text for text in used)
    for typed, other in (("Fordelingsnet (kr)", "Fordelingsnet (mio. kr)"), ("(MWh/år)", "(kWh/år)")):
        wrong = tmp_path / "wrong.csv"
        wrong.write_text(cheap.read_text(encoding="utf-8").replace(typed, other), encoding="utf-8")
        with pytest.raises(InputFileError, match=r"is not known; did you mean .*fordelingsnet"):
            sheets.read_typed_table(wrong, cowi)


def test_parts_rounded_each_by_itself_are_fitted_to_their_sum(cowi, tmp_path):
    path = tmp_path / "t.csv"
    # 200.4 + 1800.4 = 2000.8
    path.write_text(
        "area;oil_count;gas_count;n_og;oil_heat_mwh;gas_heat_mwh;MWh_og;ha\nN;10;90;100;200;1800;2001;17\n"
    )
    typed = sheets.read_typed_table(path, cowi)
    assert typed.key_figures[["oil_heat_mwh", "gas_heat_mwh"]].sum(axis=1).tolist() == pytest.approx([2001.0])
    assert typed.inputs[["oil_heat_mwh", "gas_heat_mwh"]].to_numpy().tolist() == [[200.0, 1800.0]]
    assert any("differs by rounding: N" in note for note in typed.notes)
    assert len(workbench.economics_table(path, cowi)) == 1  # the economy accepts it


def test_a_trench_that_is_not_used_is_told(cowi, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("area,n_og,MWh_og,ha,trench_m\nNord,62,1930,16.78,2100\n", encoding="utf-8")
    by_size, by_trench = (
        workbench.screen_typed_table(path, a) for a in (cowi, cowi.replace(is_network_by_trench=1))
    )
    assert any("not by trench_m" in text for text in by_size.assumed)
    assert not any("not by trench_m" in text for text in by_trench.assumed)
    assert by_size.economics["investment_dkk"].item() != by_trench.economics["investment_dkk"].item()


def test_an_area_without_boilers_needs_no_size(cowi, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("område;n_og;MWh_og;tæthed\nNord;0;0;0\nSyd;0;0;\n", encoding="utf-8")
    assert workbench.economics_table(path, cowi)["advice"].tolist() == ["no_oil_gas", "no_oil_gas"]
