"""Made-up register rows as GraphQL answers."""

from __future__ import annotations

import io
import json
import zipfile

_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"})


def _node(row, as_text):
    node = {name.translate(_LETTERS): value for name, value in row.items()}
    point = node["byg404Koordinat"]
    if point and not as_text:
        node["byg404Koordinat"] = {"wkt": point, "crs": "EPSG:25832"}
    return node


def to_page(rows, more, cursor=None, edges=False, as_text=False, info_first=True):
    nodes = [_node(row, as_text) for row in rows]
    records = {"edges": [{"cursor": "c", "node": node} for node in nodes]} if edges else {"nodes": nodes}
    info = {"pageInfo": {"hasNextPage": more, "endCursor": cursor}}
    parts = info | records if info_first else records | info
    return json.dumps({"data": {"BBR_Bygning": parts}}, ensure_ascii=False)


def to_pages(rows, sizes, **form):
    """Pages of the sizes given, the last with what is left."""
    pages = []
    at = 0
    for size in sizes:
        pages.append(to_page(rows[at : at + size], more=True, cursor=f"c{at}-{len(pages)}", **form))
        at += size
    return [*pages, to_page(rows[at:], more=False, **form)]


def zipped(pages):
    """A zip of texts by name, in the order given."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in pages.items():
            archive.writestr(name, text)
    return buffer.getvalue()
