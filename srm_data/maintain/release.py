"""Make a release: set the version, and write all files that belong to it.

Between releases the version ends in ``.dev0``. The files in ``exports/`` and the history belong to the
last release; only :func:`make_release` writes them.
"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pandas as pd

from srm_data.exceptions import ReleaseError
from srm_data.load import answers_folder
from srm_data.maintain.figures import (
    UNRELEASED,
    check_pictures,
    count_figures,
    describe_cell,
    fill_block,
    head_changelog,
)
from srm_data.schema import CELL, read_package, workbook_name


def make_release(root: Path, *, today: date | None = None) -> list[Path]:
    """Make a release of a checkout: set the version, and write all files that belong to it.

    Parameters
    ----------
    root
        Top folder of a checkout.
    today
        Date of the release; by default today.

    Returns
    -------
    list of pathlib.Path
        The files written or removed.

    Raises
    ------
    ReleaseError
        If it is not a checkout, the version is already released, or the changelog has no unreleased
        section.
    TableError
        If the tables have faults.
    """
    from srm_data.check import check_tables
    from srm_data.load import load_tables
    from srm_data.maintain import write_reference
    from srm_data.maintain.pictures import draw_pictures
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
    _print_done(f"workbook: {workbook_name()}, replacing all others")

    for old in sorted((exports / "pictures").glob("*.svg")):
        old.unlink()
    written += draw_pictures(exports / "pictures", tables)
    written += write_reference(exports / "reference", tables)
    _print_done("pictures, data dictionary and glossary: drawn and written again")

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
    _print_done("CITATION.cff: version and date")

    print(
        f"\nReview it with `git status`, run `python3 do.py test`, then:\n"
        f"  git add --all && git commit -m 'Release {version}' && git tag v{version}\n"
        f"  python3 do.py release next      # start {next_version(version)}, and commit that"
    )
    return written


def start_next(root: Path) -> list[Path]:
    """Start the next version after a release, with a new heading in the changelog.

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
        If it is not a checkout, or the version is not a released one.
    """
    folder, changelog = find_tables(root), root / "CHANGELOG.md"
    version = next_version(read_package()["version"])
    text = changelog.read_text(encoding="utf-8")
    changed = re.sub(r"(?m)^## ", f"{UNRELEASED}\n\n## ", text, count=1)
    changelog.write_text(changed, encoding="utf-8", newline="\n")
    written = [set_version(folder / "datapackage.json", version), changelog]
    print(f"version: {version}\ncommit it: git commit --all -m 'Start {version}'")
    return written


def find_tables(root: Path) -> Path:
    """Return the folder of tables in a checkout, which must be the imported package.

    Raises
    ------
    ReleaseError
        If ``root`` is not a checkout, or another copy of the package is imported.
    """
    from srm_data.schema import shipped_tables

    folder = root / "srm_data" / "tables"
    if not (root / "CHANGELOG.md").is_file() or not folder.is_dir():
        raise ReleaseError(f"{root.resolve()} is not a checkout of the project, which a release needs")
    if Path(str(shipped_tables())).resolve() != folder.resolve():
        raise ReleaseError(
            f"the package is imported from {shipped_tables()}, expected {folder.resolve()}"
        )
    return folder


def choose_version(version: str, today: date) -> str:
    """Return the version of a release: without ``.dev0``, and in the month of the release.

    Examples
    --------
    >>> choose_version("2026.11.2.dev0", date(2026, 11, 30))
    '2026.11.2'
    >>> choose_version("2026.11.2.dev0", date(2026, 12, 1))
    '2026.12.0'
    """
    match = re.fullmatch(r"(\d{4})\.(\d+)\.(\d+)\.dev0", version)
    if match is None:
        raise ReleaseError(f"version {version!r} is already released; expected one that ends in .dev0")
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


def set_version(path: Path, version: str, *, created: date | None = None) -> Path:
    """Set the version and the date of the data in ``datapackage.json``; keep everything else."""
    text = path.read_text(encoding="utf-8")
    text = _replace_once(text, r'(?m)^  "version": ".*"', f'  "version": {json.dumps(version)}')
    if created is not None:
        day = f"{created.isoformat()}T00:00:00Z"
        text = _replace_once(text, r'(?m)^  "created": ".*"', f'  "created": {json.dumps(day)}')
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def set_citation(text: str, version: str, today: date) -> str:
    """Set the version and date in the text of ``CITATION.cff``."""
    text = _replace_once(text, r"(?m)^version: .*$", f"version: {json.dumps(version)}")
    return _replace_once(text, r"(?m)^date-released: .*$", f'date-released: "{today.isoformat()}"')


def keep_version(model: pd.DataFrame, folder: Path | None = None) -> Path:
    """Write the answers of a model as those of the package's data version.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`, without decisions.
    folder
        Folder to write to; by default the folder of answers in the package.
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


def _print_done(line: str) -> None:
    print(line, flush=True)
