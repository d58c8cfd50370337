"""The site: an address for every cell, the same text as the model, files that other programs read."""

import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import feedparser
import pandas as pd
import pytest
import yaml

from srm_data import build_model
from srm_data.changes import list_versions, read_version
from srm_data.display import embed_search, show_table
from srm_data.load import ALL_SETS
from srm_data.names.offerings import narrow_tables
from srm_data.site import write_prose, write_site
from tests.documents import ROOT


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


@pytest.fixture(scope="module")
def prose(tmp_path_factory, shipped):
    """Build the prose from the notebooks as they are stored, one of them with a table to search."""
    import nbformat

    folder = tmp_path_factory.mktemp("prose")
    notebooks = shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    table = show_table(shipped["duties"][["duty", "description"]], search=True)
    outputs = [
        nbformat.v4.new_output("display_data", {"text/html": html})
        for html in (embed_search().data, table._repr_html_())
    ]
    notebook = nbformat.read(notebooks / "01-the-model.ipynb", as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("show_table(duties, search=True)", outputs=outputs))
    nbformat.write(notebook, notebooks / "01-the-model.ipynb")
    return write_prose(folder / "docs", ROOT, notebooks, shipped, version="2026.12.0")


@pytest.fixture(scope="module")
def with_ai():
    return build_model(duty_sets=ALL_SETS)


@pytest.mark.slow
def test_every_cell_has_its_address(pages, with_ai):
    model = with_ai
    cells = model["service_id"] + "#" + model["offering_id"] + "." + model["duty_id"]
    missing = [
        cell
        for cell in cells
        if cell.partition("#")[2] not in pages[f"services/{cell.partition('#')[0]}.html"].ids
    ]
    assert missing == []


@pytest.mark.slow
def test_cells_of_earlier_releases_keep_their_address(pages):
    known = set().union(*(page.ids for page in pages.values()))
    for version in list_versions():
        cells = read_version(version)
        anchors = cells["offering_id"] + "." + cells["duty_id"]
        assert [anchor for anchor in anchors if anchor not in known] == []


@pytest.mark.slow
def test_page_says_what_the_model_says(pages, with_ai):
    for cell in with_ai.sample(660, random_state=26120204).to_dict("records"):
        text = pages[f"services/{cell['service_id']}.html"].text
        for part in ("aws_part", "customer_part", "note"):
            assert " ".join(cell[part].split()) in text, (cell["offering_id"], cell["duty_id"], part)


@pytest.mark.slow
def test_links_lead_to_pages_and_anchors_of_the_site_and_back_and_nothing_is_fetched(site, pages):
    dead = []
    for name, page in pages.items():
        for link in page.links:
            if link.startswith("https://") and not re.search(r"\.(css|js|svg)$", link):
                continue
            address, _, anchor = link.partition("#")
            target = (site / name).parent / address if address else site / name
            inside = target.resolve().relative_to(site.resolve()).as_posix()
            if not target.exists() or (anchor and anchor not in pages[inside].ids):
                dead.append((name, link))
        assert any(link.endswith("index.html") for link in page.links), name
    assert dead == []


@pytest.mark.slow
def test_json_holds_every_cell_once_and_follows_its_description(site, with_ai):
    import jsonschema

    described = yaml.safe_load((site / "api/1/openapi.yaml").read_text(encoding="utf-8"))
    checks = {
        name: jsonschema.Draft202012Validator(described | {"$ref": f"#/components/schemas/{name}"})
        for name in ("Cells", "Envelope")
    }
    cells = []
    for path in sorted((site / "api/1").rglob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        is_cells = path.parent.name in ("services", "duties")
        checks["Cells" if is_cells else "Envelope"].validate(content)
        assert content["total"] == len(
            next(value for value in content.values() if isinstance(value, list))
        )
        cells += content["cells"] if path.parent.name == "services" else []
    read = pd.DataFrame(cells).set_index(["offering_id", "duty_id"])
    assert read["duty_set"].eq("ai").sum() == with_ai["layer"].eq("AI").sum() > 0
    read = read["responsibility"]
    expected = with_ai.set_index(["offering_id", "duty_id"])["responsibility"].astype(str)
    assert read.sort_index().tolist() == expected.sort_index().tolist()


@pytest.mark.slow
def test_model_as_csv_is_read_in_one_line(site, shipped_model):
    import frictionless

    read = pd.read_csv(site / "model.csv", keep_default_na=False)
    assert len(read) == len(shipped_model)
    assert read.loc[0, "address"].startswith("services/")
    assert frictionless.validate(str(site / "datapackage.json")).valid


@pytest.mark.slow
def test_same_bytes_for_every_hash_seed_and_time_zone(tmp_path, shipped):
    """Of three services, here and in a process of another seed and zone."""
    names = ["sqs", "Amazon EKS", "RDS"]
    here = write_site(tmp_path / "here", tables=narrow_tables(shipped, names))
    code = f"""
import sys, srm_data.site
tables = srm_data.narrow_tables(srm_data.load_tables(), {names})
srm_data.site.write_site(sys.argv[1], tables=tables)"""
    there = tmp_path / "there"
    setting = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati"}
    subprocess.run([sys.executable, "-c", code, there], env=setting, check=True)
    files = {path.relative_to(here) for path in here.rglob("*") if path.is_file()}
    assert {path.relative_to(there) for path in there.rglob("*") if path.is_file()} == files
    assert [name for name in files if (here / name).read_bytes() != (there / name).read_bytes()] == []
    assert len(files) > 100


@pytest.mark.slow
def test_feeds_are_read_by_readers_of_news(site):
    feeds = {path.name: feedparser.parse(path.read_bytes()) for path in site.rglob("*.atom")}
    assert len(feeds) > 200
    assert [name for name, feed in feeds.items() if feed.bozo or not feed.feed.id] == []
    changed = feeds["changes.atom"].entries
    assert len({entry.id for entry in changed}) == len(changed)


@pytest.mark.slow
def test_with_an_address_pages_name_theirs_and_a_sitemap_has_them_all(tmp_path, shipped, pages):
    tables = narrow_tables(shipped, ["sqs"])
    out = write_site(tmp_path, tables=tables, address="https://example.org/srm")
    page = (out / "services/sqs.html").read_text(encoding="utf-8")
    assert '<link rel="canonical" href="https://example.org/srm/services/sqs.html">' in page
    assert "https://example.org/srm/duties/backup.html" in (out / "sitemap.xml").read_text()
    assert not (out / "services/rds.html").exists()


@pytest.mark.slow
def test_controls_lead_to_their_duties_services_and_framework_and_exceptions_are_named(pages):
    family = pages["controls/nist-800-53/physical-and-environmental-protection.html"]
    assert ("PE-3" in family.ids, "../../duties/physical-security.html" in family.links) == (True, True)
    page = pages["services/sqs.html"]
    assert "Left, 58 AC-2 AC-3" in page.text
    assert (
        "inherited, except S3 on Outposts (left to the customer): MP-2"
        in pages["services/s3.html"].text
    )
    assert "../controls/nist-800-53/index.html" in page.links
    assert "access-control.html#AC-2" in pages["controls/nist-800-53/index.html"].links


@pytest.mark.slow
def test_changed_answer_stands_in_json_page_and_feed_with_its_reason(tmp_path, shipped):
    tables = narrow_tables(shipped, ["sqs"])
    facts = tables["offering_responsibilities"]
    is_cell = facts["offering_id"].eq("sqs") & facts["duty_id"].eq("availability")
    facts = facts.assign(responsibility=facts["responsibility"].mask(is_cell, "Shared"))
    out = write_site(tmp_path, tables={**tables, "offering_responsibilities": facts})
    (cell,) = (
        row
        for row in json.loads((out / "api/1/services/sqs.json").read_text(encoding="utf-8"))["cells"]
        if row["duty_id"] == "availability"
    )
    assert cell["responsibility"] == "Shared"
    (change,) = (
        row
        for row in json.loads((out / "api/1/changes.json").read_text(encoding="utf-8"))["changes"]
        if row["to"]
    )
    assert (change["from"], change["to"], change["why"]) == ("AWS", "Shared", "mended answer")
    page = Page(out / "changes.html")
    assert "SQS queue Availability AWS Shared by a mended answer" in page.text
    assert "services/sqs.html#sqs.availability" in page.links
    for name in ("changes.atom", "services/sqs.atom"):
        (entry,) = (
            entry
            for entry in feedparser.parse((out / name).read_bytes()).entries
            if entry.link.endswith("#sqs.availability")
        )
        assert entry.title == "SQS queue, Availability: AWS -> Shared"
        assert entry.summary == "by a mended answer"


@pytest.mark.slow
def test_guide_names_and_reference_are_pages_of_the_site(prose):
    """Sphinx warns of links that lead nowhere, and a warning is an error."""
    for page in ("guide/start", "notebooks/01-the-model", "api/srm_data.charts", "reference/glossary"):
        text = (prose / f"{page}.html").read_text(encoding="utf-8")
        assert 'data-up="../../"' in text
        assert 'href="../../index.html"' in text
        assert not re.findall(r'(?:src|href)="https?://[^"]*\.(?:js|css)', text)


@pytest.mark.browser
def test_question_in_the_header_is_answered_on_the_front_page(site, browser):
    page = browser.new_page()
    page.goto((site / "services/sqs.html").as_uri())
    page.fill("#asked", "who patches EKS node groups?")
    page.keyboard.press("Enter")
    page.wait_for_selector("#answers a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/services/eks.html#eks-managed-node-groups.guest-os-patching")
    page.close()


ANSWERS = [
    ("who inherits AC-02 (01)?", "controls/nist-800-53/access-control.html#AC-2(1)", "configured in"),
    ("can we inherit ac-2.1 for S3?", "services/s3.html#AC-2", "left to the customer"),
    ("can we inherit SC-28 for S3?", "services/s3.html#SC-28", "SC-28 for Amazon S3 inherited"),
    ("can we inherit PE-3 for S3?", "services/s3.html#PE-3", "inherited, except S3 on Outposts (left"),
    ("what changed lately for Lambda?", "services/lambda.html#changes", " since 2026."),
    ("is Bedrock in GovCloud?", "services/bedrock.html", "botocore: endpoints, API model of 20"),
    ("is Lightsail in GovCloud?", "services/lightsail.html", "No. Amazon Lightsail is in these"),
    ("RDS Proxy FedRAMP", "services/rds.html", "FedRAMP Marketplace data, repository of 2026-04. "
     "The list names the service, not RDS Proxy"),
    ("is QLDB retired?", "services/qldb.html", "is retired, by Release history for Amazon QLDB"),
    ("what do we inherit from S3 for PCI?", "services/s3.html#controls", "load your own copy"),
    ("how do I cite this?", "index.html#cite", "Cite a cell"),
    ("who patches RDS?", "services/rds.html#rds-db-instance.guest-os-patching", "Documented"),
    ("aws_db_instance", "services/rds.html#rds-db-instance", "RDS DB instance, Backup"),
    ("arn:aws:s3:::reports", "services/s3.html#s3-general-purpose", "S3 general purpose bucket, Back"),
    ("i-0abc", "services/ec2.html#ec2-instance", "EC2 instance, Backup"),
    ("s3-general-purpose.backup", "services/s3.html#s3-general-purpose.backup", "Customer's action"),
    ("where is the csv?", "index.html#files", "model.csv, model.parquet"),
]  # fmt: skip
"""What is typed into the search, the address that Enter leads to, and words of the answer."""


@pytest.mark.browser
def test_front_page_answers_and_enter_leads_to_the_place(site, browser):
    page = browser.new_page()
    page.goto((site / "index.html").as_uri())
    answers = {}
    for typed, *_ in ANSWERS:
        page.fill("#asked", typed)
        answers[typed] = page.get_attribute("#answers a", "href"), page.inner_text("#answers")
    page.fill("#asked", "which services need no patching?")
    page.click("#answers button:has-text('Show all')")
    assert page.locator("#answers li").count() > 50
    page.close()
    for typed, address, words in ANSWERS:
        assert answers[typed][0] == address
        assert words in answers[typed][1]


PLACES = [
    ("services/s3.html#SC-28", [".named", "dt:text('Inherited, 10')", "h3:has-text('NIST SP')"]),
    ("services/s3.html#s3-on-outposts", ["th.named", "th:text-is('Duty')"]),
    ("services/sagemaker.html#sagemaker-canvas.backup", ["b:target", "#backup > h2"]),
    ("controls/nist-800-53/system-and-communications-protection.html#SC-28",
     ["tr:target > th", ".listed h3:text-is('SC-28: Inherited, 187')", ".listed a >> nth=0"]),
]  # fmt: skip
"""The address of a place, and what is seen there, beside the name of the page."""


@pytest.mark.browser
@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize(("address", "seen"), PLACES)
def test_address_shows_its_place_below_what_sticks_to_the_top(site, browser, address, seen, width):
    page = browser.new_page(viewport={"width": width, "height": 844})
    name, _, anchor = address.partition("#")
    page.goto(f"{(site / name).as_uri()}#{anchor}")
    for part in (*seen, ".crumbs b"):
        page.wait_for_function(
            """part => {
                const {left, top, height} = part.getBoundingClientRect();
                return part.contains(document.elementFromPoint(left + 9, top + height / 2));
            }""",
            arg=page.locator(part).element_handle(),
        )
    page.close()


KINDS = [
    "index", "services/bedrock", "duties/backup", "duties/prompt-security", "controls/index",
    "controls/nist-800-53/index", "controls/nist-800-53/access-control", "changes", "docs/index",
    "docs/guide/read-a-cell", "docs/api/srm_data.charts", "docs/reference/glossary",
    "docs/notebooks/01-the-model",
]  # fmt: skip
"""A page of each kind."""


@pytest.mark.browser
def test_each_kind_of_page_opens_from_a_folder_for_everybody_and_is_whole_on_a_phone(
    site, prose, browser
):
    """No page asks for anything elsewhere, reports an error, or breaks a rule of axe-core."""
    from axe_playwright_python.sync_playwright import Axe

    faults, asked = [], []
    context = browser.new_context(
        offline=True, viewport={"width": 390, "height": 844}, color_scheme="dark", device_scale_factor=1
    )
    page, judged = context.new_page(), context.new_page()  # axe-core itself asks for styles
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    for kind in KINDS:
        folder, name = (prose, kind.removeprefix("docs/")) if kind.startswith("docs/") else (site, kind)
        for opened in (page, judged):
            opened.goto((folder / f"{name}.html").as_uri())
        faults += [f"{kind}: {each['id']}" for each in Axe().run(judged).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            faults.append(f"{kind}: wider than the screen")
    context.close()
    assert faults == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


@pytest.mark.browser
def test_table_of_a_notebook_is_searched_on_the_site(prose, browser):
    page = browser.new_page()
    said = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto((prose / "notebooks/01-the-model.html").as_uri())
    page.fill(".dt-search input", "copies from which data")
    page.locator("tbody tr", has_text="Physical security").wait_for(state="hidden")
    assert page.locator("tbody tr", has_text="Backup").is_visible()
    assert said == []
    page.close()
