"""Statements of several copies of a workbook; unchanged values are not statements."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar

from srm_data.review.outcomes import Key
from srm_data.review.result import Review
from srm_data.schema import CELL

T = TypeVar("T", bound=Hashable)


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
