"""Merge the frames of several copies of a workbook; entries that differ become conflicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from itertools import zip_longest
from typing import NamedTuple, TypeVar

import pandas as pd

from srm_data.organisation.cell_status import AGREED, OPEN, describe_status, make_cell_status
from srm_data.organisation.decisions import make_decisions
from srm_data.organisation.remarks import (
    CLOSED,
    CONFLICT,
    DISPUTED,
    ENTRY,
    HANDLED,
    REMARK,
    REOPENED,
    TYPED,
    make_remarks,
)
from srm_data.review.outcomes import NO_KEY, Key, Registered, key_of
from srm_data.review.read import Review
from srm_data.schema import CELL
from srm_data.workbook.format import (
    COVER_SHEET,
    DECISION,
    DUE,
    EVIDENCE,
    EXCEPTION,
    LONGEST_CELL,
    OWNER,
    REVIEWED_SHEET,
    REVIEWER,
    STATUS,
)
from srm_data.xlsx.kinds import NOTE, THREAD

T = TypeVar("T", bound=Hashable)
Fields = dict[str, str]


def index_rows(frame: pd.DataFrame) -> dict[Key, Fields]:
    """Return the rows of a frame by the key of their cell."""
    rows = frame.to_dict("records")
    return {key_of(row): {str(name): text for name, text in row.items()} for row in rows}


def list_statements(
    copies: Iterable[tuple[T | None, T | None]], latest: Iterable[bool] | None = None
) -> list[T]:
    """List the distinct statements of several copies, in the order of the copies.

    An unchanged value counts only if nobody changed it, because leaving a value alone does not state
    anything. In a copy of an earlier workbook it does not count at all: what it was may have been
    withdrawn since.

    Parameters
    ----------
    copies
        Current and original value of each copy; ``None`` if there is no value.
    latest
        Whether each copy is one of the latest workbook, from :func:`find_latest`; by default all are.

    Examples
    --------
    >>> list_statements([("Shared", "Shared"), ("AWS", "Shared")])
    ['AWS']
    >>> list_statements([("Shared", None), ("AWS", None), (None, None)])
    ['Shared', 'AWS']
    >>> list_statements([("Shared", "Shared"), (None, "Shared")])
    []
    >>> list_statements([("Shared", "Shared"), (None, None)], [False, True])
    []
    """
    known = list(copies)
    if latest is not None:
        known = [
            pair for pair, is_last in zip(known, latest, strict=True) if is_last or pair[0] != pair[1]
        ]
    replaced = {sent for now, sent in known if now != sent}
    said = [now for now, sent in known if now is not None and not (now == sent and now in replaced)]
    return list(dict.fromkeys(said))


def find_latest(copies: list[Review]) -> dict[Key, list[bool]]:
    """Return for each cell whether each copy is one of the latest workbook that has the cell.

    Every next workbook is sent with more entries on its cover: those of the last one, and a revision.
    """
    ages = [len(copy.sent.sign_off) for copy in copies]
    cells = [set(copy.exported[CELL].itertuples(index=False, name=None)) for copy in copies]
    latest: dict[Key, list[bool]] = {}
    for key in set().union(*cells):
        last = max(age for age, its in zip(ages, cells, strict=True) if key in its)
        latest[key] = [age == last for age in ages]
    return latest


DIFFERENT = "reviewers made different entries"


class Dispute(NamedTuple):
    """One of several conflicting entries in a column of a cell, or in a field of the cover."""

    key: Key
    column: str
    """Or the field of the cover, where the key is blank."""
    decision: str
    """Blank unless it is the decision column."""
    text: str
    author: str
    dated: str
    books: str
    """Names of the copies with this entry."""
    expected: str = ""
    customer_action: str = ""


def make_remark(it: Dispute) -> Registered:
    """Make the remark that carries an entry over to the next workbook."""
    fields = {"kind": CONFLICT, "column": it.column, "decision": it.decision, "text": it.text}
    by = {"author": it.author, "dated": it.dated}
    more = {"expected": it.expected, "customer_action": it.customer_action}
    return dict(zip(CELL, it.key, strict=True)) | fields | by | more


def make_problem(it: Dispute) -> dict[str, str]:
    """Make the problem that asks a person to resolve the conflict."""
    said = ": ".join(filter(None, [it.decision, it.text]))
    by = ", ".join(filter(None, [it.author, it.dated]))
    is_of_cover = it.key == NO_KEY
    return dict(zip(CELL, it.key, strict=True)) | {
        "problem": DIFFERENT,
        "sheet": COVER_SHEET if is_of_cover else REVIEWED_SHEET,
        "cell": it.column,
        "value": f"{said} ({by})" if by else said,
        "expected": (
            f"one entry of {it.column}; the field stays as it was sent until the next workbook has one"
            if is_of_cover
            else f"one entry under {it.column}; none applies until the next workbook has one"
        ),
        "book": it.books,
    }


NAMES = "; "
"""Separator between the names of several people."""


class Said(NamedTuple):
    """Decision about a cell."""

    expected: str
    decision: str
    customer_action: str
    decided_on: str
    decided_by: str
    reason: str


def merge_decisions(copies: list[Review]) -> tuple[pd.DataFrame, list[Dispute]]:
    """Merge decisions, and return a frame of those that agree and a list of those that do not."""
    now = [_index_decisions(copy.decisions) for copy in copies]
    sent = [_index_decisions(copy.sent.decisions) for copy in copies]
    latest = find_latest(copies)
    rows: list[dict[str, str]] = []
    disputes: list[Dispute] = []
    for key in sorted({key for it in now for key in it}):
        pairs = [(it.get(key), was.get(key)) for it, was in zip(now, sent, strict=True)]
        said = list_statements(pairs, latest.get(key))
        if is_equal(said):
            rows += [dict(zip(CELL, key, strict=True)) | join_equal(said)._asdict()] if said else []
            continue
        for one in sorted(said):
            books = [copy.book for copy, it in zip(copies, now, strict=True) if it.get(key) == one]
            disputes.append(
                Dispute(
                    key, DECISION, one.decision, one.reason, one.decided_by, one.decided_on,
                    ", ".join(books), one.expected, one.customer_action,
                )
            )  # fmt: skip
    return make_decisions(rows), disputes


def _index_decisions(decisions: pd.DataFrame) -> dict[Key, Said]:
    rows = index_rows(decisions).items()
    return {key: Said(*(row[name] for name in Said._fields)) for key, row in rows}


def is_equal(said: list[Said]) -> bool:
    """Return whether decisions are equal, about the same answer, and short enough for one row."""
    actions = {one.customer_action for one in said} - {""}
    is_same = len({(one.expected, one.decision) for one in said}) < 2 and len(actions) < 2
    return is_same and (len(said) < 2 or len(join_equal(said).reason) <= LONGEST_CELL)


def join_equal(said: list[Said]) -> Said:
    """Join equal decisions, earliest first, with the latest date."""
    ordered = sorted(said, key=lambda one: (one.decided_on, one))
    if len(ordered) == 1:
        return ordered[0]
    reasons = list(dict.fromkeys(one.reason for one in ordered))
    named = [
        one.reason if NAMES in one.decided_by else f"{one.decided_by}: {one.reason}" for one in ordered
    ]
    return ordered[-1]._replace(
        customer_action=max(one.customer_action for one in ordered),
        decided_by=join_names(one.decided_by for one in ordered),
        reason=reasons[0] if len(reasons) == 1 else "\n".join(named),
    )


def join_names(names: Iterable[str]) -> str:
    """Join names of people, without duplicates."""
    each = [name for joined in names for name in joined.split(NAMES) if name]
    return NAMES.join(dict.fromkeys(each))


FIELDS = {OWNER: "owner", DUE: "due", EVIDENCE: "evidence", EXCEPTION: "exception_until"}
"""Headers and columns of the fields that may be given without a status."""


class Given(NamedTuple):
    """Status, with reviewer, date, and the answer and data version it was given for."""

    status: str
    answer: str
    date: str
    reviewer: str
    version: str


def merge_statuses(
    copies: list[Review],
) -> tuple[pd.DataFrame, list[Dispute], list[Fields]]:
    """Merge cell statuses: return a frame of those that agree, the conflicts, and names as remarks.

    A name or date entered without a status becomes a remark if others gave a status.
    """
    now = [index_rows(copy.status) for copy in copies]
    sent = [index_rows(copy.sent.status) for copy in copies]
    latest = find_latest(copies)
    rows: list[Fields] = []
    disputes: list[Dispute] = []
    remarks: list[Fields] = []
    for key in sorted({key for it in now for key in it}):
        pairs = [(it.get(key, {}), was.get(key, {})) for it, was in zip(now, sent, strict=True)]
        status, disputed = _merge_status(key, pairs, copies, latest.get(key))
        fields, more = _merge_fields(key, pairs, copies, latest.get(key))
        disputes += [*disputed, *more]
        if status is None:
            status = _join_given(
                [Given(OPEN, "", *by, "") for by in _list_names(pairs, latest.get(key))]
            )
        else:
            remarks += [_make_remark(key, *by) for by in _list_names(pairs, latest.get(key))]
        if status.status != OPEN or status.reviewer or status.date or any(fields.values()):
            rows.append(dict(zip(CELL, key, strict=True)) | status._asdict() | fields)
    return make_cell_status(rows), disputes, remarks


def _list_names(pairs: list[tuple[Fields, Fields]], latest: list[bool] | None) -> list[tuple[str, str]]:
    said = list_statements([(_read_by(now), _read_by(was)) for now, was in pairs], latest)
    return sorted(said)


def _read_by(row: Fields) -> tuple[str, str] | None:
    is_open = bool(row) and row["status"] == OPEN and bool(row["date"] or row["reviewer"])
    return (row["date"], row["reviewer"]) if is_open else None


def _make_remark(key: Key, date: str, reviewer: str) -> Fields:
    said = {"kind": TYPED, "column": REVIEWER, "text": reviewer or date, "dated": date}
    return dict(zip(CELL, key, strict=True)) | said


def _read_given(now: Fields, was: Fields) -> tuple[Given | None, Given | None]:
    """Return the status as it is and as it was sent; a cell that was always open has none."""
    given = Given(*(now[name] for name in Given._fields)) if now else None
    if was and was["status"] != OPEN:
        return given, Given(*(was[name] for name in Given._fields))
    return (given if given and given.status != OPEN else None), None


def _merge_status(
    key: Key, pairs: list[tuple[Fields, Fields]], copies: list[Review], latest: list[bool] | None
) -> tuple[Given | None, list[Dispute]]:
    """Merge the status of a cell; if the copies conflict, the cell is open."""
    given = [_read_given(now, was) for now, was in pairs]
    said = list_statements(given, latest)
    if len({(one.status, one.answer if one.status == AGREED else "") for one in said}) < 2:
        return (_join_given(said) if said else None), []
    disputes: list[Dispute] = []
    for one in sorted(said):
        saying = [number for number, (now, _) in enumerate(given) if now == one]
        author, dated = find_author(key, "status", one.status, [copies[number] for number in saying])
        names = ", ".join(copies[number].book for number in saying)
        shown = describe_status(one.status, one.answer)
        disputes.append(Dispute(key, STATUS, "", shown, author, dated, names))
    return Given(OPEN, "", "", "", ""), disputes


def _join_given(said: list[Given]) -> Given:
    if not said:
        return Given(OPEN, "", "", "", "")
    ordered = sorted(said, key=lambda one: (one.date, one))
    return ordered[-1]._replace(reviewer=join_names(one.reviewer for one in ordered))


def _merge_fields(
    key: Key, pairs: list[tuple[Fields, Fields]], copies: list[Review], latest: list[bool] | None
) -> tuple[Fields, list[Dispute]]:
    """Merge owner, dates and evidence; all evidence is kept, other values only without conflict."""
    fields: Fields = {}
    disputes: list[Dispute] = []
    for header, name in FIELDS.items():
        values = [(now.get(name) or None, was.get(name) or None) for now, was in pairs]
        said = sorted(list_statements(values, latest))
        fields[name] = NAMES.join(said) if header == EVIDENCE or len(said) < 2 else ""
        if header == EVIDENCE or len(said) < 2:
            continue
        for one in said:
            saying = [
                copy.book for copy, (now, _) in zip(copies, pairs, strict=True) if now.get(name) == one
            ]
            by = find_author(key, name, one, copies)
            disputes.append(Dispute(key, header, "", one, *by, ", ".join(saying)))
    return fields, disputes


def find_author(key: Key, name: str, text: str, copies: list[Review]) -> tuple[str, str]:
    """Return who made an entry about a cell and when, or blanks if only earlier entries have a name."""
    by: list[tuple[str, str]] = []
    for copy in copies:
        now, sent = (it[is_about(it, key)] for it in (copy.status, copy.sent.status))
        if text not in now[name].tolist():
            continue
        by += _list_by(now if text in sent[name].tolist() else copy.signed, key)
    return join_names(who for who, _ in by), max((day for _, day in by), default="")


def _list_by(rows: pd.DataFrame, key: Key) -> list[tuple[str, str]]:
    return list(rows.loc[is_about(rows, key), ["reviewer", "date"]].itertuples(index=False, name=None))


def is_about(frame: pd.DataFrame, key: Key) -> pd.Series:
    """Return which rows of a frame are about a cell."""
    return frame["offering_id"].eq(key[0]) & frame["duty_id"].eq(key[1])


WORDS = [*CELL, "kind", "column", "decision", "text", "author", "dated", *DISPUTED]
"""Columns that identify a remark, regardless of its handling."""
MAY_BE_REMOVED = (ENTRY, NOTE, THREAD)
"""Kinds shown beside a cell, where a reviewer may change or remove them."""

STATES = (REOPENED, "answered", "open", CLOSED)
"""States of an item, starting with the one that needs the most attention."""

Words = tuple[str, ...]
Pair = tuple[Fields | None, Fields | None]
"""Remark as it is and as it was sent."""
ABSENT: Pair = (None, None)


def merge_remarks(copies: list[Review]) -> pd.DataFrame:
    """Merge remarks without duplicates; a remark changed in one copy is not kept as it was sent.

    Remarks with equal words are separate items, each handled on its own.
    """
    now = [_group_rows(copy.remarks) for copy in copies]
    sent = [_group_rows(copy.sent.remarks) for copy in copies]
    rows: list[Fields] = []
    for words in dict.fromkeys(words for it in now for words in it):
        is_removable = words[WORDS.index("kind")] in MAY_BE_REMOVED
        paired = [
            _pair_rows(it.get(words, []), was.get(words, [])) for it, was in zip(now, sent, strict=True)
        ]
        for item in zip_longest(*paired, fillvalue=ABSENT):
            if _is_kept(item, is_removable=is_removable):
                rows.append(_merge_handling([(row, was or {}) for row, was in item if row]))
    return make_remarks(rows)


def _group_rows(remarks: pd.DataFrame) -> dict[Words, list[Fields]]:
    grouped: dict[Words, list[Fields]] = {}
    for row in remarks.reindex(columns=REMARK).fillna("").to_dict("records"):
        fields = {str(name): text for name, text in row.items()}
        grouped.setdefault(tuple(fields[name] for name in WORDS), []).append(fields)
    return grouped


def _pair_rows(now: list[Fields], sent: list[Fields]) -> list[Pair]:
    """Pair remarks with equal words in one copy with those it was sent with; new ones come last.

    The order depends only on what was sent, so items of copies of one workbook are in equal places.
    """
    found, known = _number_rows(now), _number_rows(sent)
    changed = iter([row for key, row in found.items() if key not in known])
    pairs = [(found[key] if key in found else next(changed, None), was) for key, was in known.items()]
    return [*pairs, *((row, None) for row in changed)]


def _number_rows(rows: list[Fields]) -> dict[tuple[Words, int], Fields]:
    """Index remarks by their handling, and number equal ones; those never handled come last."""
    numbers: Counter[Words] = Counter()
    numbered: dict[tuple[Words, int], Fields] = {}
    for row in sorted(rows, key=_rank_handling):
        handling = tuple(row[name] for name in HANDLED)
        numbered[handling, numbers[handling]] = row
        numbers[handling] += 1
    return numbered


def _rank_handling(row: Fields) -> tuple[bool, str, Words]:
    handling = tuple(row[name] for name in HANDLED)
    return not any(handling), row["story"], handling


def _is_kept(item: tuple[Pair, ...], *, is_removable: bool) -> bool:
    """Return whether to keep a remark: one that was removed is kept if it is new or was handled."""
    present = [(row, was) for row, was in item if row is not None]
    is_removed = is_removable and len(present) < sum(1 for row, was in item if row or was)
    return bool(present) and not (is_removed and all(map(_is_as_sent, present)))


def _is_as_sent(pair: tuple[Fields, Fields | None]) -> bool:
    row, was = pair
    return was is not None and all(row[name] == was[name] for name in HANDLED)


def _merge_handling(pairs: list[tuple[Fields, Fields]]) -> Fields:
    """Merge the handling of a remark in several copies; conflicts are left open and listed."""
    first = sorted((row for row, _ in pairs), key=lambda row: tuple(row.values()))[0]
    merged = first.copy()
    for name in HANDLED:
        said = list_statements((row[name] or None, was.get(name) or None) for row, was in pairs)
        if name == "story":
            merged[name] = "\n".join(join_lines(row[name].split("\n") for row, _ in pairs)).strip()
        elif name == "state":
            merged[name] = min(said, key=_rank_state) if said else ""
        else:
            merged[name] = " | ".join(sorted(said))
    return merged


def _rank_state(state: str) -> tuple[int, str]:
    """Rank states, so that an item stays open unless all reviewers closed it."""
    return STATES.index(state) if state in STATES else 0, state


def join_lines(stories: Iterable[list[str]]) -> list[str]:
    """Join the lines of histories without duplicates: common first lines, then the others in order.

    Examples
    --------
    >>> join_lines([["a", "c"], ["a", "b"], ["a"]])
    ['a', 'b', 'c']
    """
    waiting = list(stories)
    joined: list[str] = []
    while waiting := [lines for lines in waiting if lines]:
        first = {lines[0] for lines in waiting}
        later = {line for lines in waiting for line in lines[1:]}
        line = min(first - later or first)
        joined.append(line)
        waiting = [lines[lines[0] == line :] for lines in waiting]
    return joined
