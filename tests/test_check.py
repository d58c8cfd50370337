"""Faults in tables: each is named with file, line, column, value and what was expected."""

import csv
import shutil
from pathlib import Path

import pytest

from srm_data.check import check_tables
from srm_data.exceptions import Fault, TableError
from srm_data.load import load_tables
from srm_data.schema import shipped_tables


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


FACTS = "offering_responsibilities"
VALUES = [
    ("services", "product_group_id", "telepathy", "", "in product_groups.csv, column product_group_id"),
    (FACTS, "offering_id", "sqz", "", "in offerings.csv"),
    (FACTS, "duty_id", "guest-os-pathing", "", "nearest: guest-os-patching"),
    (FACTS, "responsibility", "Nobody", "", "one of: AWS | Customer | Not applicable | Shared in"),
    (FACTS, "basis", "hearsay", "", "one of: documented | proposed"),
    (FACTS, "source_id", "no-such-page", "", "in sources.csv"),
    (FACTS, "aws_part", "", "Shared", "a sentence, as it is 'Shared'"),
    (FACTS, "customer_part", "", "Shared", "a sentence, as it is 'Shared'"),
    (FACTS, "note", "", "Not applicable", "a sentence, as it is 'Not applicable'"),
    (FACTS, "section", "", "documented", "the heading, as it is 'documented'"),
    (FACTS, "source_id", "judgement", "documented", "a source with url and accessed"),
    (FACTS, "section", "Patching ", "documented", "no space at the start or the end"),
    (FACTS, "note", "One\ntwo", "Not applicable", "no newline in a cell"),
    ("trait_rules", "customer_action", "none", "Shared", "required or optional, as it is 'Shared'"),
    ("sources", "url", "docs.aws.example", "", "text like"),
    ("sources", "accessed", "2026-02-30", "", "a date, YYYY-MM-DD"),
    ("sources", "accessed", "24.11.2026", "", "a date, YYYY-MM-DD"),
    ("sources", "accessed", "", "Amazon Web Services", "a value, as the source has an address"),
    ("offerings", "offering_id", "Amazon SQS", "", "text like"),
    ("offerings", "category_id", "half-managed", "", "in categories.csv"),
    ("offerings", "service_id", "telepathy", "", "in services.csv"),
    ("offerings", "offering", "", "", "a value: "),
    ("offerings", "ordinary", "yes", "rds-proxy", "one ordinary offering of a service"),
    ("duties", "position", "first", "", "a whole number"),
    ("duties", "duty", "A name that no narrow header will ever hold", "", "at most 28 characters"),
    ("layers", "side", "under the cloud", "", "one of: of the cloud | in the cloud"),
]


@pytest.mark.parametrize(("table", "column", "value", "where", "expected"), VALUES)
def test_wrong_value_is_named_with_its_place_and_what_was_expected(
    folder, table, column, value, where, expected
):
    line = plant(folder, table, column, value, where)
    matches = [fault for fault in faults_of(folder) if fault[:3] == (f"{table}.csv", line, column)]
    assert [expected in fault.expected for fault in matches] == [True]


@pytest.mark.parametrize(("spoil", "line", "column", "expected"), [
    (lambda rows: [rows[0], rows[2], rows[1], *rows[3:]], 3, "trait_id, value",
     "rows sorted by key: it sorts before line 2"),
    (lambda rows: [*rows[:3], *rows[2:]], 4, "trait_id, value",
     "a key that occurs once (it is also in line 3)"),
    (lambda rows: [*rows[:2], rows[2][:-1], *rows[3:]], 3, "(row)", "3 cells, found 2"),
    (lambda rows: [*rows[:2], [*rows[2], "too", "many"], *rows[3:]], 3, "(row)",
     "3 cells, found 5 (put a text with a comma in double quotes)"),
    (lambda rows: [[*row, "x"] for row in rows], 1, "x",
     "only the columns ['trait_id', 'value', 'meaning']"),
    (lambda rows: [row[:-1] for row in rows], 1, "meaning", "this column"),
])  # fmt: skip
def test_table_of_another_shape_is_named(folder, spoil, line, column, expected):
    write(folder, "trait_values", spoil(read(folder, "trait_values")))
    faults = {fault.line: fault for fault in reversed(faults_of(folder))}
    assert faults[line].column == column
    assert faults[line].expected.startswith(expected)


@pytest.mark.parametrize(("spoil", "column", "value"), [
    (lambda content: content.replace(b",", b";"), "(header)", "separated by semicolons"),
    (lambda content: content.decode().encode("utf-16"), "(file)", "UTF-16"),
    (lambda content: b"", "(header)", ""),
    (None, "(file)", "missing"),
])  # fmt: skip
def test_table_that_cannot_be_read_is_one_fault_and_what_refers_to_it_is_none(
    folder, spoil, column, value
):
    path = folder / "duties.csv"
    content = path.read_bytes()
    path.unlink()
    if spoil is not None:
        path.write_bytes(spoil(content))
    plant(folder, "sources", "accessed", "yesterday")
    assert [(fault.file, fault.column, fault.value) for fault in faults_of(folder)] == [
        ("duties.csv", column, value),
        ("sources.csv", "accessed", "yesterday"),
    ]


def test_line_is_that_of_the_file_below_a_cell_with_a_newline(folder):
    rows = read(folder, "duties")
    rows[1][rows[0].index("duty")] = "Application\ncode"
    rows[3][rows[0].index("position")] = "third"
    write(folder, "duties", rows)
    assert [(f.line, f.column) for f in faults_of(folder)] == [(2, "duty"), (5, "position")]


def test_line_in_another_encoding_is_named(folder):
    line = plant(folder, "categories", "category", "Géré", where="managed")
    path = folder / "categories.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))
    (fault,) = faults_of(folder)
    assert (fault.line, fault.value) == (line, "Géré")
    assert fault.expected == "text in UTF-8 (this line is in another encoding)"


def test_unclosed_quote_is_named_as_malformed(folder):
    path = folder / "bases.csv"
    path.write_text(path.read_text().replace("Documented", '"Documented'))
    assert any(fault.expected == "well-formed CSV" for fault in faults_of(folder))


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
    "archive of 2026": "text like",
    "printout of 2026-11": "text like",
    "copy of 2026-1": "text like",
    "Copy of 2026-11": "text like",
    "undated copy of 2026-11": "text like",
    "copy of 0226-11": "text like",
    "page of 2026-02-29": "a day or month that exists",
    "copy of 2026-00": "a day or month that exists",
    "page of 2026-11-26": "no later than the reading on 2026-11-25",
    "repository of 2026-12": "no later than the reading on 2026-11-25",
}
"""Editions of a page that was read on 2026-11-25, and what is expected in place of wrong ones."""


def test_edition_has_a_form_exists_and_is_no_later_than_the_reading(folder):
    header, *rows = read(folder, "sources")
    lines = [line for line, row in enumerate(rows, start=2) if row[header.index("url")]]
    for line, edition in zip(lines, EDITIONS, strict=False):
        rows[line - 2][header.index("edition")] = edition
        rows[line - 2][header.index("accessed")] = "2026-11-25"
    write(folder, "sources", [header, *rows])

    faults = {fault.line: fault for fault in faults_of(folder)}
    assert {fault.column for fault in faults.values()} == {"edition"}
    for line, (edition, expected) in zip(lines, EDITIONS.items(), strict=False):
        assert (line in faults) == bool(expected), edition
        assert expected in (faults[line].expected if expected else "")


def test_editions_without_a_month_become_no_more(shipped):
    """They are all of 2026; whoever reads such a page again adds the month and lowers the number."""
    editions = shipped["sources"]["edition"]
    vague = editions[editions.str.contains(r" of \d{4}$")]
    assert set(vague) <= {"copy of 2026"}
    assert len(vague) <= 389


def test_service_without_an_ordinary_offering_is_named_at_its_first(folder):
    line = plant(folder, "offerings", "ordinary", "no", "rds-db-instance")
    (fault,) = faults_of(folder)
    assert (fault.column, fault.expected) == ("ordinary", "yes for one offering of 'rds'")
    assert fault.line < line


def test_file_saved_by_excel_with_a_byte_order_mark_is_read(folder):
    path = folder / "bases.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_tables(folder)["bases"].columns[0] == "basis"


def test_folder_that_does_not_exist_is_named_once(tmp_path):
    (fault,) = faults_of(tmp_path / "nope")
    assert Path(fault.file).name == "nope"
    assert fault[3:] == ("missing", "a folder of tables")


@pytest.mark.slow  # frictionless takes seconds to import; the faults are planted one by one above
def test_frictionless_finds_the_same_rows_at_fault(folder):
    """The library that the contract was written for judges types, constraints, keys and references."""
    from frictionless import Package

    plant(folder, FACTS, "duty_id", "guest-os-pathing")
    plant(folder, "sources", "accessed", "2026-02-30")
    plant(folder, "duties", "position", "first")
    shutil.copy(str(shipped_tables() / "datapackage.json"), folder)

    tasks = Package(str(folder / "datapackage.json")).validate().tasks
    theirs = {(f"{task.name}.csv", error.row_number) for task in tasks for error in task.errors}
    ours = {(fault.file, fault.line) for fault in faults_of(folder) if fault.column != "(row)"}
    assert theirs <= ours
    assert len(theirs) == 3
