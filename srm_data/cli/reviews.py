"""Commands for reviewed workbooks and earlier states: review, compare."""

from __future__ import annotations

import argparse
from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING

from srm_data.exceptions import SrmDataError
from srm_data.register.problems import KINDS

FILES = ("decisions.csv", "remarks.csv", "cell_status.csv", "sign_off.csv", "problems.csv")
"""Names of the files of a review."""

if TYPE_CHECKING:
    from srm_data.review import Review


def run_review(options: argparse.Namespace) -> None:
    """Read returned workbooks, and write their contents as CSV files."""
    from srm_data.organisation.files import name_apart
    from srm_data.review import merge_reviews, read_review

    if options.register is not None:
        _add_to_register(options)
        return
    copies = [read_review(path) for path in options.files]
    review = merge_reviews(copies)
    written = _write_review(review, options.out) if options.out is not None else []

    for name, copy in zip(name_apart(options.files), copies, strict=True):
        print(f"{name}: {_describe_review(copy)}")
    if len(copies) > 1:
        print(f"together: {_describe_review(review)}")
    for path in written:
        print(f"written: {path}")
    if len(review.problems):
        for row in review.problems.to_dict("records"):
            print(_describe_problem(row, is_one_of_several=len(copies) > 1))
        noun = "problem needs" if len(review.problems) == 1 else "problems need"
        raise SrmDataError(f"{len(review.problems):,} {noun} a person: see above what was read")


def _add_to_register(options: argparse.Namespace) -> None:
    """Add what books and files of 2026.11 say to a register, and print what needs a person."""
    from srm_data.model import build_model
    from srm_data.organisation.files import name_apart
    from srm_data.register import merge, read_former_files, read_register, state, write_register
    from srm_data.register.entries import list_rows
    from srm_data.workbook import read_book

    if options.out is not None:
        raise SrmDataError("--out: expected --register without it; the register has all that was read")
    earlier = read_register(options.register) if options.register.exists() else None
    files = [path for path in options.files if path.suffix.lower() == ".csv"]
    books = [path for path in options.files if path not in files]
    reviews = [read_book(path) for path in books]
    former = [read_former_files(files)] if files else []
    register = merge([*reviews, *former], earlier)
    now = state(register, build_model(), on=options.on)  # refuses a wrong day before writing
    written = write_register(options.register, register)

    # what each file gave, then what needs a person: the most pressing first, by reviewer
    for name, review in zip(name_apart(books), reviews, strict=True):
        print(f"{name}: {len(review.entries):,} entries")
    for entries in former:
        print(f"{', '.join(name_apart(files))}: {len(entries):,} entries")
    new = len(register) - (0 if earlier is None else len(earlier))
    print(f"written: {written}: {len(register):,} entries, {new:,} of them new")
    rows = [row for review in reviews for row in list_rows(review.problems)] + list_rows(now.problems)
    for row in sorted(rows, key=lambda row: (KINDS.index(row["kind"]), row["by"] or row["source"])):
        print(f"  {_describe_line(row)}")
    if rows:
        noun = "problem needs" if len(rows) == 1 else "problems need"
        raise SrmDataError(f"{len(rows):,} {noun} a person: see above; every entry is in the register")


def _describe_line(row: dict[str, str]) -> str:
    """Describe a problem in one line: who, about what, and what is expected."""
    from srm_data.register import describe_problem

    key = " / ".join(filter(None, [row["offering_id"], row["duty_id"], row["where"]]))
    about = ", ".join(
        filter(None, [key, row["field"] if key else "", row["source"] if not key else ""])
    )
    return f"{row['by'] or 'nobody named'}: {about}: {describe_problem(row)}"


def _describe_review(review: Review) -> str:
    """Describe in one line how many items a review has."""
    from srm_data.organisation.remarks import CLOSED, CONFLICT

    conflicts = int((review.remarks["kind"].eq(CONFLICT) & review.remarks["state"].ne(CLOSED)).sum())
    counts = {
        "decision": len(review.decisions),
        "remark": len(review.remarks) - conflicts,
        "cell with a status": len(review.status),
        "entry of the cover": _count_entries(review),
        "entry in conflict": conflicts,
        "problem": len(review.problems),
    }
    plurals = {
        "cell with a status": "cells with a status",
        "entry of the cover": "entries of the cover",
        "entry in conflict": "entries in conflict",
    }
    parts = [
        f"{count:,} {noun if count == 1 else plurals.get(noun, f'{noun}s')}"
        for noun, count in counts.items()
        if count or noun != "entry in conflict"
    ]
    return ", ".join(parts)


def _count_entries(review: Review) -> int:
    """Count the fields of the cover with an entry, and the lines of its history that were typed."""
    from srm_data.organisation.sign_off import list_current
    from srm_data.workbook.format import REVISION, is_revision

    is_line = review.sign_off["field"] == REVISION
    typed = sum(not is_revision(value) for value in review.sign_off.loc[is_line, "value"])
    return len(list_current(review.sign_off[~is_line])) + typed


def _write_review(review: Review, folder: Path) -> list[Path]:
    """Write all files of a review or none, without replacing existing files."""
    from srm_data.organisation.cell_status import write_cell_status
    from srm_data.organisation.decisions import write_decisions
    from srm_data.organisation.files import write_own_file
    from srm_data.organisation.remarks import write_remarks
    from srm_data.organisation.sign_off import write_sign_off

    paths = [folder / name for name in FILES]
    for path in paths:
        if path.exists():
            raise FileExistsError(f"{path} already exists; choose another folder for --out")

    frames = (review.decisions, review.remarks, review.status, review.sign_off, review.problems)
    writers = (write_decisions, write_remarks, write_cell_status, write_sign_off, write_own_file)
    written: list[Path] = []
    try:
        for write, path, frame in zip(writers, paths, frames, strict=True):
            written.append(write(path, frame))
    except OSError:
        for path in written:
            path.unlink()
        raise
    return written


def _describe_problem(row: dict[Hashable, str], *, is_one_of_several: bool) -> str:
    book = f"{row['book']}: " if is_one_of_several else ""
    place = "!".join(part for part in (row["sheet"], row["cell"]) if part)
    key = " / ".join(part for part in (row["offering_id"], row["duty_id"]) if part)
    value = row["value"] if len(row["value"]) <= 80 else row["value"][:77] + "..."
    of_key = f" ({key})" if key else ""
    return f"  {book}{place}{of_key}: {row['problem']}: {value!r}, expected {row['expected']}"


def run_compare(options: argparse.Namespace) -> None:
    """List the cells that differ between two states, and why."""
    from srm_data.changes import (
        compare,
        describe_changes,
        is_book,
        is_of_the_same_scope,
        read_earlier,
    )
    from srm_data.model import build_model
    from srm_data.organisation.decisions import override_cells
    from srm_data.register import read_register, state
    from srm_data.review import Review, read_review

    is_former = Path(options.before).is_file() and not is_book(options.before)
    source = read_review(options.before) if is_former else options.before  # it is read once
    before = read_earlier(source)
    if options.after is not None:
        after = read_earlier(options.after)
    else:
        after = build_model()
        if options.register:
            after = state(read_register(options.register), after).model
        if is_book(options.before):
            after = after[after["offering_id"].isin(before["offering_id"])]
        after = after[is_of_the_same_scope(after, source)].reset_index(drop=True)
        if isinstance(source, Review):  # decisions of the workbook still apply unless stale
            after = override_cells(after, source.decisions)
    changes = compare(before, after)
    print(f"{describe_changes(changes)}.")
    if options.after is None and isinstance(source, Review) and len(source.decisions):
        print(
            f"The decisions in {source.book} apply to both states, so they are not listed. "
            f"To list them, compare the workbook that was sent before with {source.book}."
        )
    whole = changes["why"].isin(["offering added", "offering gone"])
    if not whole.all():
        columns = ["offering_id", "duty_id", "from", "to", "why"]
        print(changes.loc[~whole, columns].to_string(index=False))
    for cell in changes.attrs["actions"]:
        place = f"{cell['offering_id']} / {cell['duty_id']}"
        print(f"customer action: {place}: {cell['from']} -> {cell['to']}")
    for why, rows in changes[whole].groupby("why"):
        print(f"{why}: {', '.join(rows['offering_id'].unique())}")
