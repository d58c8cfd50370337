"""What ``--out`` of export and estate writes: a file of the kind that the ending of its name says."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Any

from srm_data.cli.controls import add_control_sheet
from srm_data.exceptions import SrmDataError
from srm_data.formats import MATRIX, Format, find_format

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from srm_data.register import State

PLACES = {
    "since": "changes",
    "framework": "controls",
    "controls": "controls",
    "baseline": "controls",
    "owner": "owner",
    "print": "for_print",
}
"""Options that not every kind of file has a place for, with the argument that takes what they give."""
TASKS = Format((".csv",), "the tasks of one accountable", "")
EVERYBODY = "all"
"""``--owner`` of a folder with a book and a mail for each accountable."""


def name_workbook_options(options: argparse.Namespace) -> list[str]:
    """Return the given options whose content only a workbook has a place for, ``--since`` apart."""
    given = [name for name in PLACES if name != "since" and getattr(options, name)]
    return [f"--{name.replace('_', '-')}" for name in given]


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
    given = [
        name for name, place in PLACES.items() if getattr(options, name) and not kind.accepts(place)
    ]
    lost = [f"--{name.replace('_', '-')}" for name in given]
    if options.audience != "internal" and not kind.accepts("audience"):
        lost.append(f"--audience {options.audience}")
    if lost:
        raise SrmDataError(
            f"{path}: it holds {kind.content}, and nothing of {', '.join(lost)}; expected a file name "
            "that ends in .xlsx, or a call without"
        )
    return kind


def write_format(
    path: Path,
    model: pd.DataFrame,
    options: argparse.Namespace,
    changes: dict[str, pd.DataFrame],
    *,
    now: State | None,
    **settings: Any,
) -> Path:
    """Write a model with what a register says; it is applied before if the kind takes none.

    ``changes`` is from :func:`~srm_data.cli.inputs.find_changes`.
    """
    from srm_data.controls import build_control_matrix, build_task_list
    from srm_data.register import build_cautious_model
    from srm_data.register.files import write_own_file

    kind = require_format(path, options)
    if options.owner and now is None:
        raise SrmDataError("--owner: expected --register with it, which names who is accountable")
    if now is not None and options.owner == EVERYBODY and not path.suffix:
        return _write_for_all(path, model, options, changes, now=now, **settings)
    if now is not None and kind is TASKS:
        cautious = build_cautious_model(now)
        matrix = add_control_sheet(cautious, options).get("controls")
        matrix = build_control_matrix(cautious) if matrix is None else matrix
        return write_own_file(path, build_task_list(now, options.owner, matrix=matrix))
    _refuse_to_lose(path, now)
    more = changes | add_control_sheet(model if now is None else build_cautious_model(now), options)
    if now is not None and kind.accepts("register"):
        more |= {"register": now.entries, "on": now.day}  # type: ignore[dict-item]
    elif now is not None:
        model = now.model
    part = {"owner": options.owner or "", "for_print": options.print, "sheet": options.sheet or ""}
    return kind.write(path, model=model, audience=options.audience, **part, **more, **settings)


def _write_for_all(
    folder: Path,
    model: pd.DataFrame,
    options: argparse.Namespace,
    changes: dict[str, pd.DataFrame],
    *,
    now: State,
    **settings: Any,
) -> Path:
    """Write a folder with a book and the text of a mail for each accountable of a register."""
    from srm_data.register import describe_tasks, list_tasks

    owners = sorted(set(list_tasks(now)["accountable"]) - {""})
    paths = {owner: folder / re.sub(r"\W+", "-", owner.casefold()).strip("-") for owner in owners}
    if not owners or len(set(paths.values())) < len(owners):
        listed = ", ".join(owners) or "nobody"
        raise SrmDataError(f"--owner all: expected accountables with different names. Got {listed}")
    folder.mkdir(parents=True, exist_ok=True)
    for owner, path in paths.items():
        own = argparse.Namespace(**vars(options) | {"owner": owner})
        write_format(path.with_suffix(".xlsx"), model, own, changes, now=now, **settings)
        path.with_suffix(".txt").write_text(f"{describe_tasks(now, owner)}\n", encoding="utf-8")
    return folder


def describe_mail(now: State | None, options: argparse.Namespace) -> str:
    """Return the mail to send a book of one accountable with, after a blank line; else nothing."""
    from srm_data.register import describe_tasks

    if options.owner == EVERYBODY:
        return ""  # they are in the folder
    return f"\n{describe_tasks(now, options.owner)}\n" if now is not None and options.owner else ""


def _refuse_to_lose(path: Path, now: State | None) -> None:
    from srm_data.exceptions import ReviewError
    from srm_data.workbook import read_review
    from srm_data.workbook.read import FORMER
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
        entries_lost = "1 entry" if lost == 1 else f"{lost:,} entries"
        raise SrmDataError(
            f"{path} has {entries_lost} that the register does not have; review it first, or give "
            "another name with --out"
        )
