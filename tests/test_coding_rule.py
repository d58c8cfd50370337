"""The coding rule: each fault that frames or lines can break is named where it stands."""

import pytest

from srm_data.answers import list_answers
from srm_data.check.coding_rule import build_frames, find_coding_faults, find_disagreements
from srm_data.exceptions import TableError
from srm_data.model import build_model
from srm_data.schema import read_schemas

ROW = {
    "responsibility": "Shared",
    "customer_action": "required",
    "aws_part": "AWS patches.",
    "customer_part": "The customer restarts.",
    "note": "",
}


def faults_of(tables):
    """Find the faults of frames, as if each row stood in a file."""
    rows = {
        name: [(line, {k: str(v) for k, v in row.items()}) for line, row in enumerate(frame, start=2)]
        for name, frame in ((name, table.to_dict("records")) for name, table in tables.items())
    }
    return [(fault.file, fault.line, fault.column, fault.value) for fault in find_coding_faults(rows)]


def faults_of_row(table="trait_rules", **changed):
    return [(f.column, f.expected) for f in find_coding_faults({table: [(2, ROW | changed)]})]


def test_small_tables_have_no_fault(tables):
    assert faults_of(tables) == []


@pytest.mark.parametrize("table", [
    "offering_responsibilities", "service_responsibilities", "trait_rules", "aws_responsibilities",
    "category_responsibilities", "group_responsibilities",
])  # fmt: skip
@pytest.mark.parametrize(
    ("party", "action", "allowed"),
    [
        ("AWS", "required", "none or optional"),
        ("Shared", "none", "required or optional"),
        ("Customer", "none", "required or optional"),
        ("Not applicable", "optional", "none"),
    ],
)
def test_customer_action_goes_with_the_party(table, party, action, allowed):
    found = faults_of_row(table, responsibility=party, customer_action=action)
    assert ("customer_action", f"{allowed}, as it is {party!r}") in found


@pytest.mark.parametrize(
    ("party", "action"),
    [("AWS", "none"), ("AWS", "optional"), ("Customer", "required"), ("Not applicable", "none")],
)
def test_customer_action_that_goes_with_the_party_is_no_fault(party, action):
    found = faults_of_row(responsibility=party, customer_action=action)
    assert "customer_action" not in [column for column, _ in found]


def test_customer_row_has_no_half_of_aws():
    found = faults_of_row(responsibility="Customer")
    assert found == [("aws_part", "no text, as it is 'Customer'")]


def test_aws_row_has_a_half_of_the_customer_only_if_the_action_is_optional():
    assert faults_of_row(responsibility="AWS", customer_action="optional") == []
    found = faults_of_row(responsibility="AWS", customer_action="none")
    assert [column for column, _ in found] == ["customer_part"]


def test_not_applicable_row_has_a_note_and_no_half():
    found = faults_of_row(responsibility="Not applicable", customer_action="none")
    assert [column for column, _ in found] == ["note", "aws_part", "customer_part"]


def test_value_that_a_trait_does_not_have_is_a_fault_of_trait_and_rule(add_rows):
    add_rows("offering_traits", "run,run-far,keeps,maybe,page,Data,,,")
    tables = add_rows("trait_rules", "keeps,never,,backup,,AWS,none,We copy.,,")
    assert faults_of(tables) == [
        ("offering_traits.csv", 2, "value", "maybe"),
        ("trait_rules.csv", 3, "value", "never"),
    ]


def test_trait_of_an_offering_names_the_service_of_the_offering(add_rows):
    tables = add_rows("offering_traits", "paint,run-far,keeps,yes,page,Data,,,")
    assert faults_of(tables) == [("offering_traits.csv", 2, "offering_id", "run-far")]


def test_fact_of_a_service_names_offerings_of_this_service_only(add_rows):
    row = "run,backup,run-far; paint; run-away,AWS,none,We copy.,,,page,Copies,,,"
    assert faults_of(add_rows("service_responsibilities", row)) == [
        ("service_responsibilities.csv", 2, "offering_ids", "paint"),
        ("service_responsibilities.csv", 2, "offering_ids", "run-away"),
    ]


def test_fact_of_a_service_needs_a_section(add_rows):
    tables = add_rows("service_responsibilities", "run,backup,,AWS,none,We copy.,,,page,,,,")
    assert faults_of(tables) == [("service_responsibilities.csv", 2, "section", "")]


@pytest.mark.parametrize(("offerings", "faults"), [(10, 0), (11, 1)])
def test_sentence_of_more_than_ten_offerings_is_a_fault_named_once(offerings, faults):
    rows = [(line, ROW | {"offering_id": f"o{line}", "customer_part": f"{line}."})
            for line in range(2, 2 + offerings)]  # fmt: skip
    found = list(find_coding_faults({"offering_responsibilities": rows}))
    assert [(fault.line, fault.column) for fault in found] == [(2, "aws_part")] * faults


def test_two_rules_that_disagree_on_a_cell_are_a_fault_naming_both(add_rows):
    add_rows("traits", "moves,Moves,2,Whether it moves.")
    tables = add_rows("trait_rules", "moves,yes,,backup,,Customer,required,,You copy.,")
    tables["traits"] = tables["traits"].astype({"position": int})
    add_rows("trait_values", "moves,yes,It moves.")
    add_rows("offering_traits", "run,run-far,keeps,yes,page,Data,,,", "run,,moves,yes,page,Ways,,,")
    (fault,) = find_disagreements(tables)
    assert (fault.file, fault.value) == (
        "trait_rules.csv",
        "keeps = yes: Shared, optional; moves = yes: Customer, required",
    )
    assert "run-far / backup" in fault.expected
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


def test_frames_of_an_empty_table_have_its_columns():
    frames = build_frames({"alike": []}, read_schemas())
    assert frames["alike"].columns.tolist() == ["mechanism", "offering_id", "duty_id"]
