"""Many edits of books by several reviewers over generations: what was typed is in the register.

Run ``python -m tests.fuzz_book`` for more than the suite does.
"""

import argparse
import datetime as dt
import random
import re
import tempfile
from pathlib import Path
from typing import NamedTuple

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

import srm_data
from srm_data.register import make_entries, merge
from srm_data.workbook import read_review

DAY = "2026-12-02"
TOKEN = re.compile(r"Q\d+Z")
TYPED = ["Comment", "Accountable", "Evidence", "Due", "Status", "Where", "Exception until", "Decision",
         "Consulted", "Implementation", "Responsible", "Approved by", "Reviewer", "beside", "other",
         "decide", "agree", "clear"]  # fmt: skip


class Result(NamedTuple):
    """What came of one generation: entries, texts that are lost, and whether order matters."""

    entries: int
    lost: dict[str, str]
    """Texts that the register does not have, with the cells in which they stood."""
    differs: bool


class Copy:
    """A copy of a book that somebody edits with openpyxl."""

    def __init__(self, path: Path) -> None:
        self.path, self.book = path, openpyxl.load_workbook(path)
        self.sheet: Worksheet = self.book["Review here"]
        self.columns = {cell.value: cell.column for cell in self.sheet[2]}
        numbers = range(3, self.sheet.max_row + 1)
        self.rows = {self.sheet.cell(row, self.columns["cell"]).value: row for row in numbers}

    def fill(self, cell: str, **texts: object) -> None:
        """Fill columns of a row."""
        for header, value in texts.items():
            self.sheet.cell(self.rows[cell], self.columns[header.replace("_", " ")]).value = value

    def edit(self, rng: random.Random, who: str, text: str) -> None:
        """Do one of the things that people do."""
        cell, kind = rng.choice(list(self.rows)), rng.choice(TYPED)
        signed = {"Reviewer": who or None, "Date": dt.date(2026, 11, rng.randint(1, 30))}
        if kind == "decide":
            self.fill(cell, Decision=rng.choice(["AWS", "Shared", "Customer"]), Comment=text, **signed)
        elif kind == "agree":
            self.fill(cell, Status="agreed", **signed)
        elif kind == "clear":
            self.fill(cell, **{rng.choice(TYPED[:6]): None})
        elif kind == "beside":
            self.sheet.cell(self.rows[cell], 50).value = text
        elif kind == "other":
            self.book["Matrix"].cell(rng.randint(1, 40), rng.randint(1, 12)).value = text
        else:
            self.fill(cell, **{kind: f"environment={text}" if kind == "Where" else text})

    def shuffle(self, rng: random.Random) -> None:
        """Sort the rows in another order."""
        rows = [[cell.value for cell in row] for row in self.sheet.iter_rows(min_row=3)]
        rng.shuffle(rows)
        for number, row in enumerate(rows, start=3):
            for column, value in enumerate(row, start=1):
                self.sheet.cell(number, column).value = value

    def list_typed(self) -> dict[str, str]:
        """List the texts that stand in the copy, with their cells."""
        return {
            token: f"{sheet.title}!{cell.coordinate}"
            for sheet in self.book
            for row in sheet.iter_rows()
            for cell in row
            for token in TOKEN.findall(str(cell.value))
        }


def run(*, reviewers: int, edits: int, generations: int, seed: int) -> list[Result]:
    """Let reviewers edit copies of a book for some generations, and merge what comes back."""
    rng, number, results = random.Random(seed), 0, list[Result]()
    model = srm_data.choose_offerings(srm_data.build_model(), ["sqs", "kms"])
    register, folder = make_entries([]), Path(tempfile.mkdtemp())
    for generation in range(generations):
        reviews, typed = [], dict[str, str]()
        for who in ("Ada", "Bob", "", "Cem", "Dan")[:reviewers]:
            path = folder / f"{generation}-{who}.xlsx"
            copy = Copy(srm_data.write_workbook(path, model, register=register, on=DAY))
            for _ in range(edits // reviewers // generations):
                number += 1
                copy.edit(rng, who, f"Q{number}Z")
            if rng.random() < 0.5:
                copy.shuffle(rng)
            typed |= copy.list_typed()
            copy.book.save(path)
            reviews.append(read_review(path))
        before, register = register, merge(reviews, register)
        again = merge(rng.sample(reviews, reviewers), merge(reviews, before))
        kept = set(TOKEN.findall(register.drop(columns="entry_id").to_csv()))
        lost = {text: place for text, place in typed.items() if text not in kept}
        results.append(Result(len(register), lost, not register.equals(again)))
    return results


def main() -> None:
    """Run with two to five reviewers, and print what came of every generation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=2_500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for reviewers in range(2, 6):
        for result in run(reviewers=reviewers, edits=options.edits, generations=4, seed=options.seed):
            print(f"{reviewers} reviewers: {result}")


if __name__ == "__main__":
    main()
