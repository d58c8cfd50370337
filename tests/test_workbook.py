"""The workbook, read back: what a reviewer finds in it."""

import datetime as dt
import itertools
import re
import textwrap
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.cells import find_marks, list_marks
from srm_data.changes import compare
from srm_data.estate import in_use, read_estate
from srm_data.exceptions import WorkbookError
from srm_data.matrix import basis_distribution
from srm_data.model import build_model
from srm_data.names.offerings import narrow_tables
from srm_data.organisation.cell_status import make_cell_status
from srm_data.organisation.decisions import apply_decisions, make_decisions
from srm_data.organisation.remarks import make_remarks
from srm_data.organisation.sign_off import make_sign_off
from srm_data.review import read_review
from srm_data.workbook import write_workbook
from srm_data.workbook.layout import Column, add_table, count_lines, name_pages, set_up_print
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import THIS_ROW, Formula, Value, save_workbook

MADE, DAY = datetime(2026, 1, 2), datetime(2026, 11, 2)
SHEETS = ["Cover", "Dashboard", "Look up", "Duties by owner", "Category matrix", "Offering matrix"]
SHEETS += [
    "Review here",
    "Review log",
    "Coverage",
    "Offerings",
    "Duties",
    "Sources",
    "Legend",
]
TABLES = [
    title for title in SHEETS if title not in ("Cover", "Dashboard", "Look up", "Review log", "Legend")
]
REVIEW, LOG = "Review here", "Review log"


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
    return write_workbook(target, shipped_model, tables=shipped)


@pytest.fixture(scope="module")
def book(path) -> Workbook:
    return load_workbook(path)


@pytest.fixture(scope="module")
def shown(path) -> Workbook:
    """Read the book with the values of its formulas. Only read it."""
    return load_workbook(path, data_only=True)


def rows_of(sheet: Worksheet) -> list[dict[str, object]]:
    """Read the one table of a sheet as records."""
    (table,) = sheet.tables.values()
    header, *rows = [[cell.value for cell in row] for row in sheet[table.ref]]
    return [dict(zip(header, row, strict=True)) for row in rows]


def write_rows(path: Path, shipped, values: list[Value]) -> Worksheet:
    """Write one column of values through the same writer, and read the sheet back."""
    book = Workbook()
    look = Look(book.active, shipped["responsibilities"])
    body = add_table(book.active, look, "Texts", [Column("Text", 20, "text", values)])
    save_workbook(book, path, {book.active.title: body}, made=MADE)
    return load_workbook(path).active


@pytest.mark.slow
def test_sheets_come_cover_first(book):
    assert book.sheetnames == [*SHEETS, "Stamp"]
    assert book["Stamp"].sheet_state == "hidden"
    assert book.active.title == "Cover"


def test_every_cell_of_the_model_stands_in_the_full_list(book, shipped_model):
    listed = rows_of(book[REVIEW])
    keys = ["offering_id", "duty_id", "responsibility", "aws_part", "customer_part", "source_ids"]
    expected = shipped_model[keys].astype(str).to_numpy().tolist()
    columns = [
        "offering_id",
        "duty_id",
        "Responsibility",
        "AWS's part",
        "Customer's part",
        "source_ids",
    ]
    assert sorted([row[column] or "" for column in columns] for row in listed) == sorted(expected)


MARKS = list_marks().set_index("label")["mark"].to_dict()
LETTERS = {"AWS": "A", "Shared": "S", "Customer": "C", "Not applicable": "–"}


def test_letters_of_the_matrix_say_party_and_basis_of_the_full_list(shown):
    listed = {
        (row["offering_id"], row["Duty"]): LETTERS[row["Responsibility"]] + MARKS[row["Basis"]]
        for row in rows_of(shown[REVIEW])
    }
    for row in rows_of(shown["Offering matrix"]):
        duties = {duty for offering, duty in listed if offering == row["offering_id"]}
        assert len(duties) == 28
        assert {duty: row[duty] for duty in duties} == {
            duty: listed[row["offering_id"], duty] for duty in duties
        }
        assert row["AWS"] + row["Shared"] + row["Customer"] + row["Not applicable"] == 28


def test_matrix_of_few_offerings_has_a_row_per_duty(tmp_path, shipped, shipped_model):
    part = shipped_model.query("offering_id in ['sqs', 'kms']")
    path = write_workbook(tmp_path / "part.xlsx", part, tables=shipped)
    rows = rows_of(load_workbook(path, data_only=True)["Offering matrix"])
    assert len(rows) == 28
    assert {"SQS queue", "duty_id", "Duty"} <= set(rows[0])


@pytest.mark.slow
def test_matrix_of_a_large_book_does_not_follow_decisions_and_says_so(
    tmp_path, shipped, shipped_model, monkeypatch
):
    monkeypatch.setattr("srm_data.workbook.content.MOST_LIVE_CELLS", 28)
    path = write_workbook(tmp_path / "large.xlsx", shipped_model, tables=shipped)
    sheet = load_workbook(path)["Offering matrix"]
    assert "does not follow decisions" in sheet["A2"].value
    letters = [cell.value for row in sheet.iter_rows(min_row=6, min_col=2, max_col=29) for cell in row]
    assert {letter[0] for letter in letters} == set("ASC–")


def test_dashboard_counts_every_cell_once_a_view(shown, shipped):
    rows = rows_of(shown["Dashboard"])
    cells = len(shipped["offerings"]) * 28
    for view in ("All", "Category", "Layer", "Product group"):
        assert sum(row["Total"] for row in rows if row["Counted by"] == view) == cells


def type_and_compute(path, resave, **typed):
    """Type into the first row of the reviewed sheet, and let LibreOffice compute the book."""
    book = load_workbook(path)
    headers = {cell.value: cell.column for cell in book[REVIEW][2]}
    for header, value in typed.items():
        book[REVIEW].cell(3, headers[header]).value = value
    book.save(path)
    return load_workbook(resave(path), data_only=True)


def list_texts(sheet: Worksheet) -> list[tuple[str, str]]:
    return [
        (cell.coordinate, str(cell.value)) for row in sheet.iter_rows() for cell in row if cell.value
    ]


def test_values_of_a_book_as_sent_are_those_that_an_office_computes(
    tmp_path, shipped, shipped_model, resave
):
    part = shipped_model.query("offering_id in ['sqs', 'kms']")
    path = write_workbook(
        tmp_path / "book.xlsx", part, tables=shipped, remarks=make_remarks(list_untaken()),
        decisions=make_decisions([decide("sqs", "backup", "Customer")]),
    )  # fmt: skip
    sent = load_workbook(path, data_only=True)
    assert [row["duty_id"] for row in rows_of(sent[REVIEW]) if row["Decided"] == "yes"] == ["backup"]
    load_workbook(path).save(path)  # without the values of formulas
    computed = load_workbook(resave(path), data_only=True)
    for title in ("Cover", "Dashboard", "Look up", "Offering matrix", REVIEW):
        cells = [
            {
                cell.coordinate: str(cell.value)
                for row in book[title].iter_rows()
                for cell in row
                if cell.value
            }
            for book in (sent, computed)
        ]
        assert cells[0] == cells[1], title


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "action"), [("Customer", "required"), ("Shared", "optional")])
def test_decided_cell_that_is_looked_up_has_action_and_basis_of_its_decision(
    tmp_path, shipped, shipped_model, resave, answer, action
):
    part = shipped_model.query("offering_id == 'sqs'")
    given = {"customer_action": action if answer == "Shared" else ""}
    decided = decide("sqs", "availability", "AWS", decision=answer) | given
    path = write_workbook(
        tmp_path / "book.xlsx", part, tables=shipped, decisions=make_decisions([decided])
    )
    book = load_workbook(path)
    book["Look up"]["B4"] = "Availability"
    book.save(path)
    rows = load_workbook(resave(path), data_only=True)["Look up"].iter_rows(values_only=True)
    said = {label: text for label, text, *_ in rows}
    assert [said[it] for it in ("Answer", "Customer action", "Basis")] == [answer, action, "Decision"]


OWNERS = [*["SOC"] * 5, *["soc"] * 4, *['a "quoted" team'] * 3, *["Ops*"] * 3, *["<tbd>"] * 3]
OWNERS += ["Ops EU", "Ops EU", "last"]


def read_open_by_owner(sheet: Worksheet) -> dict[str, tuple[object, object]]:
    lines = {sheet.cell(row, 12).value: row for row in range(7, 14) if sheet.cell(row, 12).value}
    return {name: (sheet.cell(row, 14).value, sheet.cell(row, 15).value) for name, row in lines.items()}


@pytest.mark.slow
def test_open_cells_by_owner_add_up_whatever_the_names_and_whoever_is_entered_later(
    tmp_path, shipped, shipped_model, resave
):
    model = shipped_model.query("offering_id == 'sqs'")
    owned = zip(model["duty_id"].astype(str), OWNERS, strict=False)
    entries = [
        {"offering_id": "sqs", "duty_id": duty, "owner": owner, "status": "open"}
        for duty, owner in owned
    ]
    path = write_workbook(
        tmp_path / "book.xlsx", model, tables=shipped, cell_status=make_cell_status(entries)
    )
    sent = read_open_by_owner(load_workbook(path, data_only=True)["Dashboard"])
    assert sent == {
        "SOC": (5, 18),
        "soc": (4, 14),
        'a "quoted" team': (3, 11),
        "Ops*": (3, 11),
        "<tbd>": (3, 11),
        "other owners": (3, 11),
        "nobody named yet": (7, 25),
    }
    book = load_workbook(path)
    book.save(path)  # without the values of formulas
    assert read_open_by_owner(load_workbook(resave(path), data_only=True)["Dashboard"]) == sent

    headers = {cell.value: cell.column for cell in book[REVIEW][2]}
    rows = range(3, 31)
    unowned = [row for row in rows if not book[REVIEW].cell(row, headers["Owner"]).value]
    for row, owner in zip(unowned, ["SOC", "SOC", "new"], strict=False):
        book[REVIEW].cell(row, headers["Owner"]).value = owner
    book.save(path)
    later = read_open_by_owner(load_workbook(resave(path), data_only=True)["Dashboard"])
    changed = {"SOC": (7, 25), "other owners": (4, 14), "nobody named yet": (4, 14)}
    assert later == sent | changed


def test_decision_of_a_reviewer_shows_in_every_sheet(tmp_path, shipped, shipped_model, resave):
    part = shipped_model.query("offering_id in ['sqs', 'kms']")
    path = write_workbook(tmp_path / "book.xlsx", part, tables=shipped)
    sent = load_workbook(path, data_only=True)
    row = rows_of(sent[REVIEW])[0]
    decision = "AWS" if row["Responsibility"] != "AWS" else "Customer"
    decided = {"Decision": decision, "Comment": "Why.", "Reviewer": "Ada", "Date": DAY}
    book = type_and_compute(path, resave, Status="agreed", **decided)

    before, after = (rows_of(it["Dashboard"])[0] for it in (sent, book))
    assert after[decision] == before[decision] + 1
    assert after[row["Responsibility"]] == before[row["Responsibility"]] - 1
    assert (after["Decided"], after["Agreed"], after["Total"]) == (1, 0, before["Total"])
    assert after["Decided"] + after["Open"] == after["Total"]
    (shown,) = [it for it in rows_of(book["Offering matrix"]) if it["duty_id"] == row["duty_id"]]
    assert shown[row["Offering"]] == f"{LETTERS[decision]}◆"
    for title in ("Cover", "Dashboard"):
        text = "\n".join(str(cell.value) for it in book[title].iter_rows() for cell in it if cell.value)
        assert "Decided 1. Of the others, agreed 0, in question 0, changed 0, not ours 0" in text


def test_entry_that_a_reviewer_completes_counts_as_decided_at_once(
    tmp_path, shipped, shipped_model, resave
):
    part = shipped_model.query("offering_id == 'sqs'")
    row = rows_of(load_workbook(write_workbook(tmp_path / "x.xlsx", part, tables=shipped))[REVIEW])[0]
    key = {"offering_id": "sqs", "duty_id": row["duty_id"], "kind": "entry"}
    undated = key | {"decision": "Not applicable", "text": "Why.", "author": "Ada"}
    remarks = make_remarks([undated])
    path = write_workbook(tmp_path / "book.xlsx", part, tables=shipped, remarks=remarks)
    sent = load_workbook(path, data_only=True)
    book = type_and_compute(path, resave, Date=DAY)
    assert [rows_of(it["Dashboard"])[0]["Decided"] for it in (sent, book)] == [0, 1]
    first = rows_of(book[REVIEW])[0]
    assert (first["Decided"], first["Answer"]) == ("yes", "Not applicable")
    assert first["Letter"] == f"{LETTERS['Not applicable']}◆"


@pytest.mark.slow
def test_comment_of_blanks_alone_decides_neither_in_the_book_nor_in_the_review(
    tmp_path, shipped, shipped_model, resave
):
    part = shipped_model.query("offering_id == 'sqs'")
    path = write_workbook(tmp_path / "book.xlsx", part, tables=shipped)
    typed = {"Decision": "Not applicable", "Comment": " \N{NO-BREAK SPACE} ", "Reviewer": "Ada"}
    book = type_and_compute(path, resave, Date=DAY, **typed)
    assert rows_of(book[REVIEW])[0]["Decided"] == "no"
    review = read_review(path)
    assert review.decisions.empty
    assert review.problems["expected"].tolist() == ["a reason, as there is a decision"]


def test_customer_duties_follow_what_is_typed_however_rows_are_sorted(tmp_path, shipped, resave):
    estate = read_estate(["AWS::SQS::Queue", "AWS::KMS::Key"], tables=shipped)
    used = in_use(build_model(shipped), estate)
    path = write_workbook(tmp_path / "book.xlsx", used, estate=estate, tables=shipped)
    row = rows_of(load_workbook(path, data_only=True)[REVIEW])[0]
    assert row["Responsibility"] in ("Shared", "Customer")
    decided = {"Decision": "AWS", "Comment": "Theirs.", "Reviewer": "Ada", "Date": DAY}
    book = type_and_compute(path, resave, Status="agreed", Owner="Key team", **decided)

    duties = {it["cell"]: it for it in rows_of(book["Customer duties"])}
    typed = duties.pop(row["cell"])
    assert (typed["Responsibility"], typed["Status"], typed["Owner"]) == ("AWS", "agreed", "Key team")
    others = {it["cell"]: it["Responsibility"] for it in rows_of(book[REVIEW])}
    assert all(others[cell] == it["Responsibility"] for cell, it in duties.items())
    assert {it["Owner"] for it in duties.values()} == {None}


def test_duty_that_an_owner_has_for_every_offering_is_listed_in_three_words(book, shipped):
    rows = {row["Duty"]: row for row in rows_of(book["Duties by owner"])}
    count = len(shipped["offerings"])
    assert rows["Incident response"]["Must act in"] == count > 5
    assert rows["Incident response"]["Required: the customer must act"] == f"all {count} offerings"
    assert "EKS on Fargate" not in rows["Guest OS patching"]["Required: the customer must act"]
    assert "; " in rows["Guest OS patching"]["Required: the customer must act"]


def test_equal_texts_and_formulas_of_a_column_are_written_once_for_each_row(tmp_path, shipped):
    formula = f"LEN(A{THIS_ROW})"
    values = ["one", "one", Formula(formula, 3), Formula(formula, 3), 7, ""]
    sheet = write_rows(tmp_path / "x.xlsx", shipped, values)
    shown = [sheet.cell(row, 1).value for row in range(2, 8)]
    assert shown == ["one", "one", "=LEN(A4)", "=LEN(A5)", 7, None]
    with zipfile.ZipFile(tmp_path / "x.xlsx") as package:
        assert package.read("xl/sharedStrings.xml").decode().count("one</t>") == 1


@pytest.mark.office
@pytest.mark.slow
@pytest.mark.parametrize("lines", [1, 2, 3, 8, 40])
def test_rows_that_an_office_fits_hold_their_lines_when_printed(tmp_path, shipped, resave, lines):
    """On paper, the lines of Calibri and its like are 1.22 times as high as its letters."""
    book = Workbook()
    look = Look(book.active, shipped["responsibilities"])
    texts = ["\n".join(["Agy"] * lines)]
    body = add_table(book.active, look, "Texts", [Column("Text", 20, "entry", texts)], is_growing=True)
    save_workbook(book, tmp_path / "x.xlsx", {book.active.title: body}, made=MADE)
    sheet = load_workbook(resave(tmp_path / "x.xlsx")).active
    assert sheet.row_dimensions[2].height >= 1.2207 * sheet["A2"].font.sz * lines


def test_dashboard_has_native_charts_on_the_table_and_says_what_they_show(book, path):
    charts = book["Dashboard"]._charts
    assert len(charts) == 3
    header = re.search(r"\d+", book["Dashboard"].tables["Dashboard"].ref)[0]
    for chart in charts:
        assert [series.tx.strRef.f for series in chart.series] == [
            f"'Dashboard'!${column}${header}" for column in "CDEF"
        ]
    with zipfile.ZipFile(path) as package:
        drawing = package.read("xl/drawings/drawing1.xml").decode()
    described = re.findall('name="Chart [123]" descr="([^"]+)"', drawing)
    assert [text.split(".")[0] for text in described] == [
        "Bars of 100 %: duties by category",
        "Bars of 100 %: duties by layer",
        "Bars of 100 %: duties by product group",
    ]


def test_charts_have_the_values_that_they_show(path, shown):
    with zipfile.ZipFile(path) as package:
        chart = package.read("xl/charts/chart1.xml").decode()
    rows = rows_of(shown["Dashboard"])
    (aws, *_) = re.findall("<numCache>(.*?)</numCache>", chart, re.DOTALL)
    values = [int(value) for value in re.findall("<v>(.*?)</v>", aws)]
    assert values == [row["AWS"] for row in rows if row["Counted by"] == "Category"]


def test_every_source_of_the_list_stands_in_the_book(book):
    cited = {key for row in rows_of(book[REVIEW]) for key in row["source_ids"].split("; ")}
    assert {row["source_id"] for row in rows_of(book["Sources"])} == cited


@pytest.mark.slow
def test_addresses_can_be_clicked_and_are_stored_as_text_too(book, shown, shipped):
    formulas = book["Sources"]["B2"].value
    stored = shown["Sources"]["B2"].value
    assert stored in shipped["sources"]["url"].tolist()
    assert formulas == f'=HYPERLINK("{stored}","{stored}")'


def test_rows_are_as_high_as_their_longest_text_needs(book):
    sheet = book[REVIEW]
    for number in range(3, 60):
        needed = max(
            len(str(cell.value or "")) / (sheet.column_dimensions[cell.column_letter].width * 1.12)
            for cell in sheet[number][:16]
        )
        assert sheet.row_dimensions[number].height >= 13 * needed


@pytest.mark.parametrize("title", TABLES)
def test_every_table_sheet_is_named_filtered_frozen_and_fits_the_page(book, title):
    sheet = book[title]
    (table,) = sheet.tables.values()
    assert table.autoFilter.ref == table.ref
    assert sheet.freeze_panes != "A1"
    assert sheet.print_title_rows
    assert sheet.page_setup.fitToWidth == 1
    assert sheet.page_setup.fitToHeight == int(title == "Offering matrix")
    assert not sheet.merged_cells.ranges


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


def test_cover_says_scope_date_version_seat_and_legend(book, shipped):
    text = "\n".join(str(cell.value) for row in book["Cover"].iter_rows() for cell in row if cell.value)
    assert f"{len(shipped['offerings'])} offerings" in text
    assert re.search(r"\d{2} \w+ 20\d\d, data version 20\d\d\.\d+\.\d+", text)
    assert "point of view of the AWS customer" in text
    assert all(f"   {party}" in text for party in shipped["responsibilities"]["responsibility"])
    assert "not made, reviewed or endorsed by AWS" in text


def test_cover_links_to_every_sheet(book):
    places = {
        cell.hyperlink.location for row in book["Cover"].iter_rows() for cell in row if cell.hyperlink
    }
    assert places == {f"'{title}'!A1" for title in SHEETS[1:]}


def test_empty_model_is_refused(tmp_path, shipped, shipped_model):
    with pytest.raises(ValueError, match="nothing to write"):
        write_workbook(tmp_path / "x.xlsx", shipped_model.iloc[:0], tables=shipped)


@pytest.mark.slow
def test_same_model_gives_the_same_bytes(path, tmp_path, shipped, shipped_model):
    again = write_workbook(tmp_path / "again.xlsx", shipped_model, tables=shipped)
    assert again.read_bytes() == path.read_bytes()


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


def decide(offering_id: str, duty_id: str, expected: str, **changed: str) -> dict[str, str]:
    row = {"offering_id": offering_id, "duty_id": duty_id, "expected": expected, "decision": "Shared"}
    row |= {"reason": "Zanzibar keeps copies.", "decided_by": "Quincy Jonquil"}
    return row | {"decided_on": "2026-11-01"} | changed


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory, shipped, shipped_model) -> Path:
    """Write a book with a decision in force, a stale one, a remark, a note and changes."""
    model = shipped_model
    model = model[model["offering_id"].isin(["sqs", "kms"])].reset_index(drop=True)
    decisions = [decide("sqs", "backup", "Customer"), decide("kms", "backup", "Customer")]
    on_sqs = {"offering_id": "sqs", "duty_id": "availability"}
    remarks = [
        on_sqs | {"kind": "entry", "text": "=SUM(1)", "author": "Rosalind"},
        on_sqs | {"kind": "note", "text": "Look here.", "author": "Rosalind", "column": "Note"},
    ]
    return write_workbook(
        tmp_path_factory.mktemp("reviewed") / "reviewed.xlsx", model, tables=shipped,
        decisions=make_decisions(decisions), remarks=make_remarks(remarks),
        changes=compare(model[model["offering_id"] == "sqs"], model),
    )  # fmt: skip


@pytest.fixture(scope="module")
def reviewed_book(reviewed) -> Workbook:
    return load_workbook(reviewed)


def test_decisions_and_remarks_stand_in_their_rows(reviewed, shipped_model):
    sheet = load_workbook(reviewed, data_only=True)[REVIEW]
    by_key = {(row["offering_id"], row["duty_id"]): row for row in rows_of(sheet)}
    row = by_key["sqs", "backup"]
    assert (row["Responsibility"], row["Decision"], row["Answer"]) == ("Customer", "Shared", "Shared")
    assert (row["Comment"], row["Reviewer"]) == ("Zanzibar keeps copies.", "Quincy Jonquil")
    assert row["Date"] == datetime(2026, 11, 1)
    assert by_key["sqs", "availability"]["Comment"] == "=SUM(1)"
    stale = by_key["kms", "backup"]
    assert stale["Decision"] is None
    now = shipped_model.set_index(["offering_id", "duty_id"])["responsibility"]["kms", "backup"]
    assert stale["Needs attention"] == (
        f"Decided Shared on 2026-11-01, when the tables said Customer. They now say {now}."
    )
    notes = {cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}
    assert notes == {"Look here."}


def test_register_lists_stale_decisions_first_and_changes_what_differs(reviewed_book):
    assert [row["Status"] for row in rows_of(reviewed_book[LOG])] == [
        "Look again", "Open", "Open", "In force",
    ]  # fmt: skip
    changes = rows_of(reviewed_book["Changes"])
    assert {(row["offering_id"], row["Why"]) for row in changes} == {("kms", "offering added")}


def test_sheets_that_reviewers_write_in_can_be_sorted_and_no_password_is_set(reviewed_book):
    for sheet in reviewed_book.worksheets:
        assert sheet.protection.sheet == (sheet.title not in (REVIEW, LOG))
        assert sheet.protection.password is None


def test_cover_and_look_up_are_locked_but_for_what_is_typed(reviewed_book):
    unlocked = {
        title: {
            reviewed_book[title].cell(cell.row, 1).value
            for row in reviewed_book[title].iter_rows() for cell in row if not cell.protection.locked
        }
        for title in ("Cover", "Look up", "Dashboard")
    }  # fmt: skip
    fields = {"System", "Classification", "Prepared by", "Reviewed by", "Approved by", "Next review"}
    assert unlocked["Cover"] == {*fields, "Revision"}
    assert unlocked["Look up"] == {"Offering", "Duty"}
    assert unlocked["Dashboard"] == set()


def list_untaken() -> list[dict[str, str]]:
    """List entries that a review does not take: each lacks something, or is of a day to come."""
    cell = {"offering_id": "sqs", "kind": "entry", "decision": "Not applicable"}
    complete = cell | {"text": "Why.", "author": "Rosalind", "dated": "2026-11-02"}
    changes = {
        "credentials": {"dated": ""},
        "availability": {"dated": (dt.date.today() + dt.timedelta(days=2)).isoformat()},
        "customer-data": {"dated": "soon"},
        "logging-monitoring": {"dated": "1999-11-02"},
        "incident-response": {"text": ""},
        "compliance": {"author": " "},
        "key-management": {"decision": "A*"},
    }
    return [complete | change | {"duty_id": duty_id} for duty_id, change in changes.items()]


@pytest.fixture(scope="module")
def untaken(tmp_path_factory, shipped, shipped_model) -> Workbook:
    """Open a book with a decision in force, and entries that a review did not take."""
    model = shipped_model[shipped_model["offering_id"] == "sqs"].reset_index(drop=True)
    path = write_workbook(
        tmp_path_factory.mktemp("untaken") / "untaken.xlsx", model, tables=shipped,
        decisions=make_decisions([decide("sqs", "backup", "Customer")]),
        remarks=make_remarks(list_untaken()),
    )  # fmt: skip
    return load_workbook(path, data_only=True)


def test_entry_that_a_review_did_not_take_is_put_back_and_does_not_count_as_decided(untaken):
    rows = {row["duty_id"]: row for row in rows_of(untaken[REVIEW])}
    assert [duty_id for duty_id, row in rows.items() if row["Decided"] == "yes"] == ["backup"]
    for entry in list_untaken():
        row = rows[entry["duty_id"]]
        assert (row["Decision"], row["Answer"]) == (entry["decision"], row["Responsibility"])
        assert not row["Letter"].endswith("!")


def test_cover_dashboard_and_coverage_give_one_number_for_each_basis(untaken):
    cover = {row[0].value: str(row[1].value) for row in untaken["Cover"].iter_rows(max_col=2)}
    dashboard = untaken["Dashboard"]
    (header,) = [cell.row for cell in dashboard["A"] if cell.value == "Counted by"]
    headers = [cell.value for cell in dashboard[header]]
    of_all = dict(zip(headers, [cell.value for cell in dashboard[header + 1]], strict=True))
    tiles = {dashboard.cell(row, 5).value: dashboard.cell(row, 7).value for row in range(7, 12)}
    coverage = [row for row in rows_of(untaken["Coverage"]) if row["Counted by"] == "Service"]

    assert tiles["Decision"] == of_all["Decided"] == 1
    assert cover["Decision"].startswith("1 of 28 cells")
    assert any("1 decided" in str(cell.value) for cell in untaken["Cover"]["B"])
    assert tiles["Documented"] == of_all["Documented"] == coverage[0]["Documented"]
    assert cover["Documented"].startswith(f"{tiles['Documented']} of 28 cells")
    assert coverage[0]["Decision"] == 1


@pytest.mark.slow
def test_share_that_rounds_to_nothing_is_no_0_percent(tmp_path, shipped, shipped_model):
    decisions = make_decisions([decide("sqs", "backup", "Customer")])
    path = write_workbook(tmp_path / "x.xlsx", shipped_model, tables=shipped, decisions=decisions)
    dashboard = load_workbook(path, data_only=True)["Dashboard"]
    shown = {
        dashboard.cell(row, 5).value: (dashboard.cell(row, 7).value, dashboard.cell(row, 8).value)
        for row in range(7, 12)
    }
    assert shown["Decision"] == (1, "< 1 %")
    assert all(share == 0 for number, share in shown.values() if not number)


def test_decisions_are_chosen_from_the_table_of_codes(reviewed_book, shipped):
    sheet = reviewed_book[REVIEW]
    rules = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    choices = {sheet[str(rule.sqref).split(":")[0][:-1] + "2"].value: rule.formula1 for rule in rules}
    assert choices == {
        "Decision": f'"{",".join(shipped["responsibilities"]["responsibility"])}"',
        "Status": '"open,agreed,changed,question,not ours"',
    }


def test_category_matrix_notes_say_where_a_default_comes_from(book, shipped):
    notes = [
        cell.comment for row in book["Category matrix"].iter_rows() for cell in row if cell.comment
    ]
    assert len(notes) == 4 * 28
    titles = tuple(shipped["sources"]["title"])
    assert all(any(title in note.text for title in titles) for note in notes)


def test_publishable_copy_holds_nothing_of_reviewers_accounts_or_resources(
    tmp_path, shipped, shipped_model
):
    places = tmp_path / "secret-inventory.csv"
    arn = "arn:aws:sqs:eu-west-1:998877665544:Xylophone-queue"
    places.write_text(f"service,cost\nAmazon SQS,77777\n{arn},1\nQuetzalcoatl,2\n")
    estate = read_estate(places, tables=shipped)
    used = in_use(shipped_model, estate)
    remark = {"offering_id": "sqs", "duty_id": "availability", "kind": "note", "author": "Rosalind"}
    target = write_workbook(
        tmp_path / "others.xlsx", used, tables=shipped, estate=estate, audience="publishable",
        decisions=make_decisions([decide("sqs", "backup", "Customer")]),
        remarks=make_remarks([remark | {"text": "Mandrake", "place": "Tanganyika"}]),
    )  # fmt: skip
    with zipfile.ZipFile(target) as package:
        parts = {part: package.read(part).decode() for part in package.namelist()}
    withheld = ["Zanzibar", "Quincy", "Rosalind", "Mandrake", "Tanganyika", "998877665544", "Xylophone"]
    withheld += ["secret-inventory", "77777", "Quetzalcoatl", "Reviewer", REVIEW, str(tmp_path)]
    for part, text in parts.items():
        for word in withheld:
            assert word not in text, f"{part} tells {word}"
    rows = rows_of(load_workbook(target)["Responsibility matrix"])
    (decided,) = [row for row in rows if row["Basis"] == "Decision"]
    assert (decided["Responsibility"], decided["AWS documents say"]) == ("Shared", "Customer")


def test_publishable_copy_says_what_is_assumed_and_has_no_classification(
    tmp_path, shipped, shipped_model
):
    estate = read_estate(["Amazon EKS"] * 3 + ["Amazon SQS"], tables=shipped)
    signed = make_sign_off([{"field": "Classification", "value": "Confidential"}])
    target = write_workbook(
        tmp_path / "p.xlsx", in_use(shipped_model, estate), tables=shipped, estate=estate,
        sign_off=signed, audience="publishable",
    )  # fmt: skip
    book = load_workbook(target)
    cover = {row[0]: row[1] for row in book["Cover"].iter_rows(values_only=True)}
    said = "1 of 2 offerings is assumed, as the inventory leaves open which one it is: "
    assert cover["Assumed"].startswith(said)
    assert "Classification" not in cover
    rows = rows_of(book["Customer duties"])
    told = {(row["Service"], row["Assumed"]) for row in rows}
    assert told == {("Amazon EKS", "yes"), ("Amazon SQS", None)}


def test_model_with_decisions_in_it_and_unknown_audiences_are_refused(tmp_path, shipped, shipped_model):
    model = shipped_model
    decided = apply_decisions(model, make_decisions([decide("sqs", "backup", "Customer")]))
    with pytest.raises(ValueError, match="pass a model without decisions"):
        write_workbook(tmp_path / "x.xlsx", decided, tables=shipped)
    with pytest.raises(ValueError, match=r"audience should be one of \['internal', 'publishable'\]"):
        write_workbook(tmp_path / "x.xlsx", model, tables=shipped, audience="board")


def test_failed_write_leaves_the_old_file_and_no_rest(tmp_path, shipped):
    target = tmp_path / "x.xlsx"
    target.write_bytes(b"old")
    with pytest.raises(WorkbookError):
        write_rows(target, shipped, ["x" * 40_000])
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("capacity", [12, 26, 44])
def test_rows_are_as_high_as_words_that_are_broken_between_lines(capacity):
    texts = [
        "Identity and Access Management for Amazon File Cache",
        "one",
        "x" * 90,
        "a b c d e f g h " * 9,
    ]
    for text in texts:
        assert count_lines(text.strip(), capacity) == len(textwrap.wrap(text, capacity))
    assert count_lines("one\n\nthree", capacity) == 3


def test_offerings_name_the_partitions_and_fedramp_boundaries_of_their_service(book, shipped):
    service_of = shipped["offerings"].set_index("offering_id")["service_id"]
    services = shipped["services"].set_index("service_id")
    for row in rows_of(book["Offerings"]):
        service = services.loc[service_of[row["offering_id"]]]
        assert (row["Partitions, by AWS's list"] or "") == service["partitions"]
        assert (row["FedRAMP, by its list"] or "") == service["fedramp"]


@pytest.mark.slow
def test_alternatives_are_named_only_for_what_is_assumed(tmp_path, shipped, shipped_model):
    """A cluster may be run in several ways, but its node group says in which one."""
    found = {}
    for kinds in (["AWS::EKS::Cluster"], ["AWS::EKS::Cluster", "AWS::EKS::Nodegroup"]):
        estate = read_estate(kinds, tables=shipped)
        path = write_workbook(
            tmp_path / "x.xlsx", in_use(shipped_model, estate), estate=estate, tables=shipped
        )
        (row,) = rows_of(load_workbook(path)["Services in use"])
        found[len(kinds)] = (row["Of them assumed"], bool(row["If assumed, it may be"]))
    assert found == {1: (1, True), 2: (0, False)}


def test_every_page_says_what_it_is_from(book):
    for title in (REVIEW, "Duties by owner", "Offering matrix", "Category matrix", "Duties"):
        sheet = book[title]
        assert sheet.print_title_rows.startswith("$1:"), "the title is printed on the first page only"
        assert "&A, page &P of &N" in sheet.oddFooter.right.text


def test_footer_has_the_same_size_on_paper_whatever_the_scale(tmp_path, shipped):
    sizes = {}
    for width in (60, 120, 240):
        book = Workbook()
        look = Look(book.active, shipped["responsibilities"])
        add_table(book.active, look, "T", [Column("Text", width, "text", ["one"])])
        set_up_print(book.active, "footer", landscape=False, columns=1, rows=2)
        name_pages(book.active, "Texts.")
        sizes[width] = book.active.oddFooter.left.size
    assert sizes[60] == 8, "what fits is not scaled"
    assert sizes[240] == pytest.approx(2 * sizes[120], abs=1)


def test_coverage_counts_derived_cells_apart(book, shipped_model):
    model = shipped_model
    counts = basis_distribution(model, "duty")
    rows = rows_of(book["Coverage"])[: len(counts)]
    for basis, label in (("documented", "Documented"), ("derived", "Derived")):
        assert [row[label] for row in rows] == counts[basis].tolist()
        percents = (counts[basis] / counts.sum(axis="columns") * 100).round()
        assert [row[f"{label}, %"] for row in rows] == percents.tolist()


def test_list_names_customer_action_scope_and_basis_of_every_cell(book, shipped_model):
    model = shipped_model
    labels = list_marks()["label"]
    named = model.assign(basis=find_marks(model).astype(str).map(labels))
    columns = ["offering_id", "duty_id", "customer_action", "basis", "scope"]
    headers = ["offering_id", "duty_id", "Customer action", "Basis", "Scope"]
    listed = [[row[header] for header in headers] for row in rows_of(book[REVIEW])]
    assert sorted(listed) == sorted(named[columns].astype(str).to_numpy().tolist())
