"""What a board asks of a register: who is accountable, what holds for all services, exceptions.

``now`` is always a state from :func:`~srm_data.register.state`.
"""

from __future__ import annotations

import pandas as pd

from srm_data.register.entries import KEY, SEPARATOR
from srm_data.register.flaws import ORGANISATION_WIDE
from srm_data.register.fold import PARTIES
from srm_data.register.state import RACI, State
from srm_data.schema import CELL

NOBODY = "nobody yet"
"""Who is accountable where nobody is."""
DECIDED = ("in force", "proposed", "conflict", "asked back", "expired")
"""States of what was decided and not replaced."""


def list_raci(now: State) -> pd.DataFrame:
    """List who is accountable, responsible and consulted where the customer must or may act.

    Returns
    -------
    DataFrame
        One row per cell and Where: key, ``accountable``, ``responsible``, ``consulted`` and
        ``problem``: ``nobody is accountable``, ``several are accountable: ...`` or blank. All ``str``.

    Examples
    --------
    >>> from srm_data.register import make_entries, state
    >>> row = {"offering_id": "sqs", "duty_id": "backup", "field": "accountable", "value": "Queue team"}
    >>> now = state(make_entries([row]), srm_data.choose_offerings(srm_data.build_model(), "sqs"))
    >>> list_raci(now).query("duty_id == 'backup'")["accountable"].tolist()
    ['Queue team']
    """
    cells = now.cells
    answers = cells[cells["field"].eq("answer") & ~cells["value"].str.endswith(", none")]
    raci = answers[KEY].reset_index(drop=True)
    for field in RACI:
        named = cells.loc[cells["field"].eq(field), [*KEY, "value", "entered", "state"]]
        columns = {"value": field, "entered": f"{field}_entered", "state": f"{field}_state"}
        raci = raci.merge(named.rename(columns=columns), on=KEY, how="left", validate="one_to_one")
    raci = raci.fillna("")
    is_open = raci["accountable_state"].eq("conflict")  # what a rule says is then not settled
    raci["accountable"] = raci["accountable"].mask(is_open, "")
    several = "several are accountable: " + raci["accountable_entered"]
    problem = several.where(is_open, "nobody is accountable").where(raci["accountable"].eq(""), "")
    return raci[[*KEY, *RACI]].assign(problem=problem).astype("str")


def list_all_services(now: State) -> pd.DataFrame:
    """List the organisation-wide duties, which are settled once for all services.

    Returns
    -------
    DataFrame
        One row per duty: ``duty_id``, ``answer`` if all offerings have the same one, and otherwise
        ``differs``, as in ``differs: 12 Shared, 3 Customer``. All ``str``.

    Examples
    --------
    >>> from srm_data.register import make_entries, state
    >>> row = {"offering_id": "sqs", "duty_id": "backup", "field": "status", "value": "agreed"}
    >>> now = state(make_entries([row]), srm_data.choose_offerings(srm_data.build_model(), "sqs"))
    >>> list_all_services(now).columns.tolist()
    ['duty_id', 'answer', 'differs']
    """
    cells, rows = now.cells[now.cells["where"].eq("") & now.cells["field"].eq("answer")], []
    for duty in ORGANISATION_WIDE:
        answers = cells.loc[cells["duty_id"].eq(duty), "value"]
        if answers.empty:
            continue
        counts = answers.str.rpartition(", ")[0].value_counts()
        order = sorted(counts.index, key=lambda party: (-counts[party], PARTIES[::-1].index(party)))
        differs = "differs: " + ", ".join(f"{counts[party]} {party}" for party in order)
        answer = answers.iloc[0] if answers.nunique() == 1 else ""
        rows.append((duty, answer, differs if len(counts) > 1 else ""))
    return pd.DataFrame(rows, columns=["duty_id", "answer", "differs"], dtype="str")


def assign_accountable(now: State) -> pd.DataFrame:
    """Add who is accountable to the model of a state.

    Returns
    -------
    DataFrame
        ``now.model`` with the column ``owner``: the accountable of each cell for everywhere, or
        ``nobody yet``; without it if nobody is accountable for anything.

    Examples
    --------
    >>> from srm_data.register import make_entries, state
    >>> row = {"offering_id": "sqs", "duty_id": "backup", "field": "accountable", "value": "Queue team"}
    >>> now = state(make_entries([row]), srm_data.choose_offerings(srm_data.build_model(), "sqs"))
    >>> assign_accountable(now)["owner"].unique().tolist()
    ['nobody yet', 'Queue team']
    """
    cells = now.cells[now.cells["where"].eq("") & now.cells["field"].eq("accountable")]
    named = cells[cells["value"].ne("")].set_index(CELL)["value"]
    if named.empty:
        return now.model
    owners = named.reindex(pd.MultiIndex.from_frame(now.model[CELL])).fillna(NOBODY)
    return now.model.assign(owner=pd.Series(owners.tolist(), index=now.model.index, dtype="str"))


def list_decisions(now: State) -> pd.DataFrame:
    """List decisions that were not replaced, newest first, then exceptions, that end first at the top.

    Decisions are entries that are an answer or ``not ours``, whose reason is the comment.

    Returns
    -------
    DataFrame
        One row per entry: ``kind`` (``Decision`` or ``Exception``), ``entry_id``, key, ``value``,
        ``reason`` (of an exception, risk and compensating control), ``by``, ``on``, ``approved_by``,
        ``approved_on``, ``valid_until``, ``renewals`` (how many earlier ones an exception replaces, one
        after the other; ``int``) and ``state``. All others ``str``.

    Examples
    --------
    >>> from srm_data.register import make_entries, state
    >>> row = {"offering_id": "sqs", "duty_id": "backup", "field": "exception", "value": "No backup"}
    >>> now = state(make_entries([row]), srm_data.choose_offerings(srm_data.build_model(), "sqs"))
    >>> list_decisions(now)[["kind", "value", "state"]].to_numpy().tolist()
    [['Exception', 'No backup', 'asked back']]
    """
    entries = now.entries
    in_force = entries[entries["state"].eq("in force")]
    acts = in_force[in_force["field"].eq("approval")].groupby("value")
    approved = acts.agg({"by": SEPARATOR.join, "on": "max"}).reindex(entries["entry_id"]).fillna("")
    is_off = entries["field"].eq("status") & entries["value"].eq("not ours")
    kinds = (
        entries["field"].map({"answer": "Decision", "exception": "Exception"}).mask(is_off, "Decision")
    )
    before = dict(zip(entries["entry_id"], entries["replaces"], strict=True))
    is_exception = set(entries.loc[entries["field"].eq("exception"), "entry_id"])

    def count_renewals(name: str) -> int:
        earlier = [other for other in before[name].split(SEPARATOR) if other in is_exception]
        return max((1 + count_renewals(other) for other in earlier), default=0)

    # the reason of a status is the answer it was given for
    of_key = in_force[in_force["field"].eq("comment")].groupby([*KEY, "by"])["value"]
    comments = of_key.agg("\n".join).reindex(pd.MultiIndex.from_frame(entries[[*KEY, "by"]])).fillna("")
    listed = entries.assign(
        kind=kinds, reason=entries["reason"].mask(is_off, pd.Series(comments.tolist(), entries.index)),
        approved_by=approved["by"].tolist(), approved_on=approved["on"].tolist(),
        renewals=list(map(count_renewals, entries["entry_id"])),
        end=entries["valid_until"].where(kinds.eq("Exception"), ""),
    )  # fmt: skip
    columns = [
        "kind", "entry_id", *KEY, "value", "reason", "by", "on", "approved_by", "approved_on",
        "valid_until", "renewals", "state",
    ]  # fmt: skip
    listed = listed[kinds.notna() & entries["state"].isin(DECIDED)]
    return listed.sort_values(["kind", "end"], kind="stable", ignore_index=True)[columns]


def list_evidence(now: State) -> pd.DataFrame:
    """List the evidence that was ever entered and not replaced, that of all services first.

    Returns
    -------
    DataFrame
        One row per artefact: ``entry_id``, key, ``value`` (its name or address), ``reason`` (the period
        it is of), ``valid_until``, ``evidence`` (where it is kept), ``by``, ``on``, ``state`` (``in
        force``, ``expired`` or ``asked back``) and ``cells``, the number of cells that rest on it
        (``int``). All others ``str``.

    Examples
    --------
    >>> from srm_data.register import make_entries, state
    >>> row = {"offering_id": "*", "duty_id": "*", "field": "evidence", "value": "SOC 2 Type II",
    ...        "valid_until": "2027-03-31", "by": "Ada"}
    >>> now = state(make_entries([row]), srm_data.choose_offerings(srm_data.build_model(), "sqs"))
    >>> list_evidence(now)[["value", "cells"]].to_numpy().tolist()
    [['SOC 2 Type II', 28]]
    """
    entries = now.entries
    is_alive = entries["state"].isin(["in force", "expired", "asked back"])
    rows = entries[entries["field"].eq("evidence") & is_alive]
    held = now.cells.loc[now.cells["field"].eq("evidence"), [*CELL, "entry_ids"]].drop_duplicates()
    counts = held["entry_ids"].str.split(SEPARATOR).explode().value_counts().to_dict()
    listed = rows.assign(
        cells=[int(counts.get(name, 0)) for name in rows["entry_id"]],
        is_own=rows["offering_id"].ne("*"),
    ).sort_values(["is_own", *KEY, "value"])
    columns = [
        "entry_id", *KEY, "value", "reason", "valid_until", "evidence", "by", "on", "state", "cells",
    ]  # fmt: skip
    return listed[columns].reset_index(drop=True)
