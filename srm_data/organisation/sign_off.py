"""Sign-off: entries in the fields of the cover, such as who approved a workbook and when."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from srm_data.cells import check_frame
from srm_data.exceptions import TableError
from srm_data.organisation.files import make_own_frame, read_own_files, write_own_file
from srm_data.schema import StrPath, read_own_schema


class Entry(NamedTuple):
    """Entry in a field of the cover, with its author and date."""

    field: str
    value: str
    by: str
    day: str


SIGN_OFF = list(Entry._fields)
"""Columns of a frame of sign-offs."""
A_SIGN_OFF = "sign-offs, from read_sign_off or read_review"


def make_sign_off(rows: Iterable[dict[str, str]]) -> pd.DataFrame:
    """Make a frame of sign-offs, all ``str``, in the order of the rows; missing values are blank."""
    return make_own_frame(rows, SIGN_OFF)


def read_sign_off(paths: StrPath | Iterable[StrPath]) -> pd.DataFrame:
    r"""Read the entries in the fields of the cover, earliest first.

    Parameters
    ----------
    paths
        One or more paths of CSV files with the columns of ``tables/sign_off.schema.json``: ``field``,
        ``value``, ``by`` and ``day``. The last entry of a field applies; earlier ones are its history.

    Returns
    -------
    DataFrame
        Those columns, all ``str``. Entries are in the order of the files, without duplicates.

    Raises
    ------
    srm_data.exceptions.TableError
        If there are faults; the message lists all of them: file, line, column, value and
        what was expected.
    FileNotFoundError
        If the file does not exist.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "sign_off.csv"
    >>> length = path.write_text("field,value,by,day\nApproved by,CISO,Ada,2026-11-02\n")
    >>> read_sign_off(path)["value"].tolist()
    ['CISO']
    """
    read, faults = read_own_files(paths, read_own_schema("sign_off"))
    if faults:
        raise TableError(faults, "the sign-off")
    return join_histories(rows for _, rows in read)


def write_sign_off(path: StrPath, sign_off: pd.DataFrame) -> Path:
    """Write sign-offs to a new CSV file, which can be read by :func:`read_sign_off`.

    Parameters
    ----------
    path
        File to write.
    sign_off
        Frame from :func:`read_sign_off`, or the attribute ``sign_off`` of
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
    >>> path = Path(tempfile.mkdtemp()) / "sign_off.csv"
    >>> write_sign_off(path, pd.DataFrame(columns=["field", "value", "by", "day"])).name
    'sign_off.csv'
    """
    check_frame(sign_off, SIGN_OFF, A_SIGN_OFF)
    return write_own_file(path, sign_off)


def join_histories(histories: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Join histories without duplicates, in the order of each history and otherwise by date."""
    waiting = [[Entry(*row) for row in it[SIGN_OFF].itertuples(index=False)] for it in histories]
    joined: list[Entry] = []
    while waiting := [history for history in waiting if history]:
        first = {history[0] for history in waiting}
        later = {entry for history in waiting for entry in history[1:]}
        entry = min(first - later or first, key=lambda it: (it.day, it))
        joined.append(entry)
        waiting = [history[history[0] == entry :] for history in waiting]
    return make_sign_off([entry._asdict() for entry in joined])


def list_current(sign_off: pd.DataFrame) -> pd.DataFrame:
    """List the current entries: the last one of each field, unless it was withdrawn."""
    check_frame(sign_off, SIGN_OFF, A_SIGN_OFF)
    last = sign_off.drop_duplicates("field", keep="last")
    return last[last["value"] != ""].reset_index(drop=True)
