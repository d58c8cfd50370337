"""Approvals on the cover: each is for the workbook in which it was entered, and for no later one."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

import pandas as pd

from srm_data.organisation.sign_off import SIGN_OFF, make_sign_off
from srm_data.workbook.format import APPROVED_BY, REVISION, is_revision

Fields = dict[Hashable, str]
"""Sign-off, by column."""


class Approval(NamedTuple):
    """Approval of an earlier workbook, and the revision that it was given for."""

    entry: Fields
    revision: Fields
    place: int
    """In the history."""


def find_approval(sign_off: pd.DataFrame) -> Approval | None:
    """Find the last approval of an earlier workbook, unless it was withdrawn in a later one.

    Each workbook adds its revision to the history behind what was entered in it; workbooks before
    2026.11.11 added none if it read as one before. An approval from a file need not have any.
    """
    history = sign_off.to_dict("records")
    of_field = [place for place, row in enumerate(history) if row["field"] == APPROVED_BY]
    approvals = [place for place in of_field if history[place]["value"]]
    if not approvals:
        return None

    place = approvals[-1]
    before, after = (
        [at for at, row in enumerate(history) if row["field"] == REVISION and is_revision(row["value"])]
        for history in (history[:place], history[place:])
    )
    if not (revisions := [*(place + at for at in after[:1]), *before[-1:]]):
        return None
    is_withdrawn = of_field[-1] > max(place + 1, revisions[0])
    return None if is_withdrawn else Approval(history[place], history[revisions[0]], place)


def end_approval(sign_off: pd.DataFrame) -> pd.DataFrame:
    """Return a history in which an approval of an earlier workbook ends with that one.

    A blank entry follows it, so that the field of the next workbook is blank, and whoever approves that
    one makes a new entry, even in equal words on the same day.
    """
    found = find_approval(sign_off)
    if found is None or sign_off.loc[sign_off["field"] == APPROVED_BY, "value"].tolist()[-1] == "":
        return sign_off
    after = found.place + 1
    blank = make_sign_off([{"field": APPROVED_BY}])
    return pd.concat([sign_off[:after], blank, sign_off[after:]], ignore_index=True)[SIGN_OFF]
