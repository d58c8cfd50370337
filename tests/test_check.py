"""Faults in tables: each is named with file, line, column, value and what was expected."""

import csv
import shutil
from pathlib import Path

import pytest

from srm_data.check import check_tables
from srm_data.check.editions import list_editions_without_month
from srm_data.exceptions import Fault, TableError
from srm_data.load import load_tables
from srm_data.schema import shipped_tables
from tests.cases import thin_out


@pytest.fixture
def folder(small_folder, tmp_path) -> Path:
    """Copy the tables of a few offerings, to plant faults in."""
    return Path(shutil.copytree(small_folder, tmp_path / "tables"))


def faults_of(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(TableError) as caught:
        load_tables(folder)
    return tuple(caught.value.faults)


def read(folder: Path, table: str) -> list[list[str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def write(folder: Path, table: str, rows: list[list[str]]) -> None:
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows(rows)


def plant(folder: Path, table: str, column: str, value: str, where: str = "") -> int:
    """Put a value into the first row (or the first with ``where`` in it), and return its line."""
    rows = read(folder, table)
    line = next(n for n, row in enumerate(rows, start=1) if n > 1 and (not where or where in row))
    rows[line - 1][rows[0].index(column)] = value
    write(folder, table, rows)
    return line


def test_shipped_tables_have_no_fault():
    check_tables(shipped_tables())


def test_twelve_planted_faults_are_all_named_in_one_error(folder):
    expected = {}

    rows = read(folder, "layers")
    write(folder, "layers", [*rows[:3], rows[2], *rows[3:]])
    expected["layers.csv", 4, "layer_id"] = "a key that occurs once (it is also in line 3)"

    line = plant(folder, "services", "product_group_id", "telepathy")
    expected["services.csv", line, "product_group_id"] = "in product_groups.csv"

    line = plant(folder, "category_responsibilities", "responsibility", "Nobody")
    expected["category_responsibilities.csv", line, "responsibility"] = "one of: AWS | Customer | Not"

    line = plant(folder, "product_groups", "product_group", "")
    expected["product_groups.csv", line, "product_group"] = "a value"

    line = plant(folder, "duties", "duty", "Application\ncode")
    expected["duties.csv", line, "duty"] = "no newline in a cell"

    line = plant(folder, "sources", "accessed", "24.11.2026")
    expected["sources.csv", line, "accessed"] = "a date, YYYY-MM-DD"

    write(folder, "bases", [[*row, "x"] for row in read(folder, "bases")])
    expected["bases.csv", 1, "x"] = "only the columns"

    column = read(folder, "control_kinds")[0].index("position")
    kinds = [row[:column] + row[column + 1 :] for row in read(folder, "control_kinds")]
    write(folder, "control_kinds", kinds)
    expected["control_kinds.csv", 1, "position"] = "this column"

    line = plant(folder, "categories", "category", "Géré", where="managed")
    path = folder / "categories.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))
    expected["categories.csv", line, "category"] = "UTF-8"

    line = plant(folder, "statements", "statement", "Two parties. ")
    expected["statements.csv", line, "statement"] = "no space at the start or the end"

    rows = read(folder, "responsibilities")
    write(folder, "responsibilities", [rows[0], rows[2], rows[1], *rows[3:]])
    expected["responsibilities.csv", 3, "responsibility"] = "sorted by key"

    line = plant(folder, "offering_responsibilities", "aws_part", "", where="Shared")
    plant(folder, "offering_responsibilities", "customer_part", "", where="Shared")
    expected["offering_responsibilities.csv", line, "aws_part"] = "a sentence, as it is 'Shared'"
    expected["offering_responsibilities.csv", line, "customer_part"] = "a sentence, as it is 'Shared'"

    found = {(fault.file, fault.line, fault.column): fault.expected for fault in faults_of(folder)}
    assert set(found) == set(expected)
    for place, words in expected.items():
        assert words in found[place]


def test_message_counts_and_lists_every_fault(folder):
    plant(folder, "sources", "accessed", "yesterday")
    with pytest.raises(TableError, match=r"1 fault in the tables:\nsources.csv, line 2, column acc"):
        load_tables(folder)


def test_line_is_that_of_the_file_below_a_cell_with_a_newline(folder):
    rows = read(folder, "duties")
    rows[1][rows[0].index("duty")] = "Application\ncode"
    rows[3][rows[0].index("position")] = "third"
    write(folder, "duties", rows)
    assert [(f.line, f.column) for f in faults_of(folder)] == [(2, "duty"), (5, "position")]


def test_missing_file_is_named_alone_and_does_not_hide_other_faults(folder):
    (folder / "sources.csv").unlink()
    plant(folder, "duties", "position", "first")
    assert [(f.file, f.column) for f in faults_of(folder)] == [
        ("duties.csv", "position"),
        ("sources.csv", "(file)"),
    ]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (lambda text: text.replace(",", ";").encode(), "(header)"),
        (lambda text: text.encode("utf-16"), "(file)"),
        (lambda text: b"", "(header)"),
    ],
)
def test_table_that_is_not_read_is_one_fault_and_what_refers_to_it_is_none(folder, content, place):
    path = folder / "duties.csv"
    path.write_bytes(content(path.read_text(encoding="utf-8")))
    plant(folder, "sources", "accessed", "yesterday")
    assert [(f.file, f.column) for f in faults_of(folder)] == [
        ("duties.csv", place),
        ("sources.csv", "accessed"),
    ]


def test_empty_table_makes_every_reference_to_it_unknown(folder):
    write(folder, "product_groups", read(folder, "product_groups")[:1])
    files = ("services.csv", "group_responsibilities.csv")
    found = {(fault.file, fault.column) for fault in faults_of(folder)}
    assert found == {(file, "product_group_id") for file in files}


def test_ragged_row_is_named(folder):
    rows = read(folder, "bases")
    write(folder, "bases", [*rows[:2], [*rows[2], "too", "many"], *rows[3:]])
    assert [f.expected for f in faults_of(folder)] == [
        "4 cells, found 6 (put a text with a comma in double quotes)"
    ]


def test_unclosed_quote_is_named_as_malformed(folder):
    path = folder / "bases.csv"
    path.write_text(path.read_text().replace("Documented", '"Documented'))
    assert any(fault.expected == "well-formed CSV" for fault in faults_of(folder))


def test_unknown_key_names_the_nearest(folder):
    line = plant(folder, "offering_responsibilities", "duty_id", "guest-os-pathing")
    found = {fault.line: fault.expected for fault in faults_of(folder) if fault.column == "duty_id"}
    assert "nearest: guest-os-patching" in found[line]


def test_documented_row_needs_a_source_with_a_page_and_a_section(folder):
    plant(folder, "offering_responsibilities", "source_id", "judgement", where="documented")
    plant(folder, "offering_responsibilities", "section", "", where="documented")
    faults = {fault.column: fault.expected for fault in faults_of(folder)}
    assert "url and accessed" in faults["source_id"]
    assert "heading" in faults["section"]


EDITIONS = {
    "page of 2026-11-25": "",
    "post of 2021-08-12": "",
    "archive of 2026-11": "",
    "copy of 2019-02": "",
    "repository of 2026-11": "",
    "API model of 2026-11": "",
    "copy of 2026": "",
    "undated copy": "",
    "": "a value, as the source has an address",
    "copy of 2025": "text like 'page of 2026-11-26'",
    "page of 2026-11": "text like",
    "archive of 2026-11-03": "text like",
    "copy of 2026-1": "text like",
    "Copy of 2026-11": "text like",
    "undated copy of 2026-11": "text like",
    "copy of 0226-11": "text like",
    "page of 2026-02-29": "a day or month that exists",
    "copy of 2026-00": "a day or month that exists",
    "page of 2026-11-26": "no later than the reading on 2026-11-25",
    "repository of 2026-12": "no later than the reading on 2026-11-25",
}
"""What may be said of an edition, or what is expected in its place, of a page read on 2026-11-25."""


def test_edition_has_a_form_exists_and_is_no_later_than_the_reading(folder):
    header, *rows = read(folder, "sources")
    lines = [line for line, row in enumerate(rows, start=2) if row[header.index("url")]]
    for line, edition in zip(lines, EDITIONS, strict=False):
        rows[line - 2][header.index("edition")] = edition
        rows[line - 2][header.index("accessed")] = "2026-11-25"
    write(folder, "sources", [header, *rows])

    found = {fault.line: fault for fault in faults_of(folder)}
    assert {fault.column for fault in found.values()} == {"edition"}
    for line, (edition, expected) in zip(lines, EDITIONS.items(), strict=False):
        assert (line in found) == bool(expected), edition
        assert expected in (found[line].expected if expected else "")


def test_source_with_an_address_was_read_on_a_day(folder):
    plant(folder, "sources", "accessed", "", where="Amazon Web Services")
    found = [(fault.column, fault.expected) for fault in faults_of(folder)]
    assert ("accessed", "a value, as the source has an address") in found


def test_editions_without_a_month_become_no_more(shipped):
    """They are of 2026 all, and one that is read again gets its month: lower the number then."""
    vague = list_editions_without_month(shipped["sources"])
    print(f"{len(vague)} of {len(shipped['sources'])} sources name a year and no month")  # noqa: T201
    assert set(vague["edition"]) <= {"copy of 2026"}
    assert len(vague) <= 389


def test_not_applicable_needs_a_note(folder):
    plant(folder, "offering_responsibilities", "note", "", where="Not applicable")
    assert [fault.column for fault in faults_of(folder)] == ["note"]


def test_row_against_the_coding_rule_is_named_with_its_line(folder):
    line = plant(folder, "trait_rules", "customer_action", "none", where="Shared")
    found = [(f.file, f.line, f.expected) for f in faults_of(folder) if f.column == "customer_action"]
    assert found == [("trait_rules.csv", line, "required or optional, as it is 'Shared'")]


def test_value_off_the_list_is_answered_with_the_list(folder):
    plant(folder, "layers", "side", "under the cloud")
    assert [f.expected for f in faults_of(folder)] == ["one of: of the cloud | in the cloud"]


def test_text_too_long_is_answered_with_the_limit(folder):
    plant(folder, "duties", "duty", "A name that no narrow header will ever hold")
    assert [f.expected for f in faults_of(folder)] == ["at most 28 characters"]


def test_file_saved_by_excel_with_a_byte_order_mark_is_read(folder):
    path = folder / "bases.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_tables(folder)["bases"].columns[0] == "basis"


def test_folder_without_any_table_names_all_of_them(tmp_path, shipped):
    assert {fault.file for fault in faults_of(tmp_path)} == {f"{name}.csv" for name in shipped}


def test_service_without_an_ordinary_offering_is_a_fault(folder):
    line = plant(folder, "offerings", "ordinary", "no", "rds-db-instance")
    (fault,) = faults_of(folder)
    assert (fault.file, fault.column, fault.expected) == (
        "offerings.csv", "ordinary", "yes for one offering of 'rds'"
    )  # fmt: skip
    assert fault.line < line, "it is named at the first offering of the service"


def test_second_ordinary_offering_of_a_service_is_a_fault(folder):
    plant(folder, "offerings", "ordinary", "yes", "rds-proxy")
    (fault,) = faults_of(folder)
    assert (fault.file, fault.column) == ("offerings.csv", "ordinary")
    assert "one ordinary offering of a service" in fault.expected


def swap_rows(folder: Path, table: str) -> None:
    rows = read(folder, table)
    write(folder, table, [rows[0], rows[2], rows[1], *rows[3:]])


def repeat_row(folder: Path, table: str) -> None:
    rows = read(folder, table)
    write(folder, table, [*rows[:2], rows[1], *rows[2:]])


def shorten_row(folder: Path, table: str) -> None:
    rows = read(folder, table)
    write(folder, table, [rows[0], rows[1][:-1], *rows[2:]])


def add_column(folder: Path, table: str) -> None:
    write(folder, table, [[*row, "x"] for row in read(folder, table)])


def drop_column(folder: Path, table: str) -> None:
    write(folder, table, [row[:-1] for row in read(folder, table)])


def drop_file(folder: Path, table: str) -> None:
    (folder / f"{table}.csv").unlink()


FACTS = "offering_responsibilities"
PLANTED = {
    "unknown offering": (FACTS, "offering_id", "sqz"),
    "unknown duty": (FACTS, "duty_id", "guest-os-pathing"),
    "unknown party": (FACTS, "responsibility", "Nobody"),
    "unknown basis": (FACTS, "basis", "hearsay"),
    "unknown source": (FACTS, "source_id", "no-such-page"),
    "half of AWS missing": (FACTS, "aws_part", "", "AWS"),
    "half of the customer missing": (FACTS, "customer_part", "", "Shared"),
    "reason for not applicable missing": (FACTS, "note", "", "Not applicable"),
    "heading missing": (FACTS, "section", "", "documented"),
    "judgement as a page": (FACTS, "source_id", "judgement", "documented"),
    "blank at the end": (FACTS, "section", "Patching ", "documented"),
    "line break": (FACTS, "note", "One\ntwo", "Not applicable"),
    "address that is no page": ("sources", "url", "docs.aws.example"),
    "bad date": ("sources", "accessed", "2026-02-30"),
    "date in another order": ("sources", "accessed", "24.11.2026"),
    "edition of no kind": ("sources", "edition", "printout of 2026-11"),
    "edition without a month": ("sources", "edition", "archive of 2026"),
    "month that does not exist": ("sources", "edition", "copy of 2026-13"),
    "edition after its reading": ("sources", "edition", "copy of 2099-01"),
    "id that is no slug": ("offerings", "offering_id", "Amazon SQS"),
    "unknown category": ("offerings", "category_id", "half-managed"),
    "unknown service": ("offerings", "service_id", "telepathy"),
    "name missing": ("offerings", "offering", ""),
    "text for a number": ("duties", "position", "first"),
    "name too long": ("duties", "duty", "A name that no narrow header will ever hold"),
    "rows out of order": (swap_rows, FACTS),
    "key twice": (repeat_row, FACTS),
    "cell missing": (shorten_row, FACTS),
    "column too many": (add_column, FACTS),
    "column missing": (drop_column, FACTS),
    "table missing": (drop_file, "duties"),
}


@pytest.mark.parametrize("name", thin_out(PLANTED, every=3))
def test_every_planted_fault_fails_and_its_table_is_named(folder, name):
    planted = PLANTED[name]
    if callable(planted[0]):
        spoil, table = planted
        spoil(folder, table)
    else:
        table, *what = planted
        plant(folder, table, *what)
    assert f"{table}.csv" in {fault.file for fault in faults_of(folder)}


def test_tables_that_faults_are_planted_in_have_none(folder):
    assert len(load_tables(folder)["offerings"]) > 10


@pytest.mark.slow  # frictionless takes seconds to import; the faults are planted one by one above
def test_frictionless_finds_the_same_rows_at_fault(folder):
    """The library that the contract was written for judges types, constraints, keys and references."""
    from frictionless import Package

    plant(folder, "offering_responsibilities", "duty_id", "guest-os-pathing")
    plant(folder, "sources", "accessed", "2026-02-30")
    plant(folder, "duties", "position", "first")
    shutil.copy(str(shipped_tables() / "datapackage.json"), folder)

    tasks = Package(str(folder / "datapackage.json")).validate().tasks
    theirs = {(f"{task.name}.csv", error.row_number) for task in tasks for error in task.errors}
    ours = {(fault.file, fault.line) for fault in faults_of(folder) if fault.column != "(row)"}
    assert theirs <= ours
    assert len(theirs) == 3


def test_folder_that_does_not_exist_is_named_once(tmp_path):
    (fault,) = faults_of(tmp_path / "nope")
    assert (Path(fault.file).name, fault.value, fault.expected) == (
        "nope",
        "missing",
        "a folder of tables",
    )
