"""What the rows of the reviewed sheet show, column by column, and the marks of its cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from srm_data.cells import find_marks, list_marks
from srm_data.controls.frameworks import list_matrix_controls
from srm_data.load import Tables
from srm_data.organisation.register import YES
from srm_data.schema import CELL, list_report_fields, report_address
from srm_data.workbook.format import REVIEWED

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

    The columns ``basis`` (the mark of each cell), ``without_decision`` and ``letter`` are always there,
    for other sheets.

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
    marks, labels = list_column(find_marks(model)), list_marks()["label"].to_dict()
    values |= {
        "basis": marks,
        "basis_label": [labels[mark] for mark in marks],
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
    order = order_rows(values["customer_action"], marks)
    return {
        name: [column[row] for row in order] for name, column in values.items() if name not in empty
    }


def order_rows(actions: list[str], marks: list[str]) -> list[int]:
    """Return the numbers of the cells in the order of the sheet: required and undocumented first.

    Examples
    --------
    >>> order_rows(["none", "required", "required"], ["default", "documented", "default"])
    [2, 1, 0]
    """
    ranks = [
        2 if action != "required" else 1 if mark == "documented" else 0
        for action, mark in zip(actions, marks, strict=True)
    ]
    return np.argsort(ranks, kind="stable").tolist()  # type: ignore[no-any-return]


def _list_letters(values: Columns, codes: pd.DataFrame) -> list[str]:
    letters = dict(zip(list_column(codes["responsibility"]), list_column(codes["letter"]), strict=True))
    answers, marks = values.get("answer", values["responsibility"]), values["basis"]
    if "decided" in values:
        marks = [
            "decision" if it == YES else mark for it, mark in zip(values["decided"], marks, strict=True)
        ]
    signs = list_marks()["mark"].to_dict()
    return [f"{letters[str(it)]}{signs[mark]}" for it, mark in zip(answers, marks, strict=True)]


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
