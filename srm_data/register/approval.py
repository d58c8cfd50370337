"""Approval of a book: by a hash over its answers, so that it lasts until one of them changes."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import pandas as pd

from srm_data.register.entries import KEY, list_rows, make_entries
from srm_data.register.state import State


class Approval(NamedTuple):
    """The approval of the answers of a book.

    Parameters
    ----------
    is_approved
        Whether the answers are those that somebody approved.
    by, on, evidence
        Of that approval or, if there is none, of the latest one; blank if there is none at all.
    changed
        One row per cell that differs from it: key, ``approved`` and ``now`` (party and action) and
        ``why``: ``changed``, ``new`` or ``gone``.
    whole
        Hash of the answers as they are now, which an approval of the book has.
    """

    is_approved: bool
    by: str
    on: str
    evidence: str
    changed: pd.DataFrame
    whole: str


def hash_answers(now: State) -> str:
    """Return the hash of the answers of a book: key, party and action of each cell."""
    answers = now.cells[now.cells["field"].eq("answer")]
    columns = (answers[name].astype(object) for name in (*KEY, "value"))
    lines = sorted(map("\x1f".join, zip(*columns, strict=True)))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def approve_answers(
    now: State, *, by: str, on: str, evidence: str = "", data_version: str = "", source: str = ""
) -> pd.DataFrame:
    """Make the entries that approve the answers of a book: one per cell, and one of the whole.

    Parameters
    ----------
    now
        State that the book was made from.
    by, on, evidence, data_version, source
        Of the entries; see :func:`~srm_data.register.make_entries`.

    Returns
    -------
    DataFrame
        Entries to :func:`~srm_data.register.merge`.

    Examples
    --------
    >>> from srm_data import build_model, choose_offerings
    >>> from srm_data.register import find_approval, make_entries, state
    >>> model = choose_offerings(build_model(), "sqs")
    >>> sent = state(make_entries([]), model, on="2026-12-01")
    >>> entries = approve_answers(sent, by="CISO", on="2026-12-01")
    >>> find_approval(state(entries, model, on="2026-12-02")).is_approved
    True
    """
    whole = hash_answers(now)
    act = {
        "field": "approval", "by": by, "on": on, "evidence": evidence, "data_version": data_version,
        "source": source,
    }  # fmt: skip
    answers = now.cells.loc[now.cells["field"].eq("answer"), [*KEY, "value"]]
    rows = [act | row | {"reason": whole} for row in list_rows(answers)]
    return make_entries([act | {"offering_id": "*", "duty_id": "*", "value": whole}, *rows])


def find_approval(now: State) -> Approval:
    """Find the approval of the answers of a state, or what has changed since the latest one.

    Returns
    -------
    Approval
        ``is_approved``, ``by``, ``on``, ``evidence``, ``changed`` and ``whole``; see :class:`Approval`.

    Examples
    --------
    >>> from srm_data.register import make_entries, state
    >>> row = {"offering_id": "sqs", "duty_id": "backup", "field": "comment", "value": "Who restores?"}
    >>> now = state(make_entries([row]), srm_data.choose_offerings(srm_data.build_model(), "sqs"))
    >>> find_approval(now).is_approved
    False
    """
    approvals = now.entries[now.entries["field"].eq("approval") & now.entries["state"].eq("in force")]
    is_whole = approvals["offering_id"].eq("*") & approvals["duty_id"].eq("*")
    wholes, whole = approvals[is_whole], hash_answers(now)
    if wholes.empty:
        none = pd.DataFrame(columns=[*KEY, "approved", "now", "why"], dtype="str")
        return Approval(False, "", "", "", none, whole)
    is_this = wholes["value"].eq(whole)
    latest = wholes[is_this if is_this.any() else slice(None)].iloc[0]  # entries are newest first

    # the cells of that approval beside those of now
    approved, answers = (
        frame[[*KEY, "value"]].drop_duplicates(KEY).rename(columns={"value": name})
        for name, frame in (
            ("approved", approvals[approvals["reason"].eq(latest["value"])]),
            ("now", now.cells[now.cells["field"].eq("answer")]),
        )
    )
    both = approved.merge(answers, on=KEY, how="outer", validate="1:1").fillna("").astype("str")
    changed = both[both["approved"].ne(both["now"])].reset_index(drop=True)
    why = pd.Series("changed", changed.index, dtype="str")
    why = why.mask(changed["approved"].eq(""), "new").mask(changed["now"].eq(""), "gone")
    by, on, evidence = latest[["by", "on", "evidence"]]
    return Approval(bool(is_this.any()), by, on, evidence, changed.assign(why=why), whole)
