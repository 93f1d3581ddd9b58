"""Assumption sets: frozen, checked, near misses named, the user's own file."""

from __future__ import annotations

import pickle

import pytest

from screening import assumptions
from screening.errors import AssumptionError


@pytest.fixture
def base():
    return assumptions.load("cowi-2022")


def test_shipped_sets_have_the_same_names():
    names = [set(assumptions.load(n).table()["name"]) for n in assumptions.available()]
    assert all(n == names[0] for n in names)


def test_unknown_set_names_near_ones():
    with pytest.raises(AssumptionError, match="cowi-2022"):
        assumptions.load("cowi-2002")


def test_replace_gives_a_new_set_and_marks_the_row(base):
    changed = base.replace(loan_rate=0.05)
    assert (base.loan_rate, changed.loan_rate) == (0.035, 0.05)
    row = changed.table().set_index("name").loc["loan_rate"]
    assert "changed by the user" in row["source"]
    assert base.digest() != changed.digest()


def test_replace_with_the_same_value_changes_nothing(base):
    assert base.replace(loan_rate=0.035).digest() == base.digest()


@pytest.mark.parametrize("bad", [-2.0, float("nan"), float("inf")])
def test_values_out_of_bounds_are_refused(base, bad):
    with pytest.raises(AssumptionError, match="loan_rate"):
        base.replace(loan_rate=bad)


def test_misspelled_name_is_named(base):
    with pytest.raises(AssumptionError, match="loan_rate"):
        base.replace(loan_rat=0.04)
    with pytest.raises(AttributeError, match="loan_rate"):
        _ = base.loan_rat


def test_a_set_is_frozen(base):
    with pytest.raises(AssumptionError, match="replace"):
        base.loan_rate = 1.0


def test_a_set_travels_to_workers(base):
    assert pickle.loads(pickle.dumps(base)).digest() == base.digest()


def test_own_file_changes_and_keeps_the_rest(tmp_path, base):
    path = tmp_path / "mine.yaml"
    path.write_text("base: cowi-2022\nloan_rate: {value: 0.04, source: Byrådet}\n", encoding="utf-8")
    own = assumptions.load(path)
    assert own.loan_rate == 0.04
    assert own.table().set_index("name").loc["loan_rate", "source"] == "Byrådet"
    assert own.replace(loan_rate=0.035).digest() == base.digest()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("loan_rate: 0.04\n", "base"),
        ("base: cowi-2022\nloan_rat: 0.04\n", "loan_rate"),
        ("base: cowi-2022\nloan_rate: '3,5 %'\n", "not a number"),
        ("base: cowi-2022\nloan_rate: {value: 0.04, sauce: x}\n", "sauce"),
        ("base: [\n", "YAML"),
        ("base: nonsense\n", "nonsense"),
    ],
)
def test_faulty_files_say_what_is_wrong(tmp_path, text, told):
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AssumptionError, match=told):
        assumptions.load(path)


def test_missing_file(tmp_path):
    with pytest.raises(AssumptionError, match="does not exist"):
        assumptions.load(tmp_path / "none.yaml")


def test_write_and_load_give_the_same_values(tmp_path, base):
    changed = base.replace(loan_rate=0.05)
    assert assumptions.load(assumptions.write(changed, tmp_path / "all.yaml")).digest() == changed.digest()


def test_restore_keeps_sources(base):
    again = assumptions.restore(base.table(), base.name)
    assert again.digest() == base.digest()
    assert again.table()["source"].tolist() == base.table()["source"].tolist()


def test_text_for_a_number_is_told(base):
    with pytest.raises(AssumptionError, match=r"loan_rate is '3,5', not a number"):
        base.replace(loan_rate="3,5")
