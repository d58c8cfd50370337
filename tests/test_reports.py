"""The link to report a wrong cell: on the page and in ``show``, once an address is set."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml

from srm_data import schema
from srm_data.cli import main
from srm_data.model import build_model
from srm_data.names.offerings import narrow_tables
from srm_data.page.write import make_page
from srm_data.register import make_entries
from srm_data.schema import REPORT_FIELDS, REPORT_FORM, read_package, report_address

ADDRESS = "https://forge.example/them/theirs/issues/new"
FORM = Path(__file__).parents[1] / ".github" / "ISSUE_TEMPLATE" / REPORT_FORM
DECISION = {
    "offering_id": "sqs", "duty_id": "backup", "field": "answer", "value": "Shared",
    "reason": "Our broker keeps copies.", "by": "Ada", "on": "2026-11-02",
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
def decided(few):
    """Return the model with an answer of the organisation."""
    return build_model(few, register=make_entries([DECISION]))


def read_link(link: str) -> dict[str, str]:
    """Read the fields that a link fills in."""
    assert link.startswith(f"{ADDRESS}?")
    return dict(parse_qsl(urlsplit(link).query, strict_parsing=True))


def list_expected(model) -> list[dict[str, str]]:
    cells = model[["offering_id", "duty_id", "responsibility"]].astype(str).to_numpy().tolist()
    rest = (read_package()["version"], REPORT_FORM)
    return [dict(zip((*REPORT_FIELDS, "template"), (*cell, *rest), strict=True)) for cell in cells]


def test_form_has_every_field_that_a_link_fills_in():
    body = yaml.safe_load(FORM.read_text(encoding="utf-8"))["body"]
    kinds = {field["id"]: field["type"] for field in body if "id" in field}
    assert {kinds[name] for name in REPORT_FIELDS} == {"input"}


@pytest.mark.parametrize("wrong", ["forge.example/new", "http://forge.example/new"])
def test_address_that_is_not_safe_is_refused(monkeypatch, wrong):
    monkeypatch.setattr(schema, "REPORT_ADDRESS", wrong)
    with pytest.raises(ValueError, match="REPORT_ADDRESS should b"):
        report_address()


@pytest.mark.slow
def test_publishable_copies_have_nothing_of_it(address, model, few):
    assert "forge.example" not in make_page(model, tables=few, audience="publishable")


@pytest.mark.browser
def test_link_on_the_page_opens_the_form_for_its_cell(browser, address, model, few, decided, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(make_page(decided, tables=few), encoding="utf-8")
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto(path.as_uri())
        links = tab.locator("#rows a", has_text="report")
        hrefs = [link.get_attribute("href") for link in links.all()]
        assert sorted(map(read_link, hrefs), key=str) == sorted(list_expected(model), key=str)
        tab.locator("#matrix tbody td").first.click()
        detail = tab.locator("#detail a", has_text="report")
        assert detail.get_attribute("href") in hrefs


@pytest.mark.slow
def test_show_prints_the_link_of_each_cell(address, capsys, shipped_model):
    assert main(["show", "sqs"]) == 0
    links = re.findall(r"report: (\S+)", capsys.readouterr().out)
    model = shipped_model
    expected = list_expected(model[model["offering_id"] == "sqs"])
    assert sorted(map(read_link, links), key=str) == sorted(expected, key=str)
