"""Entries of the register: everything that people decided, assigned, approved and remarked.

The register is one CSV file that the organisation owns. Each row is an entry, none is ever changed or
removed, and the order of the rows has no meaning. ``state`` folds it for a day.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from srm_data.atomic import open_whole
from srm_data.cells import check_frame
from srm_data.check.tables import Row as Line
from srm_data.exceptions import Fault, TableError
from srm_data.register.files import CONTROL, encode_rows, read_own_file
from srm_data.register.words import (
    list_days,
    normalise_answer,
    normalise_day,
    normalise_implementation,
    normalise_status,
    normalise_text,
)
from srm_data.schema import StrPath, read_own_schema

KEY = ["offering_id", "duty_id", "where"]
"""What an entry is about; ``*`` stands for every offering or duty, a blank ``where`` for everywhere."""
REGISTER = [
    "entry_id", *KEY, "field", "value", "reason", "by", "on", "valid_until", "evidence", "replaces",
    "data_version", "source",
]  # fmt: skip
"""Columns of a register."""
HASHED = REGISTER[1:-2]
"""Columns that make an entry what it is; the others say where it comes from."""
A_REGISTER = "a register, from read_register or merge"
Row = dict[str, str]
"""A row of a frame of texts, by column."""

FIELDS = (
    "answer", "status", "accountable", "responsible", "consulted", "due", "exception", "evidence",
    "implementation", "comment", "remark", "approval", "withdrawal",
)  # fmt: skip
"""Fields of an entry, beside those of the cover, which begin with ``cover:``."""
DAYS = ("due", "cover:next review")
"""Fields whose value is a day."""
NORMAL_FORMS = {
    "answer": normalise_answer, "status": normalise_status, "implementation": normalise_implementation,
    "due": normalise_day, "cover:next review": normalise_day, "exception": normalise_day,
    "withdrawal": str.lower,
}  # fmt: skip
"""How values are normalised, by field; others stay as they are typed."""
WHERE = re.compile(r"(application|account|environment)\s*=\s*(\S.*)", re.IGNORECASE)
SEPARATOR = "; "
WAIT = 10.0  # seconds for another process that writes the same register


def make_entries(rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Make entries of rows, in their normal form, with their ids.

    Parameters
    ----------
    rows
        Any columns of a register; missing ones are blank. ``entry_id`` is made anew.

    Returns
    -------
    DataFrame
        The columns of a register, all ``str``, one row per entry, sorted by day and key: ``entry_id``,
        ``offering_id``, ``duty_id``, ``where``, ``field``, ``value``, ``reason``, ``by``, ``on``,
        ``valid_until``, ``evidence``, ``replaces`` (ids, separated by ``"; "``), ``data_version`` and
        ``source``. Days are ``YYYY-MM-DD`` if they can be read one way, and otherwise as typed.

    Raises
    ------
    srm_data.exceptions.TableError
        If a text has a control character; the message names each.

    Examples
    --------
    >>> row = {"offering_id": "sqs", "duty_id": "backup", "field": "due", "value": "31.3.2027"}
    >>> make_entries([row])[["entry_id", "value"]].to_numpy().tolist()
    [['9cd2ace2fa952655', '2027-03-31']]
    """
    entries = [normalise_entry(row) for row in rows]
    faults = [
        Fault(entry["source"] or "(entries)", 0, column, text, "text without control characters")
        for entry in entries
        for column, text in entry.items()
        if CONTROL.search(text)
    ]
    if faults:
        raise TableError(faults, "the register")
    return join_entries([pd.DataFrame(entries, columns=REGISTER, dtype="str")])


def list_rows(frame: pd.DataFrame) -> list[Row]:
    """List the rows of a frame of texts, by column."""
    columns = [str(column) for column in frame]
    # column by column: pandas is slow to go through its own texts
    values = (column.to_numpy(dtype=object).tolist() for _, column in frame.items())
    return [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]


def has_keys(
    frame: pd.DataFrame, others: pd.DataFrame, columns: list[str] = KEY
) -> npt.NDArray[np.bool_]:
    """Return whether each row of a frame has its key in another frame, too."""
    keys, theirs = (pd.MultiIndex.from_frame(rows[columns].astype(object)) for rows in (frame, others))
    return keys.isin(theirs)


def normalise_entry(row: Mapping[str, object]) -> Row:
    """Return a row with all columns of a register in their normal form, and its id."""
    entry = {column: normalise_text(row.get(column, "")) for column in REGISTER}
    entry["field"] = " ".join(entry["field"].lower().split())
    entry["by"] = " ".join(entry["by"].split())
    if match := WHERE.fullmatch(entry["where"]):
        entry["where"] = f"{match[1].lower()}={match[2]}"
    for column in ("on", "valid_until"):
        entry[column] = normalise_day(entry[column])
    entry["value"] = NORMAL_FORMS.get(entry["field"], str)(entry["value"])
    if entry["field"] == "exception" and not entry["valid_until"] and list_days(entry["value"]):
        entry["valid_until"] = entry["value"]  # the column of the book has the day alone
    entry["replaces"] = SEPARATOR.join(sorted(set(re.split(r"[;,\s]+", entry["replaces"])) - {""}))

    # the id is of what the entry says, not of where it comes from
    text = "\x1f".join(entry[column] for column in HASHED)
    entry["entry_id"] = hashlib.sha256(text.encode()).hexdigest()[:16]
    return entry


def join_entries(registers: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Join registers to one, with each entry once, in an order that depends on its entries alone.

    The sources and data versions of an entry that several registers have are joined.
    """
    rows: dict[str, Row] = {}
    for register in registers:
        for row in list_rows(register[REGISTER]):
            earlier = rows.setdefault(row["entry_id"], row)
            for column in ("data_version", "source"):
                if row[column] != earlier[column]:
                    names = {*earlier[column].split(SEPARATOR), *row[column].split(SEPARATOR)} - {""}
                    earlier[column] = SEPARATOR.join(sorted(names))
    order = ["on", *KEY, "field", "entry_id"]
    joined = sorted(rows.values(), key=lambda row: [row[column] for column in order])
    return pd.DataFrame(joined, columns=REGISTER, dtype="str")


def read_register(path: StrPath) -> pd.DataFrame:
    r"""Read a register.

    Parameters
    ----------
    path
        CSV file with the columns of ``tables/register.schema.json``. A row that somebody added by hand
        may leave ``entry_id`` blank.

    Returns
    -------
    DataFrame
        As from :func:`make_entries`.

    Raises
    ------
    srm_data.exceptions.TableError
        If there are faults; the message lists all of them: file, line, column, value and what was
        expected. A row that was changed by hand is one: an entry is corrected by one that replaces it.
    FileNotFoundError
        If the file does not exist.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from srm_data.register.entries import REGISTER
    >>> path = Path(tempfile.mkdtemp()) / "register.csv"
    >>> length = path.write_text(",".join(REGISTER) + "\n,*,*,,accountable,Cloud team" + "," * 8)
    >>> read_register(path)[["offering_id", "field", "value"]].to_numpy().tolist()
    [['*', 'accountable', 'Cloud team']]
    """
    rows = read_own_file(path, read_own_schema("register"), _find_faults)
    return make_entries(list_rows(rows))


def _find_faults(file: str, lines: list[Line]) -> Iterator[Fault]:
    """Find unknown fields, and ids that are not those of their rows."""
    for line, cells in lines:
        entry, given = normalise_entry(cells), cells.get("entry_id", "")
        if not is_field(entry["field"]):
            yield Fault(
                file, line, "field", entry["field"], f"one of: {' | '.join(FIELDS)} | cover:..."
            )
        if given not in ("", entry["entry_id"]):
            expected = (
                f"{entry['entry_id']!r} of this row, or a row of its own: entries are not changed"
            )
            yield Fault(file, line, "entry_id", given, expected)


def is_field(field: str) -> bool:
    """Return whether an entry may have a field."""
    return field in FIELDS or (field.startswith("cover:") and field != "cover:")


def write_register(path: StrPath, register: pd.DataFrame) -> Path:
    """Add entries to the register in a file, or make the file.

    What the file has stays, even if ``register`` does not have it. Two processes that write at once
    lose nothing: the second waits for the first, and reads what it wrote.

    Parameters
    ----------
    path
        File to write. An existing one is replaced once the new one is complete.
    register
        Frame from :func:`read_register`, :func:`make_entries` or :func:`~srm_data.register.merge`.

    Returns
    -------
    pathlib.Path
        ``path``.

    Raises
    ------
    srm_data.exceptions.TableError
        If the file is there and has faults; it is left unchanged.
    OSError
        If the file cannot be written, or another process does not finish writing it.

    Examples
    --------
    >>> import tempfile
    >>> from srm_data.register import make_entries, read_register
    >>> row = {"offering_id": "sqs", "duty_id": "backup", "field": "due", "value": "2027-03-31"}
    >>> path = write_register(f"{tempfile.mkdtemp()}/register.csv", make_entries([row]))
    >>> path = write_register(path, make_entries([row | {"value": "2027-06-30"}]))
    >>> len(read_register(path))
    2
    """
    check_frame(register, REGISTER, A_REGISTER)
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    with _lock(target):
        earlier = [read_register(target)] if target.exists() else []
        joined = join_entries([*earlier, make_entries(list_rows(register))])
        with open_whole(target) as stream:
            stream.write(encode_rows(joined))
    return Path(path)


@contextmanager
def _lock(target: Path) -> Iterator[None]:
    """Hold a file that only one process can make, as long as the block runs."""
    lock = target.with_name(f"{target.name}.lock")
    deadline = time.monotonic() + WAIT
    while True:
        try:
            with lock.open("x"):
                break
        except FileExistsError as error:
            if time.monotonic() > deadline:
                raise OSError(
                    f"{target} was not written: another process holds it; if none runs, remove {lock}"
                ) from error
            time.sleep(0.02)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
