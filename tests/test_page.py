"""The page to send: one file, everything in it, and nothing in it that others may not see."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from itertools import pairwise

import pandas as pd
import pytest

from srm_data.cells import find_marks, list_marks
from srm_data.estate import in_use, read_estate
from srm_data.page import show_page, write_page
from srm_data.page.write import make_page
from tests.cases import decide

OFFERINGS = ["ecs-fargate", "lambda-zip", "sqs"]
DECISION = {
    "offering_id": "sqs", "duty_id": "availability", "value": "Customer",
    "reason": "Our broker keeps copies.", "by": "Ada", "on": "2026-11-02",
}  # fmt: skip


class Outline(HTMLParser):
    """Collects what a page is made of: tags with attributes, headings, and elements left open."""

    VOID = {"meta", "input", "br", "link", "img"}

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):  # noqa: D102
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):  # noqa: D102
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element of a kind."""
        return [attributes for name, attributes in self.tags if name == tag]


def read_data(page: str) -> dict:
    """Read what the script is given, with the texts of facts in their places."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found[1])
    sources = 4
    for fact in data["facts"]:
        fact[:] = [text if at == sources else data["texts"][text] for at, text in enumerate(fact)]
    return data


@pytest.fixture(scope="module")
def model(shipped_model):
    model = shipped_model
    return model[model["offering_id"].isin(OFFERINGS)].reset_index(drop=True)


@pytest.fixture(scope="module")
def page(model, shipped):
    return make_page(model, tables=shipped)


def test_page_asks_for_nothing_from_anywhere(page):
    outline = Outline(page)
    for _, attributes in outline.tags:
        assert not attributes.get("src")
        assert not (attributes.get("href") or "").startswith("http") or attributes["target"] == "_blank"
    assert not outline.all("link")
    assert "@import" not in page
    assert "url(" not in page
    (policy,) = [tag["content"] for tag in outline.all("meta") if "http-equiv" in tag]
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("base-uri 'none'; form-action 'none'")
    assert "unsafe" not in policy
    for tag, text in re.findall(r"<(style|script)>(.*?)</", page, re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not any("style" in attributes for _, attributes in outline.tags)


def test_every_element_is_closed_and_headings_go_down_step_by_step(page):
    outline = Outline(page)
    assert outline.open == []
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_without_scripts_the_matrix_says_every_answer(page, model):
    cells = re.findall(r'<td class="(AWS|Shared|Customer|Not-applicable)(?: k\d)?">(.)</td>', page)
    counts = pd.Series([party.replace("-", " ") for party, _ in cells]).value_counts().to_dict()
    assert counts == model["responsibility"].value_counts().loc[lambda it: it > 0].to_dict()
    assert set(cells) <= {("AWS", "A"), ("Shared", "S"), ("Customer", "C"), ("Not-applicable", "–")}


def test_script_finds_every_cell_with_its_words_and_sources(page, model):
    data = read_data(page)
    labels = list_marks()["label"]
    sources = re.findall(r'<tr data-id="([^"]+)">', page)
    for fact in data["facts"]:
        fact[4] = "; ".join(sources[row] for row in fact[4])
    there = {
        (data["offerings"][offering][0], data["duties"][duty][0]): (
            data["parties"][party], data["bases"][basis], *data["facts"][fact],
        )
        for offering, cells in enumerate(data["cells"])
        for duty, party, basis, fact, *_ in cells
    }  # fmt: skip
    columns = [
        "responsibility", "basis", "aws_part", "customer_part", "note", "sections", "source_ids",
        "customer_action", "scope", "performed_by",
    ]  # fmt: skip
    told = model.assign(basis=find_marks(model).astype(str).map(labels))
    expected = told.set_index(["offering_id", "duty_id"])[columns].astype(str)
    assert there == {
        key: tuple(row) for key, row in zip(expected.index, expected.to_numpy(), strict=True)
    }


def test_every_source_of_a_cell_is_listed_with_its_own_address(page, model, shipped):
    used = set("; ".join(model["source_ids"]).split("; "))
    sources = shipped["sources"].set_index("source_id").loc[sorted(used)]
    assert set(re.findall(r'<tr data-id="([^"]+)">', page)) == used
    hrefs = {tag["href"] for tag in Outline(page).all("a")} - {"#list"}
    assert hrefs == set(sources["url"]) - {""}


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>"])
def test_text_of_users_is_never_markup(model, shipped, text):
    decided = decide(model, DECISION | {"reason": text, "by": text})
    page = make_page(decided, tables=shipped, scope=text)
    outline = Outline(page)
    assert len(outline.all("script")) == 2
    assert not outline.all("img")
    note = f"{text} ({text}, 2026-11-02)"
    assert note in {fact[2] for fact in read_data(page)["facts"]}


@pytest.mark.slow
def test_publishable_page_holds_no_name_no_reason_and_no_number_of_resources(shipped, shipped_model):
    estate = read_estate(["arn:aws:sqs:eu-west-1:111122223333:orders"] * 3)
    used = decide(in_use(shipped_model, estate), DECISION)
    internal = make_page(used, tables=shipped, estate=estate)
    page = make_page(used, tables=shipped, audience="publishable", estate=estate)
    assert "resources" in read_data(internal)["offeringColumns"]
    assert "resources" not in read_data(page)["offeringColumns"]
    for told in ("Ada", "Our broker", "111122223333", "orders", "rows read"):
        assert told not in page
    assert "Decided by the organisation." in page


@pytest.mark.slow
def test_same_frames_give_the_same_page(model, shipped, page):
    assert make_page(model, tables=shipped) == page


@pytest.mark.slow
def test_page_of_the_whole_catalogue_weighs_less_than_three_megabytes(shipped, tmp_path, shipped_model):
    path = write_page(str(tmp_path / "page.html"), shipped_model, tables=shipped)
    assert path.stat().st_size < 3_000_000


def test_page_in_a_notebook_is_shut_off_from_it(model, page):
    html = show_page(model).data
    (frame,) = Outline(html).all("iframe")
    assert frame["srcdoc"] == page
    assert "allow-same-origin" not in (frame["sandbox"] or "")
    assert frame["title"]


@pytest.mark.slow
def test_blanks_in_a_frame_make_a_page_too(model, shipped):
    blank = model.assign(note=model["note"].where(model["duty_id"] != "backup"), owner=None)
    data = read_data(make_page(blank, tables=shipped))
    assert len(data["cells"]) == len(OFFERINGS)
    assert data["owners"] == [""]


def test_each_answer_of_the_matrix_bears_the_mark_of_its_basis(page, model):
    """Defaults bear none and are paler."""
    counts = find_marks(model).value_counts()
    for place, (mark, sign) in enumerate(list_marks()["mark"].items()):
        assert len(re.findall(rf'<td class="[\w-]+ k{place}">', page)) == counts[mark]
        if counts[mark]:
            assert not sign or f'td.k{place}::after {{ content: "{sign}";' in page
            assert f'<span class="mark-key k{place}">' in page


def test_cells_are_counted_by_category_and_by_layer(page, model):
    for by in ("category", "layer"):
        for name, of in model.groupby(by, observed=True)["responsibility"]:
            row = re.search(rf'<tr data-by="{by}" data-name="{name}">.*?</tr>', page, re.DOTALL)
            assert row
            numbers = re.findall(r'class="number">([\d,]+)<', row[0])
            assert numbers == [str(count) for count in of.value_counts().sort_index()]


@pytest.mark.slow
def test_what_an_estate_assumes_is_marked_on_every_page_and_has_no_number_on_a_publishable_one(
    shipped, shipped_model
):
    estate = read_estate(["Amazon EKS"], tables=shipped)
    used = in_use(shipped_model, estate)
    page = make_page(used, tables=shipped, estate=estate)
    assert " (assumed)</th>" in page
    assert "assumed" in read_data(page)["offeringColumns"]
    public = make_page(used, tables=shipped, estate=estate, audience="publishable")
    assert " (assumed)</th>" in public
    said = "1 of 1 offering is assumed, as the inventory leaves open which one it is: "
    assert said in public
    assert said not in page  # which says more
    assert "assumed" not in read_data(public)["offeringColumns"]
