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


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"gas_boiler_dkk": 60_000}, r"gas_boiler_dkk is a table: it takes a key, as in \{10: NUMBER\}"),
        ({"gas_boiler_dkk": {11: 60_000}}, "gas_boiler_dkk has no key 11"),
        ({"loan_rate": True}, "loan_rate is True, not a number"),
    ],
)
def test_changes_that_mean_no_row_are_refused(base, change, told):
    with pytest.raises(AssumptionError, match=told):
        base.replace(**change)


def test_one_number_holds_for_all_years_and_periods(base):
    dea = assumptions.load("dea-2026").replace(co2_price_dkk_per_tonne=900.0, calculation_rate=0.04)
    for name, value in (("co2_price_dkk_per_tonne", 900.0), ("calculation_rate", 0.04)):
        assert len(dea.lookup(name)) > 1
        assert set(dea.lookup(name)) == {value}


def test_a_key_may_be_written_as_any_number(base):
    whole, decimal = (base.replace(gas_boiler_dkk={key: 60_000.0}) for key in (10, 10.0))
    assert whole.digest() == decimal.digest() != base.digest()
    assert whole.lookup("gas_boiler_dkk").iloc[0] == 60_000


def own(folder, text):
    path = folder / "mine.yaml"
    path.write_text(f"base: cowi-2022\n{text}\n", encoding="utf-8")
    return assumptions.load(path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("gas_boiler_dkk: {11: 60000}", "mine.yaml: gas_boiler_dkk has no key 11"),
        ("gas_boiler_dkk: {value: {11: 60000}}", "mine.yaml: gas_boiler_dkk has no key 11"),
        ("gas_boiler_dkk: 60000", "mine.yaml: gas_boiler_dkk is a table"),
        ("loan_rate: {value: 0.03, low: 0.04, high: 0.02}", "mine.yaml: loan_rate: low is 0.04, above high"),
        ("loan_rate: {value: 0.03, low: '2 %'}", "mine.yaml: loan_rate: low is '2 %', not a number"),
        ("loan_rate: {value: 0.03, high: yes}", "mine.yaml: loan_rate: high is True, not a number"),
    ],
)
def test_own_files_say_which_row_they_cannot_mean(tmp_path, text, told):
    with pytest.raises(AssumptionError) as raised:
        own(tmp_path, text)
    assert told in str(raised.value)


def test_an_own_value_keeps_the_range_and_the_price_year_as_shipped(tmp_path, base):
    rows = own(tmp_path, "network_dkk_per_km2: {value: 70000000, high: 90000000}").table().set_index("name")
    shipped, changed = (
        base.table().set_index("name").loc["network_dkk_per_km2"],
        rows.loc["network_dkk_per_km2"],
    )
    assert (changed["value"], changed["high"]) == (70e6, 90e6)
    assert changed["low"] == shipped["low"] > 0
    assert changed["price_year"] == shipped["price_year"]


def test_a_value_outside_its_range_stretches_it(base):
    low, _, high = (float(end[0]) for end in base.ends("network_dkk_per_km2"))
    for value in (low / 2, high * 2):
        ends = [float(end[0]) for end in base.replace(network_dkk_per_km2=value).ends("network_dkk_per_km2")]
        assert ends == [min(low, value), value, max(high, value)]
