"""The workbook, read back: what a reader finds in it, and what a writer is refused."""

import datetime as dt
import itertools
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.cells import find_marks, list_marks
from srm_data.estate import in_use, read_estate
from srm_data.exceptions import WorkbookError
from srm_data.model import build_model
from srm_data.names.offerings import narrow_tables
from srm_data.register import make_entries, state
from srm_data.schema import read_package
from srm_data.workbook import write_workbook
from srm_data.workbook.layout import Column, Plan, write_sheet
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import Value, save_workbook

MADE = dt.datetime(2026, 1, 2)
REVIEW = "Review here"
SHEETS = [
    "Summary", REVIEW, "Look up", "Matrix", "Tasks", "Register", "Evidence", "Services", "Sources",
    "How to read",
]  # fmt: skip
TABLES = [REVIEW, "Matrix", "Tasks", "Services", "Sources"]


@pytest.fixture(scope="module")
def shipped(shipped):
    """Narrow the tables to a few services: a whole catalogue takes openpyxl half a minute to read."""
    return narrow_tables(
        shipped, ["ec2-bare-metal", "Amazon EKS", "Amazon SQS", "AWS KMS", "Amazon S3"]
    )


@pytest.fixture(scope="module")
def shipped_model(shipped):
    return build_model(shipped)


@pytest.fixture(scope="module")
def path(tmp_path_factory, shipped, shipped_model) -> Path:
    target = tmp_path_factory.mktemp("book") / "book.xlsx"
    return write_workbook(target, shipped_model, tables=shipped, **entered())


@pytest.fixture(scope="module")
def book(path) -> Workbook:
    return load_workbook(path)


@pytest.fixture(scope="module")
def shown(path) -> Workbook:
    """Read the book with the values of its formulas. Only read it."""
    return load_workbook(path, data_only=True)


def entered() -> dict[str, Any]:
    """Return a register with an entry: without one, it would be the book of the catalogue."""
    system = {"offering_id": "*", "duty_id": "*", "field": "cover:system", "value": "Payments"}
    return {"register": make_entries([system]), "on": "2026-12-02"}


def rows_of(sheet: Worksheet) -> list[dict[str, object]]:
    """Read the one table of a sheet as records."""
    (table,) = sheet.tables.values()
    header, *rows = [[cell.value for cell in row] for row in sheet[table.ref]]
    return [dict(zip(header, row, strict=True)) for row in rows]


def write_rows(path: Path, shipped, values: list[Value]) -> Worksheet:
    """Write one column of values through the same writer, and read the sheet back."""
    book = Workbook()
    look = Look(book.active, shipped["responsibilities"])
    plan = Plan((), [Column("Text", 20, "text", values)], "Texts")
    body = write_sheet(book.active, look, plan)
    save_workbook(book, path, {book.active.title: body}, made=MADE)
    return load_workbook(path).active


def test_book_opens_with_its_summary_and_hides_what_it_was_sent_with(book):
    assert book.sheetnames == [*SHEETS, "Sent"]
    assert book["Sent"].sheet_state == "hidden"
    assert not book["Sent"].print_area, "LibreOffice would print it"
    assert book.active.title == "Summary"


def test_every_cell_of_the_model_has_its_row(book, shipped_model):
    labels = list_marks()["label"]
    named = shipped_model.assign(basis=find_marks(shipped_model).astype(str).map(labels))
    keys = ["offering_id", "duty_id", "responsibility", "aws_part", "customer_part", "basis"]
    headers = ["offering_id", "duty_id", "party", "AWS's part", "Customer's part", "Basis"]
    rows = [row | {"party": row["Answer"].partition(",")[0]} for row in rows_of(book[REVIEW])]
    rows = [row for row in rows if row["offering_id"] != "*"]  # what is asked once for all
    listed = [[row[header] or "" for header in headers] for row in rows]
    assert sorted(listed) == sorted(named[keys].astype(str).to_numpy().tolist())


MARKS = list_marks().set_index("label")["mark"].to_dict()
LETTERS = {"AWS": "A", "Shared": "S", "Customer": "C", "Not applicable": "–"}


def test_letters_of_the_matrix_say_party_and_basis_of_the_full_list(shown):
    listed = {
        (row["offering_id"], row["Duty"]): LETTERS[row["Answer"].partition(",")[0]]
        + MARKS[row["Basis"]]
        for row in rows_of(shown[REVIEW])
        if row["offering_id"] != "*"
    }
    for row in rows_of(shown["Matrix"]):
        duties = {duty for offering, duty in listed if offering == row["offering_id"]}
        assert len(duties) == 28
        assert {duty: row[duty] for duty in duties} == {
            duty: listed[row["offering_id"], duty] for duty in duties
        }
        assert row["AWS"] + row["Shared"] + row["Customer"] + row["Not applicable"] == 28


@pytest.mark.parametrize("title", TABLES)
def test_every_table_sheet_is_named_filtered_frozen_and_fits_the_page(book, title):
    sheet = book[title]
    (table,) = sheet.tables.values()
    assert table.autoFilter.ref == table.ref
    assert sheet.freeze_panes != "A1"
    assert sheet.print_title_rows.startswith("$1:"), "the title is printed on the first page only"
    assert "&A, page &P of &N" in sheet.oddFooter.right.text
    assert sheet.page_setup.fitToWidth == 1
    assert sheet.page_setup.fitToHeight == int(title == "Matrix")
    assert not sheet.merged_cells.ranges


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\ttab", "=cmd|'/C calc'!A0"])
def test_text_like_a_formula_stays_text(tmp_path, shipped, text):
    cell = write_rows(tmp_path / "x.xlsx", shipped, [text])["A2"]
    assert cell.value == text
    assert cell.data_type == "s"
    assert cell.quotePrefix


@pytest.mark.parametrize(
    "text", ["<&>\"'", "  spaces  ", "two\nlines", "naïve – 漢字 😀", "_x0041_", "#N/A"]
)
def test_text_is_read_back_as_it_was(tmp_path, shipped, text):
    value = write_rows(tmp_path / "x.xlsx", shipped, [text])["A2"].value
    assert value.replace("_x005F_", "_") == text


def test_character_that_xml_forbids_becomes_visible(tmp_path, shipped):
    assert write_rows(tmp_path / "x.xlsx", shipped, ["a\x07b\ufffec"])["A2"].value == "a\ufffdb\ufffdc"


def test_too_long_text_names_sheet_cell_and_limit(tmp_path, shipped):
    with pytest.raises(WorkbookError, match=r"sheet 'Sheet', cell A3: text of 40,000 .* 32,767"):
        write_rows(tmp_path / "x.xlsx", shipped, ["fine", "x" * 40_000])


def test_row_is_as_high_as_the_text_in_a_column_of_several_styles(shipped):
    sheet = Workbook().active
    column = Column("Answer", 13, ["party:AWS", "text"], ["AWS", "Customer, required"])
    look = Look(sheet, shipped["responsibilities"])
    one_line, two_lines = write_sheet(sheet, look, Plan((), [column], "Answers")).heights
    assert two_lines > 1.5 * one_line


@pytest.mark.parametrize("title", TABLES)
def test_text_on_one_line_is_not_cut_by_its_neighbour(book, title):
    cut = [
        cell.value
        for row in book[title].iter_rows()
        for cell, right in itertools.pairwise(row)
        if isinstance(cell.value, str) and right.value not in (None, "")
        if not (cell.value.startswith("=") or cell.alignment.wrap_text or cell.alignment.text_rotation)
        if len(cell.value) > 1.12 * book[title].column_dimensions[cell.column_letter].width
    ]
    assert cut == []


def test_every_source_of_the_list_stands_in_the_book(book, shipped_model):
    cited = {key for ids in shipped_model["source_ids"] for key in ids.split("; ")}
    assert {row["source_id"] for row in rows_of(book["Sources"])} == cited


@pytest.mark.slow
def test_addresses_can_be_clicked_and_are_stored_as_text_too(book, shown, shipped):
    formulas = book["Sources"]["B2"].value
    stored = shown["Sources"]["B2"].value
    assert stored in shipped["sources"]["url"].tolist()
    assert formulas == f'=HYPERLINK("{stored}","{stored}")'


def test_offerings_name_the_partitions_and_fedramp_boundaries_of_their_service(book, shipped):
    service_of = shipped["offerings"].set_index("offering_id")["service_id"]
    services = shipped["services"].set_index("service_id")
    for row in rows_of(book["Services"]):
        service = services.loc[service_of[row["offering_id"]]]
        assert (row["Partitions, by AWS's list"] or "") == service["partitions"]
        assert (row["FedRAMP, by its list"] or "") == service["fedramp"]


@pytest.mark.slow
def test_publishable_copy_holds_nothing_of_reviewers_accounts_or_resources(
    tmp_path, shipped, shipped_model
):
    places = tmp_path / "secret-inventory.csv"
    arn = "arn:aws:sqs:eu-west-1:998877665544:Xylophone-queue"
    places.write_text(f"service,cost\nAmazon SQS,77777\n{arn},1\nQuetzalcoatl,2\n")
    estate = read_estate(places, tables=shipped)
    cell = {"offering_id": "sqs", "duty_id": "backup"}
    register = make_entries([
        cell | {"field": "answer", "value": "Customer", "reason": "Zanzibar.", "by": "Quincy",
                "on": "2026-11-01"},
        cell | {"field": "remark", "value": "Mandrake", "by": "Rosalind", "source": "Tanganyika.xlsx"},
    ])  # fmt: skip
    target = write_workbook(
        tmp_path / "others.xlsx", in_use(shipped_model, estate), tables=shipped, estate=estate,
        register=register, on="2026-12-02", audience="publishable",
    )  # fmt: skip
    with zipfile.ZipFile(target) as package:
        parts = {part: package.read(part).decode() for part in package.namelist()}
    withheld = ["Zanzibar", "Quincy", "Rosalind", "Mandrake", "Tanganyika", "998877665544", "Xylophone"]
    withheld += ["secret-inventory", "77777", "Quetzalcoatl", "Reviewer", REVIEW, str(tmp_path)]
    assert [(part, word) for part in parts for word in withheld if word in parts[part]] == []


def test_model_with_decisions_in_it_and_unknown_audiences_are_refused(tmp_path, shipped, shipped_model):
    entry = {"offering_id": "sqs", "duty_id": "backup", "field": "answer", "value": "Customer"}
    register = make_entries([entry | {"reason": "Ours.", "by": "Ada", "on": "2026-11-01"}])
    decided = state(register, shipped_model, on="2026-12-02").model
    with pytest.raises(ValueError, match="pass a model without decisions"):
        write_workbook(tmp_path / "x.xlsx", decided, tables=shipped)
    with pytest.raises(ValueError, match=r"audience should be one of \['internal', 'publishable'\]"):
        write_workbook(tmp_path / "x.xlsx", shipped_model, tables=shipped, audience="board")


def test_summary_says_scope_day_version_and_seat_and_links_to_every_sheet(book):
    cells = [cell for row in book["Summary"].iter_rows() for cell in row]
    text = "\n".join(str(cell.value) for cell in cells if cell.value)
    assert re.search(r"As of 20\d\d-\d\d-\d\d, data version 20\d\d\.\d+\.\d+", text)
    assert "point of view of the AWS customer" in text
    assert "not made, reviewed or endorsed by AWS" in text
    assert {f'=HYPERLINK("#\'{title}\'!A1","{title}")' for title in SHEETS[1:]} <= set(text.split("\n"))


@pytest.mark.parametrize(("cell", "name"), [("B3", "offering"), ("B4", "duty")])
def test_look_up_offers_each_offering_and_duty(book, shipped_model, cell, name):
    rules = {str(rule.sqref): rule for rule in book["Look up"].data_validations.dataValidation}
    sheet, _, area = rules[cell].formula1.partition("!")
    listed = [row[0].value for row in book[sheet][area.replace("$", "")]]
    assert sorted(listed) == sorted(shipped_model[name].astype(str).unique())


def test_book_without_a_register_is_of_the_day_of_the_data(tmp_path, shipped, shipped_model):
    path = write_workbook(tmp_path / "x.xlsx", shipped_model, tables=shipped)
    lines = load_workbook(path)["Summary"].iter_rows(values_only=True)
    day = read_package()["created"][:10]
    assert any(f"As of {day}" in str(cell) for row in lines for cell in row)


def test_publishable_copy_says_what_is_assumed_and_has_no_classification(
    tmp_path, shipped, shipped_model
):
    estate = read_estate(["Amazon EKS"] * 3 + ["Amazon SQS"], tables=shipped)
    signed = {"offering_id": "*", "duty_id": "*", "field": "cover:classification", "value": "Secret"}
    target = write_workbook(
        tmp_path / "p.xlsx", in_use(shipped_model, estate), tables=shipped, estate=estate,
        register=make_entries([signed]), audience="publishable",
    )  # fmt: skip
    summary = dict(load_workbook(target)["Summary"].iter_rows(max_col=2, values_only=True))
    said = "1 of 2 offerings is assumed, as the inventory leaves open which one it is: "
    assert summary["Assumed"].startswith(said)
    assert "Classification" not in summary


@pytest.mark.slow
def test_alternatives_are_named_only_for_what_is_assumed(tmp_path, shipped, shipped_model):
    """A cluster may be run in several ways, but its node group says in which one."""
    found = {}
    for kinds in (["AWS::EKS::Cluster"], ["AWS::EKS::Cluster", "AWS::EKS::Nodegroup"]):
        estate = read_estate(kinds, tables=shipped)
        path = write_workbook(
            tmp_path / "x.xlsx", in_use(shipped_model, estate), estate=estate, tables=shipped
        )
        (row,) = rows_of(load_workbook(path)["Services"])
        found[len(kinds)] = (row["Of them assumed"], bool(row["If assumed, it may be"]))
    assert found == {1: (1, True), 2: (0, False)}
