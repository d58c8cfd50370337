"""Result of a review: three frames, and what the workbook was made from."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from srm_data.organisation.cell_status import make_cell_status
from srm_data.organisation.decisions import make_decisions
from srm_data.organisation.remarks import make_remarks
from srm_data.organisation.sign_off import make_sign_off
from srm_data.review.outcomes import PROBLEM, Registered


class Frames(NamedTuple):
    """Three frames that a :class:`Review` unpacks into."""

    decisions: pd.DataFrame
    remarks: pd.DataFrame
    problems: pd.DataFrame


class Sent(NamedTuple):
    """Results of earlier reviews that the workbook was sent with, as frames of a review."""

    decisions: pd.DataFrame
    remarks: pd.DataFrame
    status: pd.DataFrame
    sign_off: pd.DataFrame


class Review(Frames):
    """Contents of a reviewed workbook: three frames, all ``str``, and what it was made from.

    Parameters
    ----------
    decisions
        Decisions to apply to the model; see :func:`read_decisions`.
    remarks
        Everything else that was written; see :func:`read_remarks`.
    problems
        Problems for a person to look at; see :func:`read_review`.

    Attributes
    ----------
    status
        Review status, owner and due date of cells; see :func:`read_cell_status`.
    sign_off
        Entries on the cover and their history; see :func:`read_sign_off`.
    version, scope
        Data version and scope as stamped, blank if the stamp is gone.
    book
        Name of the file.
    sent
        Results of earlier reviews that the workbook was sent with.
    exported
        One row per cell that was sent: ``offering_id``, ``duty_id``, ``offering`` and
        ``responsibility`` (the answer of the tables, blank if its row is gone).

    Examples
    --------
    >>> decisions, remarks, problems = Review([], [], [])
    >>> Review._fields
    ('decisions', 'remarks', 'problems')
    """

    status: pd.DataFrame
    sign_off: pd.DataFrame
    version: str = ""
    scope: str = ""
    book: str = ""
    sent: Sent
    exported: pd.DataFrame


def make_sent(
    items: list[Registered], status: list[dict[str, str]], sign_off: list[dict[str, str]]
) -> Sent:
    """Make the frames that a workbook was sent with, from its register and stamp."""
    decided = [
        row | {"reason": row["text"], "decided_by": row["author"], "decided_on": row["dated"]}
        for row in items
        if row["kind"] == "decision"
    ]
    remarks = [row for row in items if row["kind"] != "decision"]
    frames = make_decisions(decided), make_remarks(remarks), make_cell_status(status)
    return Sent(*frames, make_sign_off(sign_off))


def make_problems(rows: list[dict[str, str]]) -> pd.DataFrame:
    """Make a frame of problems, all ``str``."""
    whole = [[row.get(name, "") for name in PROBLEM] for row in rows]
    return pd.DataFrame(whole, columns=PROBLEM, dtype="str")
