"""Plants from files to a folder: whole or not at all, resumed, on workers, from the shell."""

from __future__ import annotations

import hashlib
import json
import re
import warnings
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from screening import workbench
from screening.cli import app
from screening.errors import InputFileError, ScreeningError, UnknownNameError
from screening.operation import PlantShortageError
from screening.operation.plant import load_plant
from screening.workbench import kept_years, operating

COUNT = 24 * 16


@pytest.fixture(scope="module", autouse=True)
def sixteen_days_pass_for_a_year():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("screening.operation.plant_years.YEAR_HOURS", (COUNT, 8760, 8784))
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two plants of sixteen days, and their hours."""
    folder = tmp_path_factory.mktemp("operating")
    rng, hour = np.random.default_rng(2), np.arange(COUNT)
    index = pd.date_range("2024-03-04", periods=COUNT, freq="h", tz="UTC", unit="us", name="utc")
    series = pd.DataFrame(
        {
            "temperature_c": 4 + 4 * np.sin(hour / 40) + rng.normal(0, 0.5, COUNT),
            "spot_dkk_per_mwh": 450 + 250 * np.sin(hour / 4) + rng.normal(0, 60, COUNT),
        },
        index=index,
    )
    series.to_csv(folder / "series.csv")
    heat = pd.Series(8 + 2 * np.cos(hour / 40) + rng.normal(0, 0.2, COUNT), index, name="heat_mw")
    heat.to_frame().to_csv(folder / "heat.csv")
    for example in ("chip-reference", "chip-alternative"):
        raw = yaml.safe_load(load_plant(example).path.read_text(encoding="utf-8"))
        raw["demand"] |= {"profile": {"file": "heat.csv"}}
        del raw["demand"]["heat_mwh_per_year"], raw["demand"]["peak_mw"]
        (folder / f"{example}.yaml").write_text(yaml.safe_dump(raw), encoding="utf-8")
    return folder


def run(folder, **options):
    plants = [folder / "chip-reference.yaml", folder / "chip-alternative.yaml"]
    return workbench.operate(plants, series=folder / "series.csv", **options)


def test_a_folder_has_hours_tables_and_figures(folder, tmp_path):
    done = run(folder, years=2, prices="official", out=tmp_path / "made")
    names = sorted(p.relative_to(tmp_path / "made").as_posix() for p in (tmp_path / "made").rglob("*.*"))
    stem = "chip-scenario-alternative"
    assert {f"hours-{stem}-2020.parquet", f"hours-{stem}-2021.csv", "plants.csv", "years.csv"} <= set(names)
    drawn = {"duration", "layers", "price-cop", "week-cold", "week-mild"}
    assert {f"figures/{stem}-{name}.svg" for name in drawn} <= set(names)
    hours = pd.read_parquet(tmp_path / "made" / f"hours-{stem}-2020.parquet")
    assert len(hours) == COUNT
    made = hours.filter(regex="_heat_mw$").sum().sum()
    assert made == pytest.approx(hours["demand_mw"].sum(), rel=1e-6)
    csv = pd.read_csv(tmp_path / "made" / f"hours-{stem}-2020.csv")
    assert csv["demand_mw"].to_numpy() == pytest.approx(hours["demand_mw"].to_numpy())
    assert list(tmp_path.iterdir()) == [tmp_path / "made"]  # nothing half done is left beside it
    about = json.loads((tmp_path / "made" / "about.json").read_text(encoding="utf-8"))
    assert about["Chip scenario, alternative"]["years"] == [2020, 2021]
    own = about["Chip scenario, alternative"]
    assert own["synthetic_series"] == []
    assert own["prices"] == "official"
    digest = hashlib.sha256((folder / "series.csv").read_bytes()).hexdigest()
    assert own["series"] == {"name": "series.csv", "sha256": digest}
    assert own["changes_by_year"]["2021"]["fuels.wood_chips.price_dkk_per_mwh"] == 252.4
    assert done.references == {"Chip scenario, alternative": "Chip scenario, reference"}
    assert not done.is_synthetic


def test_figures_stand_alone_and_beside_one_another(folder):
    done = run(folder, years=2)
    with warnings.catch_warnings(action="error"):  # a narrow drawing whose legend takes all room warns
        drawn = [svg for one in done.runs.values() for svg in workbench.plant_figures(one, "en").values()]
        drawn.append(workbench.years_figure(done.runs, "en"))
    ids = [name for svg in drawn for name in re.findall(r'\bid="([^"]+)"', svg)]
    assert len(ids) == len(set(ids))
    for svg in drawn:
        root = ET.fromstring(svg)
        title = root.find("{*}title").text
        told = [text.text for text in root.findall("{*}text")]
        assert told[0] == title
        assert " ".join(told[1:]) == root.find("{*}desc").text
        top = float(root.attrib["viewBox"].split()[1])
        assert all(top < float(text.attrib["y"]) < 0 for text in root.findall("{*}text"))
    titles = [ET.fromstring(svg).find("{*}title").text for svg in drawn]
    assert "Chip scenario, reference: The week of highest demand" in titles
    assert len(titles) == len(set(titles))
    assert "synthetic" not in "".join(drawn)  # the hours are the caller's own


def test_plants_are_told_with_units_in_few_digits():
    table = pd.DataFrame(
        {
            "A": [330.84, 0.5448, 4300.4, 6822.0, np.nan, np.nan],
            "B": [329.36, 0.51, 4301.0, 6800.0, 1.44, np.inf],
        },
        index=[
            "price_dkk_per_mwh",
            "heat_pump_share",
            "straw_full_load_hours",
            "straw_full_load_hours_first",
            "saving_dkk_per_mwh",
            "payback_years",
        ],
    )
    danish = workbench.plants_told(table)
    assert danish.loc["Varmens pris, kr./MWh"].tolist() == ["330,8", "329,4"]
    assert danish.loc["Andel af varmen: varmepumpe"].tolist() == ["54,5 %", "51,0 %"]
    assert danish.loc["Besparelse, kr./MWh"].tolist() == ["", "1,4"]
    assert danish.loc["Tilbagebetalt efter, år"].tolist() == ["", "aldrig"]
    english = workbench.plants_told(table, "en", briefly=False)
    assert english.loc["Full-load hours: straw"].tolist() == ["4,300", "4,301"]
    assert english.loc["Full-load hours, first year: straw"].tolist() == ["6,822", "6,800"]
    assert len(english) == len(danish) + 1
    with pytest.raises(UnknownNameError, match="da, en"):
        workbench.plants_told(table, "de")


def test_a_gap_is_told_where_it_is_wide(folder, tmp_path, monkeypatch):
    done = run(folder, out=tmp_path / "made")
    assert done.told_gaps == []
    assert (pd.read_csv(tmp_path / "made" / "years.csv")["gap"] <= 1e-4).all()
    real = kept_years.plant_years

    def wide(*args, **options):
        found = real(*args, **options)
        return replace(found, by_year=found.by_year.assign(gap=0.0123))

    monkeypatch.setattr(kept_years, "plant_years", wide)
    told = CliRunner().invoke(
        app,
        [
            "operate",
            str(folder / "chip-reference.yaml"),
            *("--series", str(folder / "series.csv"), "--out", str(tmp_path / "wide")),
        ],
    )
    assert told.exit_code == 0, told.output
    assert "may lie up to 1.23% above the cheapest" in told.output
    about = json.loads((tmp_path / "wide" / "about.json").read_text(encoding="utf-8"))
    assert about["Chip scenario, reference"]["largest_gap"] == 0.0123


def test_an_ended_run_goes_on_and_an_older_folder_stays_whole(folder, tmp_path, monkeypatch):
    out = tmp_path / "made"
    first = run(folder, years=1, out=out)
    before = (out / "plants.csv").read_bytes()
    saved, real = [], kept_years.KeptYears.save

    def save(self, year):
        if len(saved) == 3:
            raise KeyboardInterrupt
        saved.append(year.year)
        real(self, year)

    monkeypatch.setattr(kept_years.KeptYears, "save", save)
    with pytest.raises(KeyboardInterrupt):
        run(folder, years=2, out=out)
    assert (out / "plants.csv").read_bytes() == before
    monkeypatch.setattr(
        kept_years.KeptYears, "save", lambda self, year: (saved.append(year.year), real(self, year))
    )
    resumed = run(folder, years=2, out=out)
    assert saved == [2020, 2021, 2020, 2021]
    monkeypatch.undo()
    whole = run(folder, years=2)
    pd.testing.assert_frame_equal(resumed.table, whole.table, check_exact=True)
    assert list(first.table.columns) == list(whole.table.columns)


def test_two_workers_give_the_same_numbers(tmp_path):
    raw = yaml.safe_load(load_plant("small-town").path.read_text(encoding="utf-8"))
    (tmp_path / "other.yaml").write_text(yaml.safe_dump(raw | {"name": "Other"}), encoding="utf-8")
    alone, together = (
        workbench.operate(["small-town", tmp_path / "other.yaml"], workers=workers) for workers in (1, 2)
    )
    pd.testing.assert_frame_equal(together.table, alone.table, check_exact=True)


def test_sensitivities_in_one_call(folder, monkeypatch):
    chosen = {name: operating.sensitivities()[name] for name in ("base", "tank_3300", "chips_high")}
    monkeypatch.setattr(operating, "sensitivities", lambda: chosen)
    found = run(folder, years=2, with_sensitivities=True).sensitivities
    assert found["sensitivity"].unique().tolist() == ["base", "tank_3300", "chips_high"]
    dear = found.set_index(["sensitivity", "plant"])["price_change_dkk_per_mwh"]
    assert dear["chips_high", "Chip scenario, reference"] > 0


def test_faults_are_told(folder, tmp_path):
    with pytest.raises(ScreeningError, match="Name a plant file"):
        workbench.operate()
    with pytest.raises(ScreeningError, match="plants of their own"):
        workbench.operate(["small-town"], scenarios=True)
    with pytest.raises(UnknownNameError, match="official"):
        workbench.operate(["small-town"], prices="offical")
    with pytest.raises(InputFileError, match="does not exist"):
        workbench.operate(["small-town"], series=tmp_path / "none.csv")
    (tmp_path / "bad.csv").write_text("time,x\n1,2\n", encoding="utf-8")
    with pytest.raises(InputFileError, match=r"bad\.csv has no column of stamps"):
        workbench.operate(["small-town"], series=tmp_path / "bad.csv")
    rows = ["utc,temperature_c,spot_dkk_per_mwh", *(f"2025-01-01T{h:02}:00Z,5,{300 + h}" for h in range(24))]
    (tmp_path / "text.csv").write_text("\n".join(rows).replace(",305", ",fem"), encoding="utf-8")
    with pytest.raises(InputFileError, match=r"text\.csv, column spot_dkk_per_mwh: .*'fem' \(rows 7\)"):
        workbench.operate(["small-town"], series=tmp_path / "text.csv")
    plant = folder / "chip-reference.yaml"
    with pytest.raises(ScreeningError, match="Two plants are called"):
        workbench.operate([plant, plant], series=folder / "series.csv")


def test_a_week_is_refused_before_anything_runs(folder, tmp_path):
    hours = pd.read_csv(folder / "series.csv").iloc[:168]
    hours.to_csv(tmp_path / "week.csv", index=False)
    with pytest.raises(ScreeningError, match=r"168 hours from 2024-03-04 00:00 to .* are not one year"):
        workbench.operate([folder / "chip-reference.yaml"], series=tmp_path / "week.csv")


def test_a_plant_without_a_year_runs_in_that_of_its_hours(folder, tmp_path):
    raw = yaml.safe_load((folder / "chip-reference.yaml").read_text(encoding="utf-8"))
    raw["demand"]["profile"]["file"] = str(folder / "heat.csv")
    del raw["year"]
    (tmp_path / "plant.yaml").write_text(yaml.safe_dump(raw), encoding="utf-8")
    told = CliRunner().invoke(
        app, ["operate", str(tmp_path / "plant.yaml"), "--series", str(folder / "series.csv")]
    )
    assert told.exit_code == 0, told.output
    assert "Prices and taxes of 2024" in told.output


def faulty(text, name):
    return {
        "text in a cell": text.replace(text.split("\n")[9].split(",")[2], "fem"),
        "bad stamp": text.replace(text.split("\n")[4].split(",")[0], "tirsdag"),
        "empty": "",
        "no rows": text.split("\n", maxsplit=1)[0] + "\n",
        "a stamp twice": text.replace(text.split("\n")[4].split(",")[0], text.split("\n")[3].split(",")[0]),
    }[name]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("text in a cell", r"column spot_dkk_per_mwh: 1 cells are no numbers, as 'fem' \(rows 10\)"),
        ("bad stamp", r"column utc: 1 stamps cannot be read, as 'tirsdag' \(rows 5\)"),
        ("empty", r"hours\.csv is empty"),
        ("no rows", r"hours\.csv has no "),
        ("a stamp twice", r"more than once"),
    ],
)
def test_faults_of_the_hours_are_told_in_one_line(folder, tmp_path, name, told):
    text = (folder / "series.csv").read_text(encoding="utf-8")
    (tmp_path / "hours.csv").write_text(faulty(text, name), encoding="utf-8")
    with pytest.raises(InputFileError, match=told) as caught:
        workbench.operate([folder / "chip-reference.yaml"], series=tmp_path / "hours.csv")
    assert "\n" not in str(caught.value)


def test_hours_with_semicolons_or_in_parquet_are_the_same(folder, tmp_path):
    expected = operating.read_hours(folder / "series.csv")
    given = pd.read_csv(folder / "series.csv")
    given.to_csv(tmp_path / "hours.csv", sep=";", decimal=",", index=False)
    given.to_parquet(tmp_path / "hours.parquet")
    for name in ("hours.csv", "hours.parquet"):
        pd.testing.assert_frame_equal(operating.read_hours(tmp_path / name), expected, check_freq=False)
    (tmp_path / "broken.parquet").write_bytes(b"no parquet")
    with pytest.raises(InputFileError, match=r"broken\.parquet is not readable as Parquet"):
        operating.read_hours(tmp_path / "broken.parquet")
    given.assign(utc="tirsdag").to_parquet(tmp_path / "stamps.parquet")
    with pytest.raises(InputFileError, match="stamps cannot be read"):
        operating.read_hours(tmp_path / "stamps.parquet")


def test_a_folder_of_something_else_is_not_replaced(folder, tmp_path):
    (tmp_path / "letters.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ScreeningError, match="no earlier result"):
        run(folder, out=tmp_path)
    assert (tmp_path / "letters.txt").read_text(encoding="utf-8") == "mine"


def test_a_shortage_names_hours_and_leaves_no_folder(folder, tmp_path):
    raw = yaml.safe_load((folder / "chip-reference.yaml").read_text(encoding="utf-8"))
    raw["units"] = [unit for unit in raw["units"] if unit["name"] != "gas_boiler"]
    raw["units"][1]["heat_capacity_mw"] = 2.0
    (folder / "weak.yaml").write_text(yaml.safe_dump(raw), encoding="utf-8")
    with pytest.raises(PlantShortageError, match=r"2024-03-\d\d \d\d:00 UTC: \d"):
        workbench.operate([folder / "weak.yaml"], series=folder / "series.csv", out=tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_the_shell_prints_the_table_and_writes(folder, tmp_path):
    told = CliRunner().invoke(
        app,
        [
            "operate",
            str(folder / "chip-alternative.yaml"),
            *("--series", str(folder / "series.csv"), "--out", str(tmp_path / "made"), "--language", "en"),
        ],
    )
    assert told.exit_code == 0, told.output
    assert "Plants side by side" in told.output
    assert (tmp_path / "made" / "figures" / "chip-scenario-alternative-duration.svg").exists()
    assert "Example: screening operate" in CliRunner().invoke(app, ["operate", "--help"]).output.replace(
        "\n", " "
    )
