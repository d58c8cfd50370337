"""What the rows of the reviewed sheet show, column by column, and the marks of their basis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from srm_data.controls.frameworks import list_matrix_controls
from srm_data.load import Tables
from srm_data.organisation.register import YES
from srm_data.schema import CELL, list_report_fields, report_address
from srm_data.workbook.format import REVIEWED

MARKS = {
    "decision": "!",
    "documented": "",
    "derived": "'",
    "category": "\N{DEGREE SIGN}",
    "proposed": "?",
}
"""Mark after the letter of an answer, by basis."""
MEANINGS = {
    "decision": "decided by your organisation",
    "documented": "a page about it was read",
    "derived": "follows from a documented property",
    "category": "a default, no page of its own was read",
    "proposed": "a proposal",
}
"""Meaning of each mark, by basis, for the line above a matrix."""


def choose_letter(letters: Mapping[str, str], answer: object, basis: object) -> str:
    """Return the letter of an answer with the mark of its basis."""
    return f"{letters[str(answer)]}{MARKS[str(basis)]}"


def describe_marks(letter: str, bases: list[str]) -> str:
    """Describe the marks of some bases, using a letter as an example."""
    return ", ".join(f"{letter}{MARKS[basis]} {MEANINGS[basis]}" for basis in MARKS if basis in bases)


Columns = dict[str, list[Any]]
"""Values by column, one per row of the reviewed sheet, in the order of its rows."""

SOURCE_FACTS = ("title", "url", "edition", "accessed")
OPTIONAL = ("look_again", "rule_owner", "source_2", "url_2", "control")
"""Columns that are left out where they are blank in every row."""


def list_column(values: pd.Series) -> list[Any]:
    """Return the values of a column as a list; names of a Categorical as the texts that they are."""
    if not isinstance(values.dtype, pd.CategoricalDtype):
        return list(values.to_numpy(dtype=object))
    names = [*values.cat.categories.to_numpy(dtype=object), None]
    return [names[code] for code in values.cat.codes.tolist()]


def list_values(
    model: pd.DataFrame,
    tables: Tables,
    *,
    notes: pd.Series,
    entries: Columns | None,
    controls: pd.DataFrame | None,
) -> Columns:
    """List what the columns of the reviewed sheet show, required and undocumented cells first.

    The columns ``basis``, ``without_decision`` and ``letter`` are always there, for other sheets.

    Parameters
    ----------
    model
        What reviewers review: without decisions, in an internal copy.
    notes
        The notes of the tables: a reviewer's reason is no note of AWS's.
    entries
        What stands in the columns of reviewers, in an internal copy.
    controls
        A control matrix, if one was given: the column is there if a duty of the book carries one.
    """
    needed = {column.value for column in REVIEWED} | {"without_decision"}
    values = {name: list_column(model[name]) for name in model if name in needed}
    bases = list_column(model["basis"])
    labels = dict(tables["bases"][["basis", "label"]].itertuples(index=False, name=None))
    values |= {
        "basis": bases,
        "basis_label": [labels[basis] for basis in bases],
        "note": list_column(notes),
        "cell": ["/".join(cell) for cell in zip(*(values[key] for key in CELL), strict=True)],
        **_list_sources(values["source_ids"], tables["sources"]),
    }
    if controls is not None:
        values["control"] = list_column(list_matrix_controls(model, controls))
    if entries is not None:
        values |= entries
        if address := report_address():
            values["report"] = [(address, fields) for fields in list_report_fields(model)]
    values["letter"] = _list_letters(values, tables["responsibilities"])

    empty = [name for name in OPTIONAL if name in values and not any(values[name])]
    order = order_rows(values["customer_action"], bases)
    return {
        name: [column[row] for row in order] for name, column in values.items() if name not in empty
    }


def order_rows(actions: list[str], bases: list[str]) -> list[int]:
    """Return the numbers of the cells in the order of the sheet: required and undocumented first."""
    ranks = [
        2 if action != "required" else 1 if basis == "documented" else 0
        for action, basis in zip(actions, bases, strict=True)
    ]
    return np.argsort(ranks, kind="stable").tolist()  # type: ignore[no-any-return]


def _list_letters(values: Columns, codes: pd.DataFrame) -> list[str]:
    letters = dict(zip(list_column(codes["responsibility"]), list_column(codes["letter"]), strict=True))
    answers, bases = values.get("answer", values["responsibility"]), values["basis"]
    if "decided" in values:
        bases = [
            "decision" if it == YES else basis
            for it, basis in zip(values["decided"], bases, strict=True)
        ]
    known = {says: choose_letter(letters, *says) for says in set(zip(answers, bases, strict=True))}
    return [known[says] for says in zip(answers, bases, strict=True)]


def _list_sources(source_ids: list[str], sources: pd.DataFrame) -> Columns:
    cited = {text: [*text.split("; "), ""][:2] for text in dict.fromkeys(source_ids)}
    ids = list_column(sources["source_id"])
    facts = {name: dict(zip(ids, list_column(sources[name]), strict=True)) for name in SOURCE_FACTS}

    def list_fact(name: str, place: int) -> list[str]:
        known = {text: facts[name].get(found[place], "") for text, found in cited.items()}
        return [known[text] for text in source_ids]

    return {
        "source": list_fact("title", 0),
        "url": list_fact("url", 0),
        "edition": list_fact("edition", 0),
        "accessed": list_fact("accessed", 0),
        "source_2": list_fact("title", 1),
        "url_2": list_fact("url", 1),
    }
