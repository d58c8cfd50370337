"""What the README shows is what the package says: questions, pictures, one cell, reference pages."""

import html
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import srm_data
from srm_data.cli import main
from srm_data.maintain.release import CELL_SHOWN
from srm_data.model import ACTION_MEANINGS
from srm_data.workbook.write import SHEETS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+)\. (.+?) \| ([\d, ]+) \| (.+?) \| `(.+)` \|$", re.MULTILINE)
QUESTIONS = ROW.findall(README)


@pytest.fixture(scope="module")
def asked(shipped, shipped_model):
    """Give the names that the calls of the README use, those of the package among them."""
    model = shipped_model
    estate = srm_data.read_estate(ROOT / "notebooks" / "sample-estate", tables=shipped)
    names = {name: getattr(srm_data, name) for name in dir(srm_data)}
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


def test_pictures_of_the_readme_are_those_of_the_last_release_and_say_what_they_show():
    shown = set(re.findall(r"\]\(exports/pictures/(.+)\.svg\)", README))
    kept = {path.stem: path for path in (ROOT / "exports" / "pictures").glob("*.svg")}
    assert shown == set(kept)
    for path in kept.values():
        said = re.search('aria-label="([^"]*)"', path.read_text(encoding="utf-8"))
        assert said
        assert len(html.unescape(said[1])) > 40


def test_every_picture_has_a_text_for_those_who_cannot_see_it():
    for text in re.findall(r"!\[(.*?)\]", README):
        assert len(text) > 40


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


def read_block(name: str) -> str:
    (block,) = re.findall(rf"<!-- release: {name} -->\n(.*?)\n<!-- end -->", README, re.DOTALL)
    return block


def test_figures_of_the_readme_are_those_of_the_last_release():
    last = srm_data.changes.read_version(srm_data.list_versions()[-1])
    offerings = last["offering_id"].nunique()
    assert f" services, {offerings:,} offerings, {len(last):,} cells. " in read_block("figures")


def test_cell_of_the_readme_answers_as_the_last_release(shipped):
    last = srm_data.changes.read_version(srm_data.list_versions()[-1]).set_index(
        ["offering_id", "duty_id"]
    )
    cell = last.loc[CELL_SHOWN]
    duty = shipped["duties"].set_index("duty_id").at[CELL_SHOWN[1], "duty"]
    assert f"| Offering, duty | {cell['offering']}, {duty} |" in read_block("cell")
    assert f"| Responsible | **{cell['responsibility']}** |" in read_block("cell")


def test_reference_pages_are_of_the_last_release_and_linked():
    kept = {path.name: path for path in (ROOT / "exports" / "reference").glob("*.md")}
    assert set(kept) == {"data-dictionary.md", "glossary.md"}
    for name in kept:
        assert f"exports/reference/{name}" in README
    dictionary = kept["data-dictionary.md"].read_text(encoding="utf-8")
    assert f"Data version {srm_data.list_versions()[-1]}." in dictionary


def test_links_of_the_readme_lead_somewhere():
    headings = {re.sub(r"[^a-z0-9 -]", "", line[3:].lower()).replace(" ", "-") for line in
                README.splitlines() if line.startswith("## ")}  # fmt: skip
    for target in re.findall(r"\]\(([^)]+)\)", README):
        if target.startswith("#"):
            assert target[1:] in headings
        elif "://" not in target:
            assert (ROOT / target).exists(), target


@pytest.mark.slow
def test_python_of_the_readme_runs_as_shown(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # it saves a picture
    text = (ROOT / "README.md").read_text()
    text = re.sub("<!-- tasks -->.*?<!-- end -->", "", text, flags=re.DOTALL)  # tests/test_tasks.py
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert blocks
    names: dict[str, object] = {}  # as in one session
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)


@pytest.mark.slow
@pytest.mark.no_cover
def test_shell_commands_of_the_readme_run_as_shown(tmp_path, monkeypatch, capsys):
    blocks = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    commands = [
        line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ python -m")
    ]
    assert commands
    (tmp_path / "services.txt").write_text("Amazon SQS\nAmazon EKS\n")
    monkeypatch.chdir(tmp_path)
    for number, command in enumerate(commands):
        if " review ada.xlsx bob.xlsx" in command:  # the book that was sent comes back twice
            for name in ("ada.xlsx", "bob.xlsx"):
                shutil.copy("ours.xlsx", name)
        words = shlex.split(command, comments=True)
        assert words[:3] == ["python", "-m", "srm_data"]
        assert main(words[3:]) == 0, f"{command}: {capsys.readouterr().err}"
        assert capsys.readouterr().out, command
        if number == 0:  # the others would only start Python again
            assert subprocess.run([sys.executable, *words[1:]], capture_output=True).returncode == 0
