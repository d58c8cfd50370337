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

HALVES = {"basis": "basis", "aws_part": "AWS", "customer_part": "customer"}
"""What ``compare`` prints before and after, and under which word."""


def run_review(options: argparse.Namespace) -> None:
    """Print what came back and what needs a person; add it to a register."""
    tables, model = load_tables(duty_sets=ALL_SETS), build_model(duty_sets=ALL_SETS)
    earlier = None
    if options.register is not None and options.register.exists():
        earlier = read_register(options.register)

    # books and lists of tasks come back; other files are those of 2026.11
    texts = [path for path in options.files if path.suffix.lower() == ".csv"]
    lists = [path for path in texts if is_task_list(path)]
    files = [path for path in texts if path not in lists]
    books = [path for path in options.files if path not in texts]
    reviews = list(map(read_review, books))
    if lists:
        entries = make_entries([]) if earlier is None else earlier
        before = state(entries, model, on=options.on, tables=tables)
        reviews += [read_task_list(path, before) for path in lists]
    former = [read_former_files(files)] if files else []
    register = merge([*reviews, *former], earlier)
    now = state(register, model, on=options.on, tables=tables)  # refuses a wrong day before writing

    # what each file gave
    names = [*name_apart([*books, *lists]), ", ".join(name_apart(files))]
    for name, entries in zip(names, [*(each.entries for each in reviews), *former], strict=False):
        print(f"{name}: {count_things(len(entries), 'entry')}")
    if options.register is None:
        kept, shown = "add the books to a register with --register FILE", now.entries
        # what an entry was made against is in the register, which was not given
        now = now._replace(problems=now.problems[now.problems["kind"].ne("stray")])
    else:
        written = write_register(options.register, register)
        is_new = ~register["entry_id"].isin([] if earlier is None else earlier["entry_id"])
        counted = f"{count_things(len(register), 'entry')}, {is_new.sum():,} of them new"
        print(f"written: {written}: {counted}")
        # what was typed elsewhere in a book asks for nothing but a reader
        is_new &= register["field"].eq("remark") & ~register["entry_id"].isin(now.problems["entry_ids"])
        kept, shown = "every entry is in the register", register[is_new]
    for entry in list_rows(shown):
        by = ", ".join(filter(None, [entry["by"] or "nobody named", entry["on"]]))
        reason = f" ({entry['reason']})" if entry["reason"] else ""
        place = f" [{entry['source']}]" if entry["field"] == "remark" else ""
        print(f"  {by}: {_name_key(entry)}, {entry['field']}: {entry['value']}{reason}{place}")

    # then what needs a person: the most pressing first, by reviewer
    rows = list_rows(now.problems)
    for row in sorted(rows, key=lambda row: (KINDS.index(row["kind"]), row["by"] or row["source"])):
        place = row["source"] if row["field"] == "remark" and row["by"] else ""
        about = ", ".join(filter(None, [_name_key(row), row["field"], place]))
        print(f"  {row['by'] or 'nobody named'}: {about}: {describe_problem(row)}")
    if rows:
        needs = "needs" if len(rows) == 1 else "need"
        raise SrmDataError(f"{count_things(len(rows), 'problem')} {needs} a person: see above; {kept}")


def _name_key(row: dict[str, str]) -> str:
    return " / ".join(row[name] for name in ("offering_id", "duty_id", "where") if row[name])


def run_compare(options: argparse.Namespace) -> None:
    """List the cells that differ between two states, and why."""
    before = read_earlier(options.before)
    if options.after is not None:
        if options.register is not None or options.on is not None:
            raise SrmDataError("--register, --on: expected one state, BEFORE, with it")
        after = read_earlier(options.after)
    else:
        after = keep_sets_of(build_model(duty_sets=ALL_SETS), before)
        if not has_whole_catalogue(before):
            after = after[after["offering_id"].isin(before["offering_id"])].reset_index(drop=True)
        now = read_state(after, options, load_tables(duty_sets=ALL_SETS))
        after = after if now is None else now.model

    # cells by cause, with what was read before and now; then offerings that are new or gone
    changes = compare(before, after)
    print(f"{describe_changes(changes)}.")
    whole = changes["why"].isin(["offering added", "offering gone"])
    for why, rows in changes[~whole].groupby("why", sort=False):
        print(f"\n{why} ({len(rows):,}):")
        for row in rows.to_dict("records"):
            print(f"  {describe_change(row)}")
            for name, heading in HALVES.items():
                was, is_now = row[f"{name}_from"], row[f"{name}_to"]
                if row["basis_from"] and was != is_now:
                    print(f"    {heading}: {was or '(nothing)'} -> {is_now or '(nothing)'}")
    for why, rows in changes[whole].groupby("why"):
        print(f"{why}: {', '.join(rows['offering'].unique())}")
