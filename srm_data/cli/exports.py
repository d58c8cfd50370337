"""Commands that write files: export, estate, page and site, and run, which writes all exports.

What ``--out`` of export and estate writes is a file of the kind that the ending of its name says.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

import pandas as pd

from srm_data.cli.controls import add_control_sheet
from srm_data.cli.estate_screen import build_screen
from srm_data.cli.formats import MATRIX, TASKS, Format, find_format
from srm_data.cli.inputs import Scope, find_changes, name_part, print_doubts, read_scope
from srm_data.controls import build_control_matrix, build_task_list
from srm_data.describe import count_things
from srm_data.estate import write_corrections
from srm_data.exceptions import ReviewError, SrmDataError
from srm_data.load import ALL_SETS, CORE, load_tables
from srm_data.register import State, build_cautious_model, describe_tasks, list_tasks
from srm_data.register.files import write_own_file
from srm_data.schema import page_name, read_package, workbook_name

PLACES = {
    "since": "changes",
    "framework": "controls",
    "controls": "controls",
    "baseline": "controls",
    "owner": "owner",
    "print": "for_print",
}
"""Options that not every kind of file has a place for, with the argument that takes what they give."""
EVERYBODY = "all"
"""``--owner`` of a folder with a book and a mail for each accountable."""


def run_export(options: argparse.Namespace) -> None:
    """Write the Excel matrix, or a file of another kind."""
    path = options.out or name_part(workbook_name(), _list_parts(options))
    require_format(path, options)
    # Of the whole catalogue few offerings have AI: its book is of the core, without a register.
    sets = ALL_SETS if options.only or options.register else CORE
    scope = read_scope(options, names=options.only, duty_sets=sets)
    print(f"written: {write_format(path, options, scope, find_changes(scope, options))}")
    print(describe_mail(scope.now, options), end="")


def run_estate(options: argparse.Namespace) -> None:
    """Read inventories, print what is in use and what is unclear, and write the workbook."""
    edits = options.write_corrections
    if options.out:
        require_format(options.out, options)
    if edits and edits.exists():
        raise FileExistsError(f"{edits} already exists and was not changed; give another name")
    scope = read_scope(options, files=options.files, duty_sets=ALL_SETS)
    changes = find_changes(scope, options)

    # Files are written before anything is printed: a reader such as head may end early.
    written = []
    if options.out and len(scope.model):
        written.append(write_format(options.out, options, scope, changes))
    if edits and scope.estate is not None:
        written.append(write_corrections(edits, scope.estate))
    unused = [name for name in [*PLACES, "sheet"] if getattr(options, name) and name != "since"]
    unused = [] if options.out else unused
    print("\n".join(build_screen(scope, options, changes.get("changes"), unused)))
    for path in written:
        print(f"\nwritten: {path}")
    print(describe_mail(scope.now, options), end="")
    _require_use(scope, "there is no matrix to make" if options.out else "")


def run_page(options: argparse.Namespace) -> None:
    """Write the page to send, for the whole catalogue or for an estate."""
    from srm_data.page import write_page

    path = options.out or name_part(page_name(), _list_parts(options))
    if path.suffix != ".html":
        raise SrmDataError(f"--out {path}: expected a file name that ends in .html")
    scope = read_scope(options, files=options.files, names=options.only, duty_sets=ALL_SETS)
    print_doubts(scope)
    _require_use(scope, "there is no page to make")
    written = write_page(
        path,
        scope.decided,
        scope=scope.words,
        estate=None if options.only else scope.estate,  # the page covers only a part of it
        audience=options.audience,
        tables=scope.tables,
    )
    print(f"written: {written}")


def _require_use(scope: Scope, else_nothing: str) -> None:
    if scope.model.empty:
        raise SrmDataError(": ".join(filter(None, ["nothing in use was recognised", else_nothing])))


def _list_parts(options: argparse.Namespace) -> list[str]:
    parts = ["in use"] if getattr(options, "files", None) else []
    parts += options.only or []
    return [*parts, options.audience] if options.audience != "internal" else parts


def run_everything(options: argparse.Namespace) -> None:
    """Run the notebooks and write all exports."""
    from srm_data.maintain.notebooks import run_all

    run_all(options.notebooks, options.out)


def run_site(options: argparse.Namespace) -> None:
    """Write the site: data pages of the whole catalogue and, from a checkout, the prose."""
    from srm_data.maintain.notebooks import run_outdated
    from srm_data.site import find_address, has_sphinx, write_prose, write_site

    exports = Path("exports")
    folder = options.out or exports / "site"
    has_prose = Path("notebooks/guide").is_dir() and has_sphinx()
    write_site(folder, address=find_address("pyproject.toml"), has_prose=has_prose)
    if has_prose:
        executed = run_outdated(Path("notebooks"), exports)
        write_prose(folder / "docs", ".", executed, load_tables(), version=read_package()["version"])
    else:
        print("The guide is left out: it needs a checkout and pip install 'srm-data[docs]'.")
    print(f"{folder}: open index.html in a browser, or put the folder on a web server")


def require_format(path: Path, options: argparse.Namespace) -> Format:
    """Return the kind of a file that is to be written."""
    if options.owner == EVERYBODY and not path.suffix:
        path = path / "book.xlsx"
    if options.owner and path.suffix.lower() == ".csv":
        return TASKS
    is_matrix = options.sheet and path.suffix.lower() != ".xlsx"
    kind = MATRIX if is_matrix else find_format(path)
    if is_matrix and path.suffix not in kind.endings:
        raise SrmDataError(f"{path}: expected .xlsx, {', '.join(kind.endings)} with --sheet matrix")
    places = [(name, place) for name, place in PLACES.items() if getattr(options, name)]
    lost = [f"--{name}" for name, place in places if not kind.accepts(place)]
    if options.audience != "internal" and not kind.accepts("audience"):
        lost.append(f"--audience {options.audience}")
    if lost:
        raise SrmDataError(
            f"{path}: it holds {kind.content}, and nothing of {', '.join(lost)}; expected a file name "
            "that ends in .xlsx, or a call without"
        )
    return kind


def write_format(
    path: Path, options: argparse.Namespace, scope: Scope, changes: dict[str, pd.DataFrame]
) -> Path:
    """Write a model with what a register says; it is applied before if the kind takes none.

    ``changes`` is from :func:`~srm_data.cli.inputs.find_changes`.
    """
    kind, model, now = require_format(path, options), scope.model, scope.now
    # What one or all accountables get needs the register, which names them.
    if options.owner and now is None:
        raise SrmDataError("--owner: expected --register with it, which names who is accountable")
    if now is not None and options.owner == EVERYBODY and not path.suffix:
        return _write_for_all(path, options, scope, changes, now)
    cautious = model if now is None else build_cautious_model(now)
    if now is not None and kind is TASKS:
        matrix = add_control_sheet(cautious, options).get("controls")
        matrix = build_control_matrix(cautious) if matrix is None else matrix
        return write_own_file(path, build_task_list(now, options.owner, matrix=matrix))
    # A kind that takes the register shows entries beside the documents' answers; others the result.
    refuse_to_lose(path, now)
    more: dict[str, Any] = changes | add_control_sheet(cautious, options)
    if now is not None and kind.accepts("register"):
        more |= {"register": now.entries, "on": now.day}
    elif now is not None:
        model = now.model
    more |= {"owner": options.owner or "", "for_print": options.print, "sheet": options.sheet or ""}
    more |= {"audience": options.audience, "scope": scope.words, "tables": scope.tables}
    written: Path = kind.write(path, model=model, estate=scope.estate, **more)
    return written


def _write_for_all(
    folder: Path,
    options: argparse.Namespace,
    scope: Scope,
    changes: dict[str, pd.DataFrame],
    now: State,
) -> Path:
    """Write a folder with a book and the text of a mail for each accountable of a register."""
    owners = sorted(set(list_tasks(now)["accountable"]) - {""})
    paths = {owner: folder / re.sub(r"\W+", "-", owner.casefold()).strip("-") for owner in owners}
    if not owners or len(set(paths.values())) < len(owners):
        listed = ", ".join(owners) or "nobody"
        raise SrmDataError(f"--owner all: expected accountables with different names. Got {listed}")
    folder.mkdir(parents=True, exist_ok=True)
    for owner, path in paths.items():
        own = argparse.Namespace(**vars(options) | {"owner": owner})
        write_format(path.with_suffix(".xlsx"), own, scope, changes)
        path.with_suffix(".txt").write_text(f"{describe_tasks(now, owner)}\n", encoding="utf-8")
    return folder


def describe_mail(now: State | None, options: argparse.Namespace) -> str:
    """Return the mail to send a book of one accountable with, after a blank line; else nothing."""
    if options.owner == EVERYBODY:
        return ""  # they are in the folder
    return f"\n{describe_tasks(now, options.owner)}\n" if now is not None and options.owner else ""


def refuse_to_lose(path: Path, now: State | None) -> None:
    """Raise an error if a file has entries of reviewers that the register does not have."""
    from srm_data.workbook import read_review
    from srm_data.workbook.sheets.sent import FORMER
    from srm_data.xlsx.reader import is_as_written

    if path.suffix.lower() != ".xlsx" or not path.is_file() or is_as_written(path):
        return
    try:
        entries = read_review(path).entries
    except ReviewError as error:
        if FORMER in str(error):
            raise
        return  # no book that reviewers write in
    ids = [] if now is None else now.entries["entry_id"].tolist()
    if lost := int((~entries["entry_id"].isin(ids)).sum()):
        raise SrmDataError(
            f"{path} has {count_things(lost, 'entry')} that the register does not have; review it "
            "first, or give another name with --out"
        )
