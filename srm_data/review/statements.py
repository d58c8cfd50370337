"""What several copies of a book say of one thing: what was left as it was sent is no statement."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def list_statements(copies: Iterable[tuple[T | None, T | None]]) -> list[T]:
    """List the different things that copies say, each once, in the order of the copies.

    What a copy says as it was sent counts only as long as nobody changed it: who changes something has
    seen it, and who leaves it alone has said nothing.

    Parameters
    ----------
    copies
        What each copy says now, and what it was sent with; nothing is ``None``.

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
