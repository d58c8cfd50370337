"""What the README shows is what the package says: questions, pictures, one cell, reference pages."""

import html
import json
import re
from pathlib import Path

import pytest

import srm_data
from srm_data.maintenance import write_reference
from srm_data.maintenance.pictures import list_pictures
from srm_data.model import ACTION_MEANINGS
from srm_data.workbook.write import SHEETS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+)\. (.+?) \| ([\d, ]+) \| (.+?) \| `(.+)` \|$", re.MULTILINE)
QUESTIONS = ROW.findall(README)


@pytest.fixture(scope="module")
def asked(shipped):
    """Give the names that the calls of the README use, those of the package among them."""
    model = srm_data.build_model(shipped)
    estate = srm_data.read_estate(ROOT / "notebooks" / "sample-estate", tables=shipped)
    names = {name: getattr(srm_data, name) for name in srm_data.__all__}
    return names | {
        "model": model,
        "estate": estate,
        "used": srm_data.in_use(model, estate),
        "tables": shipped,
        "decisions": srm_data.read_review(ROOT / "notebooks/sample-review/returned.xlsx").decisions,
        "Path": lambda name: ROOT / "notebooks" / f"sample-{name}",
    }


def test_there_are_fifteen_questions():
    assert [int(number) for number, *_ in QUESTIONS] == list(range(1, 16))


@pytest.mark.parametrize(("number", "question", "notebooks", "sheet", "call"), QUESTIONS)
def test_question_is_answered_where_the_readme_says(asked, number, question, notebooks, sheet, call):
    assert sheet in SHEETS
    for notebook in notebooks.split(", "):
        (path,) = (ROOT / "notebooks").glob(f"{notebook}-*.ipynb")
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        text = "\n".join("".join(cell["source"]) for cell in cells)
        if notebook == "05":
            assert f"### {number}. {question}" in text
    assert len(eval(call.replace(r"\|", "|"), dict(asked)))


def test_pictures_say_what_the_tables_say(shipped):
    pictures = list_pictures(shipped)
    shown = set(re.findall(r"\]\(exports/pictures/(.+)\.svg\)", README))
    assert shown == {picture.name for picture in pictures}
    for picture in pictures:
        svg = (ROOT / "exports" / "pictures" / f"{picture.name}.svg").read_text(encoding="utf-8")
        said = re.search('aria-label="([^"]*)"', svg)
        assert said
        assert html.unescape(said[1]) == picture.alt, "run python3 do.py run, and commit exports/"


def test_every_picture_has_a_text_for_those_who_cannot_see_it():
    for text in re.findall(r"!\[(.*?)\]", README):
        assert len(text) > 40


def test_cell_of_the_readme_is_that_of_the_tables(shipped):
    model = srm_data.build_model(shipped)
    chosen = model[
        (model["offering"] == "EKS managed node groups") & (model["duty"] == "Guest OS patching")
    ]
    (cell,) = chosen.to_dict("records")
    source = shipped["sources"].set_index("source_id").loc[cell["source_ids"].split("; ")[0]]
    for said in (
        f"| Responsible | **{cell['responsibility']}** |",
        f"| AWS's part | {cell['aws_part']} |",
        f"| Customer's part | {cell['customer_part']} |",
        f"| Customer action | {cell['customer_action']} |",
        f"| Basis, scope | {cell['basis']}, {cell['scope']} |",
        f"[{source['title']}]({source['url']}), under *{cell['section']}*, {source['edition']}, "
        f"read {source['accessed']} |",
    ):
        assert said in README


def test_answers_customer_actions_and_bases_of_the_readme_are_those_of_the_tables(shipped):
    """Each table of the README has the rows of the tables, in their order, and no others."""
    expected = {
        "Answer": shipped["responsibilities"][["responsibility", "meaning"]].to_numpy().tolist(),
        "Customer action": [list(item) for item in ACTION_MEANINGS.items()],
        "Basis": shipped["bases"][["basis", "meaning"]].to_numpy().tolist(),
    }
    for header, rows in expected.items():
        table = README.split(f"| {header} | Meaning |\n|---|---|\n")[1].split("\n\n")[0]
        assert table.splitlines() == [f"| {name} | {meaning} |" for name, meaning in rows]


def test_duties_of_the_coding_rule_are_duties_of_the_tables(shipped):
    rule = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = rule.split("| Duty | AWS | Shared | Customer | Not applicable |\n")[1].split("\n\n")[0]
    named = [line.split("|")[1].strip() for line in table.splitlines()[1:]]
    known = {name.lower() for name in shipped["duties"]["duty"]}
    for name in named:
        first, *others = name.lower().split(", ")
        stem = first.rsplit(" ", 1)[0]
        assert {first, *(f"{stem} {other}" for other in others)} <= known, name


def test_reference_pages_are_those_of_the_sources(shipped, tmp_path):
    for path in write_reference(tmp_path, shipped):
        kept = ROOT / "exports" / "reference" / path.name
        assert kept.read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), (
            "run python3 do.py run, and commit exports/reference/"
        )
        assert f"exports/reference/{path.name}" in README


def test_links_of_the_readme_lead_somewhere():
    headings = {re.sub(r"[^a-z0-9 -]", "", line[3:].lower()).replace(" ", "-") for line in
                README.splitlines() if line.startswith("## ")}  # fmt: skip
    for target in re.findall(r"\]\(([^)]+)\)", README):
        if target.startswith("#"):
            assert target[1:] in headings
        elif "://" not in target:
            assert (ROOT / target).exists(), target
