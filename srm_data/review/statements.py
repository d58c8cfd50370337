"""Statements of several copies of a workbook; unchanged values are not statements."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def list_statements(copies: Iterable[tuple[T | None, T | None]]) -> list[T]:
    """List the distinct statements of several copies, in the order of the copies.

    An unchanged value counts only if nobody changed it, because leaving a value alone does not state
    anything.

    Parameters
    ----------
    copies
        Current and original value of each copy; ``None`` if there is no value.

    Examples
    --------
    >>> list_statements([("Shared", "Shared"), ("AWS", "Shared")])
    ['AWS']
    >>> list_statements([("Shared", None), ("AWS", None), (None, None)])
    ['Shared', 'AWS']
    >>> list_statements([("Shared", "Shared"), (None, "Shared")])
    []
    """
    known = list(copies)
    replaced = {sent for now, sent in known if now != sent}
    said = [now for now, sent in known if now is not None and not (now == sent and now in replaced)]
    return list(dict.fromkeys(said))
