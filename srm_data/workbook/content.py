"""Contents of a workbook, passed to the builder of every sheet, and the texts of its cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import pandas as pd

from srm_data.cells import find_marks, list_marks
from srm_data.controls.frameworks import list_matrix_controls
from srm_data.load import Tables
from srm_data.register.approval import Approval
from srm_data.register.state import State
from srm_data.schema import Audience
from srm_data.workbook.reviewed import COLUMNS, REVIEWED_SHEET, REVIEWED_TITLE

Columns = dict[str, list[Any]]
"""Values by column, one per cell, in the order of the model."""


class Content(NamedTuple):
    """Contents of a workbook: the model, what the register says, the tables and the scope."""

    model: pd.DataFrame
    """Model with the answers in force."""
    given: pd.DataFrame
    """The same with the answers of the tables."""
    tables: Tables
    scope: str
    version: str
    made: datetime
    audience: Audience
    values: Columns
    """Texts of the cells, by column, in the order of the model."""
    now: State
    """State of the register that the book is made from."""
    approval: Approval
    """Approval of its answers."""
    owner: str = ""
    """Accountable whose part alone the book has."""
    for_print: bool = False
    """Whether it is the pack for a board, on paper."""
    estate: pd.DataFrame | None = None
    changes: pd.DataFrame | None = None
    controls: pd.DataFrame | None = None
    rows: Columns = {}
    """Columns of the sheet that is reviewed, rows in their order."""
    purposes: Mapping[str, str] = {}
    """Purposes of the sheets after the summary, in their order."""

    @property
    def is_internal(self) -> bool:
        """Whether the copy is one that reviewers write in."""
        return self.audience == "internal"

    @property
    def is_catalogue(self) -> bool:
        """Whether the book is of the data alone: all offerings, and nobody entered anything."""
        is_whole = self.model["offering_id"].nunique() == len(self.tables["offerings"])
        return is_whole and self.estate is None and self.now.entries.empty

    @property
    def reviewed_sheet(self) -> str:
        """The tab of the sheet with a row per cell: named for its use, or by what it holds."""
        return REVIEWED_SHEET if self.is_internal else REVIEWED_TITLE

    @property
    def names(self) -> dict[str, dict[str, str]]:
        """Names of what the key of an entry may say, by column."""
        tables = self.tables
        services, layers = (
            {f"{kind}:{key}": f"All of {name}" for key, name in _pair(tables[f"{kind}s"], kind)}
            for kind in ("service", "layer")
        )
        of_offerings = {"*": "All services"} | services | dict(_pair(tables["offerings"], "offering"))
        of_duties = {"*": "All duties"} | layers | dict(_pair(tables["duties"], "duty"))
        return {"offering_id": of_offerings, "duty_id": of_duties}


def _pair(table: pd.DataFrame, kind: str) -> Iterator[tuple[str, str]]:
    return zip(table[f"{kind}_id"].astype(str), table[kind].astype(str), strict=True)


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

    ``basis`` (the mark of each cell), ``source_ids`` and ``letter`` are there for other sheets.
    ``notes`` are those of the tables: a reviewer's reason is no note of AWS's.
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
