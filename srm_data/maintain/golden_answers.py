"""Answer golden inputs with the package that is on the path: a line of JSON in, a line of JSON out.

:mod:`~srm_data.maintain.golden` runs this file by its path, once for each of two checkouts, also for
those that are older than this file. So nothing of the package is imported at the top, and a function is
looked for wherever a version keeps it.

Every answer maps a field to a value, both ``str``. A field begins with its kind, such as ``offering:``.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

Answer = dict[str, str]

CELL = [
    "responsibility", "customer_action", "basis", "scope", "aws_part", "customer_part", "note",
    "performed_by", "source_ids", "sections",
]  # fmt: skip
SECONDS = 120  # after which an input counts as crashed
FIRST = 10  # hits after the first that are compared
KEYS = ["offering_id", "duty_id", "field", "kind", "problem", "sheet", "cell", "column", "place"]
"""Columns that name a record of a review, in any of its frames."""


def get_public(name: str) -> Any:
    """Return a function of the package, from the top or else from the module that defines it."""
    package = importlib.import_module("srm_data")
    if name in package.__all__:
        return getattr(package, name)
    folder = Path(str(package.__file__)).parent
    for path in sorted(folder.rglob("*.py")):
        if re.search(rf"^def {name}\(", path.read_text(encoding="utf-8"), re.MULTILINE):
            parts = path.relative_to(folder.parent).with_suffix("").parts
            return getattr(importlib.import_module(".".join(parts).removesuffix(".__init__")), name)
    raise LookupError(f"no function is called {name}")


@lru_cache
def load_tables() -> dict[str, pd.DataFrame]:
    """Return the tables of the checkout. Only read them."""
    tables: dict[str, pd.DataFrame] = get_public("load_tables")()
    return tables


@lru_cache
def build_model(**options: Any) -> pd.DataFrame:
    """Return the model of the checkout. Only read it."""
    # The loaded tables are those of the core duties.
    tables = None if "duty_sets" in options else load_tables()
    model: pd.DataFrame = get_public("build_model")(tables, **options)
    return model


def answer_estate(path: str) -> Answer:
    """Read an inventory: its rows by status, and every offering in use with its numbers."""
    estate = get_public("read_estate")(path)
    answer = {"result": "read", "rows: all": str(estate["rows"].sum())}
    for status, rows in estate.groupby("status")["rows"].sum().items():
        answer[f"rows: {status}"] = str(rows)

    # One line per offering, with what the charts count of it.
    used = get_public("in_use")(build_model(), estate).drop_duplicates("offering_id")
    in_use = used.set_index("offering_id")[["resources", "assumed"]]
    recognised = estate[estate["status"] == "recognised"]
    for offering, lines in recognised.groupby("offering_id"):
        resources, assumed = in_use.loc[offering] if offering in in_use.index else (0, 0)
        sureness = {0: "certain", len(lines): "assumed"}.get(lines["assumed"].sum(), "partly assumed")
        answer[f"offering: {offering}"] = (
            f"{sureness}; rows {lines['rows'].sum()}, resources {lines['resources'].sum()}, "
            f"in use {resources}, of them assumed {assumed}, cost {lines['cost'].sum(min_count=1):.2f}"
        )
    for number, line in enumerate(estate.attrs.get("not_read", []), start=1):
        answer[f"not read: {number}"] = line
    return answer


def answer_name(text: str) -> Answer:
    """Find a name: the first hit, those after it, and the vocabulary."""
    hits = get_public("find_offerings")(text)  # without tables: the shipped ones are prepared once
    ids = hits["offering_id"].tolist()
    later = "; ".join(ids[1 : FIRST + 1])
    return {"first": ids[0], "later": later, "matched by": str(hits["matched_by"].iloc[0])}


def answer_question(text: str) -> Answer:
    """Ask a question: the first hit, those after it, and how it was understood."""
    hits = get_public("find_answers")(text)
    cells = (hits["offering_id"] + "/" + hits["duty_id"]).tolist()
    answer = {
        "first": "".join(cells[:1]),
        "later": "; ".join(cells[1 : FIRST + 1]),
        "hits": str(len(cells)),
    }
    return answer | {"understood": str(hits.attrs.get("understood", ""))}


def answer_cells(name: str) -> Answer:
    """Return every cell of a model: core, seed, ai or category."""
    options: dict[str, Any] = {"seed": {"categories": "seed"}, "ai": {"duty_sets": ("ai",)}}
    if name == "category":
        model = get_public("build_category_model")(load_tables())
        model = model.assign(offering_id=model["category"].astype(str))
    else:
        model = build_model(**options.get(name, {}))
    cells = model.set_index(model["offering_id"] + "/" + model["duty_id"])[CELL].astype(str)
    values: Iterable[tuple[str, pd.Series[str]]] = cells.items()
    return {f"{column}: {cell}": text for column, texts in values for cell, text in texts.items()}


def answer_book(name: str) -> Answer:
    """Write a book of offerings or of an estate, and read its sheets without this package."""
    from openpyxl import load_workbook

    # A name that is a path is an estate; otherwise the name lists offerings.
    model, options = build_model(), {}
    if Path(name).exists():
        options = {"estate": get_public("read_estate")(name)}
        model = get_public("in_use")(model, options["estate"])
    else:
        model = get_public("choose_offerings")(model, name.split(", "), tables=load_tables())
    with tempfile.TemporaryDirectory() as folder:
        path = get_public("write_workbook")(Path(folder) / "book.xlsx", model, **options)
        book = load_workbook(path, data_only=True)

    # A row is compared by its first two texts, such as offering and duty.
    answer: Answer = {}
    for sheet in book.worksheets:
        answer[f"sheet: {sheet.title}"] = f"{sheet.sheet_state}, {sheet.max_row} rows"
        filled = ([str(value) for value in row if value is not None] for row in sheet.values)
        rows = [(f"{sheet.title}: {' / '.join(row[:2])[:90]}", " | ".join(row[2:])) for row in filled]
        answer |= _number_repeated(rows)
    return answer


def answer_review(path: str) -> Answer:
    """Read a returned book, or merge the books of a folder: every entry and every problem."""
    copies = [Path(path)] if Path(path).is_file() else sorted(Path(path).glob("*.xlsx"))
    reviews = [get_public("read_review")(copy) for copy in copies]
    frames = {
        "entries": get_public("merge")(reviews) if Path(path).is_dir() else reviews[0].entries,
        "problems": pd.concat([review.problems for review in reviews], ignore_index=True),
    }
    answer = {"result": "read"}
    for name, frame in frames.items():
        columns = [column for column in KEYS if column in frame]
        texts = frame.astype(str).sort_values([*columns]).set_index(columns)
        answer |= {f"records: {name}": str(len(frame))} | _number_repeated(_list_values(texts, name))
    return answer


def list_counts() -> list[str]:
    """List what is counted and described, as expressions in the names of the package."""
    return Path(__file__).with_name("golden_counts.txt").read_text(encoding="utf-8").splitlines()


def answer_count(expression: str) -> Answer:
    """Evaluate one of the expressions that are counted."""
    estate, used = use_sample()
    frames = {"model": build_model(), "tables": load_tables(), "estate": estate, "used": used}
    counted = eval(expression, {"__builtins__": {}}, Names(frames))
    if not isinstance(counted, pd.DataFrame | pd.Series):
        return {"sentence": str(counted)}
    frame = pd.DataFrame(counted)
    if isinstance(frame.index, pd.RangeIndex):
        frame = frame.set_index(list(frame.columns[:2]))
    return _number_repeated(_list_values(frame, "count"))


def _list_values(frame: pd.DataFrame, kind: str) -> Iterator[tuple[str, str]]:
    """List the values of a frame by the labels of their row and the column."""
    for label, row in zip(frame.index, frame.to_dict("records"), strict=True):
        labels = label if isinstance(label, tuple) else (label,)
        name = f"{kind}: {' / '.join(text for text in map(str, labels) if text)}"
        yield from ((f"{name}, {column}", str(value)) for column, value in row.items())


def _number_repeated(records: Iterable[tuple[str, str]]) -> Answer:
    """Return records as an answer; a field that stands several times gets a number."""
    seen: Counter[str] = Counter()
    answer: Answer = {}
    for field, value in records:
        seen[field] += 1
        answer[field if seen[field] == 1 else f"{field} #{seen[field]}"] = value
    return answer


@lru_cache
def use_sample() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the sample estate of the checkout, and the model of what it uses."""
    folder = Path(str(importlib.import_module("srm_data").__file__)).parents[1] / "notebooks"
    estate = get_public("read_estate")(folder / "sample-estate", tables=load_tables())
    return estate, get_public("in_use")(build_model(), estate)


class Names(dict[str, Any]):
    """Names of an expression: a few frames, and every function of the package."""

    def __missing__(self, name: str) -> Any:
        """Look for the function wherever the checkout keeps it."""
        return get_public(name)


GROUPS: dict[str, Callable[[str], Answer]] = {
    "estates": answer_estate,
    "names": answer_name,
    "questions": answer_question,
    "cells": answer_cells,
    "books": answer_book,
    "reviews": answer_review,
    "counts": answer_count,
}


def answer(group: str, name: str) -> Answer:
    """Answer an input of a group; a refusal and a crash are answers, too."""
    exceptions = importlib.import_module("srm_data.exceptions")
    refusals: list[type[Exception]] = [LookupError, FileNotFoundError, ValueError, TypeError]
    try:
        return GROUPS[group](name)
    except Exception as error:  # a crash at one input hides no other: it is what this looks for
        # The public class is compared: private ones below it come and go.
        kinds = [kind for kind in type(error).__mro__ if kind.__module__ == exceptions.__name__]
        kind = kinds[0] if kinds else type(error)
        is_own = bool(kinds) and not isinstance(error, exceptions.InternalError)
        is_refusal = is_own or (group != "estates" and kind in refusals)
        result = "refused" if is_refusal else "crashed"
        return {"result": f"{result}: {kind.__name__}", "message": str(error)[:2000]}


def main() -> None:
    """Print the path of the package, then answer requests until there are no more."""
    warnings.simplefilter("ignore")
    # Nothing else writes to where the answers go.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    print(json.dumps(importlib.import_module("srm_data").__file__), file=answers, flush=True)
    current = ""
    for line in sys.stdin:
        group, name = json.loads(line)
        if group != current:
            print(f"{time.strftime('%H:%M:%S')} {os.environ['PYTHONPATH']}: {group}", file=sys.stderr)
            current = group
        if hasattr(signal, "alarm"):  # not on Windows
            signal.alarm(SECONDS)  # ends the process, whatever it is doing
        print(json.dumps(answer(group, name)), file=answers, flush=True)


if __name__ == "__main__":
    main()
