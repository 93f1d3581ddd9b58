"""GraphQL answers in pages: in one text or several files of a zip; all pages or an error."""

from __future__ import annotations

import csv
import io

import pytest
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st

from register.damage import differences, flip, flips, texts
from register.graphql_writers import to_page, to_pages, zipped
from register.test_xml import assert_same, rows_of_any_kind
from screening.errors import InputFileError
from screening.register import is_building_file, read_buildings
from screening.register.dialects.json_pages import page_info

FORMS = st.fixed_dictionaries({"edges": st.booleans(), "as_text": st.booleans(), "info_first": st.booleans()})


def named(pages, order=None):
    names = [f"page_{n}.json" for n in range(1, len(pages) + 1)]
    both = list(zip(names, pages, strict=True))
    return dict(both if order is None else [both[place] for place in order])


def test_a_zip_of_pages_is_one_source_with_numbers_running_on(write, row):
    rows = [row(n) for n in range(1, 13)]
    rows[10] |= {"status": "9"}
    path = write(zipped(named(to_pages(rows, [5, 4]), order=[2, 0, 1])), name="answer.zip")
    buildings, report = read_buildings(path)
    assert report.dialect == "GraphQL"
    assert report.rows == 12
    assert len(buildings) == 11
    assert report.dropped[["row", "reason"]].to_numpy().tolist() == [[11, "dropped_status_not_standing"]]
    assert is_building_file(path)


def test_page_10_comes_after_page_9(write, row):
    rows = [row(n, status="9" if n == 10 else "6") for n in range(1, 12)]
    pages = named(to_pages(rows, [1] * 10), order=sorted(range(11), key=str))
    _, report = read_buildings(write(zipped(pages), name="answer.zip"))
    assert report.dropped["row"].tolist() == [10]


def test_a_page_with_a_byte_order_mark(write, row):
    first, last = to_pages([row(1), row(2)], [1])
    content = zipped({"a.json": b"\xef\xbb\xbf" + first.encode(), "b.json": b"\xef\xbb\xbf" + last.encode()})
    buildings, _ = read_buildings(write(content, name="answer.zip"))
    assert len(buildings) == 2


@settings(max_examples=40)
@given(changes=rows_of_any_kind, form=FORMS, data=st.data())
def test_the_same_rows_give_the_same_table(tmp_path_factory, row, changes, form, data):
    rows = [row(1)] + [row(number, **change) for number, change in enumerate(changes, 2)]
    rows = [{"bygUlæst": None} | one for one in rows]
    sizes = data.draw(st.lists(st.integers(0, 3), max_size=4))
    pages = to_pages(rows, sizes, **form)
    folder = tmp_path_factory.getbasetemp()
    table = io.StringIO()
    writer = csv.DictWriter(table, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    (folder / "A.csv").write_text(table.getvalue(), encoding="utf-8")
    sound = read_buildings(folder / "A.csv")
    order = data.draw(st.permutations(range(len(pages))))
    as_zip = folder / "A.zip"
    as_zip.write_bytes(zipped(named(pages, order)))
    as_lines = folder / "A.ndjson"
    as_lines.write_text("\n".join(pages), encoding="utf-8")
    as_list = folder / "A.json"
    as_list.write_text("[" + ",\n".join(pages) + "]", encoding="utf-8")
    for path in (as_zip, as_lines, as_list):
        assert_same(sound, read_buildings(path))


@pytest.mark.real_data
def test_the_real_register_in_pages(real_data, write):
    source = real_data / "bbr" / "BBR_Bygning_2020-04-18.csv"
    with source.open(encoding="utf-8-sig") as stream:
        rows = [{n: v or None for n, v in row.items()} for row in csv.DictReader(stream)]
    sound = read_buildings(source)
    path = write(zipped(named(to_pages(rows, [1000, 1, 1000]), [3, 1, 0, 2])), name="answer.zip")
    assert_same(sound, read_buildings(path))


PAGES = {
    "no last page": ({"a.json": True, "b.json": True}, ["all 2 pages", "last is missing"]),
    "two last pages": ({"a.json": False, "b.json": True, "c.json": False}, ["a.json, c.json each say"]),
    "a gap": ({"p1.json": True, "p2.json": True, "p4.json": False}, ["p4.json", "page 3 is missing"]),
    "no first page": ({"p2.json": True, "p3.json": False}, ["page 1 is missing"]),
}  # fmt: skip


@pytest.mark.parametrize("case", PAGES)
def test_what_is_missing_is_named(write, row, case):
    flags, words = PAGES[case]
    pages = {name: to_page([row(n)], more, name) for n, (name, more) in enumerate(flags.items())}
    with pytest.raises(InputFileError) as caught:
        read_buildings(write(zipped(pages), name="answer.zip"))
    for word in ["answer.zip", *words]:
        assert word in str(caught.value)


def test_days_in_file_names_are_no_page_numbers(write, row):
    first, last = to_pages([row(1), row(2)], [1])
    buildings, _ = read_buildings(
        write(zipped({"20260103.json": first, "20260201.json": last}), name="a.zip")
    )
    assert len(buildings) == 2


def test_the_same_page_twice_and_a_page_that_says_nothing(write, row):
    page = to_page([row(1)], more=True, cursor="abc")
    last = to_page([row(2)], more=False)
    with pytest.raises(InputFileError, match=r"a.json and b.json are the same page .*\"abc\""):
        read_buildings(write(zipped({"a.json": page, "b.json": page, "c.json": last}), name="a.zip"))
    silent = page.replace("hasNextPage", "hasPreviousPage")
    with pytest.raises(InputFileError, match=r"a.json does not say .* pageInfo"):
        read_buildings(write(zipped({"a.json": silent, "c.json": last}), name="a.zip"))


def test_other_files_in_one_zip_are_refused(write, row, writers):
    page = to_page([row(1)], more=False)
    for other in (writers["csv"]([row(2)]), writers["json list"]([row(2)]), b"text"):
        with pytest.raises(InputFileError, match="2 data files"):
            read_buildings(write(zipped({"a.json": page, "b.json": other}), name="a.zip"))
    with pytest.raises(InputFileError, match="0 data files"):
        read_buildings(write(zipped({}), name="a.zip"))


def test_page_info_is_found_across_reads():
    class Slow(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 3))

    text = to_page([], more=True, cursor="æ") + "\n" + to_page([], more=False)
    expected = [
        ("hasNextPage", "true"),
        ("endCursor", '"æ"'),
        ("hasNextPage", "false"),
        ("endCursor", "null"),
    ]
    assert page_info(Slow(text.encode())) == expected
    assert page_info(Slow(rb'{"a": "\"hasNextPage\": true"}')) == []


@pytest.fixture(scope="module")
def original(tmp_path_factory, row):
    rows = [
        row(n, use=f"1{n}0", year=f"19{n}5", dwelling=f"{n}30", point=f"POINT (72000{n}.5 621500{n}.25)")
        for n in range(1, 7)
    ]
    pages = to_pages(rows, [2, 2])
    path = tmp_path_factory.mktemp("damage") / "A.zip"
    path.write_bytes(zipped(named(pages)))
    buildings, report = read_buildings(path)
    assert report.counts["kept"] == 6
    return [page.encode() for page in pages], texts(buildings), path, buildings


@given(data=st.data())
def test_one_byte_flipped_spoils_one_value_at_most(original, data):
    pages, sound, path, _ = original
    which = data.draw(st.integers(0, 2))
    spoilt = list(pages)
    spoilt[which] = flip(pages[which], *data.draw(flips(len(pages[which]))))
    path.write_bytes(zipped(named(spoilt)))
    found = differences(path, sound)
    assert found is None or len(found) <= 1


@given(data=st.data())
def test_a_page_that_breaks_off_is_refused(original, data):
    pages, _, path, _ = original
    which = data.draw(st.integers(0, 2))
    spoilt = list(pages)
    spoilt[which] = pages[which][: data.draw(st.integers(0, len(pages[which]) - 1))]
    path.write_bytes(zipped(named(spoilt)))
    with pytest.raises(InputFileError):
        read_buildings(path)


@given(data=st.data())
def test_any_page_left_out_is_an_error(original, data):
    pages, _, path, buildings = original
    left = data.draw(st.sets(st.integers(0, 2), min_size=1, max_size=3))
    path.write_bytes(zipped({f"page_{n + 1}.json": pages[n] for n in sorted(left)}))
    if len(left) == 3:
        assert_geodataframe_equal(read_buildings(path)[0], buildings)
        return
    if left == {2}:
        return  # one file that says it is the last, as an answer of one page does
    with pytest.raises(InputFileError):
        read_buildings(path)
