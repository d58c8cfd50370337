"""Texts of the cells of a model, column by column, with their marks and first sources."""

from __future__ import annotations

from typing import Any

import pandas as pd

from srm_data.cells import find_marks, list_marks
from srm_data.controls.frameworks import list_matrix_controls
from srm_data.load import Tables
from srm_data.workbook.reviewed import COLUMNS

Columns = dict[str, list[Any]]
"""Values by column, one per cell, in the order of the model."""


def list_column(values: pd.Series) -> list[Any]:
    """Return the values of a column as a list; names of a Categorical as the texts that they are."""
    if not isinstance(values.dtype, pd.CategoricalDtype):
        return list(values.to_numpy(dtype=object))
    names = [*values.cat.categories.to_numpy(dtype=object), None]
    return [names[code] for code in values.cat.codes.tolist()]


def list_values(
    model: pd.DataFrame, tables: Tables, *, notes: pd.Series, controls: pd.DataFrame | None
) -> Columns:
    """List the texts of the cells of a model, by column.

    The columns ``basis`` (the mark of each cell), ``source_ids`` and ``letter`` are there for other
    sheets.

    Parameters
    ----------
    notes
        The notes of the tables: a reviewer's reason is no note of AWS's.
    controls
        A control matrix, if one was given: the controls that the duty of each cell carries.
    """
    needed = {column.value for column in COLUMNS} | {"responsibility", "source_ids"}
    values = {name: list_column(model[name]) for name in model if name in needed}
    marks, labels = list_column(find_marks(model)), list_marks()["label"].to_dict()
    values |= {
        "basis": marks,
        "basis_label": [labels[mark] for mark in marks],
        "note": list_column(notes),
        "control": [""] * len(model)
        if controls is None
        else list_column(list_matrix_controls(model, controls)),
        **_list_sources(values["source_ids"], tables["sources"]),
    }
    codes, signs = tables["responsibilities"], list_marks()["mark"].to_dict()
    letters = dict(zip(list_column(codes["responsibility"]), list_column(codes["letter"]), strict=True))
    cells = zip(values["responsibility"], marks, strict=True)
    return values | {"letter": [f"{letters[answer]}{signs[mark]}" for answer, mark in cells]}


def _list_sources(source_ids: list[str], sources: pd.DataFrame) -> Columns:
    """List the title, address, edition and day of reading of the first source of each cell."""
    first = {text: text.split("; ")[0] for text in dict.fromkeys(source_ids)}
    ids, columns = list_column(sources["source_id"]), Columns()
    for name in ("title", "url", "edition", "accessed"):
        facts = dict(zip(ids, list_column(sources[name]), strict=True))
        texts = {text: facts.get(source_id, "") for text, source_id in first.items()}
        columns["source" if name == "title" else name] = [texts[text] for text in source_ids]
    return columns
