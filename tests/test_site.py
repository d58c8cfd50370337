"""The site: an address for every cell, the same text as the model, files that other programs read."""

import json
import re
from html.parser import HTMLParser

import jsonschema
import pandas as pd
import pytest
import yaml

from srm_data.changes import list_versions, read_version
from srm_data.site import write_site
from srm_data.site.content import is_older


class Page(HTMLParser):
    """Anchors, links and words of a page."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.words, self.open = set(), [], [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        """Keep ids and links."""
        values = dict(attributes)
        self.ids |= {values["id"]} if "id" in values else set()
        self.links += [values[name] for name in ("href", "src") if name in values]

    def handle_data(self, data):
        """Keep words."""
        self.words.append(data)

    @property
    def text(self):
        """Return the words with single blanks."""
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return write_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def pages(site):
    return {path.relative_to(site).as_posix(): Page(path) for path in site.rglob("*.html")}


def test_every_cell_has_its_address(pages, shipped_model):
    model = shipped_model
    cells = model["service_id"] + "#" + model["offering_id"] + "." + model["duty_id"]
    missing = [
        cell
        for cell in cells
        if cell.partition("#")[2] not in pages[f"services/{cell.partition('#')[0]}.html"].ids
    ]
    assert missing == []


def test_cells_of_earlier_releases_keep_their_address(pages):
    known = set().union(*(page.ids for page in pages.values()))
    for version in list_versions()[-3:]:
        cells = read_version(version)
        anchors = cells["offering_id"] + "." + cells["duty_id"]
        assert [anchor for anchor in anchors if anchor not in known] == []


@pytest.mark.slow
def test_page_says_what_the_model_says(pages, shipped_model):
    for cell in shipped_model.sample(660, random_state=26120204).to_dict("records"):
        text = pages[f"services/{cell['service_id']}.html"].text
        for part in ("aws_part", "customer_part", "note"):
            assert " ".join(cell[part].split()) in text, (cell["offering_id"], cell["duty_id"], part)


def test_links_lead_to_pages_and_anchors_of_the_site(site, pages):
    dead = []
    for name, page in pages.items():
        for link in page.links:
            if link.startswith("https://"):
                continue
            address, _, anchor = link.partition("#")
            target = (site / name).parent / address if address else site / name
            inside = target.resolve().relative_to(site.resolve()).as_posix()
            if not target.exists() or (anchor and anchor not in pages[inside].ids):
                dead.append((name, link))
    assert dead == []


def test_no_page_fetches_anything_and_each_leads_back(pages):
    for name, page in pages.items():
        fetched = [link for link in page.links if re.search(r"\.(css|js|svg)$", link)]
        assert not any(link.startswith(("http", "//")) for link in fetched)
        assert any(link.endswith("index.html") for link in page.links), name


def test_json_holds_every_cell_once_and_follows_its_description(site, shipped_model):
    described = yaml.safe_load((site / "api/1/openapi.yaml").read_text(encoding="utf-8"))
    schema = {"$ref": "#/components/schemas/Cells", "components": described["components"]}
    cells = []
    for path in sorted((site / "api/1/services").iterdir()):
        content = json.loads(path.read_text(encoding="utf-8"))
        assert content["total"] == len(content["cells"])
        cells += content["cells"]
    jsonschema.validate(content, schema)
    read = pd.DataFrame(cells).set_index(["offering_id", "duty_id"])["responsibility"]
    expected = shipped_model.set_index(["offering_id", "duty_id"])["responsibility"].astype(str)
    assert read.sort_index().tolist() == expected.sort_index().tolist()


def test_model_as_csv_is_read_in_one_line(site, shipped_model):
    read = pd.read_csv(site / "model.csv", keep_default_na=False)
    assert len(read) == len(shipped_model)
    assert read.loc[0, "address"].startswith("services/")


@pytest.mark.slow
def test_same_bytes_twice(site, tmp_path):
    again = write_site(tmp_path / "again")
    files = {path.relative_to(site) for path in site.rglob("*") if path.is_file()}
    assert {path.relative_to(again) for path in again.rglob("*") if path.is_file()} == files
    assert [name for name in files if (site / name).read_bytes() != (again / name).read_bytes()] == []


@pytest.mark.parametrize(("month", "old"), [("2025-11", True), ("2026-01", False), ("copy", False)])
def test_edition_is_old_after_a_year(month, old):
    assert is_older(month, pd.Timestamp("2026-12-02").date()) is old


@pytest.mark.browser
def test_pages_open_from_a_folder_without_a_request(site, browser):
    page = browser.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    for name in ("index.html", "services/eks.html", "duties/backup.html"):
        page.goto((site / name).as_uri())
    page.goto((site / "index.html").as_uri())
    page.fill("#name", "kubernetes")
    page.keyboard.press("Enter")
    page.wait_for_url("**/services/eks.html")
    assert [url for url in asked if not url.startswith("file:")] == []
    assert said == []
    page.close()
