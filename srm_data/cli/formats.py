"""What ``--out`` of export and estate writes: a file of the kind that the ending of its name says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from srm_data.cli.controls import add_control_sheet
from srm_data.exceptions import SrmDataError
from srm_data.formats import Format, find_format

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    import pandas as pd

    from srm_data.register import State

PLACES = {
    "remarks": "remarks",
    "cell_status": "cell_status",
    "sign_off": "sign_off",
    "since": "changes",
    "framework": "controls",
    "controls": "controls",
    "baseline": "controls",
}
"""Options that not every kind of file has a place for, with the argument that takes what they give."""


def name_workbook_options(options: argparse.Namespace) -> list[str]:
    """Return the given options whose content only a workbook has a place for, ``--since`` apart."""
    given = [name for name in PLACES if name != "since" and getattr(options, name)]
    return [f"--{name.replace('_', '-')}" for name in given]


def require_format(path: Path, options: argparse.Namespace) -> Format:
    """Return the kind of a file that is to be written."""
    kind = find_format(path)
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
    reviewed: dict[str, pd.DataFrame],
    options: argparse.Namespace,
    changes: dict[str, pd.DataFrame],
    *,
    now: State | None = None,
    **settings: Any,
) -> Path:
    """Write a model with what reviews gave; decisions are applied before if the kind takes none.

    ``changes`` is from :func:`~srm_data.cli.options.find_changes`.
    """
    from srm_data.organisation.decisions import override_cells
    from srm_data.register import build_cautious_model

    kind = require_format(path, options)
    if now is None:
        _refuse_to_lose_entries(path, reviewed)
        decided = override_cells(model, reviewed["decisions"])
    else:
        _refuse_to_lose(path, now)
        decided = now.model
        reviewed = {"register": now.entries, "on": now.day}  # type: ignore[dict-item]
    cautious = decided if now is None else build_cautious_model(now)
    more = changes | add_control_sheet(cautious, options)
    return kind.write(
        path,
        model=model if kind.accepts("decisions") else decided,
        audience=options.audience,
        **reviewed,
        **more,
        **settings,
    )


def _refuse_to_lose(path: Path, now: State) -> None:
    """Refuse to replace a book with entries that the register does not have."""
    from srm_data.exceptions import ReviewError
    from srm_data.workbook import read_book
    from srm_data.xlsx.reader import is_as_written

    if path.suffix.lower() != ".xlsx" or not path.is_file() or is_as_written(path):
        return
    try:
        entries = read_book(path).entries
    except ReviewError:
        return  # no book that reviewers write in
    if lost := int((~entries["entry_id"].isin(now.entries["entry_id"])).sum()):
        raise SrmDataError(
            f"{path} has {lost:,} entries that the register does not have; review it first, or give "
            "another name with --out"
        )


def _refuse_to_lose_entries(path: Path, reviewed: dict[str, pd.DataFrame]) -> None:
    """Refuse to replace a workbook with entries of reviewers that it would not have any more."""
    from srm_data.exceptions import ReviewError
    from srm_data.organisation.remarks import REMARK
    from srm_data.review import read_review
    from srm_data.workbook.format import is_revision
    from srm_data.xlsx.reader import is_as_written

    if path.suffix.lower() != ".xlsx" or not path.is_file() or is_as_written(path):
        return
    try:
        review = read_review(path)
    except ReviewError:
        return  # no workbook that reviewers write in

    # What is neither in the files that were given nor in the workbook as it was sent is lost.
    words = [name for name in REMARK if name != "place"]
    frames = {
        "decisions": (review.decisions, review.sent.decisions),
        "remarks": (review.remarks[words], review.sent.remarks),
        "cell_status": (review.status, review.sent.status),
        "sign_off": (review.sign_off, review.sent.sign_off),
    }
    lost = 0
    for name, (now, sent) in frames.items():
        kept = {
            row
            for frame in (sent, reviewed[name])
            for row in frame.reindex(columns=now.columns).fillna("").itertuples(index=False, name=None)
        }
        rows = now.itertuples(index=False, name=None)
        lost += sum(
            row not in kept and not (name == "sign_off" and is_revision(row[1])) for row in rows
        )
    if lost:
        entries = "1 entry" if lost == 1 else f"{lost:,} entries"
        raise SrmDataError(
            f"{path} has {entries} of reviewers that would be lost; review it first, or give another "
            "name with --out"
        )
