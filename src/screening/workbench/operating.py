"""A plant hour by hour, over its years, beside others, and with other assumptions."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from screening import hourly
from screening.errors import InputFileError, ScreeningError, UnknownNameError
from screening.hourly.readers import records_table
from screening.operation.plant import load_plant
from screening.operation.plant_years import PlantYears, first_year, official_prices, refuse_part_of_a_year
from screening.operation.price_paths import calendar_years
from screening.operation.scenarios import REFERENCES, SCENARIOS, beside_published, side_by_side
from screening.operation.sensitivities import apply, compare, sensitivities
from screening.sheets import write_table
from screening.store import write_text
from screening.workbench.kept_years import PlantTask
from screening.workbench.national.files import swap_in
from screening.workbench.national.running import open_runner
from screening.workbench.operating_figures import is_synthetic, plant_figures, years_figure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from screening.assumptions import Assumptions
    from screening.operation.plant import Plant

__all__ = ["PRICES", "Operated", "operate", "read_hours"]

PRICES = ("file", "official", "official-spot")
BASE = "base"
_STAGE = "plants"
_GAP = 1e-4  # what is not worth telling
_ABOUT = "about.json"  # tells an earlier result from a folder of something else


@dataclass(frozen=True)
class Operated:
    """What plants come to.

    Attributes
    ----------
    runs
        By name.
    references
        Name of the reference of each alternative.
    table
        Plants side by side: a row per quantity, a column per plant.
    published
        The published scenarios beside what is computed; empty for others.
    sensitivities
        A row per sensitivity and plant; empty when not asked for.
    left_out
        Sensitivities that a plant has nothing for, with the reason.
    inputs
        What the run was asked with: prices; series with name and digest; what changes by year, by plant.
    """

    runs: dict[str, PlantYears]
    references: dict[str, str]
    table: pd.DataFrame
    published: pd.DataFrame
    sensitivities: pd.DataFrame
    left_out: tuple[str, ...]
    inputs: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_synthetic(self) -> bool:
        """Whether any hour is the synthetic default year's."""
        return any(is_synthetic(run.plant) for run in self.runs.values())

    @property
    def told_years(self) -> list[str]:
        """Whose prices and taxes hold, a line per plant; one for all where they are the same."""
        spans = {name: _span(run) for name, run in self.runs.items()}
        if len(set(spans.values())) == 1:
            return [f"Prices and taxes of {next(iter(spans.values()))}."]
        return [f"{name}: prices and taxes of {span}." for name, span in spans.items()]

    @property
    def told_gaps(self) -> list[str]:
        """Which plants may be run more cheaply than was found, a line each."""
        gaps = {name: float(run.by_year["gap"].max()) for name, run in self.runs.items()}
        return [
            f"{name}: the operation of a year may lie up to {gap:.2%} above the cheapest (gap in years.csv)."
            for name, gap in gaps.items()
            if gap > _GAP
        ]

    def write(self, folder: Path, language: str = "da") -> list[Path]:
        """Write hours, tables and figures into a folder.

        Parameters
        ----------
        folder
            An empty folder.
        language
            "da" or "en", of the figures.

        Returns
        -------
        list of pathlib.Path
            The files.
        """
        files = [
            write_table(self.table.reset_index(), folder / "plants.csv"),
        ]
        stacked = {
            "years": {name: run.by_year for name, run in self.runs.items()},
            "payments": {name: run.price.payments_dkk for name, run in self.runs.items()},
            "modes": {name: run.years.modes for name, run in self.runs.items()},
        }
        for name, tables in stacked.items():
            table = pd.concat(tables, names=["plant"]).reset_index()
            files.append(write_table(table, folder / f"{name}.csv"))
        for name, table in (("published", self.published), ("sensitivities", self.sensitivities)):
            if len(table):
                files.append(write_table(table, folder / f"{name}.csv"))
        for name, run in self.runs.items():
            stem = _stem(name)
            years = run.by_year.index
            hours = {int(years[0]): run.years.first, int(years[-1]): run.years.last}
            for year, table in hours.items():
                told = table.reset_index()
                files.append(write_table(told, folder / f"hours-{stem}-{year}.parquet"))
                files.append(write_table(told, folder / f"hours-{stem}-{year}.csv"))
            for figure, drawing in plant_figures(run, language).items():
                files.append(write_text(folder / "figures" / f"{stem}-{figure}.svg", drawing))
        if all(len(run.by_year) > 1 for run in self.runs.values()):
            files.append(
                write_text(folder / "figures" / "price-by-year.svg", years_figure(self.runs, language))
            )
        files.append(write_text(folder / _ABOUT, json.dumps(self._about(), indent=1, ensure_ascii=False)))
        return files

    def _about(self) -> dict[str, object]:
        """Tell what the numbers were made from."""
        changes: Any = self.inputs.get("changes_by_year", {})
        return {
            name: {
                "plant_file": run.plant.path.name,
                "assumptions": run.plant.assumptions.name,
                "assumptions_digest": run.plant.assumptions.digest(),
                "synthetic_series": list(run.plant.default_keys) if is_synthetic(run.plant) else [],
                "prices": self.inputs.get("prices"),
                "series": self.inputs.get("series"),
                "changes_by_year": changes.get(name, {}),
                "years": [int(year) for year in run.by_year.index],
                "hours": len(run.plant.hours),
                "largest_gap": float(run.by_year["gap"].max()),
            }
            for name, run in self.runs.items()
        }


def operate(
    plants: Sequence[str | Path] = (),
    *,
    years: int = 1,
    scenarios: bool = False,
    with_sensitivities: bool = False,
    prices: str = "file",
    series: str | Path | pd.DataFrame | None = None,
    assumptions: Assumptions | None = None,
    out: str | Path | None = None,
    language: str = "da",
    gap: float = 1e-4,
    workers: int = 1,
    scheduler: str | None = None,
    on_stage: Callable[[str, int], None] | None = None,
    on_done: Callable[[], None] | None = None,
) -> Operated:
    """Run plants hour by hour.

    Parameters
    ----------
    plants
        Plant files, or names of examples; the first is the reference of the others.
    years
        How many; the first is the plant file's year, else that of its hours, else (the default year's hours)
        that of the assumptions. [1]
    scenarios
        Run the published four, beside what is published.
    with_sensitivities
        Run every sensitivity too.
    prices
        "file": fuels as the plant files say; "official": the official path of each fuel by year;
        "official-spot": also the spot hours multiplied to the official mean of each year.
    series
        Hours in place of the synthetic default year: a table or a CSV or Parquet file with utc,
        temperature_c, ghi_w_m2, dni_w_m2, dhi_w_m2, spot_dkk_per_mwh, as far as the plants need them.
    assumptions
        The set; the default one without.
    out
        Folder for hours, tables and figures; replaced whole when all is done. A run that was ended goes on.
    language
        "da" or "en", of the figures.
    gap
        How far from the best possible a year may end, where it has minimum loads or start costs. [1]
    workers
        Processes on this machine. [1]
    scheduler
        Address of a Dask scheduler that sees the same folder; replaces ``workers``.
    on_stage, on_done
        Called with a stage's name and number of pieces, and after each piece.

    Returns
    -------
    Operated
        Plants, side by side.

    Raises
    ------
    PlantShortageError
        If a plant cannot meet the demand; names the hours and the missing MW.
    ScreeningError
        For faulty plant files or series, hours that are not one year, or no plant at all.
    """
    _check(prices, language)
    read = _plants(plants, scenarios, read_hours(series), assumptions)
    references = REFERENCES if scenarios else _against_first(list(read))
    target = None if out is None else _target(Path(out))
    with tempfile.TemporaryDirectory() as passing:
        root = Path(passing) if target is None else target.with_name(f".{target.name}-years")
        tasks, left_out = _tasks(read, years, prices, with_sensitivities, root, gap)
        told = (on_stage or _silent_stage, on_done or _silent)
        if len(tasks) == 1:
            told[0]("years", len(tasks[0].years))
            tasks[0].result(lambda _year: told[1]())  # by itself it may say plainly what is wrong
        else:
            with open_runner(workers, scheduler, *told) as runner:
                runner.run(_STAGE, tasks)
        pairs = [(*task.name.split("|", 1), task.changes) for task in tasks]
        base = {name: changes for kind, name, changes in pairs if kind == BASE}
        inputs: dict[str, object] = {
            "prices": prices,
            "series": _series_told(series),
            "changes_by_year": base,
        }
        done = _gathered(tasks, read, references, left_out, inputs)
        if target is not None:
            _put_in_place(done, target, language)
            shutil.rmtree(root, ignore_errors=True)
    return done


def _target(out: Path) -> Path:
    """Refuse to replace anything but an earlier result."""
    is_own = (out / _ABOUT).is_file() or (out.is_dir() and not any(out.iterdir()))
    if out.exists() and not is_own:
        raise ScreeningError(
            f"{out} is no earlier result of this command; name a folder that is new or empty."
        )
    return out.resolve()


def _check(prices: str, language: str) -> None:
    if prices not in PRICES:
        raise UnknownNameError("kind of prices", prices, list(PRICES))
    if language not in {"da", "en"}:
        raise UnknownNameError("language", language, ["da", "en"])


def _plants(
    plants: Sequence[str | Path], scenarios: bool, frame: pd.DataFrame | None, a: Assumptions | None
) -> dict[str, Plant]:
    """Read the plants, by the name that the tables show."""
    if scenarios and plants:
        raise ScreeningError("The published scenarios are plants of their own: name plants or ask for them.")
    if scenarios:
        return {name: load_plant(path, frame, a) for name, path in SCENARIOS.items()}
    if not plants:
        raise ScreeningError("Name a plant file or an example, or ask for the published scenarios.")
    read = [load_plant(path, frame, a) for path in plants]
    names = [plant.name for plant in read]
    doubled = {name for name in names if names.count(name) > 1}
    if doubled:
        raise ScreeningError(
            f"Two plants are called {doubled.pop()!r}; give them names of their own in their files."
        )
    return dict(zip(names, read, strict=True))


def read_hours(series: str | Path | pd.DataFrame | None) -> pd.DataFrame | None:
    """Read the caller's own hours: a table as it is, Parquet, or CSV in any dialect of the readers."""
    if series is None or isinstance(series, pd.DataFrame):
        return series
    path = Path(series)
    if not path.is_file():
        raise InputFileError(f"{path} does not exist; allowed is a CSV or Parquet file with a column utc.")
    table = _parquet(path) if path.suffix == ".parquet" else hourly.read_table(path)
    if table.empty:
        raise InputFileError(f"{path} has no rows; allowed is a row for every hour of a year.")
    try:
        return table.apply(hourly.to_hours)
    except ScreeningError as error:
        raise InputFileError(f"{path}: {error}") from error


def _parquet(path: Path) -> pd.DataFrame:
    """Read a Parquet file as the readers read CSV."""
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        told = str(error).splitlines()[0]
        raise InputFileError(f"{path} is not readable as Parquet ({told}); write it anew.") from None
    table = table.reset_index() if table.index.name == "utc" else table
    return records_table(table, path.name, first_row=1)


def _series_told(series: str | Path | pd.DataFrame | None) -> dict[str, str] | None:
    """Give name and digest of the caller's own hours."""
    if series is None:
        return None
    if isinstance(series, pd.DataFrame):
        values = pd.util.hash_pandas_object(series).to_numpy().tobytes()
        columns = ",".join(map(str, series.columns)).encode()
        return {"name": "a table", "sha256": hashlib.sha256(columns + values).hexdigest()}
    path = Path(series)
    return {"name": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def _span(run: PlantYears) -> str:
    first, last = int(run.by_year.index[0]), int(run.by_year.index[-1])
    return f"{first}" if first == last else f"{first}-{last}"


def _against_first(names: list[str]) -> dict[str, str]:
    return dict.fromkeys(names[1:], names[0])


def _tasks(
    read: dict[str, Plant], count: int, prices: str, with_sensitivities: bool, root: Path, gap: float
) -> tuple[list[PlantTask], list[str]]:
    """List the pieces of work: each plant as it is, and with each sensitivity that means something to it."""
    tasks, left_out = [], []
    for plant in read.values():
        refuse_part_of_a_year(plant)
    for sensitivity in sensitivities() if with_sensitivities else (BASE,):
        for name, plant in read.items():
            chosen = calendar_years(plant.assumptions, count, first_year(plant))
            with_spot = prices == "official-spot"
            anyway = {} if prices == "file" else official_prices(plant, chosen, with_spot=with_spot)
            try:
                changed, changes = apply(sensitivity, plant, chosen, anyway)
            except ScreeningError as error:
                left_out.append(f"{sensitivity}: {error}")
                continue
            tasks.append(PlantTask(f"{sensitivity}|{name}", changed, tuple(chosen), changes, root, gap))
    return tasks, left_out


def _gathered(
    tasks: list[PlantTask],
    read: dict[str, Plant],
    references: dict[str, str],
    left_out: list[str],
    inputs: dict[str, object],
) -> Operated:
    """Read the finished years and set them side by side."""
    found: dict[str, dict[str, PlantYears]] = {}
    for task in tasks:
        sensitivity, _, name = task.name.partition("|")
        found.setdefault(sensitivity, {})[name] = task.result()
    runs = found[BASE]
    is_published = list(read) == list(SCENARIOS)
    return Operated(
        runs=runs,
        references=references,
        table=side_by_side(runs, references),
        published=beside_published(runs, str(inputs["prices"])) if is_published else pd.DataFrame(),
        sensitivities=compare(found, references) if len(found) > 1 else pd.DataFrame(),
        left_out=tuple(left_out),
        inputs=inputs,
    )


def _put_in_place(done: Operated, target: Path, language: str) -> None:
    """Write all files beside the folder and swap it in."""
    made = target.with_name(f".partial-{target.name}")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    try:
        done.write(made, language)
        swap_in(made, target)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _stem(name: str) -> str:
    """Name for files: letters, digits and dashes."""
    return "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())


def _silent_stage(_name: str, _count: int) -> None: ...


def _silent() -> None: ...
