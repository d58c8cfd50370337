"""Tasks: what each accountable must or may do, as a list, as a mail, and as a part of a state."""

from __future__ import annotations

from itertools import chain

import pandas as pd

from srm_data.cells import find_marks, list_marks
from srm_data.exceptions import FrameError
from srm_data.register.entries import KEY, has_keys, list_rows
from srm_data.register.flaws import ORGANISATION_WIDE
from srm_data.register.overview import list_raci
from srm_data.register.problems import describe_problem
from srm_data.register.state import State, word_parts
from srm_data.register.words import fold
from srm_data.schema import CELL

TASK = [
    "accountable", "due", "offering", "duty", "task", "where", "customer_action", "status", "attention",
    "problem", "responsible", "consulted", "offering_id", "duty_id",
]  # fmt: skip
"""Columns of a frame of tasks."""
MOST_NAMED = 5  # tasks that a mail names
RISKS = {
    "overdue": ["overdue"],
    "expired": ["expired"],
    "in conflict": ["conflict"],
    "not in force": ["not taken", "unclear", "stray"],
    "to look at again": ["moved", "old", "review due"],
}
"""Kinds of problems by risk, the worst first."""


def rank_keys(now: State, keys: pd.DataFrame) -> pd.Series:
    """Rank cells, Where and rules: what is worst, and is to be done first, has the lowest number.

    First comes what needs a person, the worst risk first. Then what is open: the first day, the surest
    basis (what was decided last), and what runs most often first. Rules come next, then what is
    optional, what is settled once for all services, what is agreed, and last what nobody must do.
    """
    if keys.empty:
        return pd.Series(dtype="int64", index=keys.index)
    fields = now.cells.pivot(index=KEY, columns="field", values="value").reset_index()
    fields = fields.reindex(columns=[*KEY, "answer", "status", "due", "implementation"], fill_value="")
    basis = find_marks(now.model).cat.codes.mask(now.model["basis"].eq("decision"), len(list_marks()))
    model = now.model[CELL].astype("str").assign(
        basis=basis, place=range(len(now.model)),
        resources=-now.model["resources"] if "resources" in now.model else 0,
    )  # fmt: skip
    rows = keys[KEY].astype("str").merge(fields, on=KEY, how="left", validate="m:1")
    rows = rows.merge(model, on=CELL, how="left", validate="m:1")
    rows[fields.columns] = rows[fields.columns].fillna("")

    # the worst that needs a person
    order = {kind: place for place, kind in enumerate(chain(*RISKS.values()))}
    calls = now.problems[KEY].assign(attention=list(map(describe_problem, list_rows(now.problems))))
    calls = pd.concat([calls, now.cells.loc[now.cells["attention"].ne(""), [*KEY, "attention"]]])
    calls["worst"] = [
        min(place for kind, place in order.items() if f"{kind.capitalize()}: " in text)
        for text in calls["attention"]
    ]
    worst = calls.groupby(KEY)["worst"].min()
    rows["worst"] = worst.reindex(pd.MultiIndex.from_frame(rows[KEY])).fillna(len(order)).to_numpy()

    # groups of rows in their order, of which the first that fits counts
    action, is_wide = rows["answer"].str.split(", ").str[-1], rows["duty_id"].isin(ORGANISATION_WIDE)
    is_settled = rows["status"].isin(["agreed", "not ours"])
    is_due = rows["due"].ne("") & rows["implementation"].ne("implemented")
    groups = [
        rows["worst"] < len(order),
        is_due | (action.eq("required") & ~is_settled & ~is_wide),
        action.eq(""),
        action.eq("optional") & ~is_settled & ~is_wide,
        action.ne("none") & ~is_settled,
        action.ne("none"),
    ]
    rows["group"] = len(groups)
    for place, fits in reversed([*enumerate(groups)]):
        rows.loc[fits, "group"] = place
    rows["until"] = rows["due"].where(is_due, "").replace("", "9999")
    rows = rows.sort_values(
        ["group", "worst", "until", "basis", "resources", "place", "where"], kind="stable"
    )
    return pd.Series(range(len(rows)), index=rows.index).sort_index().set_axis(keys.index)


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
        ``not ours``; by accountable, what is worst and is to be done first at the top. Columns, all
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

    # the team with the worst task first
    tasks = tasks.assign(rank=rank_keys(now, tasks))
    tasks["first"] = tasks.groupby("accountable")["rank"].transform("min")
    tasks = tasks.sort_values(["first", "rank"])
    return tasks[TASK].astype("str").reset_index(drop=True)


def select_open_tasks(now: State, tasks: pd.DataFrame) -> pd.DataFrame:
    """Select the tasks that must be done and are not agreed, or are due, with ``is_late``."""
    tasks = tasks.assign(is_late=tasks["attention"].str.contains("Overdue: ", regex=False))
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
    tasks = list_tasks(now, owner)
    open_tasks = select_open_tasks(now, tasks)
    name, offerings = tasks["accountable"].iloc[0], tasks["offering_id"].nunique()
    late, needs_person = open_tasks[open_tasks["is_late"]], tasks["attention"].ne("")
    urgent = tasks[needs_person | tasks.index.isin(open_tasks.index)].head(MOST_NAMED)
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
