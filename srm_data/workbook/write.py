"""The governance workbook: the model as a document with a summary and its sources."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

import pandas as pd

from srm_data.cells import check_frame, restore_cells
from srm_data.check.consistency import check_consistency
from srm_data.controls.matrix import A_MATRIX, MATRIX
from srm_data.estate.use import COUNTS, ESTATE
from srm_data.exceptions import FrameError
from srm_data.load import Tables, list_sets, load_tables, without_categoricals
from srm_data.model import A_MODEL, MODEL
from srm_data.register import find_approval, make_entries, state
from srm_data.register.tasks import narrow_state
from srm_data.schema import CHANGED, Audience, StrPath, check_audience, name_scope, read_package
from srm_data.workbook.book import write_book
from srm_data.workbook.content import Content, list_values
from srm_data.xlsx.writer import clean_text


def write_workbook(
    path: StrPath,
    model: pd.DataFrame,
    *,
    scope: str = "",
    estate: pd.DataFrame | None = None,
    changes: pd.DataFrame | None = None,
    controls: pd.DataFrame | None = None,
    register: pd.DataFrame | None = None,
    on: str | None = None,
    owner: str = "",
    for_print: bool = False,
    sheet: Literal["", "matrix"] = "",
    audience: Audience = "internal",
    tables: Tables | None = None,
) -> Path:
    """Write the workbook that reviewers decide in and that :func:`~srm_data.read_review` reads.

    Its sheets are Summary, Review here (to write in), Look up, Matrix, Tasks, Register, Evidence,
    Services, As read (of an estate), Sources and How to read, with changes and controls if they are
    given.

    Parameters
    ----------
    path
        File to write. An existing file is replaced once the new one is complete.
    model
        Frame from :func:`~srm_data.build_model` without decisions, or a part of it.
    scope
        Description of what the model covers, for the cover. By default, the catalogue or chosen
        offerings.
    estate
        Frame from :func:`~srm_data.read_estate`, if the model was narrowed to one by
        :func:`~srm_data.in_use`. Adds sheets about what is in use and what is unclear.
    changes
        Frame from :func:`~srm_data.compare`. Adds a sheet of changes.
    controls
        Frame from :func:`~srm_data.controls.build_control_matrix`. Adds sheets with the controls of a
        framework, counts by family, and the requirements of laws and standards.
    register
        Frame from :func:`~srm_data.read_register`: what it says is in force in the book, and what waits
        or is in conflict is asked in its row. Without one, nobody has said anything yet.
    on
        Day of the book, as ``"2026-12-01"``, for which the register is read. By default today with a
        register, and else the day of the data.
    owner
        Accountable in the register: the book has only the rows that they answer for, to be sent to them
        and read like any other.
    for_print
        Make the pack for a board instead: summary, matrix, decisions and exceptions, conflicts and open
        points by team, on at most eight pages of A4 for up to twenty offerings. It is not read back.
    sheet
        ``"matrix"`` writes the matrix alone, such as for a mail. It is not read back.
    audience
        ``"internal"`` includes the reviewer columns and what reviewers wrote. ``"publishable"`` shows
        decisions, but no names, comments, accounts, costs, file names or resource names.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given.

    Returns
    -------
    pathlib.Path
        ``path``. The same input gives the same bytes.

    Raises
    ------
    ValueError
        If the model is empty or already has decisions applied, the audience is neither of the two, or a
        value cannot be written to a workbook.
    OSError
        If the file cannot be written. An existing file is left unchanged.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from srm_data import build_model, choose_offerings
    >>> path = Path(tempfile.mkdtemp()) / "ours.xlsx"
    >>> write_workbook(path, choose_offerings(build_model(), "sqs"), scope="Our queues").name
    'ours.xlsx'
    """
    check_frame(model, MODEL, A_MODEL)
    if model.empty:
        raise FrameError("the model has no rows: there is nothing to write")
    if estate is not None:
        check_frame(model, COUNTS, "a model narrowed to the estate, from in_use")
        check_frame(estate, ESTATE, "an estate, from read_estate")
    if changes is not None:
        check_frame(changes, CHANGED, "changes, from compare")
    if controls is not None:
        check_frame(controls, MATRIX, A_MATRIX)
    if (model["basis"] == "decision").any():
        raise FrameError("pass a model without decisions, and the register as register=...")
    check_audience(audience)

    if tables is not None:
        check_consistency(tables)
    given = load_tables(duty_sets=list_sets(model)) if tables is None else tables
    tables = {name: without_categoricals(table) for name, table in given.items()}
    model = restore_cells(model, MODEL, A_MODEL, tables=tables)
    if register is None:
        register, on = make_entries([]), on or read_package()["created"][:10]
    now = state(register, model, on=on, tables=tables)
    if owner:  # the part that one accountable answers for
        now = narrow_state(now, owner)
        model = model.loc[now.model.index]
    package = read_package()
    content = Content(
        model=now.model,
        tables=tables,
        scope=clean_text(scope or name_scope(model, tables)),
        version=package["version"],
        made=datetime.fromisoformat(package["created"]).replace(tzinfo=None),
        audience=audience,
        values=list_values(now.model, tables, notes=model["note"], controls=controls),
        now=now,
        approval=find_approval(now),
        owner=owner,
        for_print=for_print or bool(sheet),
        estate=estate,
        changes=changes,
        controls=controls,
    )
    return write_book(Path(path), content, sheet=sheet)
