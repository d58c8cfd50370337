"""Make a release: set the version, and write all files that belong to it.

Between releases the version ends in ``.dev0``. The files in ``exports/``, the stored answers, and the
figures of README.md and CHANGELOG.md belong to the last release; only :func:`make_release` writes them.
"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pandas as pd

from srm_data.cells import find_marks
from srm_data.changes import keep_cells
from srm_data.check import check_tables
from srm_data.exceptions import ReleaseError
from srm_data.formats import write_database, write_matrix
from srm_data.load import load_tables
from srm_data.maintain.dictionary import write_reference
from srm_data.maintain.pictures import draw_pictures, list_pictures
from srm_data.maintain.wording import compare_wording, find_unrecorded, write_record
from srm_data.model import build_model
from srm_data.schema import Tables, read_package, shipped_tables, workbook_name
from srm_data.workbook import write_workbook

UNRELEASED = "## Unreleased"
CELL_SHOWN = ("eks-managed-node-groups", "guest-os-patching")
"""Offering and duty of the cell that the README explains."""


def make_release(root: Path) -> None:
    """Make a release of a checkout: set the version, and write all files that belong to it."""
    folder = find_tables(root)
    readme, changelog, citation = root / "README.md", root / "CHANGELOG.md", root / "CITATION.cff"
    exports, today = root / "exports", date.today()
    before = read_package()["version"]
    version = choose_version(before, today)
    print(f"version: {before} becomes {version}", flush=True)

    # What may fail comes first: until all texts are made, nothing is written.
    check_tables(folder)
    tables = load_tables()
    model = build_model(tables)
    figures = count_figures(model, tables)
    texts = {
        readme: fill_block(
            fill_block(readme.read_text(encoding="utf-8"), "figures", figures),
            "cell",
            describe_cell(model, tables),
        ),
        changelog: head_changelog(changelog.read_text(encoding="utf-8"), version, figures),
        citation: set_citation(citation.read_text(encoding="utf-8"), version, today),
    }
    check_pictures(texts[readme], tables)
    print("tables: checked, no fault found", flush=True)

    # The version comes first, as the workbook and the stored answers are named after it.
    set_version(folder / "datapackage.json", version, created=today)
    keep_version(model, tables, folder.parent / "history")
    print(f"history: answers and cells of {version} kept", flush=True)
    # Sentences that nobody held against their page since the last release are noted as such.
    unrecorded = len(find_unrecorded(tables))
    print(f"wording: {unrecorded} new sentences, whose pages were not at hand", flush=True)
    write_record(compare_wording(tables))

    # Exports of earlier releases make way for those of this one.
    for old in [*exports.glob("srm-matrix-*.xlsx"), *(exports / "pictures").glob("*.svg")]:
        old.unlink()
    write_workbook(exports / workbook_name(), model, tables=tables)
    print(f"workbook: {workbook_name()}, replacing all others", flush=True)
    for name in ("model", "matrix"):
        write = write_database if name == "model" else write_matrix
        for ending in (".csv", ".json"):
            write(exports / f"{name}{ending}", model, tables=tables)
    print("model and matrix: as CSV and JSON in exports, to attach to the release", flush=True)
    draw_pictures(exports / "pictures", tables)
    write_reference(exports / "reference", tables)
    print("pictures, data dictionary and glossary: drawn and written again", flush=True)

    for path, text in texts.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    print("README.md, CHANGELOG.md, CITATION.cff: figures, version and date filled in", flush=True)

    print(
        f"\nReview it with `git status`, run `python3 do.py test`, then:\n"
        f"  git add --all && git commit -m 'Release {version}' && git tag v{version}\n"
        f"  python3 do.py release next      # start {next_version(version)}, and commit that"
    )


def start_next(root: Path) -> None:
    """Start the next version after a release, with a new heading in the changelog."""
    folder, changelog = find_tables(root), root / "CHANGELOG.md"
    version = next_version(read_package()["version"])
    text = changelog.read_text(encoding="utf-8")
    changed = re.sub(r"(?m)^## ", f"{UNRELEASED}\n\n## ", text, count=1)
    changelog.write_text(changed, encoding="utf-8", newline="\n")
    set_version(folder / "datapackage.json", version)
    print(f"version: {version}\ncommit it: git commit --all -m 'Start {version}'")


def find_tables(root: Path) -> Path:
    """Return the folder of tables in a checkout, which must be the imported package."""
    folder, imported = root / "srm_data" / "tables", Path(str(shipped_tables()))
    if not (root / "CHANGELOG.md").is_file() or not folder.is_dir():
        raise ReleaseError(f"{root.resolve()} is not a checkout of the project, which a release needs")
    if imported.resolve() != folder.resolve():
        raise ReleaseError(f"the package is imported from {imported}, expected {folder.resolve()}")
    return folder


def choose_version(version: str, today: date) -> str:
    """Return the version of a release: without ``.dev0``, and in the month of the release."""
    match = re.fullmatch(r"(\d{4})\.(\d+)\.(\d+)\.dev0", version)
    if match is None:
        raise ReleaseError(f"version {version!r} is already released; expected one that ends in .dev0")
    # The last number counts releases within a month, from 0.
    year, month, _ = map(int, match.groups())
    if (today.year, today.month) > (year, month):
        return f"{today.year}.{today.month}.0"
    return version.removesuffix(".dev0")


def next_version(version: str) -> str:
    """Return the version that follows a release."""
    match = re.fullmatch(r"(\d{4}\.\d+)\.(\d+)", version)
    if match is None:
        raise ReleaseError(f"version {version!r} is not released yet; expected one such as 2026.11.2")
    return f"{match[1]}.{int(match[2]) + 1}.dev0"


def set_version(path: Path, version: str, *, created: date | None = None) -> None:
    """Set the version and the date of the data in ``datapackage.json``; keep everything else."""
    text = path.read_text(encoding="utf-8")
    text = _replace_once(text, r'(?m)^  "version": ".*"', f'  "version": {json.dumps(version)}')
    if created is not None:
        day = f"{created.isoformat()}T00:00:00Z"
        text = _replace_once(text, r'(?m)^  "created": ".*"', f'  "created": {json.dumps(day)}')
    path.write_text(text, encoding="utf-8", newline="\n")


def set_citation(text: str, version: str, today: date) -> str:
    """Set the version and date in the text of ``CITATION.cff``."""
    text = _replace_once(text, r"(?m)^version: .*$", f"version: {json.dumps(version)}")
    return _replace_once(text, r"(?m)^date-released: .*$", f'date-released: "{today.isoformat()}"')


def _replace_once(text: str, pattern: str, new: str) -> str:
    changed, count = re.subn(pattern, lambda _: new, text, count=1)
    if not count:
        raise ReleaseError(f"no line like {new.splitlines()[0]!r} to set")
    return changed


def keep_version(model: pd.DataFrame, tables: Tables, folder: Path) -> list[Path]:
    """Write the answers and cells of a model as those of the package's data version.

    :func:`~srm_data.read_earlier` reads them, from the folder ``history`` of the package.
    """
    version = read_package()["version"]
    answers = model.astype({"responsibility": object, "offering": object})
    wide = answers.pivot(index=["offering_id", "offering"], columns="duty_id", values="responsibility")[
        model["duty_id"].unique().tolist()
    ]
    path = folder / "answers" / f"{version}.csv"
    path.parent.mkdir(exist_ok=True)
    wide.sort_index().to_csv(path, lineterminator="\n")
    return [path, *keep_cells(model, tables["sources"], version, folder / "cells")]


def count_figures(model: pd.DataFrame, tables: Tables) -> str:
    """Describe in three sentences how much the catalogue holds, and how much was read on a page."""
    documented = model[model["basis"] == "documented"]
    cited = documented["source_ids"].str.split("; ").explode()
    # Several sources may be one page, read on different days.
    urls = tables["sources"].loc[tables["sources"]["source_id"].isin(cited), "url"]
    pages = urls[urls != ""].nunique()
    shares = find_marks(model).value_counts(normalize=True)
    share = {str(mark): f"{part:.0%}".replace("%", " %") for mark, part in shares.items()}
    return (
        f"{len(tables['services']):,} services, {len(tables['offerings']):,} offerings, "
        f"{len(model):,} cells. {share['documented']} are documented ({len(documented):,} cells, on "
        f"{pages:,} pages that were read), {share['derived']} derived by a rule, {share['stated']} "
        f"stated by AWS for all services, {share['default']} defaults, {share['proposed']} proposed; "
        "each cell says which. "
        f"{len(tables['aliases']):,} identifiers of other vocabularies are known, and "
        f"{len(tables['not_services']):,} that name no service."
    )


def describe_cell(model: pd.DataFrame, tables: Tables, *, cell_id: tuple[str, str] = CELL_SHOWN) -> str:
    """Describe one cell as a Markdown table, with its source."""
    offering_id, duty_id = cell_id
    chosen = model[(model["offering_id"] == offering_id) & (model["duty_id"] == duty_id)]
    if chosen.empty:
        raise ReleaseError(
            f"the tables have no cell {offering_id!r}, {duty_id!r}, which the README shows"
        )
    cell = chosen.iloc[0]
    source = tables["sources"].set_index("source_id").loc[cell["source_ids"].split("; ")[0]]
    edition = f", {source['edition']}" if source.get("edition") else ""
    heading = cell["sections"].split(" | ")[0]
    rows = {
        "Offering, duty": f"{cell['offering']}, {cell['duty']}",
        "Responsible": f"**{cell['responsibility']}**",
        "AWS's part": cell["aws_part"],
        "Customer's part": cell["customer_part"],
        "Note": cell["note"],
        "Basis": cell["basis"],
        "Source": f"[{source['title']}]({source['url']}), under *{heading}*{edition}, "
        f"read {source['accessed']}",
    }
    lines = [f"| {name} | {text} |" for name, text in rows.items() if text]
    return "\n".join(["| | |", "|---|---|", *lines])


def fill_block(text: str, name: str, content: str) -> str:
    r"""Replace the text between the markers of a block, which are Markdown comments."""
    start, end = f"<!-- release: {name} -->", "<!-- end -->"
    return _replace_once(text, rf"(?s){re.escape(start)}\n.*?\n{end}", f"{start}\n{content}\n{end}")


def head_changelog(text: str, version: str, figures: str) -> str:
    """Replace the heading "Unreleased" with the version, and add the figures below it."""
    block = re.search(rf"(?ms)^{UNRELEASED}\n(.*?)(?=^## |\Z)", text)
    if block is None or not block[1].strip():
        raise ReleaseError(f"CHANGELOG.md: expected changes below the heading {UNRELEASED!r}")
    return text.replace(f"{UNRELEASED}\n", f"## {version}\n\n{figures}\n", 1)


def check_pictures(readme: str, tables: Tables) -> None:
    """Raise an error unless the README shows exactly the pictures that are drawn."""
    shown = set(re.findall(r"\]\(exports/pictures/(.+)\.svg\)", readme))
    drawn = set(list_pictures(tables))
    if shown != drawn:
        raise ReleaseError(
            f"README.md and the pictures that are drawn differ in {sorted(shown ^ drawn)}; "
            "expected each of them once in both"
        )
