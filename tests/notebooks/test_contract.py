"""Notebooks narrate and call: the contract, and every notebook executed offline."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def faults_of(notebook: nbformat.NotebookNode) -> list[str]:
    code = [c for c in notebook.cells if c.cell_type == "code"]
    text = [c for c in notebook.cells if c.cell_type == "markdown"]
    found = []
    tagged = [c for c in code if "parameters" in c.metadata.get("tags", [])]
    if len(tagged) != 1 or code[0] is not tagged[0]:
        found.append("the first code cell, and no other, is tagged parameters")
    else:
        for statement in ast.parse(tagged[0].source).body:
            if not isinstance(statement, ast.AnnAssign) or "=" in tagged[0].source.split("#")[-1]:
                found.append("the parameters cell holds annotated literals only")
            else:
                ast.literal_eval(statement.value)
    if not notebook.cells or not notebook.cells[0].source.startswith("# "):
        found.append("it begins with a title")
    if len(text) < len(code):
        found.append("as many text cells as code cells")
    return found + [fault for cell in code for fault in faults_of_cell(cell)]


def faults_of_cell(cell: nbformat.NotebookNode) -> list[str]:
    found = []
    lines = [line for line in cell.source.splitlines() if line.strip()]
    if len(lines) > 10:
        found.append(f"a cell has {len(lines)} lines")
    logic = ast.FunctionDef | ast.ClassDef | ast.Lambda | ast.For | ast.While
    nodes = ast.walk(ast.parse(cell.source))
    found += [f"a cell holds a {type(node).__name__}" for node in nodes if isinstance(node, logic)]
    if cell.outputs or cell.execution_count:
        found.append("a cell holds outputs")
    return found


def test_there_are_the_promised_notebooks():
    names = {p.stem for p in NOTEBOOKS}
    promised = {"00_start", "10_register", "20_heat_demand", "30_areas", "40_communities", "50_local_heating"}
    promised |= {"55_replication", "60_plant_operation"}
    assert promised | {"town_report", "municipality_report"} <= names


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_keeps_the_contract(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert faults_of(notebook) == []


def test_the_contract_check_can_fail():
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell("def f():\n    return 1"), nbformat.v4.new_code_cell("x = 1")]
    found = faults_of(notebook)
    assert "it begins with a title" in found
    assert "a cell holds a FunctionDef" in found
    assert "the first code cell, and no other, is tagged parameters" in found
