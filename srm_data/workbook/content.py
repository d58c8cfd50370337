"""Contents of a workbook, passed to the builder of every sheet, and the texts of its cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

import pandas as pd

from srm_data.cells import find_marks, list_marks
from srm_data.controls.frameworks import list_matrix_controls
from srm_data.load import Tables
from srm_data.register.approval import Approval
from srm_data.register.state import State
from srm_data.schema import Audience
from srm_data.workbook.reviewed import COLUMNS, REVIEWED_SHEET, REVIEWED_TITLE


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
    values: pd.DataFrame
    """Texts of the cells, in the order of the model."""
    now: State
    """State of the register that the book is made from."""
    approval: Approval
    """Approval of its answers."""
    tasks: pd.DataFrame
    """What the customer must or may do, by who is accountable; of no use outside."""
    owner: str = ""
    """Accountable whose part alone the book has."""
    for_print: bool = False
    """Whether it is the pack for a board, on paper."""
    estate: pd.DataFrame | None = None
    changes: pd.DataFrame | None = None
    controls: pd.DataFrame | None = None
    rows: pd.DataFrame | None = None
    """Rows of the sheet that is reviewed, in their order."""
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


def list_texts(
    model: pd.DataFrame, tables: Tables, *, notes: pd.Series, controls: pd.DataFrame | None
) -> pd.DataFrame:
    """List the texts of the cells of a model, one row per cell.

    ``basis`` (the mark of each cell), ``source_ids`` and ``letter`` are there for other sheets.
    ``notes`` are those of the tables: a reviewer's reason is no note of AWS's.
    """
    needed = {column.value for column in COLUMNS} | {"responsibility", "source_ids"}
    texts = model[[name for name in model if name in needed]].astype(object)
    marks, looks = find_marks(model).astype(object), list_marks()
    codes = tables["responsibilities"].set_index("responsibility")["letter"]
    letters = texts["responsibility"].map(codes.to_dict()) + marks.map(looks["mark"].to_dict())
    listed = "" if controls is None else list_matrix_controls(model, controls).astype(object)
    texts = texts.assign(basis=marks, basis_label=marks.map(looks["label"].to_dict()), letter=letters,
                         note=notes.astype(object), control=listed)  # fmt: skip

    # what is known of the first source of each cell
    facts = tables["sources"].rename(columns={"title": "source"})
    facts = facts.set_index("source_id")[["source", "url", "edition", "accessed"]].astype(object)
    texts["first"] = texts["source_ids"].str.partition("; ")[0]
    return texts.join(facts.reindex(texts["first"].unique()).fillna(""), on="first")
