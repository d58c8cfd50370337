"""The register of a review: every decision and remark, what became of it, and where it stands."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path

import pandas as pd

from srm_data.frames import check_frame
from srm_data.load import Tables, load_tables
from srm_data.organisation.decisions import A_MODEL, check_decisions, list_stale_decisions
from srm_data.organisation.files import read_own_file, write_own_file
from srm_data.paths import StrPath
from srm_data.schema import CELL, read_remark_schema
from srm_data.xlsx.kinds import NOTE, THREAD

REMARK = [*CELL, "kind", "column", "decision", "text", "author", "dated", "place"]
"""Columns of a frame of remarks."""
REMARKS = "remarks, from read_review or read_remarks"

NAMES = ["offering", "duty"]
REGISTER = ["status", "why", *NAMES, "expected", "now", *REMARK]
ENTERED = ["decision", "text", "author", "dated"]
"""What stands in the four columns of a reviewer."""

NOT_TAKEN = "not taken yet: it needs one of the four answers, a comment, a reviewer and a date"
SEVERAL = "several answers for one cell"
IN_FORCE, OPEN, LOOK_AGAIN, KEPT = "In force", "Open", "Look again", "Kept"
SHOWN_IN_ITS_ROW = (IN_FORCE, OPEN)

ENTRY, TYPED = "entry", "typed"
"""Kinds of remark, beside those of xlsx.kinds: in the reviewer's columns, or typed somewhere else."""


def make_remarks(rows: list[dict[str, str]]) -> pd.DataFrame:
    """Make a frame of remarks, all ``str``, blank where a row does not say."""
    return pd.DataFrame(rows, columns=REMARK, dtype=object).fillna("").astype("str")


def read_remarks(path: StrPath) -> pd.DataFrame:
    """Read a CSV file of remarks, as :func:`write_remarks` wrote it.

    Parameters
    ----------
    path
        A CSV file with the columns of ``tables/remarks.schema.json``.

    Returns
    -------
    DataFrame
        ``offering_id``, ``duty_id``, ``kind``, ``column``, ``decision``, ``text``, ``author``,
        ``dated`` and ``place``, all ``str``.

    Raises
    ------
    srm_data.TableError
        Naming every fault: file, line, column, value and what was expected.
    FileNotFoundError
        If there is no such file.
    """
    return read_own_file(path, read_remark_schema())


def write_remarks(path: StrPath, remarks: pd.DataFrame) -> Path:
    """Write remarks to a new CSV file.

    Parameters
    ----------
    path
        Where to write.
    remarks
        Frame of :func:`~srm_data.read_review`.

    Returns
    -------
    pathlib.Path
        ``path``.

    Raises
    ------
    FileExistsError
        If there is a file of this name.
    """
    check_frame(remarks, REMARK, REMARKS)
    return write_own_file(path, remarks)


def build_register(
    model: pd.DataFrame,
    decisions: pd.DataFrame,
    remarks: pd.DataFrame,
    *,
    tables: Tables | None = None,
) -> pd.DataFrame:
    """List everything that reviewers recorded, and what has become of it.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`, without decisions: the cells of a book.
    decisions
        Frame from :func:`~srm_data.read_decisions`.
    remarks
        Frame of :func:`~srm_data.read_review` or :func:`~srm_data.read_remarks`.
    tables
        Frames from :func:`~srm_data.load_tables`, to know what is gone from what is only not in this
        book; loaded if not given.

    Returns
    -------
    DataFrame
        A row a decision or remark, what needs another look first. Columns, all ``str``:

        ``status``
            ``"Look again"``: the answer moved under the decision, or its cell is gone; ``"Open"``: a
            remark shown in its row; ``"In force"``: a decision shown in its row; ``"Kept"``: shown in
            the register alone.
        ``why``
            One line on the status, or empty.
        ``offering``, ``duty``
            Names, or the ids where they have none any more.
        ``expected``, ``now``
            What the tables said when it was decided, and say now.
        ``offering_id``, ``duty_id``, ``kind``, ``column``, ``decision``, ``text``, ``author``,
        ``dated``, ``place``
            As in a frame of remarks; a decision has the kind ``"decision"``, its reason as ``text``.
    """  # fmt: skip
    check_frame(model, [*CELL, *NAMES, "responsibility", "without_decision"], A_MODEL)
    check_decisions(decisions)
    check_frame(remarks, [*CELL, "kind"], REMARKS)
    offerings = (load_tables() if tables is None else tables)["offerings"]
    if decisions.empty and remarks.empty:
        return pd.DataFrame(columns=REGISTER, dtype="str")
    here = set(zip(model["offering_id"], model["duty_id"], strict=True))
    known = set(offerings["offering_id"])
    decided = _register_decisions(model, decisions, known)
    taken = set(map(tuple, decided.loc[decided["status"] == IN_FORCE, CELL].to_numpy()))
    remarked = remarks.reindex(columns=REMARK).fillna("")
    cells = list(zip(remarked["offering_id"], remarked["duty_id"], strict=True))
    is_entry = remarked["kind"] == ENTRY
    is_free = pd.Series([cell in here and cell not in taken for cell in cells], index=remarked.index)
    waiting = remarked[is_entry & is_free]
    twice = waiting.duplicated(CELL, keep=False).reindex(remarked.index, fill_value=False)
    is_here = pd.Series([cell in here for cell in cells], index=remarked.index)
    is_note = remarked["kind"].isin([NOTE, THREAD])
    is_open = (is_entry & is_free & ~twice) | (is_note & is_here)
    remarked = remarked.assign(
        status=is_open.map({True: OPEN, False: KEPT}), expected="", now="", why=""
    )
    remarked["why"] = remarked["why"].mask(twice, SEVERAL)
    remarked["why"] = remarked["why"].mask(is_open & is_entry & remarked["decision"].ne(""), NOT_TAKEN)
    register = pd.concat([decided, remarked], ignore_index=True)
    names = {key: dict(zip(model[f"{key}_id"], model[key].astype(str), strict=True)) for key in NAMES}
    names["offering"] = dict(zip(offerings["offering_id"], offerings["offering"], strict=True))
    for key in NAMES:
        ids = register[f"{key}_id"]
        register[key] = ids.map(names[key]).fillna(ids)
    order = {LOOK_AGAIN: 0, OPEN: 1, IN_FORCE: 2, KEPT: 3}
    by_status = register["status"].map(order).to_numpy().argsort(kind="stable")
    return register[REGISTER].take(by_status).reset_index(drop=True).astype("str")


def place_entries(model: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """Find what stands in the reviewer's columns of every cell.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`, without decisions.
    register
        Frame from :func:`build_register`.

    Returns
    -------
    DataFrame
        A row a cell, in the order of the model, all ``str``: ``decision``, ``text``, ``author``,
        ``dated``; ``look_again``, what a reviewer is to look at once more; and ``answer``, which is the
        decision, if it is one of the four answers, or else what the tables say.
    """
    said = model["responsibility"].tolist()
    if register.empty:
        nothing = dict.fromkeys([*ENTERED, "look_again"], "")
        return pd.DataFrame({"answer": said}).assign(**nothing).astype("str")
    entries = pd.DataFrame("", index=range(len(model)), columns=[*ENTERED, "look_again"], dtype=object)
    places = {
        cell: row for row, cell in enumerate(zip(model["offering_id"], model["duty_id"], strict=True))
    }
    calls: dict[int, dict[str, None]] = {}
    for recorded in register.to_dict("records"):
        row = places.get((recorded["offering_id"], recorded["duty_id"]))
        if row is None:
            continue
        is_entry = recorded["status"] == OPEN and recorded["kind"] == ENTRY
        if recorded["status"] == IN_FORCE or is_entry:
            entries.loc[row, ENTERED] = [recorded[name] for name in ENTERED]
        calls.setdefault(row, {})[_say_why_to_look(recorded)] = None
    for row, reasons in calls.items():
        entries.loc[row, "look_again"] = " ".join(filter(None, reasons))
    codes = {code.lower(): code for code in model["responsibility"].cat.categories}
    decided = entries["decision"].str.strip().str.lower().map(codes)
    return entries.assign(answer=decided.fillna(pd.Series(said, dtype=object))).astype("str")


def _say_why_to_look(recorded: dict[Hashable, str]) -> str:
    """Say what a reviewer is to look at once more, for the row of what was recorded; or nothing."""
    if recorded["status"] == LOOK_AGAIN:
        return (
            f"Decided {recorded['decision']} on {recorded['dated']}, when the tables said "
            f"{recorded['expected']}. They now say {recorded['now']}."
        )
    if recorded["why"] == SEVERAL:
        return "Several answers for one cell: they stand in the sheet Register."
    if recorded["status"] == OPEN and recorded["why"]:
        return f"{recorded['why'].capitalize()}."
    return ""


def _register_decisions(model: pd.DataFrame, decisions: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    """Say of every decision whether it is in force, and what the tables say of its cell now."""
    stale = list_stale_decisions(model, decisions)
    moved = dict(
        zip(
            map(tuple, stale[CELL].to_numpy()),
            zip(stale["why"], stale["now"], strict=True),
            strict=True,
        )
    )
    here = set(model["offering_id"])
    rows = []
    for decision in decisions.to_dict("records"):
        cell = (decision["offering_id"], decision["duty_id"])
        status, why, now = IN_FORCE, "", decision["expected"]
        if cell in moved:
            status, (why, now) = LOOK_AGAIN, moved[cell]
            if cell[0] in known and cell[0] not in here:
                status, why = KEPT, "its offering is not in this book"
        renamed = {
            "text": decision["reason"],
            "author": decision["decided_by"],
            "dated": decision["decided_on"],
        }
        rows.append(decision | renamed | {"kind": "decision", "status": status, "why": why, "now": now})
    columns = ["status", "why", "expected", "now", *REMARK]
    return pd.DataFrame(rows, columns=columns, dtype=object).fillna("").astype("str")
