"""A release: figures and headings are filled in, and all that is kept is written by one command."""

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from srm_data.exceptions import ReleaseError
from srm_data.maintain import release
from srm_data.maintain.release import (
    check_pictures,
    choose_version,
    count_figures,
    describe_cell,
    fill_block,
    find_tables,
    head_changelog,
    next_version,
    set_citation,
)

ROOT = Path(__file__).parents[1]
DAY = date(2026, 12, 3)
CHANGELOG = "# Changelog\n\n## Unreleased\n\n- New.\n\n## 2026.11.1\n\n- Old.\n"


@pytest.mark.parametrize(("make", "expected"), [
    (lambda: choose_version("2026.12.4", DAY), "'2026.12.4' is already released"),
    (lambda: next_version("2026.12.9.dev0"), "is not released yet"),
    (lambda: fill_block("<!-- release: y -->\n2\n<!-- end -->", "z", "new"), "release: z"),
    (lambda: head_changelog("## 2026.11.1\n\n- Old.\n", "1", ""), "expected changes below the"),
    (lambda: head_changelog("## Unreleased\n\n## 1\n", "1", ""), "expected changes below the"),
    (lambda: set_citation("title: x\n", "1", DAY), "no line like 'version: "),
    (lambda: find_tables(ROOT / "tests"), "is not a checkout of the project"),
    (lambda: check_pictures("", {}), "differ in"),
])  # fmt: skip
def test_what_a_release_needs_and_lacks_stops_it(make, expected, monkeypatch):
    monkeypatch.setattr(release, "list_pictures", lambda tables: {"ladder": None})
    with pytest.raises(ReleaseError, match=expected):
        make()


def test_figures_count_the_pages_that_documented_cells_cite(tables, small_model):
    unread = tables["sources"].tail(1).assign(source_id="third", url="https://z.example/")
    tables["sources"] = pd.concat([tables["sources"], unread], ignore_index=True)
    assert count_figures(small_model, tables) == (
        "2 services, 3 offerings, 9 cells. 22 % are documented (2 cells, on 2 pages that were read), "
        "0 % derived by a rule, 0 % stated by AWS for all services, 67 % defaults, 11 % proposed; "
        "each cell says which. "
        "11 identifiers of other vocabularies are known, and 1 that name no service."
    )


def test_cell_is_described_with_its_source(tables, small_model):
    text = describe_cell(small_model, tables, cell_id=("run-far", "patching"))
    assert "| Responsible | **AWS** |\n| AWS's part | We patch. |\n| Basis | documented |" in text
    source = "[A page](https://x.example/), under *Patches*, page of 2026-01, read 2026-01-01 |"
    assert text.endswith(source)
    with pytest.raises(ReleaseError, match="no cell 'eks-managed-node-groups'"):
        describe_cell(small_model, tables)


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

    output = call(sys.executable, "-m", "srm_data.maintain", "release")
    version = json.loads((clone / "srm_data/tables/datapackage.json").read_text())["version"]
    assert ".dev" not in version
    assert f"git tag v{version}" in output
    assert f'\nversion: "{version}"\n' in (clone / "CITATION.cff").read_text(encoding="utf-8")
    call("git", "add", "--all")
    package = "srm_data/tables/datapackage.json"
    lines = call("git", "diff", "--cached", "--unified=0", package).splitlines()
    added = {line.split('"')[1] for line in lines if line.startswith("+ ")}
    assert {"version"} <= added <= {"version", "created"}, "the day of the last release may be this one"
    changed = set(call("git", "diff", "--cached", "--name-only", "--no-renames").split())
    assert {
        "CHANGELOG.md",
        "CITATION.cff",
        "exports/reference/data-dictionary.md",
        f"exports/srm-matrix-{version}.xlsx",
        f"srm_data/history/answers/{version}.csv",
        f"srm_data/history/cells/{version}.csv.gz",
        package,
    } <= changed
    assert {name.split("/")[0] for name in changed} <= {
        "CHANGELOG.md", "CITATION.cff", "README.md", "exports", "srm_data",
    }  # fmt: skip
    assert len(list((clone / "exports").glob("*.xlsx"))) == 1
    call(*commit)
    tests = ["tests/test_project.py", "tests/test_changes.py", "tests/test_readme.py"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    call(*command, "-k", "release or version")

    call(sys.executable, "-m", "srm_data.maintain", "release", "next")
    assert call("git", "diff", "--name-only").split() == ["CHANGELOG.md", package]
