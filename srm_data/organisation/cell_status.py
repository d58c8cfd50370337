"""Review status of each cell: its status, owner and due date.

A status does not change the answer or the basis of a cell. It applies to the answer it was given for.
If the answer changes, the cell is open again, with the reason.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from pathlib import Path

import pandas as pd

from srm_data.cells import check_frame
from srm_data.exceptions import Fault, TableError
from srm_data.organisation.files import columns_of, make_own_frame, read_own_files, write_own_file
from srm_data.schema import CELL, StrPath, read_own_schema

OPEN, AGREED, CHANGED, QUESTION, NOT_OURS = "open", "agreed", "changed", "question", "not ours"
CELL_STATUSES = (OPEN, AGREED, CHANGED, QUESTION, NOT_OURS)
"""Possible statuses of a cell; a blank status is also open."""
NOBODY = "nobody yet"
"""Owner of a cell that no rule matches, from ``assign_owners``."""

GIVEN = ["status", "owner", "due", "evidence", "exception_until", "reviewer", "date"]
CELL_STATUS = [*CELL, *GIVEN, "answer", "version"]
"""Columns of a frame of the status of cells."""
A_CELL_STATUS = "the status of cells, from read_review or read_cell_status"
TYPED = ["status", "owner", "due", "evidence", "exception_until"]
SENT = [*TYPED, "reviewer", "date", "rule_owner", "status_sent", "status_version", "attention"]
"""Columns of :func:`list_statuses`."""


def make_cell_status(rows: list[dict[str, str]]) -> pd.DataFrame:
    """Make a frame of cell statuses, all ``str``, sorted by key; missing values are blank."""
    frame = make_own_frame(rows, columns_of(read_own_schema("cell_status")))
    return frame.sort_values(CELL, ignore_index=True)


def read_cell_status(paths: StrPath | Iterable[StrPath]) -> pd.DataFrame:
    r"""Read one or more files of cell statuses.

    Parameters
    ----------
    paths
        One or more paths of CSV files with the columns of ``tables/cell_status.schema.json``:
        ``offering_id``, ``duty_id``, ``status``, ``owner``, ``due``, ``evidence``, ``exception_until``,
        ``reviewer``, ``date``, ``answer`` and ``version``.

    Returns
    -------
    DataFrame
        Those columns, all ``str``, one row per cell, sorted by key.

    Raises
    ------
    srm_data.exceptions.TableError
        If there are faults; the message lists all of them: file, line, column, value and what was
        expected. It is also a fault if two files differ about a cell.
    FileNotFoundError
        If the file does not exist.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from srm_data import build_model, choose_offerings, read_review, write_workbook
    >>> from srm_data.organisation import write_cell_status
    >>> folder = Path(tempfile.mkdtemp())
    >>> book = write_workbook(folder / "ours.xlsx", choose_offerings(build_model(), "sqs"))
    >>> path = write_cell_status(folder / "cell_status.csv", read_review(book).status)
    >>> read_cell_status(path).empty
    True
    """
    seen: dict[tuple[str, str], tuple[dict[Hashable, str], str]] = {}
    read, faults = read_own_files(paths, read_own_schema("cell_status"))
    for name, rows in read:
        for line, row in enumerate(rows.to_dict("records"), start=2):
            cell = (row["offering_id"], row["duty_id"])
            before, place = seen.setdefault(cell, (row, f"{name}, line {line}"))
            for column in CELL_STATUS:
                if row[column] != before[column]:
                    expected = f"{before[column]!r}, as in {place}; review the returned books together"
                    faults.append(Fault(name, line, column, row[column], expected))
    if faults:
        raise TableError(faults, "the status of cells")
    return make_cell_status([{str(name): row[name] for name in row} for row, _ in seen.values()])


def write_cell_status(path: StrPath, cell_status: pd.DataFrame) -> Path:
    """Write cell statuses to a new CSV file, which can be read by :func:`read_cell_status`.

    Parameters
    ----------
    path
        File to write.
    cell_status
        Frame from :func:`read_cell_status`, or the attribute ``status`` of
        :func:`~srm_data.read_review`.

    Returns
    -------
    pathlib.Path
        ``path``.

    Raises
    ------
    FileExistsError
        If the file already exists: files of the organisation are never overwritten.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from srm_data import build_model, choose_offerings, read_review, write_workbook
    >>> folder = Path(tempfile.mkdtemp())
    >>> book = write_workbook(folder / "ours.xlsx", choose_offerings(build_model(), "sqs"))
    >>> write_cell_status(folder / "cell_status.csv", read_review(book).status).name
    'cell_status.csv'
    """
    check_frame(cell_status, CELL_STATUS, A_CELL_STATUS)
    return write_own_file(path, cell_status)


def assign_typed_owners(model: pd.DataFrame, cell_status: pd.DataFrame) -> pd.DataFrame:
    """Replace the owner of each cell for which a reviewer entered one.

    If there are any, the model has a column ``owner``, with ``"nobody yet"`` for cells without one.
    """
    check_frame(model, CELL, "a model of offerings, from build_model or in_use")
    check_frame(cell_status, CELL_STATUS, A_CELL_STATUS)
    typed = cell_status[cell_status["owner"] != ""]
    if typed.empty:
        return model
    owners = typed.set_index(CELL)["owner"].reindex(pd.MultiIndex.from_frame(model[CELL]))
    by_rule = model["owner"].tolist() if "owner" in model else [NOBODY] * len(model)
    owner = [rule if pd.isna(name) else name for name, rule in zip(owners, by_rule, strict=True)]
    return model.assign(owner=pd.Series(owner, index=model.index, dtype="str"))


def describe_status(status: str, answer: str) -> str:
    """Describe a status, with the answer that was agreed on."""
    return f"{status}, on {answer}" if status == AGREED and answer else status


def list_statuses(
    model: pd.DataFrame, cell_status: pd.DataFrame, answers: list[str]
) -> dict[str, list[str]]:
    """List the values of the status and owner columns, one per cell.

    ``answers`` has the current answer of each cell. The owner by rule is in the model.

    Returns
    -------
    dict of str to list
        One text per cell, in the order of the model: ``status``, which is ``open`` if none was given or
        the answer has changed since; ``owner``, as entered or by rule; ``due``, ``evidence``,
        ``exception_until``, ``reviewer`` and ``date`` as given; ``rule_owner``; ``status_sent``, to
        compare with a returned copy; ``status_version``, the data version in which it was given; and
        ``attention``, why a cell is open again.
    """
    check_frame(model, CELL, "a model of offerings, from build_model or in_use")
    check_frame(cell_status, columns_of(read_own_schema("cell_status")), A_CELL_STATUS)

    by_rule = []
    if "owner" in model:
        by_rule = model["owner"].astype("str").fillna("").replace(NOBODY, "").tolist()
    sent = {name: [""] * len(model) for name in SENT}
    sent |= {name: [OPEN] * len(model) for name in ("status", "status_sent")}
    if by_rule:
        sent |= {name: list(by_rule) for name in ("owner", "rule_owner")}

    cells = zip(*(model[key].tolist() for key in CELL), strict=True)
    numbers = {cell: number for number, cell in enumerate(cells)}
    for given in cell_status.drop_duplicates(CELL, keep="last").to_dict("records"):
        number = numbers.get((given["offering_id"], given["duty_id"]))
        if number is None:
            continue
        values = _describe_given(given, answers[number])
        values["owner"] = values["owner"] or sent["owner"][number]
        for name, value in values.items():
            sent[name][number] = value
    return sent


def _describe_given(given: dict[Hashable, str], answer: str) -> dict[str, str]:
    """Return the values for a cell with a status; it is open again if its answer has changed."""
    status = given["status"] or OPEN
    has_moved = status not in (OPEN, QUESTION) and given["answer"] not in ("", answer)
    shown = OPEN if has_moved else status
    attention = _describe_moved(given, answer) if has_moved else ""
    kept = {name: given[name] for name in ("owner", "due", "evidence", "exception_until")}
    by = {name: "" if has_moved else given[name] for name in ("reviewer", "date")}
    version = "" if has_moved else given["version"]
    return kept | by | {
        "status": shown, "status_sent": shown, "status_version": version, "attention": attention,
    }  # fmt: skip


def _describe_moved(given: dict[Hashable, str], answer: str) -> str:
    by = f" by {given['reviewer']}" if given["reviewer"] else ""
    on = f" on {given['date']}" if given["date"] else ""
    version = f" (data version {given['version']})" if given["version"] else ""
    return (
        f"{given['status'].capitalize()}{by}{on}, when the answer was {given['answer']}{version}. "
        f"It is {answer} now."
    )
