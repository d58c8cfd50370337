"""Several reviewers edit copies of a book at random, generation after generation: nothing is lost.

A book is what a state shows, one row per cell and Where. What reviewers type is unlike all else, so it
can be looked for. Run as a program, this tries more than the tests do.
"""

import argparse
import random
import re
from typing import NamedTuple

import pandas as pd

from srm_data import build_model, choose_offerings
from srm_data.register import Review, State, build_review, list_sent, make_entries, merge, state
from srm_data.register.entries import list_rows

FIELDS = ["answer", "status", "accountable", "responsible", "due", "exception", "evidence", "comment"]
ANSWERS = ["AWS", "Shared", "Customer", "Not applicable", "shared, optional", "ok"]
ANSWERS += ["Customer, required"]
STATUSES = ["open", "agreed", "Einverstanden", "question", "not ours", "we will see"]
NAMES = ["Ada", "Bob", "Chidi", "Dana", "Emre", ""]
DAYS = ["2026-11-02", "3.11.2026", "4 Nov 2026", "12/01/2026", "soon", "", "2031-01-01"]
WHERES = ["environment=production", "account=1234", "application=Shop", "prod"]
TOKEN = re.compile(r"Q\d+Z")
SETTLED = {"in force", "proposed", "conflict", "asked back", "remark", "expired"}


class Result(NamedTuple):
    """What came of one generation of edits."""

    edits: int
    states: dict[str, int]
    lost: set[str]
    hidden: set[str]
    """Entries that neither a cell nor a problem shows."""
    differs: list[str]
    """What depends on the order of files and rows."""


class Reviewer:
    """Edits one copy of a book, a row of which has a name, a day and some fields."""

    def __init__(self, now: State, name: str, rng: random.Random, first: int) -> None:
        self.rng, self.number, self.file = rng, first, name
        self.rows: dict[tuple[str, str, str], dict[str, dict[str, str]]] = {}
        self.remarks: list[dict[str, str]] = []
        for sent in list_rows(list_sent(now)):
            now_is = {name: sent[f"sent_{name}"] for name in ("reason", "by", "on")}
            row = self.rows.setdefault((sent["offering_id"], sent["duty_id"], sent["where"]), {})
            row[sent["field"]] = sent | now_is | {"value": sent["sent"]}

    def make_text(self) -> str:
        """Make a text that stands nowhere else."""
        self.number += 1
        return f"Q{self.number}Z"

    def edit(self) -> None:
        """Do one of the things that people do."""
        rng, key = self.rng, self.rng.choice(list(self.rows))
        kind = rng.choice([*FIELDS, "answer", "clear", "sign", "where", "approve", "remark"])
        typed = {"by": rng.choice(NAMES), "on": rng.choice(DAYS)}
        if kind == "answer":
            typed |= {"value": rng.choice(ANSWERS), "reason": rng.choice([self.make_text(), ""])}
        elif kind in ("due", "exception"):
            typed["value"] = rng.choice([*DAYS, self.make_text()])
        elif kind == "status":
            typed["value"] = rng.choice([*STATUSES, self.make_text()])
        elif kind in FIELDS:
            typed["value"] = self.make_text()
        elif kind == "clear":
            kind, typed = rng.choice(FIELDS), {"value": ""}
        elif kind == "sign":
            kind = "answer"
        else:
            new = dict(zip(("offering_id", "duty_id", "where"), key, strict=True))
            new |= {"field": kind, "value": self.make_text()}
            if kind == "where":
                new |= {"field": "due", "where": rng.choice(WHERES)}
            if kind == "approve":
                new |= {"field": "approval", "value": "AWS, none"}
                new |= {"evidence": rng.choice([self.make_text(), ""])}
            self.remarks.append(new | typed)
            return
        blank = dict(zip(("offering_id", "duty_id", "where"), key, strict=True)) | {"field": kind}
        self.rows[key][kind] = self.rows[key].get(kind, blank) | typed

    def send(self) -> tuple[Review, set[str]]:
        """Return what the copy says, with the texts that were typed and still stand in it."""
        edits = [*self.remarks, *(edit for row in self.rows.values() for edit in row.values())]
        self.rng.shuffle(edits)
        texts = [
            edit.get(name, "")
            for edit in edits
            for name, sent in (("value", "sent"), ("reason", "sent_reason"), ("evidence", ""))
            if edit.get(name, "") != edit.get(sent, "")
            if edit["field"] != "approval" or edit["by"] or edit["on"]  # else nobody approves
            if name != "reason" or edit["value"]  # a reason goes with its answer
        ]
        frame = pd.DataFrame(edits).assign(file=self.file)
        typed = {token for text in texts for token in TOKEN.findall(text)}
        return build_review(frame), typed


def run(*, reviewers: int, edits: int, generations: int, seed: int) -> list[Result]:
    """Let reviewers edit copies of a book for some generations, and merge what comes back."""
    rng = random.Random(seed)
    model = choose_offerings(build_model(), ["sqs", "kms"])
    register, number, results = make_entries([]), 0, list[Result]()
    for generation in range(generations):
        now = state(register, model, on="2026-12-02")
        reviews, typed = list[Review](), set[str]()
        for place in range(reviewers):
            reviewer = Reviewer(now, f"copy-{generation}-{place}.xlsx", rng, number)
            for _ in range(edits // reviewers // generations):
                reviewer.edit()
            review, texts = reviewer.send()
            number, typed = reviewer.number, typed | texts
            reviews.append(review)

        # in any order, one by one or at once, and again
        before, register = register, merge(reviews, register)
        one_by_one, shuffled = before, rng.sample(reviews, reviewers)
        for review in shuffled:
            one_by_one = merge(review, one_by_one.sample(frac=1, random_state=seed))
        after = state(register, model, on="2026-12-02")
        mixed = state(merge(shuffled, register)[::-1], model, on="2026-12-02")
        pairs = {"register": (register, one_by_one), "again": (register, merge(reviews, register))}
        pairs |= {
            name: (getattr(after, name), getattr(mixed, name))
            for name in ("cells", "entries", "problems")
        }
        differs = [name for name, (first, second) in pairs.items() if not first.equals(second)]

        # every entry that is new has a state, and is shown by a cell, a problem or the log
        new = after.entries[~after.entries["entry_id"].isin(before["entry_id"])]
        shown = "; ".join([*after.cells["entry_ids"], *after.problems["entry_ids"]])
        in_log = after.entries["field"].isin(["remark", "approval", "withdrawal"])
        is_shown = (
            after.entries["state"].eq("replaced")
            | in_log
            | after.entries["entry_id"].map(shown.__contains__)
        )
        everything = register.drop(columns=["entry_id", "replaces"]).to_csv()
        lost = (typed - set(TOKEN.findall(everything))) | set(before["entry_id"]) - set(
            register["entry_id"]
        )
        lost |= set(new.loc[~new["state"].isin(SETTLED), "entry_id"])
        states = {str(name): int(count) for name, count in new["state"].value_counts().items()}
        hidden = set(after.entries.loc[~is_shown, "entry_id"])
        results.append(Result(len(new), states, lost, hidden, differs))
    return results


def main() -> None:
    """Run with two to five reviewers, and print what came of every generation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=10_000)
    parser.add_argument("--generations", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for reviewers in range(2, 6):
        edits = options.edits // 4
        results = run(
            reviewers=reviewers, edits=edits, generations=options.generations, seed=options.seed
        )
        for generation, result in enumerate(results, start=1):
            print(
                f"{reviewers} reviewers, generation {generation}: {result.edits:,} entries, "
                f"{result.states}, lost: {sorted(result.lost)}, hidden: {sorted(result.hidden)}, "
                f"differs: {result.differs}"
            )


if __name__ == "__main__":
    main()
