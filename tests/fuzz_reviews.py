"""Several reviewers edit copies of a book at random, generation after generation: nothing is lost.

Every typed text is unlike all others, so that it can be looked for afterwards: it is applied, carried,
reported, or one side of a conflict. Run as a program, this tries more than the tests do.
"""

import argparse
import random
import re
import tempfile
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment

from srm_data.load import Tables, load_tables
from srm_data.model import build_model
from srm_data.review import Review, merge_reviews, read_review
from srm_data.workbook import write_workbook
from srm_data.workbook.approvals import end_approval

OFFERINGS = ["sqs", "kms", "lambda-zip"]
ANSWERS = ["AWS", "Shared", "Customer", "Not applicable"]
NAMES = ["Ada", "Bob", "Chidi", "Dana", "Emre"]
STATUSES = ["open", "agreed", "changed", "question", "not ours", "Agreed"]
DAYS = ["2026-11-02", "2026-11-03", "2.11.2026", "soon"]
FIELDS = ["System", "Prepared by", "Reviewed by", "Approved by"]
TOKEN = re.compile(r"Q\d+Z")
SAID = ["offering_id", "duty_id", "kind", "decision", "text", "author", "dated"]


class Result(NamedTuple):
    """What came of one generation of edits."""

    typed: int
    conflicts: int
    lost: set[str]
    changed: list[str]
    """Frames that are not the same after the way through an untouched book."""


class Reviewer:
    """Edits one copy of a book at random, and knows which texts are in it for that."""

    def __init__(self, book: Workbook, rng: random.Random, first: int) -> None:
        self.book, self.rng, self.number = book, rng, first
        self.typed: dict[tuple[str, str], str] = {}
        self.gone: set[str] = set()
        self.sheet = book["Review here"]
        self.columns = {cell.value: cell.column for cell in self.sheet[2]}

    def make_text(self) -> str:
        """Make a text that stands nowhere else."""
        self.number += 1
        return f"Q{self.number}Z"

    def put(self, cell: Cell, value: object) -> None:
        """Type into a cell; what stood there is gone, in this copy."""
        self.gone |= set(TOKEN.findall(str(cell.value or "")))
        cell.value = value
        self.typed[cell.parent.title, cell.coordinate] = str(value or "")

    def edit(self) -> None:
        """Do one of the things that people do."""
        row = self.rng.randrange(3, self.sheet.max_row + 1)
        kinds = {
            self.decide: 6, self.remark: 4, self.give_status: 6, self.assign: 4, self.note: 1,
            self.clear: 1, self.alter: 1, self.write_elsewhere: 1, self.handle: 4, self.sign: 1,
        }  # fmt: skip
        (kind,) = self.rng.choices(list(kinds), list(kinds.values()))
        kind(row)

    def fill(self, row: int, **values: object) -> None:
        """Type into a row of the reviewed sheet, by header."""
        for header, value in values.items():
            self.put(self.sheet.cell(row, self.columns[header.replace("_", " ")]), value)

    def decide(self, row: int) -> None:
        """Enter a decision, which may lack something."""
        decision = self.rng.choice([*ANSWERS, *ANSWERS, "Not sure"])
        name, day = self.rng.choice([*NAMES, None]), self.rng.choice(DAYS)
        self.fill(row, Decision=decision, Comment=self.make_text(), Reviewer=name, Date=day)

    def remark(self, row: int) -> None:
        """Comment on a row."""
        self.fill(row, Comment=self.make_text())

    def give_status(self, row: int) -> None:
        """Say how far a row is, or something that is no status."""
        status = self.rng.choice([*STATUSES, self.make_text()])
        self.fill(row, Status=status, Reviewer=self.rng.choice(NAMES))

    def assign(self, row: int) -> None:
        """Enter an owner, a day or where evidence is."""
        header = self.rng.choice(["Owner", "Due", "Evidence_link", "Exception_until"])
        self.fill(row, **{header: self.make_text()})

    def note(self, row: int) -> None:
        """Put a note on a cell."""
        cell = self.sheet.cell(row, self.rng.randrange(1, 12))
        if cell.comment is None:
            text = self.make_text()
            cell.comment = Comment(text, self.rng.choice(NAMES))
            self.typed["note", cell.coordinate] = text

    def clear(self, row: int) -> None:
        """Clear what was entered as a decision or comment."""
        self.fill(row, Decision=None, Comment=None, Reviewer=None, Date=None)

    def alter(self, row: int) -> None:
        """Type over a cell that was generated."""
        header = self.rng.choice(["Note", "AWS's part", "Basis", "Section"])
        self.put(self.sheet.cell(row, self.columns[header]), self.make_text())

    def write_elsewhere(self, row: int) -> None:
        """Type on a sheet that is not reviewed."""
        title = self.rng.choice(["Cover", "Duties", "Legend", "Mine"])
        sheet = self.book[title] if title in self.book.sheetnames else self.book.create_sheet(title)
        self.put(sheet.cell(row + 80, 3), self.make_text())

    def handle(self, row: int) -> None:
        """Answer, close or assign an item of the log."""
        log = self.book["Review log"]
        columns = {cell.value: cell.column for cell in log[1]}
        if "Reply" not in columns:
            return
        number = self.rng.randrange(2, log.max_row + 1)
        entered = {"Reply": self.make_text(), "Reply by": self.rng.choice(NAMES)}
        entered |= {"State": self.rng.choice(["closed", "answered", "reopened", "done?"])}
        entered |= {"Assigned to": self.make_text()} if self.rng.random() < 0.3 else {}
        for header, value in entered.items():
            self.put(log.cell(number, columns[header]), value)

    def sign(self, row: int) -> None:
        """Fill in a field of the cover."""
        cover = self.book["Cover"]
        field = self.rng.choice(FIELDS)
        for number in range(1, cover.max_row + 1):
            if cover.cell(number, 1).value == field:
                self.put(cover.cell(number, 2), self.make_text())
                self.put(cover.cell(number, 3), self.rng.choice(NAMES))


def find_tokens(review: Review) -> set[str]:
    """Find all texts that were made here, wherever a review has them."""
    frames = (*review, review.status, review.sign_off)
    return set(TOKEN.findall("\n".join(frame.to_csv() for frame in frames)))


def list_changed(before: Review, after: Review) -> list[str]:
    """List what is not the same after the way through an untouched book."""
    pairs = {
        "decisions": (before.decisions, after.decisions),
        "status": (before.status, after.status),
        "remarks": tuple(
            it.remarks[SAID].sort_values(SAID).reset_index(drop=True) for it in (before, after)
        ),
        "sign_off": tuple(
            it[it["field"] != "Revision"] for it in (end_approval(before.sign_off), after.sign_off)
        ),
    }
    return [name for name, (one, two) in pairs.items() if not reset(one).equals(reset(two))]


def reset(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.reset_index(drop=True)


def run(
    folder: Path, tables: Tables, *, reviewers: int, edits: int, generations: int, seed: int
) -> list[Result]:
    """Let reviewers edit copies of a book for some generations, and merge what comes back."""
    rng = random.Random(seed)
    model = build_model(tables)
    model = model[model["offering_id"].isin(OFFERINGS)].reset_index(drop=True)
    path = write_workbook(folder / "book-0.xlsx", model, tables=tables)
    results: list[Result] = []
    alive: set[str] = set()
    number = 0
    for generation in range(1, generations + 1):
        copies, typed, gone = [], set[str](), set[str]()
        for place in range(reviewers):
            book = load_workbook(path)
            reviewer = Reviewer(book, rng, number)
            for _ in range(edits):
                reviewer.edit()
            number = reviewer.number
            typed |= set(TOKEN.findall("\n".join(reviewer.typed.values())))
            gone |= reviewer.gone
            copy = folder / f"copy-{generation}-{place}.xlsx"
            book.save(copy)
            copies.append(read_review(copy))
        rng.shuffle(copies)

        merged = merge_reviews(copies)
        found = find_tokens(merged)
        lost = (typed | (alive - gone)) - found
        path = write_workbook(
            folder / f"book-{generation}.xlsx", model, tables=tables, decisions=merged.decisions,
            remarks=merged.remarks, cell_status=merged.status, sign_off=merged.sign_off,
        )  # fmt: skip
        again = read_review(path)
        conflicts = int(merged.remarks["kind"].eq("conflict").sum())
        results.append(Result(len(typed), conflicts, lost, list_changed(merged, again)))
        alive = find_tokens(again)
    return results


def main() -> None:
    """Run with two to five reviewers, and print what came of every generation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=500)
    parser.add_argument("--generations", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tables = load_tables()
    for reviewers in range(2, 6):
        with tempfile.TemporaryDirectory() as folder:
            results = run(
                Path(folder), tables, reviewers=reviewers, edits=options.edits,
                generations=options.generations, seed=options.seed,
            )  # fmt: skip
        for generation, result in enumerate(results, start=1):
            print(
                f"{reviewers} reviewers, generation {generation}: {result.typed:,} typed, "
                f"{result.conflicts:,} in conflict, lost: {sorted(result.lost)}, "
                f"changed on the way: {result.changed}"
            )


if __name__ == "__main__":
    main()
