"""Commands for reviewed workbooks and earlier states: review, compare."""

from __future__ import annotations

import argparse
from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING

from srm_data.cli.options import nonempty, path_of
from srm_data.exceptions import SrmDataError

if TYPE_CHECKING:
    from srm_data.cli.options import Commands
    from srm_data.review import Review


def add_review(commands: Commands) -> None:
    """Add the command ``review``."""
    command = commands.add_parser("review", help="read a workbook that came back from its reviewers")
    command.add_argument(
        "file", type=path_of, metavar="FILE", help="the returned .xlsx; it is only read"
    )
    command.add_argument(
        "--out",
        type=path_of,
        metavar="FOLDER",
        help="write decisions.csv, remarks.csv and problems.csv there; existing files are left alone",
    )
    command.set_defaults(command=run_review)


def run_review(options: argparse.Namespace) -> None:
    """Read a returned workbook, and write its decisions, remarks and problems as CSV files."""
    from srm_data.review import read_review

    review = read_review(options.file)
    counts = [f"{len(frame):,} {name}" for name, frame in review._asdict().items()]
    print(f"{options.file.name}: {', '.join(counts)}")
    if options.out is not None:
        _write_review(review, options.out)
    problems = review.problems
    if len(problems):
        for row in problems.to_dict("records"):
            print(_describe_problem(row))
        noun = "problem needs" if len(problems) == 1 else "problems need"
        raise SrmDataError(f"{len(problems):,} {noun} a person; nothing they name was applied")


def _write_review(review: Review, folder: Path) -> None:
    """Write the three files of a review, all or none; never replace an existing file."""
    from srm_data.organisation.decisions import write_decisions
    from srm_data.organisation.files import write_own_file
    from srm_data.organisation.remarks import write_remarks

    paths = [folder / f"{name}.csv" for name in review._fields]
    for path in paths:
        if path.exists():
            raise FileExistsError(f"{path} exists already; choose another folder for --out")

    written: list[Path] = []
    try:
        for write, path, frame in zip(
            (write_decisions, write_remarks, write_own_file), paths, review, strict=True
        ):
            written.append(write(path, frame))
    except OSError:
        for path in written:
            path.unlink()
        raise

    for path in written:
        print(f"written: {path}")


def _describe_problem(row: dict[Hashable, str]) -> str:
    place = "!".join(part for part in (row["sheet"], row["cell"]) if part)
    key = " / ".join(part for part in (row["offering_id"], row["duty_id"]) if part)
    value = row["value"] if len(row["value"]) <= 80 else row["value"][:77] + "..."
    of_key = f" ({key})" if key else ""
    return f"  {place}{of_key}: {row['problem']}: {value!r}, expected {row['expected']}"


def add_compare(commands: Commands) -> None:
    """Add the command ``compare``."""
    command = commands.add_parser("compare", help="list the cells in which two states differ, and why")
    either = "a workbook, a data version such as 2026.11.0, or a folder of tables"
    command.add_argument("before", type=nonempty, metavar="BEFORE", help=either)
    command.add_argument(
        "after", nargs="?", type=nonempty, metavar="AFTER", help="by default the tables of the package"
    )
    command.set_defaults(command=run_compare)


def run_compare(options: argparse.Namespace) -> None:
    """List the cells in which two states differ, and why."""
    from srm_data.history.compare import compare, describe_changes
    from srm_data.history.earlier import is_of_the_same_scope, read_earlier
    from srm_data.model import build_model
    from srm_data.organisation.decisions import apply_decisions
    from srm_data.review import Review, read_review

    is_book = Path(options.before).is_file()
    source = read_review(options.before) if is_book else options.before  # a book is read once
    before = read_earlier(source)
    if options.after is not None:
        after = read_earlier(options.after)
    else:
        after = build_model()
        after = after[is_of_the_same_scope(after, source)].reset_index(drop=True)
        if isinstance(source, Review):  # decisions of the workbook still apply unless stale
            after = apply_decisions(after, source.decisions)
    changes = compare(before, after)
    print(f"{describe_changes(changes)}.")
    whole = changes["why"].isin(["offering added", "offering gone"])
    if not whole.all():
        columns = ["offering_id", "duty_id", "from", "to", "why"]
        print(changes.loc[~whole, columns].to_string(index=False))
    for why, rows in changes[whole].groupby("why"):
        print(f"{why}: {', '.join(rows['offering_id'].unique())}")
