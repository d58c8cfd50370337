"""Commands for reviewed workbooks and earlier states: review, compare."""

from __future__ import annotations

import argparse

from srm_data.changes import (
    compare,
    describe_change,
    describe_changes,
    has_whole_catalogue,
    read_earlier,
)
from srm_data.cli.inputs import read_state
from srm_data.controls.tasks import is_task_list, read_task_list
from srm_data.describe import count_things
from srm_data.exceptions import SrmDataError
from srm_data.load import ALL_SETS, keep_sets_of, load_tables
from srm_data.model import build_model
from srm_data.register import (
    describe_problem,
    make_entries,
    merge,
    read_former_files,
    read_register,
    state,
    write_register,
)
from srm_data.register.entries import list_rows
from srm_data.register.files import name_apart
from srm_data.register.problems import KINDS
from srm_data.workbook import read_review


def run_review(options: argparse.Namespace) -> None:
    """Print what came back and what needs a person; add it to a register."""
    tables, model = load_tables(duty_sets=ALL_SETS), build_model(duty_sets=ALL_SETS)
    earlier = None
    if options.register is not None and options.register.exists():
        earlier = read_register(options.register)
    # books and lists of tasks come back; other files are those of 2026.11
    lists = [path for path in options.files if path.suffix.lower() == ".csv" and is_task_list(path)]
    files = [path for path in options.files if path.suffix.lower() == ".csv" and path not in lists]
    books = [path for path in options.files if path not in (*files, *lists)]
    reviews = list(map(read_review, books))
    if lists:
        entries = make_entries([]) if earlier is None else earlier
        before = state(entries, model, on=options.on, tables=tables)
        reviews += [read_task_list(path, before) for path in lists]
    former = [read_former_files(files)] if files else []
    register = merge([*reviews, *former], earlier)
    now = state(register, model, on=options.on, tables=tables)  # refuses a wrong day before writing

    # what each file gave
    for name, review in zip(name_apart([*books, *lists]), reviews, strict=True):
        print(f"{name}: {count_things(len(review.entries), 'entry')}")
    for entries in former:
        print(f"{', '.join(name_apart(files))}: {count_things(len(entries), 'entry')}")
    kept = "add the books to a register with --register FILE"
    if options.register is not None:
        new = len(register) - (0 if earlier is None else len(earlier))
        written = write_register(options.register, register)
        print(f"written: {written}: {count_things(len(register), 'entry')}, {new:,} of them new")
        kept = "every entry is in the register"
        # what was typed elsewhere in a book asks for nothing but a reader
        known = set() if earlier is None else set(earlier["entry_id"])
        is_new = register["field"].eq("remark") & ~register["entry_id"].isin(known)
        is_new &= ~register["entry_id"].isin(now.problems["entry_ids"])
        for entry in list_rows(register[is_new]):
            print(f"  {_describe_entry(entry)}")
    else:
        for entry in list_rows(now.entries):
            print(f"  {_describe_entry(entry)}")
        # what an entry was made against is in the register, which was not given
        now = now._replace(problems=now.problems[now.problems["kind"].ne("stray")])

    # then what needs a person: the most pressing first, by reviewer
    rows = list_rows(now.problems)
    for row in sorted(rows, key=lambda row: (KINDS.index(row["kind"]), row["by"] or row["source"])):
        print(f"  {_describe_line(row)}")
    if rows:
        needs = "needs" if len(rows) == 1 else "need"
        raise SrmDataError(f"{count_things(len(rows), 'problem')} {needs} a person: see above; {kept}")


def _describe_entry(entry: dict[str, str]) -> str:
    key = " / ".join(entry[name] for name in ("offering_id", "duty_id", "where") if entry[name])
    reason = f" ({entry['reason']})" if entry["reason"] else ""
    by = ", ".join(filter(None, [entry["by"] or "nobody named", entry["on"]]))
    place = f" [{entry['source']}]" if entry["field"] == "remark" else ""
    return f"{by}: {key}, {entry['field']}: {entry['value']}{reason}{place}"


def _describe_line(row: dict[str, str]) -> str:
    key = " / ".join(filter(None, [row["offering_id"], row["duty_id"], row["where"]]))
    about = ", ".join(
        filter(
            None, [key, row["field"], row["source"] if row["field"] == "remark" and row["by"] else ""]
        )
    )
    return f"{row['by'] or 'nobody named'}: {about}: {describe_problem(row)}"


HALVES = {"basis": "basis", "aws_part": "AWS", "customer_part": "customer"}
"""What ``compare`` prints before and after, and under which word."""


def run_compare(options: argparse.Namespace) -> None:
    """List the cells that differ between two states, and why."""
    before = read_earlier(options.before)
    if options.after is not None:
        if options.register is not None or options.on is not None:
            raise SrmDataError("--register, --on: expected one state, BEFORE, with it")
        after = read_earlier(options.after)
    else:
        after = keep_sets_of(build_model(duty_sets=ALL_SETS), before)
        tables = load_tables(duty_sets=ALL_SETS)
        if not has_whole_catalogue(before):
            after = after[after["offering_id"].isin(before["offering_id"])].reset_index(drop=True)
        now = read_state(after, options, tables)
        after = after if now is None else now.model
    changes = compare(before, after)
    print(f"{describe_changes(changes)}.")
    whole = changes["why"].isin(["offering added", "offering gone"])
    for why, rows in changes[~whole].groupby("why", sort=False):
        print(f"\n{why} ({len(rows):,}):")
        for row in rows.to_dict("records"):
            print(f"  {describe_change(row)}")
            for name, heading in HALVES.items():
                was, now = row[f"{name}_from"], row[f"{name}_to"]
                if row["basis_from"] and was != now:
                    print(f"    {heading}: {was or '(nothing)'} -> {now or '(nothing)'}")
    for why, rows in changes[whole].groupby("why"):
        print(f"{why}: {', '.join(rows['offering'].unique())}")
