"""Tasks: what each accountable must or may do, as a list, as a mail, and as a part of a state."""

from __future__ import annotations

import pandas as pd

from srm_data.exceptions import FrameError
from srm_data.register.entries import KEY, has_keys, list_rows
from srm_data.register.overview import list_raci
from srm_data.register.state import State, word_parts
from srm_data.register.words import fold
from srm_data.schema import CELL

TASK = [
    "accountable", "due", "offering", "duty", "task", "where", "customer_action", "status", "attention",
    "problem", "responsible", "consulted", "offering_id", "duty_id",
]  # fmt: skip
"""Columns of a frame of tasks."""
MOST_NAMED = 5  # tasks that a mail names


def list_tasks(now: State, owner: str = "") -> pd.DataFrame:
    """List what the customer must or may do, by who is accountable.

    Parameters
    ----------
    now
        State from :func:`~srm_data.register.state`.
    owner
        Only the tasks of this accountable; case and blanks do not matter.

    Returns
    -------
    DataFrame
        One row per cell and Where in which the customer must or may act, but those with the status
        ``not ours``; by accountable, then by due date, then what must be done first. Columns, all
        ``str``: ``accountable``, ``due``, ``offering``, ``duty``, ``task`` (the customer's part),
        ``where``, ``customer_action``, ``status``, ``attention``, ``problem`` (nobody or several are
        accountable), ``responsible``, ``consulted``, ``offering_id`` and ``duty_id``.

    Raises
    ------
    srm_data.exceptions.FrameError
        If nobody of that name is accountable for anything; the message lists who is.

    Examples
    --------
    >>> from srm_data.register import make_entries, state
    >>> row = {"offering_id": "sqs", "duty_id": "backup", "field": "accountable", "value": "Queue team"}
    >>> now = state(make_entries([row]), srm_data.choose_offerings(srm_data.build_model(), "sqs"))
    >>> list_tasks(now, "queue team")[["offering", "duty", "status"]].to_numpy().tolist()
    [['SQS queue', 'Backup', 'open']]
    """
    tasks = list_raci(now)
    fields = now.cells.pivot(index=KEY, columns="field", values="value")
    fields = fields.reindex(columns=["answer", "due", "status"], fill_value="").fillna("").reset_index()
    calls = now.cells[now.cells["attention"].ne("")].groupby(KEY)["attention"].agg(" ".join)
    reasons = now.cells.loc[now.cells["field"].eq("answer"), [*KEY, "reason"]]
    words = now.model[[*CELL, "offering", "duty", "customer_part", "responsibility", "customer_action"]]
    tasks = (
        tasks.merge(fields, on=KEY, validate="one_to_one")
        .merge(calls.reset_index(), on=KEY, how="left", validate="one_to_one")
        .fillna({"attention": ""})
        .merge(reasons, on=KEY, validate="one_to_one")
        .merge(words.astype("str"), on=CELL, validate="many_to_one")
    )
    tasks["task"] = word_parts(tasks)
    tasks["customer_action"] = tasks["answer"].str.rpartition(", ")[2]
    tasks = tasks[tasks["status"].ne("not ours")]
    if owner:
        names = tasks["accountable"]
        tasks = tasks[names.map(fold).eq(fold(owner))]
        if tasks.empty:
            listed = ", ".join(sorted(set(names) - {""})) or "nobody"
            raise FrameError(f"{owner!r} is accountable for nothing; accountable: {listed}")

    # what nobody answers for comes last; of the others the first day, and what must be done
    order = ["is_nobodys", "accountable", "until", "is_optional", *KEY]
    tasks = tasks.assign(
        is_nobodys=tasks["accountable"].eq(""),
        is_optional=tasks["customer_action"].ne("required"),
        until=tasks["due"].replace("", "9999"),
    ).sort_values(order)
    return tasks[TASK].astype("str").reset_index(drop=True)


def list_open_tasks(now: State, owner: str = "") -> pd.DataFrame:
    """List the tasks that must be done and are not agreed, or are due, with ``is_late``."""
    tasks = list_tasks(now, owner)
    tasks["is_late"] = tasks["attention"].str.contains("Overdue: ", regex=False)
    is_open = tasks["customer_action"].eq("required") & tasks["status"].ne("agreed")

    # who agrees has still to do it by its day, until it is implemented
    cells = now.cells
    is_done = cells["field"].eq("implementation") & cells["value"].eq("implemented")
    is_due = tasks["due"].ne("") & ~has_keys(tasks, cells[is_done])
    return tasks[is_open | is_due]


def describe_tasks(now: State, owner: str) -> str:
    """Describe the tasks of an accountable, as a mail to send with their book or list.

    Parameters
    ----------
    now
        State from :func:`~srm_data.register.state`.
    owner
        Who is accountable.

    Returns
    -------
    str
        Subject, a blank line and the text.

    Raises
    ------
    srm_data.exceptions.FrameError
        As :func:`list_tasks`.

    Examples
    --------
    >>> from srm_data.register import make_entries, state
    >>> row = {"offering_id": "sqs", "duty_id": "backup", "field": "accountable", "value": "Queue team"}
    >>> now = state(make_entries([row]), srm_data.choose_offerings(srm_data.build_model(), "sqs"))
    >>> print(describe_tasks(now, "Queue team").splitlines()[0])
    Subject: Queue team, 1 duty to agree or do
    """
    tasks, open_tasks = list_tasks(now, owner), list_open_tasks(now, owner)
    name, offerings = tasks["accountable"].iloc[0], tasks["offering_id"].nunique()
    late, calls = open_tasks[open_tasks["is_late"]], tasks[tasks["attention"].ne("")]
    urgent = pd.concat([late, calls, open_tasks]).drop_duplicates(KEY).head(MOST_NAMED)
    count, duties = (
        "1 duty" if len(rows) == 1 else f"{len(rows):,} duties" for rows in (open_tasks, tasks)
    )
    overdue = f", {len(late):,} overdue" if len(late) else ""
    first = min(filter(None, open_tasks["due"]), default="")
    day = f", first due {first}" if first else ""
    lines = [
        f"Subject: {name}, {count} to agree or do{overdue}{day}",
        "",
        f"On {now.day}, {name} answers for {duties} of {offerings:,} offerings. First of all:",
        "",
    ]
    for row in list_rows(urgent):
        place = " @ ".join(filter(None, [f"{row['offering']} / {row['duty']}", row["where"]]))
        until = f"Until {row['due']}: " if row["due"] else ""
        lines.append(f"- {until}{place}: {row['task']} {row['attention']}".rstrip())
    return "\n".join([
        *lines, "",
        "Please open the sheet Review here of the book, enter your status, due date and comment in the "
        "green columns, with your name and the date, and send the book back.",
    ])  # fmt: skip


def narrow_state(now: State, owner: str) -> State:
    """Return the part of a state that an accountable answers for: cells, entries and problems."""
    keys = list_tasks(now, owner)[KEY]
    cells, entries, problems = (
        frame.merge(keys, on=KEY, validate="m:1") for frame in (now.cells, now.entries, now.problems)
    )
    return State(now.day, cells, entries, problems, now.model[has_keys(now.model, keys, CELL)])
