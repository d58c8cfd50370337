"""The state of a register for a day: what applies to each cell, and what needs a person."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from srm_data.cells import check_frame, restore_cells
from srm_data.exceptions import FrameError
from srm_data.load import ALL_SETS, answers_folder, given_tables, load_some
from srm_data.register.entries import (
    A_REGISTER,
    KEY,
    REGISTER,
    SEPARATOR,
    WHERE,
    Row,
    has_keys,
    list_rows,
    make_entries,
)
from srm_data.register.fold import (
    ACTIONS,
    BESIDE,
    PARTIES,
    Cell,
    Entry,
    Settled,
    Slot,
    is_general,
    judge_entries,
    list_cells,
    list_ids,
    settle_all,
)
from srm_data.register.problems import (
    build_problems,
    describe_entry,
    describe_problem,
    join_values,
    list_entry_problems,
    list_slot_problems,
    make_problem,
)
from srm_data.register.words import is_day, normalise_day, split_answer
from srm_data.schema import CELL, Tables

A_MODEL = "a model of offerings without decisions, from build_model or in_use"
NEEDED = {
    "services": ["service_id"],
    "offerings": ["offering_id", "service_id"],
    "layers": ["layer_id"],
    "duties": ["duty_id", "layer_id"],
}
"""Tables and columns that define what a key may name."""
RACI = ("accountable", "responsible", "consulted")
OF_CELLS = ("answer", "status", *RACI, "implementation", "due", "exception", "evidence", "comment")
"""Fields that a cell has a value of, in the order in which they are settled."""
OF_WORK = ("status", *RACI, "due")
"""Fields that a rule does not set where nobody must act."""
CELLS = [
    *KEY, "field", "value", "reason", "by", "on", "valid_until", "evidence", "approved_by",
    "approved_on", "state", "entered", "inherited_from", "entry_ids", "attention",
]  # fmt: skip
"""Columns of the cells of a state."""
DECIDED = (
    "responsibility", "customer_action", "basis", "scope", "note", "customer_part", "aws_part",
)  # fmt: skip
"""Columns of a model that a decision changes."""
AS_DECIDED = "Decided by the organisation."
"""Words of a model for the halves of a decided cell; who may not see the reason sees these."""
SLOT, BLANK = CELLS[:4], dict.fromkeys(CELLS, "")


class State(NamedTuple):
    """What a register says for a day; frames are all ``str`` but for the kind of a problem.

    Parameters
    ----------
    day
        The day, ``YYYY-MM-DD``.
    cells
        One row per cell, Where and field that has an entry, and ``answer`` and ``status`` of every
        cell. ``value`` is what applies: of an answer party and action, of the tables or as decided;
        ``reason``, ``by``, ``on``, ``valid_until``, ``evidence`` are those of the entries in force,
        ``approved_by`` and ``approved_on`` of their approvals, at an answer those of the whole row.
        ``state`` is ``in force``, ``conflict``,
        ``proposed``, ``asked back``, ``expired`` or blank; ``entered`` has the values that wait;
        ``inherited_from`` the more general key that the value comes from. ``entry_ids`` are in force.
        ``attention`` says what to do.
    entries
        The register, newest entries first, with ``state`` (as above, or ``replaced`` or ``remark``),
        ``why`` and ``lacks``: the columns that an entry which is asked back lacks.
    problems
        One row per problem, most pressing first, then by name: ``kind`` (ordered Categorical: conflict
        < not taken < unclear < stray < overdue < expired < moved < old < review due), key, ``field``,
        ``value``, ``expected``, ``by``, ``on``, ``source`` and ``entry_ids``.
    model
        The model with the answers in force for everywhere.
    """

    day: str
    cells: pd.DataFrame
    entries: pd.DataFrame
    problems: pd.DataFrame
    model: pd.DataFrame


def state(
    register: pd.DataFrame,
    model: pd.DataFrame,
    *,
    on: dt.date | str | None = None,
    tables: Tables | None = None,
) -> State:
    """Return what a register says for a day.

    Parameters
    ----------
    register
        Frame from :func:`~srm_data.register.read_register` or :func:`~srm_data.register.merge`.
    model
        Frame from :func:`~srm_data.build_model` or :func:`~srm_data.in_use`, without decisions.
    on
        The day; today if not given. Entries dated later are asked back, and time is counted up to it.
    tables
        Frames from :func:`~srm_data.load_tables` that define the ids; loaded if not given.

    Returns
    -------
    State
        ``day``, ``cells``, ``entries``, ``problems`` and ``model``; see :class:`State`.

    Raises
    ------
    srm_data.exceptions.FrameError
        If an argument is not such a frame, or the model has decisions already.

    Examples
    --------
    >>> from srm_data import build_model, choose_offerings
    >>> from srm_data.register import make_entries
    >>> row = {"offering_id": "sqs", "duty_id": "availability", "field": "answer", "value": "Customer",
    ...        "reason": "We run two queues.", "by": "Ada", "on": "2026-12-01"}
    >>> now = state(make_entries([row]), choose_offerings(build_model(), "sqs"), on="2026-12-02")
    >>> decided = now.model[now.model["basis"] == "decision"]
    >>> decided[["duty_id", "responsibility"]].to_numpy().tolist()
    [['availability', 'Customer']]
    """
    check_frame(register, REGISTER, A_REGISTER)
    needed = [*CELL, "service_id", "responsibility", "customer_action", "basis"]
    model = restore_cells(model, needed, A_MODEL)
    if model["basis"].eq("decision").any():
        raise FrameError(f"expected {A_MODEL}; this one has decisions")
    given = load_some(list(NEEDED), duty_sets=ALL_SETS) if tables is None else tables
    tables = given_tables(given, NEEDED)
    day = dt.date.today().isoformat() if on is None else normalise_day(str(on))
    if not is_day(day):
        raise ValueError(f"on should be a day, as in 2026-12-01. Got {on!r}")

    # each entry by itself, then those of one key and field
    cells = list_cells(model, tables)
    rows = list_rows(make_entries(list_rows(register)))
    entries = judge_entries(rows, cells, day, list_ids(cells, tables))
    slots, states = settle_all(entries, day)
    approvals: dict[str, list[Row]] = {}  # those in force, by what they approve
    for name, entry in entries.items():
        if entry.row["field"] == "approval" and states[name] == "in force":
            approvals.setdefault(entry.row["value"], []).append(entry.row)

    # what that means for each cell
    problems = [*list_entry_problems(entries, states), *list_slot_problems(slots, day)]
    values, decided, of_cells = _build_cells(cells, slots, approvals, problems, day)
    return State(
        day,
        pd.DataFrame(values, columns=CELLS, dtype="str"),
        _build_entries(entries, states),
        build_problems([*problems, *of_cells]),
        _override(model, decided),
    )


@lru_cache(maxsize=8)
def _read_released(version: str) -> dict[tuple[str, str], str]:
    """Return the answers of a released version by offering and duty; none if it is no release."""
    path = answers_folder() / f"{version}.csv"
    if not re.fullmatch(r"[\d.]+", version) or not path.is_file():
        return {}
    with path.open("rb") as file:
        wide = pd.read_csv(file, dtype=str, keep_default_na=False, index_col="offering_id")
    parties = wide.drop(columns="offering").to_dict("index")
    return {
        (str(name), str(duty)): party for name, row in parties.items() for duty, party in row.items()
    }


# What applies to each cell


def _build_cells(
    cells: list[Cell],
    slots: dict[Slot, Settled],
    approvals: dict[str, list[Row]],
    problems: list[Row],
    day: str,
) -> tuple[list[tuple[str, ...]], list[Row], list[Row]]:
    """List the fields of every cell, those with a decision, and the problems that only cells have."""
    sentences: dict[Slot, list[str]] = {}
    for problem in problems:
        field = "answer" if problem["field"] in ("approval", "remark") else problem["field"]
        slot = (problem["offering_id"], problem["duty_id"], problem["where"], field)
        if problem["where"] and not WHERE.fullmatch(problem["where"]):
            slot = (*slot[:2], "", "answer")  # it has no row of its own
        sentences.setdefault(slot, []).append(describe_problem(problem))

    entered, offerings = {slot[3] for slot in slots}, {slot[0] for slot in slots}
    fields = ["answer", "status", *(field for field in OF_CELLS[2:] if field in entered)]
    wheres = _list_wheres(cells, slots)
    rows, decided, more = list[tuple[str, ...]](), list[Row](), list[Row]()
    blanks = [""] * len(CELLS[5:])
    for cell in cells:
        if offerings.isdisjoint((cell.offering_id, f"service:{cell.service_id}", "*")):
            # nobody said anything
            key, status = (cell.offering_id, cell.duty_id, ""), "" if cell.action == "none" else "open"
            rows.append((*key, "answer", f"{cell.party}, {cell.action}", *blanks))
            rows.append((*key, "status", status, *blanks))
            continue
        for where in ["", *wheres.get((cell.offering_id, cell.duty_id), [])]:
            answer, built = f"{cell.party}, {cell.action}", dict[str, Row]()
            for field in fields:
                is_idle = field in OF_WORK and answer.endswith(", none")
                given, used = _pick(cell, where, field, slots, is_exact=is_idle or field == "comment")
                if not used and field not in ("answer", "status"):
                    continue
                own = (cell.offering_id, cell.duty_id, where, field)
                row = built[field] = _build_row(own, given, [slots[slot] for slot in used], approvals)
                named = [own] if field == "evidence" else dict.fromkeys([own, *used])
                texts = [text for slot in named for text in sentences.get(slot, [])]

                # the tables answer what nobody has, and what nobody has looked at is open
                if field == "answer":
                    answer = row["value"] = ", ".join(split_answer(row["value"])) if given else answer
                elif field == "status" and not given:
                    row["value"] = "" if is_idle else "open"

                # time and data go on after an entry was made
                moved = _find_moved(cell, own, given, answer)
                if field == "status" and moved:
                    row["value"] = "open"
                if field == "due" and _is_overdue(built, day):
                    due = [entry.row for entry in given]
                    moved = [make_problem("overdue", given[0].slot, row["value"], "it done", due)]
                more += moved
                row["attention"] = " ".join([*texts, *map(describe_problem, moved)])
            acts = [built[field] for field in ("answer", "status", "exception") if field in built]
            built["answer"]["approved_by"] = join_values(acts, "approved_by")
            built["answer"]["approved_on"] = max(row["approved_on"] for row in acts)
            rows += (tuple(row.values()) for row in built.values())
            decided += [built["answer"]] if built["answer"]["entry_ids"] and not where else []
    return rows, decided, list({tuple(problem.values()): problem for problem in more}.values())


def _list_wheres(cells: list[Cell], slots: dict[Slot, Settled]) -> dict[tuple[str, str], list[str]]:
    """List the Where of each cell that needs a row: all but those that only rules of owners name."""
    wheres: dict[tuple[str, str], set[str]] = {}
    for (offering, duty, where, field), settled in slots.items():
        is_rule = field in RACI and is_general(offering, duty)
        alive = settled.in_force or settled.expired or settled.waiting
        if not WHERE.fullmatch(where) or not alive or is_rule:
            continue
        for cell in cells:
            if cell.is_covered(offering, duty):
                wheres.setdefault((cell.offering_id, cell.duty_id), set()).add(where)
    return {key: sorted(names) for key, names in wheres.items()}


def _pick(
    cell: Cell, where: str, field: str, slots: dict[Slot, Settled], *, is_exact: bool
) -> tuple[list[Entry], list[Slot]]:
    """Return the entries that give a field of a cell its value, and the slots that were looked at."""
    given, used = list[Entry](), list[Slot]()
    for offering, duty, place in cell.list_keys(where):
        slot = (offering, duty, place, field)
        if slot in slots and (not is_exact or (offering, duty) == (cell.offering_id, cell.duty_id)):
            used.append(slot)
            values = [entry for entry in slots[slot].in_force if entry.row["field"] != "withdrawal"]
            given += sorted(values, key=lambda entry: entry.row["value"])
            if given and field != "evidence":  # evidence adds up
                break
    return given, used


def _build_row(
    own: Slot, given: list[Entry], looked_at: list[Settled], approvals: dict[str, list[Row]]
) -> Row:
    """Build the row of one field of one cell from the entries that give its value."""
    # what waits goes before what is in force
    row = BLANK | dict(zip(SLOT, own, strict=True))
    waiting = [entry for settled in looked_at for entry in settled.waiting]
    row["entered"] = " | ".join(sorted(describe_entry(entry.row) for entry in waiting))
    if any(settled.parties for settled in looked_at):
        row["state"] = "conflict"
    elif waiting:
        is_proposed = any(entry.standing == "proposed" for entry in waiting)
        row["state"] = "proposed" if is_proposed else "asked back"
    elif given:
        row["state"] = "in force"
    elif any(settled.expired for settled in looked_at):
        row["state"] = "expired"

    # the value, who gave it, and who approved it
    if given:
        origin, rows = given[0].slot, [entry.row for entry in given]
        at = f" @ {origin[2]}" if origin[2] else ""
        row["inherited_from"] = "" if origin == own else f"{origin[0]} / {origin[1]}{at}"
        values = list(dict.fromkeys(entry.row["value"] for entry in given))
        separator = "\n" if own[3] == "comment" else SEPARATOR
        row["value"] = separator.join(values) if own[3] in BESIDE else values[0]
        row |= {name: join_values(rows, name) for name in ("reason", "by", "valid_until", "evidence")}
        days = [signed["on"] for signed in rows if is_day(signed["on"])]
        row["on"] = max(days, default=join_values(rows, "on"))
        row["entry_ids"] = join_values(rows, "entry_id")
    acts = [act for entry in [*waiting, *given] for act in approvals.get(entry.row["entry_id"], [])]
    row["approved_by"] = join_values(acts, "by")
    row["approved_on"] = max((act["on"] for act in acts), default="")
    return row


def _find_moved(cell: Cell, own: Slot, given: list[Entry], answer: str) -> list[Row]:
    """Find a status given for another answer than there is now, or a decision about another one."""
    moved, (_, _, where, field) = [], own
    for row in (entry.row for entry in given):
        then = ""
        if field == "status" and row["value"] not in ("open", "question"):
            now, is_of_answer = answer, any(split_answer(row["reason"]))  # else it is in plain words
            if is_of_answer and row["reason"] not in (now, now.rpartition(", ")[0]):
                then = f"the answer was {row['reason']}"
        elif field == "answer" and row["where"] == where:
            version, now = row["data_version"].split(SEPARATOR)[-1], cell.party
            party = _read_released(version).get((cell.offering_id, cell.duty_id), now)
            then = f"the tables said {party} ({version})" if party != now else ""
        if then:
            value, expected = f"{describe_entry(row)}, when {then}", f"another look at {now}"
            moved.append(make_problem("moved", own, value, expected, [row]))
    return moved


def _is_overdue(built: dict[str, Row], day: str) -> bool:
    """Return whether a due date has passed, and the duty is neither implemented nor somebody else's."""
    due, done = built["due"]["value"], built.get("implementation", {}).get("value", "")
    return "" < due < day and done != "implemented" and built["status"]["value"] != "not ours"


def _build_entries(entries: dict[str, Entry], states: dict[str, str]) -> pd.DataFrame:
    """Build the register with the state of each entry, newest first."""
    rows = []
    for name, entry in entries.items():
        flaws = entry.flaws if states[name] != "replaced" else []
        why = SEPARATOR.join(dict.fromkeys(flaw.expected for flaw in flaws))
        lacks = {flaw.column for flaw in flaws if flaw.kind in ("lacks", "unknown", "unclear")}
        judged = {"state": states[name], "why": f"expected {why}" if why else ""}
        rows.append(entry.row | judged | {"lacks": " ".join(sorted(lacks))})
    rows.sort(key=lambda row: (is_day(row["on"]), row["on"], row["entry_id"]), reverse=True)
    return pd.DataFrame(rows, columns=[*REGISTER, "state", "why", "lacks"], dtype="str")


def _override(model: pd.DataFrame, rows: list[Row]) -> pd.DataFrame:
    """Apply the answers in force for everywhere to the model, and where they differ, both halves."""
    rows = [row for row in rows if row["entry_ids"] and not row["where"]]
    if not rows:
        return model.copy()
    decided = {(row["offering_id"], row["duty_id"]): row for row in rows}
    keys = zip(*(model[key].astype(object) for key in CELL), strict=True)
    applied: dict[str, list[str]] = {name: list(model[name]) for name in DECIDED if name in model}
    for place, row in enumerate(map(decided.get, keys)):
        if row is None:
            continue
        before = {name: values[place] for name, values in applied.items()}
        party, action = split_answer(row["value"])
        by = ", ".join(filter(None, [row["by"], row["on"]]))
        after = {"responsibility": party, "customer_action": action, "basis": "decision",
                 "scope": "organisation", "note": f"{row['reason']} ({by})"}  # fmt: skip
        if (party, action) != (before["responsibility"], before["customer_action"]):
            with_aws = (before.get("aws_part") or AS_DECIDED) if party in ("AWS", "Shared") else ""
            after |= {"customer_part": "" if action == "none" else AS_DECIDED, "aws_part": with_aws}
        for name in applied.keys() & after.keys():
            applied[name][place] = after[name]
    series = {name: pd.Series(texts, model.index, model[name].dtype) for name, texts in applied.items()}
    return model.assign(**series)


def word_parts(rows: pd.DataFrame) -> pd.Series:
    """Return the customer's part of cells and Where, with the reason if another one was decided."""
    of_model = rows["responsibility"] + ", " + rows["customer_action"]
    is_decided = rows["answer"].ne(of_model) | rows["customer_part"].eq(AS_DECIDED)
    return rows["customer_part"].mask(is_decided, "As decided: " + rows["reason"])


def list_actions(now: State) -> pd.Series:
    """List the customer's action in each cell of the model: none where the status is ``not ours``."""
    cells = now.cells
    is_off = cells["field"].eq("status") & cells["value"].eq("not ours") & cells["where"].eq("")
    is_theirs = has_keys(now.model, cells[is_off], CELL)
    return now.model["customer_action"].astype(object).mask(is_theirs, "none")


def build_cautious_model(now: State) -> pd.DataFrame:
    """Build the model with the answer of each cell that leaves most to the customer, over every Where.

    Returns
    -------
    DataFrame
        ``now.model``, with the answers of the Where that leaves most to the customer.

    Examples
    --------
    >>> from srm_data.register import make_entries, state
    >>> row = {"offering_id": "sqs", "duty_id": "backup", "field": "comment", "value": "Who restores?"}
    >>> now = state(make_entries([row]), srm_data.choose_offerings(srm_data.build_model(), "sqs"))
    >>> len(build_cautious_model(now))
    28
    """
    answers = now.cells[now.cells["field"].eq("answer")]
    parts = answers["value"].map(split_answer)
    ranks = {"party": parts.str[0].map(PARTIES.index), "action": parts.str[1].map(ACTIONS.index)}
    order = [*CELL, *ranks, "where"]
    first = answers.assign(**ranks).sort_values(order).drop_duplicates(CELL)
    return _override(now.model, list_rows(first.assign(where="")))
