"""The two main jobs: make everything of the catalogue to look at, and make a release.

Between releases the version ends in ``.dev0``. What is kept in ``exports/`` and in the history belongs
to the last release; :func:`make_release` alone writes it.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from srm_data.about import page_name, workbook_name
from srm_data.exceptions import ReleaseError
from srm_data.history.versions import answers_folder
from srm_data.maintenance.notebooks import return_to_start, run_notebook
from srm_data.schema import CELL, read_package

if TYPE_CHECKING:
    from srm_data.load import Tables

MADE = "made"
"""Folder in ``exports/`` for pictures and reference pages that are no release's; git ignores it."""

UNRELEASED = "## Unreleased"
CELL_SHOWN = ("eks-managed-node-groups", "guest-os-patching")
"""Offering and duty of the cell that the README explains."""


def run_all(notebooks: Path, exports: Path) -> list[Path]:
    """Run every notebook and write all exports, with one line of output per step.

    Parameters
    ----------
    notebooks
        Folder of ``NN-question.ipynb`` files.
    exports
        Folder to write to; created if missing. Nothing that a release keeps is written.

    Returns
    -------
    list of pathlib.Path
        The files written.

    Raises
    ------
    FileNotFoundError
        If there is no notebook in the folder.
    NotebookError
        If a notebook fails.
    """
    from srm_data.load import load_tables
    from srm_data.maintenance import write_reference
    from srm_data.maintenance.pictures import draw_pictures
    from srm_data.model import build_model
    from srm_data.page import write_page
    from srm_data.workbook import write_workbook

    paths = sorted(notebooks.glob("[0-9]*.ipynb"))
    if not paths:
        raise FileNotFoundError(
            f"no notebook NN-*.ipynb in {notebooks.resolve()}; "
            "this command needs a checkout of the project"
        )

    exports.mkdir(parents=True, exist_ok=True)

    tables = load_tables()
    model = build_model(tables)
    makers: dict[str, Callable[[], list[Path]]] = {
        "workbook": lambda: [write_workbook(exports / workbook_name(), model, tables=tables)],
        "page to send": lambda: [write_page(exports / page_name(), model, tables=tables)],
        "pictures": lambda: draw_pictures(exports / MADE / "pictures", tables),
        "reference": lambda: write_reference(exports / MADE / "reference", tables),
    }

    steps = len(paths) + len(makers)
    written = []
    for number, path in enumerate(paths, start=1):
        started = time.monotonic()
        label = f"[{number}/{steps}] notebook {path.name}"
        written.append(run_notebook(path, exports, label=label))
        _print_step(label, started)
    for number, (name, make) in enumerate(makers.items(), start=len(paths) + 1):
        started = time.monotonic()
        written += make()
        _print_step(f"[{number}/{steps}] {name}", started)

    print("\nWritten:")
    for path in written:
        print(f"  {path}")
    return written


def make_release(root: Path, *, today: date | None = None) -> list[Path]:
    """Make a release of a checkout: set the version, and write all that is kept of it.

    Parameters
    ----------
    root
        Top folder of a checkout.
    today
        Day of the release; by default the day it is.

    Returns
    -------
    list of pathlib.Path
        The files written or removed.

    Raises
    ------
    ReleaseError
        If it is no checkout, the version is released already, or the changelog has nothing unreleased.
    TableError
        If the tables have faults.
    """
    from srm_data.check import check_tables
    from srm_data.load import load_tables
    from srm_data.maintenance import write_reference
    from srm_data.maintenance.pictures import draw_pictures
    from srm_data.model import build_model
    from srm_data.workbook import write_workbook

    folder = find_tables(root)
    readme, changelog = root / "README.md", root / "CHANGELOG.md"
    exports, today = root / "exports", date.today() if today is None else today
    before = read_package()["version"]
    version = choose_version(before, today)
    _print_done(f"version: {before} becomes {version}")

    # What may fail comes first: until here nothing was written.
    check_tables(folder)
    tables = load_tables()
    model = build_model(tables)
    figures = count_figures(tables)
    cell = describe_cell(model, tables)
    new_readme = fill_block(readme.read_text(encoding="utf-8"), "figures", figures)
    new_readme = fill_block(new_readme, "cell", cell)
    check_pictures(new_readme, tables)
    new_changelog = head_changelog(changelog.read_text(encoding="utf-8"), version, figures)
    _print_done("tables: checked, no fault found")

    written = [set_version(folder / "datapackage.json", version, created=today)]
    written.append(keep_version(model, folder.parent / "history" / "answers"))
    _print_done(f"history: answers of {version} kept")

    for old in sorted(exports.glob("srm-matrix-*.xlsx")):
        old.unlink()
        written.append(old)
    written.append(write_workbook(exports / workbook_name(), model, tables=tables))
    _print_done(f"workbook: {workbook_name()}, in place of all others")

    for old in sorted((exports / "pictures").glob("*.svg")):
        old.unlink()
    written += draw_pictures(exports / "pictures", tables)
    written += write_reference(exports / "reference", tables)
    _print_done("pictures, data dictionary and glossary: drawn and written anew")

    readme.write_text(new_readme, encoding="utf-8", newline="\n")
    changelog.write_text(new_changelog, encoding="utf-8", newline="\n")
    written += [readme, changelog]
    _print_done("README.md and CHANGELOG.md: figures filled in, the heading is the version")

    citation = root / "CITATION.cff"
    citation.write_text(
        set_citation(citation.read_text(encoding="utf-8"), version, today),
        encoding="utf-8",
        newline="\n",
    )
    written.append(citation)
    _print_done("CITATION.cff: version and day")

    print(
        f"\nLook at it with `git status`, run `python3 do.py test`, then:\n"
        f"  git add --all && git commit -m 'Release {version}' && git tag v{version}\n"
        f"  python3 do.py release next      # go on with {next_version(version)}, and commit that"
    )
    return written


def start_next(root: Path) -> list[Path]:
    """Go on after a release: the next version, and a heading in the changelog for what comes.

    Parameters
    ----------
    root
        Top folder of a checkout.

    Returns
    -------
    list of pathlib.Path
        The two files written.

    Raises
    ------
    ReleaseError
        If it is no checkout, or the version is not a released one.
    """
    folder, changelog = find_tables(root), root / "CHANGELOG.md"
    version = next_version(read_package()["version"])
    text = changelog.read_text(encoding="utf-8")
    changed = re.sub(r"(?m)^## ", f"{UNRELEASED}\n\n## ", text, count=1)
    changelog.write_text(changed, encoding="utf-8", newline="\n")
    written = [set_version(folder / "datapackage.json", version), changelog]
    print(f"version: {version}\ncommit it: git commit --all -m 'Go on with {version}'")
    return written


def find_tables(root: Path) -> Path:
    """Return the folder of tables in a checkout, which is also the one that is imported.

    Raises
    ------
    ReleaseError
        If ``root`` is no checkout, or another copy of the package is imported.
    """
    from srm_data.schema import shipped_tables

    folder = root / "srm_data" / "tables"
    if not (root / "CHANGELOG.md").is_file() or not folder.is_dir():
        raise ReleaseError(f"{root.resolve()} is no checkout of the project; a release is made in one")
    if Path(str(shipped_tables())).resolve() != folder.resolve():
        raise ReleaseError(
            f"the package is imported from {shipped_tables()}, expected {folder.resolve()}"
        )
    return folder


def choose_version(version: str, today: date) -> str:
    """Return the version of a release: without ``.dev0``, and of the month that it is made in.

    Examples
    --------
    >>> choose_version("2026.11.2.dev0", date(2026, 11, 30))
    '2026.11.2'
    >>> choose_version("2026.11.2.dev0", date(2026, 12, 1))
    '2026.12.0'
    """
    match = re.fullmatch(r"(\d{4})\.(\d+)\.(\d+)\.dev0", version)
    if match is None:
        raise ReleaseError(f"version {version!r} is released already; expected one that ends in .dev0")
    year, month, _ = map(int, match.groups())
    if (today.year, today.month) > (year, month):
        return f"{today.year}.{today.month}.0"
    return version.removesuffix(".dev0")


def next_version(version: str) -> str:
    """Return the version that follows a release.

    Examples
    --------
    >>> next_version("2026.11.2")
    '2026.11.3.dev0'
    """
    match = re.fullmatch(r"(\d{4}\.\d+)\.(\d+)", version)
    if match is None:
        raise ReleaseError(f"version {version!r} is not released yet; expected one such as 2026.11.2")
    return f"{match[1]}.{int(match[2]) + 1}.dev0"


def check_pictures(readme: str, tables: Tables) -> None:
    """Refuse a README that shows other pictures than those that are drawn.

    Raises
    ------
    ReleaseError
        Naming the pictures that one of the two lacks.
    """
    from srm_data.maintenance.pictures import list_pictures

    shown = set(re.findall(r"\]\(exports/pictures/(.+)\.svg\)", readme))
    drawn = {picture.name for picture in list_pictures(tables)}
    if shown != drawn:
        raise ReleaseError(
            f"README.md and the pictures that are drawn differ in {sorted(shown ^ drawn)}; "
            "expected each of them once in both"
        )


def set_version(path: Path, version: str, *, created: date | None = None) -> Path:
    """Set the version in ``datapackage.json``, and the day of the data with it; all else stays."""
    text = path.read_text(encoding="utf-8")
    text = _replace_once(text, r'(?m)^  "version": ".*"', f'  "version": {json.dumps(version)}')
    if created is not None:
        day = f"{created.isoformat()}T00:00:00Z"
        text = _replace_once(text, r'(?m)^  "created": ".*"', f'  "created": {json.dumps(day)}')
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def set_citation(text: str, version: str, today: date) -> str:
    """Set version and day in the text of ``CITATION.cff``."""
    text = _replace_once(text, r"(?m)^version: .*$", f"version: {json.dumps(version)}")
    return _replace_once(text, r"(?m)^date-released: .*$", f'date-released: "{today.isoformat()}"')


def count_figures(tables: Tables) -> str:
    """Count what a catalogue holds, in two sentences.

    Parameters
    ----------
    tables
        Frames from :func:`~srm_data.load_tables`.
    """
    from srm_data.model import build_model

    model = build_model(tables)
    documented = model[model["basis"] == "documented"]
    urls = tables["sources"]["url"]
    pages = urls[urls != ""].nunique()
    return (
        f"{len(tables['services']):,} services, {len(tables['offerings']):,} offerings, "
        f"{len(model):,} cells. {len(documented):,} of them are documented, on {pages:,} pages; "
        f"the other cells say that they are not. {len(tables['aliases']):,} identifiers of other "
        f"vocabularies are known, and {len(tables['not_services']):,} that name no service."
    )


def describe_cell(
    model: pd.DataFrame,
    tables: Tables,
    *,
    offering_id: str = CELL_SHOWN[0],
    duty_id: str = CELL_SHOWN[1],
) -> str:
    """Describe one cell as a table in Markdown, with its source.

    Raises
    ------
    ReleaseError
        If the model has no such cell.
    """
    chosen = model[(model["offering_id"] == offering_id) & (model["duty_id"] == duty_id)]
    if chosen.empty:
        raise ReleaseError(
            f"the tables have no cell {offering_id!r}, {duty_id!r}, which the README shows"
        )
    cell = chosen.iloc[0]
    source = tables["sources"].set_index("source_id").loc[cell["source_ids"].split("; ")[0]]
    edition = f", {source['edition']}" if source.get("edition") else ""
    rows = {
        "Offering, duty": f"{cell['offering']}, {cell['duty']}",
        "Responsible": f"**{cell['responsibility']}**",
        "AWS's part": cell["aws_part"],
        "Customer's part": cell["customer_part"],
        "Note": cell["note"],
        "Basis": cell["basis"],
        "Source": f"[{source['title']}]({source['url']}), under *{cell['section']}*{edition}, "
        f"read {source['accessed']}",
    }
    lines = [f"| {name} | {text} |" for name, text in rows.items() if text]
    return "\n".join(["| | |", "|---|---|", *lines])


def fill_block(text: str, name: str, content: str) -> str:
    r"""Replace what stands between the marks of a block, which are comments in Markdown.

    Raises
    ------
    ReleaseError
        If the text has no such block.

    Examples
    --------
    >>> print(fill_block("<!-- release: day -->\nold\n<!-- end -->", "day", "new"))
    <!-- release: day -->
    new
    <!-- end -->
    """
    start = f"<!-- release: {name} -->"
    pattern = rf"({re.escape(start)}\n).*?(\n<!-- end -->)"
    if not re.search(pattern, text, re.DOTALL):
        raise ReleaseError(f"no block {start!r} that ends in '<!-- end -->'")
    return re.sub(pattern, lambda match: match[1] + content + match[2], text, count=1, flags=re.DOTALL)


def head_changelog(text: str, version: str, figures: str) -> str:
    """Give what is unreleased its version as heading, with the figures below it.

    Raises
    ------
    ReleaseError
        If nothing is unreleased.
    """
    block = re.search(rf"(?ms)^{UNRELEASED}\n(.*?)(?=^## |\Z)", text)
    if block is None or not block[1].strip():
        raise ReleaseError(f"CHANGELOG.md: expected changes below the heading {UNRELEASED!r}")
    return text.replace(f"{UNRELEASED}\n", f"## {version}\n\n{figures}\n", 1)


def keep_version(model: pd.DataFrame, folder: Path | None = None) -> Path:
    """Write the answers of a model as those of the data version of the package.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`, without decisions.
    folder
        Folder to write to; by default that of the answers in the package.
    """
    answers = model.astype({"responsibility": object, "offering": object})
    wide = answers.pivot(index="offering_id", columns="duty_id", values="responsibility")
    wide = wide[model["duty_id"].unique().tolist()]
    wide.insert(
        0, "offering", answers.drop_duplicates("offering_id").set_index("offering_id")["offering"]
    )
    folder = Path(str(answers_folder())) if folder is None else folder
    path = folder / f"{read_package()['version']}.csv"
    wide.sort_index().to_csv(path, lineterminator="\n")

    documented = model.loc[model["basis"] == "documented", CELL].sort_values(CELL)
    (folder / "documented").mkdir(exist_ok=True)
    documented.to_csv(folder / "documented" / path.name, index=False, lineterminator="\n")
    return path


def _replace_once(text: str, pattern: str, line: str) -> str:
    changed, count = re.subn(pattern, lambda _: line, text, count=1)
    if not count:
        raise ReleaseError(f"no line like {line!r} to set")
    return changed


def _print_step(label: str, started: float) -> None:
    return_to_start()
    print(f"{label}  done in {time.monotonic() - started:.1f} s{' ' * 12}".rstrip(), flush=True)


def _print_done(line: str) -> None:
    print(line, flush=True)
