"""Every notebook executed offline on the default municipality; its key numbers are those of the tables."""

from __future__ import annotations

from pathlib import Path

import nbformat
import papermill
import pytest

from screening import workbench
from screening.report.engine import register_engine

FOLDER = Path(__file__).parents[2] / "notebooks"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda p: p.stem)
def test_notebook_runs(path, default_data, tmp_path):
    executed = papermill.execute_notebook(
        path,
        tmp_path / path.name,
        parameters={"data_dir": str(default_data)},
        engine_name=register_engine(),
        progress_bar=False,
        cwd=tmp_path,
    )
    shown = [cell for cell in executed.cells if cell.cell_type == "code" and cell.outputs]
    assert len(shown) >= 2
    drawn = sum(cell.source.startswith("maps.") for cell in executed.cells)
    pictures = [
        o for cell in shown for o in cell.outputs if {"image/png", "text/html"} & set(o.get("data", {}))
    ]
    assert len(pictures) >= drawn
    assert "Figure size" not in nbformat.writes(executed)
    assert not [o for cell in shown for o in cell.outputs if o.output_type == "error"]


def test_a_notebook_runs_in_an_ordinary_kernel_too(default_data, tmp_path):
    path = FOLDER / "50_local_heating.ipynb"
    executed = papermill.execute_notebook(
        path,
        tmp_path / path.name,
        parameters={"data_dir": str(default_data), "area": "Saunte"},
        progress_bar=False,
    )
    text = nbformat.writes(executed)
    verdict = workbench.load(data_dir=default_data).screening.economics.loc["Saunte", "advice"]
    assert verdict in text
