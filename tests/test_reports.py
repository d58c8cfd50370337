"""The link to report a wrong cell: in workbook, page and ``show``, once an address is set."""

import json
import re
import shutil
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml
from openpyxl import load_workbook

from srm_data import schema
from srm_data.cli import main
from srm_data.model import build_model
from srm_data.names.offerings import narrow_tables
from srm_data.organisation.decisions import make_decisions
from srm_data.page.write import make_page
from srm_data.review import read_review
from srm_data.schema import REPORT_FIELDS, REPORT_FORM, list_report_fields, read_package, report_address
from srm_data.workbook import write_workbook
from srm_data.workbook.format import REPORT, REPORT_LABEL

ADDRESS = "https://forge.example/them/theirs/issues/new"
FORM = Path(__file__).parents[1] / ".github" / "ISSUE_TEMPLATE" / REPORT_FORM
DECISION = {
    "offering_id": "sqs", "duty_id": "backup", "expected": "Not applicable", "decision": "Shared",
    "reason": "Our broker keeps copies.", "decided_by": "Ada", "decided_on": "2026-11-02",
}  # fmt: skip


@pytest.fixture
def address(monkeypatch) -> str:
    monkeypatch.setattr(schema, "REPORT_ADDRESS", ADDRESS)
    return ADDRESS


@pytest.fixture(scope="module")
def few(shipped):
    return narrow_tables(shipped, ["sqs"])


@pytest.fixture(scope="module")
def model(few):
    return build_model(few)


@pytest.fixture(scope="module")
def decisions(model):
    cell = model.set_index("duty_id").loc[DECISION["duty_id"]]
    return make_decisions([DECISION | {"expected": cell["responsibility"]}])


@pytest.fixture(scope="module")
def written(model, few, decisions, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("written") / "sent.xlsx"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "REPORT_ADDRESS", ADDRESS)
        return write_workbook(path, model, decisions=decisions, tables=few)


@pytest.fixture
def sent(address, written, tmp_path) -> Path:
    """Return a copy of a book with links, to type into."""
    return Path(shutil.copy(written, tmp_path / "sent.xlsx"))


def read_link(link: str) -> dict[str, str]:
    """Read the fields that a link fills in."""
    assert link.startswith(f"{ADDRESS}?")
    return dict(parse_qsl(urlsplit(link).query, strict_parsing=True))


def read_targets(path: Path) -> list[str]:
    """Read the addresses that a click on each cell of the column opens."""
    sheet = load_workbook(path)["Review here"]
    headers = [cell.value for cell in sheet[2]]
    column = headers.index(REPORT) + 1
    formulas = [row[0].value for row in sheet.iter_rows(min_row=3, min_col=column, max_col=column)]
    texts = [re.findall(r'"([^"]*)"', formula) for formula in formulas]
    assert {text[-1] for text in texts} == {REPORT_LABEL}
    return ["".join(text[:-1]) for text in texts]


def list_expected(model) -> list[dict[str, str]]:
    cells = model[["offering_id", "duty_id", "responsibility"]].astype(str).to_numpy().tolist()
    rest = (read_package()["version"], REPORT_FORM)
    return [dict(zip((*REPORT_FIELDS, "template"), (*cell, *rest), strict=True)) for cell in cells]


def test_form_has_every_field_that_a_link_fills_in():
    body = yaml.safe_load(FORM.read_text(encoding="utf-8"))["body"]
    kinds = {field["id"]: field["type"] for field in body if "id" in field}
    assert {kinds[name] for name in REPORT_FIELDS} == {"input"}


def test_no_address_is_set_and_none_is_made_up():
    assert schema.REPORT_ADDRESS == ""
    assert report_address() == ""


@pytest.mark.parametrize(
    "wrong", ["forge.example/new", "http://forge.example/new", f"{ADDRESS}?a={'x' * 255}"]
)
def test_address_that_no_cell_can_hold_is_refused(monkeypatch, wrong):
    monkeypatch.setattr(schema, "REPORT_ADDRESS", wrong)
    with pytest.raises(ValueError, match="REPORT_ADDRESS should b"):
        report_address()


def test_query_of_the_address_is_kept(monkeypatch):
    monkeypatch.setattr(schema, "REPORT_ADDRESS", f"{ADDRESS}?template=other.yml&labels=cell")
    assert report_address() == f"{ADDRESS}?template=other.yml&labels=cell"


def test_texts_of_a_cell_are_quoted(model, address):
    odd = model.head(1).assign(offering_id="a&b=c d")
    assert read_link(report_address() + list_report_fields(odd)[0])["offering"] == "a&b=c d"


def test_each_row_of_the_workbook_links_to_the_form_for_its_cell(sent, model):
    found = [read_link(link) for link in read_targets(sent)]
    assert sorted(found, key=str) == sorted(list_expected(model), key=str)


def test_column_stands_after_the_sources_and_is_not_printed(sent):
    sheet = load_workbook(sent)["Review here"]
    headers = [cell.value for cell in sheet[2]]
    assert headers[headers.index(REPORT) - 1].startswith("Address")
    last_printed = sheet.cell(2, headers.index("Section") + 1).column_letter
    assert sheet.print_area.split("$")[3] == last_printed


def test_texts_in_formulas_are_no_longer_than_excel_takes(sent):
    sheet = load_workbook(sent)["Review here"]
    formulas = [
        cell.value for row in sheet.iter_rows(min_row=2) for cell in row if cell.data_type == "f"
    ]
    assert max(len(text) for formula in formulas for text in re.findall(r'"([^"]*)"', formula)) <= 255


@pytest.mark.slow
def test_without_an_address_workbook_page_and_show_have_nothing_of_it(model, few, tmp_path, capsys):
    path = write_workbook(tmp_path / "sent.xlsx", model, tables=few)
    assert REPORT not in [cell.value for cell in load_workbook(path)["Review here"][2]]
    assert '"report":' not in make_page(model, tables=few)
    assert main(["show", "sqs"]) == 0
    assert "report:" not in capsys.readouterr().out


@pytest.mark.slow
def test_publishable_copies_have_nothing_of_it(address, model, few, tmp_path):
    path = write_workbook(tmp_path / "sent.xlsx", model, tables=few, audience="publishable")
    for sheet in load_workbook(path):
        assert "forge.example" not in str(list(sheet.values))
    assert "forge.example" not in make_page(model, tables=few, audience="publishable")


def test_page_has_what_its_links_are_made_of(address, model, few, decisions):
    page = make_page(model, decisions=decisions, tables=few)
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    report = json.loads(found[1])["report"]
    place = [duty for duty, *_ in json.loads(found[1])["duties"]].index("backup")
    assert report == {
        "address": report_address(),
        "fields": list(REPORT_FIELDS),
        "version": read_package()["version"],
        "stated": {f"0 {place}": decisions["expected"].item()},
    }


@pytest.mark.browser
def test_link_on_the_page_opens_the_form_for_its_cell(
    browser, address, model, few, decisions, tmp_path
):
    path = tmp_path / "page.html"
    path.write_text(make_page(model, decisions=decisions, tables=few), encoding="utf-8")
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto(path.as_uri())
        links = tab.locator("#rows a", has_text=REPORT_LABEL)
        hrefs = [link.get_attribute("href") for link in links.all()]
        assert sorted(map(read_link, hrefs), key=str) == sorted(list_expected(model), key=str)
        tab.locator("#matrix tbody td").first.click()
        detail = tab.locator("#detail a", has_text=REPORT_LABEL)
        assert detail.get_attribute("href") in hrefs


def test_show_prints_the_link_of_each_cell(address, capsys, shipped_model):
    assert main(["show", "sqs"]) == 0
    links = re.findall(r"report: (\S+)", capsys.readouterr().out)
    model = shipped_model
    expected = list_expected(model[model["offering_id"] == "sqs"])
    assert sorted(map(read_link, links), key=str) == sorted(expected, key=str)


def test_returned_book_with_links_has_the_decision_and_no_problem(sent, few, decisions):
    review = read_review(sent, tables=few)
    assert review.decisions[["decision", "reason"]].equals(decisions[["decision", "reason"]])
    assert review.problems.empty
    assert review.remarks.empty


def type_over_links(path: Path, texts: list[str] | None = None) -> None:
    """Save a returned book with texts over its first links; by default with none at all."""
    book = load_workbook(path)
    sheet = book["Review here"]
    column = [cell.value for cell in sheet[2]].index(REPORT) + 1
    for row, text in enumerate(texts or [""] * (sheet.max_row - 2), start=3):
        sheet.cell(row, column).value = text or None
    book.save(path)


def test_returned_book_whose_links_are_gone_is_read_too(sent, few):
    type_over_links(sent)
    review = read_review(sent, tables=few)
    assert len(review.decisions) == 1
    assert review.problems.empty


TYPED_OVER = [
    "Zebra",
    '=HYPERLINK("https://zebra.example","report")',
    '=HYPERLINK("{address}"&"&offering=Zebra","report")',
    '=HYPERLINK("{address}"&"&offering=sqs","Zebra")',
    '=N("Zebra")',
]


def test_text_typed_over_a_link_is_named(sent, few):
    type_over_links(sent, [typed.format(address=report_address()) for typed in TYPED_OVER])
    problems = read_review(sent, tables=few).problems
    named = problems[problems["value"].str.contains("zebra", case=False)]
    assert named["cell"].str.extract(r"(\d+)")[0].tolist() == ["3", "4", "5", "6", "7"]


@pytest.mark.slow
def test_column_of_that_name_in_a_book_without_links_is_named(model, few, tmp_path):
    path = write_workbook(tmp_path / "sent.xlsx", model, tables=few)
    book = load_workbook(path)
    sheet = book["Review here"]
    column = sheet.max_column + 1
    sheet.cell(2, column).value, sheet.cell(3, column).value = REPORT, REPORT_LABEL
    book.save(path)
    review = read_review(path, tables=few)
    assert {REPORT, REPORT_LABEL} <= {*review.problems["value"], *review.remarks["text"]}


@pytest.mark.office
def test_links_come_back_from_libreoffice(sent, few, resave):
    assert read_review(resave(sent), tables=few).problems.empty
