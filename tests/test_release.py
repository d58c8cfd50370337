"""A release: figures and headings are filled in, and all that is kept is written by one command."""

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from srm_data.exceptions import NotebookError, ReleaseError
from srm_data.maintain.exports import run_all
from srm_data.maintain.figures import (
    check_pictures,
    count_figures,
    describe_cell,
    fill_block,
    head_changelog,
)
from srm_data.maintain.notebooks import run_notebook
from srm_data.maintain.release import (
    choose_version,
    find_tables,
    next_version,
    set_citation,
    set_version,
)

ROOT = Path(__file__).parents[1]
DAY = date(2026, 12, 3)


def test_release_drops_dev_and_counts_anew_in_a_new_month():
    assert choose_version("2026.12.4.dev0", DAY) == "2026.12.4"
    assert choose_version("2026.11.4.dev0", DAY) == "2026.12.0"
    assert choose_version("2025.12.4.dev0", DAY) == "2026.12.0"


def test_released_version_is_not_released_again():
    with pytest.raises(ReleaseError, match=r"'2026.12.4' is already released"):
        choose_version("2026.12.4", DAY)


def test_next_version_follows_a_release_only():
    assert next_version("2026.12.9") == "2026.12.10.dev0"
    with pytest.raises(ReleaseError, match="is not released yet"):
        next_version("2026.12.9.dev0")


def test_version_and_day_are_set_and_all_else_stays(tmp_path):
    path = tmp_path / "datapackage.json"
    shutil.copy(ROOT / "srm_data" / "tables" / "datapackage.json", path)
    before = path.read_text(encoding="utf-8").splitlines()
    set_version(path, "2026.12.0", created=DAY)
    after = path.read_text(encoding="utf-8").splitlines()
    changed = [line for old, line in zip(before, after, strict=True) if old != line]
    assert changed == ['  "version": "2026.12.0",', '  "created": "2026-12-03T00:00:00Z",']
    assert json.loads("\n".join(after))["version"] == "2026.12.0"


def test_citation_gets_version_and_day():
    text = set_citation((ROOT / "CITATION.cff").read_text(encoding="utf-8"), "2026.12.0", DAY)
    assert '\nversion: "2026.12.0"\n' in text
    assert '\ndate-released: "2026-12-03"\n' in text


def test_figures_are_counted_in_the_tables(tables):
    assert count_figures(tables) == (
        "2 services, 3 offerings, 9 cells. 2 of them are documented, on 2 pages; the other cells say "
        "that they are not. 11 identifiers of other vocabularies are known, and 1 that name no service."
    )


def test_pages_that_no_documented_cell_cites_are_not_counted(tables):
    before = count_figures(tables)
    unread = tables["sources"].tail(1).assign(source_id="third", url="https://z.example/")
    more = tables | {"sources": pd.concat([tables["sources"], unread], ignore_index=True)}
    assert count_figures(more) == before


def test_cell_is_described_with_its_source(tables, small_model):
    text = describe_cell(small_model, tables, offering_id="run-far", duty_id="patching")
    assert "| Responsible | **AWS** |\n| AWS's part | We patch. |\n| Basis | documented |" in text
    assert text.endswith(
        "[A page](https://x.example/), under *Patches*, page of 2026-01, read 2026-01-01 |"
    )


def test_cell_that_is_gone_stops_the_release(tables, small_model):
    with pytest.raises(ReleaseError, match="no cell 'eks-managed-node-groups'"):
        describe_cell(small_model, tables)


def test_only_the_named_block_is_filled():
    text = "a\n<!-- release: x -->\n1\n<!-- end -->\n<!-- release: y -->\n2\n<!-- end -->\n"
    assert fill_block(text, "y", r"\1 new") == text.replace("2", r"\1 new")
    with pytest.raises(ReleaseError, match="release: z"):
        fill_block(text, "z", "new")


def test_unreleased_changes_get_the_version_and_the_figures():
    text = "# Changelog\n\n## Unreleased\n\n- New.\n\n## 2026.11.1\n\n- Old.\n"
    assert head_changelog(text, "2026.12.0", "9 cells.") == (
        "# Changelog\n\n## 2026.12.0\n\n9 cells.\n\n- New.\n\n## 2026.11.1\n\n- Old.\n"
    )


@pytest.mark.parametrize("text", ["## 2026.11.1\n\n- Old.\n", "## Unreleased\n\n## 2026.11.1\n"])
def test_release_without_changes_is_refused(text):
    with pytest.raises(ReleaseError, match="expected changes below the heading"):
        head_changelog(text, "2026.12.0", "9 cells.")


@pytest.mark.slow
def test_readme_has_the_pictures_that_a_release_draws(shipped):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    check_pictures(readme, shipped)
    with pytest.raises(ReleaseError, match=r"differ in \['the-model'\]"):
        check_pictures(readme.replace("pictures/the-model.svg", "pictures/"), shipped)


def test_release_and_run_say_that_they_need_a_checkout(tmp_path):
    with pytest.raises(ReleaseError, match="is not a checkout of the project"):
        find_tables(tmp_path)
    with pytest.raises(FileNotFoundError, match="needs a checkout of the project"):
        run_all(tmp_path, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_release_is_made_of_the_package_that_is_imported(tmp_path):
    (tmp_path / "CHANGELOG.md").touch()
    (tmp_path / "srm_data" / "tables").mkdir(parents=True)
    with pytest.raises(ReleaseError, match="the package is imported from"):
        find_tables(tmp_path)


@pytest.mark.slow
def test_missing_nbconvert_is_answered_with_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "nbconvert", None)
    with pytest.raises(NotebookError, match=r"pip install 'srm-data\[maintain\]'"):
        run_notebook(tmp_path / "01-x.ipynb", tmp_path)


@pytest.mark.slow
def test_release_of_a_clean_clone_touches_what_it_names_and_goes_on(tmp_path):
    clone = tmp_path / "clone"
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    for name in filter(lambda name: (ROOT / name).is_file(), files):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, clone / name)

    def call(*words: str) -> str:
        result = subprocess.run(words, cwd=clone, capture_output=True, text=True)
        assert result.returncode == 0, result.stderr
        return result.stdout

    changelog = clone / "CHANGELOG.md"  # the one of a commit right after a release has no changes
    text = changelog.read_text(encoding="utf-8").replace(
        "## Unreleased\n", "## Unreleased\n\n- One.\n", 1
    )
    changelog.write_text(text, encoding="utf-8")

    identity = ("-c", "user.name=n", "-c", "user.email=n@example.org")
    commit = ("git", *identity, "commit", "--quiet", "-m", "x")
    call("git", "init", "--quiet")
    call("git", "add", "--all")
    call(*commit)

    said = call(sys.executable, "-m", "srm_data.maintain", "release")
    version = json.loads((clone / "srm_data/tables/datapackage.json").read_text())["version"]
    assert ".dev" not in version
    assert f"git tag v{version}" in said
    call("git", "add", "--all")
    changed = set(call("git", "diff", "--cached", "--name-only", "--no-renames").split())
    assert {
        "CHANGELOG.md",
        "CITATION.cff",
        "exports/reference/data-dictionary.md",
        f"exports/srm-matrix-{version}.xlsx",
        f"srm_data/history/answers/{version}.csv",
        "srm_data/tables/datapackage.json",
    } <= changed
    assert {name.split("/")[0] for name in changed} <= {
        "CHANGELOG.md", "CITATION.cff", "README.md", "exports", "srm_data",
    }  # fmt: skip
    assert len(list((clone / "exports").glob("*.xlsx"))) == 1
    call(*commit)
    tests = ["tests/test_project.py", "tests/test_versions.py", "tests/test_readme.py"]
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)
    call(*command)

    call(sys.executable, "-m", "srm_data.maintain", "release", "next")
    assert set(call("git", "diff", "--name-only").split()) == {
        "CHANGELOG.md",
        "srm_data/tables/datapackage.json",
    }
    call(*command, "-k", "version or release")
