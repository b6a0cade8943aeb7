"""The publishing door against an attacker who has every published figure, another solver, and knows the sums."""

import itertools
import random
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from referral.statistics.rules import TOTAL, Cell, Dimension, State, Table, Unit, percentage, publish

NEED = Dimension("need", ("MED", "VBG", "TEH", "HEB"))
STATUS = Dimension("status", ("delivered", "open", "declined"))


def table(rows, columns, numbers, **more):
    counts = {
        (row, column): number
        for row, line in zip(rows.categories, numbers, strict=True)
        for column, number in zip(columns.categories, line, strict=True)
    }
    return Table("a table", Unit.REFERRALS, rows, columns, counts, **more)


def shown(published):
    return {place: cell.value for place, cell in published.cells.items() if cell.value is not None}


def hidden(published):
    return {place for place, cell in published.cells.items() if cell.value is None}


# --- the attacker: scipy, over the cells of the joint table of everything released ------------------------------------


def attack(published_tables, dimension_names):
    """Widths of the range of every hidden figure, by (table number, place), from the published figures alone."""
    names = sorted({name for pair in dimension_names for name in pair if name})
    groups = {}
    for published, (row_name, column_name) in zip(published_tables, dimension_names, strict=True):
        groups[row_name] = [group.code for group in published.rows]
        if column_name:
            groups[column_name] = [group.code for group in published.columns]
    cells = list(itertools.product(*(groups[name] for name in names)))

    def vector(pair, place):
        wanted = {name: code for name, code in zip(pair, place, strict=True) if name and code != TOTAL}
        return [float(all(cell[names.index(name)] == code for name, code in wanted.items())) for cell in cells]

    rows, values, targets = [], [], []
    for number, (published, pair) in enumerate(zip(published_tables, dimension_names, strict=True)):
        for place, cell in published.cells.items():
            if cell.value is None:
                targets.append(((number, place), vector(pair, place)))
            else:
                rows.append(vector(pair, place))
                values.append(cell.value)
    return {name: width(np.array(target), rows, values) for name, target in targets}


def width(target, rows, values):
    known = {"A_eq": np.array(rows), "b_eq": np.array(values)} if rows else {}
    low = linprog(target, bounds=(0, None), method="highs", **known)
    high = linprog(-target, bounds=(0, None), method="highs", **known)
    assert low.status == 0
    return float("inf") if high.status == 3 else -high.fun - low.fun


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_hidden_figure_of_one_table_can_be_worked_out(data):
    rows = Dimension("r", tuple(f"r{i}" for i in range(data.draw(st.integers(1, 5)))), data.draw(st.booleans()))
    columns = Dimension("c", tuple(f"c{i}" for i in range(data.draw(st.integers(1, 4)))))
    number = st.one_of(st.integers(0, 6), st.integers(0, 40))
    numbers = [[data.draw(number) for _ in columns.categories] for _ in rows.categories]
    (published,) = publish([table(rows, columns, numbers)], signatory=True)
    assert all(not 1 <= value <= 4 for value in shown(published).values())
    widths = attack([published], [("r", "c")])
    assert all(value >= 5 - 1e-6 for value in widths.values()), widths


def random_release(seed, circle):
    """Two or three crossings of one set of records, so that they share totals."""
    chance = random.Random(seed)  # noqa: S311
    sizes = {"region": 4, "sex": 3, "age": 4}
    dimensions = {
        name: Dimension(name, tuple(f"{name}{i}" for i in range(size)), name == "age") for name, size in sizes.items()
    }
    joint = {
        place: int(chance.expovariate(1 / chance.choice((1, 3, 8))))
        for place in itertools.product(*(dimension.categories for dimension in dimensions.values()))
    }
    pairs = [("region", "sex"), ("age", "region")] + ([("sex", "age")] if circle else [])
    names = list(sizes)
    tables = []
    for row, column in pairs:
        counts = dict.fromkeys(itertools.product(dimensions[row].categories, dimensions[column].categories), 0)
        for place, number in joint.items():
            counts[place[names.index(row)], place[names.index(column)]] += number
        tables.append(Table("linked", Unit.PERSONS, dimensions[row], dimensions[column], counts))
    return tables, pairs


@pytest.mark.parametrize("circle", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_no_hidden_figure_of_linked_tables_can_be_worked_out(seed, circle):
    tables, pairs = random_release(seed, circle)
    published = publish(tables, signatory=True)
    widths = attack(published, pairs)
    assert all(value >= 5 - 1e-6 for value in widths.values()), widths


def test_the_attacker_is_worth_something():
    """Hiding only the 1–4 of the same tables would give figures away; if this fails, the tests above prove nothing."""
    tables, pairs = random_release(1, circle=True)
    published = publish(tables, signatory=True)
    caught = 0
    for number, release in enumerate(published):
        for place in hidden(release):
            true = true_count(tables[number], release, place)
            if true >= 5:
                release.cells[place] = Cell(State.VALUE, true)
    caught = sum(value < 5 for value in attack(published, pairs).values())
    assert caught > 0


def true_count(raw, release, place):
    def sources(groups, code):
        return next((group.sources for group in groups if group.code == code), None)

    rows = sources(release.rows, place[0]) or raw.rows.categories
    columns = sources(release.columns, place[1]) or raw.columns.categories
    return sum(raw.count(row, column) for row in rows for column in columns)


def published_figures_are_true(raw, release):
    for place, value in shown(release).items():
        assert value == true_count(raw, release, place)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_published_is_true(seed):
    tables, _ = random_release(seed, circle=True)
    for raw, release in zip(tables, publish(tables, signatory=True), strict=True):
        published_figures_are_true(raw, release)


def possible_tables(published):
    """Every table of whole numbers that fits what is published (independent enumeration, small tables only)."""
    rows = [group.code for group in published.rows]
    columns = [group.code for group in published.columns]
    top = 40

    def candidates(row, column):
        value = published.cells[row, column].value
        return [value] if value is not None else range(top)

    def lines(row):
        total = published.cells[row, TOTAL].value
        for line in itertools.product(*(candidates(row, column) for column in columns)):
            if total is None or sum(line) == total:
                yield line

    def fits(lines_chosen):
        sums = [sum(column) for column in zip(*lines_chosen, strict=True)]
        known = [published.cells[TOTAL, column].value for column in columns]
        grand = published.cells[TOTAL, TOTAL].value
        return all(k is None or k == s for k, s in zip(known, sums, strict=True)) and grand in (None, sum(sums))

    return [choice for choice in itertools.product(*(list(lines(row)) for row in rows)) if fits(choice)]


def test_exhaustively_no_small_table_gives_a_figure_away():
    """All 2 × 2 tables with entries 0–6 and visible totals: each hidden cell keeps a range of 5 in whole numbers."""
    rows, columns = Dimension("r", ("a", "b")), Dimension("c", ("x", "y"))
    checked = 0
    for numbers in itertools.product(range(7), repeat=4):
        (published,) = publish([table(rows, columns, [numbers[:2], numbers[2:]])], signatory=True)
        assert all(not 1 <= value <= 4 for value in shown(published).values()), numbers
        if not hidden(published) or any(place[0] == TOTAL or place[1] == TOTAL for place in hidden(published)):
            continue
        fitting = possible_tables(published)
        for i, row in enumerate(published.rows):
            for j, column in enumerate(published.columns):
                if published.at(row.code, column.code).value is None:
                    values = [choice[i][j] for choice in fitting]
                    assert max(values) - min(values) >= 5, (numbers, row, column)
                    checked += 1
    assert checked > 500


@pytest.mark.slow
def test_exhaustively_no_3_by_3_table_gives_a_figure_away():
    """All 3 × 3 tables with entries out of 0, 2, 9 (one for all orders of its lines) against the attacker."""
    rows, columns = Dimension("r", ("a", "b", "c")), Dimension("c", ("x", "y", "z"))
    for numbers in itertools.product((0, 2, 9), repeat=9):
        lines = [numbers[:3], numbers[3:6], numbers[6:]]
        orders = (sorted(zip(*order, strict=True)) for order in itertools.permutations(lines))
        if any([list(line) for line in zip(*order, strict=True)] < [list(line) for line in lines] for order in orders):
            continue
        (published,) = publish([table(rows, columns, lines)], signatory=True)
        widths = attack([published], [("r", "c")])
        assert all(value >= 5 - 1e-6 for value in widths.values()), (numbers, widths)


# --- the rules, on literal tables ------------------------------------------------------------------------------------


def test_a_table_of_large_figures_is_published_as_it_is():
    (published,) = publish([table(STATUS, NEED, [[9, 8, 7, 6], [5, 9, 8, 7], [12, 11, 10, 9]])], signatory=True)
    assert hidden(published) == set()
    assert published.at("open", "VBG").value == 9
    assert published.at("open").value == 29
    assert published.at(TOTAL, "MED").value == 26
    assert published.at(TOTAL).value == 101
    assert published.notes == ()


def test_one_small_figure_hides_a_rectangle_and_keeps_the_totals():
    rows, columns = Dimension("r", ("a", "b", "c")), Dimension("c", ("x", "y", "z"))
    (published,) = publish([table(rows, columns, [[3, 20, 30], [25, 7, 40], [50, 60, 70]])], signatory=True)
    assert hidden(published) == {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")}
    assert published.at("a").value == 53


def test_all_hidden_figures_give_the_same_reason():
    """A separate word for the further figures would tell that the others are 1 to 4."""
    rows, columns = Dimension("r", ("a", "b")), Dimension("c", ("x", "y"))
    (published,) = publish([table(rows, columns, [[3, 20], [25, 7]])], signatory=True)
    assert {published.cells[place].reason.code for place in hidden(published)} == {"hidden"}
    assert len(hidden(published)) == 4


def test_zero_is_shown_unless_it_reveals_a_whole_group():
    rows, columns = Dimension("r", ("a", "b", "c")), Dimension("c", ("x", "y", "z"))
    (published,) = publish([table(rows, columns, [[0, 20, 30], [25, 17, 40], [50, 60, 70]])], signatory=True)
    assert published.at("a", "x").value == 0
    (published,) = publish([table(rows, columns, [[0, 20, 0], [25, 17, 40], [50, 60, 70]])], signatory=True)
    assert published.at("a", "x").value is None
    assert published.at("a", "y").value is None
    assert published.at("a").value == 20
    (published,) = publish([table(rows, columns, [[0, 0, 0], [25, 17, 40], [50, 60, 70]])], signatory=True)
    assert [published.at("a", column).value for column in ("x", "y", "z", TOTAL)] == [0, 0, 0, 0]


def test_rows_with_small_totals_are_counted_with_the_smallest_of_the_others():
    rows, columns = Dimension("r", ("a", "b", "c", "d")), Dimension("c", ("x", "y"))
    (published,) = publish([table(rows, columns, [[60, 50], [1, 2], [8, 7], [30, 40]])], signatory=True)
    assert [(group.code, group.sources) for group in published.rows] == [
        ("a", ("a",)),
        ("d", ("d",)),
        ("other", ("b", "c")),
    ]
    assert published.at("b").value == 18
    assert published.at("b").state is State.MERGED
    assert published.at("c", "x").value == 9
    assert published.at("d").state is State.VALUE


def test_ordered_categories_join_a_neighbour():
    ages = Dimension("age", ("0-4", "5-11", "12-14", "15-17"), ordered=True)
    (published,) = publish(
        [Table("ages", Unit.PERSONS, ages, None, dict(zip(ages.categories, (2, 3, 9, 30), strict=True)))], True
    )
    assert [(group.code, group.sources) for group in published.rows] == [
        ("0-4…12-14", ("0-4", "5-11", "12-14")),
        ("15-17", ("15-17",)),
    ]
    assert [published.at(code).value for code in ("5-11", "15-17", TOTAL)] == [14, 30, 44]


def test_nothing_is_published_of_a_population_under_five():
    (published,) = publish([table(STATUS, NEED, [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1]])], signatory=True)
    assert shown(published) == {}


def test_violence_and_trafficking_are_one_category_for_non_signatories_in_rows_and_totals():
    numbers = [[30, 20, 10], [11, 12, 13], [21, 22, 23], [9, 8, 7]]
    raw = table(NEED, STATUS, numbers)
    (inside,) = publish([raw], signatory=True)
    (outside,) = publish([raw], signatory=False)
    assert inside.at("VBG", "open").value == 12
    assert [group.code for group in outside.rows] == ["MED", "protection", "HEB"]
    assert outside.at("VBG", "open").value == outside.at("TEH", "open").value == 34
    assert outside.at("VBG").value == 102
    assert outside.at(TOTAL).value == inside.at(TOTAL).value == 186
    assert outside.at("protection").reason.code == "protection"


def test_merging_comes_before_hiding():
    """Two small rows of violence and trafficking are one publishable row, not two hidden ones."""
    (outside,) = publish([table(NEED, STATUS, [[30, 20, 10], [3, 4, 8], [2, 1, 9], [9, 8, 7]])], signatory=False)
    assert hidden(outside) == set()
    assert [outside.at("protection", column).value for column in STATUS.categories] == [5, 5, 17]


def test_half_of_the_protection_needs_is_refused():
    lonely = Dimension("need", ("MED", "VBG"))
    with pytest.raises(ValueError, match="VBG alone"):
        publish([table(lonely, STATUS, [[9, 9, 9], [9, 9, 9]])], signatory=False)


def test_a_restricted_table_goes_to_signatories_only():
    raw = table(NEED, STATUS, [[30, 20, 10], [11, 12, 13], [21, 22, 23], [9, 8, 7]], restricted=True)
    (outside,) = publish([raw], signatory=False)
    assert outside.withheld
    assert outside.cells == {}
    assert outside.notes[0].code == "restricted"
    assert publish([raw], signatory=True)[0].at("MED").value == 60


def test_linked_tables_merge_alike_and_hide_shared_figures_alike():
    region, sex = Dimension("region", ("LT", "CE", "NO")), Dimension("sex", ("f", "m"))
    first = Table(
        "by sex",
        Unit.PERSONS,
        region,
        sex,
        {("LT", "f"): 2, ("LT", "m"): 1, ("CE", "f"): 9, ("CE", "m"): 8, ("NO", "f"): 30, ("NO", "m"): 40},
    )
    second = Table("by region", Unit.PERSONS, region, None, {"LT": 3, "CE": 17, "NO": 70})
    one, two = publish([first, second], signatory=True)
    assert one.rows == two.rows
    assert two.at("LT").value == two.at("CE").value == one.at("LT").value == 20
    assert one.at(TOTAL).value == two.at(TOTAL).value == 90


def test_tables_of_one_release_must_agree():
    region, sex = Dimension("region", ("LT", "CE")), Dimension("sex", ("f", "m"))
    first = Table("first", Unit.PERSONS, region, None, {"LT": 10, "CE": 10})
    second = Table("second", Unit.PERSONS, sex, None, {"f": 10, "m": 11})
    with pytest.raises(ValueError, match="second: differs from another table"):
        publish([first, second], signatory=True)
    with pytest.raises(ValueError, match="other categories"):
        publish([first, Table("third", Unit.PERSONS, Dimension("region", ("LT",)), None, {"LT": 20})], signatory=True)


def test_different_units_and_measures_are_not_linked():
    region = Dimension("region", ("LT", "CE"))
    persons = Table("persons", Unit.PERSONS, region, None, {"LT": 10, "CE": 10})
    cases = Table("cases", Unit.CASES, region, None, {"LT": 11, "CE": 12})
    answered = Table("answered", Unit.CASES, region, None, {"LT": 7, "CE": 8}, measure="answered")
    assert [published.at(TOTAL).value for published in publish([persons, cases, answered], signatory=True)] == [
        20,
        23,
        15,
    ]


def test_percentages_come_from_published_counts_only():
    rows, columns = Dimension("r", ("a", "b", "c")), Dimension("c", ("x", "y", "z"))
    (published,) = publish([table(rows, columns, [[3, 20, 30], [25, 7, 40], [50, 60, 70]])], signatory=True)
    assert published.percentage("c", "x").value == 27.8
    assert published.percentage("c", TOTAL, of_row=TOTAL).value == 59.0
    assert published.percentage("a", "x").value is None
    assert published.percentage("a", "x").reason.code == "no_percentage"
    assert percentage(Cell(State.VALUE, 0), Cell(State.VALUE, 0)).value is None


@pytest.mark.parametrize(
    ("counts", "complaint"),
    [
        ({("MED", "lost"): 3}, "no such row or column"),
        ({("MED", "open"): -1}, "is not a count"),
        ({("MED", "open"): 2.5}, "is not a count"),
        ({("MED", "open"): True}, "is not a count"),
    ],
)
def test_what_is_not_a_count_is_refused(counts, complaint):
    with pytest.raises(ValueError, match=complaint):
        Table("bad", Unit.REFERRALS, NEED, STATUS, counts)


def test_reserved_and_repeated_categories_are_refused():
    for categories in ((), ("a", "a"), ("a", "total"), ("a", "other"), ("a", "protection")):
        with pytest.raises(ValueError, match=r"bad: "):
            Table("bad", Unit.CASES, Dimension("r", categories), None, {})
    with pytest.raises(ValueError, match="same dimension"):
        Table("bad", Unit.CASES, NEED, NEED, {})


def test_totals_that_are_not_published_need_no_protection():
    rows, columns = Dimension("r", ("a", "b")), Dimension("c", ("x", "y"))
    (published,) = publish([table(rows, columns, [[3, 20], [25, 7]], totals=False)], signatory=True)
    assert shown(published) == {("a", "y"): 20, ("b", "x"): 25, ("b", "y"): 7}


def test_the_same_figures_are_published_every_time():
    tables, _ = random_release(3, circle=True)
    first, second = (publish(tables, signatory=False) for _ in range(2))
    assert [dict(published.cells) for published in first] == [dict(published.cells) for published in second]


def test_a_dashboard_table_is_published_in_less_than_a_second():
    chance = random.Random(7)  # noqa: S311
    rows, columns = Dimension("r", tuple(f"r{i}" for i in range(14))), Dimension("c", tuple(f"c{i}" for i in range(8)))
    raw = table(rows, columns, [[int(chance.expovariate(1 / 5)) for _ in range(8)] for _ in range(14)])
    publish([raw], signatory=True)
    began = time.process_time()
    publish([raw], signatory=True)
    assert time.process_time() - began < 1
