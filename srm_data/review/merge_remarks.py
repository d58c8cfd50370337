"""Merge the remarks of several copies of a workbook, and their histories."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from srm_data.organisation.remarks import (
    CLOSED,
    DISPUTED,
    ENTRY,
    HANDLED,
    REMARK,
    REOPENED,
    make_remarks,
)
from srm_data.review.result import Review
from srm_data.review.statements import list_statements
from srm_data.schema import CELL
from srm_data.xlsx.kinds import NOTE, THREAD

WORDS = [*CELL, "kind", "column", "decision", "text", "author", "dated", *DISPUTED]
"""Columns that identify a remark, regardless of its handling."""
MAY_BE_REMOVED = (ENTRY, NOTE, THREAD)
"""Kinds shown beside a cell, where a reviewer may change or remove them."""

STATES = (REOPENED, "answered", "open", CLOSED)
"""States of an item, starting with the one that needs the most attention."""

Words = tuple[str, ...]
Fields = dict[str, str]


def merge_remarks(copies: list[Review]) -> pd.DataFrame:
    """Merge remarks without duplicates; a remark changed in one copy is not kept as it was sent."""
    now = [_group_rows(copy.remarks) for copy in copies]
    sent = [_group_rows(copy.sent.remarks) for copy in copies]
    rows: list[Fields] = []
    for words in dict.fromkeys(words for it in now for words in it):
        counts = [
            (len(it.get(words, [])), len(was.get(words, []))) for it, was in zip(now, sent, strict=True)
        ]
        pairs = [
            (row, (was.get(words) or [{}])[0])
            for it, was in zip(now, sent, strict=True)
            for row in it.get(words, [])
        ]
        count = _count(counts, is_removable=words[WORDS.index("kind")] in MAY_BE_REMOVED)
        is_handled = any(row[name] != before.get(name, "") for row, before in pairs for name in HANDLED)
        rows += [_merge_handling(pairs)] * max(count, int(is_handled and bool(pairs)))
    return make_remarks(rows)


def _group_rows(remarks: pd.DataFrame) -> dict[Words, list[Fields]]:
    grouped: dict[Words, list[Fields]] = {}
    for row in remarks.reindex(columns=REMARK).fillna("").to_dict("records"):
        fields = {str(name): text for name, text in row.items()}
        grouped.setdefault(tuple(fields[name] for name in WORDS), []).append(fields)
    return grouped


def _count(counts: list[tuple[int, int]], *, is_removable: bool) -> int:
    """Count how often to keep a remark, from how often each copy has it and was sent with it."""
    if is_removable and any(now < sent for now, sent in counts):
        return max(max(0, now - sent) for now, sent in counts)
    return max(now for now, _ in counts)


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
