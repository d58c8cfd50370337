"""Fold the entries of a register: which are in force, which wait, and which are in conflict.

An entry names those it was made against in ``replaces``. What no complete entry replaces is in force.
If two such entries of one key and field have different values, they are in conflict, and what they were
made against stays. Nothing here depends on the order of the entries.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Literal, NamedTuple

import pandas as pd

from srm_data.register.entries import SEPARATOR, Row
from srm_data.register.flaws import Flaw, find_flaws, is_not_ours
from srm_data.register.words import fold, is_day, split_answer
from srm_data.schema import Tables

PARTIES, ACTIONS = ["Customer", "Shared", "AWS", "Not applicable"], ["required", "optional", "none"]
"""Answers, those first that leave most to the customer."""
BESIDE = ("responsible", "consulted", "evidence", "comment", "remark", "approval")
"""Fields in which entries stand beside each other and never conflict."""

Standing = Literal["ok", "proposed", "unclear", "incomplete"]
"""Whether an entry is complete, waits for approval, lacks a clear day alone, or something else."""
Slot = tuple[str, str, str, str]
"""offering_id, duty_id, where and field: what entries may agree or conflict about."""


class Entry(NamedTuple):
    """An entry with what follows from it for the day."""

    row: Row
    slot: Slot
    content: tuple[str, str]
    """Value, folded, and its end; blank for a withdrawal. Entries of equal content agree."""
    replaces: frozenset[str]
    flaws: list[Flaw]
    standing: Standing

    @property
    def name(self) -> str:
        """The id of the entry."""
        return self.row["entry_id"]


class Settled(NamedTuple):
    """What the entries of a slot come to."""

    in_force: list[Entry]
    expired: list[Entry]
    waiting: list[Entry]
    disputed: list[Entry]
    """Entries of which none applies, as they differ."""
    parties: list[Entry]
    """Entries that a conflict names, also beside what is in force."""


class Cell(NamedTuple):
    """A cell of the model, with the keys of its entries and the answer of the tables."""

    offering_id: str
    service_id: str
    duty_id: str
    layer_id: str
    party: str
    action: str
    basis: str

    def list_keys(self, where: str) -> Iterator[tuple[str, str, str]]:
        """List the keys that apply to the cell, the most specific first."""
        offerings = (self.offering_id, f"service:{self.service_id}", "*")
        duties = (self.duty_id, f"layer:{self.layer_id}", "*")
        for place, offering, duty in product(dict.fromkeys([where, ""]), offerings, duties):
            yield offering, duty, place

    def is_covered(self, offering: str, duty: str) -> bool:
        """Return whether a key names the cell, by its ids or more generally."""
        is_of_offering = offering in (self.offering_id, f"service:{self.service_id}", "*")
        return is_of_offering and duty in (self.duty_id, f"layer:{self.layer_id}", "*")


# What an entry is, by itself


def is_general(offering: str, duty: str) -> bool:
    """Return whether a key is about more than one cell."""
    return "*" in (offering, duty) or ":" in offering + duty


def list_cells(model: pd.DataFrame, tables: Tables) -> list[Cell]:
    """List the cells of a model."""
    layers = dict(zip(tables["duties"]["duty_id"], tables["duties"]["layer_id"], strict=True))
    columns = ["offering_id", "service_id", "duty_id", "responsibility", "customer_action", "basis"]
    listed = zip(*(model[column].astype(object) for column in columns), strict=True)
    return [
        Cell(offering, service, duty, layers.get(duty, ""), *answer)
        for offering, service, duty, *answer in listed
    ]


def list_ids(cells: list[Cell], tables: Tables) -> dict[str, set[str]]:
    """List all that a key may name, by column."""
    offerings = {*tables["offerings"]["offering_id"], *(cell.offering_id for cell in cells)}
    services = {*tables["services"]["service_id"], *(cell.service_id for cell in cells)}
    duties = {*tables["duties"]["duty_id"], *(cell.duty_id for cell in cells)}
    return {
        "offering_id": {"*", *offerings, *(f"service:{name}" for name in services)},
        "duty_id": {"*", *duties, *(f"layer:{name}" for name in tables["layers"]["layer_id"])},
    }


def judge_entries(
    rows: list[Row], cells: list[Cell], day: str, ids: dict[str, set[str]]
) -> dict[str, Entry]:
    """Judge each entry by itself, by id: what it lacks, and whether it waits for another name."""
    by_id = {row["entry_id"]: row for row in rows}
    entries = {}
    for name, row in by_id.items():
        is_withdrawal = row["field"] == "withdrawal"
        field = row["value"] if is_withdrawal else row["field"]
        slot = (row["offering_id"], row["duty_id"], row["where"], field)
        content = ("", "") if is_withdrawal else (fold(row["value"]), row["valid_until"])
        replaces = frozenset(row["replaces"].split(SEPARATOR)) - {""}
        flaws = find_flaws(row, day, by_id, ids)
        kinds = {flaw.kind for flaw in flaws}
        standing: Standing = "ok"
        if kinds & {"lacks", "unknown", "unclear"}:
            standing = "incomplete" if kinds & {"lacks", "unknown"} else "unclear"
        entries[name] = Entry(row, slot, content, replaces, flaws, standing)

    # a complete decision that takes a duty off waits until somebody else approves it
    gone = _list_replaced(entries)
    alive = [entry for name, entry in entries.items() if name not in gone and entry.standing == "ok"]
    approvals = [entry for entry in alive if entry.row["field"] == "approval"]
    approved = {entry.row["value"] for entry in approvals}
    decisions = [
        entry
        for name, entry in entries.items()
        if (entry.row["field"] == "answer" or is_not_ours(entry.row))
        and entry.standing == "ok"
        and name not in approved
    ]
    by_key: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells if decisions else ():
        by_key.setdefault((cell.offering_id, cell.duty_id), []).append(cell)
    for entry in decisions:
        (offering, duty), answer = entry.slot[:2], split_answer(entry.row["value"])
        covered = by_key.get((offering, duty), [])
        if is_general(offering, duty):
            covered = [cell for cell in cells if cell.is_covered(offering, duty)]
        if less := [cell for cell in covered if _takes_off(cell, answer)]:
            tables = f"{less[0].party}, {less[0].action} ({less[0].basis})"
            expected = f"approval by another name, with a date and evidence, as the tables say {tables}"
            # somebody may have approved the row of another copy, which did not show this
            for row in (approval.row for approval in approvals if approval.slot[:3] == entry.slot[:3]):
                if any(split_answer(row["value"])) and not row["reason"]:
                    expected += f"; {row['by']}, {row['on']} approved {row['value']} alone"
            flaw = Flaw("value", expected, "lacks")
            entries[entry.name] = entry._replace(standing="proposed", flaws=[*entry.flaws, flaw])
    return entries


def _takes_off(cell: Cell, answer: tuple[str, str]) -> bool:
    """Return whether an answer leaves less than a page or a trait does, or a status nothing."""
    if not any(answer):
        return cell.action != "none"
    is_less = PARTIES.index(answer[0]) > PARTIES.index(cell.party)
    is_less |= ACTIONS.index(answer[1]) > ACTIONS.index(cell.action)
    return is_less and cell.basis in ("documented", "derived")


# What the entries of one key and field come to


def _list_replaced(entries: dict[str, Entry]) -> dict[str, set[Slot]]:
    """List the ids that complete entries replace, with the slots of those entries.

    A proposed entry replaces those that lack something.
    """
    replaced: dict[str, set[Slot]] = {}
    for entry in entries.values():
        for name in entry.replaces & entries.keys():
            is_lacking = entry.standing == "proposed" and entries[name].standing == "incomplete"
            if entry.standing == "ok" or is_lacking:
                replaced.setdefault(name, set()).add(entry.slot)
    return replaced


def settle_all(entries: dict[str, Entry], day: str) -> tuple[dict[Slot, Settled], dict[str, str]]:
    """Settle every slot, and return the state of every entry."""
    gone = _list_replaced(entries)
    by_slot: dict[Slot, dict[str, Entry]] = {}
    for name, entry in entries.items():
        if not gone.get(name, set()) - {entry.slot}:  # else an entry of another slot has replaced it
            by_slot.setdefault(entry.slot, {})[name] = entry

    slots, states = {}, dict.fromkeys(entries, "replaced")
    for slot, own in by_slot.items():
        settled = _settle_beside(own, gone) if slot[3] in BESIDE else _settle(own, gone)
        ended = [entry for entry in settled.in_force if _has_ended(entry, day)]
        lasting = [entry for entry in settled.in_force if not _has_ended(entry, day)]
        slots[slot] = settled._replace(in_force=lasting, expired=ended)
        for entry in settled.waiting:
            states[entry.name] = "proposed" if entry.standing == "proposed" else "asked back"
        lasts = "remark" if slot[3] == "remark" else "in force"
        for word, listed in (("conflict", settled.disputed), ("expired", ended), (lasts, lasting)):
            states |= {entry.name: word for entry in listed}

    # an approval that lacks something asks for nothing once its entry or a later book is approved
    approvals = [entry for entry in entries.values() if entry.slot[3] == "approval"]
    complete = [entry.row for entry in approvals if states[entry.name] == "in force"]
    done = {*gone, *(row["value"] for row in complete)}
    last = max((row["on"] for row in complete if row["offering_id"] == "*"), default="")
    for entry in approvals:
        of_book = entry.row["offering_id"] == "*" and (
            not is_day(entry.row["on"]) or entry.row["on"] <= last
        )
        if states[entry.name] == "asked back" and (entry.row["value"] in done or (last and of_book)):
            states[entry.name] = "remark"
    return slots, states


def _has_ended(entry: Entry, day: str) -> bool:
    return is_day(entry.row["valid_until"]) and entry.row["valid_until"] < day


def _settle_beside(own: dict[str, Entry], gone: dict[str, set[Slot]]) -> Settled:
    """Settle entries that stand beside each other: each is in force if it is complete."""
    alive = [entry for name, entry in own.items() if name not in gone]
    complete = [entry for entry in alive if entry.standing == "ok"]
    return Settled(complete, [], [entry for entry in alive if entry.standing != "ok"], [], [])


def _settle(own: dict[str, Entry], gone: dict[str, set[Slot]]) -> Settled:
    """Settle entries of which one value applies, from the latest back to what they replace."""
    rest, waiting, disputed, parties = dict(own), list[Entry](), list[Entry](), list[Entry]()
    while rest:
        made_against = {name for entry in rest.values() for name in entry.replaces}
        heads = [entry for name, entry in rest.items() if name not in made_against]
        alive = [entry for entry in heads if entry.name not in gone]
        full = {entry.content for entry in heads if entry.standing != "incomplete"}
        if len(full) == 1 and any(entry.standing == "ok" for entry in heads):
            # what lacks something is named beside what is in force, and equal values join it
            others = [entry for entry in alive if entry.content not in full]
            in_force = [entry for entry in heads if entry.content in full]
            parties += [*in_force, *others] if others else []
            return Settled(in_force, [], [*waiting, *others], disputed, parties)

        # nothing here applies: what these entries were made against comes next
        if len({entry.content for entry in alive}) > 1:
            parties += alive
            disputed += alive if len(full) != 1 else []
        waiting += alive
        for entry in heads:
            del rest[entry.name]
    return Settled([], [], waiting, disputed, parties)
