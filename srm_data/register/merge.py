"""Merge what came back into the register: books as differences, and registers by id.

A book carries the ids in force when it was sent. What differs from then becomes an entry that replaces
them, so joining entries is a merge of three sides: ``state`` sees what was made against the same base.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pandas as pd

from srm_data.cells import check_frame
from srm_data.register.entries import (
    A_REGISTER,
    KEY,
    REGISTER,
    SEPARATOR,
    Row,
    join_entries,
    list_rows,
    make_entries,
    normalise_entry,
)
from srm_data.register.files import CONTROL
from srm_data.register.flaws import find_reading_flaws
from srm_data.register.problems import KIND_OF, build_problems, join_values, make_problem
from srm_data.register.state import State
from srm_data.register.words import normalise_day, normalise_status, normalise_text

SENT = [*KEY, "field", "sent", "sent_reason", "sent_by", "sent_on", "base", "asks"]
"""Columns of what a book is sent with."""
NOW = ["value", "reason", "by", "on", "valid_until", "evidence"]
EDIT = ["file", "place", *SENT, *NOW, "data_version"]
"""Columns of the edits of books: a field of a row as it was sent and as it came back."""
WAITING = ("proposed", "asked back")
"""States of entries that their rows show, to be completed or approved."""
SIGNED = {
    "field": "remark", "value": "signed, without an entry", "base": "",
    "reason": "Unclear: expected a decision, status or comment",
}  # fmt: skip
DECISIONS = ("answer", "status", "exception")
"""Fields that a second name may approve; of a status, ``not ours`` alone."""


class Review(NamedTuple):
    """What one or several books say.

    Parameters
    ----------
    entries
        Entries that the register may not have yet, as from :func:`~srm_data.register.make_entries`.
    problems
        Problems of reading, with the columns of the problems of a :class:`~srm_data.register.State`.
    """

    entries: pd.DataFrame
    problems: pd.DataFrame


def merge(
    reviews: Review | pd.DataFrame | Iterable[Review | pd.DataFrame],
    register: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Add the entries of reviews to a register.

    Nothing is changed or lost: in which order reviews are merged, and how often, makes no difference.
    What is in force, and what conflicts, is what :func:`~srm_data.register.state` says of the result.

    Parameters
    ----------
    reviews
        One or more reviews, or frames of entries.
    register
        Frame from :func:`~srm_data.register.read_register`; an empty one if not given.

    Returns
    -------
    DataFrame
        A register; columns as from :func:`~srm_data.register.make_entries`.

    Examples
    --------
    >>> from srm_data.register import make_entries
    >>> row = {"offering_id": "sqs", "duty_id": "backup", "field": "comment", "value": "Who restores?"}
    >>> once = merge(make_entries([row]))
    >>> merge([make_entries([row]), once], once).equals(once)
    True
    """
    given = [reviews] if isinstance(reviews, Review | pd.DataFrame) else list(reviews)
    frames = [review.entries if isinstance(review, Review) else review for review in given]
    frames += [register] if register is not None else []
    for frame in frames:
        check_frame(frame, REGISTER, A_REGISTER)
    return join_entries([make_entries(list_rows(frame)) for frame in frames])


def list_sent(now: State) -> pd.DataFrame:
    """List what the rows of a book are sent with, to be compared with what comes back.

    Returns
    -------
    DataFrame
        One row per cell, Where and field, then those of more general keys and of the cover that have
        entries: key, ``field``, ``sent``, ``sent_reason``, ``sent_by``, ``sent_on``, ``base`` and
        ``asks`` (columns of the register that an entry which is asked back lacks), all ``str``. What
        is asked back or proposed goes before what is in force, so that its row can be completed or
        approved. Sides of a conflict are not sent, only their ids in ``base``; evidence of all services
        is not sent at all, as :func:`list_evidence` has it.

    Examples
    --------
    >>> from srm_data import build_model, choose_offerings
    >>> from srm_data.register import make_entries, state
    >>> row = {"offering_id": "sqs", "duty_id": "backup", "field": "answer", "value": "AWS"}
    >>> now = state(make_entries([row]), choose_offerings(build_model(), "sqs"))
    >>> list_sent(now).query("duty_id == 'backup' and field == 'answer'")["sent"].tolist()
    ['AWS']
    """
    # what each row shows: the answer of the tables is nobody's, and evidence stands where it is entered
    cells, slot = now.cells.reset_index(drop=True), [*KEY, "field"]
    is_of_tables = cells["field"].eq("answer") & cells["entry_ids"].eq("")
    is_blank = is_of_tables | cells["field"].eq("evidence")
    texts = cells[["value", "reason", "by", "on"]].mask(is_blank, "")
    shown = cells.assign(**texts)

    # what a new entry there is made against
    alive: dict[tuple[str, ...], list[Row]] = {}
    for row in list_rows(now.entries):
        is_asked = row["field"] not in ("remark", "approval") or (
            row["field"] == "remark" and row["why"]
        )
        if row["state"] != "replaced" and is_asked:
            field = row["value"] if row["field"] == "withdrawal" else row["field"]
            alive.setdefault((*(row[name] for name in KEY), field), []).append(row)

    alive.pop(("*", "*", "", "evidence"), None)  # each stands by itself, see list_evidence
    slots = enumerate(zip(*(shown[name].astype(object) for name in slot), strict=True))
    numbers = {key: number for number, key in slots if key in alive}
    own_rows = dict(zip(numbers, list_rows(shown.loc[list(numbers.values())]), strict=True))
    blank, rows = dict.fromkeys([*REGISTER, "state", "lacks"], ""), list[list[str]]()
    for key, own in alive.items():
        in_force = next((row for row in own if row["state"] == "in force"), blank)
        row, waiting = own_rows.get(key, in_force), [row for row in own if row["state"] in WAITING]
        if any(entry["state"] == "conflict" for entry in own):
            row = blank
        elif len(waiting) == 1 and row["state"] != "conflict":
            (row,) = waiting
        elif key[3] == "evidence":
            lasting = [entry for entry in own if entry["state"] == "in force"]
            row = {name: join_values(lasting, name) for name in (*REGISTER, "state")}
        value = "" if row["field"] == "withdrawal" else row["value"]
        base = SEPARATOR.join(sorted(entry["entry_id"] for entry in own))
        asks = row.get("lacks", "") if row["state"] == "asked back" else ""
        rows.append([*key, value, row["reason"], row["by"], row["on"], base, asks])
    places = [numbers.get(key, len(shown) + place) for place, key in enumerate(alive)]
    others = shown.drop(index=list(numbers.values())).assign(base="", asks="")
    columns = [*slot, "value", "reason", "by", "on", "base", "asks"]
    others = others[columns].set_axis(SENT, axis="columns")
    with_entries = pd.DataFrame(rows, columns=SENT, index=places, dtype="str")
    return pd.concat([others, with_entries]).sort_index().reset_index(drop=True).astype("str")


def build_review(edits: pd.DataFrame) -> Review:
    """Build the entries that the edits of books make.

    Parameters
    ----------
    edits
        One row per field of a row of a book, changed or not. Columns, all ``str``, blank if missing:

        ``file``, ``place``
            Name of the book, and sheet and cell.
        ``offering_id``, ``duty_id``, ``where``, ``field``
            What it is about, as in a register. For a new Where ``sent`` and ``base`` are blank.
        ``sent``, ``sent_reason``, ``sent_by``, ``sent_on``, ``base``, ``asks``
            As from :func:`list_sent`; name and day as the row shows them.
        ``value``, ``reason``, ``by``, ``on``, ``valid_until``, ``evidence``
            As they came back. Of an approval, the answer and action of the row as sent, and who
            approved it, when and by which evidence.
        ``data_version``
            Of the book.

    Returns
    -------
    Review
        The entries, and a problem for each text that could not be kept as it was typed. A field makes
        an entry if its value differs or, of an answer, its reason; a cleared one makes a withdrawal. A
        name or day as sent belongs to the earlier entry, unless what that asked for was filled in. A
        new one completes what lacks it; if that is nothing, and nothing else is new in the row, it
        signs the status again, or else the answer. An approval is of the answer, the exception and the
        status ``not ours`` of its row, new or as sent.

    Examples
    --------
    >>> edit = {"file": "ada.xlsx", "offering_id": "sqs", "duty_id": "backup", "field": "due",
    ...         "sent": "2027-03-31", "value": "30.6.2027", "base": "0123456789abcdef"}
    >>> build_review(pd.DataFrame([edit])).entries[["value", "replaces", "source"]].to_numpy().tolist()
    [['2027-06-30', '0123456789abcdef', 'ada.xlsx']]
    """
    check_frame(edits, ["offering_id", "duty_id", "field", "value"], "edits of books")
    given = list_rows(edits.reindex(columns=EDIT).astype(object))

    # a row of a book is one act: its fields share a name and a day
    groups: dict[tuple[str, ...], list[Row]] = {}
    for texts in given:
        row = {name: CONTROL.sub("\ufffd", normalise_text(value)) for name, value in texts.items()}
        groups.setdefault(tuple(row[name] for name in ("file", *KEY)), []).append(row)
    entries = make_entries(entry for group in groups.values() for entry in _list_entries(group))
    problems = []
    for row in list_rows(entries):
        slot = (row["offering_id"], row["duty_id"], row["where"], row["field"])
        for flaw in find_reading_flaws(row):
            kind = KIND_OF[flaw.kind]
            problems.append(make_problem(kind, slot, row["value"], flaw.expected, [row]))
    return Review(entries, build_problems(problems))


def _list_entries(group: list[Row]) -> Iterator[Row]:
    """List the entries that the edits of one row make."""
    approvals = [row for row in group if row["field"] == "approval"]
    remarks = [row for row in group if row["field"] == "remark" and _list_changed(row)]
    others = [row for row in group if row["field"] not in ("approval", "remark")]
    asked = "; ".join(row["base"] for row in group if row["field"] == "remark")  # settled by an entry
    signed = [row for row in others if any(_list_signature(row))]
    completed = [row for row in signed if {"by", "on"} & set(row["asks"].split())]
    changed = [row for row in others if _list_changed(row)]
    changed += [row for row in completed if not _list_changed(row)]
    if not changed and signed:
        decided = [row for row in signed if row["field"] == "answer" and row["value"]]
        agreed = [
            row for row in signed if row["field"] == "status" and row["value"] not in ("", "open")
        ]
        changed = agreed or decided
        changed = changed or [signed[0] | SIGNED]

    decisions = {row["field"]: row["base"] for row in others if _is_decision(row, "sent")}
    for row in [*changed, *remarks]:  # a remark signs nothing of its row
        by, on = _list_signature(row)
        row["base"] += f"; {asked}" * (row["field"] != "remark")
        if row["field"] == "evidence" and not by and approvals:  # it is that of the approval
            by, on = approvals[0]["by"], approvals[0]["on"]
        entry = {name: row[name] for name in (*KEY, "field", *NOW, "data_version")}
        entry |= {"by": by, "on": on, "replaces": row["base"], "source": _describe_source(row)}
        if not row["value"]:
            entry |= {"field": "withdrawal", "value": row["field"]}
        if row["field"] in DECISIONS and row["value"]:
            is_decision = _is_decision(row, "value")
            decisions[row["field"]] = normalise_entry(entry)["entry_id"] if is_decision else ""
        yield entry

    # an approval is of what is new, of what the row was sent with, or of the cell as it is; that of a
    # whole book, which has its hash as reason, is of the cell as it was sent
    for row in approvals:
        if row["by"] or row["on"]:
            entry = {name: row[name] for name in (*KEY, "field", *NOW, "data_version")}
            ids = [name for base in decisions.values() for name in base.split(SEPARATOR) if name]
            ids = [] if row["reason"] else ids
            for value in ids or [row["value"]]:
                yield entry | {"value": value, "replaces": asked, "source": _describe_source(row)}


def _is_decision(row: Row, column: str) -> bool:
    """Return whether a second name may approve a value, as it was sent or as it is."""
    is_kept = row["field"] != "status" or normalise_status(row[column]) == "not ours"
    return row["field"] in DECISIONS and row[column] != "" and is_kept


def _list_changed(row: Row) -> set[str]:
    """List of value, and reason of an answer, what is not as it was sent."""
    sent, now = (
        normalise_entry({"field": row["field"], "value": row[name]})["value"]
        for name in ("sent", "value")
    )
    has_reason = row["field"] == "answer" and now != "" and row["reason"] != row["sent_reason"]
    return ({"value"} if sent != now else set()) | ({"reason"} if has_reason else set())


def _list_signature(row: Row) -> tuple[str, str]:
    """Return the name and day of a new entry; those that the row was sent with are not new.

    Another name beside the day as it was sent is of that day. Whoever fills in no more than what an
    entry lacks leaves it with the name that it has.
    """
    by, on = row["by"], normalise_day(row["on"])
    is_same_day, changed = on == normalise_day(row["sent_on"]), _list_changed(row)
    is_completed = bool(changed) and changed <= set(row["asks"].split())
    return ("", "") if is_same_day and by in ("", row["sent_by"]) and not is_completed else (by, on)


def _describe_source(row: Row) -> str:
    return ", ".join(filter(None, [row["file"], row["place"]]))
