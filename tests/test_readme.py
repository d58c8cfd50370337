"""What the README and the guide say is so: code and commands run, figures and links are right."""

import html
import json
import re
import shlex
import shutil

import pandas as pd
import pytest

import srm_data
from srm_data.cli import main
from srm_data.maintain.release import CELL_SHOWN
from srm_data.model import ACTION_MEANINGS
from srm_data.workbook.book import SHEETS
from tests.documents import CONTRIBUTING, DOCUMENTS, GUIDE, README, ROOT
from tests.public import PUBLIC

PAGES = {"README.md": README, "CONTRIBUTING.md": CONTRIBUTING} | {
    f"notebooks/guide/{name}.md": text for name, text in GUIDE.items()
}
ROW = re.compile(r"^\| (\d+)\. (.+?) \| ([\d, ]+) \| (.+?) \| `(.+)` \|$", re.MULTILINE)
QUESTIONS = ROW.findall(GUIDE["analyst"])
LAST = srm_data.list_versions()[-1]


def test_documents_stay_short():
    assert len(README.splitlines()) <= 180
    assert len(CONTRIBUTING.encode()) <= 10_000
    for name, text in PAGES.items():
        paragraphs = re.split(r"\n\s*\n", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
        prose = [each for each in paragraphs if not re.match(r"\s*([|<#-]|\d+\.)", each)]
        assert max(len(each.splitlines()) for each in prose) <= 7, name


def test_version_of_the_changelog_takes_at_most_fifteen_lines_of_25_words():
    _, *versions = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.M)
    for version in versions:
        lines = re.findall(r"^- (.+(?:\n  .+)*)", version, re.MULTILINE)
        assert len(lines) <= 15, version[:10]
        assert [line for line in lines if len(line.split()) > 25] == []


@pytest.mark.parametrize("name", PAGES)
def test_page_has_one_title_and_links_that_lead_somewhere(name):
    text = re.sub(r"```.*?```", "", PAGES[name], flags=re.DOTALL)
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        assert file.exists(), target
        headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8") if anchor else "", re.M)
        slugs = {re.sub(r"[^a-z0-9 -]", "", each.lower()).replace(" ", "-") for each in headings}
        assert not anchor or anchor in slugs, target


VERB = "build|read|write|plot|list|find|show|load|describe|compare|choose|narrow|merge|assign|apply"


def test_calls_that_the_documents_name_are_public():
    quoted = "\n".join(re.findall(r"`([^`\n]+)`", DOCUMENTS))
    calls = set(re.findall(rf"(?<![\w.])(?:srm_data\.)?((?:[a-z]+\.)?(?:{VERB})_[a-z_]+)\b", quoted))
    calls -= {"pd.read_sql", "pl.read_parquet"}
    assert len(calls) > 20
    assert [call for call in sorted(calls) if call not in PUBLIC] == []


def test_every_page_of_the_guide_and_of_the_reference_is_linked_from_the_readme():
    pages = [f"notebooks/guide/{name}.md" for name in GUIDE]
    reference = sorted((ROOT / "exports" / "reference").glob("*.md"))
    assert {path.name for path in reference} == {"data-dictionary.md", "glossary.md"}
    for name in [*pages, *(f"exports/reference/{path.name}" for path in reference)]:
        assert f"]({name})" in README
    assert f"Data version {LAST}." in reference[0].read_text(encoding="utf-8")


def test_pictures_of_the_readme_are_those_of_the_last_release_and_say_what_they_show():
    pictures = dict(re.findall(r"!\[(.*?)\]\(exports/pictures/(.+)\.svg\)", README))
    kept = {path.stem: path for path in (ROOT / "exports" / "pictures").glob("*.svg")}
    assert set(pictures.values()) == set(kept)
    assert all(len(text) > 40 for text in pictures)
    for path in kept.values():
        label = re.search('aria-label="([^"]*)"', path.read_text(encoding="utf-8"))
        assert label
        assert len(html.unescape(label[1])) > 40


def test_answers_actions_and_marks_of_the_guide_are_those_of_the_tables(shipped):
    marks = shipped["marks"].sort_values("position")
    expected = {
        "| Answer | Meaning |": shipped["responsibilities"][["responsibility", "meaning"]],
        "| Customer action | Meaning |": pd.DataFrame(ACTION_MEANINGS.items()),
        "| Mark | Answer | Meaning |": marks[["mark", "label", "meaning"]],
    }
    for header, frame in expected.items():
        rows = GUIDE["read-a-cell"].split(f"\n{header}\n")[1].split("\n\n")[0].splitlines()[1:]
        assert rows == [f"| {' | '.join(row)} |" for row in frame.to_numpy().tolist()]


def test_duties_of_the_coding_rule_are_duties_of_the_tables(shipped):
    header = "| Duty | AWS | Shared | Customer | Not applicable |\n"
    table = GUIDE["judge-a-cell"].split(header)[1].split("\n\n")[0]
    duties = {name.lower() for name in shipped["duties"]["duty"]}
    for line in table.splitlines()[1:]:
        first, *others = line.split("|")[1].strip().lower().split(", ")
        stem = first.rsplit(" ", 1)[0]
        assert {first, *(f"{stem} {other}" for other in others)} <= duties, line


def read_block(name: str) -> str:
    (block,) = re.findall(rf"<!-- release: {name} -->\n(.*?)\n<!-- end -->", README, re.DOTALL)
    return block


def test_figures_of_the_readme_are_those_of_the_last_release_and_stand_on_its_first_screen():
    last = srm_data.read_earlier(LAST)
    figures = read_block("figures")
    assert f" services, {last['offering_id'].nunique():,} offerings, {len(last):,} cells. " in figures
    ((share, documented),) = re.findall(r"(\d+) % are documented \(([\d,]+) cells", figures)
    assert int(share) == round(100 * int(documented.replace(",", "")) / len(last))
    assert README.index(figures) < README.index("\n## ")


def test_cell_of_the_readme_answers_as_the_last_release(shipped):
    cell = srm_data.read_earlier(LAST).set_index(["offering_id", "duty_id"]).loc[CELL_SHOWN]
    duty = shipped["duties"].set_index("duty_id").loc[CELL_SHOWN[1], "duty"]
    assert f"| Offering, duty | {cell['offering']}, {duty} |" in read_block("cell")
    assert f"| Responsible | **{cell['responsibility']}** |" in read_block("cell")


@pytest.fixture(scope="module")
def names(shipped, shipped_model):
    """Give the names that the calls of the fifteen questions use, those of the package among them."""
    estate = srm_data.read_estate(ROOT / "notebooks" / "sample-estate", tables=shipped)
    return {name: getattr(srm_data, name) for name in dir(srm_data)} | {
        "model": shipped_model,
        "estate": estate,
        "used": srm_data.in_use(shipped_model, estate),
        "tables": shipped,
        "review": srm_data.read_review(ROOT / "notebooks/sample-review/returned.xlsx"),
        "Path": lambda name: ROOT / "notebooks" / f"sample-{name}",
    }


@pytest.mark.parametrize(("number", "question", "notebooks", "sheet", "call"), QUESTIONS)
def test_question_is_answered_where_the_guide_says(names, number, question, notebooks, sheet, call):
    assert sheet in {"Summary", "Review here", *SHEETS}
    for notebook in notebooks.split(", "):
        (path,) = (ROOT / "notebooks").glob(f"{notebook}-*.ipynb")
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        if notebook == "05":
            assert f"### {number}. {question}" in "\n".join("".join(cell["source"]) for cell in cells)
    assert len(eval(call.replace(r"\|", "|"), dict(names)))


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Work in a folder with the files that the documents name."""
    (tmp_path / "services.txt").write_text("Amazon SQS\nAmazon EKS\n")
    (csv,) = re.findall(r"```csv\n(entry_id.*?)```", GUIDE["review"], re.DOTALL)
    (tmp_path / "register.csv").write_text(csv)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, text in PAGES.items() if "```python" in text])
def test_python_of_a_page_runs_as_shown(name, here):
    text = re.sub("<!-- tasks -->.*?<!-- end -->", "", PAGES[name], flags=re.DOTALL)  # test_tasks.py
    session: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(compile(block, name, "exec"), session)


@pytest.mark.slow
@pytest.mark.no_cover
def test_every_command_of_the_documents_runs_as_shown(here, capsys):
    blocks = re.findall(r"```console\n(.*?)```", DOCUMENTS, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("$ python -m")]
    # Some are shown on two pages, with other remarks.
    commands = dict.fromkeys(tuple(shlex.split(line, comments=True)[4:]) for line in lines)
    assert len(commands) > 20
    for words in commands:
        if words[0] == "review":  # the book that was sent comes back twice
            for name in ("ada.xlsx", "bob.xlsx"):
                shutil.copy("ours.xlsx", name)
        assert main(list(words)) == 0, capsys.readouterr().err
        assert capsys.readouterr().out, words
