"""Rules of the house that a machine can check, each with a case that must fail."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest
from numpydoc.docscrape import FunctionDoc

import screening
from screening import assumptions, tables
from screening.assumptions.document import to_markdown
from screening.units import SUFFIX_UNITS, unit_of

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "screening"
# Names and texts that carry no unit; everything else numeric in a schema must have a unit suffix.
UNITLESS = {"area", "town", "id", "advice", "year_built", "road_class"}
NUMERIC_ANNOTATION = re.compile(r"\b(float|ArrayLike|FloatArray|NDArray)\b")
CORE_DOORS = {
    "register/dialects/sources.py",
    "register/dialects/table_source.py",
    "register/dialects/layer_table.py",
    "register/dialects/postgis.py",
    "register/client/service.py",
    "register/client/file.py",
    "web/http.py",
    "web/files.py",
    "hourly/readers.py",
    "hourly/client.py",
    "register/dialects/csv_text.py",
    "register/dialects/json_text.py",
    "register/footprints.py",
    "register/outline_stream.py",
    "register/layers.py",
    "register/evidence/side_files.py",
    "register/codes.py",
    "hourly/tariffs.py",
    "demand/measured.py",
    "assumptions/loader.py",
    "communities/selection.py",
    "replication/published.py",
    "operation/plant.py",
    "operation/scenarios.py",
    "operation/sensitivities.py",
}
CORE = [
    "web",
    "register",
    "hourly",
    "demand",
    "areas",
    "communities",
    "routing",
    "supply",
    "operation",
    "economics",
    "replication",
    "assumptions",
]


def public_functions():
    """Functions that a stage or a module at the top exports: what a reader outside it calls."""
    for module_info in pkgutil.iter_modules(screening.__path__, "screening."):
        module = importlib.import_module(module_info.name)
        for name in getattr(module, "__all__", []):
            if inspect.isfunction(item := getattr(module, name)):
                yield f"{module_info.name}.{name}", item


def missing_units(function) -> list[str]:
    """Numeric parameters (and a numeric return) whose description does not end in a unit in brackets."""
    document = FunctionDoc(function)
    described = {n.strip(): " ".join(p.desc) for p in document["Parameters"] for n in p.name.split(",")}
    faults = []
    for name, parameter in inspect.signature(function).parameters.items():
        if NUMERIC_ANNOTATION.search(str(parameter.annotation)) and not re.search(
            r"\[[^\]]+\]\s*$", described.get(name, "")
        ):
            faults.append(name)
    annotation = str(inspect.signature(function).return_annotation)
    if NUMERIC_ANNOTATION.search(annotation):
        returned = " ".join(" ".join(p.desc) for p in document["Returns"])
        if not re.search(r"\[[^\]]+\]", returned):
            faults.append("return")
    return faults


def test_public_functions_state_their_units():
    faults = {name: found for name, f in public_functions() if (found := missing_units(f))}
    assert not faults


def test_the_unit_check_can_fail():
    def speed(distance_m: float) -> float:
        """Give a speed.

        Parameters
        ----------
        distance_m
            How far.

        Returns
        -------
        float
            How fast.
        """
        return distance_m

    assert missing_units(speed) == ["distance_m", "return"]


def test_public_functions_have_a_complete_docstring():
    faults = []
    for name, function in public_functions():
        document = FunctionDoc(function)
        described = {n.strip().lstrip("*") for p in document["Parameters"] for n in p.name.split(",")}
        expected = {n for n in inspect.signature(function).parameters if not n.startswith("_")}
        # A one-line docstring is enough where name and type say all; half a parameter list is not.
        if described and described != expected:
            faults.append((name, sorted(expected ^ described)))
        if not document["Summary"]:
            faults.append((name, "no summary"))
    assert not faults


@pytest.mark.parametrize("schema", [s for s in tables.__all__ if hasattr(getattr(tables, s), "columns")])
def test_every_column_promises_its_unit(schema):
    columns = getattr(tables, schema).columns
    assert [c for c in columns if c not in UNITLESS and unit_of(c) is None] == []


@pytest.mark.parametrize("name", assumptions.available())
def test_assumptions_promise_their_unit_and_name_their_source(name):
    rows = assumptions.load(name).table()
    wrong = [
        (n, u, unit_of(n))
        for n, u, k in zip(rows["name"], rows["unit"], rows["kind"], strict=True)
        if k != "flag" and unit_of(n) != u
    ]
    assert wrong == []
    assert rows.loc[rows["source"].astype(str).str.strip() == "", "name"].tolist() == []
    assert rows.loc[rows["label_da"].astype(str).str.strip() == "", "name"].tolist() == []
    money = rows["unit"].astype(str).str.contains("DKK")
    assert rows.loc[money & (rows["price_year"].astype(str).str.strip() == ""), "name"].tolist() == []
    inside = (
        rows["low"].isna()
        | rows["high"].isna()
        | ((rows["low"] <= rows["value"]) & (rows["value"] <= rows["high"]))
    )
    assert rows.loc[~inside, "name"].tolist() == []


def test_the_page_of_assumptions_is_up_to_date():
    page = (ROOT / "docs" / "assumptions.md").read_text(encoding="utf-8")
    assert page == to_markdown(), "run: make docs"


def test_every_assumption_is_used():
    code = "\n".join(p.read_text(encoding="utf-8") for p in SOURCE.rglob("*.py"))
    names = set(assumptions.load("cowi-2022").table()["name"])
    assert sorted(n for n in names if not re.search(rf"\b{n}\b", code)) == []


def test_every_suffix_is_a_word_part():
    assert all(s.startswith("_") and s == s.lower() for s in SUFFIX_UNITS)


def test_modules_stay_short():
    long = {
        str(p.relative_to(SOURCE)): n
        for p in SOURCE.rglob("*.py")
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > 420
    }
    assert not long


def test_the_core_opens_files_only_at_its_doors():
    faults = []
    for stage in CORE:
        for path in (SOURCE / stage).rglob("*.py"):
            relative = path.relative_to(SOURCE).as_posix()
            if relative in CORE_DOORS:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    called = ast.unparse(node.func)
                    if called == "open" or re.search(
                        r"(read_(csv|parquet|file|text|bytes|json)|to_file|to_csv|savefig|\.open|urlopen)$",
                        called,
                    ):
                        faults.append(f"{relative}: {called}")
                if isinstance(node, ast.Import | ast.ImportFrom):
                    names = [a.name for a in node.names] + [getattr(node, "module", "") or ""]
                    faults += [
                        f"{relative}: imports {n}" for n in names if n in {"datetime", "time", "random"}
                    ]
    assert not faults


def test_nothing_speaks_of_the_workplace():
    words = re.compile(r"/wo" + r"rk/|\.libra" + r"ry\b|/tm" + r"p/[a-z]+/")
    faults = []
    for pattern in ("src/**/*", "docs/**/*", "tests/**/*.py", "notebooks/*", "*.md", "Makefile"):
        for path in ROOT.glob(pattern):
            is_text = path.is_file() and path.suffix in {".py", ".md", ".ipynb", ".csv", ".yaml", ""}
            if is_text and words.search(path.read_text(encoding="utf-8")):
                faults.append(str(path.relative_to(ROOT)))
    assert not faults
