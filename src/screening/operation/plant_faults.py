"""A plant file's text as plain content, and its faults as one line each."""

from __future__ import annotations

import re
import typing
from typing import TYPE_CHECKING, Any

import yaml

from screening.errors import InputFileError, near_misses
from screening.operation.plant_parts import Part
from screening.operation.plant_units import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import ValidationError

__all__ = ["explain", "parse"]

_SHOWN = 3
_LONGEST = 60
_SILENT = {"constant", "by_year", "own_c", "place"}  # inner keys that the file's own writing does not have


class _Loader(yaml.SafeLoader):
    """Refuses a key given twice, which YAML would settle silently; leaves days as text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Read keys and values."""
        seen: set[object] = set()
        for key, _ in node.value:
            name = self.construct_object(key, deep=True)
            if name in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {name!r} stands twice", problem_mark=key.start_mark
                )
            seen.add(name)
        return super().construct_mapping(node, deep=deep)


_Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def parse(text: str, label: str) -> dict[str, Any]:
    """Read a plant file's text.

    Parameters
    ----------
    text
        YAML.
    label
        The file, for errors.

    Returns
    -------
    dict
        Its keys.

    Raises
    ------
    InputFileError
        With the line, where it is no YAML; if it is empty or no mapping.
    """
    try:
        content = yaml.load(text, Loader=_Loader)  # noqa: S506  (a safe loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        why = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise InputFileError(
            f"{label}{where} is not readable as YAML: {why};"
            " allowed are lines 'key: value', indented by spaces."
        ) from error
    if content is None:
        raise InputFileError(f"{label} is empty; a plant file needs name, demand and units.")
    if not isinstance(content, dict):
        raise InputFileError(f"{label} is {_shown(content)}; a plant file has keys: name, demand and units.")
    return content


def explain(error: ValidationError, content: dict[str, Any], model: type[Part]) -> str:
    """Tell the faults of a content in one line: key, value, what is allowed.

    Parameters
    ----------
    error
        What the check found.
    content
        The content as read.
    model
        What it was checked against.

    Returns
    -------
    str
        One line.
    """
    found = sorted(
        error.errors(), key=lambda fault: fault["type"] != "extra_forbidden"
    )  # a slip in a key first
    faults = [_fault(fault, content, model) for fault in found]
    told = list(dict.fromkeys(faults))
    more = f" And {len(told) - _SHOWN} more faults." if len(told) > _SHOWN else ""
    return " ".join(told[:_SHOWN]) + more


def _fault(fault: Any, content: dict[str, Any], model: type[Part]) -> str:
    """Tell one fault."""
    place: Sequence[str | int] = fault["loc"]
    parts, parent, allowed = _walk(place, content, model)
    value = fault["input"]
    kind = fault["type"]
    if kind == "plant":  # our own: it knows better which key
        context = fault["ctx"]
        extra = str(context["key"])
        parts = extra.split(".") if extra.startswith(("units.", "fuels.")) else [*parts, *extra.split(".")]
        value, allowed = context["value"], str(context["allowed"])
    key = ".".join(part for part in parts if part) or "the file"
    if kind == "extra_forbidden":
        return f"{key} is {_shown(value)}, but there is no such key. {near_misses(str(place[-1]), parent)}"
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        given = value.get("kind") if isinstance(value, dict) else None
        told = "is missing" if given is None else f"is {_shown(given)}"
        near = "" if given is None else f" {near_misses(str(given), KINDS)}"
        return f"{key}.kind {told}; allowed is one of {', '.join(KINDS)}.{near}"
    told = "is missing" if kind == "missing" or value is None else f"is {_shown(value)}"
    allowed = (allowed or fault["msg"]).rstrip(".?")
    end = "?" if "Did you mean" in allowed else "."
    return f"{key} {told}; allowed is {allowed}{end}{_hint(value)}"


def _walk(place: Sequence[str | int], content: Any, model: Any) -> tuple[list[str], list[str], str]:
    """Follow a place through content and models.

    Returns the key in parts, units by name; the keys known beside it; what is allowed.
    """
    parts: list[str] = []
    known: list[str] = []
    allowed = ""
    for step in place:
        if parts and isinstance(step, str) and step in KINDS and model is None:
            model = KINDS[step]
            continue
        fields = getattr(model, "model_fields", {})
        if fields:
            known = list(fields)
        field = fields.get(step)
        if step not in _SILENT:
            inside = content[step] if _has(content, step) else None
            named = isinstance(step, int) and isinstance(inside, dict) and isinstance(inside.get("name"), str)
            parts.append(str(inside["name"]) if named and inside else _number(step))
            content = inside
        if field is not None:
            allowed = field.description or allowed
            model = _model(field.annotation)
    return parts, known, allowed


def _has(content: Any, step: str | int) -> bool:
    if isinstance(content, dict):
        return step in content
    return isinstance(content, list) and isinstance(step, int) and step < len(content)


def _number(step: str | int) -> str:
    """Name a step; places in lists count from 1."""
    return str(step + 1) if isinstance(step, int) and step < 1000 else str(step)


def _model(annotation: Any) -> type[Part] | None:
    """Find the one part that an annotation speaks of; None for none or several."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    found = {model for inner in typing.get_args(annotation) if (model := _model(inner)) is not None}
    return found.pop() if len(found) == 1 else None


def _shown(value: object) -> str:
    """Show a value, shortened; a mapping by its keys."""
    if isinstance(value, dict):
        value = "{" + ", ".join(map(str, value)) + "}"
        return str(value)[:_LONGEST]
    if isinstance(value, float):
        return f"{value:g}"
    text = repr(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def _hint(value: object) -> str:
    """Tell a common slip in writing numbers."""
    if isinstance(value, bool):
        return " YAML reads yes, no, on and off as true and false."
    if not isinstance(value, str):
        return ""
    if re.fullmatch(r"-?[\d.]+,\d+", value):
        return " Write a decimal point, not a comma."
    if re.fullmatch(r"-?\d+(\.\d+)?", value):
        return " Write the number without quotation marks."
    if re.fullmatch(r"-?\d+(\.\d*)?[eE]-?\+?\d+", value):
        return " Write 1.0e+6 for a million, or 1000000."
    return ""
