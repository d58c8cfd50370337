"""The register of a review: every decision and remark, with its status and place."""

from __future__ import annotations

from collections.abc import Hashable

import pandas as pd

from srm_data.cells import check_frame, restore_cells
from srm_data.load import Tables, given_tables
from srm_data.organisation.decisions import (
    A_MODEL,
    check_decisions,
    is_complete,
    list_stale_decisions,
)
from srm_data.organisation.files import make_own_frame
from srm_data.organisation.remarks import CLOSED, CONFLICT, ENTRY, REMARK, REMARKS
from srm_data.schema import CELL
from srm_data.xlsx.kinds import NOTE, THREAD

NAMES = ["offering", "duty"]
REGISTER = ["status", "why", *NAMES, "now", "as_sent", *REMARK]
ENTERED = ["decision", "text", "author", "dated"]
"""Columns that a reviewer fills in."""

NOT_TAKEN = (
    "not taken yet: it needs one of the four answers, a comment, a reviewer and a date that is not in "
    "the future"
)
BESIDE = "incomplete, beside the decision that applies"
SEVERAL, SEVERAL_REMARKS = "several answers for one cell", "several remarks on one cell"
DISPUTED = "decided differently; an entry in its row resolves the conflict"
DISPUTED_FIELD = "signed differently; an entry in its field of the cover resolves the conflict"
IN_FORCE, OPEN, LOOK_AGAIN, KEPT = "In force", "Open", "Look again", "Kept"
IN_CONFLICT, DONE = "Conflict", "Closed"
OF_STATUS = "Status"
"""Column of a conflict about the status of a cell."""
BAR = "|"
"""Separator between the state, name and date as they were sent."""
SHOWN_IN_ITS_ROW = (IN_FORCE, OPEN)
YES, NO = "yes", "no"
"""Whether a cell is decided."""


def build_register(
    model: pd.DataFrame,
    decisions: pd.DataFrame,
    remarks: pd.DataFrame,
    *,
    tables: Tables | None = None,
) -> pd.DataFrame:
    """List everything that reviewers recorded, with its status.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model` without decisions, with the cells of a workbook.
    decisions
        Frame from :func:`~srm_data.read_decisions`.
    remarks
        Frame from :func:`~srm_data.read_review` or :func:`~srm_data.organisation.read_remarks`.
    tables
        Frames from :func:`~srm_data.load_tables`, used to distinguish removed offerings from those
        outside this workbook; loaded if not given.

    Returns
    -------
    DataFrame
        One row per decision or remark, conflicts and stale decisions first. Columns, all ``str``:

        ``status``
            ``"Conflict"``: reviewers disagree; ``"Look again"``: the answer has changed since the
            decision, or the cell is gone; ``"Open"``: a remark shown in its row; ``"In force"``: a
            decision shown in its row; ``"Kept"``: shown only in the register; ``"Closed"``: a remark
            that was closed.
        ``why``
            One line that explains the status, or empty.
        ``offering``, ``duty``
            Names, or ids if they are no longer in the tables.
        ``expected``, ``now``
            Answer of the tables when the decision was made, and now.
        ``offering_id``, ``duty_id``, ``kind``, ``column``, ``decision``, ``text``, ``author``,
        ``dated``, ``place``, and what became of it
            As in a frame of remarks. A decision has the kind ``"decision"`` and its reason as ``text``.
        ``as_sent``
            State, assignee and due date, to compare with a returned copy.

    Examples
    --------
    >>> from srm_data import build_model, choose_offerings, read_decisions
    >>> from srm_data.organisation.remarks import make_remarks
    >>> model = choose_offerings(build_model(), "sqs")
    >>> cell = {"offering_id": "sqs", "duty_id": "backup", "kind": "entry", "text": "Who restores?"}
    >>> register = build_register(model, read_decisions([]), make_remarks([cell]))
    >>> register[["status", "offering", "duty", "text"]].to_numpy().tolist()
    [['Open', 'SQS queue', 'Backup', 'Who restores?']]
    """  # fmt: skip
    model = restore_cells(model, [*CELL, *NAMES, "responsibility", "without_decision"], A_MODEL)
    check_decisions(decisions)
    check_frame(remarks, [*CELL, "kind"], REMARKS)
    needed = {"offerings": ["offering_id", "offering"]}
    offerings = given_tables(tables, needed)["offerings"]
    if decisions.empty and remarks.empty:
        return make_own_frame([], REGISTER)

    decided = _register_decisions(model, decisions, known=set(offerings["offering_id"]))
    in_force = decided.loc[decided["status"] == IN_FORCE, CELL]
    remarked = _register_remarks(model, remarks, taken=set(map(tuple, in_force.to_numpy())))
    register = pd.concat([decided, remarked], ignore_index=True)

    names = {key: dict(zip(model[f"{key}_id"], model[key].astype(str), strict=True)) for key in NAMES}
    names["offering"] = dict(zip(offerings["offering_id"], offerings["offering"], strict=True))
    for key in NAMES:
        ids = register[f"{key}_id"]
        register[key] = ids.map(names[key]).fillna(ids)

    order = [IN_CONFLICT, LOOK_AGAIN, OPEN, IN_FORCE, KEPT, DONE]
    by_status = register["status"].map(order.index).to_numpy().argsort(kind="stable")
    register["as_sent"] = register["state"] + BAR + register["assigned"] + BAR + register["due"]
    return register[REGISTER].take(by_status).reset_index(drop=True).astype("str")


def list_entries(model: pd.DataFrame, register: pd.DataFrame) -> dict[str, list[str]]:
    """List the contents of the reviewer columns, one row per cell.

    Returns
    -------
    dict of str to list
        One text per cell, in the order of the model: ``decision``, ``text``, ``author``, ``dated``;
        ``look_again``, why the cell needs another look; ``decided``, whether a review takes the
        decision (``"yes"`` or ``"no"``); ``answer``, the decision if it does, otherwise the answer of
        the tables; and ``entered_answer``, the decision if it is one of the four answers, complete or
        not, otherwise the answer of the tables.
    """
    entries = {name: [""] * len(model) for name in [*ENTERED, "look_again"]}
    cells = zip(*(model[key].tolist() for key in CELL), strict=True)
    numbers = {cell: number for number, cell in enumerate(cells)}
    calls: dict[int, dict[str, None]] = {}
    records = register.to_dict("records")
    for (offering_id, duty_id, _), call in describe_conflicts(register).items():
        number = numbers.get((offering_id, duty_id))
        if number is not None:
            calls.setdefault(number, {})[call] = None
    for recorded in records:
        number = numbers.get((recorded["offering_id"], recorded["duty_id"]))
        if number is None:
            continue
        is_entry = recorded["status"] == OPEN and recorded["kind"] == ENTRY
        if recorded["status"] == IN_FORCE or is_entry:
            for name in ENTERED:
                entries[name][number] = recorded[name]
        calls.setdefault(number, {})[_describe_call(recorded)] = None
    for number, reasons in calls.items():
        entries["look_again"][number] = " ".join(filter(None, reasons))

    codes = {code.lower(): code for code in model["responsibility"].cat.categories}
    entries["entered_answer"] = [
        codes.get(decision.lower(), answer)
        for decision, answer in zip(entries["decision"], model["responsibility"], strict=True)
    ]
    entered = zip(*(entries[name] for name in ENTERED), strict=True)
    entries["decided"] = [YES if is_complete(*texts) else NO for texts in entered]
    entries["answer"] = [
        entered if is_decided == YES else answer
        for entered, is_decided, answer in zip(
            entries["entered_answer"], entries["decided"], model["responsibility"], strict=True
        )
    ]
    return entries


def _describe_call(recorded: dict[Hashable, str]) -> str:
    if recorded["status"] == LOOK_AGAIN:
        return (
            f"Decided {recorded['decision']} on {recorded['dated']}, when the tables said "
            f"{recorded['expected']}. They now say {recorded['now']}."
        )
    if recorded["why"] in (SEVERAL, SEVERAL_REMARKS):
        return f"{recorded['why'].capitalize()}: they stand in the sheet Review log."
    if recorded["why"] == BESIDE:
        by = ", ".join(filter(None, [recorded["author"], recorded["dated"]]))
        said = f"{recorded['decision']} ({by})" if by else recorded["decision"]
        return f"A second decision is incomplete: {said}. Close it in the sheet Review log."
    if recorded["status"] == OPEN and recorded["why"]:
        return f"{recorded['why'].capitalize()}."
    return ""


def describe_conflicts(register: pd.DataFrame) -> dict[tuple[str, str, str], str]:
    """Describe the conflicting entries of reviewers, in the order of the register.

    Each has a sentence by offering_id, duty_id and column; the ids are blank for a field of the cover.
    """
    entered: dict[tuple[str, str, str], list[str]] = {}
    for row in register[register["status"] == IN_CONFLICT].to_dict("records"):
        by = ", ".join(filter(None, [row["author"], row["dated"]]))
        said = f"{row['decision'] or row['text']} ({by})" if by else row["decision"] or row["text"]
        entered.setdefault((row["offering_id"], row["duty_id"], row["column"]), []).append(said)
    return {
        key: f"Conflict, {key[-1]}: {' | '.join(said)}. Enter what applies"
        + (", or only your name and the date if it is to stay open." if key[-1] == OF_STATUS else ".")
        for key, said in entered.items()
    }


def _register_decisions(model: pd.DataFrame, decisions: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    stale = list_stale_decisions(model, decisions)
    reasons = zip(stale["why"], stale["now"], strict=True)
    moved = dict(zip(map(tuple, stale[CELL].to_numpy()), reasons, strict=True))
    here = set(model["offering_id"])

    rows = []
    for decision in decisions.to_dict("records"):
        cell = (decision["offering_id"], decision["duty_id"])
        status, why, now = IN_FORCE, "", decision["expected"]
        if cell in moved:
            status, (why, now) = LOOK_AGAIN, moved[cell]
            if cell[0] in known and cell[0] not in here:
                status, why = KEPT, "its offering is not in this workbook"
        renamed = {
            "text": decision["reason"],
            "author": decision["decided_by"],
            "dated": decision["decided_on"],
        }
        rows.append(decision | renamed | {"kind": "decision", "status": status, "why": why, "now": now})

    columns = ["status", "why", "now", *REMARK]
    return pd.DataFrame(rows, columns=columns, dtype=object).fillna("").astype("str")


def _register_remarks(
    model: pd.DataFrame, remarks: pd.DataFrame, taken: set[tuple[str, str]]
) -> pd.DataFrame:
    """Return the status of every remark: open if it is shown in its row, otherwise kept.

    Notes are shown in the row of their cell. So are entries, unless a decision is in force there
    (``taken``) or there are several entries for the cell. Closed remarks are no longer shown.
    """
    here = set(zip(model["offering_id"], model["duty_id"], strict=True))
    remarked = remarks.reindex(columns=REMARK).fillna("")
    cells = list(zip(remarked["offering_id"], remarked["duty_id"], strict=True))
    is_here = pd.Series([cell in here for cell in cells], index=remarked.index)
    is_free = is_here & pd.Series([cell not in taken for cell in cells], index=remarked.index)

    is_closed = remarked["state"] == CLOSED
    is_entry = remarked["kind"].eq(ENTRY) & ~is_closed
    waiting = remarked[is_entry & is_free]
    is_double = waiting.duplicated(CELL, keep=False).reindex(remarked.index, fill_value=False)
    is_note = remarked["kind"].isin([NOTE, THREAD]) & ~is_closed
    is_open = (is_entry & is_free & ~is_double) | (is_note & is_here)
    is_incomplete = is_open & is_entry & remarked["decision"].ne("")
    is_conflict = remarked["kind"].eq(CONFLICT) & ~is_closed

    answered = set(map(tuple, waiting.loc[waiting["decision"] != "", CELL].to_numpy()))
    has_answers = is_double & pd.Series([cell in answered for cell in cells], index=remarked.index)
    why = pd.Series("", index=remarked.index).mask(is_double, SEVERAL_REMARKS)
    is_beside = is_entry & is_here & ~is_free & remarked["decision"].ne("")
    why = (
        why.mask(is_beside, BESIDE)
        .mask(has_answers, SEVERAL)
        .mask(is_incomplete, NOT_TAKEN)
        .mask(is_conflict, DISPUTED)
    )
    why = why.mask(is_conflict & remarked["offering_id"].eq(""), DISPUTED_FIELD)
    status = pd.Series(KEPT, index=remarked.index).mask(is_open, OPEN)
    status = status.mask(is_conflict, IN_CONFLICT).mask(is_closed, DONE)

    said = dict(zip(map(tuple, model[CELL].to_numpy()), model["without_decision"], strict=True))
    now = pd.Series([str(said.get(cell, "")) for cell in cells], index=remarked.index, dtype=object)
    return remarked.assign(status=status, why=why, now=now.where(is_conflict, ""))
