"""Reports for many areas at once: only what changed, in parallel, one failure stops no other."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from screening import maps, store, workbench
from screening.errors import ScreeningError
from screening.parallel import dask_client as _client
from screening.report import chapters, page
from screening.report.files import (
    CORRECTIONS,
    run_record,
    write_corrections,
    write_geopackage,
    write_workbook,
)
from screening.report.notebook import (
    MunicipalityReport,
    TownReport,
    check_parameters,
    notebook_file,
    page_parts,
    run_notebook,
)
from screening.report.texts import load_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from screening.assumptions import Assumptions
    from screening.views import Overview, Town

__all__ = ["Outcome", "make_reports", "render_area", "render_overview"]

RECORD = "run.json"
PAGE = "index.html"


@dataclass(frozen=True)
class Outcome:
    """What became of one area's report.

    Parameters
    ----------
    area
        Name of the area.
    status
        "made", "unchanged" or "failed".
    detail
        Path of the page, or the error text.
    """

    area: str
    status: str
    detail: str


def make_reports(
    municipality: str = workbench.DEFAULT_MUNICIPALITY,
    areas: Iterable[str] | None = None,
    *,
    data_dir: str | Path = "data",
    reports_dir: str | Path = "reports",
    assumptions: str | Path | Assumptions | None = None,
    language: str = "da",
    workers: int = 1,
    scheduler: str | None = None,
    force: bool = False,
    on_start: Callable[[int], None] = lambda _count: None,
    on_done: Callable[[Outcome], None] = lambda _outcome: None,
) -> list[Outcome]:
    """Screen a municipality and render the reports of its areas, then the overview.

    Parameters
    ----------
    municipality
        Folder name under data/raw.
    areas
        Names; all when None.
    data_dir, reports_dir
        The data and the reports folder.
    assumptions
        Set, file or loaded set; by default the one that the municipality file names.
    language
        "da" or "en".
    workers
        Processes on this machine. [1]
    scheduler
        Address of a Dask scheduler that sees the same folders; replaces ``workers``.
    force
        Render although nothing changed.
    on_start, on_done
        Called with the number of areas, and after each with its outcome.

    Returns
    -------
    list of Outcome
        In the order of the areas.

    Raises
    ------
    UnknownNameError
        For an unknown municipality or area; names the near ones.
    """
    work = workbench.run_screening(municipality, data_dir=data_dir, assumptions=assumptions)
    known = list(work.screening.areas["area"])
    chosen = known if areas is None else list(areas)
    target = Path(reports_dir).resolve() / municipality
    options = {"data_dir": str(Path(data_dir).resolve()), "language": language}
    outcomes: dict[str, Outcome] = {}
    for area in chosen:
        town = workbench.load_town(area, municipality, data_dir=data_dir)
        check_parameters(TownReport, {"area": area, "municipality": municipality, **options})
        folder = target / maps.slugify(area)
        if not force and _is_current(folder, _key(town, "town_report.ipynb", language)):
            outcomes[area] = Outcome(area, "unchanged", str(folder / PAGE))
    on_start(len(chosen))
    for outcome in outcomes.values():
        on_done(outcome)
    task = _Task(municipality, str(target), options["data_dir"], language, force)
    changed = [area for area in chosen if area not in outcomes]
    for outcome in _run(task, changed, workers, scheduler):
        outcomes[outcome.area] = outcome
        on_done(outcome)
    failures = {o.area: o.detail for o in outcomes.values() if o.status == "failed"}
    absent = [a for a in known if a not in failures and not (target / maps.slugify(a) / PAGE).is_file()]
    failures |= dict.fromkeys(absent, str(load_texts(language)("overview.failures.not_asked")))
    render_overview(municipality, target, failures, force=force, **options)
    return [outcomes[area] for area in chosen]


@dataclass(frozen=True)
class _Task:
    """Render one area; carries names and paths only, so that it travels to any worker."""

    municipality: str
    target: str
    data_dir: str
    language: str
    force: bool

    def __call__(self, area: str) -> Outcome:
        try:
            return render_area(
                area,
                self.municipality,
                Path(self.target),
                data_dir=self.data_dir,
                language=self.language,
                force=self.force,
            )
        except Exception as error:  # noqa: BLE001  one town's failure must not stop the others
            text = str(error) if isinstance(error, ScreeningError) else f"{type(error).__name__}: {error}"
            return Outcome(area, "failed", text)


def render_area(
    area: str, municipality: str, target: Path, *, data_dir: str, language: str = "da", force: bool = False
) -> Outcome:
    """Render one area's report with all its files, whole or not at all.

    Parameters
    ----------
    area
        Name of the area.
    municipality
        Folder name under data/processed.
    target
        reports/<municipality>.
    data_dir
        The data folder.
    language
        "da" or "en".
    force
        Render although nothing changed.

    Returns
    -------
    Outcome
        "made" or "unchanged".
    """
    town = workbench.load_town(area, municipality, data_dir=data_dir)
    parameters = check_parameters(
        TownReport, {"area": area, "municipality": municipality, "data_dir": data_dir, "language": language}
    )
    folder = target / maps.slugify(area)
    key = _key(town, "town_report.ipynb", language)
    if not force and _is_current(folder, key):
        return Outcome(area, "unchanged", str(folder / PAGE))
    manifest = workbench.load(municipality, data_dir=data_dir).manifest
    with _whole_folder(folder) as partial:
        notebook = run_notebook(parameters, partial / "rapport.ipynb")
        html = page.assemble(page_parts(notebook), town, language)
        (partial / PAGE).write_text(html, encoding="utf-8")
        title = chapters.map_title(town, language)
        standalone = maps.to_html(maps.town_map(town, language), title, language)
        (partial / "kort.html").write_text(standalone, encoding="utf-8")
        write_geopackage(town, partial / "data.gpkg")
        write_workbook(town, partial / "data.xlsx")
        write_corrections(town, partial / CORRECTIONS, language)
        record = run_record(town.municipality, town.assumptions, parameters.model_dump(), manifest, key)
        store.write_manifest(partial, RECORD, record, sorted(partial.iterdir()))
    return Outcome(area, "made", str(folder / PAGE))


def render_overview(
    municipality: str,
    target: Path,
    failures: dict[str, str],
    *,
    data_dir: str,
    language: str = "da",
    force: bool = False,
) -> Path:
    """Render the municipality's overview: map by verdict, ranking, links.

    Parameters
    ----------
    municipality
        Folder name under data/processed.
    target
        reports/<municipality>.
    failures
        Area -> why it has no report.
    data_dir
        The data folder.
    language
        "da" or "en".
    force
        Render although nothing changed.

    Returns
    -------
    pathlib.Path
        The page.
    """
    overview = workbench.load_overview(municipality, data_dir=data_dir, failures=failures)
    values = {"municipality": municipality, "data_dir": data_dir, "language": language, "failures": failures}
    parameters = check_parameters(MunicipalityReport, values)
    key = _key(overview, "municipality_report.ipynb", language)
    if not force and _is_current(target, key):
        return target / PAGE
    manifest = workbench.load(municipality, data_dir=data_dir).manifest
    store.remove_manifest(target, RECORD)
    notebooks: list[Any] = []
    title = chapters.overview_map_title(overview, language)
    written = [
        store.write_whole(target / "oversigt.ipynb", lambda p: notebooks.append(run_notebook(parameters, p))),
        store.write_text(
            target / "kort.html", maps.to_html(maps.overview_map(overview, language), title, language)
        ),
        store.write_text(target / PAGE, page.assemble(page_parts(notebooks[0]), overview, language)),
    ]
    record = run_record(overview.municipality, overview.assumptions, parameters.model_dump(), manifest, key)
    store.write_manifest(target, RECORD, record, written)
    return target / PAGE


def _run(task: _Task, areas: list[str], workers: int, scheduler: str | None) -> Iterator[Outcome]:
    if not areas or (scheduler is None and min(workers, len(areas)) == 1):
        yield from map(task, areas)
        return
    from distributed import as_completed  # noqa: PLC0415  a second of import that one worker does not need

    with _client(min(workers, len(areas)), scheduler) as client:
        futures = {client.submit(task, area, pure=False): area for area in areas}
        for future in as_completed(futures):
            error = future.exception()
            yield (
                future.result()
                if error is None
                else Outcome(futures[future], "failed", f"worker lost: {error}")
            )


def _key(view: Town | Overview, notebook: str, language: str) -> str:
    """Digest of everything that a report depends on."""
    whole = hashlib.sha256(store.program_fingerprint().encode() + language.encode())
    whole.update(notebook_file(notebook).read_bytes())
    for field in fields(view):
        value = getattr(view, field.name)
        if isinstance(value, pd.DataFrame | pd.Series):
            whole.update(store.digest_table(value).encode())
        elif field.name == "density":
            whole.update(value.heat_mwh.tobytes() + repr(value.transform).encode())
        elif field.name == "assumptions":
            whole.update((value.name + value.digest()).encode())
        else:
            whole.update(repr(value).encode())
    return whole.hexdigest()


def _is_current(folder: Path, key: str) -> bool:
    record = store.read_manifest(folder, RECORD)
    return record is not None and record.get("key") == key


@contextmanager
def _whole_folder(folder: Path) -> Iterator[Path]:
    """Fill a folder beside the final one and swap them, so that a reader never sees half a report."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield partial
        partial.chmod(0o755)
        old = folder.with_name(f".{folder.name}-old")
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        partial.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
