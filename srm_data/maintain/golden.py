"""Compare what two checkouts make of the same golden inputs, and list every difference.

``python -m srm_data.maintain golden OLD NEW INPUTS`` asks both about every input: OLD is a worktree of
an earlier commit, NEW that of a change, INPUTS a folder which is no part of the project::

    estates/          inventories, each file for itself; a folder NAME.estate is one estate
    names.txt         names for find_offerings, one per line
    questions.txt     questions for find_answers, one per line
    books/            returned workbooks; the books of a folder NAME.merge are merged

The cells of the model, written books and counts need no input. It ends with 0 if everything
is equal, with 1 if something differs, and with 2 if it is called in another way.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from srm_data.exceptions import SrmDataError
from srm_data.maintain.golden_answers import GROUPS, SECONDS, list_counts

KEY = ["group", "input", "field"]
ANSWERS = [*KEY, "value"]
ABSENT = "(none)"
BOOKS = ["sqs, kms, lambda-zip", "eks-fargate, rds-db-instance, s3-general-purpose, ec2-instance"]
CELLS = ["core", "seed", "category", "ai"]
Request = tuple[str, str]
"""A group and an input."""


def list_requests(inputs: Path, *, groups: Iterable[str] = GROUPS) -> list[Request]:
    """List what both checkouts are asked: group and input, such as a path below ``inputs``."""
    # A folder that ends in .estate or .merge is one input; what is in it is none.
    found = [path.relative_to(inputs) for path in sorted(inputs.rglob("*"))]
    wholes = {path for path in found if path.suffix in (".estate", ".merge")}
    files = [p for p in found if (inputs / p).is_file() and wholes.isdisjoint(p.parents)]
    names = {
        "estates": [str(p) for p in (*files, *wholes) if p.parts[0] == "estates"],
        "reviews": [str(p) for p in (*files, *wholes) if p.parts[0] == "books"],
        "names": _read_lines(inputs / "names.txt"),
        "questions": _read_lines(inputs / "questions.txt"),
        "cells": CELLS,
        "books": [*BOOKS, *(str(p) for p in wholes if p.parts[:2] == ("estates", "sample"))],
        "counts": list_counts(),
    }
    return [(group, name) for group in groups for name in sorted(names[group])]


def _read_lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def collect_answers(folder: Path, inputs: Path, requests: Sequence[Request]) -> pd.DataFrame:
    """Ask a checkout about all inputs; return one row per field of an answer, with ``ANSWERS``."""
    crashed = {"result": f"crashed: the process ended, or took more than {SECONDS} s"}
    rows, rest = [], list(requests)
    while rest:
        # A process answers all; where it ends before that, one input is lost and another goes on.
        answers = _run(folder.resolve(), inputs.resolve(), rest)
        answers += [crashed] if len(answers) < len(rest) else []
        for (group, name), answer in zip(rest, answers, strict=False):
            rows += [(group, name, field, value) for field, value in answer.items()]
        rest = rest[len(answers) :]
    return pd.DataFrame(rows, columns=ANSWERS, dtype="str")


def _run(folder: Path, inputs: Path, requests: Sequence[Request]) -> list[dict[str, str]]:
    """Answer requests with the package of a checkout, up to one that ends the process."""
    # -P: the folder of the script is not on the path, the checkout is.
    lines = subprocess.run(
        [sys.executable, "-P", str(Path(__file__).with_name("golden_answers.py"))],
        input="".join(f"{json.dumps(request)}\n" for request in requests),
        env={**os.environ, "PYTHONPATH": str(folder), "MPLBACKEND": "Agg", "PYTHONHASHSEED": "0"},
        stdout=subprocess.PIPE, cwd=inputs, encoding="utf-8",
    ).stdout.splitlines(keepends=True)  # fmt: skip
    whole = [json.loads(line) for line in lines if line.endswith("\n")]
    if not whole or folder not in Path(whole[0]).parents:
        raise SrmDataError(f"{folder}: the package cannot be imported from this folder")
    return whole[1:]


def compare_answers(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """List the fields that differ, with the values ``before`` and ``after``, or ``"(none)"``."""
    both = before.merge(
        after, how="outer", on=KEY, suffixes=("_before", "_after"), validate="one_to_one", sort=False
    ).rename(columns={"value_before": "before", "value_after": "after"})
    both[["before", "after"]] = both[["before", "after"]].fillna(ABSENT)
    return both[both["before"] != both["after"]].reset_index(drop=True)


def describe_differences(answers: pd.DataFrame, differences: pd.DataFrame) -> list[str]:
    """Describe the differences by group and kind of field, in lines, with an example of each."""
    lines = []
    for group, values in answers.groupby("group", sort=False):
        differing = differences[differences["group"] == group]
        inputs = f"{differing['input'].nunique():,} of {values['input'].nunique():,} inputs"
        lines.append(f"{group}: {inputs} differ, {len(differing):,} of {len(values):,} values")
        kinds = differing["field"].str.split(":").str[0]
        for kind, rows in differing.groupby(kinds, sort=False):
            lost, new = (int(rows[side].eq(ABSENT).sum()) for side in ("after", "before"))
            first = rows.iloc[0]
            example = f"{first['input']}, {first['field']}: {first['before']} -> {first['after']}"
            counts = f"{len(rows) - lost - new:,} changed, {lost:,} only before, {new:,} only after"
            lines.append(f"  {kind}: {counts}; such as {' '.join(example.split())[:240]}")
    return lines


def main(arguments: Sequence[str]) -> int:
    """Compare two checkouts, print a summary and write the differences; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m srm_data.maintain golden", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("old", type=Path, help="checkout of the earlier commit")
    parser.add_argument("new", type=Path, help="checkout of the change")
    parser.add_argument("inputs", type=Path, help="folder of golden inputs")
    parser.add_argument("--out", type=Path, help="CSV file for the differences, one per line")
    parser.add_argument("--only", default=",".join(GROUPS), help="groups: %(default)s")
    parser.add_argument(
        "--limit", type=int, help="at most so many inputs of a group, from all its parts"
    )
    options = parser.parse_args(arguments)
    groups = options.only.split(",")
    if unknown := set(groups) - set(GROUPS):
        parser.error(f"--only: {', '.join(sorted(unknown))}; expected some of {', '.join(GROUPS)}")
    if not options.inputs.is_dir():
        parser.error(f"{options.inputs}: no such folder")

    requests = list_requests(options.inputs, groups=groups)
    if options.limit:
        requests = _thin_out(requests, options.limit)
    before, after = (
        collect_answers(folder, options.inputs, requests) for folder in (options.old, options.new)
    )
    differences = compare_answers(before, after)
    print("\n".join(describe_differences(before, differences)))
    if options.out:
        differences.to_csv(options.out, index=False)
    return int(len(differences) > 0)


def _thin_out(requests: list[Request], limit: int) -> list[Request]:
    # Evenly spaced over all kinds.
    kept = []
    for group in dict.fromkeys(group for group, _ in requests):
        of_group = [request for request in requests if request[0] == group]
        kept += of_group[:: -(-len(of_group) // limit)]
    return kept
