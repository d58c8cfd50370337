"""Merge the remarks of several copies of a workbook, and their histories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import zip_longest

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
