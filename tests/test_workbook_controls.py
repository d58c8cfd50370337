"""The sheets of controls: real tables, honest counts, and no trouble when the book comes back."""

import pytest
from openpyxl import load_workbook

import srm_data
from srm_data.controls.frameworks import list_matrix_controls
from srm_data.register import make_entries, state

pytestmark = pytest.mark.slow
TITLES = ["Controls by family", "Controls", "Why you need this"]


@pytest.fixture(scope="module")
def model(shipped, shipped_model):
    return srm_data.choose_offerings(shipped_model, ["Amazon SQS", "Amazon EC2"], tables=shipped)


@pytest.fixture(scope="module")
def matrix(model):
    return srm_data.controls.build_control_matrix(model, baseline="low")


@pytest.fixture(scope="module")
def path(model, matrix, tmp_path_factory):
    return srm_data.write_workbook(
        tmp_path_factory.mktemp("books") / "ours.xlsx", model, controls=matrix
    )


@pytest.fixture(scope="module")
def book(path):
    """Open the book. Only read it."""
    return load_workbook(path)


def rows_of(sheet) -> list[tuple]:
    """Return the header and the rows of the table of a sheet."""
    (table,) = sheet.tables.values()
    return [tuple(cell.value for cell in row) for row in sheet[table.ref]]


@pytest.mark.parametrize("title", TITLES[:2])
def test_sheet_says_whose_controls_it_has_and_that_it_does_not_follow_decisions(book, title):
    name, framework, as_exported, _ = [
        row[0] for row in book[title].iter_rows(max_row=4, values_only=True)
    ]
    assert name == title
    assert framework == (
        "NIST SP 800-53 Rev 5.2.0, baseline low of SP 800-53B: 149 controls. "
        "FedRAMP's baselines of the same names have other controls."
    )
    assert as_exported.startswith("As exported, with data version ")
    assert as_exported.endswith(
        "it does not follow decisions that are typed since in the sheet Review here."
    )


def test_published_sheet_says_how_many_controls_rest_on_decisions(model, tmp_path):
    entry = {"offering_id": "sqs", "duty_id": "physical-security", "field": "answer"}
    signed = {"value": "Customer", "reason": "We have a cage.", "by": "Board", "on": "2026-11-01"}
    register = make_entries([entry | signed])
    decided = state(register, model, on="2026-12-02").model
    path = srm_data.write_workbook(
        tmp_path / "ours.xlsx", model, register=register, on="2026-12-02", audience="publishable",
        controls=srm_data.controls.build_control_matrix(decided, baseline="low"),
    )  # fmt: skip
    sheet = load_workbook(path)["Controls"]
    said = "controls rest on decisions of the organisation, which the sheet Controls names."
    number, _, rest = sheet["A3"].value.partition(" ")
    assert rest == said
    header, *rows = rows_of(sheet)
    said = {row[0]: row[header.index("Who does what, per service")] for row in rows}
    assert "Amazon SQS: yours: Physical security. Decided by the organisation" in said["PE-3"]
    assert sum("Decided by the organisation: " in text for text in said.values()) == int(number)


@pytest.mark.parametrize(("title", "corner"), [*zip(TITLES, ["A5", "B5", "A2"], strict=True)])
def test_sheet_is_a_named_table_with_frozen_header(book, title, corner):
    sheet = book[title]
    (table,) = sheet.tables.values()
    assert table.autoFilter
    assert sheet.freeze_panes == corner
    assert not sheet.merged_cells.ranges


def test_counts_by_family_add_up_to_the_first_row(book, matrix):
    header, first, *rows = rows_of(book["Controls by family"])
    assert first[0] == "All families"
    assert sum(first[1:6]) == 149
    assert [sum(column) for column in zip(*(row[1:7] for row in rows), strict=True)] == list(first[1:7])
    share = matrix["documented"].sum() / matrix["cells"].sum()
    assert first[header.index("Of them documented, %")] == round(share * 100)


def test_reader_of_the_book_alone_sees_what_rests_on_aws(book):
    header, *rows = rows_of(book["Controls"])
    place = {
        name: header.index(name) for name in ("Control", "Addressed", "Who does what, per service")
    }
    by_id = {row[place["Control"]]: row for row in rows}
    assert len(by_id) == 149
    assert by_id["PE-3"][place["Addressed"]] == "inherited"
    assert by_id["AC-3"][place["Addressed"]] == "left"
    said = by_id["SI-2"][place["Who does what, per service"]]
    assert "Amazon EC2: AWS: Host operating system; " in said
    assert "yours: Guest OS patching" in said


def test_book_with_controls_comes_back_without_entries_and_problems(path):
    assert [len(frame) for frame in srm_data.read_review(path)] == [0, 0]


def test_rows_name_the_controls_that_their_duty_carries(book, model, matrix):
    _, header, *rows = book["Review here"].iter_rows(values_only=True)
    places = [header.index(name) for name in ("offering_id", "duty_id", "Control")]
    shown = {(row[places[0]], row[places[1]]): row[places[2]] or "" for row in rows}
    named = list_matrix_controls(model, matrix)
    cells = zip(model["offering_id"], model["duty_id"], named, strict=True)
    assert all(shown[offering, duty] == controls for offering, duty, controls in cells)
    assert "PE-3" in shown["sqs", "physical-security"].split("; ")
