"""Faulty tables: one clear sentence per fault, with the spreadsheet's rows and the headers as typed."""

from __future__ import annotations

from datetime import date

import openpyxl
import pandas as pd
import pytest

from screening import cli, sheets, workbench
from screening.errors import InputFileError

GOOD = """Område;n_ind;n_og;MWh_ind;MWh_og;Areal (ha);Tæthed
Nordby;86;62;2389;1930;16,78;11,5
Sydby;49;32;1149;899;6,56;13,7
Østby;246;191;6982;5884;32,7;18,0
"""


def changed(*pairs: tuple[str, str]) -> str:
    text = GOOD
    for old, new in pairs:
        assert old in text, f"{old!r} is not in the table"
        text = text.replace(old, new, 1)
    return text


FAULTS = {
    "kWh for MWh": (
        changed((";5884;", ";5884000;"), ("6982", "6982000"), (";18,0", ";")),
        "row 4, columns 'n_og' and 'MWh_og': more than 2500 MWh per building; is it kWh?",
    ),
    "GWh for MWh": (
        changed((";5884;", ";5,884;"), (";18,0", ";")),
        "row 4, columns 'n_og' and 'MWh_og': less than 1 MWh per building; is it GWh",
    ),
    "negative": (
        changed(("49;32", "49;-32")),
        "row 3, column 'n_og': -32 is negative; type the number without",
    ),
    "text in a number": (
        changed(("899", "ca. 900")),
        "row 3, column 'MWh_og': 'ca. 900' is no number; write the number alone",
    ),
    "unit in a cell": (changed(("899", "899 MWh")), "row 3, column 'MWh_og': '899 MWh' is no number"),
    "date for a number": (changed(("11,5", "11-maj")), "row 2, column 'Tæthed': '11-maj' is a date"),
    "error of a formula": (changed(("11,5", "#DIV/0!")), "row 2, column 'Tæthed': '#DIV/0!' is no number"),
    "same area twice": (
        changed(("Sydby", "nordby ")),
        "rows 2 and 3, column 'Område': 'Nordby' stands more than once",
    ),
    "no name": (changed(("Sydby", "")), "row 3, column 'Område': has no name of an area"),
    "misspelled header": (
        changed(("MWh_ind", "MWh_idn")),
        "row 1, column 'MWh_idn': is not known; did you mean 'MWh_ind'",
    ),
    "two headers for the same": (
        changed(("MWh_ind", "Varmebehov olie/gas MWh")),
        "row 1, columns 'Varmebehov olie/gas MWh' and 'MWh_og': both are oil_gas_heat_mwh",
    ),
    "size without unit": (
        changed(("Areal (ha)", "Areal")),
        "row 1, column 'Areal': may be of land or of floors",
    ),
    "density against heat and area": (
        changed(("18,0", "81,0")),
        "row 4, columns 'Tæthed', 'MWh_og' and 'Areal (ha)': 'Tæthed' says 81, but",
    ),
    "wrong unit of the area": (
        changed(("Areal (ha)", "Areal (km2)")),
        "rows 2, 3 and 4, columns 'Tæthed', 'MWh_og' and 'Areal (km2)': 'Tæthed' says 11.5, but",
    ),
    "larger than a municipality": (
        changed(
            ("Areal (ha)", "Areal (km2)"), ("16,78;11,5", "167800;"), ("6,56", "0,0656"), ("32,7", "0,327")
        ),
        "row 2, column 'Areal (km2)': is larger than any municipality; is it ha or m2?",
    ),
    "more boilers than buildings": (
        changed(("49;32", "29;32")),
        "row 3, columns 'n_og' and 'n_ind': 'n_og' is more than 'n_ind', of which it is a part",
    ),
    "more heat of boilers than of all": (
        changed((";1149", ";849")),
        "row 3, columns 'MWh_og' and 'MWh_ind': 'MWh_og' is more than 'MWh_ind'",
    ),
    "half a building": (
        changed((";32;", ";32,5;")),
        "row 3, column 'n_og': 32,5 is not a whole number of buildings",
    ),
    "heat without boilers": (
        changed((";32;", ";0;")),
        "row 3, columns 'n_og' and 'MWh_og': heat without any oil or gas building",
    ),
    "size nought": (changed(("6,56;13,7", "0;")), "row 3, column 'Areal (ha)': is 0 though there is heat"),
    "needed cell empty": (
        changed((";32;", ";;")),
        "row 3, column 'n_og': is empty; type the number, 0 if there is none",
    ),
    "neither size nor density": (
        changed(("6,56;13,7", ";")),
        "row 3, columns 'Areal (ha)' and 'Tæthed': is empty; type the area's size or its heat density",
    ),
    "value too many": (changed(("49;32", "49;7;32")), "row 3: 8 values, but the header has 7 columns"),
    "value too few": (changed(("49;32", "32")), "row 3: 6 values, but the header has 7 columns"),
    "decimal commas between commas": (
        "area,n_og,MWh_og,density\nNordby,62,1930,11,5\n",
        "what separates the columns; where that is a comma, numbers need a decimal point",
    ),
    "thousand or not": (
        "area;n_og;MWh_og;MWh_ind;ha\nNordby;62;1.930;2389;17\n",
        "row 2, column 'MWh_og': '1.930' may be 1930 or 1.93; write 1930 or 1.93",
    ),
    "share above 1": (
        "area;n_og;MWh_og;tæthed;og share\nNordby;62;1930;11,5;81\n",
        "row 2, column 'og share': 81 is above 1; write a share as 62% or 0.62, or put % into the header",
    ),
    "share against its parts": (
        "area;n_og;MWh_og;MWh_ind;tæthed;og share\nNordby;62;1930;2389;11,5;18%\n",
        "row 2, columns 'og share', 'MWh_og' and 'MWh_ind': 'og share' says 0.18, but",
    ),
    "oil and gas against their sum": (
        "area;n_og;oliefyr;gasfyr;MWh_og;tæthed\nNordby;62;12;40;1930;11,5\n",
        "row 2, columns 'oliefyr', 'gasfyr' and 'n_og': 'oliefyr' and 'gasfyr' do not add up",
    ),
    "kWh for MWh of each fuel": (
        "area;oliefyr;gasfyr;Varmebehov olie;Varmebehov gas;ha\nNordby;12;50;400000;1530000;17\n",
        "row 2, columns 'oliefyr', 'gasfyr', 'Varmebehov olie' and 'Varmebehov gas': more than 2500 MWh per",
    ),
    "heat of a fuel that nobody burns": (
        "area;oliefyr;gasfyr;Varmebehov olie MWh;Varmebehov gas MWh;tæthed\nNordby;0;62;30;1900;11,5\n",
        "row 2, columns 'oliefyr' and 'Varmebehov olie MWh': heat without any building",
    ),
    "business and public above all": (
        "area;n_og;MWh_og;tæthed;erhverv antal;offentlige antal\nNordby;62;1930;11,5;40;30\n",
        "row 2, columns 'erhverv antal', 'offentlige antal' and 'n_og': 'erhverv antal' and",
    ),
    "no column of boilers": (
        "area;MWh_og;tæthed\nNordby;1930;11,5\n",
        "row 1: no column tells the number of oil and gas buildings ('n_og' or 'antal olie/gas'); add one",
    ),
    "no column of sizes": (
        "area;n_og;MWh_og\nNordby;62;1930\n",
        "row 1: no column tells the area's size ('areal (km2)', 'areal (ha)', 'areal (m2)') or its heat",
    ),
    "heat of whom": (
        "By;kunder;varmebehov;areal ha\nNordby;62;1930;17\n",
        "row 1, column 'varmebehov': does not say whose number it is; name the column MWh_og or MWh_ind",
    ),
    "needed header misspelled": (
        "area;n_og;MWh_ogg;ha\nNordby;62;1930;17\n",
        "row 1, column 'MWh_ogg': is not known; did you mean 'MWh_og'?",
    ),
    "no header": ("Nordby;62;1930;11,5\n", "has no header that names an area and its key figures;"),
    "header alone": (GOOD.splitlines()[0], "has a header but no rows with areas below it"),
    "total alone": (
        GOOD.splitlines()[0] + "\nI alt;1;1;20;20;1;2\n",
        "has a header but no rows with areas below it",
    ),
    "empty": ("", "is empty"),
    "separators alone": (";;;\n;;;\n", "is empty"),
    "values without header": (
        changed(("Areal (ha)", "")),
        "rows 2, 3 and 4: column F has values but no header; name or empty it",
    ),
}


def refused(path, cowi, **options) -> str:
    with pytest.raises(InputFileError) as raised:
        sheets.read_typed_table(path, cowi, **options)
    return str(raised.value)


def test_the_good_table_is_good(cowi, tmp_path):
    path = tmp_path / "good.csv"
    path.write_text(GOOD, encoding="utf-8")
    assert len(sheets.read_typed_table(path, cowi).key_figures) == 3


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_one_clear_sentence(name, cowi, tmp_path):
    text, told = FAULTS[name]
    path = tmp_path / "byer.csv"
    path.write_text(text, encoding="utf-8")
    message = refused(path, cowi)
    assert message.startswith(f"{path}")
    assert told in message
    assert "faults:" not in message  # one fault, one sentence


def test_all_faults_come_at_once_from_the_top_down(cowi, tmp_path):
    path = tmp_path / "byer.csv"
    text = changed(("MWh_ind", "MWh_idn"), ("Sydby", "Nordby"), ("5884", "mange"), (";62;", ";-62;"))
    path.write_text(text, encoding="utf-8")
    lines = refused(path, cowi).splitlines()
    assert lines[0] == f"{path} has 4 faults:"
    assert [line.split(",")[0].strip() for line in lines[1:]] == ["row 1", "rows 2 and 3", "row 2", "row 4"]


def test_rows_are_counted_as_the_spreadsheet_shows_them(cowi, tmp_path):
    path = tmp_path / "byer.csv"
    header, first, *rest = changed(("5884", "mange")).splitlines()
    header = header.replace("n_og", '"n_og\n(antal)"')  # a line break in a cell is no row
    path.write_text("\n".join(["Vores byer", "", header, first, "", *rest]), encoding="utf-8")
    assert "row 7, column 'MWh_og': 'mange' is no number" in refused(path, cowi)


def test_files_that_are_no_table(cowi, tmp_path):
    assert "does not exist" in refused(tmp_path / "none.csv", cowi)
    assert "is a folder" in refused(tmp_path, cowi)
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xd0\xcf\x11\xe0 old workbook")
    assert "old kind, or locked by a password; save it as .xlsx" in refused(path, cowi)
    path.write_bytes(b"PK\x03\x04 broken zip")
    assert "no Excel workbook that can be read" in refused(path, cowi)
    path.write_bytes(b"area\x81;n_og\n")
    assert "neither UTF-8 nor Windows text" in refused(path, cowi)
    path.write_text(GOOD, encoding="utf-8")
    assert "is text and has no sheets" in refused(path, cowi, sheet="Ark1")


def workbook(path, change):
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Ark1"
    for row in (["area", "n_og", "MWh_og", "density"], ["Nordby", 62, 1930, 11.5], ["Sydby", 32, 899, 13.7]):
        page.append(row)
    change(book, page)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("change", "told"),
    [
        # Danish Excel makes a date of 10.3
        (
            lambda _, p: p.__setitem__("D3", date(2026, 3, 10)),
            "row 3, column 'density': '10-03-2026' is a date",
        ),
        (
            lambda _, p: p.__setitem__("C3", "=SUM(C1:C2)"),
            "cell C3 is a formula whose value is not in the file",
        ),
        (lambda _, p: p.__setitem__("C3", "n/a"), "row 3, column 'MWh_og': is empty"),
        (
            lambda b, p: (b.create_sheet("Tom"), p.delete_rows(1, 9)),
            "sheet 'Ark1' is empty. Name another with --sheet: 'Tom'",
        ),
        (lambda b, p: (b.create_sheet("Tom"), p.delete_rows(1, 1)), "has no header"),
    ],
)
def test_faulty_workbooks(change, told, cowi, tmp_path):
    assert told in refused(workbook(tmp_path / "t.xlsx", change), cowi)


def test_a_sheet_that_is_not_there_names_the_near_one(cowi, tmp_path):
    path = workbook(tmp_path / "t.xlsx", lambda b, _: b.create_sheet("Nøgletal"))
    assert "has no sheet 'nøgletl'. Did you mean Nøgletal?" in refused(path, cowi, sheet="nøgletl")


def test_rounded_figures_do_not_contradict(cowi, tmp_path):
    path = tmp_path / "t.csv"
    # 352 MWh over 15.1 kWh/m2 are 0.0233 km2: 0.02 is the same, rounded; 0.03 is not.
    path.write_text("area;n_og;MWh_og;km2;tæthed\nSkibstrup;10;352;0,02;15,1\n", encoding="utf-8")
    assert sheets.read_typed_table(path, cowi).inputs["area_km2"].tolist() == [0.02]
    path.write_text("area;n_og;MWh_og;km2;tæthed\nSkibstrup;10;352;0,050;15,1\n", encoding="utf-8")
    assert "says 15.1, but 'MWh_og' over 'km2' gives 7.04" in refused(path, cowi)


def test_a_rare_density_is_worth_a_look_but_no_fault(cowi, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("area;n_og;MWh_og;km2\nNordby;62;1930;16,78\n", encoding="utf-8")  # ha typed as km2
    notes = sheets.read_typed_table(path, cowi).notes
    assert "Look at Nordby: the heat density is below 1 kWh/m2. Is the unit of 'km2' right?" in notes


def run(monkeypatch, capsys, *arguments) -> tuple[int, str]:
    monkeypatch.setattr("sys.argv", ["screening", "economics", *map(str, arguments)])
    code = 0
    try:
        cli.main()
    except SystemExit as stop:
        code = int(stop.code or 0)
    told = capsys.readouterr()
    return code, told.out + told.err


def test_shell_writes_nothing_when_there_is_a_fault(monkeypatch, capsys, tmp_path):
    path, result = tmp_path / "byer.csv", tmp_path / "result.csv"
    path.write_text(changed(("899", "mange")), encoding="utf-8")
    code, told = run(monkeypatch, capsys, path, "--out", result)
    assert (code, result.exists()) == (2, False)
    assert "byer.csv: row 3, column 'MWh_og': 'mange' is no number" in told
    assert "Traceback" not in told


def test_shell_never_writes_over_the_table(monkeypatch, capsys, tmp_path):
    path = tmp_path / "byer.csv"
    path.write_text(GOOD, encoding="utf-8")
    code, told = run(monkeypatch, capsys, path, "--out", path)
    assert (code, path.read_text(encoding="utf-8")) == (2, GOOD)
    assert "is the table itself" in told


def test_shell_shows_verdicts_and_what_was_derived(monkeypatch, capsys, tmp_path):
    path, result = tmp_path / "byer.csv", tmp_path / "result.csv"
    path.write_text(GOOD, encoding="utf-8")
    code, told = run(monkeypatch, capsys, path, "--out", result)
    assert code == 0
    shown = {
        line.split()[0]: line.split()[1:3]
        for line in told.splitlines()
        if line.strip().startswith(("Nord", "Syd", "Øst"))
    }
    assert shown == {"Nordby": ["Nej", "62"], "Sydby": ["Nej", "32"], "Østby": ["Ja", "191"]}
    assert "15% of the oil and gas buildings burn oil" in told
    assert f"3 areas in {result}" in told
    written = pd.read_csv(result)
    screened = workbench.economics_table(path)
    assert {*screened.columns, "area_km2", "oil_gas_heat_mwh", "derived_inputs"} <= set(written.columns)
    assert written["npv_project_dkk"].tolist() == pytest.approx(
        screened["npv_project_dkk"].tolist(), rel=1e-12
    )


def test_shell_writes_for_a_danish_spreadsheet(monkeypatch, capsys, tmp_path):
    path, plain, danish = tmp_path / "byer.csv", tmp_path / "plain.csv", tmp_path / "dansk.csv"
    path.write_text(GOOD.replace("Nordby", "=Nordby"), encoding="utf-8")
    run(monkeypatch, capsys, path, "--out", plain)
    code, _ = run(monkeypatch, capsys, path, "--out", danish, "--danish")
    assert code == 0
    assert danish.read_bytes().startswith(b"\xef\xbb\xbf")
    first, second = pd.read_csv(plain), pd.read_csv(danish, sep=";", decimal=",")
    assert first.columns.tolist() == second.columns.tolist()
    assert second["area"].tolist() == ["'=Nordby", "Sydby", "Østby"]  # no formula for the spreadsheet to run
    pd.testing.assert_frame_equal(first.drop(columns="area"), second.drop(columns="area"), atol=1e-4)
    code, told = run(monkeypatch, capsys, path, "--out", tmp_path / "r.xlsx", "--danish")
    assert (code, "the Danish way is for .csv" in told) == (2, True)


@pytest.mark.parametrize(("name", "options"), [("t.csv", []), ("t.csv", ["--danish"]), ("t.xlsx", [])])
def test_the_example_can_be_screened_at_once(monkeypatch, capsys, tmp_path, name, options):
    path = tmp_path / name
    code, told = run(monkeypatch, capsys, "--example", "--out", path, *options)
    assert (code, "Example in" in told) == (0, True)
    result = workbench.economics_table(path)
    assert result.index[0] == "Havreholm"
    assert result["is_viable"].sum() == 8  # of 15: the note's five, and three more of its best
    code, told = run(monkeypatch, capsys, "--example", "--out", path)
    assert (code, "exists already" in told) == (2, True)


def test_the_example_on_screen_names_its_source(monkeypatch, capsys):
    code, told = run(monkeypatch, capsys, "--example")
    lines = told.splitlines()
    assert (code, len(lines)) == (0, 17)
    assert lines[0] == "area,n_ind,n_og,MWh_ind,MWh_og,density (kWh/m2),og share,hp,hp share"
    assert "COWI" in lines[-1]


@pytest.mark.parametrize(
    ("arguments", "told"), [([], "Name a table"), (["t.csv", "--example"], "takes no table")]
)
def test_shell_says_how_to_call_it(monkeypatch, capsys, arguments, told):
    code, text = run(monkeypatch, capsys, *arguments)
    assert (code, told in text) == (2, True)
