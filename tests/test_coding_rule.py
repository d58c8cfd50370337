"""The coding rule: each row that breaks it is named where it stands."""

import pytest

from srm_data.answers import list_answers
from srm_data.check.coding_rule import find_coding_faults, find_disagreements
from srm_data.exceptions import TableError
from srm_data.model import build_model

ANSWERS = [
    "offering_responsibilities", "service_responsibilities", "trait_rules", "aws_responsibilities",
    "category_responsibilities", "group_responsibilities",
]  # fmt: skip
ROW = {"aws_part": "AWS patches.", "customer_part": "The customer restarts.", "note": ""}


def faults_of(tables):
    """Find the faults of frames, as if each row stood in a file."""
    rows = {
        name: [(line, {k: str(v) for k, v in row.items()}) for line, row in enumerate(frame, start=2)]
        for name, frame in ((name, table.to_dict("records")) for name, table in tables.items())
    }
    return [(fault.file, fault.line, fault.column, fault.value) for fault in find_coding_faults(rows)]


@pytest.mark.parametrize("table", ANSWERS)
@pytest.mark.parametrize(("party", "action", "columns"), [
    ("AWS", "none", ["customer_part"]),
    ("AWS", "optional", []),
    ("AWS", "required", ["customer_action", "customer_part"]),
    ("Shared", "required", []),
    ("Shared", "none", ["customer_action"]),
    ("Customer", "required", ["aws_part"]),
    ("Customer", "none", ["customer_action", "aws_part"]),
    ("Not applicable", "none", ["note", "aws_part", "customer_part"]),
    ("Not applicable", "optional", ["customer_action", "note", "aws_part", "customer_part"]),
])  # fmt: skip
def test_customer_action_and_halves_go_with_the_party(table, party, action, columns):
    row = ROW | {"responsibility": party, "customer_action": action}
    faults = list(find_coding_faults({table: [(2, row)]}))
    assert [fault.column for fault in faults] == columns
    assert all(f"it is {party!r}" in fault.expected for fault in faults)


def test_small_tables_have_no_fault(tables):
    assert faults_of(tables) == []


@pytest.mark.parametrize(("table", "row", "column", "values"), [
    ("offering_traits", "run,run-far,keeps,maybe,page,Data,,,", "value", ["maybe"]),
    ("trait_rules", "keeps,never,,backup,,AWS,none,We copy.,,", "value", ["never"]),
    ("offering_traits", "paint,run-far,keeps,yes,page,Data,,,", "offering_id", ["run-far"]),
    ("service_responsibilities", "run,backup,run-far; paint; run-away,AWS,none,We copy.,,,page,A,,,",
     "offering_ids", ["paint", "run-away"]),
    ("service_responsibilities", "run,backup,,AWS,none,We copy.,,,page,,,,", "section", [""]),
])  # fmt: skip
def test_row_names_values_of_its_trait_offerings_of_its_service_and_a_section(
    add_rows, table, row, column, values
):
    tables = add_rows(table, row)
    line = len(tables[table]) + 1
    assert faults_of(tables) == [(f"{table}.csv", line, column, value) for value in values]


@pytest.mark.parametrize(("offerings", "faults"), [(10, 0), (11, 1)])
def test_sentence_of_more_than_ten_offerings_is_a_fault_named_once(offerings, faults):
    row = ROW | {"responsibility": "Shared", "customer_action": "required"}
    rows = [(line, row | {"offering_id": f"o{line}", "customer_part": f"{line}."})
            for line in range(2, 2 + offerings)]  # fmt: skip
    repeated = list(find_coding_faults({"offering_responsibilities": rows}))
    assert [(fault.line, fault.column) for fault in repeated] == [(2, "aws_part")] * faults


def test_two_rules_that_disagree_on_a_cell_are_a_fault_naming_both(add_rows):
    add_rows("traits", "moves,Moves,2,Whether it moves.")
    tables = add_rows("trait_rules", "moves,yes,,backup,,Customer,required,,You copy.,")
    tables["traits"] = tables["traits"].astype({"position": int})
    add_rows("trait_values", "moves,yes,It moves.")
    add_rows("offering_traits", "run,run-far,keeps,yes,page,Data,,,", "run,,moves,yes,page,Ways,,,")
    (fault,) = find_disagreements(tables)
    assert fault.file == "trait_rules.csv"
    assert fault.value == "keeps = yes: Shared, optional; moves = yes: Customer, required"
    assert fault.expected == "rules that agree on run-far / backup"
    with pytest.raises(TableError, match="rules that agree on run-far / backup"):
        build_model(tables)


def test_cells_judged_alike_have_one_answer_or_a_note_that_says_why_not(add_rows):
    tables = add_rows("alike", "copies,run-far,backup", "copies,run-home,backup", "copies,paint,backup")
    assert list(find_disagreements(tables)) == []  # the note of paint says why
    tables["offering_responsibilities"].loc[0, "note"] = ""
    (fault,) = find_disagreements(tables)
    assert (fault.file, fault.line) == ("alike.csv", 4)
    assert fault.value == "paint / backup: Not applicable, none"
    assert fault.expected.startswith("Customer, required, as of other cells of 'copies'")


def test_cells_judged_alike_that_differ_in_customer_action_alone_are_a_fault(add_rows):
    tables = add_rows("alike", "patches,run-home,patching", "patches,paint,patching")
    tables["category_responsibilities"].loc[4, ["responsibility", "aws_part"]] = ["Customer", ""]
    assert list(find_disagreements(tables)) == []
    tables["category_responsibilities"].loc[4, "customer_action"] = "optional"
    assert len(list(find_disagreements(tables))) == 1


def test_answers_are_those_of_the_model(add_rows):
    add_rows("service_responsibilities", "run,hardware,run-home,AWS,none,We fix.,,,page,Fixes,,,")
    add_rows("aws_responsibilities", "hardware,,AWS,none,We fix all.,,,page,Top")
    tables = add_rows("offering_traits", "run,,keeps,yes,page,Data,,,")
    columns = ["offering_id", "duty_id", "responsibility", "customer_action", "basis", "scope"]
    cells = {tuple(map(str, row)) for row in build_model(tables)[columns].to_numpy()}
    assert {tuple(map(str, row)) for row in list_answers(tables)[columns].to_numpy()} == cells
