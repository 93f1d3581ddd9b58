"""Run a report notebook with checked parameters and take the page's parts out of it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any, Literal

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError
from pydantic import BaseModel, ConfigDict, ValidationError

from screening.errors import ParameterMismatchError, ScreeningError, near_misses
from screening.report.engine import register_engine

__all__ = [
    "MunicipalityReport",
    "TownReport",
    "check_parameters",
    "notebook_file",
    "page_parts",
    "run_notebook",
]


class TownReport(BaseModel):
    """Parameters of notebooks/town_report.ipynb."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    area: str = "Hellebæk"
    municipality: str = "helsingor-replica"
    data_dir: str = "../data"
    language: Literal["da", "en"] = "da"


class MunicipalityReport(BaseModel):
    """Parameters of notebooks/municipality_report.ipynb."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    municipality: str = "helsingor-replica"
    data_dir: str = "../data"
    language: Literal["da", "en"] = "da"
    failures: dict[str, str] = {}


_FILES: dict[type[BaseModel], str] = {
    TownReport: "town_report.ipynb",
    MunicipalityReport: "municipality_report.ipynb",
}


def notebook_file(name: str) -> Path:
    """Find a notebook in the checkout or, for an installed package, inside it.

    Parameters
    ----------
    name
        File name, e.g. "town_report.ipynb".

    Returns
    -------
    pathlib.Path
        The file.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package.parents[1] / "notebooks", package / "notebooks"):
        if (folder / name).is_file():
            return folder / name
    raise ScreeningError(f"The notebook {name} is neither beside the package nor in it; reinstall screening.")


def check_parameters(model: type[BaseModel], values: dict[str, Any]) -> BaseModel:
    """Check values against a notebook's parameter model and the model against the notebook's cell.

    Parameters
    ----------
    model
        TownReport or MunicipalityReport.
    values
        Given parameters.

    Returns
    -------
    pydantic.BaseModel
        All parameters, defaults included.

    Raises
    ------
    ParameterMismatchError
        For a misspelled name (names the near ones), a wrong type, or a cell that drifted from the model.
    """
    path = notebook_file(_FILES[model])
    cell = _parameter_cell(path)
    if set(cell) != set(model.model_fields):
        raise ParameterMismatchError(
            f"{path.name}: the parameters cell has {sorted(cell)}; expected are {sorted(model.model_fields)}."
        )
    try:
        return model.model_validate(values)
    except ValidationError as error:
        told = []
        for fault in error.errors():
            name = str(fault["loc"][0])
            if fault["type"] == "extra_forbidden":
                told.append(f"unknown parameter {name!r}. {near_misses(name, model.model_fields)}")
            else:
                told.append(f"parameter {name}: {fault['msg']}, got {fault['input']!r}")
        raise ParameterMismatchError(f"{path.name}: " + "; ".join(told)) from error


def run_notebook(parameters: BaseModel, output: Path) -> nbformat.NotebookNode:
    """Execute a report notebook with all parameters, defaults included.

    Parameters
    ----------
    parameters
        A checked TownReport or MunicipalityReport.
    output
        Where the executed notebook is written.

    Returns
    -------
    nbformat.NotebookNode
        The executed notebook.

    Raises
    ------
    ScreeningError
        With the text of the error that a cell raised.
    """
    path = notebook_file(_FILES[type(parameters)])
    try:
        executed: nbformat.NotebookNode = papermill.execute_notebook(
            path,
            output,
            parameters=parameters.model_dump(mode="json"),
            engine_name=register_engine(),
            progress_bar=False,
            cwd=path.parent,
        )
    except PapermillExecutionError as error:
        where = f"{path.name}, cell {error.cell_index}"
        raise ScreeningError(f"{where}: {error.ename}: {error.evalue}") from error
    return executed


def page_parts(notebook: nbformat.NotebookNode) -> list[str]:
    """HTML that the notebook's code cells showed, in order; a planner's own cell comes along.

    Parameters
    ----------
    notebook
        An executed notebook.

    Returns
    -------
    list of str
        One fragment per displayed object that has HTML.
    """
    return [
        "".join(output["data"]["text/html"])
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type in {"display_data", "execute_result"} and "text/html" in output["data"]
    ]


def _parameter_cell(path: Path) -> dict[str, Any]:
    """Names and literal defaults of the cell tagged ``parameters``."""
    notebook = nbformat.read(path, as_version=4)
    cells = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    if len(cells) != 1:
        raise ParameterMismatchError(f"{path.name} has {len(cells)} cells tagged 'parameters'; it needs one.")
    found = {}
    for statement in ast.parse(cells[0].source).body:
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            raise ParameterMismatchError(
                f"{path.name}: the parameters cell may hold only lines like 'area: str = \"Saunte\"'."
            )
        found[statement.target.id] = ast.literal_eval(statement.value) if statement.value else None
    return found
