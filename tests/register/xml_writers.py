"""Made-up register rows as XML."""

from __future__ import annotations

from xml.sax.saxutils import escape

NAMESPACE = "http://data.gov.dk/schemas/bbr"


def _field(name, value, prefix, style):
    tag = f"{prefix}{name}"
    if value is None or value == "":
        return {"left out": "", "empty": f"<{tag}/>", "nil": f'<{tag} xsi:nil="true"/>'}[style]
    return f"<{tag}>{escape(value)}</{tag}>"


def _gml(value):
    if not value or not value.upper().startswith("POINT"):
        return value
    inner = value[value.index("(") + 1 : value.rindex(")")]
    return f'<gml:Point srsName="EPSG:25832"><gml:pos>{inner}</gml:pos></gml:Point>'


def _record(row, prefix, style, with_gml):
    parts = []
    for name, value in row.items():
        text = _field(name, value, prefix, style)
        if with_gml and name == "byg404Koordinat" and value:
            text = f"<{prefix}{name}>{_gml(value)}</{prefix}{name}>"
        parts.append(text)
    return f"<{prefix}Bygning>\n" + "\n".join(filter(None, parts)) + f"\n</{prefix}Bygning>"


def to_xml(rows, prefix="", style="empty", with_gml=False, wrapped=False, encoding="UTF-8"):
    """Rows as Filudtræk XML in one of the forms it comes in."""
    bind = f'xmlns:{prefix[:-1]}="{NAMESPACE}"' if prefix else f'xmlns="{NAMESPACE}"'
    more = ' xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    records = "\n".join(_record(row, prefix, style, with_gml) for row in rows)
    body = f"<{prefix}BygningList>\n{records}\n</{prefix}BygningList>"
    if wrapped:
        unit = f"<{prefix}Enhed><{prefix}status>6</{prefix}status></{prefix}Enhed>"
        units = f"<{prefix}EnhedList>{unit}</{prefix}EnhedList>"
        text = f"<{prefix}BBR {bind}{more}>{units}{body}{units}</{prefix}BBR>"
    else:
        text = body.replace("BygningList>", f"BygningList {bind}{more}>", 1)
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{text}'.encode(encoding)


FORMS = {
    "default namespace": {},
    "prefix": {"prefix": "bbr:"},
    "fields left out": {"style": "left out"},
    "nil": {"style": "nil"},
    "gml": {"with_gml": True},
    "wrapped": {"wrapped": True},
    "wrapped, prefix, gml, Latin-1": {
        "wrapped": True, "prefix": "b:", "with_gml": True, "encoding": "ISO-8859-1",
    },
}  # fmt: skip
